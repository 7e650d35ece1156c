"""PyTorch's side of the comparison: answers batches of cases on stdin with results on stdout until stdin ends.

A frame is a little-endian uint32, so many bytes of JSON, and the float32 payload whose length the JSON gives. See peer.mjs.
"""

import json
import struct
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FLOAT_MAX = float(np.finfo(np.float32).max)
# Where the magnitudes overflow, the order of summation decides: nothing can be compared.
UNDECIDED = -1.0


def pair(value):
    return tuple(value) if isinstance(value, list) else value


def conv2d(case, x, weight, bias):
    options = case["options"]
    mode = options.get("paddingMode", "zeros")
    padding = options.get("padding", 0)
    stride, dilation = pair(options.get("stride", 1)), pair(options.get("dilation", 1))
    groups = options.get("groups", 1)
    if isinstance(padding, list) and any(isinstance(side, list) for side in padding):
        # torch.nn.functional.conv2d has no asymmetric padding: pad first.
        (top, bottom), (left, right) = padding
        if min(top, bottom, left, right) < 0:
            raise ValueError("negative padding")
        x = F.pad(x, [left, right, top, bottom], mode="constant" if mode == "zeros" else mode)
        return F.conv2d(x, weight, bias, stride, 0, dilation, groups)
    if not case["layer"]:
        return F.conv2d(x, weight, bias, stride, pair(padding), dilation, groups)
    # On the meta device a layer draws no initial weights; it checks and pads like any other.
    layer = nn.Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride,
        pair(padding),
        dilation,
        groups,
        padding_mode=mode,
        device="meta",
    )
    return layer._conv_forward(x, weight, bias)


def numbers(value, rank):
    return [value] * rank if isinstance(value, (int, float)) else value


