"""Every request beside execute_request."""

import json
import re

from kernels import KernelCase, Running, is_idle, of_type, text_of, types


class KernelInfo(KernelCase):
    def check(self, channel):
        content = self.kernel.ask("kernel_info_request", channel=channel)
        self.assertEqual(content["status"], "ok")
        self.assertGreaterEqual(tuple(map(int, content["protocol_version"].split("."))), (5, 4))
        language = content["language_info"]
        self.assertEqual((language["name"], language["file_extension"]), ("typescript", ".ts"))
        self.assertRegex(language["version"], r"^\d+\.\d+\.\d+$")
        self.assertIn("TypeScript", content["banner"])
        self.assertTrue(content["debugger"])
        self.assertIn("kernel subshells", content["supported_features"])

    def test_on_shell(self):
        self.check("shell")

    def test_on_control(self):
        self.check("control")

    def test_pygments_highlights_the_language(self):
        from pygments.lexers import get_lexer_by_name

        language = self.kernel.ask("kernel_info_request")["language_info"]
        self.assertEqual(get_lexer_by_name(language["pygments_lexer"]).name, "TypeScript")

    def test_connect_request_names_the_ports(self):
        content = self.kernel.ask("connect_request")
        expected = self.kernel.km.get_connection_info()
        for channel in ("shell", "iopub", "stdin", "control", "hb"):
            self.assertEqual(content[f"{channel}_port"], expected[f"{channel}_port"])

    def test_every_request_is_between_busy_and_idle_on_iopub(self):
        for msg_type, content in (
            ("kernel_info_request", {}),
            ("is_complete_request", {"code": "1"}),
            ("complete_request", {"code": "JSON.p", "cursor_pos": 6}),
            ("comm_info_request", {}),
        ):
            with self.subTest(msg_type):
                msg_id = self.kernel.send(msg_type, content)
                self.assertEqual(types(self.kernel.output(msg_id)), ["busy", "idle"])


class History(KernelCase):
    def ask(self, **content):
        return self.kernel.ask("history_request", {"output": False, "raw": True, **content})["history"]

    def test_range_with_session_0_is_this_session(self):
        self.kernel.run("'first of range'")
        number = self.kernel.run("'second of range'")[0]["execution_count"]
        entries = self.ask(hist_access_type="range", session=0, start=number - 1, stop=number + 1)
        self.assertEqual([entry[2] for entry in entries], ["'first of range'", "'second of range'"])
        self.assertEqual([entry[1] for entry in entries], [number - 1, number])

    def test_output_comes_where_it_is_asked_for(self):
        number = self.kernel.run("6 * 7")[0]["execution_count"]
        [entry] = self.ask(hist_access_type="range", session=0, start=number, stop=number + 1, output=True)
        self.assertEqual(entry[2], ["6 * 7", "42"])

    def test_tail_ends_with_the_latest_cell(self):
        for code in ("'t1'", "'t2'", "'t3'"):
            self.kernel.run(code)
        self.assertEqual([entry[2] for entry in self.ask(hist_access_type="tail", n=2)], ["'t2'", "'t3'"])

    def test_search_takes_a_glob_a_number_and_unique(self):
        for code in ("'s1'", "'s2'", "'s1'"):
            self.kernel.run(code)
        search = {"hist_access_type": "search", "pattern": "'s[12]'"}
        self.assertEqual([entry[2] for entry in self.ask(**search)], ["'s1'", "'s2'", "'s1'"])
        self.assertEqual([entry[2] for entry in self.ask(**search, n=1)], ["'s1'"])
        self.assertEqual([entry[2] for entry in self.ask(**search, unique=True)], ["'s2'", "'s1'"])

    def test_silent_and_unstored_cells_are_left_out(self):
        self.kernel.run("'seen'")
        self.kernel.run("'silent'", silent=True, store_history=False)
        self.kernel.run("'unstored'", store_history=False)
        self.assertEqual([entry[2] for entry in self.ask(hist_access_type="tail", n=1)], ["'seen'"])

    def test_a_failed_cell_is_kept(self):
        self.kernel.run("throw 'kept'")
        self.assertEqual([entry[2] for entry in self.ask(hist_access_type="tail", n=1)], ["throw 'kept'"])

    def test_a_cell_that_is_just_sent_is_in_it(self):
        self.kernel.start("'just now'")
        msg_id = self.kernel.send("history_request", {"output": False, "raw": True, "hist_access_type": "tail", "n": 1})
        self.assertEqual(self.kernel.reply(msg_id)["content"]["history"][0][2], "'just now'")

    def test_a_restart_keeps_it_and_begins_a_session(self):
        kernel = Running()
        try:
            kernel.run("'before the restart'")
            kernel.km.restart_kernel()
            kernel.kc.wait_for_ready(timeout=60)
            kernel.run("'after the restart'")
            content = {"output": False, "raw": True, "hist_access_type": "tail", "n": 2}
            entries = kernel.ask("history_request", content)["history"]
            self.assertEqual([entry[2] for entry in entries], ["'before the restart'", "'after the restart'"])
            self.assertLess(entries[0][0], entries[1][0])
            earlier = {"output": False, "raw": True, "hist_access_type": "range", "session": entries[0][0], "start": 1}
            self.assertEqual(kernel.ask("history_request", earlier)["history"][0][2], "'before the restart'")
        finally:
            kernel.stop()

    def test_an_unknown_way_of_access_is_an_error(self):
        content = self.kernel.ask("history_request", {"output": False, "raw": True, "hist_access_type": "all"})
        self.assertEqual(content["status"], "error")


