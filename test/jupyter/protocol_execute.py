"""Execute requests: statuses, output, counts, errors, input."""

from kernels import KernelCase, nothing_more, of_type, text_of, types


class Messages(KernelCase):
    def test_status_input_and_output_come_in_order_under_the_request(self):
        msg_id = self.kernel.start("console.log('a'); 1 + 1")
        reply = self.kernel.reply(msg_id)
        messages = self.kernel.output(msg_id)
        self.assertEqual(types(messages), ["busy", "execute_input", "stream", "execute_result", "idle"])
        self.assertEqual(messages[1]["content"]["code"], "console.log('a'); 1 + 1")
        self.assertEqual(messages[1]["content"]["execution_count"], reply["content"]["execution_count"])
        self.assertEqual(messages[3]["content"]["execution_count"], reply["content"]["execution_count"])
        self.assertEqual(reply["content"]["user_expressions"], {})
        self.assertIn("started", reply["metadata"])

    def test_stdout_and_stderr_keep_their_order(self):
        _, messages = self.kernel.run("console.log(1); console.error(2); console.log(3)")
        streams = [(m["content"]["name"], m["content"]["text"]) for m in of_type(messages, "stream")]
        self.assertEqual(streams, [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")])

    def test_display_data_with_metadata_and_an_id_is_updated(self):
        code = """
        jupyter.display({ "text/plain": "a" }, { raw: true, metadata: { k: 1 }, display_id: "d" });
        jupyter.display({ "text/plain": "b" }, { raw: true, metadata: { k: 2 }, display_id: "d", update: true });
        """
        _, messages = self.kernel.run(code)
        [shown] = of_type(messages, "display_data")
        [updated] = of_type(messages, "update_display_data")
        self.assertEqual(shown["content"]["data"], {"text/plain": "a"})
        self.assertEqual(shown["content"]["metadata"], {"k": 1})
        self.assertEqual(shown["content"]["transient"], {"display_id": "d"})
        self.assertEqual(updated["content"]["data"], {"text/plain": "b"})
        self.assertEqual(updated["content"]["metadata"], {"k": 2})
        self.assertEqual(updated["content"]["transient"], {"display_id": "d"})

    def test_clear_output_says_whether_it_waits(self):
        _, messages = self.kernel.run("jupyter.clearOutput(); jupyter.clearOutput({ wait: true })")
        self.assertEqual([m["content"]["wait"] for m in of_type(messages, "clear_output")], [False, True])

    def test_broadcast_publishes_a_message_of_any_type(self):
        _, messages = self.kernel.run("jupyter.broadcast('my_type', { a: [1] })")
        [message] = of_type(messages, "my_type")
        self.assertEqual(message["content"], {"a": [1]})

    def test_an_error_is_published_and_replied(self):
        content, messages = self.kernel.run("throw new RangeError('too far')")
        [error] = of_type(messages, "error")
        for part in (content, error["content"]):
            self.assertEqual((part["ename"], part["evalue"]), ("RangeError", "too far"))
            self.assertIn("RangeError: too far", part["traceback"][0])
        self.assertEqual(content["status"], "error")

    def test_a_type_error_names_its_code_and_nothing_runs(self):
        content, messages = self.kernel.run("console.log('ran'); const n: number = 'text'")
        self.assertEqual(content["status"], "error")
        self.assertIn("TS2322", "\n".join(content["traceback"]))
        self.assertEqual(text_of(messages), "")

    def test_undefined_is_no_result_and_null_is_one(self):
        self.assertIsNone(self.kernel.result("undefined"))
        self.assertEqual(self.kernel.result("null"), "null")

    def test_output_is_live_while_the_cell_runs(self):
        code = "console.log('first'); const end = Date.now() + 2000; while (Date.now() < end) {} console.log('last')"
        msg_id = self.kernel.start(code)
        early = self.kernel.wait_for_text("first", msg_id)
        self.assertNotIn("last", text_of(early))
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")

    def test_late_output_belongs_to_the_cell_that_started_it(self):
        first = self.kernel.start("setTimeout(() => console.log('late'), 300); 0")
        self.kernel.output(first)
        second = self.kernel.start("await new Promise((done) => setTimeout(done, 900))")
        [late] = self.kernel.iopub(lambda m: m["msg_type"] == "stream")[-1:]
        self.assertEqual(late["parent_header"]["msg_id"], first)
        self.kernel.output(second)

    def test_lone_surrogates_and_pairs_in_halves_arrive(self):
        code = """
        process.stdout.write("\\ud83d"); process.stdout.write("\\ude00");
        process.stdout.write(Buffer.from([0xc3])); process.stdout.write(Buffer.from([0xa9]));
        process.stdout.write("\\ud800!");
        """
        _, messages = self.kernel.run(code)
        self.assertEqual(text_of(messages), "\U0001f600\u00e9\ufffd!")


class Counts(KernelCase):
    def count(self, code="0", **options):
        return self.kernel.run(code, **options)[0]["execution_count"]

    def test_silent_and_unstored_cells_leave_the_count(self):
        before = self.count()
        self.assertEqual(self.count(silent=True, store_history=False), before)
        self.assertEqual(self.count(store_history=False), before)
        self.assertEqual(self.count(), before + 1)

    def test_a_failed_cell_counts(self):
        before = self.count()
        self.assertEqual(self.count("throw 1"), before + 1)

    def test_a_silent_cell_publishes_no_input_and_no_result(self):
        _, messages = self.kernel.run("1 + 1", silent=True, store_history=False)
        self.assertEqual(types(messages), ["busy", "idle"])

    def test_a_silent_cell_keeps_its_names(self):
        self.kernel.run("const kept = 7", silent=True, store_history=False)
        self.assertEqual(self.kernel.result("kept"), "7")

    def test_an_unstored_cell_shows_its_result(self):
        _, messages = self.kernel.run("1 + 1", store_history=False)
        self.assertEqual(len(of_type(messages, "execute_result")), 1)

    def test_silent_cells_are_never_stored(self):
        before = self.count()
        self.assertEqual(self.count(silent=True, store_history=True), before)


class UserExpressions(KernelCase):
    def test_values_and_errors(self):
        expressions = {"sum": "two + 3", "bad": "nowhere", "worse": "(() => { throw new Error('no') })()"}
        content, messages = self.kernel.run("const two = 2", user_expressions=expressions)
        values = content["user_expressions"]
        self.assertEqual(values["sum"]["status"], "ok")
        self.assertEqual(values["sum"]["data"]["text/plain"], "5")
        self.assertEqual(values["bad"]["status"], "error")
        self.assertIn("TS2304", "\n".join(values["bad"]["traceback"]))
        self.assertEqual((values["worse"]["status"], values["worse"]["evalue"]), ("error", "no"))
        self.assertEqual(content["status"], "ok")
        self.assertEqual(types(messages), ["busy", "execute_input", "idle"])

    def test_none_are_evaluated_after_an_error(self):
        content, _ = self.kernel.run("throw 1", user_expressions={"a": "1"})
        self.assertEqual((content["status"], content["user_expressions"]), ("error", {}))


class AfterAnError(KernelCase):
    def queue(self, *requests):
        """Sends cells behind one that waits for input, so that the kernel has them all before the first of them runs."""
        waiting = self.kernel.start("await prompt('go?')", allow_stdin=True)
        self.kernel.kc.get_stdin_msg(timeout=60)
        ids = [self.kernel.start(code, **options) for code, options in requests]
        # A socket keeps the order of its messages: with this answer, everything sent before it has arrived.
        self.kernel.ask("is_complete_request", {"code": "1"})
        self.kernel.kc.input("go")
        self.kernel.reply(waiting)
        return ids

    def test_queued_cells_are_aborted_and_the_next_is_served(self):
        ids = self.queue(*((code, {}) for code in ("throw new Error('stop')", "1", "2", "3")))
        replies = [self.kernel.reply(msg_id)["content"]["status"] for msg_id in ids]
        self.assertEqual(replies, ["error", "aborted", "aborted", "aborted"])
        self.assertEqual(self.kernel.result("4"), "4")

    def test_an_aborted_cell_is_busy_and_idle_and_nothing_else(self):
        _, aborted = self.queue(("throw new Error('stop')", {}), ("console.log('ran')", {}))
        self.assertEqual(types(self.kernel.output(aborted)), ["busy", "idle"])

    def test_a_type_error_aborts_what_follows_too(self):
        ids = self.queue(("const a: number = ''", {}), ("1", {}))
        replies = [self.kernel.reply(msg_id)["content"]["status"] for msg_id in ids]
        self.assertEqual(replies, ["error", "aborted"])

    def test_the_next_cell_is_served_as_soon_as_the_error_is_known(self):
        for _ in range(5):
            self.assertEqual(self.kernel.run("throw 1")[0]["status"], "error")
            self.assertEqual(self.kernel.run("1")[0]["status"], "ok")

    def test_stop_on_error_false_lets_the_queue_run(self):
        ids = self.queue(("throw new Error('go on')", {"stop_on_error": False}), ("1 + 1", {}))
        replies = [self.kernel.reply(msg_id)["content"]["status"] for msg_id in ids]
        self.assertEqual(replies, ["error", "ok"])

    def test_a_silent_cell_that_fails_aborts_nothing(self):
        ids = self.queue(("throw 1", {"silent": True, "store_history": False}), ("1", {}))
        replies = [self.kernel.reply(msg_id)["content"]["status"] for msg_id in ids]
        self.assertEqual(replies, ["error", "ok"])

    def test_other_requests_are_answered_while_cells_are_aborted(self):
        self.queue(("throw new Error('stop')", {}), ("1", {}))
        self.assertEqual(self.kernel.ask("is_complete_request", {"code": "1"})["status"], "complete")


class Input(KernelCase):
    def question(self):
        return self.kernel.kc.get_stdin_msg(timeout=60)

    def test_a_prompt_is_asked_and_its_answer_returned(self):
        msg_id = self.kernel.start("const name = await prompt('Name? '); name.length", allow_stdin=True)
        question = self.question()
        self.assertEqual(question["content"], {"prompt": "Name? ", "password": False})
        self.assertEqual(question["parent_header"]["msg_id"], msg_id)
        self.kernel.kc.input("Ada")
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "3")

    def test_a_password_is_marked_as_one(self):
        msg_id = self.kernel.start("(await prompt('Key', { password: true })).length", allow_stdin=True)
        self.assertTrue(self.question()["content"]["password"])
        self.kernel.kc.input("12345")
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")

    def test_several_prompts_are_asked_one_after_another(self):
        code = "const both = await Promise.all([prompt('a'), prompt('b')]); both.join()"
        msg_id = self.kernel.start(code, allow_stdin=True)
        for _ in range(2):
            self.kernel.kc.input(self.question()["content"]["prompt"].upper())
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "ok")
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "'A,B'")

    def test_a_client_without_stdin_gives_a_clear_error(self):
        content, _ = self.kernel.run("await prompt('x')", allow_stdin=False)
        self.assertEqual(content["status"], "error")
        self.assertRegex(content["evalue"], "(?i)stdin|input")
        self.assertTrue(nothing_more(self.kernel.kc.get_stdin_msg))

    def test_input_that_nobody_asked_for_is_ignored(self):
        self.kernel.kc.input("surprise")
        msg_id = self.kernel.start("await prompt('real')", allow_stdin=True)
        self.question()
        self.kernel.kc.input("answer")
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "'answer'")
