"""Times the command beside onnxsim, in turns, and its memory; then the fused networks in onnxruntime, in pairs:

    python times.py FOLDER NODE [PATTERN]

FOLDER holds what export.py wrote, NODE is the Node that runs the command. For each network, as users export it:

- seconds of the whole process of the command (median of the rounds), of `python -m onnxsim` (once: it takes seconds), and of onnxsim's
  function alone, without starting Python, importing or compiling anything (median);
- the command's peak memory beyond what it takes without a network, in parts of the file's size, where that is 8 MB or more;
- how many times as fast as the file, and as the framework's own deployed form, the fused network is: one thread, all of onnxruntime's
  optimisations, the median of the ratios of pairs whose order is drawn, by the time that the thread was given (one that waits for a core
  is not slower for it). Sessions are made anew again and again, in either order: where a session's memory happens to lie makes it faster
  or slower by a few hundredths for as long as it lives. A file that came out as it went in is not timed. What misses its bound is measured
  again with three times the sessions; `npm run networks` counts what is left to compute, which no clock has a say in.

Then a file of 100 MB: with proof, and read and written alone beside `cp`; and the most memory that the command takes, Node included, for it, for a file
of 100 MB that is one convolution with a norm, and for what it made of the first. The last lines say which bounds are missed.
"""

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import onnxsim

from large import write_large, write_one_convolution
from processes import command, load, peak_of, seconds_of

rounds = 5
sessions = 6
pairs = 15

# What has to be reached.
most_seconds = 0.5
most_seconds_large = 1.5
most_memory = 2.5
least_ratio = 0.98