class IsComplete(KernelCase):
    def status(self, code):
        return self.kernel.ask("is_complete_request", {"code": code})

    def test_complete(self):
        for code in ("1", "if (1) { 2 }", "class A {}", "", "await 1", "let a = `b`"):
            with self.subTest(code):
                self.assertEqual(self.status(code)["status"], "complete")

    def test_incomplete_with_an_indent(self):
        for code in ("if (true) {", "f(", "[1,", "`open", "/* open", "class A {\n  b() {"):
            with self.subTest(code):
                content = self.status(code)
                self.assertEqual(content["status"], "incomplete")
                self.assertRegex(content["indent"], r"^[ \t]*$")
        self.assertNotEqual(self.status("if (true) {")["indent"], "")

    def test_invalid(self):
        for code in ("const = 1", "function () )", "1 +* 2"):
            with self.subTest(code):
                self.assertEqual(self.status(code)["status"], "invalid")

    def test_a_type_error_is_complete(self):
        self.assertEqual(self.status("const n: number = ''")["status"], "complete")


class Complete(KernelCase):
    def complete(self, code, cursor=None):
        content = {"code": code, "cursor_pos": len(code) if cursor is None else cursor}
        return self.kernel.ask("complete_request", content)

    def test_members_of_a_value_of_an_earlier_cell(self):
        self.kernel.run("const point = { across: 1, along: 2 }")
        content = self.complete("point.a")
        self.assertEqual(sorted(content["matches"]), ["across", "along"])
        self.assertEqual((content["cursor_start"], content["cursor_end"]), (6, 7))

    def test_offsets_count_code_points(self):
        self.kernel.run("const spot = { height: 1 }")
        code = "'\U0001f600\U0001f600'; spot.he"
        content = self.complete(code)
        self.assertEqual(content["matches"], ["height"])
        self.assertEqual(code[content["cursor_start"] : content["cursor_end"]], "he")

    def test_in_the_middle_of_the_code(self):
        content = self.complete("JSON.pars(1); const x = 2", 9)
        self.assertEqual(content["matches"], ["parse"])
        self.assertEqual((content["cursor_start"], content["cursor_end"]), (5, 9))

    def test_a_cursor_past_the_end_is_at_the_end(self):
        self.assertEqual(self.complete("JSON.pars", 1000)["matches"], ["parse"])

    def test_types_are_told(self):
        content = self.complete("JSON.")
        kinds = {entry["text"]: entry for entry in content["metadata"]["_jupyter_types_experimental"]}
        self.assertEqual(set(kinds), set(content["matches"]))
        self.assertTrue(kinds["parse"]["type"])
        self.assertEqual((kinds["parse"]["start"], kinds["parse"]["end"]), (5, 5))

    def test_nothing_to_complete_is_no_error(self):
        content = self.complete("nowhere_to_be_found_xyz.abc")
        self.assertEqual((content["status"], content["matches"]), ("ok", []))

    def test_while_a_cell_computes(self):
        running = self.kernel.start("const end = Date.now() + 4000; while (Date.now() < end) {} 'over'")
        self.kernel.iopub(lambda m: m["msg_type"] == "execute_input", running)
        content = self.complete("JSON.pars")
        self.assertEqual(content["matches"], ["parse"])
        self.assertEqual(self.kernel.kc.get_iopub_msg(timeout=1)["content"]["execution_state"], "busy")
        reply = self.kernel.reply(running)
        self.assertEqual(reply["content"]["status"], "ok")

    def test_after_a_cell_that_is_just_sent(self):
        self.kernel.start("const fresh = { newest: 1 }")
        self.assertEqual(self.complete("fresh.ne")["matches"], ["newest"])


