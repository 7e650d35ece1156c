"""A kernel and a client of it, for the suites of this folder."""

import atexit
import queue
import time
import unittest

from jupyter_client.manager import KernelManager
from kernel_ports import use_own_ports

use_own_ports()

# Seconds. Long, because what is waited for is certain to come; a test that fails is told so by what it got.
LIMIT = 60


class Running:
    """A started kernel, with what a test needs to talk to it."""

    def __init__(self, kernel_name="convfuse", cwd=None, **manager):
        self.km = KernelManager(kernel_name=kernel_name, **manager)
        self.km.start_kernel(cwd=cwd)
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=LIMIT)

    def stop(self):
        self.kc.stop_channels()
        if self.km.has_kernel:
            self.km.shutdown_kernel(now=not self.km.is_alive())

    def send(self, msg_type, content=None, channel="shell", buffers=None, metadata=None, **header):
        """Sends a request of any kind, and returns its id."""
        session = self.kc.session
        msg = session.msg(msg_type, content or {}, metadata=metadata)
        msg["header"].update(header)
        session.send(getattr(self.kc, f"{channel}_channel").socket, msg, buffers=buffers)
        return msg["header"]["msg_id"]

    def reply(self, msg_id, channel="shell"):
        """The reply to a request; those to others are passed over."""
        deadline = time.monotonic() + LIMIT
        while True:
            left = deadline - time.monotonic()
            msg = getattr(self.kc, f"get_{channel}_msg")(timeout=max(0.01, left))
            if msg["parent_header"].get("msg_id") == msg_id:
                return msg

    def ask(self, msg_type, content=None, channel="shell", **options):
        """The content of the reply to a request."""
        return self.reply(self.send(msg_type, content, channel, **options), channel)["content"]

    def iopub(self, until, msg_id=None):
        """The iopub messages, of one request where it is named, up to the first that `until` accepts."""
        messages = []
        while True:
            msg = self.kc.get_iopub_msg(timeout=LIMIT)
            if msg_id is not None and msg["parent_header"].get("msg_id") != msg_id:
                continue
            messages.append(msg)
            if until(msg):
                return messages

    def output(self, msg_id):
        """All iopub messages of a request."""
        return self.iopub(is_idle, msg_id)

    def start(self, code, **options):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content.update({"allow_stdin": False, "stop_on_error": True}, **options)
        return self.send("execute_request", content)

    def run(self, code, **options):
        """The reply's content and the iopub messages of a cell."""
        msg_id = self.start(code, **options)
        return self.reply(msg_id)["content"], self.output(msg_id)

    def result(self, code):
        """The text of a cell's result; raises where it fails."""
        content, messages = self.run(code)
        if content["status"] != "ok":
            raise AssertionError("\n".join(content.get("traceback", [str(content)])))
        found = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]
        return found[0] if found else None

    def wait_for_text(self, text, msg_id=None):
        """Waits until a cell has written something; returns what came."""
        written = ""

        def there(msg):
            nonlocal written
            if msg["msg_type"] == "stream":
                written += msg["content"]["text"]
            return text in written

        return self.iopub(there, msg_id)


def is_idle(msg):
    return msg["msg_type"] == "status" and msg["content"]["execution_state"] == "idle"


def types(messages):
    """The kinds of messages, statuses by their state."""
    return [
        m["content"]["execution_state"] if m["msg_type"] == "status" else m["msg_type"] for m in messages
    ]


def of_type(messages, msg_type):
    return [m for m in messages if m["msg_type"] == msg_type]


def text_of(messages, name="stdout"):
    return "".join(m["content"]["text"] for m in of_type(messages, "stream") if m["content"]["name"] == name)


def nothing_more(receive):
    """Whether a channel has no further message. Only for what would have come by now."""
    try:
        receive(timeout=0.2)
    except queue.Empty:
        return True
    return False


class KernelCase(unittest.TestCase):
    """Tests that share a kernel with all others of the suite."""

    kernel: Running
    shared = None

    @classmethod
    def setUpClass(cls):
        if KernelCase.shared is None:
            KernelCase.shared = Running()
            atexit.register(KernelCase.shared.stop)
        cls.kernel = KernelCase.shared

    def tearDown(self):
        # What a failed test left behind must not be read by the next.
        for receive in (self.kernel.kc.get_shell_msg, self.kernel.kc.get_iopub_msg):
            while True:
                try:
                    receive(timeout=0.01)
                except queue.Empty:
                    break