def main() -> None:
    folder, node = Path(sys.argv[1]), sys.argv[2]
    pattern = re.compile(sys.argv[3] if len(sys.argv) > 3 else "")
    ort.set_default_logger_severity(3)
    files = [path for path in sorted(folder.glob("*.user.onnx")) if pattern.search(name_of(path))]
    if not files:
        sys.exit(f"no network is called {pattern.pattern}")
    began, before = time.perf_counter(), load()
    idle = peak_of(node, [str(command), "--version"])
    print("                             seconds                     memory     times as fast as")
    print("network                  convfuse  onnxsim  its function   /file    the file  the deployed", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for path in files:
            rows.append(Row(path, node, idle, scratch))
            print(rows[-1], flush=True)
        middle = [statistics.median(values) for values in zip(*((row.ours, row.theirs, row.function) for row in rows))]
        slowest = [max(values) for values in zip(*((row.ours, row.theirs, row.function) for row in rows))]
        print(line("median", middle))
        print(line("slowest", slowest))
        missed = [miss for row in rows for miss in row.missed()]
        if middle[0] > most_seconds:
            missed.append(f"the median network takes {middle[0]:.2f} s, more than {most_seconds}")
        if middle[0] > middle[1]:
            missed.append(f"the median network takes {middle[0] / middle[1]:.2f} times as long as onnxsim")
        missed += large(node, scratch)
    took = time.perf_counter() - began
    print(f"\n{before} at the beginning, {load()} at the end, {took / 60:.1f} minutes")
    print("\n".join(["missed:", *missed]) if missed else "all bounds are kept")
    sys.exit(1 if missed else 0)


def name_of(path: Path) -> str:
    return path.name.removesuffix(".user.onnx")


class Row:
    """What was measured of one network."""

    def __init__(self, path: Path, node: str, idle: int, scratch: str) -> None:
        self.name = name_of(path)
        out, other = f"{scratch}/out.onnx", f"{scratch}/other.onnx"
        fuse = [str(command), "fuse", str(path), "-o", out]
        ours, function = [], []
        for _ in range(rounds):
            ours.append(seconds_of([node, *fuse]))
            function.append(seconds_of_simplifying(path, other))
        self.ours, self.function = statistics.median(ours), statistics.median(function)
        self.theirs = seconds_of([sys.executable, "-m", "onnxsim", str(path), other])
        self.memory = (peak_of(node, fuse) - idle) / path.stat().st_size
        # Of a small file the command's own tables are more than its tensors.
        self.is_large = path.stat().st_size > 2**23
        size = 96 if "span" in self.name else 224
        x = np.random.default_rng(0).standard_normal((1, 3, size, size)).astype(np.float32)
        # None: the same bytes.
        self.faster = None if path.read_bytes() == Path(out).read_bytes() else ratio(str(path), out, x)
        deployed = path.with_name(f"{self.name}.deploy.onnx")
        self.against_deployed = ratio(str(deployed), out, x) if deployed.exists() else None

    def missed(self) -> list[str]:
        out = []
        if self.faster is not None and self.faster < least_ratio:
            out.append(f"{self.name} is {self.faster:.3f} times as fast as its file")
        if self.against_deployed is not None and self.against_deployed < least_ratio:
            out.append(f"{self.name} is {self.against_deployed:.3f} times as fast as its framework's deployed form")
        if self.is_large and self.memory > most_memory:
            out.append(f"{self.name} takes {self.memory:.1f} times its file's memory")
        return out

    def __str__(self) -> str:
        deployed = "-" if self.against_deployed is None else f"{self.against_deployed:.2f}"
        faster = "same" if self.faster is None else f"{self.faster:.2f}"
        memory = f"{self.memory:.1f}" if self.is_large else "-"
        return f"{line(self.name, [self.ours, self.theirs, self.function])} {memory:>8} {faster:>11} {deployed:>13}"


def line(name: str, seconds: list[float]) -> str:
    ours, theirs, function = seconds
    return f"{name:24} {ours:8.2f} {theirs:8.2f} {function:13.2f}"


def large(node: str, scratch: str) -> list[str]:
    """A file of 100 MB, and what it becomes, in which there is nothing left to fuse."""
    path, out, copy = f"{scratch}/large.onnx", f"{scratch}/large.out.onnx", f"{scratch}/copy.onnx"
    write_large(path)
    fuse = [str(command), "fuse", path, "-o", out]
    again = [str(command), "fuse", out, "-o", copy]
    proven, unproven, passed, copied = [], [], [], []
    for _ in range(rounds):
        proven.append(seconds_of([node, *fuse]))
        unproven.append(seconds_of([node, *fuse, "--no-verify"]))
        passed.append(seconds_of([node, *again]))
        copied.append(seconds_of(["cp", out, copy]))
    seconds = statistics.median(proven)
    print(f"\n{Path(path).stat().st_size / 1e6:.0f} MB: {seconds:.2f} s with proof, {statistics.median(unproven):.2f} without")
    print(
        f"{Path(out).stat().st_size / 1e6:.0f} MB with nothing to fuse: {statistics.median(passed):.2f} s, cp {statistics.median(copied):.2f}, "
        f"the command with nothing to read {statistics.median([seconds_of([node, str(command), '--version']) for _ in range(rounds)]):.2f}"
    )
    missed = [] if seconds <= most_seconds_large else [f"a file of 100 MB takes {seconds:.2f} s, more than {most_seconds_large}"]
    one = f"{scratch}/one.onnx"
    write_one_convolution(one)
    files = {"blocks": path, "one convolution": one, "nothing to fuse": out}
    memory = {name: peak_of(node, [str(command), "fuse", file, "-o", copy]) / Path(file).stat().st_size for name, file in files.items()}
    print("memory / file, Node included: " + ", ".join(f"{name} {times:.2f}" for name, times in memory.items()))
    return missed + [f"a file of 100 MB ({name}) takes {times:.2f} times its memory" for name, times in memory.items() if times > most_memory]


def seconds_of_simplifying(path: Path, out: str) -> float:
    start = time.perf_counter()
    simplified, _ = onnxsim.simplify(onnx.load(path))
    onnx.save(simplified, out)
    return time.perf_counter() - start


def ratio(a: str, b: str, x: np.ndarray) -> float:
    """How many times as fast b is."""
    order = np.random.default_rng(1)

    def measured(count: int) -> float:
        return statistics.median(one for i in range(count) for one in ratios(a, b, x, order, i % 2 == 0))

    once = measured(sessions)
    return once if once >= least_ratio else measured(3 * sessions)


def ratios(a: str, b: str, x: np.ndarray, order: np.random.Generator, a_first: bool) -> list[float]:
    """Of pairs in two new sessions."""
    made = {path: session(path) for path in ([a, b] if a_first else [b, a])}
    feeds = {path: {one.get_inputs()[0].name: x} for path, one in made.items()}

    def run(path: str) -> float:
        start = time.thread_time()
        made[path].run(None, feeds[path])
        return time.thread_time() - start

    for _ in range(3):
        run(a), run(b)
    found = []
    for _ in range(pairs):
        times = {path: run(path) for path in ([a, b] if order.integers(2) else [b, a])}
        found.append(times[a] / times[b])
    return found


def session(path: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
