"""What a kernel must live through, or be seen to die of."""

import os
import random
import socket as sockets
import unittest

import psutil
import zmq
from kernels import KernelCase, LIMIT, Running, of_type, text_of

SEED = 20240607


class Garbage(KernelCase):
    """10,000 random and malformed messages, shared out over the sockets."""

    def parts(self, generator):
        """A message of some shape, always without a valid signature."""
        kinds = (
            lambda: generator.randbytes(generator.randrange(200)),
            lambda: b"<IDS|MSG>",
            lambda: b"{}",
            lambda: b"{" * generator.randrange(50),
            lambda: b'{"msg_id": "a", "msg_type": "execute_request"}',
            lambda: b'{"code": "process.exit(1)"}',
            lambda: generator.randbytes(32).hex().encode(),
            lambda: b"",
        )
        return [generator.choice(kinds)() for _ in range(generator.randrange(1, 9))]

    def signed(self, generator):
        """What is signed, and still not a message: the shape of each part is wrong."""
        session = self.kernel.kc.session
        shapes = (b"[]", b"null", b"5", b'""', b"{}", b"", b"\xff\xfe", b"[" * 5000, b'{"msg_id": 1, "msg_type": []}')
        frames = [generator.choice(shapes) for _ in range(4)]
        return [b"<IDS|MSG>", session.sign(frames), *frames]

    def flood(self, channel, kind, count):
        generator = random.Random(f"{SEED} {channel}")
        info = self.kernel.km.get_connection_info()
        socket = zmq.Context.instance().socket(kind)
        socket.linger = -1
        socket.connect(f"tcp://{info['ip']}:{info[f'{channel}_port']}")
        for n in range(count):
            make = self.signed if n % 4 == 0 else self.parts
            socket.send_multipart(make(generator))
        socket.close()
        self.assertEqual(self.kernel.result("40 + 2"), "42")
        self.assertEqual(self.kernel.ask("kernel_info_request", channel="control")["status"], "ok")
        self.assertTrue(self.kernel.kc.hb_channel.is_beating())

    def test_on_shell(self):
        self.flood("shell", zmq.DEALER, 4000)

    def test_on_control(self):
        self.flood("control", zmq.DEALER, 2000)

    def test_on_stdin(self):
        self.flood("stdin", zmq.DEALER, 2000)

    def test_on_heartbeat(self):
        self.flood("hb", zmq.DEALER, 1000)

    def test_on_iopub(self):
        self.flood("iopub", zmq.XSUB, 1000)

    def test_bytes_that_are_not_zeromq(self):
        generator = random.Random(SEED)
        info = self.kernel.km.get_connection_info()
        for channel in ("shell", "control", "stdin", "hb", "iopub"):
            for _ in range(20):
                with sockets.create_connection((info["ip"], info[f"{channel}_port"])) as connection:
                    try:
                        connection.sendall(generator.randbytes(500))
                    except ConnectionError:
                        pass  # ZeroMQ may hang up at once.
        self.assertEqual(self.kernel.result("1"), "1")

    def test_signed_requests_with_nonsense_for_content_are_answered(self):
        generator = random.Random(SEED)
        values = (None, 5, "x", [], {}, True, -1, 1e300, [[[[]]]], {"a": {}})
        names = ("code", "cursor_pos", "silent", "user_expressions", "hist_access_type", "n", "comm_id", "data", "detail_level")
        types = (
            "complete_request",
            "inspect_request",
            "history_request",
            "is_complete_request",
            "comm_info_request",
            "comm_open",
            "comm_msg",
            "comm_close",
            "kernel_info_request",
            "interrupt_request",
            "debug_request",
        )
        for _ in range(300):
            content = {generator.choice(names): generator.choice(values) for _ in range(3)}
            if isinstance(content.get("code"), str):
                content["code"] = "1"
            self.kernel.send(generator.choice(types), content)
        self.assertEqual(self.kernel.result("1 + 1"), "2")

    def test_nothing_is_evaluated_from_an_unsigned_message(self):
        self.kernel.run("let touched = false")
        session = self.kernel.kc.session
        key, session.key = session.key, b"not the key"
        try:
            self.kernel.start("touched = true")
        finally:
            session.key = key
        self.assertEqual(self.kernel.result("touched"), "false")

    def test_a_message_that_comes_twice_is_run_once(self):
        self.kernel.run("let runs = 0")
        session = self.kernel.kc.session
        content = {"code": "runs += 1", "silent": False, "store_history": True, "user_expressions": {}}
        message = session.serialize(session.msg("execute_request", content))
        for _ in range(3):
            self.kernel.kc.shell_channel.socket.send_multipart(message)
        self.assertEqual(self.kernel.result("runs"), "1")


