"""What other frameworks' exporters write around convolutions: axes turned, added and taken away, shapes changed there and back."""

import numpy as np
from case import case

same = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
norm = "s4, b4, m4, v4"
first = "<perm=[0,3,1,2]>"
last = "<perm=[0,2,3,1]>"
turned = ["Transpose", "Conv", "Transpose"]


def channels_last(name: str, body: str, expect: list[str] | str, y: str = "float[n,h2,w2,4] y", **rest) -> None:
    """As tf2onnx writes it: every convolution has a Transpose before and behind it."""
    case(f"channels last: {name}", body, expect, **{"x": "float[n,h,w,4] x", "y": y, **rest})


conv = f"t = Transpose{first}(x)\na = Conv{same}(t, w4x4x3x3)\nb = Transpose{last}(a)\n"
point = f"u = Transpose{first}(x)\nd = Conv(u, wb4x4x1x1)\ne = Transpose{last}(d)\n"
channels_last("a bias", conv + "y = Add(b, c4)", turned)
channels_last(
    "a bias, then a norm",
    f"{conv}c = Add(b, c4)\nd = Transpose{first}(c)\ne = BatchNormalization(d, {norm})\ny = Transpose{last}(e)",
    turned,
)
channels_last(
    "RepVGG's block, the input itself among its branches",
    f"{conv}{point}f = Add(b, c4)\ng = Add(e, cd4)\nh = Sum(f, g, x)\ny = Relu(h)",
    [*turned, "Relu"],
)
channels_last(
    "branches joined",
    f"{conv}{point}f = Concat<axis=-1>(b, e)\ng = Transpose{first}(f)\ny = BatchNormalization(g, s8, b8, m8, v8)",
    ["Transpose", "Conv"],
    "float[n,8,h2,w2] y",
    options={"growth": "any"},
)
channels_last(
    "joined and read moved: what is left is written where it stands",
    f"{conv}f = Mul(b, c4)\ng = Concat<axis=-1>(f, f)\ny = Relu(g)",
    ["Transpose", "Conv", "Concat", "Transpose", "Relu"],
    "float[n,h2,w2,8] y",
)
channels_last(
    "zeros around it",
    f"{point}p = Pad(e, pads)\nq = Transpose{first}(p)\ny = Conv(q, w4x4x3x3)",
    ["Transpose", "Conv"],
    "float[n,4,h2,w2] y",
    weights={"pads": np.array([0, 1, 1, 0, 0, 2, 0, 0])},
    options={"growth": "any"},
)
channels_last(
    "the mean over its pixels",
    f"{conv}m = ReduceMean<axes=[1,2], keepdims=0>(b)\ny = MatMul(m, w4x3)",
    "same",
    "float[n,3] y",
)
channels_last(
    "the mean over pixels of a pointwise one",
    f"{point}m = ReduceMean<axes=[1,2], keepdims=0>(e)\ny = MatMul(m, w4x3)",
    ["Transpose", "GlobalAveragePool", "Flatten", "MatMul"],
    "float[n,3] y",
)
channels_last(
    "the mean, its axes kept and then taken away",
    f"{point}m = ReduceMean<axes=[1,2], keepdims=1>(e)\nq = Squeeze(m, axes)\ny = Gemm(q, w4x3, b3)",
    ["Transpose", "GlobalAveragePool", "Flatten", "Gemm"],
    "float[n,3] y",
    weights={"axes": np.array([1, 2])},
)
square = {"x": "float[n,4,4,4] x"}
channels_last("a constant of another axis", conv + "y = Add(b, c4x1)", "same", **square)
channels_last("a norm of another axis", f"{conv}y = BatchNormalization(b, {norm})", "same", **square)
channels_last(
    "turned on, not back",
    f"{conv[: conv.index('b =')]}b = Transpose{first}(a)\nc = Transpose{first}(b)\ny = BatchNormalization(c, {norm})",
    "same",
    "float[n,4,h2,w2] y",
    **square,
)
channels_last(
    "turned there and back, with nothing to fuse",
    f"a = Transpose{first}(x)\nb = Transpose{last}(a)\nc = Relu(b)\ny = Add(c, c4)",
    "same",
)
channels_last(
    "what is turned is read elsewhere too",
    f"{conv}c = Add(b, c4)\nd = Transpose{first}(c)\ny = BatchNormalization(d, {norm})\nz = Relu(b)",
    [*turned, "BatchNormalization", "Relu"],
    "float[n,4,h2,w2] y, float[n,h3,w3,4] z",
)
channels_last(
    "an output in the middle",
    f"{conv}z = Add(b, c4)\nd = Transpose{first}(z)\ny = BatchNormalization(d, {norm})",
    [*turned, "BatchNormalization"],
    "float[n,4,h2,w2] y, float[n,h3,w3,4] z",
)

