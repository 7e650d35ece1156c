"""What files hold beside their nodes: quantised and sparse tensors, names, empty inputs, sizes of zero, weights behind what computes them."""

import numpy as np
from case import case
from onnx import helper, numpy_helper

same = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
norm = "s4, b4, m4, v4"
block = f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, {norm})"


def rename(model, old: str, new: str) -> None:
    for one in model.graph.input:
        if one.name == old:
            one.name = new
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            if name == old:
                node.input[i] = new


def sparse(model) -> None:
    dense = next(one for one in model.graph.initializer if one.name == "w4x4x3x3")
    values = numpy_helper.to_array(dense).ravel()[::7]
    kept = numpy_helper.from_array(values.copy(), dense.name)
    places = numpy_helper.from_array(np.arange(0, 144, 7, dtype=np.int64), "places")
    model.graph.initializer.remove(dense)
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(kept, places, [4, 4, 3, 3]))


case(
    "a weight that a caller may override",
    f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, {norm})",
    "same",
    ir=4,
    as_inputs=True,
)
case("initializers among the inputs of an old file", block, ["Conv"], ir=3, opset=8)
case("a requested intermediate", block, "same", y="float[n,4,h,w] y, float[n,4,h,w] a")
case(
    "the requested intermediate of branches",
    f"a = Conv{same}(x, w4x4x3x3)\nb = Conv(x, wb4x4x1x1)\nc = Add(a, b)\nd = Add(c, x)\ny = Relu(d)",
    ["Conv", "Add", "Relu"],
    y="float[n,4,h,w] y, float[n,4,h,w] c",
)
case("a weight that is an output", block, ["Conv"], y="float[n,4,h,w] y, float[4,4,3,3] w4x4x3x3")
case(
    "a node's name that is a tensor's",
    block,
    ["Conv"],
    edit=lambda model: setattr(model.graph.node[0], "name", "y.fused.weight"),
)
case(
    "names that are taken",
    block,
    ["Conv"],
    weights={"y.fused": np.zeros(2, np.float32), "y.fused.bias": np.zeros(2, np.float32)},
)
case(
    "an input's name that a new tensor would have",
    f"a = Conv{same}(x, w4x4x3x3)\nb = BatchNormalization(a, {norm})\ny = Add(b, z)",
    ["Conv", "Add"],
    edit=lambda model: rename(model, "z", "b.fused.weight"),
    x="float[n,4,h,w] x, float[n,4,h,w] z",
)
case("an absent bias", f'a = Conv{same}(x, w4x4x3x3, "")\ny = BatchNormalization(a, {norm})', ["Conv"])
case(
    "a norm whose other outputs have no names",
    f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, {norm})",
    ["Conv"],
    opset=8,
    edit=lambda model: model.graph.node[1].output.extend(["", "", "", ""]),
    runs=False,
)
case(
    "a dropout whose mask has no name",
    f"a = Conv{same}(x, w4x4x3x3)\nd = Dropout(a)\ny = BatchNormalization(d, {norm})",
    ["Conv"],
    edit=lambda model: model.graph.node[1].output.append(""),
)
case(
    "a dropout whose mask is used",
    f"a = Conv{same}(x, w4x4x3x3)\nd, k = Dropout(a)\ny = BatchNormalization(d, {norm})",
    "same",
    y="float[n,4,h,w] y, bool[n,4,h,w] k",
)
case(
    "a dropout that trains",
    f"a = Conv{same}(x, w4x4x3x3)\nd = Dropout(a, ratio, yes)\ny = BatchNormalization(d, {norm})",
    "same",
    weights={"ratio": np.array(0, np.float32), "yes": np.array(True)},
)
case(
    "a dropout whose mask has a name that nobody reads",
    f"a = Conv{same}(x, w4x4x3x3)\nd, k = Dropout(a)\ny = BatchNormalization(d, {norm})",
    ["Conv"],
)
for name, reader in (
    ("a Relu", "u = Relu(a)"),
    ("a norm", "u = BatchNormalization(a, sb4, bb4, mb4, vb4)"),
    ("a difference", "u = Sub(a, x)"),
    ("a chain", "t = Sigmoid(a)\nu = Sub(a, t)"),
):
    case(
        f"{name} that nobody reads, of what goes",
        f"a = Conv{same}(x, w4x4x3x3)\n{reader}\ny = BatchNormalization(a, {norm})",
        ["Conv"],
    )
    case(
        f"{name} that nobody reads, of what stays",
        f"c = Conv{same}(x, w4x4x3x3)\na = BatchNormalization(c, {norm})\n{reader}\ny = Relu(a)",
        ["Conv", *[line.split(" = ")[1].split("(")[0] for line in reader.split("\n")], "Relu"],
    )