class Streams(KernelCase):
    def test_many_lines_are_joined_and_in_order(self):
        _, messages = self.kernel.run("for (let n = 0; n < 10_000; n += 1) console.log(n)")
        self.assertEqual(text_of(messages), "".join(f"{n}\n" for n in range(10_000)))
        self.assertLess(len(of_type(messages, "stream")), 2500)

    def test_ten_megabytes_arrive_whole(self):
        code = "for (let n = 0; n < 10_000; n += 1) process.stdout.write(String(n % 10).repeat(1000))"
        _, messages = self.kernel.run(code)
        self.assertEqual(text_of(messages), "".join(str(n % 10) * 1000 for n in range(10_000)))

    def test_one_write_of_ten_megabytes_arrives_whole(self):
        _, messages = self.kernel.run("process.stdout.write('0123456789'.repeat(1_000_000)); 0")
        self.assertEqual(text_of(messages), "0123456789" * 1_000_000)

    def test_awaited_writes_are_joined(self):
        code = "for (let n = 0; n < 5000; n += 1) { console.log(n); await null }"
        _, messages = self.kernel.run(code)
        self.assertEqual(text_of(messages), "".join(f"{n}\n" for n in range(5000)))
        self.assertLess(len(of_type(messages, "stream")), 2500)

    def test_output_without_end_is_interrupted(self):
        self.kernel.run("let kept = 7")
        msg_id = self.kernel.start("for (;;) console.log('x'.repeat(1000))")
        self.kernel.wait_for_text("x\nx", msg_id)
        self.kernel.km.interrupt_kernel()
        self.assertEqual(self.kernel.reply(msg_id)["content"]["status"], "error")
        self.kernel.output(msg_id)
        self.assertEqual(self.kernel.result("kept"), "7")

    def test_output_without_end_ends_with_a_clear_error(self):
        self.kernel.run("let kept = 8")
        content, messages = self.kernel.run("for (;;) console.log('x'.repeat(10_000))")
        self.assertEqual(content["status"], "error")
        self.assertIn("it wrote more than 200 MB", text_of(messages, "stderr"))
        self.assertEqual(self.kernel.result("kept"), "8")

    def test_output_without_end_that_nobody_reads_does_not_fill_the_memory(self):
        kernel = Running()
        try:
            info = kernel.km.get_connection_info()
            deaf = zmq.Context.instance().socket(zmq.SUB)
            deaf.rcvhwm = 1
            deaf.linger = 0
            deaf.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
            deaf.subscribe("")
            deaf.recv_multipart()
            msg_id = kernel.start("for (;;) console.log('x'.repeat(10_000))")
            self.assertEqual(kernel.reply(msg_id)["content"]["status"], "error")
            memory = psutil.Process(kernel.km.provisioner.pid).memory_info().rss
            self.assertLess(memory, 1e9)
            deaf.close()
        finally:
            kernel.stop()


class Cells(KernelCase):
    def test_null_is_thrown(self):
        content, messages = self.kernel.run("throw null")
        self.assertEqual(content["status"], "error")
        self.assertIn("null", content["evalue"])
        self.assertEqual(len(of_type(messages, "error")), 1)

    def test_the_stack_overflows(self):
        content, _ = self.kernel.run("function deep(): number { return 1 + deep() }\ndeep()")
        self.assertEqual((content["status"], content["ename"]), ("error", "RangeError"))
        self.assertEqual(self.kernel.result("1"), "1")

    def test_a_rejection_that_nobody_handles_kills_nothing(self):
        _, messages = self.kernel.run("void Promise.reject(new Error('unhandled one')); 0")
        if "unhandled one" not in text_of(messages, "stderr"):
            self.kernel.wait_for_text("unhandled one")
        self.assertEqual(self.kernel.result("1"), "1")

    def test_an_error_in_a_timer_kills_nothing(self):
        self.kernel.start("setTimeout(() => { throw new Error('from a timer') }, 1); 0")
        self.kernel.wait_for_text("from a timer")
        self.assertEqual(self.kernel.result("1"), "1")

    def test_a_program_that_the_cell_starts_cannot_read_our_sockets(self):
        code = """
        import { execFileSync } from "node:child_process";
        execFileSync(process.execPath, ["-e", "process.stdin.on('data', () => {}); console.log('child')"]).toString();
        """
        self.assertEqual(self.kernel.result(code), "'child\\n'")


class Memory(unittest.TestCase):
    def test_allocation_without_end_is_an_error_or_a_death_that_is_seen(self):
        # A heap that is small, so that the test fills it soon; the machine's memory is not the kernel's to fill.
        os.environ["NODE_OPTIONS"] = "--max-old-space-size=200"
        try:
            kernel = Running()
        finally:
            del os.environ["NODE_OPTIONS"]
        try:
            msg_id = kernel.start("const all: number[][] = []; for (;;) all.push(new Array(1000).fill(1.5))")
            content = kernel.reply(msg_id)["content"]
            self.assertEqual(content["status"], "error")
            self.assertRegex(content["evalue"], "(?i)memory|heap|SIGABRT|SIGTRAP|SIGILL|ended|over")
            self.assertEqual(len(of_type(kernel.output(msg_id), "error")), 1)
            kernel.km.provisioner.process.wait(LIMIT)
            self.assertFalse(kernel.km.is_alive())
            kernel.km.restart_kernel(now=True)
            kernel.kc.wait_for_ready(timeout=LIMIT)
            self.assertEqual(kernel.result("1"), "1")
        finally:
            kernel.stop()
