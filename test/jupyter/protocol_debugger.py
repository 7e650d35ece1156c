"""The debugger: breakpoints, steps, variables and evaluation, as JupyterLab asks for them over the control channel."""

import pathlib
import tempfile
import unittest

from ipykernel.compiler import murmur2_x86
from kernels import KernelCase, Running

CELL = """// What cannot be stopped at.
type Pair = { a: number };
let sum: number = 0;

for (const value of base.list) {
  const doubled: number = value * 2;
  sum += doubled;
}
const inner = (q: number) => {
  const r = q + sum;
  return r;
};
function outer(h: number): number { return inner(h) + older(h); }
total = outer(5);
total;"""

SETUP = "const base = { x: 1, list: [1, 2, 3] }; let total = 0;\nfunction older(k: number) {\n  return k * 2;\n}"


class DebuggerCase(KernelCase):
    """Each test has a debugger of its own on the kernel of its class."""

    def setUp(self):
        super().setUp()
        self.seq = 0
        self.ask("initialize", clientID="test", adapterID="convfuse", linesStartAt1=True, columnsStartAt1=True)
        self.ask("attach")

    def tearDown(self):
        self.ask("disconnect", restart=False, terminateDebuggee=False)
        super().tearDown()

    def request(self, command, **arguments):
        self.seq += 1
        content = {"type": "request", "seq": self.seq, "command": command, "arguments": arguments}
        reply = self.kernel.ask("debug_request", content, channel="control")
        self.assertEqual((reply["type"], reply["request_seq"], reply["command"]), ("response", self.seq, command))
        return reply

    def ask(self, command, **arguments):
        reply = self.request(command, **arguments)
        self.assertTrue(reply["success"], reply.get("message"))
        return reply["body"]

    def event(self, name):
        """Waits for an event of the debugger's."""
        messages = self.kernel.iopub(lambda m: m["msg_type"] == "debug_event" and m["content"]["event"] == name)
        return messages[-1]["content"]["body"]

    def set(self, code, *breakpoints):
        """Sets breakpoints in a cell, by line or whole; the lines where they are, None where they are not."""
        path = self.ask("dumpCell", code=code)["sourcePath"]
        wanted = [{"line": b} if isinstance(b, int) else b for b in breakpoints]
        placed = self.ask("setBreakpoints", source={"path": path}, breakpoints=wanted, sourceModified=False)
        self.ask("configurationDone")
        return [b["line"] if b["verified"] else None for b in placed["breakpoints"]]

    def place(self):
        """Where the program has stopped: functions and lines, the innermost first."""
        frames = self.ask("stackTrace", threadId=1)["stackFrames"]
        return [(f["name"] if not f["name"].startswith("cell_") else "cell", f["line"]) for f in frames]

    def go(self, command):
        self.ask(command, threadId=1)
        self.event("stopped")
        return self.place()

    def variables(self, scope, frame=1):
        scopes = {s["name"]: s["variablesReference"] for s in self.ask("scopes", frameId=frame)["scopes"]}
        listed = self.ask("variables", variablesReference=scopes[scope])["variables"]
        return {v["name"]: v["value"] for v in listed}

    def evaluate(self, expression, frame=1):
        return self.ask("evaluate", expression=expression, frameId=frame, context="repl")["result"]

    def finish(self, msg_id):
        """Goes on to the end of a cell; its reply."""
        self.ask("continue", threadId=1)
        return self.kernel.reply(msg_id)["content"]


