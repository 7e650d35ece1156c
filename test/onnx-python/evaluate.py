"""Runs a model in onnxruntime, or, what that has no kernels for, in the Python package `onnx`."""

import numpy as np
import onnxruntime as ort
from onnx import ModelProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

ort.set_default_logger_severity(4)


def run(model: ModelProto, feeds: dict[str, np.ndarray]) -> tuple[str, list[np.ndarray]]:
    """Who ran it, and what came out."""
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 1)
    if opset < 7:
        model = as_opset7(model)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    try:
        session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return "onnxruntime", session.run(None, feeds)
    except Exception as error:
        if not any(words in str(error) for words in ("NOT_IMPLEMENTED", "Dilation not supported", "under development")):
            raise
    return "onnx.reference", ReferenceEvaluator(model).run(None, feeds)


def as_opset7(model: ModelProto) -> ModelProto:
    """Neither of the two has the operators of opset 6, which say in attributes what opset 7 sees by shapes, or takes for granted."""
    copy = ModelProto()
    copy.CopyFrom(model)
    copy.opset_import[0].version = 7
    tensors = {tensor.name: tensor for tensor in copy.graph.initializer}
    squeezed = {node.output[0]: tensors[node.input[0]] for node in copy.graph.node if node.op_type == "Squeeze"}
    for node in copy.graph.node:
        given = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        if "axis" in given and node.op_type in ("Add", "Sub", "Mul", "Div"):
            values = numpy_helper.to_array({**tensors, **squeezed}[node.input[1]])
            if node.input[1] in squeezed:
                values = values[0]
            rank = 4  # of every image in these tests
            shape = (*values.shape, *[1] * (rank - given["axis"] - values.ndim))
            node.input[1] = f"{node.output[0]}.operand"
            copy.graph.initializer.append(numpy_helper.from_array(values.reshape(shape), node.input[1]))
            copy.graph.input.append(helper.make_tensor_value_info(node.input[1], 1, shape))
        if node.op_type != "Concat":
            kept = [one for one in node.attribute if one.name not in ("broadcast", "is_test", "spatial", "axis")]
            del node.attribute[:]
            node.attribute.extend(kept)
    return copy


def distance(expected: list[np.ndarray], got: list[np.ndarray]) -> float:
    """The largest difference of any output, in parts of that output's largest value."""
    apart = 0.0
    for a, b in zip(expected, got, strict=True):
        if a.shape != b.shape or a.dtype != b.dtype:
            return float("inf")
        if a.size > 0:
            a, b = a.astype(np.float64), b.astype(np.float64)
            if not np.array_equal(np.isfinite(a), np.isfinite(b)):
                return float("inf")
            apart = max(apart, float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30)))
    return apart
