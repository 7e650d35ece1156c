"""Norms and arithmetic with constants, and what lies between them and a convolution."""

import numpy as np
from case import case

same = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
norm = "s4, b4, m4, v4"

case("norm", f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, {norm})", ["Conv"])
case(
    "the mean of a norm behind value_floats",
    f"mean = Constant<value_floats=[0.5, -1.0, 0.25, 2.0]>()\na = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, s4, b4, mean, v4)",
    ["Conv"],
)
case(
    "identity and reshapes that do nothing between convolution and norm",
    f"a = Conv{same}(x, w4x4x3x3)\ni = Identity(a)\nshape = Shape(i)\nr = Reshape(i, shape)\nd = Dropout(r)\n"
    f"k = Cast<to=1>(d)\nl = CastLike(k, x)\ny = BatchNormalization(l, {norm})",
    ["Conv"],
)
case(
    "a reshape that does nothing, elsewhere",
    f"a = Conv{same}(x, w4x4x3x3)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nshape = Shape(c)\nd = Reshape(c, shape)\ny = Sigmoid(d)",
    ["Conv", "Relu", "Shape", "Reshape", "Sigmoid"],
)
case(
    "a shape of what is gone",
    f"a = Conv{same}(x, w4x4x3x3)\nshape = Shape(a)\nsizes = Identity(shape)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nd = Reshape(c, sizes)\ny = Sigmoid(d)",
    ["Conv", "Relu", "Identity", "Sigmoid"],
)
case(
    "a shape of what is gone that others need",
    f"a = Conv{same}(x, w4x4x3x3)\nshape = Shape(a)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nd = Reshape(c, shape)\ne = Sigmoid(d)\ny = Expand(e, shape)\nz = ConstantOfShape(shape)",
    "same",
    y="float[n,4,h,w] y, float[n,4,h,w] z",
)
case(
    "a reshape that copies every size",
    f"zeros = Constant<value_ints=[0, 0, 0, 0]>()\na = Conv{same}(x, w4x4x3x3)\nr = Reshape(a, zeros)\ny = BatchNormalization(r, {norm})",
    ["Conv"],
)
case(
    "a variance of which nothing is left",
    f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization<epsilon=0.0>(a, s4, b4, m4, zero)",
    "same",
    weights={"zero": np.array([1, 0, 1, 1], np.float32)},
    runs=False,
)

for shape, expected in {
    (): ["Conv"],
    (1,): ["Conv"],
    (1, 1, 1): ["Conv"],
    (1, 1, 1, 1): ["Conv"],
    (4, 1, 1): ["Conv"],
    (1, 4, 1, 1): ["Conv"],
    (4,): "same",
    (1, 4): "same",
    (4, 1): "same",
    (4, 4): "same",
    (1, 1, 4): "same",
    (4, 1, 4): "same",
    (1, 4, 4, 4): "same",
    (3, 4, 1, 1): "same",
    (1, 1, 1, 1, 1): "same",
    (1, 1, 4, 1, 1): "same",
}.items():
    for kind in ("Add", "Mul", "Sub"):
        # Height and width are as many as channels are: only the place of a size says what it is.
        case(
            f"{kind} of a constant {list(shape)}",
            f"a = Conv{same}(x, w4x4x3x3)\ny = {kind}(a, k)",
            expected,
            x="float[3,4,4,4] x",
            y="float[3,4,4,4] y" if len(shape) < 5 else "float[1,3,4,4,4] y",
            weights={"k": np.random.default_rng(3).uniform(0.5, 1.5, shape).astype(np.float32)},
        )
for body in ("Sub(k, a)", "Div(a, k)", "Mul(k, a)", "Add(k, a)"):
    case(
        f"a constant from the left: {body}",
        f"a = Conv{same}(x, w4x4x3x3)\ny = {body}",
        ["Conv"],
        weights={"k": np.array([1, -2, 3, 0.5], np.float32).reshape(4, 1, 1)},
    )
case(
    "a constant over an activation",
    f"a = Conv{same}(x, w4x4x3x3)\ny = Div(k, a)",
    "same",
    weights={"k": np.array(2, np.float32)},
)
case(
    "division by zero",
    f"a = Conv{same}(x, w4x4x3x3)\ny = Div(a, k)",
    "same",
    weights={"k": np.array([1, 0, 3, 0.5], np.float32).reshape(4, 1, 1)},
    runs=False,
)
case("Neg", f"a = Conv{same}(x, w4x4x3x3)\ny = Neg(a)", ["Conv"])
case(
    "a sum of branches and constants",
    f"a = Conv{same}(x, w4x4x3x3)\nb = Conv(x, w4x4x1x1)\ny = Sum(a, c4x1x1, b, x)",
    ["Conv"],
)
case(
    "a sum that broadcasts",
    "g = GlobalAveragePool(x)\na = Conv(x, w4x4x1x1)\nb = Conv(g, wb4x4x1x1)\ny = Sum(a, b)",
    "same",
)
case("a difference of branches", f"a = Conv{same}(x, w4x4x3x3)\nb = Conv(x, w4x4x1x1)\ny = Sub(a, b)", ["Conv"])

