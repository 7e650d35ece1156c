"""Weights of every float type, in every place where a file may keep them, rounded once; and those that no type can hold."""

import math

import ml_dtypes
import numpy as np
from case import case
from onnx import ModelProto, TensorProto, helper, numpy_helper

types = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float": np.float32, "double": np.float64}
# Bits of a number, and the exponent of the smallest one.
formats = {"float16": (11, -24), "bfloat16": (8, -133), "float": (24, -149), "double": (53, -1074)}


def nearest(value: float, name: str) -> float:
    """A float64 rounded to the nearest number of a type, ties to even, in one step."""
    bits, smallest = formats[name]
    _, exponent = math.frexp(value)
    unit = 2.0 ** max(exponent - bits, smallest)
    return round(value / unit) * unit


def weights(name: str, tiny: bool) -> tuple[np.ndarray, np.ndarray]:
    """A kernel and factors of which the products are no numbers of the type; tiny ones are subnormal or nothing."""
    drawn = np.random.default_rng(11)
    kernel = drawn.uniform(-1, 1, (4, 4, 1, 1)).astype(types[name])
    factor = drawn.uniform(0.5, 1.5, (4, 1, 1)).astype(types[name])
    bits, smallest = formats[name]
    if tiny:
        kernel = (kernel.astype(np.float64) * 2.0 ** (smallest + bits + 2)).astype(types[name])
        factor = (factor.astype(np.float64) * 2.0**-bits).astype(types[name])
    return kernel, factor


def stored(values: np.ndarray, place: str, external: dict[str, bytes], type_name: str) -> TensorProto:
    location = f"{type_name}-{values.ravel()[0]}.bin"
    tensor = numpy_helper.from_array(values)
    raw = tensor.raw_data
    if place == "typed":
        tensor.ClearField("raw_data")
        if type_name in ("float16", "bfloat16"):
            tensor.int32_data.extend(values.ravel().view(np.uint16).tolist())
        elif type_name == "float":
            tensor.float_data.extend(values.ravel().tolist())
        else:
            tensor.double_data.extend(values.ravel().tolist())
    if place == "external":
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        before = b"padding"
        for key, value in (("location", location), ("offset", len(before)), ("length", len(raw))):
            tensor.external_data.add(key=key, value=str(value))
        external[location] = before + raw
    return tensor


def rounded_once(kernel: np.ndarray, factor: np.ndarray, name: str):
    exact = kernel.astype(np.float64) * factor.astype(np.float64).reshape(4, 1, 1, 1)
    wanted = np.array([nearest(value, name) for value in exact.ravel()])

    def check(model: ModelProto) -> str | None:
        found = [one for one in model.graph.initializer if one.name.endswith("weight")]
        if len(found) != 1:
            return "there is no new weight"
        [weight] = found
        got = numpy_helper.to_array(weight).astype(np.float64).ravel()
        if weight.data_type != helper.np_dtype_to_tensor_dtype(np.dtype(types[name])):
            return "its type has changed"
        return None if np.array_equal(got, wanted) else f"{np.sum(got != wanted)} weights are not the nearest numbers"

    return check


# One is the other, whatever they are; only floats are known to be.
folding = "a = Sub(x, z)\nb = Add(a, z)\nd = Add(b, a)\ne = Sub(d, z)\nf = Add(e, z)\ny = Abs(f)"
for name in ("int64", "int32", "float"):
    case(
        f"sums of {name} that come to less",
        folding,
        ["Sub", "Add", "Add", "Abs"] if name == "float" else "same",
        x=f"{name}[n,4] x, {name}[n,4] z",
        y=f"{name}[n,4] y",
    )
