"""Goldens for layers: run `python layer_cases.py` in the environment of requirements.txt.

layer-ranks.json: convolutions of ranks 1 and 3, transposed ones and norms, several after each seed: what they print, and hashes of what they
draw. layer-results.json: what pools of every rank and the activations, norms and upsamplings of published networks print, and give for x drawn
from the seed of the case, times 3, computed in float64 and rounded once; tensors of a norm are drawn after x, in the order of their names, a
variance as the square plus a half.
"""

import base64
import hashlib
import json
import pathlib
import random

import torch
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).parent
NAMES = {
    "stride": "stride", "padding": "padding", "dilation": "dilation", "groups": "groups", "bias": "bias",
    "outputPadding": "output_padding", "paddingMode": "padding_mode", "eps": "eps", "affine": "affine",
    "ceilMode": "ceil_mode", "countIncludePad": "count_include_pad", "divisorOverride": "divisor_override",
    "scaleFactor": "scale_factor", "mode": "mode", "alignCorners": "align_corners", "elementwiseAffine": "elementwise_affine",
    "size": "size", "approximate": "approximate",
}


def python(value):
    return tuple(value) if isinstance(value, list) else value


def write(name: str, cases: list) -> None:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{name}: {len(cases)} cases")


def made(kind: str, args: list, options: dict) -> nn.Module:
    return getattr(nn, kind)(*[python(a) for a in args], **{NAMES[k]: python(v) for k, v in options.items()})


