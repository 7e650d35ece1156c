"""Processes run from outside: how long each took, and the most memory that it had."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

root = Path(__file__).parents[2]
command = root / "packages/cli/bin/convfuse.js"
report = root / "packages/cli/test/report-memory.mjs"


def seconds_of(arguments: list[str]) -> float:
    """Seconds of a process; one that fails ends everything."""
    start = time.perf_counter()
    run(arguments)
    return time.perf_counter() - start


def peak_of(node: str, arguments: list[str]) -> int:
    """The most bytes that a process of Node had at once. A process of its own, since asking costs time."""
    errors = run([node, "--import", report.as_uri(), *arguments])
    return int(re.search(r"(\d+)\n$", errors)[1]) * 1024


def run(arguments: list[str]) -> str:
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
    return done.stderr


def load() -> str:
    """What else the machine does: a figure that was taken on busy cores is none."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
