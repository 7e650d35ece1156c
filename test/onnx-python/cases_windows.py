"""Convolutions of every form, what pads in front of them, pools."""

import numpy as np
from case import case

same = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
norm = "s4, b4, m4, v4"

for group, weight, channels in ((1, "w4x6x3x2", 6), (2, "w4x3x3x2", 6), (4, "w4x1x3x2", 4), (4, "w4x2x3x2", 8)):
    case(
        f"transposed convolution in {group} groups, {weight}, and a norm",
        f"a = ConvTranspose<kernel_shape=[3,2], strides=[2,3], pads=[1,0,0,1], output_padding=[1,0], group={group}>(x, {weight}, b{channels})\n"
        f"y = BatchNormalization(a, s{channels}, bb{channels}, m{channels}, v{channels})",
        ["ConvTranspose"],
        y=f"float[n,{channels},h2,w2] y",
    )
case(
    "transposed convolution with an output shape of its own",
    "a = ConvTranspose<kernel_shape=[3,3], strides=[2,2], output_shape=[14,17]>(x, w4x4x3x3)\ny = Mul(a, c4x1x1)",
    ["ConvTranspose"],
    x="float[2,4,7,9] x",
)
case(
    "the same at sizes that are free",
    "a = ConvTranspose<kernel_shape=[3,3], strides=[2,2], output_shape=[14,17]>(x, w4x4x3x3)\ny = Mul(a, c4x1x1)",
    "same",
)
for auto in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    case(
        f"transposed convolution, {auto}",
        f'a = ConvTranspose<kernel_shape=[4,3], strides=[2,1], auto_pad="{auto}">(x, w4x4x4x3)\ny = Mul(a, c4x1x1)',
        ["ConvTranspose"],
    )
    case(
        f"convolution with dilations, {auto}",
        f'a = Conv<kernel_shape=[3,2], dilations=[2,3], auto_pad="{auto}">(x, w4x4x3x2)\ny = Mul(a, c4x1x1)',
        ["Conv"],
    )
    case(
        f"zeros around what {auto} pads",
        f'p = Pad(x, pads)\na = Conv<kernel_shape=[3,2], auto_pad="{auto}">(p, w4x4x3x2)\ny = Mul(a, c4x1x1)',
        ["Conv"],
        weights={"pads": np.array([0, 0, 1, 2, 0, 0, 1, 0])},
    )

for name, pads, expected in (
    ("zeros", [0, 0, 1, 2, 0, 0, 1, 0], ["Conv"]),
    ("less than nothing", [0, 0, -1, 0, 0, 0, 0, 0], "same"),
    ("as much cut off as the convolution adds", [0, 0, -1, 0, 0, 0, 0, 0], "same"),
    ("nothing", [0] * 8, "same"),
    ("the batch", [1, 0, 0, 0, 0, 0, 0, 0], "same"),
    ("channels", [0, 1, 0, 0, 0, 0, 0, 0], "same"),
):
    inner = 5 if name == "channels" else 4
    case(
        f"padding: {name}",
        f"p = Pad(x, pads)\ny = Conv{same}(p, w4x{inner}x3x3)",
        expected,
        weights={"pads": np.array(pads)},
    )
case(
    "padding by a number that is not 0",
    f"p = Pad(x, pads, one)\ny = Conv{same}(p, w4x4x3x3)",
    "same",
    weights={"pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]), "one": np.array(1, np.float32)},
)
for mode in ("reflect", "edge", "wrap"):
    case(
        f"padding by {mode}",
        f'p = Pad<mode="{mode}">(x, pads)\ny = Conv{same}(p, w4x4x3x3)',
        "same",
        opset=19,
        weights={"pads": np.array([0, 0, 1, 1, 0, 0, 1, 1])},
    )
case(
    "padding of some axes",
    f'p = Pad(x, pads, "", axes)\ny = Conv{same}(p, w4x4x3x3)',
    ["Conv"],
    opset=18,
    weights={"pads": np.array([1, 2, 0, 1]), "axes": np.array([-1, 2])},
)
case(
    "padding of some axes, a negative one of the batch",
    f'p = Pad(x, pads, "", axes)\ny = Conv{same}(p, w4x4x3x3)',
    "same",
    opset=18,
    weights={"pads": np.array([1, 2, 0, 1]), "axes": np.array([-1, -4])},
)
for counts in (0, 1):
    case(
        f"padding in front of a pool, count_include_pad {counts}",
        f"p = Pad(x, pads)\na = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad={counts}>(p)\ny = Conv(a, w4x4x1x1)",
        "same",
        weights={"pads": np.array([0, 0, 1, 2, 0, 0, 1, 0])},
        options={"growth": "any"},
    )
case(
    "a pool that hangs over",
    "a = AveragePool<kernel_shape=[3,3], strides=[2,2], ceil_mode=1>(x)\ny = Conv(a, w4x4x1x1)",
    "same",
    opset=19,
    options={"growth": "any"},
)
case(
    "a pool with dilations",
    "a = AveragePool<kernel_shape=[2,3], dilations=[2,1], pads=[1,1,1,1], count_include_pad=1>(x)\nb = Conv(x, w4x4x1x1)\ny = Add(a, b)",
    ["Conv"],
    opset=19,
    options={"growth": "any"},
)
case(
    "a pool, SAME_UPPER",
    'a = AveragePool<kernel_shape=[3,2], auto_pad="SAME_UPPER", count_include_pad=1>(x)\nb = Conv(x, w4x4x1x1)\ny = Add(a, b)',
    ["Conv"],
    options={"growth": "any"},
)

for rank in (1, 3):
    spatial = ["l", "h", "w"][:rank]
    kernel, ones = "x".join(["3"] * rank), ",".join(["1"] * 2 * rank)
    case(
        f"branches over {rank} axes",
        f"a = Conv<pads=[{ones}]>(x, w4x4x{kernel})\nb = BatchNormalization(a, {norm})\nd = Conv(x, wb4x4x{'x'.join(['1'] * rank)})\ny = Add(b, d)",
        ["Conv"],
        x=f"float[n,4,{','.join(spatial)}] x",
        y=f"float[n,4,{','.join(spatial)}] y",
    )
    case(
        f"transposed over {rank} axes",
        f"a = ConvTranspose<strides=[{','.join(['2'] * rank)}], group=2>(x, w4x3x{kernel})\ny = BatchNormalization(a, s6, b6, m6, v6)",
        ["ConvTranspose"],
        x=f"float[n,4,{','.join(spatial)}] x",
        y="float[n,6,...] y".replace("...", ",".join(f"{one}2" for one in spatial)),
    )