class Inspect(KernelCase):
    def inspect(self, code, cursor, detail=0):
        content = {"code": code, "cursor_pos": cursor, "detail_level": detail}
        return self.kernel.ask("inspect_request", content)

    def test_the_type_and_documentation_of_a_name(self):
        self.kernel.run("/** Twice as much. */\nfunction twice(n: number): number { return 2 * n }")
        content = self.inspect("twice(3)", 3)
        self.assertTrue(content["found"])
        self.assertIn("twice(n: number): number", content["data"]["text/plain"])
        self.assertIn("Twice as much.", content["data"]["text/plain"])

    def test_detail_level_1_has_the_source(self):
        self.kernel.run("function thrice(n: number): number { return 3 * n /* here */ }")
        self.assertNotIn("/* here */", self.inspect("thrice", 6)["data"]["text/plain"])
        self.assertIn("/* here */", self.inspect("thrice", 6, 1)["data"]["text/plain"])

    def test_offsets_count_code_points(self):
        code = "'\U0001f600\U0001f600\U0001f600'; JSON.parse"
        self.assertIn("parse", self.inspect(code, len(code))["data"]["text/plain"])

    def test_nothing_there(self):
        content = self.inspect("   ", 1)
        self.assertEqual((content["status"], content["found"], content["data"]), ("ok", False, {}))

    def test_a_cursor_past_the_end_is_at_the_end(self):
        self.assertTrue(self.inspect("JSON", 999)["found"])


class Pages(KernelCase):
    def test_a_question_mark_gives_a_page(self):
        self.kernel.run("/** Adds. */ function add(a: number, b: number): number { return a + b }")
        content, _ = self.kernel.run("add?")
        [page] = content["payload"]
        self.assertEqual(page["source"], "page")
        self.assertIn("add(a: number, b: number): number", page["data"]["text/plain"])


