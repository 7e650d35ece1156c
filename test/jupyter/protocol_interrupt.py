"""Interrupts, by message and by signal: the cell ends, its variables stay, the queue is aborted."""

import signal
import sys
import unittest

from kernels import KernelCase, is_idle, of_type


class Interrupt(KernelCase):
    def interrupt(self):
        self.kernel.km.interrupt_kernel()

    def wait_until_seen(self):
        # It comes by a connection of the manager's own: nothing that the client sends can tell when.
        self.kernel.iopub(lambda msg: is_idle(msg) and msg["parent_header"]["msg_type"] == "interrupt_request")

    def stop(self, code, setup="let count = 0", **options):
        """Starts a cell that does not end, interrupts it when it runs, and checks what then holds."""
        self.kernel.run(setup)
        msg_id = self.kernel.start(f"count = 41; console.log('runs'); {code}", **options)
        self.kernel.wait_for_text("runs", msg_id)
        self.interrupt()
        content = self.kernel.reply(msg_id)["content"]
        self.assertEqual(content["status"], "error")
        self.assertEqual(len(of_type(self.kernel.output(msg_id), "error")), 1)
        self.assertEqual(self.kernel.result("count + 1"), "42")
        return content

    def test_an_endless_loop(self):
        self.stop("while (true) {}")

    def test_an_endless_loop_that_awaits(self):
        self.stop("for (;;) await null")

    def test_a_promise_that_never_settles(self):
        self.stop("await new Promise(() => {})")

    def test_a_timer(self):
        self.stop("await new Promise((done) => setTimeout(done, 1e8))")

    def test_a_loop_after_an_await(self):
        self.stop("await null; for (;;) {}")

    def test_a_loop_in_a_function_of_an_earlier_cell(self):
        self.kernel.run("function spin(): never { for (;;) {} }")
        self.stop("spin()")

    def test_a_long_recursion(self):
        self.stop("const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)); fib(80)")

    def test_native_code(self):
        self.stop("/^(a+)+$/.test('a'.repeat(60) + 'b')")

    def test_a_loop_in_a_timer_callback(self):
        self.stop("await new Promise(() => setTimeout(() => { for (;;) {} }, 10))")

    def test_a_prompt(self):
        self.kernel.run("let count = 0")
        msg_id = self.kernel.start("count = 41; await prompt('x')", allow_stdin=True)
        self.kernel.kc.get_stdin_msg(timeout=60)
        self.interrupt()
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "error")
        self.kernel.output(msg_id)
        self.assertEqual(self.kernel.result("count + 1"), "42")

    def test_the_prompt_after_an_interrupted_one_gets_its_own_answer(self):
        self.test_a_prompt()
        self.kernel.kc.input("too late")
        msg_id = self.kernel.start("await prompt('again')", allow_stdin=True)
        self.kernel.kc.get_stdin_msg(timeout=60)
        self.kernel.kc.input("in time")
        [result] = of_type(self.kernel.output(msg_id), "execute_result")
        self.assertEqual(result["content"]["data"]["text/plain"], "'in time'")

    def test_several_times_in_a_row(self):
        for _ in range(3):
            self.stop("while (true) {}")

    def test_twice_at_once(self):
        self.kernel.run("let count = 41")
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.interrupt()
        self.interrupt()
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "error")
        self.kernel.output(msg_id)
        self.assertEqual(self.kernel.result("count + 1"), "42")

    def test_queued_cells_are_aborted(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        queued = [self.kernel.start("1"), self.kernel.start("2")]
        self.kernel.wait_for_text("runs", msg_id)
        self.interrupt()
        replies = [self.kernel.reply(each)["content"]["status"] for each in (msg_id, *queued)]
        self.assertEqual(replies, ["error", "aborted", "aborted"])
        for each in (msg_id, *queued):
            self.kernel.output(each)
        self.assertEqual(self.kernel.result("3"), "3")

    def test_nothing_to_interrupt(self):
        self.kernel.run("let count = 1")
        self.interrupt()
        self.wait_until_seen()
        self.assertEqual(self.kernel.result("count"), "1")

    def test_heartbeat_and_control_answer_while_a_cell_computes(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.assertEqual(self.kernel.ask("kernel_info_request", channel="control")["status"], "ok")
        self.assertTrue(self.kernel.kc.hb_channel.is_beating())
        self.interrupt()
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "error")


@unittest.skipIf(sys.platform == "win32", "Windows has no signals")
class InterruptBySignal(Interrupt):
    def interrupt(self):
        # To the whole group of processes, as a terminal does.
        self.kernel.km.signal_kernel(signal.SIGINT)

    def wait_until_seen(self):
        # Nothing answers a signal, and a process may read a message before it is told of a signal that came earlier. So
        # the cell that is sent behind it may be the one that ends; the one after that may not.
        content = self.kernel.reply(self.kernel.start("null"))["content"]
        self.assertIn((content["status"], content.get("ename")), [("ok", None), ("error", "Interrupted")])


class InterruptReply(KernelCase):
    def test_the_request_is_answered_on_control(self):
        content = self.kernel.ask("interrupt_request", channel="control")
        self.assertEqual(content, {"status": "ok"})