class Debugger(DebuggerCase):
    def test_names_cells_as_clients_do(self):
        info = self.ask("debugInfo")
        self.assertEqual((info["isStarted"], info["stoppedThreads"]), (True, []))
        for code in ["", "a", "ab", "abc", CELL, "const ü = '€ \U0001f600';"]:
            name = murmur2_x86(code, info["hashSeed"])
            path = f"{info['tmpFilePrefix']}{name}{info['tmpFileSuffix']}"
            self.assertEqual(self.ask("dumpCell", code=code)["sourcePath"], path)
            self.assertEqual(self.ask("source", source={"path": path})["content"], code)

    def test_stops_steps_and_shows_a_cell(self):
        self.kernel.result(SETUP)
        self.assertEqual(self.set(CELL, 1, 4, 6, 10, 40), [3, 5, 6, 10, None])
        listed = self.ask("debugInfo")["breakpoints"]
        self.assertEqual([b["line"] for b in listed[0]["breakpoints"]], [3, 5, 6, 10, 40])
        msg_id = self.kernel.start(CELL)
        self.assertEqual(self.event("stopped"), {"reason": "breakpoint", "threadId": 1, "allThreadsStopped": True})
        self.assertEqual(self.place(), [("cell", 3)])
        self.assertEqual(self.ask("debugInfo")["stoppedThreads"], [1])
        self.assertEqual(self.ask("threads")["threads"], [{"id": 1, "name": "cells"}])
        self.assertEqual(self.go("next"), [("cell", 5)])
        # The list is read, then each value is taken from it.
        self.assertEqual(self.go("next"), [("cell", 5)])
        self.assertEqual(self.go("next"), [("cell", 6)])
        self.assertEqual(self.go("next"), [("cell", 7)])
        self.assertEqual(self.variables("Locals"), {"value": "1", "doubled": "2"})
        shown = self.variables("Globals")
        self.assertEqual((shown["sum"], shown["total"], shown["base"]), ("0", "0", "{ x: 1, list: [Array] }"))
        self.assertFalse([name for name in shown if "$" in name or name in ("require", "module", "Pair")])
        self.assertEqual(self.go("next"), [("cell", 5)])
        self.set(CELL, 10)
        self.assertEqual(self.go("continue"), [("inner", 10), ("outer", 13), ("cell", 14)])
        self.assertEqual(self.variables("Locals")["q"], "5")
        self.assertEqual(self.variables("Locals", 2), {"h": "5"})
        self.assertEqual(self.go("next"), [("inner", 11), ("outer", 13), ("cell", 14)])
        self.assertEqual(self.go("stepOut")[0], ("outer", 13))
        self.assertEqual(self.go("stepIn")[0], ("older", 3))
        self.assertEqual(self.variables("Locals"), {"k": "5"})
        self.assertEqual(self.finish(msg_id)["status"], "ok")
        self.assertEqual(self.kernel.result("total"), "27")

    def test_evaluates_typescript_among_the_names_of_a_frame(self):
        self.kernel.result(SETUP)
        code = "let here = 2;\nfunction f(total: string) {\n  const own = [total];\n  return own;\n}\nf('x').length + here"
        self.assertEqual(self.set(code, 4), [4])
        msg_id = self.kernel.start(code)
        self.event("stopped")
        self.assertEqual(self.evaluate("own[0] + (total as string) + base.x"), "'xx1'")
        self.assertEqual(self.evaluate("{ a: here }"), "{ a: 2 }")
        self.assertEqual(self.evaluate("total", 2), "0")
        self.assertEqual(self.evaluate("here = 40", 2), "40")
        for wrong, message in [
            ("nobody", "nobody is not defined"),
            ("1 +", "SyntaxError"),
            ("await 1", "await takes a cell"),
        ]:
            reply = self.request("evaluate", expression=wrong, frameId=1)
            self.assertFalse(reply["success"])
            self.assertIn(message, reply["message"])
        locals_ = self.ask("scopes", frameId=1)["scopes"][0]["variablesReference"]
        changed = self.ask("setVariable", variablesReference=locals_, name="own", value="['a', 'b']")
        self.assertEqual(changed["value"], "[ 'a', 'b' ]")
        inner = self.ask("variables", variablesReference=changed["variablesReference"])["variables"]
        self.assertEqual([v["value"] for v in inner], ["'a'", "'b'"])
        self.assertIn("'b'", self.ask("richInspectVariables", variableName="own", frameId=1)["data"]["text/plain"])
        # A client that knows the numbers of the calls takes their variables for known.
        self.assertEqual(self.variables("Locals")["own"], "[ 'a', 'b' ]")
        later = self.ask("stackTrace", threadId=1)["stackFrames"][0]["id"]
        self.assertNotEqual(later, 1)
        self.assertEqual(self.variables("Locals", later), self.variables("Locals"))
        self.assertIn("there is no frame", self.request("scopes", frameId=later + 2)["message"])
        self.ask("copyToGlobals", srcVariableName="own", dstVariableName="kept", srcFrameId=1)
        self.finish(msg_id)
        self.assertEqual(self.kernel.result("here + kept.length"), "42")

    def test_runs_no_getter_to_show_a_value(self):
        code = "let ran = 0;\nconst odd = { get a() { ran++; return 1 } };\nodd;"
        self.set(code, 3)
        msg_id = self.kernel.start(code)
        self.event("stopped")
        odd = [v for v in self.ask("inspectVariables")["variables"] if v["name"] == "odd"][0]
        parts = self.ask("variables", variablesReference=odd["variablesReference"])["variables"]
        self.assertEqual([(p["name"], p["value"]) for p in parts], [("a", "[Getter]")])
        self.assertEqual(self.evaluate("ran"), "0")
        self.finish(msg_id)

    def test_stops_only_where_a_condition_holds(self):
        code = "let seen = 0;\nfor (let i = 0; i < 50; i++) {\n  seen += i;\n}\nseen"
        self.assertEqual(self.set(code, {"line": 3, "condition": "i === 40 && seen > 1"}), [3])
        msg_id = self.kernel.start(code)
        self.event("stopped")
        self.assertEqual(self.evaluate("i"), "40")
        self.finish(msg_id)

    def test_stops_after_an_await_and_in_what_ran_before(self):
        code = "const late = async () => {\n  await null;\n  return 7;\n};\nawait null;\nlet got = await late();\ngot += 1;\ngot"
        self.kernel.result(code)
        self.assertEqual(self.set(code, 3, 7), [3, 7])
        call = self.kernel.start("await late()")
        self.event("stopped")
        self.assertEqual(self.place()[0], ("late", 3))
        self.finish(call)
        msg_id = self.kernel.start(code)
        self.event("stopped")
        self.assertEqual(self.place()[0], ("late", 3))
        self.assertEqual(self.go("continue"), [("cell", 7)])
        self.assertEqual(self.go("next"), [("cell", 8)])
        self.finish(msg_id)

    def test_stops_at_what_is_thrown_and_at_a_debugger_statement(self):
        self.ask("setExceptionBreakpoints", filters=["all"])
        msg_id = self.kernel.start("const fail = () => {\n  throw new Error('no');\n};\nfail()")
        self.assertEqual(self.event("stopped")["reason"], "exception")
        self.assertEqual(self.place(), [("fail", 2), ("cell", 4)])
        self.assertEqual(self.finish(msg_id)["ename"], "Error")
        self.ask("setExceptionBreakpoints", filters=[])
        msg_id = self.kernel.start("let mark = 1;\ndebugger;\nmark")
        self.event("stopped")
        self.assertEqual(self.place(), [("cell", 2)])
        self.finish(msg_id)

    def test_stops_in_a_local_file(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, text in [
            ("module.ts", "import { sep } from 'node:path';\nexport interface Y { a: 1 }\n\nexport default function twice(n: number): number {\n  const all: number = n * 2;\n  return all + sep.length;\n}\nexport const z = twice(1);\n"),
            ("script.cts", "export = function thrice(n: number): number {\n  const all: number = n * 3;\n  return all;\n};\n"),
        ]:
            path = folder / name
            path.write_text(text)
            body = self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": 2}])
            [placed] = body["breakpoints"]
            self.assertTrue(placed["verified"])
            msg_id = self.kernel.start(f"const loaded = await import({str(path)!r}); loaded.default(4)")
            self.event("stopped")
            frame = self.ask("stackTrace", threadId=1)["stackFrames"][0]
            self.assertEqual((frame["source"]["path"], frame["line"]), (str(path), placed["line"]))
            self.assertEqual(self.ask("source", source=frame["source"])["content"], text)
            self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[])
            self.assertEqual(self.finish(msg_id)["status"], "ok")

    def test_works_while_a_cell_computes(self):
        self.ask("disconnect")
        self.kernel.result("let spins = 0")
        msg_id = self.kernel.start("console.log('runs');\nwhile (spins >= 0) {\n  spins++;\n}\n'over'")
        self.kernel.wait_for_text("runs", msg_id)
        self.ask("initialize")
        self.assertIn("spins", [v["name"] for v in self.ask("inspectVariables")["variables"]])
        self.ask("pause", threadId=1)
        self.assertEqual(self.event("stopped")["reason"], "pause")
        self.assertIn(self.place()[0], [("cell", 2), ("cell", 3)])
        self.evaluate("spins = -5")
        self.assertEqual(self.finish(msg_id)["status"], "ok")

    def test_refuses_what_cannot_be_done_in_words(self):
        for command, arguments, message in [
            ("continue", {}, "the program has not stopped"),
            ("stackTrace", {"threadId": 1}, "the program has not stopped"),
            ("setBreakpoints", {"source": {"path": "/x.ts"}, "breakpoints": [{"line": 0}]}, "line must be"),
            ("dumpCell", {}, "code must be a text"),
            ("noSuchThing", {}, "the debugger has no noSuchThing"),
        ]:
            reply = self.request(command, **arguments)
            self.assertFalse(reply["success"])
            self.assertIn(message, reply["message"])