case(
    "a body that nobody reads, of what would go",
    f"a = Conv{same}(x, w4x4x3x3)\nu = If(flag) <then_branch = t () => (float[n,4,h,w] p) {{ p = Neg(a) }}, else_branch = e () => (float[n,4,h,w] p) {{ p = Identity(a) }}>\n"
    f"y = BatchNormalization(a, {norm})",
    "same",
    x="float[n,4,h,w] x, bool flag",
)
case(
    "an operator of another domain that nobody reads, of what would go",
    f"a = Conv{same}(x, w4x4x3x3)\nu = other.Print(a)\ny = BatchNormalization(a, {norm})",
    "same",
    imports=', "other" : 1',
    runs=False,
)
case(
    "nothing known of the rank",
    f"a = Conv{same}(x, w4x4x3x3)\ny = BatchNormalization(a, {norm})",
    ["Conv"],
    x="float x",
    y="float y",
    feeds={"x": np.ones((2, 4, 5, 6), np.float32)},
    edit=lambda model: (
        model.graph.input[0].type.tensor_type.ClearField("shape"),
        model.graph.output[0].type.tensor_type.ClearField("shape"),
    ),
)
case("no pixels", block, ["Conv"], x="float[n,4,h,w] x", feeds={"x": np.zeros((0, 4, 5, 6), np.float32)})
case(
    "quantised weights",
    f"k = DequantizeLinear<axis=0>(q, s4)\na = Conv{same}(x, k)\ny = BatchNormalization(a, {norm})",
    "same",
    weights={"q": np.arange(-72, 72, dtype=np.int8).reshape(4, 4, 3, 3)},
)
case(
    "quantised activations",
    f"i = QuantizeLinear(x, scale, zero)\nj = DequantizeLinear(i, scale, zero)\na = Conv{same}(j, w4x4x3x3)\ny = BatchNormalization(a, {norm})",
    ["QuantizeLinear", "DequantizeLinear", "Conv"],
    weights={"scale": np.array(0.02, np.float32), "zero": np.array(3, np.uint8)},
)
case(
    "quantisation between convolution and norm",
    f"a = Conv{same}(x, w4x4x3x3)\ni = QuantizeLinear(a, scale, zero)\nj = DequantizeLinear(i, scale, zero)\ny = BatchNormalization(j, {norm})",
    "same",
    weights={"scale": np.array(0.1, np.float32), "zero": np.array(120, np.uint8)},
)
case(
    "weights that the input makes",
    "g = GlobalAveragePool(x)\nk = Expand(g, shape)\na = Conv(x, k)\ny = Mul(a, c4x1x1)",
    "same",
    weights={"shape": np.array([4, 4, 1, 1])},
    x="float[1,4,h,w] x",
    y="float[1,?,h,w] y".replace("?", "4"),
    runs=False,
)


case("a sparse weight", block, "same", edit=sparse)
case(
    "a sparse weight beside branches",
    f"k = Conv{same}(x, w4x4x3x3)\nr = Relu(k)\na = Conv{same}(r, wb4x4x3x3)\ny = BatchNormalization(a, {norm})",
    ["Conv", "Relu", "Conv"],
    edit=sparse,
)


case(
    "weights behind Mul, Reshape, Transpose, Cast and Expand",
    "e = Expand(c4x1x1x1, sizes)\nt = Transpose<perm=[1,0,2,3]>(w4x4x1x1)\nr = Reshape(wb16, sizes)\nd = Cast<to=11>(r)\nf = Cast<to=1>(d)\nk = Mul(t, e)\nl = Add(k, f)\na = Conv(x, l)\ny = Mul(a, c4x1x1)",
    ["Conv"],
    weights={"sizes": np.array([4, 4, 1, 1])},
)
case(
    "weights that a shape decides about",
    "shape = Shape(x)\nk = ConstantOfShape<value = float[1] {0.5}>(shape)\na = Conv(x, k)\ny = Mul(a, c4x1x1)",
    "same",
    runs=False,
)
case(
    "an absent bias as the new exporter writes it",
    f"zero = Constant<value = float {{0.0}}>()\nz = CastLike(zero, x)\ns = Shape<start=0, end=1>(w4x4x3x3)\nbias = Expand(z, s)\na = Conv{same}(x, w4x4x3x3, bias)\nb = Conv(x, wb4x4x1x1)\ny = Add(a, b)",
    ["Conv"],
)
case(
    "a norm of other types than what flows",
    "a = Conv(x, k)\ny = BatchNormalization(a, s4, b4, m4, v4)",
    ["Conv"],
    opset=15,
    x="float16[n,4,h,w] x",
    y="float16[n,4,h,w] y",
    weights={"k": np.random.default_rng(2).uniform(-1, 1, (4, 4, 1, 1)).astype(np.float16)},
    tolerance=5e-3,
)
case(
    "two different types",
    "a = Conv(x, w4x4x1x1)\nd = Cast<to=11>(a)\ny = Mul(d, k)",
    "same",
    y="double[n,4,h,w] y",
    weights={"k": np.array(2.0)},
)
case(
    "weights of float64",
    "a = Gemm(x, k, l)\ny = Mul(a, f)",
    ["Gemm"],
    x="double[n,4] x",
    y="double[n,3] y",
    weights={"k": np.random.default_rng(1).uniform(-1, 1, (4, 3)), "l": np.ones(3), "f": np.array([1 / 3, 2, -3.0])},
    tolerance=1e-13,
)
case(
    "numbers that are no float",
    "a = MatMul(x, k)\ny = Mul(a, f)",
    "same",
    x="int64[n,4] x",
    y="int64[n,3] y",
    weights={"k": np.ones((4, 3), np.int64), "f": np.array(2)},
)
case(
    "a nameless node in front of named ones",
    block,
    ["Conv"],
    edit=lambda model: setattr(model.graph.node[1], "name", "norm"),
)
case(
    "an opset that is not known",
    block,
    "same",
    opset=17,
    edit=lambda model: setattr(model.opset_import[0], "version", 99),
    runs=False,
)
case(
    "two nodes of one name",
    block + "\nz = Relu(y)",
    ["Conv", "Relu"],
    y="float[n,4,h,w] z",
    edit=lambda model: [setattr(node, "name", "twice") for node in model.graph.node],
    runs=False,
)