class Comms(KernelCase):
    def test_the_page_opens_one_and_both_send_with_buffers(self):
        code = """
        jupyter.comms.register("echo", (comm, open) => {
          comm.send({ opened: open.data });
          comm.onMessage = (message) => {
            const bytes = message.buffers[0] ?? new Uint8Array();
            comm.send({ got: message.data }, { buffers: [bytes.map((byte) => byte + 1)] });
          };
          comm.onClose = () => console.log("closed by the page");
        });
        """
        self.assertEqual(self.kernel.run(code)[0]["status"], "ok")
        opened = self.kernel.send("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"a": 1}})
        [message] = of_type(self.kernel.output(opened), "comm_msg")
        self.assertEqual(message["content"], {"comm_id": "c1", "data": {"opened": {"a": 1}}})
        sent = self.kernel.send("comm_msg", {"comm_id": "c1", "data": [2]}, buffers=[b"\x00\x7f"])
        [message] = of_type(self.kernel.output(sent), "comm_msg")
        self.assertEqual(message["content"]["data"], {"got": [2]})
        self.assertEqual([bytes(part) for part in message["buffers"]], [b"\x01\x80"])
        self.assertEqual(self.kernel.ask("comm_info_request")["comms"]["c1"], {"target_name": "echo"})
        closed = self.kernel.send("comm_close", {"comm_id": "c1", "data": {}})
        self.assertEqual(text_of(self.kernel.output(closed)), "closed by the page\n")
        self.assertNotIn("c1", self.kernel.ask("comm_info_request")["comms"])

    def test_a_cell_opens_one_and_closes_it(self):
        code = "const line = jupyter.comms.open('panel', { x: 1 }); line.send({ y: 2 }); line.close({ z: 3 }); line.id"
        content, messages = self.kernel.run(code)
        self.assertEqual(content["status"], "ok")
        [opened] = of_type(messages, "comm_open")
        self.assertEqual((opened["content"]["target_name"], opened["content"]["data"]), ("panel", {"x": 1}))
        [sent] = of_type(messages, "comm_msg")
        self.assertEqual(sent["content"], {"comm_id": opened["content"]["comm_id"], "data": {"y": 2}})
        [closed] = of_type(messages, "comm_close")
        self.assertEqual(closed["content"]["data"], {"z": 3})

    def test_one_for_a_target_that_nobody_registered_is_closed(self):
        opened = self.kernel.send("comm_open", {"comm_id": "c9", "target_name": "nobody", "data": {}})
        [closed] = of_type(self.kernel.output(opened), "comm_close")
        self.assertEqual(closed["content"]["comm_id"], "c9")

    def test_comm_info_is_filtered_by_target(self):
        self.kernel.run("const a1 = jupyter.comms.open('a'); const b1 = jupyter.comms.open('b'); [a1, b1].length")
        comms = self.kernel.ask("comm_info_request", {"target_name": "a"})["comms"]
        self.assertEqual({info["target_name"] for info in comms.values()}, {"a"})

    def test_a_running_cell_can_wait_for_a_message(self):
        code = """
        const wire = jupyter.comms.open("ask");
        await new Promise<unknown>((resolve) => { wire.onMessage = ({ data }) => resolve(data) });
        """
        msg_id = self.kernel.start(code)
        [*_, opened] = self.kernel.iopub(lambda m: m["msg_type"] == "comm_open", msg_id)
        self.kernel.send("comm_msg", {"comm_id": opened["content"]["comm_id"], "data": {"answer": 42}})
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "{ answer: 42 }")


