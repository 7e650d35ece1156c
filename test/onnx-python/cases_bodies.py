"""Graphs in attributes, and functions of the file's own."""

from case import case

same = "<kernel_shape=[3,3], pads=[1,1,1,1]>"
norm = "s4, b4, m4, v4"


def branch(name: str, scale: str) -> str:
    return f"{name} () => (float[n,4,h,w] {name}_y) {{ {name}_a = Conv{same}(x, w4x4x3x3)\n{name}_y = Mul({name}_a, {scale}) }}"


case(
    "bodies of If with weights outside",
    f"y = If(flag) <then_branch = {branch('t', 'c4x1x1')}, else_branch = {branch('e', 'cb4x1x1')}>",
    ["If"],
    x="float[n,4,h,w] x, bool flag",
    check=lambda model: (
        None
        if all([node.op_type for node in one.g.node] == ["Conv"] for one in model.graph.node[0].attribute)
        else "the bodies are not fused"
    ),
)
case(
    "a body that reads what would go",
    f"a = Conv{same}(x, wb4x4x3x3)\nb = BatchNormalization(a, {norm})\nr = Relu(b)\nz = If(flag) <then_branch = t () => (float[n,4,h,w] t_y) {{ t_y = Neg(a) }}, else_branch = e () => (float[n,4,h,w] e_y) {{ e_y = Identity(b) }}>\ny = Add(z, r)",
    "same",
    x="float[n,4,h,w] x, bool flag",
)
loop = (
    f"trips = Constant<value_int=3>()\nyes = Constant<value = bool {{1}}>()\n"
    f"y = Loop(trips, yes, x) <body = inner (int64 i, bool go, float[n,4,h,w] carried) => (bool on, float[n,4,h,w] next) {{\n"
    f"on = Identity(go)\na = Conv{same}(carried, w4x4x3x3)\nb = BatchNormalization(a, {norm})\nd = Conv(carried, wb4x4x1x1)\nnext = Add(b, d) }}>"
)
case(
    "the body of a Loop",
    loop,
    ["Constant", "Constant", "Loop"],
    check=lambda model: (
        None
        if [node.op_type for node in model.graph.node[2].attribute[0].g.node] == ["Identity", "Conv"]
        else "the body is not fused"
    ),
)
scan = (
    "state, y = Scan(first, x) <num_scan_inputs = 1, body = inner (float[4,h,w] before, float[4,h,w] one) => (float[4,h,w] after, float[4,h,w] out) {\n"
    "axes = Constant<value_ints=[0]>()\nu = Unsqueeze(one, axes)\na = Conv<kernel_shape=[3,3], pads=[1,1,1,1]>(u, w4x4x3x3)\nb = Mul(a, c4x1x1)\nout = Squeeze(b, axes)\nafter = Add(before, out) }>"
)
case(
    "the body of a Scan",
    scan,
    ["Scan"],
    x="float[4,7,9] first, float[n,4,7,9] x",
    y="float[4,7,9] state, float[n,4,7,9] y",
    check=lambda model: (
        None
        if "Mul" not in [node.op_type for node in model.graph.node[0].attribute[0].g.node]
        else "the body is not fused"
    ),
)
case(
    "a body in a body",
    f"y = If(flag) <then_branch = t () => (float[n,4,h,w] t_y) {{ t_y = If(flag) <then_branch = {branch('u', 'c4x1x1')}, else_branch = {branch('v', 'cb4x1x1')}> }}, else_branch = e () => (float[n,4,h,w] e_y) {{ e_y = Identity(x) }}>",
    ["If"],
    x="float[n,4,h,w] x, bool flag",
)