case(
    "one weight, two convolutions with a norm each",
    f"a = Conv{same}(x, w4x4x3x3)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nd = Conv{same}(c, w4x4x3x3)\ny = BatchNormalization(d, sb4, bb4, mb4, vb4)",
    ["Conv", "Relu", "Conv"],
)
case(
    "one norm's numbers for two convolutions",
    f"a = Conv{same}(x, w4x4x3x3)\nb = BatchNormalization(a, {norm})\nc = Relu(b)\nd = Conv{same}(c, wb4x4x3x3)\nq = BatchNormalization(d, {norm})\ne = GlobalAveragePool(q)\nf = Flatten(e)\ng = Relu(f)\ny = Sub(g, m4)",
    ["Conv", "Relu", "Conv", "GlobalAveragePool", "Flatten", "Relu", "Sub"],
    y="float[n,4] y",
)
case(
    "a norm in front of a pooling, and a shift behind it",
    f"a = Conv{same}(x, w4x4x3x3)\nb = BatchNormalization(a, {norm})\ne = GlobalAveragePool(b)\nf = Flatten(e)\ny = Sub(f, m4)",
    ["Conv", "GlobalAveragePool", "Flatten", "Sub"],
    y="float[n,4] y",
)

for transposed, alpha in ((0, 0.5), (1, 2.0)):
    for shape in ((5,), (1,), (), (1, 5), (1, 1)):
        case(
            f"matrix with alpha {alpha} and a bias {list(shape)}",
            f"f = Relu(x)\na = Gemm<alpha={alpha}, beta=2.0, transB={transposed}>(f, {'w5x4' if transposed else 'w4x5'}, k)\ny = Mul(a, c5)",
            ["Relu", "Gemm"],
            x="float[n,4] x",
            y="float[n,5] y",
            weights={"k": np.random.default_rng(5).uniform(0.5, 1.5, shape).astype(np.float32)},
        )
case(
    "matrix with a bias a row",
    "a = Gemm(x, w4x5, k)\ny = Mul(a, c5)",
    "same",
    x="float[3,4] x",
    y="float[3,5] y",
    weights={"k": np.array([[1], [2], [3]], np.float32)},
)
case("matrix without a bias", 'a = Gemm(x, w4x5, "")\ny = Mul(a, c5)', ["MatMul"], x="float[n,4] x", y="float[n,5] y")
case(
    "two matrices in a row", "a = Gemm(x, w4x5, b5)\ny = MatMul(a, w5x2)", ["Gemm"], x="float[n,4] x", y="float[n,2] y"
)
case(
    "a mean over pixels in front of a matrix",
    "a = BatchNormalization(x, s4, b4, m4, v4)\nq = ReduceMean<axes=[2,3], keepdims=0>(a)\ny = Gemm(q, w4x5, bb5)",
    ["ReduceMean", "Gemm"],
    y="float[n,5] y",
)
case(
    "a mean over channels",
    "a = BatchNormalization(x, s4, b4, m4, v4)\ny = ReduceMean<axes=[1,3], keepdims=0>(a)",
    "same",
    y="float[n,h] y",
)

