"""Goldens for convolutions of ranks 1 to 3, ordinary and transposed: run `python rank_cases.py` in the environment of requirements.txt.

x, weight and bias are drawn from the seed of the case, in this order. Outputs are computed in float64 and rounded once.
"""

import base64
import json
import pathlib
import random

import torch
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).parent
MODES = ["zeros", "zeros", "reflect", "replicate", "circular"]


def encode(y: torch.Tensor) -> str:
    return base64.b64encode(y.detach().to(torch.float32).contiguous().numpy().tobytes()).decode()


def short(draw: random.Random, values: list):
    """One number where all are equal, half of the time."""
    return values[0] if len(set(values)) == 1 and draw.random() < 0.5 else values


def ordinary(draw: random.Random, rank: int) -> tuple:
    groups = draw.choice([1, 1, 2, 3])
    group_in = draw.randint(1, 3)
    kernel = [draw.randint(1, 4) for _ in range(rank)]
    form = draw.choice(["none", "numbers", "sides", "same", "valid"])
    stride = [1] * rank if form == "same" else [draw.choice([1, 1, 2, 3]) for _ in range(rank)]
    dilation = [draw.choice([1, 1, 2, 3]) for _ in range(rank)]
    mode = draw.choice(MODES)
    span = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    numbers = [draw.randint(0, 2) for _ in range(rank)]
    sides = {
        "none": [[0, 0]] * rank,
        "valid": [[0, 0]] * rank,
        "numbers": [[n, n] for n in numbers],
        "sides": [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(rank)],
        "same": [[(s - 1) // 2, s - 1 - (s - 1) // 2] for s in span],
    }[form]
    size = [max(draw.randint(1, [12, 7, 4][rank - 1]), max(b, a) + 1, s - b - a) for (b, a), s in zip(sides, span)]
    options = {"stride": short(draw, stride), "dilation": short(draw, dilation), "groups": groups, "paddingMode": mode}
    if form != "none":
        options["padding"] = {"same": "same", "valid": "valid", "numbers": short(draw, numbers), "sides": sides}[form]
    weight = [groups * draw.randint(1, 3), group_in, *kernel]

    def compute(x, w, b):
        layer = [nn.Conv1d, nn.Conv2d, nn.Conv3d][rank - 1]
        padding, own = options.get("padding", 0), mode
        if form == "sides":
            # torch.nn has no asymmetric padding: that pads first.
            flat = [n for side in reversed(sides) for n in side]
            x = F.pad(x, flat, mode="constant" if mode == "zeros" else mode)
            padding, own = 0, "zeros"
        c = layer(
            group_in * groups, weight[0], kernel, stride=stride, padding=padding, dilation=dilation, groups=groups,
            bias=b is not None, padding_mode=own, dtype=torch.float64,
        )
        with torch.no_grad():
            c.weight.copy_(w)
            if b is not None:
                c.bias.copy_(b)
            return c(x)

    return [group_in * groups, *size], weight, weight[0], options, compute


def transposed(draw: random.Random, rank: int) -> tuple:
    groups = draw.choice([1, 1, 2, 3])
    group_out = draw.randint(1, 3)
    channels = groups * draw.randint(1, 3)
    while True:
        kernel = [draw.randint(1, 5 if rank < 3 else 4) for _ in range(rank)]
        stride = [draw.choice([1, 2, 2, 3, 4]) for _ in range(rank)]
        dilation = [draw.choice([1, 1, 2, 3]) for _ in range(rank)]
        padding = [draw.choice([0, 0, 1, 2, 4]) for _ in range(rank)]
        more = [draw.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation)]
        size = [draw.randint(1, [8, 4, 2][rank - 1]) for _ in range(rank)]
        out = [(n - 1) * s - 2 * p + d * (k - 1) + o + 1 for n, s, p, d, k, o in zip(size, stride, padding, dilation, kernel, more)]
        if min(out) >= 1:
            break
    weight = [channels, group_out, *kernel]
    options = {
        "stride": short(draw, stride), "padding": short(draw, padding), "outputPadding": short(draw, more),
        "dilation": short(draw, dilation), "groups": groups,
    }

    def compute(x, w, b):
        run = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
        return run(x, w, b, stride, padding, more, groups, dilation)

    return [channels, *size], weight, groups * group_out, options, compute


def cases() -> list:
    draw = random.Random(31)
    found = []
    for seed in range(300):
        rank = seed % 3 + 1
        make = transposed if seed % 2 else ordinary
        x, weight, out_channels, options, compute = make(draw, rank)
        batch = draw.choice([None, 0, 1, 2]) if seed % 20 == 0 and make is transposed else draw.choice([None, 1, 2, 3])
        shape = ([] if batch is None else [batch]) + x
        bias = draw.random() < 0.6
        torch.manual_seed(seed)
        tensors = [torch.randn(shape), torch.randn(weight), torch.randn(out_channels) if bias else None]
        y = compute(*[None if t is None else t.double() for t in tensors])
        op = f"conv{'Transpose' if make is transposed else ''}{rank}d"
        found.append({"seed": seed, "op": op, "x": shape, "weight": weight, "bias": out_channels if bias else 0, "options": options, "y": list(y.shape), "data": encode(y)})
    return found


torch.set_num_threads(1)
found = cases()
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in found)
(here / "conv-ranks.json").write_text(f"[\n{lines}\n]\n")
print(f"conv-ranks: {len(found)} cases")