mine = ', "mine" : 1'
head = '<domain: "mine", opset_import: ["" : 17]>\n'
weight = "k = Constant<value = float[4,4,1,1] {1,2,3,4,5,6,7,8,-1,-2,-3,-4,2,4,6,8}>()\n"
case(
    "a function of the file",
    "y = mine.Block(x)",
    ["Block"],
    imports=mine,
    functions=f"{head}Block (p) => (r) {{ {weight} f = Constant<value = float[4,1,1] {{1,2,3,-4}}>()\nq = Conv(p, k)\nr = Mul(q, f) }}",
    check=lambda model: (
        None if [node.op_type for node in model.functions[0].node][-1] == "Conv" else "the function is not fused"
    ),
)
case(
    "a function that gets its weights from the caller",
    "y = mine.Block(x, w4x4x1x1, c4x1x1)",
    "same",
    imports=mine,
    functions=f"{head}Block (p, k, f) => (r) {{ q = Conv(p, k)\nr = Mul(q, f) }}",
)
case(
    "a function that gets attributes from the caller",
    "y = mine.Block<pads=[1,1,1,1]>(x)",
    "same",
    imports=mine,
    functions=f'<domain: "mine", opset_import: ["" : 17]>\nBlock <pads> (p) => (r) {{ {weight} q = Conv<pads: ints = @pads>(p, k)\nf = Constant<value = float[4,1,1] {{1,2,3,-4}}>()\nr = Mul(q, f) }}',
)
half = "h = Constant<value_float: float = @alpha>()\nr = Mul(q, h)"
for name, attributes, rest, call in (
    ("a factor", "<alpha>", f"q = Conv(p, k)\n{half}", "<alpha=0.5>(x)"),
    ("a factor that has a default", "<alpha: float = 0.5>", f"q = Conv(p, k)\n{half}", "(x)"),
    (
        "a factor in a body",
        "<alpha>",
        "one = Constant<value = bool {1}>()\nr = If(one) <then_branch = t () => (float[n,4,h,w] r_t) { h = Constant<value_float: float = @alpha>()\nq = Conv(p, k)\nr_t = Mul(q, h) }, "
        "else_branch = e () => (float[n,4,h,w] r_e) { r_e = Identity(p) }>",
        "<alpha=0.5>(x)",
    ),
    (
        "the order of weights",
        "<axis>",
        "places = Constant<value_ints=[3,2,1,0]>()\nl = Gather<axis: int = @axis>(k, places)\nf = Constant<value = float[4,1,1] {1,2,3,-4}>()\nq = Conv(p, l)\nr = Mul(q, f)",
        "<axis=1>(x)",
    ),
):
    case(
        f"a function that gets {name} from the caller",
        f"y = mine.Block{call}",
        "same",
        imports=mine,
        functions=f'<domain: "mine", opset_import: ["" : 17]>\nBlock {attributes} (p) => (r) {{ {weight}{rest} }}',
    )
case(
    "branches beside a convolution whose groups the caller says",
    "y = mine.Block<group=2>(x)",
    ["Block"],
    imports=mine,
    functions=f'<domain: "mine", opset_import: ["" : 17]>\nBlock <group> (p) => (r) {{ {weight}l = Constant<value = float[4,2,1,1] {{1,2,3,4,5,6,7,8}}>()\n'
    "a = Conv<group: int = @group>(p, l)\nb = Relu(a)\nc = Conv(p, k)\nd = Neg(c)\nr = Add(b, d) }",
    check=lambda model: (
        None
        if [node.op_type for node in model.functions[0].node if node.op_type != "Constant"] == ["Conv", "Relu", "Conv", "Add"]
        else "the branches are not fused"
    ),
)
case(
    "a function between convolution and norm",
    f"a = Conv{same}(x, w4x4x3x3)\nk = mine.Same(a)\ny = BatchNormalization(k, {norm})",
    "same",
    imports=mine,
    functions=f"{head}Same (p) => (r) {{ r = Identity(p) }}",
)
case(
    "a function of an opset of its own",
    "a = mine.Block(x)\ny = Identity(a)",
    ["Block", "Identity"],
    imports=mine,
    opset=17,
    functions=f'<domain: "mine", opset_import: ["" : 9]>\nBlock (p) => (r) {{ {weight} q = Pad<pads=[0,0,1,1,0,0,1,1]>(p)\nr = Conv(q, k) }}',
    runs=False,
)
case(
    "functions in functions",
    "y = mine.Outer(x)",
    ["Outer"],
    imports=mine,
    functions=f'{head}Inner (p) => (r) {{ {weight} q = Conv(p, k)\nr = Neg(q) }}\n<domain: "mine", opset_import: ["" : 17, "mine" : 1]>\nOuter (p) => (r) {{ q = mine.Inner(p)\ns = Neg(q)\nr = Identity(s) }}',
)