row = "a = Conv<kernel_shape=[1,3], pads=[0,1,0,1]>(x, w4x4x1x3)\n"
flat = {"x": "float[n,4,1,w] x", "weights": {"axes": np.array([2])}}
case("an axis taken away and put back", f"{row}b = Squeeze(a, axes)\nc = Unsqueeze(b, axes)\ny = Mul(c, c4x1x1)", ["Conv"], **flat)
case(
    "a norm between the axis taken away and put back",
    f"{row}b = Squeeze(a, axes)\nc = BatchNormalization(b, {norm})\ny = Unsqueeze(c, axes)",
    ["Conv"],
    **flat,
)
case(
    "signs that come to nothing, of what is a part of a node",
    f"{row}z = Squeeze(a, axes)\nb = Mul(c4x1, z)\nd = Neg(b)\ny = Neg(d)",
    "same",
    y="float[n,4,w2] y, float[n,4,w2] z",
    **flat,
)
case(
    "branches without an axis",
    f"{row}b = Squeeze(a, axes)\nc = Conv(x, w4x4x1x1)\nd = Squeeze(c, axes)\ne = Add(b, d)\ny = Relu(e)",
    ["Conv", "Reshape", "Relu"],
    y="float[n,4,w2] y",
    **flat,
)
case(
    "one axis more for each branch, and away again",
    "u = Unsqueeze(x, axes)\na = Conv<kernel_shape=[1,3], pads=[0,1,0,1]>(u, w4x4x1x3)\nb = Squeeze(a, axes)\n"
    "v = Unsqueeze(x, axes)\nc = Conv(v, wb4x4x1x1)\nd = Squeeze(c, axes)\ne = Add(b, d)\nf = Add(e, x)\ny = Relu(f)",
    ["Unsqueeze", "Conv", "Reshape", "Relu"],
    x="float[n,4,w] x",
    y="float[n,4,w2] y",
    weights={"axes": np.array([2])},
)
case(
    "features as one pixel, for their norm",
    f"a = Gemm(x, w4x4, b4)\nb = Unsqueeze(a, axes)\nc = BatchNormalization(b, s4, bn4, m4, v4)\nd = Squeeze(c, axes)\ny = Relu(d)",
    ["Gemm", "Relu"],
    x="float[n,4] x",
    y="float[n,4] y",
    weights={"axes": np.array([2])},
)
case(
    "pixels in a row, for their norm",
    f"a = Conv{same}(x, w4x4x3x3)\nb = Reshape(a, rows)\nc = BatchNormalization(b, {norm})\ny = Relu(c)",
    ["Conv", "Reshape", "Relu"],
    y="float[n,4,l] y",
    weights={"rows": np.array([0, 0, -1])},
)
case(
    "channels split by a Reshape",
    f"a = Conv{same}(x, w4x4x3x3)\nb = Reshape(a, halves)\nc = BatchNormalization(b, s2, b2, m2, v2)\ny = Relu(c)",
    "same",
    y="float[n,2,2,l] y",
    weights={"halves": np.array([0, 2, 2, -1])},
)
for name, there, back, left in (
    ("a wider type and back", 11, 1, ["Conv"]),
    ("a narrower type and back", 10, 1, "same"),
    ("whole numbers and back", 7, 1, "same"),
):
    body = f"a = Conv{same}(x, w4x4x3x3)\nb = Cast<to={there}>(a)\nc = Cast<to={back}>(b)\ny = BatchNormalization(c, {norm})"
    case(name, body, left)

block = """
<domain: "mine", opset_import: ["" : 17]>
Block (p) => (r) {
  k = Constant<value = float[4,4,3,3] {%s}>()
  j = Constant<value = float[4,4,1,1] {%s}>()
  i = Identity(j)
  a = Conv<kernel_shape=[3,3], pads=[1,1,1,1]>(p, k)
  b = Conv(p, i)
  c = Add(a, b)
  r = Add(c, p)
}
""" % tuple(", ".join(f"{(7 * i) % 11 / 10 - 0.4:.1f}" for i in range(count)) for count in (144, 16))


def one_convolution(model) -> str | None:
    types = [node.op_type for node in model.functions[0].node]
    return None if types == ["Constant", "Conv"] else f"the function holds {types}"


case(
    "a function whose input has no declared shape, its weights as constants",
    "y = mine.Block(x)",
    ["Block"],
    functions=block,
    imports=', "mine" : 1',
    check=one_convolution,
)
case(
    "sums of what a Reshape has moved elsewhere stay behind it",
    f"a = Sub(c3x1x1, x)\nb = Transpose{last}(a)\nz = Conv(b, w4x5x1x1)\nd = Add(c3, b)\ne = Reshape(d, rows)\nf = Neg(e)\n"
    "g = Transpose<perm=[1,2,0]>(f)\nh = Add(half, g)\ni = Add(h, g)\ny = Sub(i, half)\nj = Mul(g, half)\nq = Conv(j, w2x3x1)",
    "same",
    x="float[n,3,5,w] x",
    y="float[n2,h2,w2,3] z, float[l,3,n3] y, float[l2,2,n4] q",
    weights={"rows": np.array([0, -1, 3]), "half": np.array(0.5, np.float32)},
    options={"growth": "any"},
)
for scale, size in ((0.7, 10), (0.9, 10), (1.4, 5), (2.3, 10), (0.3, 10), (1.5, 6)):
    case(
        f"the shape of what was made {scale} times as long as {size}",
        f'r = Resize(x, "", scales)\na = Conv{same}(r, w4x4x3x3)\ns = Shape(a)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nd = Reshape(c, s)\ny = Sigmoid(d)',
        ["Resize", "Constant", "Conv", "Relu", "Reshape", "Sigmoid"],
        x=f"float[1,4,{size},{size}] x",
        weights={"scales": np.array([1, 1, scale, scale], np.float32)},
    )
