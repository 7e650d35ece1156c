"""
Holds fused ONNX files against the files they were made of, with Python's protobuf, onnx.checker and onnxruntime, which know nothing of convfuse:

    python check.py < pairs

Reads {"before": PATH, "after": PATH, "shapes": [[...], ...]}, a line each (no shapes: what the file says, as sound),
and answers each with a line.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

sys.path.insert(0, str(Path(__file__).parent.parent / "onnx-python"))
import splice  # noqa: E402

convolutions = ("Conv", "ConvTranspose")


def main() -> None:
    ort.set_default_logger_severity(3)
    for line in sys.stdin:
        print(json.dumps(check(json.loads(line))), flush=True)


def check(pair: dict) -> dict:
    before, after = onnx.load(pair["before"]), onnx.load(pair["after"])
    faults = splice.faults(before, after)
    try:
        onnx.checker.check_model(after)
    except onnx.checker.ValidationError as error:
        faults.append(f"onnx.checker: {error}")
    if ends(before) != ends(after):
        faults.append("inputs or outputs have changed")
    result = {"before": counts(before), "after": counts(after), "faults": faults}
    same = open(pair["before"], "rb").read() == open(pair["after"], "rb").read()
    result["same"] = same
    if not same:
        result["apart"] = compare(pair, faults)
    return result


def ends(model: onnx.ModelProto) -> list[bytes]:
    names = {tensor.name for tensor in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in names]
    return [one.SerializeToString() for one in [*inputs, *model.graph.output]]


def counts(model: onnx.ModelProto) -> dict:
    found = {"nodes": 0, "convolutions": 0, "norms": 0, "dense": 0}

    def count(nodes) -> None:
        for node in nodes:
            found["nodes"] += 1
            found["convolutions"] += node.op_type in convolutions
            found["norms"] += node.op_type == "BatchNormalization"
            found["dense"] += node.op_type in ("Gemm", "MatMul")
            for attribute in node.attribute:
                for body in [attribute.g, *attribute.graphs]:
                    count(body.node)

    count(model.graph.node)
    for function in model.functions:
        count(function.node)
    return found


def session(path: str, optimised: bool) -> ort.InferenceSession:
    options = ort.SessionOptions()
    levels = ort.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimised else levels.ORT_DISABLE_ALL
    options.intra_op_num_threads = 2
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def compare(pair: dict, faults: list[str]) -> list[dict]:
    """The largest difference of any output, in parts of that output's largest value; beside it what onnxruntime's own optimiser changes."""
    plain, optimised = session(pair["before"], False), session(pair["before"], True)
    fused = session(pair["after"], False), session(pair["after"], True)
    found = []
    generator = np.random.default_rng(7)
    for shape in pair.get("shapes") or [None, None]:
        feed = {one.name: example(one, shape, generator) for one in plain.get_inputs()}
        expected = plain.run(None, feed)
        own = distance(expected, optimised.run(None, feed))
        ours = max(distance(expected, one.run(None, feed)) for one in fused)
        limit = max(2e-5, 8 * own)
        if not ours <= limit:
            faults.append(f"outputs differ by {ours:.2e} of the largest, where {limit:.2e} is allowed, at {shape or 'chosen sizes'}")
        found.append({"ours": ours, "own": own})
    return found


def distance(expected: list[np.ndarray], got: list[np.ndarray]) -> float:
    apart = 0.0
    for a, b in zip(expected, got, strict=True):
        if a.shape != b.shape:
            return float("inf")
        if a.size > 0:
            a, b = a.astype(np.float64), b.astype(np.float64)
            apart = max(apart, np.abs(a - b).max() / max(np.abs(a).max(), 1e-30))
    return float(apart)


def example(one, shape: list[int] | None, generator: np.random.Generator) -> np.ndarray:
    if one.type == "tensor(int64)":
        return np.array(16000, dtype=np.int64)
    dtype = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}[one.type]
    if shape is None:
        # Sound: a frame of 576 samples, and what the network remembers of the frames before.
        defaults = [1, 576] if len(one.shape) == 2 else [1] * len(one.shape)
        shape = [size if isinstance(size, int) else default for size, default in zip(one.shape, defaults, strict=True)]
    return generator.standard_normal(shape).astype(dtype)


if __name__ == "__main__":
    main()
