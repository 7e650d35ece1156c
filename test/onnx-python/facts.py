"""
Holds what convfuse says of values (types, shapes, numbers that no input decides about) against ONNX's own test cases:

    python facts.py write FOLDER
    python facts.py check FOLDER

Each case is written three times: with all of its inputs as initializers, with those of whole numbers, and with all but the first. `check`
reads what was said of their outputs from FOLDER/facts.json, and prints a line of JSON for each of the three.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, numpy_helper

cases = Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"
known = {"all": "all inputs", "integers": "inputs of whole numbers", "rest": "all inputs but the first"}


def main() -> None:
    folder = Path(sys.argv[2])
    {"write": write, "check": check}[sys.argv[1]](folder)


def tensors(case: Path, what: str, ports) -> dict[str, TensorProto]:
    """The tensors that a case gives; a sequence or an optional value is none."""
    found = {}
    for place, port in enumerate(ports):
        if not port.type.HasField("tensor_type"):
            continue
        tensor = onnx.load_tensor(case / "test_data_set_0" / f"{what}_{place}.pb")
        tensor.name = port.name
        found[port.name] = tensor
    return found


def write(folder: Path) -> None:
    for case in sorted(cases.iterdir()):
        model = onnx.load(case / "model.onnx")
        inputs = tensors(case, "input", model.graph.input)
        if len(inputs) < len(model.graph.input):
            continue
        integers = [name for name, one in inputs.items() if one.data_type in (TensorProto.INT32, TensorProto.INT64)]
        given = {"all": list(inputs), "integers": integers, "rest": list(inputs)[1:]}
        for kind, names in given.items():
            (folder / f"{kind}-{case.name}.onnx").write_bytes(holding(model, inputs, names).SerializeToString())


def holding(model: ModelProto, inputs: dict[str, TensorProto], names: list[str]) -> ModelProto:
    copy = ModelProto()
    copy.CopyFrom(model)
    copy.graph.initializer.extend(inputs[name] for name in names)
    flowing = [port for port in copy.graph.input if port.name not in names]
    del copy.graph.input[:]
    copy.graph.input.extend(flowing)
    for port in copy.graph.output:
        # What the file declares would be believed.
        port.type.tensor_type.ClearField("shape")
        if not port.type.HasField("tensor_type") or port.type.tensor_type.elem_type == 0:
            port.ClearField("type")
    return copy


def check(folder: Path) -> None:
    said = json.loads((folder / "facts.json").read_text())
    faults: dict[str, list[str]] = {kind: [] for kind in known}
    counts = dict.fromkeys(known, 0)
    for file, facts in said.items():
        kind, name = file.removesuffix(".onnx").split("-", 1)
        case = cases / name
        for output, tensor in tensors(case, "output", onnx.load(case / "model.onnx").graph.output).items():
            if output in facts:
                counts[kind] += 1
                faults[kind] += [f"{name}: {output}: {one}" for one in wrong(facts[output], tensor)]
    for kind, what in known.items():
        if counts[kind] < 1000:
            faults[kind].append(f"{counts[kind]} outputs only")
        print(json.dumps({"name": f"ONNX's own cases, {what} known", "faults": faults[kind]}))


def wrong(fact: dict, tensor: TensorProto) -> list[str]:
    found = []
    if fact.get("type") not in (None, tensor.data_type):
        found.append(f"type {fact['type']}, where {tensor.data_type} is right")
    shape, dims = fact.get("shape"), list(tensor.dims)
    # A size with a name may be any.
    if shape is not None and not (
        len(shape) == len(dims) and all(isinstance(a, str) or a == b for a, b in zip(shape, dims, strict=True))
    ):
        found.append(f"shape {shape}, where {dims} is right")
    for what in ("numbers", "sizes"):
        numbers = fact.get(what)
        if numbers is None or any(isinstance(one, str) for one in numbers):
            continue
        # Not a number: it is not said.
        got = np.array([np.nan if one is None else one for one in numbers], np.float64)
        expected = numpy_helper.to_array(tensor).astype(np.float64).ravel()
        if got.shape != expected.shape or not np.all(np.isclose(got, expected, rtol=1e-4, atol=1e-6) | np.isnan(got)):
            found.append(f"{what} {got[:5]}, where {expected[:5]} are right")
    return found


if __name__ == "__main__":
    main()