def drawn_layer(draw: random.Random) -> tuple:
    kind = draw.choice(["Conv1d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "BatchNorm1d", "BatchNorm3d"])
    if kind.startswith("BatchNorm"):
        return kind, [draw.randint(1, 9)], {"eps": draw.choice([1e-5, 1e-3]), "affine": draw.random() < 0.7}
    rank = int(kind[-2])
    numbers = lambda choices: draw.choice([draw.choice(choices), [draw.choice(choices) for _ in range(rank)]])
    groups = draw.choice([1, 1, 2, 4])
    args = [groups * draw.randint(1, 5), groups * draw.randint(1, 6), numbers([1, 2, 3, 5])]
    options = {"stride": numbers([1, 2, 3]), "dilation": numbers([1, 1, 2]), "groups": groups, "bias": draw.random() < 0.75}
    if "Transpose" in kind:
        options |= {"padding": numbers([0, 1, 2]), "outputPadding": 0, "stride": numbers([2, 3])}
        options["outputPadding"] = numbers([0, 1])
    else:
        options |= {"padding": draw.choice([0, numbers([0, 1, 2]), "valid"]), "paddingMode": draw.choice(["zeros", "reflect", "replicate", "circular"])}
        if draw.random() < 0.2:
            options |= {"padding": "same", "stride": 1}
    return kind, args, options


def rank_cases() -> list:
    draw = random.Random(41)
    cases = []
    for seed in [0, 1, 2, -1, 2**32 + 5, 99, 7, 8, 9, 10, 11, 12]:
        torch.manual_seed(seed)
        layers = []
        for _ in range(6):
            kind, args, options = drawn_layer(draw)
            layer = made(kind, args, options)
            tensors = {n: {"shape": list(t.shape), "sha256": hashlib.sha256(t.detach().numpy().tobytes()).hexdigest()} for n, t in layer.named_parameters()}
            layers.append({"kind": kind, "args": args, "options": options, "repr": str(layer), "tensors": tensors})
        cases.append({"seed": seed, "layers": layers})
    return cases


class LayerNorm2d(nn.LayerNorm):
    """As torchvision's ConvNeXt has it."""

    def forward(self, x):
        return F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


nn.LayerNorm2d = LayerNorm2d


def result_cases() -> list:
    draw = random.Random(42)
    cases = []

    def case(kind: str, args: list, options: dict, shape: list) -> None:
        seed = len(cases)
        layer = made(kind, args, options).double().eval()
        torch.manual_seed(seed)
        x = 3 * torch.randn(shape)
        with torch.no_grad():
            for name, value in layer.state_dict().items():
                if value.dtype.is_floating_point:
                    numbers = torch.randn(value.shape)
                    value.copy_(numbers * numbers + 0.5 if name == "running_var" else numbers)
            y = layer(x.double())
        data = base64.b64encode(y.to(torch.float32).contiguous().numpy().tobytes()).decode()
        cases.append({"seed": seed, "kind": kind, "args": args, "options": options, "repr": str(layer), "x": shape, "y": list(y.shape), "data": data})

    def image(rank: int, low: int) -> list:
        return draw.choice([[], [2]]) + [draw.randint(1, 3)] + [draw.randint(low, low + [9, 5, 3][rank - 1]) for _ in range(rank)]

    for rank in [1, 2, 3] * 8:
        kernel = draw.choice([2, 3, [draw.randint(1, 3) for _ in range(rank)]])
        least = [kernel] * rank if isinstance(kernel, int) else kernel
        common = {"stride": draw.choice([1, 2, [draw.randint(1, 3) for _ in range(rank)]]), "ceilMode": draw.random() < 0.5}
        common |= {"padding": [draw.randint(0, k // 2) for k in least]} if draw.random() < 0.6 else {}
        average = common | {"countIncludePad": draw.random() < 0.5}
        if rank > 1 and draw.random() < 0.3:
            average |= {"divisorOverride": draw.choice([2, 5])}
        case(f"AvgPool{rank}d", [kernel], average, image(rank, 4))
        case(f"MaxPool{rank}d", [kernel], common | {"dilation": draw.choice([1, 2])}, image(rank, 6))
        size = draw.choice([1, 3, [draw.randint(1, 5) for _ in range(rank)]])
        case(f"AdaptiveAvgPool{rank}d", [size if rank > 1 or isinstance(size, int) else size[0]], {}, image(rank, 2))
    for kind, args in [("SiLU", []), ("ReLU6", []), ("Hardswish", []), ("Hardsigmoid", []), ("LeakyReLU", []), ("LeakyReLU", [0.2]), ("Dropout", [0.2]), ("Dropout", [])]:
        case(kind, args, {}, [3, 40])
    for options, shape in [
        ({"scaleFactor": 2}, [1, 2, 3, 4]),
        ({"scaleFactor": [3, 2], "mode": "nearest"}, [2, 4, 5]),
        ({"scaleFactor": [3]}, [1, 2, 5]),
        ({"scaleFactor": [2, 1, 3]}, [1, 2, 2, 3, 4]),
        ({"scaleFactor": 2, "mode": "bilinear"}, [1, 2, 3, 4]),
        ({"scaleFactor": [3, 4], "mode": "bilinear"}, [2, 2, 5, 4]),
        ({"scaleFactor": [2, 3], "mode": "bilinear", "alignCorners": True}, [1, 3, 4, 5]),
        ({"scaleFactor": 4, "mode": "bilinear", "alignCorners": True}, [1, 1, 1, 3]),
    ]:
        # torch.nn.functional.interpolate wants a batch.
        case("Upsample", [], options, shape if len(shape) > 3 or len(shape) - 2 == len(python(options["scaleFactor"])) else [1, *shape])
    case("LayerNorm", [5], {}, [2, 3, 5])
    case("LayerNorm", [[3, 5]], {"eps": 1e-3}, [2, 3, 5])
    case("LayerNorm", [6], {"bias": False}, [4, 6])
    case("LayerNorm", [6], {"elementwiseAffine": False}, [6])
    case("LayerNorm2d", [5], {"eps": 1e-6}, [2, 5, 3, 4])
    case("BatchNorm1d", [4], {}, [3, 4])
    case("BatchNorm1d", [4], {"eps": 1e-3}, [3, 4, 5])
    case("BatchNorm3d", [3], {}, [2, 3, 2, 4, 3])
    for options, shape in [
        ({"scaleFactor": 2}, [2, 3, 4]),
        ({"scaleFactor": 3}, [1, 2, 2, 3, 4]),
        ({"size": 5}, [1, 2, 3, 4]),
        ({"size": [5, 3], "mode": "bilinear"}, [2, 2, 3, 4]),
        ({"size": 7, "mode": "bilinear", "alignCorners": True}, [1, 2, 3, 4]),
        ({"scaleFactor": 2.5, "mode": "linear"}, [2, 3, 5]),
        ({"scaleFactor": [3], "mode": "linear", "alignCorners": True}, [2, 3, 5]),
        ({"scaleFactor": [2, 1.5, 3], "mode": "trilinear"}, [1, 2, 2, 3, 4]),
        ({"scaleFactor": 2, "mode": "trilinear", "alignCorners": True}, [1, 2, 2, 3, 4]),
        ({"scaleFactor": [0.5, 1.3]}, [1, 2, 5, 7]),
        ({"scaleFactor": [1.3, 2.1]}, [1, 2, 3, 9]),
        ({"scaleFactor": [2.1]}, [1, 2, 9]),
        ({"scaleFactor": [1.3]}, [1, 2, 3]),
        ({"scaleFactor": [1.3, 2.5], "mode": "bilinear"}, [1, 2, 3, 4]),
    ]:
        case("Upsample", [], options, shape)
    case("AdaptiveAvgPool2d", [[None, 2]], {}, [2, 3, 4, 5])
    case("AdaptiveAvgPool2d", [[3, None]], {}, [3, 4, 5])
    case("AdaptiveAvgPool3d", [[None, 2, None]], {}, [2, 3, 4, 5, 3])
    for kind, args, options in [
        ("GELU", [], {}), ("GELU", [], {"approximate": "tanh"}), ("ELU", [], {}), ("ELU", [0.3], {}), ("Softplus", [], {}), ("Mish", [], {}), ("Tanh", [], {}),
    ]:
        case(kind, args, options, [3, 40])
    case("PReLU", [], {}, [2, 3, 4])
    case("PReLU", [3], {}, [2, 3, 4, 5])
    case("PixelShuffle", [2], {}, [2, 8, 3, 5])
    case("PixelShuffle", [3], {}, [9, 2, 3])
    return cases


torch.set_num_threads(1)
write("layer-ranks", rank_cases())
write("layer-results", result_cases())