class Subshells(KernelCase):
    def control(self, msg_type, content=None):
        return self.kernel.ask(msg_type, content, channel="control")

    def test_they_are_created_listed_and_deleted(self):
        first = self.control("create_subshell_request")["subshell_id"]
        second = self.control("create_subshell_request")["subshell_id"]
        self.assertEqual(self.control("list_subshell_request")["subshell_id"], [first, second])
        for subshell in (first, second):
            self.assertEqual(self.control("delete_subshell_request", {"subshell_id": subshell})["status"], "ok")
        self.assertEqual(self.control("list_subshell_request")["subshell_id"], [])
        self.assertEqual(self.control("delete_subshell_request", {"subshell_id": first})["status"], "error")

    def test_a_request_to_one_is_answered_while_the_main_shell_computes(self):
        subshell = self.control("create_subshell_request")["subshell_id"]
        running = self.kernel.start("await new Promise((done) => setTimeout(done, 3000))")
        self.kernel.iopub(lambda m: m["msg_type"] == "execute_input", running)
        msg_id = self.kernel.send("complete_request", {"code": "JSON.pars", "cursor_pos": 9}, subshell_id=subshell)
        reply = self.kernel.reply(msg_id)
        self.assertEqual(reply["content"]["matches"], ["parse"])
        self.assertEqual(reply["parent_header"]["subshell_id"], subshell)
        self.kernel.iopub(lambda m: is_idle(m) and m["parent_header"]["msg_id"] == running)
        self.control("delete_subshell_request", {"subshell_id": subshell})

    def test_it_sees_the_names_of_the_main_shell(self):
        subshell = self.control("create_subshell_request")["subshell_id"]
        self.kernel.run("const shared = 11")
        content = {"code": "shared + 1", "silent": False, "store_history": True, "user_expressions": {}}
        msg_id = self.kernel.send("execute_request", content, subshell_id=subshell)
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "12")
        self.control("delete_subshell_request", {"subshell_id": subshell})

    def test_a_cell_of_one_runs_while_a_cell_of_the_main_shell_waits(self):
        subshell = self.control("create_subshell_request")["subshell_id"]
        # Ends only when the subshell's cell has run.
        main = self.kernel.start(
            "const gate = new Promise<void>((done) => { (globalThis as any).pass = done });"
            "console.log('waits'); await gate; console.log('passed'); 'main'"
        )
        self.kernel.wait_for_text("waits", main)
        content = {"code": "console.log('beside'); (globalThis as any).pass(); 'sub'", "silent": False}
        beside = self.kernel.send("execute_request", content, subshell_id=subshell)
        replies = {}
        messages = []
        while len(replies) < 2:
            msg = self.kernel.kc.get_shell_msg(timeout=60)
            replies[msg["parent_header"]["msg_id"]] = msg["content"]["status"]
        self.assertEqual(replies, {main: "ok", beside: "ok"})
        idle = set()
        while len(idle) < 2:
            [*_, last] = self.kernel.iopub(lambda m: messages.append(m) or is_idle(m))
            idle.add(last["parent_header"]["msg_id"])

        def of(msg_id):
            return [m for m in messages if m["parent_header"]["msg_id"] == msg_id]

        self.assertEqual((text_of(of(beside)), text_of(of(main))), ("beside\n", "passed\n"))
        for msg_id, text in ((beside, "'sub'"), (main, "'main'")):
            [result] = of_type(of(msg_id), "execute_result")
            self.assertEqual(result["content"]["data"]["text/plain"], text)
        self.control("delete_subshell_request", {"subshell_id": subshell})

    def test_an_interrupt_ends_the_cells_of_all(self):
        subshell = self.control("create_subshell_request")["subshell_id"]
        main = self.kernel.start("console.log('waits'); await new Promise(() => {})")
        self.kernel.wait_for_text("waits", main)
        content = {"code": "console.log('loops'); for (;;) await null", "silent": False}
        beside = self.kernel.send("execute_request", content, subshell_id=subshell)
        self.kernel.wait_for_text("loops", beside)
        self.control("interrupt_request")
        replies = {}
        while len(replies) < 2:
            msg = self.kernel.kc.get_shell_msg(timeout=60)
            replies[msg["parent_header"]["msg_id"]] = msg["content"]["status"]
        self.assertEqual(replies, {main: "error", beside: "error"})
        self.control("delete_subshell_request", {"subshell_id": subshell})

    def test_a_request_to_an_unknown_one_is_an_error(self):
        msg_id = self.kernel.send("kernel_info_request", subshell_id="nowhere")
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "error")