integers = {"uint8": 255, "int8": 127, "uint16": 2**16 - 1, "int16": 2**15 - 1, "int32": 2**31 - 1, "uint32": 2**32 - 1}
for name, most in integers.items():
    to = helper.np_dtype_to_tensor_dtype(np.dtype(name))
    least = 0 if name.startswith("u") else -most - 1
    for value in (most, most + 1, least, least - 1, 1.75):
        case(
            f"a factor that was {value} of {name}",
            f"k = Cast<to={to}>(f)\nl = Cast<to=1>(k)\na = Conv(x, w4x4x1x1)\ny = Mul(a, l)",
            ["Conv"] if least <= value <= most else "same",
            weights={"f": np.array([1, value, 3, 2], np.float64).reshape(4, 1, 1)},
        )
case(
    "a product of whole numbers that no type here has",
    "k = Mul(f, f)\nl = Cast<to=1>(k)\na = Conv(x, w4x4x1x1)\ny = Mul(a, l)",
    "same",
    weights={"f": np.array([2**40, 3, 5, 7]).reshape(4, 1, 1)},
)

for name in types:
    for place in ("raw", "typed", "external"):
        for tiny in (False, True):
            kernel, factor = weights(name, tiny)
            external: dict[str, bytes] = {}
            case(
                f"{name}, {place}{', tiny' if tiny else ''}",
                "a = Conv(x, k)\ny = Mul(a, f)",
                ["Conv"],
                opset=22,
                x=f"{name}[n,4,h,w] x",
                y=f"{name}[n,4,h,w] y",
                weights={"k": stored(kernel, place, external, name), "f": stored(factor, place, external, name)},
                external=external,
                check=rounded_once(kernel, factor, name),
                # Activations are rounded too, and twice where there were two operators.
                tolerance=4 * 2.0 ** -formats[name][0],
                runs=not tiny,
            )

huge = {"float16": 300.0, "bfloat16": 1e25, "float": 1e25, "double": 1e200}
for name, value in huge.items():
    numbers = np.full((4, 4, 1, 1), value).astype(types[name])
    case(
        f"{name} that would become infinite",
        "a = Conv(x, k)\ny = Mul(a, f)",
        "same",
        opset=22,
        x=f"{name}[n,4,h,w] x",
        y=f"{name}[n,4,h,w] y",
        weights={"k": numbers, "f": numbers[0]},
        put_back=1,
    )
    broken = np.array([1, np.nan, np.inf, 2], types[name]).reshape(4, 1, 1, 1) * np.ones((4, 4, 1, 1), types[name])
    case(
        f"{name} that is no number",
        "a = Conv(x, k)\ny = Mul(a, f)",
        "same",
        opset=22,
        x=f"{name}[n,4,h,w] x",
        y=f"{name}[n,4,h,w] y",
        weights={"k": broken, "f": np.ones((4, 1, 1), types[name])},
        put_back=1,
    )
    if name != "double":  # which the proof, in float64, could not add up
        case(
            f"{name} just below infinity",
            "a = Conv(x, k)\ny = Mul(a, f)",
            ["Conv"],
            opset=22,
            x=f"{name}[n,4,h,w] x",
            y=f"{name}[n,4,h,w] y",
            runs=False,
            weights={
                "k": np.full((4, 4, 1, 1), float(ml_dtypes.finfo(types[name]).max) / 2).astype(types[name]),
                "f": np.full((4, 1, 1), 2).astype(types[name]),
            },
        )
    case(
        f"branches of {name}",
        "a = Conv<pads=[1,1,1,1]>(x, k)\nb = BatchNormalization(a, s, t, m, v)\nd = Conv(x, l)\ne = Add(b, d)\ny = Add(e, x)",
        ["Conv"],
        opset=22,
        x=f"{name}[n,4,h,w] x",
        y=f"{name}[n,4,h,w] y",
        weights={
            **{
                key: np.random.default_rng(ord(key)).uniform(-1, 1, shape).astype(types[name])
                for key, shape in (("k", (4, 4, 3, 3)), ("l", (4, 4, 1, 1)), ("s", 4), ("t", 4), ("m", 4))
            },
            "v": np.array([0.5, 1, 2, 3]).astype(types[name]),
        },
        tolerance=40 * 2.0 ** -formats[name][0],
    )
