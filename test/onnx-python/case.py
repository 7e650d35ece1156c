"""What a hand-made ONNX file is: its text, what it runs on, and what fusing has to leave of it."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper, parser


@dataclass
class Case:
    name: str
    model: ModelProto
    expect: list[str] | str
    """Types of the graph's nodes after fusing; "same": the same bytes; "refused": no model that can be read."""
    inputs: dict[str, np.ndarray]
    options: dict = field(default_factory=dict)
    check: Callable[[ModelProto], str | None] | None = None
    """Says what else is wrong with the fused model."""
    external: dict[str, bytes] = field(default_factory=dict)
    """Bytes of files beside the model."""
    put_back: int = 0
    """How many regions the report says were put back."""
    runs: bool = True
    """False: neither onnxruntime nor the reference evaluator can run it."""
    tolerance: float = 1e-5


cases: list[Case] = []


def numbers(name: str, shape: tuple[int, ...], dtype=np.float32) -> np.ndarray:
    """Between 0.2 and 1.2, a third of them negative; of what is called a variance, none."""
    generator = np.random.default_rng(zlib.crc32(f"{name} {shape}".encode()))
    values = generator.uniform(0.2, 1.2, shape)
    if not name.startswith("v"):
        values *= np.where(generator.uniform(size=shape) < 1 / 3, -1, 1)
    return values.astype(dtype)


def case(
    name: str,
    body: str,
    expect: list[str] | str,
    *,
    opset: int = 17,
    ir: int = 8,
    x: str = "float[n,4,h,w] x",
    y: str = "float[n,4,h2,w2] y",
    weights: dict | None = None,
    feeds: dict | None = None,
    functions: str = "",
    imports: str = "",
    edit: Callable[[ModelProto], None] | None = None,
    as_inputs: bool = False,
    **rest,
) -> None:
    """
    A file from the text of its nodes. Names that begin with w, s, b, m, v or c and end in a shape ("w4x4x3x3") are initializers of random
    numbers, unless `weights` gives them.
    """
    text = f'<ir_version: {ir}, opset_import: ["" : {opset}{imports}]>\ng ({x}) => ({y}) {{\n{body}\n}}\n{functions}'
    model = parser.parse_model(text)
    made = {one for node in model.graph.node for one in node.output}
    known = dict(weights or {})
    for found in re.finditer(r"\b([wsbmvc][a-z]*)(\d+(?:x\d+)*)\b", body):
        if found[0] not in known and found[0] not in made:
            known[found[0]] = numbers(found[0], tuple(int(size) for size in found[2].split("x")))
    for key, value in known.items():
        tensor = value if isinstance(value, TensorProto) else numpy_helper.from_array(np.asarray(value), key)
        tensor.name = key
        model.graph.initializer.append(tensor)
        if as_inputs or ir < 4:
            model.graph.input.append(helper.make_tensor_value_info(key, tensor.data_type, list(tensor.dims)))
    if edit is not None:
        edit(model)
    if feeds is None:
        feeds = {one.name: example(one) for one in model.graph.input if one.name not in known}
    cases.append(Case(name, model, expect, feeds, **rest))


def example(one: onnx.ValueInfoProto) -> np.ndarray:
    tensor = one.type.tensor_type
    sizes = iter((3, 7, 9, 5, 6))
    shape = [dim.dim_value or next(sizes) for dim in tensor.shape.dim]
    dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    if dtype == np.bool_:
        return np.ones(shape, dtype)
    return numbers(f"x {one.name}", tuple(shape)).astype(dtype)