class Others(KernelCase):
    def test_a_debug_request_is_refused_in_its_own_protocol(self):
        content = self.kernel.ask(
            "debug_request", {"type": "request", "seq": 3, "command": "stackTrace", "arguments": {}}, channel="control"
        )
        self.assertEqual((content["type"], content["request_seq"], content["success"]), ("response", 3, False))

    def test_completion_asks_the_running_program(self):
        self.kernel.result("""const parsed = JSON.parse('{ "alpha": { "beta": 1 } }'); 0""")
        for code, matches in [("parsed.", ["alpha"]), ("parsed.alpha.b", ["beta"]), ("process.env.PAT", ["PATH"])]:
            content = self.kernel.ask("complete_request", {"code": code, "cursor_pos": len(code)})
            self.assertEqual(content["matches"], matches)
            self.assertEqual(content["cursor_end"], len(code))

    def test_variables_are_listed_over_the_debug_protocol(self):
        self.kernel.result("const point = { x: 1, at: [2, 3] }; class Far {} 0")

        def ask(command, **arguments):
            request = {"type": "request", "seq": 4, "command": command, "arguments": arguments}
            content = self.kernel.ask("debug_request", request, channel="control")
            self.assertEqual((content["success"], content["command"]), (True, command))
            return content["body"]

        names = {variable["name"]: variable for variable in ask("inspectVariables")["variables"]}
        self.assertEqual(names["point"]["value"], "{ x: 1, at: [Array] }")
        parts = ask("variables", variablesReference=names["point"]["variablesReference"])["variables"]
        self.assertEqual([(part["name"], part.get("type", part["value"])) for part in parts], [("x", "1"), ("at", "Array")])
        inner = ask("variables", variablesReference=parts[1]["variablesReference"], start=1, count=1)["variables"]
        self.assertEqual([part["value"] for part in inner], ["3"])
        self.assertIn("text/plain", ask("richInspectVariables", variableName="point")["data"])

    def test_an_unknown_request_is_ignored(self):
        msg_id = self.kernel.send("no_such_request", {"a": 1})
        self.assertEqual(types(self.kernel.output(msg_id)), ["busy", "idle"])
        self.assertEqual(self.kernel.result("1"), "1")

    def test_content_that_breaks_the_protocol_is_answered_with_the_reason(self):
        content = self.kernel.ask("complete_request", {"code": 7, "cursor_pos": 0})
        self.assertEqual(content["evalue"], "complete_request: code must be a string; got 7")

    def test_an_iopub_welcome_comes_first(self):
        client = self.kernel.km.client()
        client.start_channels(shell=False, stdin=False, hb=False, control=False)
        try:
            message = client.get_iopub_msg(timeout=60)
            self.assertEqual(message["msg_type"], "iopub_welcome")
            self.assertEqual(message["content"], {"subscription": ""})
        finally:
            client.stop_channels()

    def test_a_welcome_names_the_subscription(self):
        import zmq

        info = self.kernel.km.get_connection_info()
        socket = zmq.Context.instance().socket(zmq.SUB)
        socket.linger = 0
        socket.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
        socket.subscribe("stream.stdout")
        try:
            self.assertTrue(socket.poll(60_000))
            topic, *_, content = socket.recv_multipart()[:7]
            self.assertEqual(topic, b"stream.stdout")
            self.assertEqual(json.loads(content), {"subscription": "stream.stdout"})
            self.kernel.run("console.log('for the subscriber')")
            self.assertTrue(socket.poll(60_000))
            self.assertEqual(socket.recv_multipart()[0], b"stream.stdout")
        finally:
            socket.close()

    def test_every_message_says_who_and_when(self):
        _, messages = self.kernel.run("1")
        for message in messages:
            header = message["header"]
            self.assertEqual(header["version"], self.kernel.ask("kernel_info_request")["protocol_version"])
            self.assertTrue(header["username"] and header["session"] and header["msg_id"])
            self.assertTrue(re.match(r"\d{4}-\d\d-\d\d", header["date"].isoformat()))
        self.assertEqual(len({message["header"]["msg_id"] for message in messages}), len(messages))
