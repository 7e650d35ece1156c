"""Times the command beside onnxsim, whole processes in turns, and its memory; then the fused networks in onnxruntime:

    python times.py FOLDER NODE [PATTERN]

FOLDER holds what export.py wrote, NODE is the Node that runs the command. For each network, as users export it: median seconds of both
tools over the rounds, the command's peak memory in parts of the file's size beyond what Node itself takes, and how many times as fast as
the file, and as the framework's own deployed form, the fused network is (one thread, all of onnxruntime's optimisations, medians of
ratios of interleaved pairs).
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort

rounds = 5
pairs = 41
command = Path(__file__).parents[2] / "packages/cli/bin/convfuse.js"


def main() -> None:
    folder, node = Path(sys.argv[1]), sys.argv[2]
    pattern = re.compile(sys.argv[3] if len(sys.argv) > 3 else "")
    ort.set_default_logger_severity(3)
    idle = finished([node, str(command), "--version"])[1]
    print("network                  convfuse s  onnxsim s  memory/file  file/fused  deployed/fused")
    seconds, others = [], []
    with tempfile.TemporaryDirectory() as scratch:
        out, other = f"{scratch}/out.onnx", f"{scratch}/other.onnx"
        for path in sorted(folder.glob("*.user.onnx")):
            name = path.name.removesuffix(".user.onnx")
            if not pattern.search(name):
                continue
            ours, theirs, memory = [], [], []
            for _ in range(rounds):
                took, peak = finished([node, str(command), "fuse", str(path), "-o", out])
                ours.append(took)
                memory.append((peak - idle) / path.stat().st_size)
                theirs.append(finished([sys.executable, "-m", "onnxsim", str(path), other])[0])
            seconds.append(statistics.median(ours))
            others.append(statistics.median(theirs))
            size = 224 if "span" not in name else 96
            x = np.random.default_rng(0).standard_normal((1, 3, size, size)).astype(np.float32)
            deployed = folder / f"{name}.deploy.onnx"
            against_own = f"{ratio(str(deployed), out, x):14.2f}" if deployed.exists() else f"{'-':>14}"
            print(
                f"{name:24} {seconds[-1]:10.2f} {others[-1]:10.2f} {max(memory):12.1f} {ratio(str(path), out, x):11.2f} {against_own}",
                flush=True,
            )
    if seconds:
        print(f"{'median':24} {statistics.median(seconds):10.2f} {statistics.median(others):10.2f}")


def finished(arguments: list[str]) -> tuple[float, int]:
    """Seconds and peak bytes of a process."""
    start = time.perf_counter()
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {process.returncode}\n{errors.decode()}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def ratio(a: str, b: str, x: np.ndarray) -> float:
    """How many times as fast b is."""
    sessions = [session(path) for path in (a, b)]
    feeds = [{one.get_inputs()[0].name: x} for one in sessions]

    def run(which: int) -> float:
        start = time.perf_counter()
        sessions[which].run(None, feeds[which])
        return time.perf_counter() - start

    for _ in range(5):
        run(0), run(1)
    order = np.random.default_rng(1)
    found = []
    for _ in range(pairs):
        first = int(order.integers(2))
        times = [0.0, 0.0]
        for which in (first, 1 - first):
            times[which] = run(which)
        found.append(times[0] / times[1])
    return statistics.median(found)


def session(path: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
