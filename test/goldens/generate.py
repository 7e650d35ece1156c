"""Writes the golden files beside it from PyTorch 2.13.0: `python generate.py`, with the environment `node scripts/venv.mjs torch`.

Inputs are not stored: both sides draw them with torch.randn's bits from the seed of the case. Results are base64 of
little-endian float32. Convolutions, poolings, products and normalisations are computed in float64 and rounded once, so
that the files are the same on every processor; fuse_cases.py has what concerns fusing and checkpoints, block_cases.py the published blocks,
deployed_cases.py their fused forms, rank_cases.py convolutions of every rank. `npm run parity` compares PyTorch's own float32 results.
"""

import base64
import hashlib
import json
import math
import random
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).parent
MODES = ["zeros", "reflect", "replicate", "circular"]


def encode(values: torch.Tensor) -> str:
    return base64.b64encode(values.detach().to(torch.float32).contiguous().numpy().tobytes()).decode()


def bits(values: torch.Tensor) -> dict:
    """A long stream as its hash, with the first values for a reader."""
    data = values.detach().to(torch.float32).contiguous()
    return {"sha256": hashlib.sha256(data.numpy().tobytes()).hexdigest(), "first": data.flatten()[:4].tolist()}


def write(name: str, cases: list) -> None:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{name}: {len(cases)} cases")


def conv2d_case(draw: random.Random, seed: int) -> dict:
    mode = MODES[seed % 4]
    groups = draw.choice([1, 1, 1, 2, 3])
    depthwise = draw.random() < 0.2
    group_in = 1 if depthwise else draw.randint(1, 3)
    groups = draw.randint(2, 5) if depthwise else groups
    out_channels = groups * draw.randint(1, 2 if depthwise else 3)
    kernel = [draw.randint(1, 5), draw.randint(1, 5)]
    dilation = [draw.choice([1, 1, 2, 3]), draw.choice([1, 1, 2, 3])]
    span = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    form = draw.choice(["none", "number", "pair", "sides", "same", "valid"])
    stride = [1, 1] if form == "same" else [draw.choice([1, 1, 2, 3]), draw.choice([1, 1, 2, 4])]
    size = [draw.randint(1, 9), draw.randint(1, 11)]
    padding = {
        "none": 0,
        "number": draw.randint(0, 3),
        "pair": [draw.randint(0, 3), draw.randint(0, 4)],
        "sides": [[draw.randint(0, 3), draw.randint(0, 3)], [draw.randint(0, 3), draw.randint(0, 3)]],
        "same": "same",
        "valid": "valid",
    }[form]
    sides = resolve(padding, span)
    # Grow the image until the kernel and the padding fit.
    for axis in range(2):
        if mode == "reflect":
            size[axis] = max(size[axis], max(sides[axis]) + 1)
        if mode == "circular":
            size[axis] = max(size[axis], max(sides[axis]))
        size[axis] = max(size[axis], span[axis] - sum(sides[axis]))
    batch = draw.choice([None, 0, 1, 1, 2, 3]) if seed % 16 == 0 else draw.choice([None, 1, 2, 3])
    return {
        "seed": seed,
        "x": ([] if batch is None else [batch]) + [group_in * groups, *size],
        "weight": [out_channels, group_in, *kernel],
        "bias": draw.random() < 0.6,
        # A power of two, so that scaling is exact: denormal and large inputs.
        "scale": draw.choice([-140, -70, 50]) if draw.random() < 0.1 else 0,
        "stride": draw.choice([stride, stride[0]]) if stride[0] == stride[1] else stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "paddingMode": mode,
    }