def conv_rank(case, x, weight, bias=None):
    """conv1d and conv3d: the layer where it has such a padding, else padded first."""
    options, rank = case["options"], case["rank"]
    mode, padding = options.get("paddingMode", "zeros"), options.get("padding", 0)
    stride, dilation = pair(options.get("stride", 1)), pair(options.get("dilation", 1))
    groups = options.get("groups", 1)
    run = [F.conv1d, None, F.conv3d][rank - 1]
    sides = isinstance(padding, list) and any(isinstance(side, list) for side in padding)
    if mode == "zeros" and not sides:
        return run(x, weight, bias, stride, pair(padding), dilation, groups)
    if padding == "valid":
        padding = 0
    if padding == "same":
        spans = [d * (k - 1) for d, k in zip(numbers(options.get("dilation", 1), rank), weight.shape[2:])]
        padding = [[span // 2, span - span // 2] for span in spans]
        if any(n != 1 for n in numbers(options.get("stride", 1), rank)):
            raise ValueError("same padding with a stride")
    both = [side if isinstance(side, list) else [side, side] for side in numbers(padding, rank)]
    if len(both) != rank or min(n for side in both for n in side) < 0:
        raise ValueError("padding")
    amounts = [n for side in reversed(both) for n in side]
    x = F.pad(x, amounts, mode="constant" if mode == "zeros" else mode) if any(amounts) else x
    return run(x, weight, bias, stride, 0, dilation, groups)


def conv_transpose(case, x, weight, bias=None):
    o, rank = case["options"], case["rank"]
    run = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    given = [pair(o.get(name, 1 if name == "stride" else 0)) for name in ["stride", "padding", "outputPadding"]]
    return run(x, weight, bias, *given, o.get("groups", 1), pair(o.get("dilation", 1)))


def batch_norm(case, x, *vectors):
    o = case["options"]
    names = dict(zip(case["vectors"], vectors))
    return F.batch_norm(
        x,
        names.get("runningMean"),
        names.get("runningVar"),
        names.get("weight"),
        names.get("bias"),
        training=o["training"],
        eps=o["eps"],
    )


def avg_pool(case, x):
    o, rank = case["options"], int(case["op"][-2])
    run = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][rank - 1]
    given = [pair(case["kernelSize"]), pair(o.get("stride")), pair(o.get("padding", 0))]
    more = [o["divisorOverride"]] if "divisorOverride" in o else []
    return run(x, *given, o.get("ceilMode", False), o.get("countIncludePad", True), *more)


def max_pool(case, x):
    o, rank = case["options"], int(case["op"][-2])
    run = [F.max_pool1d, F.max_pool2d, F.max_pool3d][rank - 1]
    given = [pair(o.get("stride")), pair(o.get("padding", 0)), pair(o.get("dilation", 1))]
    return run(x, pair(case["kernelSize"]), *given, ceil_mode=o.get("ceilMode", False))


def adaptive_avg_pool(case, x):
    rank = int(case["op"][-2])
    run = [F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d][rank - 1]
    size = case["outputSize"]
    # None alone is for every axis; the functions take it in a list only.
    return run(x, (None,) * rank if size is None else pair(size))


def upsample(case, x):
    o = case["options"]
    given = {"mode": o.get("mode", "nearest"), "size": pair(o.get("size")), "scale_factor": pair(o.get("scaleFactor"))}
    if "alignCorners" in o:
        given["align_corners"] = o["alignCorners"]
    return F.interpolate(x, **given)


def of_each(case, x):
    args = [value for arg in case["args"] for value in (arg.values() if isinstance(arg, dict) else [arg])]
    return getattr(nn, case["layer"])(*args)(x)


def layer_norm(case, x, *vectors):
    names = dict(zip(case["vectors"], vectors))
    return F.layer_norm(x, case["normalized"], names.get("weight"), names.get("bias"), case["options"]["eps"])


def pad(case, x):
    o = case["options"]
    return F.pad(x, case["amounts"], mode=o.get("mode", "constant"), value=o.get("value"))


RUN = {
    "conv2d": conv2d,
    "conv1d": conv_rank,
    "conv3d": conv_rank,
    "convTranspose1d": conv_transpose,
    "convTranspose2d": conv_transpose,
    "convTranspose3d": conv_transpose,
    "linear": lambda case, x, weight, bias=None: F.linear(x, weight, bias),
    "batchNorm": batch_norm,
    **{f"avgPool{rank}d": avg_pool for rank in (1, 2, 3)},
    **{f"maxPool{rank}d": max_pool for rank in (1, 2, 3)},
    **{f"adaptiveAvgPool{rank}d": adaptive_avg_pool for rank in (1, 2, 3)},
    "upsample": upsample,
    "map": of_each,
    "layerNorm": layer_norm,
    "prelu": lambda case, x, weight: F.prelu(x, weight),
    "pixelShuffle": lambda case, x: F.pixel_shuffle(x, case["factor"]),
    "pad": pad,
    "relu": lambda case, x: F.relu(x),
    "add": lambda case, a, b: a + b,
    "mul": lambda case, a, b: a * b,
    "cat": lambda case, *xs: torch.cat(xs, dim=case["axis"]),
}


def magnitude(case, tensors):
    """The sum of the absolute values of everything that is added up, for each output, in float64."""
    doubles = [t.double() for t in tensors]
    if case["op"] == "batchNorm":
        x, *vectors = doubles
        names = dict(zip(case["vectors"], vectors))
        shape = [1, -1] + [1] * (x.dim() - 2)
        axes = [axis for axis in range(x.dim()) if axis != 1]
        training = case["options"]["training"]
        mean = x.mean(axes) if training else names["runningMean"]
        var = x.var(axes, correction=0) if training else names["runningVar"]
        alpha = names.get("weight", torch.ones_like(mean)) / (var + case["options"]["eps"]).sqrt()
        bias = names.get("bias", torch.zeros_like(mean))
        return (x.abs() + mean.abs().view(shape)) * alpha.abs().view(shape) + bias.abs().view(shape)
    if case["op"] == "layerNorm":
        x, *vectors = doubles
        names = dict(zip(case["vectors"], vectors))
        axes = list(range(x.dim() - len(case["normalized"]), x.dim()))
        mean, var = x.mean(axes, keepdim=True), x.var(axes, correction=0, keepdim=True)
        alpha = names.get("weight", torch.ones(case["normalized"])).abs() / (var + case["options"]["eps"]).sqrt()
        return (x.abs() + mean.abs()) * alpha + names.get("bias", torch.zeros(case["normalized"])).abs()
    absolute = [t.abs() for t in doubles]
    if case["op"] == "map":
        # PyTorch computes some as x times a difference; and exp, whose tail is a sum with 1.
        return doubles[0].abs() + RUN["map"](case, doubles[0]).abs()
    if case["op"] == "upsample":
        # A share is off by a part of the whole axis, so that any pixel nearby counts.
        spatial = list(range(2, doubles[0].dim()))
        return absolute[0].amax(spatial, keepdim=True).expand_as(RUN["upsample"](case, doubles[0]))
    if case["op"] == "conv2d" and len(absolute) == 2:
        absolute.append(None)
    return RUN[case["op"]](case, *absolute).abs()


def tile_magnitude(case, tensors):
    """The magnitude with, for each tap, the largest value of the channel within 5 pixels: what Winograd's tiles mix.

    None where that algorithm does not apply: it needs a 3x3 kernel, stride 1, no dilation, no groups.
    """
    if case["op"].startswith("conv") and case.get("rank", 1) > 1:
        return tile_magnitude_of_rank(case, tensors)
    if case["op"] != "conv2d" or tensors[1].shape[2:] != (3, 3):
        return None
    options = case["options"]
    if options.get("groups", 1) != 1:
        return None
    if pair(options.get("stride", 1)) not in (1, (1, 1)) or pair(options.get("dilation", 1)) not in (1, (1, 1)):
        return None
    padding, mode = options.get("padding", 0), options.get("paddingMode", "zeros")
    if isinstance(padding, str):
        padding = 1 if padding == "same" else 0
    rows, columns = padding if isinstance(padding, list) else (padding, padding)
    both = lambda side: side if isinstance(side, list) else [side, side]
    amounts = [*both(columns), *both(rows)]
    x, weight, *bias = [t.double().abs() for t in tensors]
    padded = F.pad(x, amounts, mode="constant" if mode == "zeros" else mode)
    return F.conv2d(F.max_pool2d(padded, 11, stride=1, padding=5), weight, bias[0] if bias else None)


def tile_magnitude_of_rank(case, tensors):
    """The same for volumes, image by image, and for transposed convolutions, whose kernels the engine turns round."""
    options, rank = case["options"], case["rank"]
    if tensors[1].shape[-2:] != (3, 3) or options.get("groups", 1) != 1:
        return None
    if any(numbers(options.get(name, 1), rank)[-2:] != [1, 1] for name in ["stride", "dilation"]):
        return None
    x, weight, *bias = [t.double().abs() for t in tensors]
    near = lambda padded: F.max_pool3d(padded, (1, 11, 11), stride=1, padding=(0, 5, 5)) if rank == 3 else F.max_pool2d(padded, 11, stride=1, padding=5)
    if case["op"].startswith("convTranspose"):
        padding = numbers(options.get("padding", 0), rank)
        wider = [*padding[:-2], padding[-2] + 5, padding[-1] + 5]
        moved = {**case, "options": {**options, "padding": wider}}
        return conv_transpose(moved, near(F.pad(x, [5, 5, 5, 5])), weight, *bias)
    # The border first, then what is near, as the engine has it.
    padding, mode = options.get("padding", 0), options.get("paddingMode", "zeros")
    if isinstance(padding, str):
        spans = [d * (k - 1) for d, k in zip(numbers(options.get("dilation", 1), rank), weight.shape[2:])]
        padding = [[0, 0]] * rank if padding == "valid" else [[span // 2, span - span // 2] for span in spans]
    both = [side if isinstance(side, list) else [side, side] for side in numbers(padding, rank)]
    amounts = [n for side in reversed(both) for n in side]
    padded = F.pad(x, amounts, mode="constant" if mode == "zeros" else mode)
    plain = {**case, "options": {**options, "padding": 0, "paddingMode": "zeros"}}
    return conv_rank(plain, near(padded), weight, *bias)


def outcome(case, tensors):
    """(header, arrays): the float32 result, and for rounded operations the float64 result and the magnitudes."""
    arguments = tensors + [None] if case["op"] == "conv2d" and len(tensors) == 2 else tensors
    try:
        y = RUN[case["op"]](case, *arguments)
    except Exception as error:  # noqa: BLE001: whatever PyTorch raises is a refusal
        return {"refused": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}, []
    arrays = [y.contiguous().numpy()]
    if case["rounded"]:
        try:
            exact = RUN[case["op"]](case, *[t if t is None else t.double() for t in arguments])
        except RuntimeError as error:
            # An output without pixels, which PyTorch's loops for float64 notice and those for float32 do not.
            return {"refused": f"RuntimeError: {str(error).splitlines()[0]}"}, []
        try:
            sums = magnitude(case, tensors) if y.numel() > 0 else exact
        except RuntimeError:
            # Shapes that do not fit, which PyTorch did not notice: there is nothing to compare with.
            sums = torch.full_like(exact, UNDECIDED)
        sums = torch.where(sums.isfinite() & (sums > FLOAT_MAX / 2), UNDECIDED, sums)
        arrays += [exact.float().contiguous().numpy(), sums.float().contiguous().numpy()]
        tiles = tile_magnitude(case, tensors) if y.numel() > 0 else None
        if tiles is not None:
            return {"shape": list(y.shape), "tiled": True}, [*arrays, tiles.float().contiguous().numpy()]
    return {"shape": list(y.shape)}, arrays


def read(stream):
    size = stream.read(4)
    if len(size) < 4:
        return None
    header = json.loads(stream.read(struct.unpack("<I", size)[0]))
    # A copy of each tensor: PyTorch wants memory that it may write to.
    payload = np.frombuffer(stream.read(header["bytes"]), dtype="<f4").copy()
    return header["cases"], payload


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while (batch := read(stdin)) is not None:
        cases, payload = batch
        headers, chunks, at = [], [], 0
        for case in cases:
            tensors = []
            for shape in case["shapes"]:
                size = int(np.prod(shape, dtype=np.int64))
                tensors.append(torch.from_numpy(payload[at : at + size]).reshape(shape))
                at += size
            header, arrays = outcome(case, tensors)
            headers.append(header)
            chunks += [array.astype("<f4", copy=False).tobytes() for array in arrays]
        body = b"".join(chunks)
        head = json.dumps({"version": torch.__version__, "bytes": len(body), "results": headers}).encode()
        stdout.write(struct.pack("<I", len(head)) + head + body)
        stdout.flush()


if __name__ == "__main__":
    main()