twice = f"a = BatchNormalization(x, {norm})\nb = BatchNormalization<epsilon=0.1>(a, sb4, bb4, mb4, vb4)\n"
for name, body, expected, rest in (
    ("two", twice + "y = Relu(b)", ["BatchNormalization", "Relu"], {}),
    ("two of features", twice + "y = Relu(b)", ["BatchNormalization", "Relu"], {"x": "float[n,4] x", "y": "float[n,4] y"}),
    ("two of sound", twice + "y = Relu(b)", ["BatchNormalization", "Relu"], {"x": "float[n,4,l] x", "y": "float[n,4,l] y"}),
    (
        "two of opset 6",
        twice.replace("epsilon=0.1", "is_test=1").replace("BatchNormalization(", "BatchNormalization<is_test=1>(") + "y = Relu(b)",
        ["BatchNormalization", "Relu"],
        {"opset": 6, "ir": 3},
    ),
    ("two, and what stands between them is read", twice + "y = Mul(a, b)", "same", {"y": "float[n,4,h,w] y, float[n,4,h,w] a"}),
    ("three", twice + f"y = BatchNormalization(b, {norm})", ["BatchNormalization"], {}),
    ("one, factors and shifts", f"a = BatchNormalization(x, {norm})\nb = Mul(a, c4x1x1)\ny = Add(b, cb4x1x1)", ["BatchNormalization"], {}),
    ("one, and a sign", f"a = BatchNormalization(x, {norm})\ny = Neg(a)", ["BatchNormalization"], {}),
    ("one beside its input", f"a = BatchNormalization(x, {norm})\ny = Add(x, a)", ["BatchNormalization"], {}),
    ("one alone", f"y = BatchNormalization(x, {norm})", "same", {}),
    ("factors and shifts without a norm", "a = Mul(x, c4x1x1)\nb = Add(a, cb4x1x1)\ny = Mul(b, ck4x1x1)", ["Mul", "Add"], {}),
):
    case(f"norms in a row: {name}", body, expected, **rest)
case(
    "a norm in front of a pooling, and numbers behind it in another shape",
    f"a = BatchNormalization(x, {norm})\ne = GlobalAveragePool(a)\nf = Flatten<axis=2>(e)\ng = Mul(f, c1)\ny = Add(g, cb1)",
    ["GlobalAveragePool", "BatchNormalization", "Reshape"],
    y="float[l,1] y",
)
case(
    "a norm in a sum, of which only its own numbers say how many channels there are",
    "p = MatMul(x, w4x3)\na = Add(c3, p)\nb = BatchNormalization(a, s7, b7, m7, v7)\nf = Sub(b, b)\ng = Add(f, p)\ny = Relu(g)",
    ["MatMul", "Add", "Mul", "Add", "Relu"],
    x="float[n,l,4] x",
    y="float[n,l,3] y",
)
case(
    "a norm beside its input, and what is taken away from both",
    f"a = BatchNormalization(x, {norm})\nb = Add(a, x)\nd = Sub(b, z)\ny = Relu(d)\nq = Sigmoid(d)",
    "same",
    x="float[n,4,h,w] x, float[n,4,h,w] z",
    y="float[n,4,h,w] y, float[n,4,h,w] q",
)
case(
    "a norm of pixels, then one of the same in a row",
    f"a = BatchNormalization(x, {norm})\nb = Flatten(a)\nd = Mul(b, c1)\ne = BatchNormalization(d, s36, b36, m36, v36)\ny = Gemm(e, w36x5, bb5)",
    ["Flatten", "Gemm"],
    x="float[n,4,3,3] x",
    y="float[n,5] y",
)
for name, sum_of, expected in (
    ("a difference of nothing in it", "b = Sub(a, a)\nc = Sum(a, b, a, a)\nd = Sum(c, c, b, a)\ny = Conv(d, wb4x4x1x1)", ["Conv", "Sum", "Sum", "Conv"]),
    ("two convolutions in it", "b = Conv(x, wb4x4x1x1)\ny = Sum(a, z, b, p, q)", ["Conv", "Sum"]),
    ("what it reads in it", "y = Sum(x, a, z, p, q)", ["Conv", "Sum"]),
):
    case(
        f"a long sum with {name}",
        f"a = Conv{same}(x, w4x4x3x3)\n{sum_of}",
        expected,
        x="float[n,4,h,w] x, float[n,4,h,w] z, float[n,4,h,w] p, float[n,4,h,w] q",
        y="float[n,4,h,w] y" + (", float[n,4,h,w] a" if "Sub" in sum_of else ""),
    )

turn = "Transpose<perm=[0,2,1]>"
for body, expected in (
    (f"y = {turn}(q)", ["MatMul", "Add"]),
    (f"r = Relu(q)\ny = {turn}(r)", ["MatMul", "Add", "Transpose", "Relu", "Transpose"]),
    (f"u = Sigmoid(q)\nr = Mul(q, u)\ny = {turn}(r)", ["MatMul", "Add", "Transpose", "Sigmoid", "Mul", "Transpose"]),
    (f"r = Mul(q, q)\ny = {turn}(r)", "same"),
    (f"r = Sub(t, q)\ny = {turn}(r)", "same"),
):
    case(
        f"a norm between transposes: {body.replace(chr(10), '; ')}",
        f"p = MatMul(x, w4x5)\na = Add(p, c5)\nt = {turn}(a)\nq = BatchNormalization(t, s5, b5, m5, v5)\n{body}",
        expected,
        x="float[n,5,4] x",
        y="float[n,5,5] y",
    )
