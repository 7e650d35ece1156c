"""Start, shutdown, restart, death; what is bound, and what is written where."""

import os
import json
import pathlib
import secrets
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from kernel_ports import own_ports
from kernels import LIMIT, Running, of_type

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


def processes(kernel):
    """The kernel's process and all below it."""
    parent = psutil.Process(kernel.km.provisioner.pid)
    return [parent, *parent.children(recursive=True)]


class Shutdown(unittest.TestCase):
    def setUp(self):
        self.kernel = Running()
        self.assertEqual(self.kernel.result("1"), "1")
        self.processes = processes(self.kernel)
        self.assertGreater(len(self.processes), 1)

    def tearDown(self):
        self.kernel.stop()

    def gone(self):
        _, alive = psutil.wait_procs(self.processes, timeout=5)
        self.assertEqual(alive, [])

    def ask(self, channel, restart=False):
        msg_id = self.kernel.send("shutdown_request", {"restart": restart}, channel=channel)
        reply = self.kernel.reply(msg_id, channel)
        self.assertEqual(reply["msg_type"], "shutdown_reply")
        self.assertEqual(reply["content"], {"status": "ok", "restart": restart})
        self.gone()
        return msg_id

    def test_on_control(self):
        self.ask("control")

    def test_on_shell(self):
        self.ask("shell")

    def test_the_reply_repeats_restart_and_is_published(self):
        msg_id = self.ask("control", restart=True)
        self.assertEqual(of_type(self.kernel.output(msg_id), "shutdown_reply")[0]["content"]["restart"], True)

    def test_while_a_cell_computes(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.ask("control")

    def test_on_shell_while_a_cell_computes(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.ask("shell")

    @unittest.skipIf(sys.platform == "win32", "Windows has no signals")
    def test_by_sigterm_while_a_cell_computes(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.processes[0].send_signal(signal.SIGTERM)
        self.gone()

    @unittest.skipIf(sys.platform == "win32", "Windows has no signals")
    def test_by_sigterm_while_idle(self):
        self.processes[0].send_signal(signal.SIGTERM)
        self.gone()

    def test_a_kernel_killed_in_mid_cell_leaves_nothing_is_seen_dead_and_restarts(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        self.processes[0].kill()
        self.gone()
        self.assertFalse(self.kernel.km.is_alive())
        self.kernel.km.restart_kernel(now=True)
        self.kernel.kc.wait_for_ready(timeout=LIMIT)
        self.assertEqual(self.kernel.result("2"), "2")

    def test_a_kernel_killed_in_native_code_leaves_nothing(self):
        msg_id = self.kernel.start("console.log('runs'); /^(a+)+$/.test('a'.repeat(60) + 'b')")
        self.kernel.wait_for_text("runs", msg_id)
        self.processes[0].kill()
        self.gone()

    def test_a_session_killed_in_mid_cell_is_told_and_seen(self):
        msg_id = self.kernel.start("console.log('runs'); for (;;) {}")
        self.kernel.wait_for_text("runs", msg_id)
        for process in self.processes[1:]:
            process.kill()
        content = self.kernel.reply(msg_id)["content"]
        self.assertEqual(content["status"], "error")
        self.assertEqual(len(of_type(self.kernel.output(msg_id), "error")), 1)
        self.gone()
        self.assertFalse(self.kernel.km.is_alive())

    def test_process_exit_says_so(self):
        content, messages = self.kernel.run("process.exit(0)")
        self.assertEqual(content["status"], "error")
        self.assertIn("exit", "".join(content["traceback"]))
        self.assertEqual(len(of_type(messages, "error")), 1)

    def test_a_restart_forgets_the_variables(self):
        self.kernel.run("const gone = 1")
        self.kernel.km.restart_kernel()
        self.kernel.kc.wait_for_ready(timeout=LIMIT)
        content, _ = self.kernel.run("gone")
        self.assertEqual(content["status"], "error")
        self.assertEqual(content["execution_count"], 1)


class Orphan(unittest.TestCase):
    @unittest.skipIf(sys.platform == "win32", "Windows has no process groups like these")
    def test_a_kernel_whose_server_was_killed_ends(self):
        code = (
            "import sys, time; sys.path.insert(0, sys.argv[1]); from kernels import Running; k = Running();"
            "print(k.km.provisioner.pid, flush=True); time.sleep(600)"
        )
        here = str(pathlib.Path(__file__).parent)
        with tempfile.TemporaryFile("w+") as log:
            server = subprocess.Popen([sys.executable, "-c", code, here], stdout=subprocess.PIPE, stderr=log, text=True)
            family = []
            try:
                pid = server.stdout.readline()
                self.assertRegex(pid, r"^\d+$", "the server has no kernel")
                kernel = psutil.Process(int(pid))
                family = [kernel, *kernel.children(recursive=True)]
                server.kill()
                server.wait()
                _, alive = psutil.wait_procs(family, timeout=10)
                self.assertEqual(alive, [])
            except Exception as error:
                log.seek(0)
                error.add_note(f"server {server}, family {family}; they wrote:\n{log.read()}")
                raise
            finally:
                server.kill()
                server.wait()
                server.stdout.close()


class Sockets(unittest.TestCase):
    def start(self, **manager):
        kernel = Running(**manager)
        self.addCleanup(kernel.stop)
        return kernel

    def test_they_are_bound_where_the_file_says_and_nowhere_else(self):
        kernel = self.start()
        info = kernel.km.get_connection_info()
        expected = {(info["ip"], info[f"{channel}_port"]) for channel in CHANNELS}
        bound = {
            tuple(connection.laddr)
            for process in processes(kernel)
            for connection in process.net_connections(kind="inet")
            if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
        }
        self.assertEqual(bound, expected)

    @unittest.skipIf(sys.platform == "win32", "Windows has no such sockets")
    def test_ipc_works_and_is_for_its_owner(self):
        with tempfile.TemporaryDirectory() as folder:
            kernel = Running(transport="ipc", ip=f"{folder}/kernel")
            try:
                self.assertEqual(kernel.result("1 + 1"), "2")
                sockets = list(pathlib.Path(folder).iterdir())
                self.assertEqual(len(sockets), 5)
                for socket in sockets:
                    self.assertEqual(stat.S_IMODE(socket.stat().st_mode) & 0o077, 0)
                self.assertEqual(kernel.result("process.umask()"), str(os.umask(os.umask(0o022)) or 0))
            finally:
                kernel.stop()

    def test_curve_encrypts_all_channels(self):
        kernel = self.start(transport_encryption="required")
        self.assertTrue(kernel.km.get_connection_info()["curve_secretkey"])
        self.assertEqual(kernel.result("1 + 1"), "2")
        self.assertTrue(kernel.kc.hb_channel.is_beating())
        self.assertEqual(kernel.ask("kernel_info_request", channel="control")["status"], "ok")


class Secrets(unittest.TestCase):
    def launch(self, changes):
        """Runs a kernel by hand on a connection file of the test's own; returns it and the file's content."""
        spec = KernelSpecManager().get_kernel_spec("convfuse")
        folder = tempfile.mkdtemp()
        ports = iter(own_ports(5))
        info = {
            "ip": "127.0.0.1",
            "transport": "tcp",
            "key": secrets.token_hex(20),
            "signature_scheme": "hmac-sha256",
            **{f"{channel}_port": next(ports) for channel in CHANNELS},
            **changes,
        }
        path = pathlib.Path(folder, "connection.json")
        path.write_text(json.dumps(info))
        argv = [part.format(connection_file=path) for part in spec.argv]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, info, path

    def client(self, path):
        from jupyter_client.blocking import BlockingKernelClient

        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        # A kernel that starts on a busy machine is slow, not dead.
        client.hb_channel.time_to_dead = LIMIT
        client.start_channels()
        self.addCleanup(client.stop_channels)
        client.wait_for_ready(timeout=LIMIT)
        return client

    def test_the_key_is_never_printed(self):
        process, info, path = self.launch({})
        client = self.client(path)
        client.session.key = b"wrong"
        client.session.send(client.shell_channel.socket, "kernel_info_request", {})
        client.session.key = info["key"].encode()
        client.session.send(client.shell_channel.socket, "no_such_request", {})
        client.execute_interactive("1 + 1", timeout=LIMIT)
        client.shutdown()
        output, _ = process.communicate(timeout=LIMIT)
        self.assertNotIn(info["key"], output)
        self.assertIn("the signature is wrong", output)

    def test_a_broken_file_is_refused_without_its_key(self):
        for changes in ({"transport": "udp"}, {"shell_port": 0}, {"signature_scheme": "rot13"}, {"curve_publickey": "x"}):
            with self.subTest(changes):
                process, info, _ = self.launch(changes)
                output, _ = process.communicate(timeout=LIMIT)
                self.assertEqual(process.returncode, 1)
                self.assertIn("connection file:", output)
                self.assertNotIn(info["key"], output)

    def test_a_port_that_is_taken_ends_the_kernel_with_the_reason(self):
        import socket

        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            process, _, _ = self.launch({"shell_port": port})
            output, _ = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(output, f"(?i)shell cannot be bound to tcp://127.0.0.1:{port}: address.*in use")

    def test_other_hashes_sign_too(self):
        _, _, path = self.launch({"signature_scheme": "hmac-sha512"})
        client = self.client(path)
        self.assertEqual(client.execute_interactive("1", timeout=LIMIT)["content"]["status"], "ok")

    def test_an_empty_key_means_no_signatures(self):
        _, _, path = self.launch({"key": ""})
        client = self.client(path)
        self.assertEqual(client.execute_interactive("1", timeout=LIMIT)["content"]["status"], "ok")

    @unittest.skipIf(sys.platform == "win32", "Windows has other rights")
    def test_history_is_for_its_owner(self):
        kernel = Running()
        self.addCleanup(kernel.stop)
        kernel.run("'private'")
        folder = pathlib.Path(os.environ["JUPYTER_DATA_DIR"], "convfuse", "history")
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        files = list(folder.iterdir())
        self.assertTrue(any("'private'" in file.read_text() for file in files))
        for file in files:
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)


class Folders(unittest.TestCase):
    def test_a_bare_folder_stays_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            kernel = Running(cwd=folder)
            try:
                self.assertEqual(kernel.result("process.cwd()"), f"'{os.path.realpath(folder)}'")
                self.assertEqual(kernel.result("import { sep } from 'node:path'; sep"), "'/'")
                self.assertEqual(os.listdir(folder), [])
            finally:
                kernel.stop()