def resolve(padding, span) -> list:
    if padding == "valid":
        return [[0, 0], [0, 0]]
    if padding == "same":
        return [[(s - 1) // 2, s - 1 - (s - 1) // 2] for s in span]
    if isinstance(padding, int):
        return [[padding, padding], [padding, padding]]
    return [side if isinstance(side, list) else [side, side] for side in padding]


def conv2d(x, weight, bias, case) -> torch.Tensor:
    """The layer where it has such a padding; torch.nn has no asymmetric one, so that pads first."""
    padding, mode = case["padding"], case["paddingMode"]
    if isinstance(padding, list) and isinstance(padding[0], list):
        (top, bottom), (left, right) = padding
        x = F.pad(x, [left, right, top, bottom], mode="constant" if mode == "zeros" else mode)
        padding, mode = 0, "zeros"
    pair = lambda value: value if isinstance(value, int) else tuple(value)
    layer = nn.Conv2d(
        weight.shape[1] * case["groups"],
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride=pair(case["stride"]),
        padding=padding if isinstance(padding, str) else pair(padding),
        dilation=pair(case["dilation"]),
        groups=case["groups"],
        bias=bias is not None,
        padding_mode=mode,
        dtype=x.dtype,
    )
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias is not None:
            layer.bias.copy_(bias)
        return layer(x)


def conv2d_cases() -> list:
    draw = random.Random(13)
    cases = []
    for seed in range(480):
        case = conv2d_case(draw, seed)
        torch.manual_seed(seed)
        x = torch.randn(case["x"]) * 2.0 ** case["scale"]
        weight = torch.randn(case["weight"])
        bias = torch.randn(case["weight"][0]) if case["bias"] else None
        y = conv2d(x.double(), weight.double(), None if bias is None else bias.double(), case)
        cases.append(case | {"y": list(y.shape), "data": encode(y)})
    return cases


def pad_cases() -> list:
    draw = random.Random(14)
    cases = []
    for seed in range(160):
        mode = ["constant", "reflect", "replicate", "circular"][seed % 4]
        axes = draw.randint(1, 3)
        # PyTorch pads the last 1, 2 or 3 axes in these modes and wants one or two axes before them.
        rank = draw.randint(axes, 5) if mode == "constant" else axes + draw.randint(1, 2)
        shape = [draw.randint(1, 6) for _ in range(rank)]
        if draw.random() < 0.05 and (mode == "constant" or rank == axes + 2):
            shape[0] = 0
        amounts = []
        for axis in range(rank - 1, rank - 1 - axes, -1):
            size = shape[axis]
            limit = {"constant": 4, "reflect": size - 1, "replicate": 4, "circular": size}[mode]
            pair = [draw.randint(0, max(limit, 0)), draw.randint(0, max(limit, 0))]
            if size > 2 and draw.random() < 0.25:
                side = draw.randint(0, 1)
                pair[side] = -draw.randint(1, size - 2)
                if mode == "circular":
                    pair[1 - side] = min(pair[1 - side], size + pair[side])
            amounts += pair
        value = draw.choice([0.0, 1.5, -0.1]) if mode == "constant" else 0.0
        torch.manual_seed(seed)
        y = F.pad(torch.randn(shape), amounts, mode=mode, value=value if value else None)
        cases.append(
            {"seed": seed, "x": shape, "amounts": amounts, "mode": mode, "value": value}
            | {"y": list(y.shape), "data": encode(y)}
        )
    return cases


def linear_cases() -> list:
    draw = random.Random(15)
    cases = []
    for seed in range(60):
        features = draw.randint(1, 40) if seed else 0
        leading = [draw.randint(0 if seed % 10 == 1 else 1, 5) for _ in range(draw.randint(0, 3))]
        out_features = draw.randint(1, 9)
        bias = draw.random() < 0.6
        torch.manual_seed(seed)
        x, weight = torch.randn(leading + [features]), torch.randn(out_features, features)
        b = torch.randn(out_features) if bias else None
        y = F.linear(x.double(), weight.double(), None if b is None else b.double())
        cases.append(
            {"seed": seed, "x": list(x.shape), "weight": list(weight.shape), "bias": bias}
            | {"y": list(y.shape), "data": encode(y)}
        )
    return cases


def batch_norm_cases() -> list:
    draw = random.Random(16)
    cases = []
    for seed in range(80):
        training = seed % 2 == 0
        shape = [draw.randint(1, 4), draw.randint(1, 5)] + [draw.randint(1, 6) for _ in range(draw.randint(0, 3))]
        if training and shape[0] * math.prod(shape[2:]) == 1:
            shape[0] = 2
        if seed == 4 or seed == 5:
            shape[0] = 0
        eps = draw.choice([1e-5, 1e-3, 0.1])
        affine, stats = draw.random() < 0.7, (not training) or draw.random() < 0.5
        channels = shape[1]
        torch.manual_seed(seed)
        # An offset and a spread per case, so that mean and variance matter.
        x = torch.randn(shape) * 4 + 3
        mean, var = torch.randn(channels), torch.rand(channels) + 0.25
        weight, bias = torch.randn(channels), torch.randn(channels)
        y = F.batch_norm(
            x.double(),
            mean.double() if stats else None,
            var.double() if stats else None,
            weight.double() if affine else None,
            bias.double() if affine else None,
            training=training,
            eps=eps,
        )
        cases.append(
            {"seed": seed, "x": shape, "eps": eps, "affine": affine, "stats": stats, "training": training}
            | {"y": list(y.shape), "data": encode(y)}
        )
    return cases


def avg_pool2d_cases() -> list:
    draw = random.Random(17)
    cases = []
    seed = 0
    while len(cases) < 140:
        seed += 1
        kernel = [draw.randint(1, 5), draw.randint(1, 5)]
        case = {
            "seed": seed,
            "x": [draw.randint(1, 2)] * draw.randint(0, 1) + [draw.randint(1, 3), draw.randint(1, 10), draw.randint(1, 12)],
            "kernelSize": kernel if kernel[0] != kernel[1] else kernel[0],
            "stride": draw.choice([None, draw.randint(1, 4), [draw.randint(1, 4), draw.randint(1, 5)]]),
            "padding": draw.choice([0, [draw.randint(0, kernel[0] // 2), draw.randint(0, kernel[1] // 2)]]),
            "ceilMode": draw.random() < 0.5,
            "countIncludePad": draw.random() < 0.5,
            "divisorOverride": draw.choice([None, None, None, 3, -2]),
        }
        torch.manual_seed(seed)
        x = torch.randn(case["x"]).double()
        try:
            y = F.avg_pool2d(
                x,
                case["kernelSize"],
                case["stride"],
                case["padding"],
                case["ceilMode"],
                case["countIncludePad"],
                case["divisorOverride"],
            )
        except RuntimeError:
            # No window fits: that PyTorch refuses it is the golden.
            cases.append(case | {"y": None, "data": ""})
            continue
        cases.append(case | {"y": list(y.shape), "data": encode(y)})
    return cases


def adaptive_avg_pool2d_cases() -> list:
    draw = random.Random(20)
    cases = []
    for seed in range(40):
        shape = [draw.randint(1, 2)] * draw.randint(0, 1) + [draw.randint(1, 3), draw.randint(1, 12), draw.randint(1, 15)]
        size = draw.choice([1, draw.randint(1, 9), [draw.randint(1, 9), draw.randint(1, 9)]])
        torch.manual_seed(seed)
        y = F.adaptive_avg_pool2d(torch.randn(shape).double(), size)
        cases.append({"seed": seed, "x": shape, "outputSize": size, "y": list(y.shape), "data": encode(y)})
    return cases


def elementwise_cases() -> list:
    special = [0.0, -0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e-45, -1e-45, 3.4e38, 2.5, -2.5, 0.1]
    a = torch.tensor([u for u in special for _ in special])
    b = torch.tensor([v for _ in special for v in special])
    cases = [
        {"op": "relu", "a": encode(a), "data": encode(F.relu(a))},
        {"op": "add", "a": encode(a), "b": encode(b), "data": encode(a + b)},
        {"op": "sub", "a": encode(a), "b": encode(b), "data": encode(a - b)},
        {"op": "mul", "a": encode(a), "b": encode(b), "data": encode(a * b)},
    ]
    torch.manual_seed(0)
    x = torch.randn(40)
    for number in [0.1, -3.0, 1e-8, 7.0, 1 / 3]:
        for op, y in [("add", x + number), ("sub", x - number), ("mul", x * number)]:
            cases.append({"op": op, "a": encode(x), "number": number, "data": encode(y)})
    return cases


def format_cases() -> list:
    draw = random.Random(18)
    cases = []

    def small(t: torch.Tensor) -> None:
        cases.append({"x": list(t.shape), "values": encode(t), "text": str(t.to(torch.float32))})

    def large(shape: list, seed: int, scale: int, rounded: bool) -> None:
        torch.manual_seed(seed)
        t = torch.randn(shape) * 2.0**scale
        t = torch.floor(t) if rounded else t
        cases.append({"x": shape, "seed": seed, "scale": scale, "rounded": rounded, "text": str(t)})

    # Ties of decimal rounding, both zeros, both infinities, the borders of the notations, the ends of float32.
    for v in [0.0, -0.0, 1.0, -1.0, 0.03125, -0.03125, 0.09375, 1e8, 100000008.0, 1e-4, 9.9e-5, 2.5e-5, 0.5, 1.5]:
        small(torch.tensor(v))
        small(torch.tensor([v, 1.0]))
        small(torch.tensor([[v, math.nan], [0.0, 2.5]]))
    for v in [math.nan, math.inf, -math.inf, 1e-45, 3.4e38, 1e20, 123456.789, 99999992.0, 1000.0, 1001.0, 12345.0, 65536.5]:
        small(torch.tensor(v))
        small(torch.tensor([v]))
        small(torch.tensor([[v, 1.0], [-v, 1.0]]))
    for k in range(-3, 30, 2):
        small(torch.tensor([(2 * draw.randrange(50000, 100000) + 1) * 5 * 10.0**k for _ in range(6)]))
    for shape in [(0,), (0, 3), (2, 0), (2, 0, 3), (1, 1, 1, 1), (3,), (20,), (2, 3, 4), (2, 3, 2, 2), (1, 1, 33), (3, 1, 40)]:
        torch.manual_seed(len(cases))
        small(torch.randn(shape))
        small(torch.randint(-5, 200, shape).float())
        # In float64, since processors round exp in float32 in different ways.
        small(torch.randn(shape) * torch.exp((torch.randn(shape) * 6).double()).float())
        small(torch.randint(-200, 200, shape) / 32)
        small(torch.zeros(shape))
    for index in range(60):
        shape = [draw.randint(1, 5) for _ in range(draw.randint(0, 3))]
        torch.manual_seed(index)
        t = torch.randn(shape) * 10 ** draw.uniform(-6, 9)
        small(t.round() if draw.random() < 0.4 else t)
    for shape in [[1, 1000], [1, 1001], [1001], [1000], [10, 10, 11], [2, 501], [40, 30], [5, 201, 1], [1200, 1], [7, 2, 90], [6, 6, 6, 6], [1, 2, 9, 9]]:
        for rounded in [False, True]:
            large(shape, len(cases), draw.choice([-30, -3, 0, 4, 9]), rounded)
    return cases


def layer_cases() -> list:
    """60 layers, drawn one after the other from one seed per group of five."""
    draw = random.Random(19)
    cases = []
    for seed in [0, 1, 2, -1, 2**32 + 5, 1234567890, 7, 8, 9, 10, 11, 12]:
        torch.manual_seed(seed)
        layers = []
        for _ in range(5):
            kind = draw.choice(["Conv2d", "Conv2d", "Conv2d", "Linear", "BatchNorm2d"])
            bias = draw.random() < 0.75
            if kind == "Conv2d":
                groups = draw.choice([1, 1, 2, 4])
                padding = draw.choice([0, "same", "valid", 1, [0, 2]])
                args = {
                    "inChannels": groups * draw.randint(1, 5),
                    "outChannels": groups * draw.randint(1, 6),
                    "kernelSize": draw.choice([1, 3, [3, 1], [2, 5], 7]),
                    "groups": groups,
                    "bias": bias,
                    "padding": padding,
                    "paddingMode": draw.choice(MODES),
                    "dilation": draw.choice([1, 2, [1, 3]]),
                    "stride": 1 if padding == "same" else draw.choice([1, 2, [2, 1]]),
                }
                pair = lambda value: tuple(value) if isinstance(value, list) else value
                layer = nn.Conv2d(
                    args["inChannels"],
                    args["outChannels"],
                    pair(args["kernelSize"]),
                    stride=pair(args["stride"]),
                    padding=pair(padding),
                    dilation=pair(args["dilation"]),
                    groups=groups,
                    bias=bias,
                    padding_mode=args["paddingMode"],
                )
            elif kind == "Linear":
                args = {"inFeatures": draw.randint(1, 50), "outFeatures": draw.randint(1, 50), "bias": bias}
                layer = nn.Linear(args["inFeatures"], args["outFeatures"], bias=bias)
            else:
                args = {"numFeatures": draw.randint(1, 9), "eps": draw.choice([1e-5, 0.001, 1e-12, 1.0]), "affine": bias}
                layer = nn.BatchNorm2d(args["numFeatures"], eps=args["eps"], affine=bias)
            tensors = {name: {"shape": list(t.shape)} | bits(t) for name, t in layer.named_parameters()}
            layers.append({"kind": kind, "args": args, "repr": str(layer), "tensors": tensors})
        cases.append({"seed": seed, "layers": layers})
    return cases


def layer_output_cases() -> list:
    """What layers of torch.nn without an op of their own give, computed in float64 and rounded once."""
    draw = random.Random(21)
    cases = []

    def case(kind: str, args: list, shape: list, layer, drawn: list = ()) -> None:
        """`drawn` are the shapes of what is drawn after x, for the layer to take."""
        torch.manual_seed(len(cases))
        x = torch.randn(shape)
        tensors = [torch.randn(one).double() for one in drawn]
        y = layer(x.double(), *tensors)
        cases.append({"seed": len(cases), "kind": kind, "args": args, "x": shape, "drawn": list(drawn), "y": list(y.shape), "data": encode(y)})

    for _ in range(12):
        kernel = [draw.randint(1, 4), draw.randint(1, 5)]
        options = {"stride": [draw.randint(1, 3), draw.randint(1, 3)], "padding": [draw.randint(0, kernel[0] // 2), draw.randint(0, kernel[1] // 2)]}
        shape = [draw.randint(1, 2)] * draw.randint(0, 1) + [draw.randint(1, 3), draw.randint(4, 9), draw.randint(5, 11)]
        case("MaxPool2d", [kernel, options], shape, nn.MaxPool2d(kernel, **options))
    for shape in [[2, 3, 4, 5], [1, 1, 7, 2], [3, 4]]:
        case("PReLU", [shape[1]], shape, lambda x, weight: F.prelu(x, weight), [[shape[1]]])
    for r in [1, 2, 3]:
        case("PixelShuffle", [r], [2, 2 * r * r, 3, 4], nn.PixelShuffle(r))
    for kind in ["GELU", "Sigmoid"]:
        layer = getattr(nn, kind)()
        case(kind, [], [3, 40], layer)
        # Far out, where differences of large numbers lose everything.
        case(f"{kind} times 8", [], [3, 40], lambda x, layer=layer: layer(8 * x))
    case("Flatten", [], [2, 3, 4, 5], nn.Flatten())

    def excited(x, w1, b1, w2, b2):
        squeezed = F.relu(F.conv2d(F.adaptive_avg_pool2d(x, 1), w1, b1))
        return x * torch.sigmoid(F.conv2d(squeezed, w2, b2))

    case("squeezeExcitation", [6, 4], [2, 6, 5, 7], excited, [[4, 6, 1, 1], [4], [6, 4, 1, 1], [6]])
    return cases


def network_cases() -> list:
    """Parameters of the published networks, counted by torch.nn's layers from the tables of their papers, with branches and as deployed."""

    class Count:
        def __init__(self) -> None:
            self.before = self.after = 0

        def branches(self, *layers: nn.Module) -> None:
            self.before += sum(p.numel() for layer in layers for p in layer.parameters())

        def deployed(self, *layers: nn.Module) -> None:
            self.after += sum(p.numel() for layer in layers for p in layer.parameters())

        def both(self, *layers: nn.Module) -> None:
            self.branches(*layers)
            self.deployed(*layers)

    def conv_bn(i: int, o: int, k: int, groups: int = 1) -> list:
        return [nn.Conv2d(i, o, k, groups=groups, bias=False), nn.BatchNorm2d(o)]

    def rep_vgg_a0() -> Count:
        count, channels = Count(), 3
        # RepVGG, table 2: 1, 2, 4, 14, 1 blocks of 64 a, 64 a, 128 a, 256 a, 512 b channels, a = 0.75, b = 2.5, at most 64 in the first.
        for blocks, width in [(1, 48), (2, 48), (4, 96), (14, 192), (1, 1280)]:
            for block in range(blocks):
                count.branches(*conv_bn(channels, width, 3), *conv_bn(channels, width, 1))
                # The identity branch stands where neither channels nor size change: not in the first block of a stage.
                count.branches(*([nn.BatchNorm2d(width)] if block > 0 else []))
                count.deployed(nn.Conv2d(channels, width, 3))
                channels = width
        count.both(nn.Linear(channels, 1000))
        return count

    def mobile_one_s0() -> Count:
        count, channels = Count(), 48

        def block(i: int, o: int, k: int, stride: int, groups: int, branches: int) -> None:
            for _ in range(branches):
                count.branches(*conv_bn(i, o, k, groups))
            if k > 1:
                count.branches(*conv_bn(i, o, 1, groups))
            if i == o and stride == 1:
                count.branches(nn.BatchNorm2d(i))
            count.deployed(nn.Conv2d(i, o, k, groups=groups))

        block(3, channels, 3, 2, 1, 1)
        # MobileOne, tables 2 and 3: blocks and channels a stage for S0, four branches each.
        for pairs, width in [(2, 48), (8, 128), (10, 256), (1, 1024)]:
            for pair in range(pairs):
                block(channels, channels, 3, 2 if pair == 0 else 1, channels, 4)
                block(channels, width, 1, 1, 1, 4)
                channels = width
        count.both(nn.Linear(channels, 1000))
        return count

    def dbb_res_net18() -> Count:
        count = Count()

        def plain(i: int, o: int, k: int) -> None:
            count.branches(*conv_bn(i, o, k))
            count.deployed(nn.Conv2d(i, o, k))

        def diverse(i: int, o: int) -> None:
            # DBB, figure 1: 3x3; 1x1; 1x1, 3x3 with as many channels between as in front; 1x1, average pool; a norm after each of them.
            # The first 1x1 of the third branch is learned as its difference from the identity, which counts the same.
            count.branches(*conv_bn(i, o, 3), *conv_bn(i, o, 1))
            count.branches(*conv_bn(i, i, 1), *conv_bn(i, o, 3))
            count.branches(*conv_bn(i, o, 1), nn.BatchNorm2d(o))
            count.deployed(nn.Conv2d(i, o, 3))

        plain(3, 64, 7)
        channels = 64
        # ResNet, table 1: two blocks of two 3x3 a stage.
        for width in [64, 128, 256, 512]:
            if width != channels:
                plain(channels, width, 1)
            diverse(channels, width)
            for _ in range(3):
                diverse(width, width)
            channels = width
        count.both(nn.Linear(512, 1000))
        return count

    def ecbsr_m4c16(upscale: int) -> Count:
        count = Count()
        # ECBSR, section 3: a head, 4 blocks of 16 channels and a tail that gives the pixels of one; slopes behind all but the last.
        widths = [1, 16, 16, 16, 16, 16, upscale**2]
        for i, o in zip(widths, widths[1:]):
            # 3x3; 1x1 to twice as many, 3x3; for each of three filters 1x1, a scale and a bias a channel.
            count.branches(nn.Conv2d(i, o, 3), nn.Conv2d(i, 2 * o, 1), nn.Conv2d(2 * o, o, 3))
            for _ in range(3):
                count.branches(nn.Conv2d(i, o, 1), nn.Conv2d(o, o, 1, groups=o))
            count.deployed(nn.Conv2d(i, o, 3))
        for _ in range(5):
            count.both(nn.PReLU(16))
        return count

    counts = {
        "RepVGG-A0": rep_vgg_a0(),
        "MobileOne-S0": mobile_one_s0(),
        "DBB-ResNet-18": dbb_res_net18(),
        "ECBSR-M4C16, x4": ecbsr_m4c16(4),
        "ECBSR-M4C16, x2": ecbsr_m4c16(2),
    }
    return [{"name": name, "before": count.before, "after": count.after} for name, count in counts.items()]


def repr_cases() -> list:
    """Modules as text; the tests build the same by the same names."""
    conv, bn, pool = nn.Conv2d, nn.BatchNorm2d, nn.AvgPool2d
    modules = {
        "identity": nn.Identity(),
        "relu": nn.ReLU(),
        "pool": pool(2),
        "pool with options": pool((2, 3), stride=(1, 2), padding=(1, 0), ceil_mode=True),
        "adaptive pool": nn.AdaptiveAvgPool2d(1),
        "adaptive pool to two sizes": nn.AdaptiveAvgPool2d((3, 2)),
        "batch norm of vectors": nn.BatchNorm1d(7, eps=1e-3),
        "flatten": nn.Flatten(),
        "max pool": nn.MaxPool2d((3, 2), stride=2, padding=1),
        "slopes": nn.PReLU(3),
        "shuffle": nn.PixelShuffle(2),
        "gate": nn.Sigmoid(),
        "empty": nn.Sequential(),
        "nested": nn.Sequential(conv(3, 4, 3, bias=False), nn.Sequential(bn(4), nn.ReLU()), nn.Linear(4, 2)),
    }
    return [{"name": name, "text": str(module)} for name, module in modules.items()]


def random_cases() -> list:
    """Each case is one seed and the draws after it, in order; the kinds and arguments are the functions' names."""
    init = nn.init
    draws = {
        "rand": lambda shape: torch.rand(shape),
        "randn": lambda shape: torch.randn(shape),
        "normal": lambda shape, mean, std: torch.empty(shape).normal_(mean, std),
        "uniform": lambda shape, low, high: torch.empty(shape).uniform_(low, high),
        "randint": lambda low, high, shape: torch.randint(low, high, shape),
        "randperm": lambda n: torch.randperm(n),
        "kaimingUniform": lambda shape, o: init.kaiming_uniform_(torch.empty(shape), **o),
        "kaimingNormal": lambda shape, o: init.kaiming_normal_(torch.empty(shape), **o),
        "xavierUniform": lambda shape, gain: init.xavier_uniform_(torch.empty(shape), gain),
        "xavierNormal": lambda shape, gain: init.xavier_normal_(torch.empty(shape), gain),
    }
    weight = [6, 3, 3, 2]
    # Few, many, and numbers of values that 16 does not divide; the spare normal value crosses every other draw.
    script = [
        ("rand", [[5]]), ("randn", [[3]]), ("rand", [[2, 3]]), ("randn", [[16]]), ("randn", [[1]]), ("randn", [[15]]),
        ("randn", [[17]]), ("randn", [[2, 3, 5, 7]]), ("randn", [[5, 3]]), ("normal", [[7], 0.5, 2.0]),
        ("normal", [[37], 0.3, 0.02]), ("normal", [[48], -1.0, 0.1]), ("uniform", [[9], -1.0, 1.0]),
        ("uniform", [[400], 1.0, 1.000002]), ("uniform", [[50], -3.7, 1000.1]), ("randint", [0, 10, [20]]),
        ("randint", [-1000, 7, [3, 3]]), ("randint", [-(2**24), 2**24, [50]]), ("randperm", [1]), ("randperm", [17]),
        ("randperm", [1000]), ("kaimingUniform", [weight, {}]),
        ("kaimingUniform", [weight, {"a": 0.2, "mode": "fan_out"}]),
        ("kaimingNormal", [weight, {"nonlinearity": "relu"}]), ("kaimingNormal", [[9, 2], {"nonlinearity": "tanh"}]),
        ("kaimingNormal", [weight, {"nonlinearity": "selu", "mode": "fan_out"}]), ("xavierUniform", [weight, 1.0]),
        ("xavierUniform", [[4, 5], 2.5]), ("xavierNormal", [weight, 0.7]), ("xavierNormal", [[3, 2], 1.0]), ("randn", [[2]]),
    ]  # fmt: skip
    cases = []
    for seed in [0, 1, 42, -1, -(2**33) - 7, 2**40 + 3, 2**53 - 1, 123456789]:
        torch.manual_seed(seed)
        results = [{"call": name, "args": args} | bits(draws[name](*args)) for name, args in script]
        cases.append({"seed": seed, "draws": results})
    torch.manual_seed(3)
    long = [("randn", [[100003]]), ("rand", [[100001]]), ("randperm", [40000])]
    cases.append({"seed": 3, "draws": [{"call": n, "args": a} | bits(draws[n](*a)) for n, a in long]})
    return cases


if __name__ == "__main__":
    assert torch.__version__.startswith("2.13.0"), torch.__version__
    torch.set_num_threads(1)
    # That "same" may copy the input is no news.
    warnings.simplefilter("ignore", UserWarning)
    write("conv2d", conv2d_cases())
    write("pad", pad_cases())
    write("linear", linear_cases())
    write("batch-norm", batch_norm_cases())
    write("avg-pool2d", avg_pool2d_cases())
    write("adaptive-avg-pool2d", adaptive_avg_pool2d_cases())
    write("elementwise", elementwise_cases())
    write("format", format_cases())
    write("layers", layer_cases())
    write("layer-outputs", layer_output_cases())
    write("networks", network_cases())
    write("repr", repr_cases())
    write("random", random_cases())
    # The algebra's formulas and checkpoint files, the published blocks, convolutions of every rank, and layers.
    runpy.run_path(str(HERE / "fuse_cases.py"))
    runpy.run_path(str(HERE / "block_cases.py"), run_name="__main__")
    runpy.run_path(str(HERE / "deployed_cases.py"), run_name="__main__")
    runpy.run_path(str(HERE / "rank_cases.py"))
    runpy.run_path(str(HERE / "layer_cases.py"))
