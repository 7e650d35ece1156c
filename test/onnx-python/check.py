"""
Holds fused files against those before, with what convfuse knows nothing of: Python's protobuf, onnx.checker, onnxruntime, onnx.reference:

    python check.py FOLDER

Prints a line of JSON a file: its name, who ran it, how far the outputs are apart, and what is wrong.
"""

import json
import sys
from pathlib import Path

import cases_arithmetic  # noqa: F401
import cases_bodies  # noqa: F401
import cases_files  # noqa: F401
import cases_moves  # noqa: F401
import cases_numbers  # noqa: F401
import cases_opsets  # noqa: F401
import cases_windows  # noqa: F401
import onnx
import splice
from case import Case, cases
from evaluate import distance, run


def main() -> None:
    folder = Path(sys.argv[1])
    for place, one in enumerate(cases):
        print(json.dumps({"name": one.name, **check(one, folder / f"{place}.onnx")}), flush=True)
    for path in sorted(folder.glob("random-*.onnx")):
        if not path.stem.endswith(".fused"):
            print(json.dumps({"name": path.stem, "faults": splice.faults(*load(path))}), flush=True)


def load(path: Path) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    return onnx.load(path, load_external_data=False), onnx.load(
        path.with_suffix(".fused.onnx"), load_external_data=False
    )


def check(one: Case, path: Path) -> dict:
    before, after = load(path)
    types = [node.op_type for node in after.graph.node]
    faults = splice.faults(before, after)
    same = path.read_bytes() == path.with_suffix(".fused.onnx").read_bytes()
    if one.expect == "same" and not same:
        faults.append(f"the bytes have changed: {types} are left")
    if one.expect != "same" and types != one.expect:
        faults.append(f"{types} are left, where {one.expect} are expected")
    onnx.load_external_data_for_model(after, str(path.parent))
    if one.check is not None and (fault := one.check(after)):
        faults.append(fault)
    if same or not one.runs:
        return {"faults": faults}
    if (fault := checked(after)) and not checked(before):
        faults.append(f"onnx.checker: {fault}")
    onnx.load_external_data_for_model(before, str(path.parent))
    try:
        (who, expected), (_, got) = run(before, one.inputs), run(after, one.inputs)
    except Exception as error:  # noqa: BLE001  (whatever a runtime throws)
        return {"faults": [*faults, f"cannot be run: {error}"]}
    apart = distance(expected, got)
    if not apart <= one.tolerance:
        faults.append(f"outputs differ by {apart:.2e} of the largest")
    return {"faults": faults, "who": who, "apart": apart}


def checked(model: onnx.ModelProto) -> str:
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