class Ends(DebuggerCase):
    CODE = "let after = 0;\nlet reached = 1;\nafter = 1;\nafter"

    def stop_at(self, line):
        self.kernel.run("let after = 0")
        self.set(self.CODE, line)
        msg_id = self.kernel.start(self.CODE)
        self.event("stopped")
        return msg_id

    def test_an_interrupt_ends_a_stopped_cell_at_once(self):
        msg_id = self.stop_at(3)
        self.kernel.km.interrupt_kernel()
        content = self.kernel.reply(msg_id)["content"]
        self.assertEqual((content["status"], content["ename"]), ("error", "Interrupted"))
        self.assertEqual(self.kernel.result("`${after} ${reached}`"), "'0 1'")

    def test_an_interrupt_ends_a_cell_that_stopped_after_an_await(self):
        code = "let n = 0;\nfor (;;) {\n  await null;\n  n++;\n}"
        self.set(code, 4)
        msg_id = self.kernel.start(code)
        self.event("stopped")
        self.kernel.km.interrupt_kernel()
        self.assertEqual(self.kernel.reply(msg_id)["content"]["ename"], "Interrupted")
        self.assertEqual(self.kernel.result("1 + 1"), "2")

    def test_a_disconnect_lets_it_go_on(self):
        msg_id = self.stop_at(3)
        self.ask("disconnect")
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")
        self.assertFalse(self.ask("debugInfo")["isStarted"])
        self.assertEqual(self.kernel.result(self.CODE), "1")

    def test_a_restart_and_a_shutdown_work_where_it_has_stopped(self):
        shared, self.kernel = self.kernel, Running()
        self.addCleanup(setattr, self, "kernel", shared)
        self.ask("initialize")
        self.stop_at(3)
        self.kernel.km.restart_kernel()
        self.kernel.kc.wait_for_ready(timeout=60)
        self.assertEqual(self.kernel.result("2 + 2"), "4")
        self.ask("initialize")
        self.stop_at(2)
        self.kernel.km.shutdown_kernel()
        self.assertFalse(self.kernel.km.is_alive())
        self.kernel.stop()
        self.kernel = shared


if __name__ == "__main__":
    unittest.main()
