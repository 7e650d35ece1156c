"""Prints the test cases that ship inside the PyPI package `onnx` as JSON: those whose graphs hold only the operators given.

`python export_cases.py Conv Relu ...` prints `{"version": ..., "cases": [...]}`; arrays are base64 of little-endian values.
"""

import base64
import contextlib
import io
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.backend import test as onnx_test


def plain(value):
    """An attribute as JSON."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, onnx.TensorProto):
        return array(numpy_helper.to_array(value))
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def array(value):
    value = np.asarray(value)
    # Whole numbers as float64, which holds every one that appears in these cases.
    data = value.astype("<f4" if value.dtype == np.float32 else "<f8")
    return {"shape": list(value.shape), "dtype": str(value.dtype), "data": base64.b64encode(data.tobytes()).decode()}


def case(suite, name, model, inputs, outputs, rtol, atol):
    graph = model.graph
    initial = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    fed = [value.name for value in graph.input if len(inputs) == len(graph.input) or value.name not in initial]
    return {
        "suite": suite,
        "name": name,
        "opset": next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx")),
        "nodes": [
            {
                "op": node.op_type,
                "inputs": list(node.input),
                "outputs": list(node.output),
                "attributes": {a.name: plain(helper.get_attribute_value(a)) for a in node.attribute},
            }
            for node in graph.node
        ],
        "values": {k: array(v) for k, v in (initial | dict(zip(fed, inputs))).items()},
        "expected": {value.name: array(v) for value, v in zip(graph.output, outputs)},
        "rtol": rtol,
        "atol": atol,
    }


def only(model, operators):
    return all(node.op_type in operators for node in model.graph.node)


def node_cases(operators):
    # The cases print and warn while they are made.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        found = collect_testcases(None)
    for test in found:
        if only(test.model, operators):
            for inputs, outputs in test.data_sets:
                yield case("node", test.name, test.model, inputs, outputs, test.rtol, test.atol)


def recorded_cases(operators):
    """Models that PyTorch's exporter wrote, with the inputs and outputs that it recorded."""
    for suite in ["pytorch-converted", "pytorch-operator"]:
        for folder in sorted((Path(onnx_test.__file__).parent / "data" / suite).iterdir()):
            model = onnx.load(folder / "model.onnx")
            if not only(model, operators):
                continue
            data = folder / "test_data_set_0"
            read = lambda kind: [
                numpy_helper.to_array(onnx.load_tensor(data / f"{kind}_{i}.pb"))
                for i in range(len(list(data.glob(f"{kind}_*.pb"))))
            ]
            yield case(suite, folder.name, model, read("input"), read("output"), 1e-3, 1e-7)


if __name__ == "__main__":
    wanted = set(sys.argv[1:])
    cases = [*node_cases(wanted), *recorded_cases(wanted)]
    json.dump({"version": onnx.__version__, "cases": cases}, sys.stdout)
