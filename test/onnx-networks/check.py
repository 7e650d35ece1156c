"""
Holds fused ONNX files against the files they were made of, with Python's protobuf, onnx.checker and onnxruntime, which know nothing of convfuse:

    python check.py < pairs

Reads {"before": PATH, "after": PATH, "shapes": [[...], ...], "inside": true}, a line each (no shapes: what the file says, as sound;
inside: what goes into activations is compared, too), and answers each with a line; {"count": PATH} asks for what one file holds,
{"optimised": PATH} for how many nodes onnxruntime's own optimiser leaves of it.
"""

import json
import sys
import tempfile
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
        asked = json.loads(line)
        if "count" in asked:
            answer = counts(onnx.load(asked["count"]))
        else:
            answer = optimised(asked["optimised"]) if "optimised" in asked else check(asked)
        print(json.dumps(answer), flush=True)


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
        result["apart"] = compare(before, after, pair, faults)
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


def optimised(path: str) -> dict:
    """What is left to compute: the nodes that onnxruntime runs with all its optimisations."""
    options = ort.SessionOptions()
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = f"{folder}/optimised.onnx"
        ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return counts(onnx.load(options.optimized_model_filepath))


activations = {"Relu", "LeakyRelu", "PRelu", "Clip", "HardSwish", "HardSigmoid", "Sigmoid", "Softmax", "Tanh", "Erf", "MaxPool"}
ends_of_networks = {"Sigmoid", "Softmax", "Identity"}


def inner_values(before: onnx.ModelProto, after: onnx.ModelProto, inside: bool) -> list[str]:
    """
    Values that both networks have and whose numbers say more than their outputs do: what goes into a Sigmoid or Softmax at the end, which
    makes nearly 0 or 1 of all that is large; with `inside`, what goes into any activation that stands in both.
    """
    makers = {name: node for node in before.graph.node for name in node.output}
    names = []
    for output in before.graph.output:
        node = makers.get(output.name)
        while node is not None and node.op_type in ends_of_networks:
            names.append(node.input[0])
            node = makers.get(node.input[0])
    if inside:
        old = {node.SerializeToString() for node in before.graph.node}
        names += [node.input[0] for node in after.graph.node if node.op_type in activations and node.SerializeToString() in old]
    both = set(makers) & {name for node in after.graph.node for name in node.output}
    return [name for name in dict.fromkeys(names) if name in both and name not in {one.name for one in before.graph.output}]


def session(model: onnx.ModelProto, more: list[str], optimised: bool) -> ort.InferenceSession:
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.extend(onnx.ValueInfoProto(name=name) for name in more)
    options = ort.SessionOptions()
    levels = ort.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimised else levels.ORT_DISABLE_ALL
    options.intra_op_num_threads = 2
    return ort.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])


def compare(before: onnx.ModelProto, after: onnx.ModelProto, pair: dict, faults: list[str]) -> list[dict]:
    """The largest difference of each value, in parts of its largest number; beside it what onnxruntime's own optimiser changes."""
    more = inner_values(before, after, pair.get("inside", False))
    plain, optimised = session(before, more, False), session(before, more, True)
    fused = session(after, more, False), session(after, more, True)
    names = [one.name for one in plain.get_outputs()]
    found = []
    generator = np.random.default_rng(7)
    for shape in pair.get("shapes") or [None, None]:
        feed = {one.name: example(one, shape, generator) for one in plain.get_inputs()}
        expected, own, *ours = [one.run(None, feed) for one in (plain, optimised, *fused)]
        for place, name in enumerate(names):
            # Each by itself: what says little, as a Sigmoid of -14 does, must not excuse the others.
            here = [distance(expected[place], values[place]) for values in (own, *ours)]
            limit = max(2e-5, 8 * here[0])
            if not max(here[1:]) <= limit:
                faults.append(f"{name} differs by {max(here[1:]):.2e} of its largest, where {limit:.2e} is allowed, at {shape or 'chosen sizes'}")
            found.append({"ours": max(here[1:]), "own": here[0]})
    return found


def distance(a: np.ndarray, b: np.ndarray) -> float:
    if a.shape != b.shape:
        return float("inf")
    if a.size == 0:
        return 0.0
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30))


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
