"""The programs that run notebooks: nbclient, nbconvert, papermill."""

import contextlib
import pathlib
import tempfile
import unittest

import nbformat
from kernel_ports import use_own_ports
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

use_own_ports()


def notebook(*cells):
    spec = {"name": "convfuse", "display_name": "TypeScript (convfuse)", "language": "typescript"}
    return new_notebook(cells=[new_markdown_cell("# Title"), *cells], metadata={"kernelspec": spec})


def outputs(result):
    return [cell["outputs"] for cell in result.cells if cell.cell_type == "code"]


class Clients(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, *cells):
        path = self.folder / "in.ipynb"
        nbformat.write(notebook(*cells), path)
        return path

    def nbconvert(self, *args):
        """The command, in this process: importing it takes longer than the rest."""
        from nbconvert.nbconvertapp import NbConvertApp

        app = NbConvertApp(log_level="WARN")
        app.initialize([str(self.folder / arg) if str(arg).endswith(".ipynb") else arg for arg in args])
        app.start()

    def papermill(self, *args):
        from papermill.cli import papermill

        with contextlib.chdir(self.folder):
            papermill([str(arg) for arg in args], standalone_mode=False)

    def test_nbclient(self):
        from nbclient import NotebookClient

        cells = [new_code_cell("const a: number = 20"), new_code_cell("console.log('text'); a + 22")]
        done = NotebookClient(notebook(*cells), kernel_name="convfuse").execute()
        first, second = outputs(done)
        self.assertEqual(first, [])
        self.assertEqual([output["output_type"] for output in second], ["stream", "execute_result"])
        self.assertEqual(second[1]["data"]["text/plain"], "42")
        self.assertEqual([c["execution_count"] for c in done.cells[1:]], [1, 2])

    def test_nbclient_sees_a_failed_cell(self):
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError

        client = NotebookClient(notebook(new_code_cell("throw new Error('no')"), new_code_cell("1")))
        with self.assertRaisesRegex(CellExecutionError, "Error: no"):
            client.execute()

    def test_nbclient_goes_on_after_an_error_where_it_may(self):
        from nbclient import NotebookClient

        cells = [new_code_cell("throw new Error('no')"), new_code_cell("1 + 1")]
        done = NotebookClient(notebook(*cells), allow_errors=True).execute()
        self.assertEqual([[o["output_type"] for o in each] for each in outputs(done)], [["error"], ["execute_result"]])

    def test_nbclient_sees_a_kernel_that_dies(self):
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        client = NotebookClient(notebook(new_code_cell("process.kill(process.ppid, 'SIGKILL'); for (;;) {}")))
        with self.assertRaises((CellExecutionError, DeadKernelError)):
            client.execute()

    def test_nbclient_interrupts_a_cell_that_takes_too_long(self):
        from nbclient import NotebookClient

        cells = [new_code_cell("let n = 0"), new_code_cell("for (;;) n += 1"), new_code_cell("n > 0")]
        client = NotebookClient(notebook(*cells), timeout=5, interrupt_on_timeout=True, allow_errors=True)
        self.assertEqual(outputs(client.execute())[2][0]["data"]["text/plain"], "true")

    def test_nbconvert_executes_and_writes_html_and_typescript(self):
        path = self.write(new_code_cell("6 * 7"))
        self.nbconvert("--to", "notebook", "--execute", "--output", "out", path)
        self.assertEqual(outputs(nbformat.read(self.folder / "out.ipynb", 4))[0][0]["data"]["text/plain"], "42")
        self.nbconvert("--to", "html", "--output", "out", "out.ipynb")
        self.assertIn("42", (self.folder / "out.html").read_text())
        self.nbconvert("--to", "script", "--output", "code", "out.ipynb")
        self.assertIn("6 * 7", (self.folder / "code.ts").read_text())

    def test_papermill(self):
        path = self.write(new_code_cell("const answer: number = 42; answer"))
        self.papermill(path, "out.ipynb")
        self.assertEqual(outputs(nbformat.read(self.folder / "out.ipynb", 4))[0][0]["data"]["text/plain"], "42")

    def test_papermill_fails_with_a_failed_cell(self):
        from papermill.exceptions import PapermillExecutionError

        path = self.write(new_code_cell("throw new Error('no')"))
        with self.assertRaisesRegex(PapermillExecutionError, "Error: no"):
            self.papermill(path, "out.ipynb")

    def test_packages_come_from_the_notebooks_folder(self):
        package = self.folder / "node_modules" / "nearby"
        package.mkdir(parents=True)
        (package / "package.json").write_text('{"name": "nearby", "version": "1.0.0", "main": "main.js", "types": "main.d.ts"}')
        (package / "main.js").write_text("exports.near = 5;")
        (package / "main.d.ts").write_text("export const near: number;")
        path = self.write(new_code_cell("import { near } from 'nearby'; near + 1"))
        self.nbconvert("--to", "notebook", "--execute", "--output", "out", path)
        self.assertEqual(outputs(nbformat.read(self.folder / "out.ipynb", 4))[0][0]["data"]["text/plain"], "6")
