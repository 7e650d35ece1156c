"""Jupyter's own test of kernels, with every sample that it knows filled in."""

from jupyter_kernel_test import IopubWelcomeTests as WelcomeBase
from jupyter_kernel_test import KernelTests as KernelBase
from kernel_ports import use_own_ports

use_own_ports()


class KernelTests(KernelBase):
    kernel_name = "convfuse"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "JSON.pars", "matches": {"parse"}},
        {"text": "process.versio"},
        {"text": "const message: strin"},
    ]
    complete_code_samples = ["1 + 1", "const a = [1, 2]", "function f() { return 1 }", "for (;;) break;", ""]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`text", "if (true)", "/* comment"]
    invalid_code_samples = ["const = 1", "function () )", "let 1x = 2"]
    code_page_something = "JSON?"
    code_generate_error = "throw new Error('no')"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[6 * 7]", "result": "[ 42 ]"},
        {"code": "({ 'a': null })", "result": "{ a: null }"},
        {"code": "await Promise.resolve(8)", "result": "8"},
    ]
    code_display_data = [
        {"code": "jupyter.display({ 'text/html': '<b>b</b>' }, { raw: true })", "mime": "text/html"},
        {"code": "jupyter.display(jupyter.markdown('*b*'))", "mime": "text/markdown"},
        {"code": "import { display } from 'tslab'; display.html('<i>i</i>')", "mime": "text/html"},
    ]
    code_history_pattern = "1?+*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "JSON.parse"
    code_clear_output = "jupyter.clearOutput()"


class IopubWelcomeTests(WelcomeBase):
    kernel_name = "convfuse"
    support_iopub_welcome = True
