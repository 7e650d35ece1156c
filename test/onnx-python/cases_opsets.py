"""One network in every opset, each operator in the form that it has there."""

import numpy as np
from case import case
from onnx import defs

oldest = 6
newest = defs.onnx_opset_version()


def pad(opset: int, x: str, y: str) -> str:
    """Zeros around an image: one in front of and two behind its height, one behind its width."""
    if opset < 11:
        return f"{y} = Pad<pads=[0,0,1,0,0,0,2,1]>({x})"
    if opset < 18:
        return f"p_{y} = Constant<value = int64[8] {{0,0,1,0,0,0,2,1}}>()\n{y} = Pad({x}, p_{y})"
    return (
        f"p_{y} = Constant<value = int64[4] {{1,0,2,1}}>()\naxes_{y} = Constant<value = int64[2] {{2,-1}}>()\n"
        f'{y} = Pad({x}, p_{y}, "", axes_{y})'
    )


def per_channel(opset: int, kind: str, x: str, constant: str, y: str) -> str:
    """The constant, [1, 4], has a size for each channel; before opset 7 an attribute says on which axis it lies."""
    if opset < 7:
        return f"s_{y} = Squeeze<axes=[0]>({constant})\n{y} = {kind}<broadcast=1, axis=1>({x}, s_{y})"
    if opset < 13:
        return f"s_{y} = Squeeze<axes=[0]>({constant})\nu_{y} = Unsqueeze<axes=[1,2]>(s_{y})\n{y} = {kind}({x}, u_{y})"
    return (
        f"first_{y} = Constant<value = int64[1] {{0}}>()\nlast_{y} = Constant<value = int64[2] {{-1,-2}}>()\n"
        f"s_{y} = Squeeze({constant}, first_{y})\nu_{y} = Unsqueeze(s_{y}, last_{y})\n{y} = {kind}({x}, u_{y})"
    )


def norm(opset: int, x: str, prefix: str, y: str) -> str:
    """In inference."""
    attributes = "<is_test=1, spatial=1, epsilon=0.01>" if opset < 7 else "<epsilon=0.01>"
    names = ", ".join(f"{one}{prefix}4" for one in ("s", "b", "m", "v"))
    return f"{y} = BatchNormalization{attributes}({x}, {names})"


def dropout(opset: int, x: str, y: str) -> str:
    if opset < 7:
        return f"{y} = Dropout<is_test=1>({x})"
    if opset < 12:
        return f"{y} = Dropout<ratio=0.3>({x})"
    return f"ratio_{y} = Constant<value = float {{0.3}}>()\n{y} = Dropout({x}, ratio_{y})"


def mean(opset: int, x: str, y: str) -> str:
    if opset < 18:
        return f"{y} = ReduceMean<axes=[2,3], keepdims=0>({x})"
    return f"e_{y} = Constant<value = int64[2] {{2,3}}>()\n{y} = ReduceMean<keepdims=0>({x}, e_{y})"


def pool(opset: int, x: str, y: str) -> str:
    """As far as an opset knows of pixels of padding, they count; before, there are none."""
    if opset < 7:
        return f"{y} = AveragePool<kernel_shape=[1,1]>({x})"
    return f"{y} = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>({x})"


def network(opset: int) -> str:
    kernel = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
    gemm = "<broadcast=1, transB=1>" if opset < 7 else "<transB=1>"
    return "\n".join(
        [
            pad(opset, "x", "padded"),
            "a = Conv<kernel_shape=[3,3], pads=[0,1,0,1]>(padded, w4x4x3x3, bias4)",
            norm(opset, "a", "one", "b"),
            "c = Relu(b)",
            f"d = Conv{kernel}(c, wa4x4x3x3)",
            norm(opset, "d", "two", "e"),
            pool(opset, "c", "f"),
            per_channel(opset, "Mul", "f", "cone1x4", "g"),
            norm(opset, "c", "three", "h"),
            dropout(opset, "h", "i"),
            "j = Sum(e, g, i)",
            per_channel(opset, "Add", "j", "ctwo1x4", "k"),
            "l = Sigmoid(k)",
            "m = ConvTranspose<kernel_shape=[2,2], strides=[2,2]>(l, wb4x4x2x2)",
            per_channel(opset, "Sub", "m", "cthree1x4", "o"),
            "q = Tanh(o)",
            norm(opset, "q", "four", "r"),
            mean(opset, "r", "s"),
            f"y = Gemm{gemm}(s, w5x4, bias5)",
        ]
    )


# What no released schema says is not guessed.
case("a network of the opset after the newest", network(newest + 1), "same", opset=newest + 1, ir=10, y="float[n,5] y", runs=False)
for opset in range(oldest, newest + 1):
    case(
        f"a network of opset {opset}",
        network(opset),
        [
            "Conv",
            "Relu",
            "Conv",
            "Sigmoid",
            "ConvTranspose",
            "Tanh",
            *([] if opset < 18 else ["Constant"]),
            "ReduceMean",
            "Gemm",
        ],
        opset=opset,
        ir=3 if opset < 9 else 10,
        y="float[n,5] y",
    )

case(
    "training form of opset 6",
    "a = Conv(x, w4x4x1x1)\ny = BatchNormalization(a, s4, b4, m4, v4)",
    "same",
    opset=6,
    ir=3,
)
case(
    "a norm of every place, opset 8",
    "a = Conv(x, w4x4x1x1)\ny = BatchNormalization<spatial=0>(a, s4x7x9, b4x7x9, m4x7x9, v4x7x9)",
    "same",
    opset=8,
    ir=3,
)
case(
    "training_mode of opset 14",
    "a = Conv(x, w4x4x1x1)\ny, mean, var = BatchNormalization<training_mode=1>(a, s4, b4, m4, v4)",
    "same",
    opset=14,
)
case(
    "statistics as outputs of opset 9",
    "a = Conv(x, w4x4x1x1)\ny, mean, var, p, q = BatchNormalization(a, s4, b4, m4, v4)",
    "same",
    opset=9,
)
for axis, shape, expected in (
    ("1", "c4", ["Conv"]),
    ("0", "c3", "same"),
    ("2", "c7", "same"),
    ("-3", "c4", "same"),
    ("1", "c4x7x9", "same"),
    ("0", "c3x4", "same"),
):
    case(
        f"Add of opset 6 on axis {axis}, {shape}",
        f"a = Conv(x, w4x4x1x1)\ny = Add<broadcast=1, axis={axis}>(a, {shape})",
        expected,
        opset=6,
        ir=3,
        x="float[3,4,7,9] x",
        y="float[3,4,7,9] y",
    )
case(
    "Mul of opset 6 by a suffix",
    "a = Conv(x, w4x4x1x1)\ny = Mul<broadcast=1>(a, c9)",
    "same",
    opset=6,
    ir=3,
    x="float[3,4,7,9] x",
)
case("Mul of opset 6 by one number", "a = Conv(x, w4x4x1x1)\ny = Mul<broadcast=1>(a, c1)", ["Conv"], opset=6, ir=3)
case(
    "Dropout of opset 6 that trains",
    "a = Conv(x, w4x4x1x1)\nd = Dropout(a)\ny = Mul(d, k)",
    "same",
    opset=6,
    ir=3,
    weights={"k": np.ones((3, 4, 7, 9), np.float32)},
    x="float[3,4,7,9] x",
)
