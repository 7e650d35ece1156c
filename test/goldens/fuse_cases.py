"""Goldens for fusing and for checkpoints: run `python fuse_cases.py` in the environment of requirements.txt.

Every transform of the algebra is written down once more here, in NumPy and from its paper's formula, and its result is checked
against PyTorch's own layers before it is saved, in float64. The checkpoint files are what PyTorch, safetensors and NumPy write.
"""

import base64
import io
import json
import pathlib

import numpy as np
import safetensors.torch
import torch
from torch.nn import functional as F

here = pathlib.Path(__file__).parent
random = np.random.default_rng(20240)


def draw(*shape):
    """Numbers with few bits, so that they are short in the file and exact in every precision."""
    return np.round(random.normal(size=shape) * 64) / 64


def flat(array):
    return [float(value) for value in np.asarray(array, dtype=np.float64).reshape(-1)]


def apply(x, weight, bias, **options):
    return F.conv2d(torch.tensor(x), torch.tensor(weight), None if bias is None else torch.tensor(bias), **options).numpy()


def kernel(weight, bias, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1, mode="zeros"):
    return {
        "shape": list(weight.shape),
        "weight": flat(weight),
        "bias": None if bias is None else flat(bias),
        "stride": list(stride),
        "padding": [list(side) for side in padding],
        "dilation": list(dilation),
        "groups": groups,
        **({"paddingMode": mode} if mode != "zeros" else {}),
    }


NUMPY_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
TORCH_PADS = {"zeros": torch.nn.ZeroPad2d, "reflect": torch.nn.ReflectionPad2d, "replicate": torch.nn.ReplicationPad2d, "circular": torch.nn.CircularPad2d}


def pad(x, padding, mode="zeros"):
    return np.pad(x, ((0, 0), (0, 0), *padding), mode=NUMPY_MODES[mode])


cases = []


def case(name, inputs, options, weight, bias, outputs, reference, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1, mode="zeros"):
    """`outputs` comes from the formula's kernel, `reference` from PyTorch's layers on the same x: they must agree."""
    np.testing.assert_allclose(outputs, reference, rtol=1e-11, atol=1e-11)
    result = kernel(weight, bias, stride, padding, dilation, groups, mode)
    cases.append({"name": name, "inputs": inputs, "options": options, "result": result})


# I: batch normalisation after a convolution, W' = W gamma / sqrt(var + eps), b' = (b - mean) gamma / sqrt(var + eps) + beta.
for groups, affine, eps in [(1, True, 1e-5), (2, True, 1e-3), (1, False, 0.1)]:
    x, w, b = draw(2, 4, 5, 7), draw(6, 4 // groups, 3, 2), draw(6)
    gamma, beta, mean, var = draw(6), draw(6), draw(6), np.abs(draw(6)) + 0.25
    g, s = (gamma, beta) if affine else (np.ones(6), np.zeros(6))
    factor = g / np.sqrt(var + eps)
    weight, bias = w * factor[:, None, None, None], (b - mean) * factor + s
    norm = torch.nn.BatchNorm2d(6, eps=eps, affine=affine).double().eval()
    norm.running_mean.copy_(torch.tensor(mean))
    norm.running_var.copy_(torch.tensor(var))
    if affine:
        norm.weight.data.copy_(torch.tensor(gamma))
        norm.bias.data.copy_(torch.tensor(beta))
    reference = norm(F.conv2d(torch.tensor(x), torch.tensor(w), torch.tensor(b), groups=groups)).detach().numpy()
    inputs = {"conv": kernel(w, b, groups=groups), "norm": {"gamma": flat(gamma) if affine else None, "beta": flat(beta) if affine else None, "mean": flat(mean), "var": flat(var), "eps": eps}}
    case("foldBatchNorm", inputs, {}, weight, bias, apply(x, weight, bias, groups=groups), reference, groups=groups)

# I before: batch normalisation in front of a convolution without padding, W'[:, c] = W[:, c] f[c], b' = b + sum of W[:, c] shift[c].
x, w, b = draw(2, 3, 6, 5), draw(4, 3, 2, 3), draw(4)
gamma, beta, mean, var = draw(3), draw(3), draw(3), np.abs(draw(3)) + 0.25
factor = gamma / np.sqrt(var + 1e-3)
shift = beta - mean * factor
weight, bias = w * factor[None, :, None, None], b + np.einsum("ocij,c->o", w, shift)
normed = F.batch_norm(torch.tensor(x), torch.tensor(mean), torch.tensor(var), torch.tensor(gamma), torch.tensor(beta), eps=1e-3)
reference = F.conv2d(normed, torch.tensor(w), torch.tensor(b)).numpy()
inputs = {"conv": kernel(w, b), "norm": {"gamma": flat(gamma), "beta": flat(beta), "mean": flat(mean), "var": flat(var), "eps": 1e-3}}
case("foldBatchNormBefore", inputs, {}, weight, bias, apply(x, weight, bias), reference)

# II and VI: branches of other sizes, added, the smaller one embedded where its padding puts it.
for stride in [1, 2]:
    x = draw(2, 3, 8, 9)
    w3, b3, w1, b1 = draw(4, 3, 3, 3), draw(4), draw(4, 3, 1, 1), draw(4)
    weight, bias = w3 + np.pad(w1, ((0, 0), (0, 0), (1, 1), (1, 1))), b3 + b1
    reference = apply(x, w3, b3, stride=stride, padding=1) + apply(x, w1, b1, stride=stride)
    inputs = {"kernels": [kernel(w3, b3, (stride, stride), ((1, 1), (1, 1))), kernel(w1, b1, (stride, stride))]}
    case("addKernels", inputs, {}, weight, bias, apply(x, weight, bias, stride=stride, padding=1), reference, stride=(stride, stride), padding=((1, 1), (1, 1)))
x = draw(2, 3, 8, 9)
wv, wh = draw(4, 3, 3, 1), draw(4, 3, 2, 4)
# An even kernel with more padding below than above, and more on the left than on the right.
weight = np.zeros((4, 3, 3, 4))
weight[:, :, :, 2:3] += wv
weight[:, :, 1:3, :] += wh
reference = apply(pad(x, ((1, 1), (0, 0))), wv, None) + apply(pad(x, ((0, 1), (2, 1))), wh, None)
inputs = {"kernels": [kernel(wv, None, padding=((1, 1), (0, 0))), kernel(wh, None, padding=((0, 1), (2, 1)))]}
case("addKernels", inputs, {}, weight, None, apply(pad(x, ((1, 1), (2, 1))), weight, None), reference, padding=((1, 1), (2, 1)))
# A dilated branch and a dense one; groups of four and of two.
x, wd, wk = draw(1, 4, 9, 8), draw(8, 1, 3, 3), draw(8, 2, 5, 5)
weight = np.array(wk)
for o in range(8):
    weight[o, (o // 2) % 2, ::2, ::2] += wd[o, 0]
reference = apply(x, wd, None, padding=2, dilation=2, groups=4) + apply(x, wk, None, padding=2, groups=2)
inputs = {"kernels": [kernel(wd, None, padding=((2, 2), (2, 2)), dilation=(2, 2), groups=4), kernel(wk, None, padding=((2, 2), (2, 2)), groups=2)]}
case("addKernels", inputs, {}, weight, None, apply(x, weight, None, padding=2, groups=2), reference, padding=((2, 2), (2, 2)), groups=2)
# Subtraction.
wa, ba, wb, bb = draw(3, 1, 3, 3), draw(3), draw(3, 1, 3, 3), draw(3)
x = draw(2, 3, 5, 6)
reference = apply(x, wa, ba, padding=1, groups=3) - apply(x, wb, bb, padding=1, groups=3)
inputs = {"kernels": [kernel(wa, ba, padding=((1, 1), (1, 1)), groups=3), kernel(wb, bb, padding=((1, 1), (1, 1)), groups=3)]}
case("subtractKernels", inputs, {}, wa - wb, ba - bb, apply(x, wa - wb, ba - bb, padding=1, groups=3), reference, padding=((1, 1), (1, 1)), groups=3)

# III: 1x1 then kxk, W'[o, c] = sum over m of W2[o, m] W1[m, c], b' = b2 + sum of W2 b1 (without padding, since there is a bias).
x, w1, b1, w2, b2 = draw(2, 3, 7, 6), draw(5, 3, 1, 1), draw(5), draw(4, 5, 3, 2), draw(4)
weight = np.einsum("omij,mc->ocij", w2, w1[:, :, 0, 0])
bias = b2 + np.einsum("omij,m->o", w2, b1)
reference = apply(apply(x, w1, b1), w2, b2)
case("mergeSequence", {"kernels": [kernel(w1, b1), kernel(w2, b2)]}, {}, weight, bias, apply(x, weight, bias), reference)
# kxk with stride 2 and padding, then 1x1 in two groups.
w1, b1, w2 = draw(6, 3, 3, 3), draw(6), draw(4, 3, 1, 1)
full = np.zeros((4, 6))
full[:2, :3], full[2:, 3:] = w2[:2, :, 0, 0], w2[2:, :, 0, 0]
weight, bias = np.einsum("om,mcij->ocij", full, w1), full @ b1
reference = apply(apply(x, w1, b1, stride=2, padding=1), w2, None, groups=2)
case("mergeSequence", {"kernels": [kernel(w1, b1, (2, 2), ((1, 1), (1, 1))), kernel(w2, None, groups=2)]}, {}, weight, bias, apply(x, weight, bias, stride=2, padding=1), reference, stride=(2, 2), padding=((1, 1), (1, 1)))
# kxk then kxk, strides 2 and 1: taps of the second one are two pixels apart.
w1, w2 = draw(4, 3, 2, 3), draw(2, 4, 2, 2)
weight = np.zeros((2, 3, 4, 5))
for i in range(2):
    for j in range(2):
        weight[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 3] += np.einsum("om,mcij->ocij", w2[:, :, i, j], w1)
reference = apply(apply(x, w1, None, stride=2), w2, None)
case("mergeSequence", {"kernels": [kernel(w1, None, (2, 2)), kernel(w2, None)]}, {}, weight, None, apply(x, weight, None, stride=2), reference, stride=(2, 2))
# 1x1 without bias then a zero-padded depthwise kxk.
w1, w2, b2 = draw(4, 3, 1, 1), draw(4, 1, 3, 3), draw(4)
weight = w2 * w1[:, :, 0, 0][:, :, None, None]
reference = apply(apply(x, w1, None), w2, b2, padding=1, groups=4)
case("mergeSequence", {"kernels": [kernel(w1, None), kernel(w2, b2, padding=((1, 1), (1, 1)), groups=4)]}, {}, weight, b2, apply(x, weight, b2, padding=1), reference, padding=((1, 1), (1, 1)))

# IV: concatenated outputs, the second branch in three groups.
x, wa, ba, wb = draw(2, 3, 5, 6), draw(2, 3, 3, 3), draw(2), draw(3, 1, 1, 1)
weight = np.zeros((5, 3, 3, 3))
weight[:2] = wa
for o in range(3):
    weight[2 + o, o, 1, 1] = wb[o, 0, 0, 0]
bias = np.concatenate([ba, np.zeros(3)])
reference = np.concatenate([apply(x, wa, ba, padding=1), apply(x, wb, None, groups=3)], axis=1)
case("concatKernels", {"kernels": [kernel(wa, ba, padding=((1, 1), (1, 1))), kernel(wb, None, groups=3)]}, {}, weight, bias, apply(x, weight, bias, padding=1), reference, padding=((1, 1), (1, 1)))

# V: average pooling, every weight one over the window's size, or over the divisor.
for size, stride, padding, divisor in [((3, 2), (2, 1), (1, 0), None), ((2, 4), (1, 3), (1, 2), 5)]:
    x = draw(2, 3, 7, 8)
    weight = np.full((3, 1, *size), 1 / (divisor or size[0] * size[1]))
    reference = F.avg_pool2d(torch.tensor(x), size, stride, padding, divisor_override=divisor).numpy()
    outputs = apply(x, weight, None, stride=stride, padding=padding, groups=3)
    options = {"kernelSize": list(size), "stride": list(stride), "padding": list(padding), **({"divisorOverride": divisor} if divisor else {})}
    case("averagePoolKernel", {}, options, weight, None, outputs, reference, stride=stride, padding=((padding[0],) * 2, (padding[1],) * 2), groups=3)

# Dilated to dense: the taps `dilation` apart, zeros between.
w = draw(4, 1, 3, 2)
weight = np.zeros((4, 1, 7, 3))
weight[:, :, ::3, ::2] = w
x = draw(1, 2, 9, 8)
reference = apply(x, w, None, dilation=(3, 2), groups=2)
case("denseKernel", {"kernels": [kernel(w, None, dilation=(3, 2), groups=2)]}, {}, weight, None, apply(x, weight, None, groups=2), reference, groups=2)

# Fewer groups: block-diagonal.
w, b = draw(8, 1, 2, 3), draw(8)
weight = np.zeros((8, 2, 2, 3))
for o in range(8):
    weight[o, (o // 2) % 2] = w[o, 0]
x = draw(1, 4, 5, 6)
case("regroupKernel", {"kernels": [kernel(w, b, groups=4)]}, {"groups": 2}, weight, b, apply(x, weight, b, groups=2), apply(x, w, b, groups=4), groups=2)

# VI: embedded with an offset.
w = draw(2, 3, 2, 1)
weight = np.zeros((2, 3, 4, 3))
weight[:, :, 1:3, 2:3] = w
x = draw(1, 3, 6, 5)
case("embedKernel", {"kernels": [kernel(w, None)]}, {"kernelSize": [4, 3], "offset": [1, 2]}, weight, None, apply(pad(x, ((1, 1), (2, 0))), weight, None), apply(x, w, None), padding=((1, 1), (2, 0)))

# A factor a channel.
w, b, s = draw(3, 2, 2, 2), draw(3), draw(3)
x = draw(1, 2, 4, 5)
case("scaleKernel", {"kernels": [kernel(w, b)]}, {"scale": flat(s)}, w * s[:, None, None, None], b * s, apply(x, w * s[:, None, None, None], b * s), apply(x, w, b) * s[None, :, None, None])

# A linear layer on one pixel.
w, b = draw(4, 3), draw(4)
x = draw(5, 3)
case("linearKernel", {"kernels": [kernel(w.reshape(4, 3, 1, 1), b)]}, {}, w.reshape(4, 3, 1, 1), b, apply(x.reshape(5, 3, 1, 1), w.reshape(4, 3, 1, 1), b).reshape(5, 4), F.linear(torch.tensor(x), torch.tensor(w), torch.tensor(b)).numpy())

# Padding alone is a single tap of 1 a channel; padding and then a convolution is the convolution with that padding.
for mode in ["zeros", "reflect", "replicate", "circular"]:
    (top, bottom), (left, right) = padding = ((1, 2), (0, 3))
    x, w, b = draw(2, 3, 5, 7), draw(4, 3, 3, 2), draw(4)
    one = np.ones((3, 1, 1, 1))
    layer = TORCH_PADS[mode]((left, right, top, bottom))
    outputs = apply(pad(x, padding, mode), one, None, groups=3)
    reference = layer(torch.tensor(x)).numpy()
    case("paddingKernel", {}, {"padding": [list(side) for side in padding], "mode": mode, "channels": 3}, one, None, outputs, reference, padding=padding, groups=3, mode=mode)
    padded = torch.nn.functional.conv2d(layer(torch.tensor(x)), torch.tensor(w), torch.tensor(b), stride=(2, 1), dilation=(1, 2)).numpy()
    inputs = {"kernels": [kernel(one, None, padding=padding, groups=3, mode=mode), kernel(w, b, stride=(2, 1), dilation=(1, 2))]}
    outputs = apply(pad(x, padding, mode), w, b, stride=(2, 1), dilation=(1, 2))
    case("mergeSequence", inputs, {}, w, b, outputs, padded, stride=(2, 1), padding=padding, dilation=(1, 2), mode=mode)

# The identity in groups, I[o, c, i, j] = 1 where c is o's place in its group and i, j the middle: RepVGG, section 3.3.
for channels, groups, size in [(6, 6, (1, 1)), (6, 2, (3, 3)), (4, 1, (5, 3))]:
    x = draw(2, channels, 6, 7)
    weight = np.zeros((channels, channels // groups, *size))
    for o in range(channels):
        weight[o, o % (channels // groups), size[0] // 2, size[1] // 2] = 1
    padding = ((size[0] // 2,) * 2, (size[1] // 2,) * 2)
    outputs = apply(x, weight, None, padding=(size[0] // 2, size[1] // 2), groups=groups)
    reference = torch.nn.Identity()(torch.tensor(x)).numpy()
    case("identityKernel", {}, {"channels": channels, "groups": groups, "kernelSize": list(size)}, weight, None, outputs, reference, padding=padding, groups=groups)

# A factor a channel, or a number, as maps of their own: a 1x1 kernel in as many groups as channels.
for scale in [draw(3), -1.0, 0.375]:
    x = draw(2, 3, 4, 5)
    factors = np.broadcast_to(scale, (3,)).astype(np.float64)
    reference = (torch.tensor(x) * torch.tensor(factors)[None, :, None, None]).numpy()
    weight = factors.reshape(3, 1, 1, 1)
    case("scaleMap", {}, {"scale": scale if isinstance(scale, float) else flat(scale), "channels": 3}, weight, None, apply(x, weight, None, groups=3), reference, groups=3)
w, b = draw(3, 2, 2, 2), draw(3)
x = draw(1, 2, 4, 5)
case("scaleKernel", {"kernels": [kernel(w, b)]}, {"scale": -1}, -w, -b, apply(x, -w, -b), torch.neg(torch.tensor(apply(x, w, b))).numpy())

# Subtraction of branches of different size, one of them without a bias: x - f(x), as in FastViT's mixer.
x, w, b = draw(2, 3, 5, 6), draw(3, 1, 3, 3), draw(3)
weight = -w
weight[:, 0, 1, 1] += 1
inputs = {"kernels": [kernel(np.ones((3, 1, 1, 1)), None, groups=3), kernel(w, b, padding=((1, 1), (1, 1)), groups=3)]}
case("subtractKernels", inputs, {}, weight, -b, apply(x, weight, -b, padding=1, groups=3), x - apply(x, w, b, padding=1, groups=3), padding=((1, 1), (1, 1)), groups=3)

# Batch normalisation alone, and before a grouped convolution with a stride.
x, w = draw(2, 4, 6, 7), draw(6, 2, 3, 2)
gamma, beta, mean, var = draw(4), draw(4), draw(4), np.abs(draw(4)) + 0.25
factor = gamma / np.sqrt(var + 1e-5)
shift = beta - mean * factor
norm = {"gamma": flat(gamma), "beta": flat(beta), "mean": flat(mean), "var": flat(var), "eps": 1e-5}
normed = F.batch_norm(torch.tensor(x), torch.tensor(mean), torch.tensor(var), torch.tensor(gamma), torch.tensor(beta), eps=1e-5)
one = factor.reshape(4, 1, 1, 1)
case("batchNormKernel", {"norm": norm}, {}, one, shift, apply(x, one, shift, groups=4), normed.numpy(), groups=4)
weight = w * factor.reshape(2, 1, 2)[np.arange(6) // 3].reshape(6, 2, 1, 1)
bias = np.array([np.sum(w[o] * shift[2 * (o // 3) : 2 * (o // 3) + 2, None, None]) for o in range(6)])
reference = F.conv2d(normed, torch.tensor(w), stride=2, groups=2).numpy()
case("foldBatchNormBefore", {"conv": kernel(w, None, stride=(2, 2), groups=2), "norm": norm}, {}, weight, bias, apply(x, weight, bias, stride=2, groups=2), reference, stride=(2, 2), groups=2)

# kxk then kxk in 2 and 4 groups, dilated: what both share is 2 groups, and the taps are a pixel apart.
x, w1, w2, b2 = draw(1, 4, 9, 12), draw(8, 2, 2, 2), draw(4, 2, 2, 2), draw(4)
weight = np.zeros((4, 2, 2 + 1, 4))
for o in range(4):
    for m in range(2):
        middle = 2 * o + m
        for i in range(2):
            for j in range(2):
                # The second one is dilated to the right by 2, the first one not: taps at j 2 + v.
                weight[o, :, i : i + 2, 2 * j : 2 * j + 2] += w2[o, m, i, j] * w1[middle]
reference = apply(apply(x, w1, None, groups=2), w2, b2, groups=4, dilation=(1, 2))
case("mergeSequence", {"kernels": [kernel(w1, None, groups=2), kernel(w2, b2, dilation=(1, 2), groups=4)]}, {}, weight, b2, apply(x, weight, b2, groups=2), reference, groups=2)

# A linear layer after global pooling takes in a pointwise convolution before it: the mean of W x + b is W mean(x) + b.
x, w1, b1, w2, b2 = draw(3, 3, 4, 5), draw(6, 3, 1, 1), draw(6), draw(4, 6), draw(4)
weight = (w2 @ w1[:, :, 0, 0]).reshape(4, 3, 1, 1)
bias = b2 + w2 @ b1
pooled = F.adaptive_avg_pool2d(F.conv2d(torch.tensor(x), torch.tensor(w1), torch.tensor(b1)), 1).flatten(1)
reference = F.linear(pooled, torch.tensor(w2), torch.tensor(b2)).numpy()
outputs = apply(x.mean(axis=(2, 3), keepdims=True), weight, bias).reshape(3, 4)
case("pooledLinear", {"kernels": [kernel(w1, b1), kernel(w2.reshape(4, 6, 1, 1), b2)]}, {}, weight, bias, outputs, reference)

# Three branches joined, all with a bias; an average pool with its default stride.
x = draw(1, 2, 5, 6)
parts = [(draw(n, 2, 2, 3), draw(n)) for n in (1, 3, 2)]
weight, bias = np.concatenate([w for w, _ in parts]), np.concatenate([b for _, b in parts])
reference = np.concatenate([apply(x, w, b) for w, b in parts], axis=1)
case("concatKernels", {"kernels": [kernel(w, b) for w, b in parts]}, {}, weight, bias, apply(x, weight, bias), reference)
x = draw(1, 3, 6, 8)
weight = np.full((3, 1, 3, 2), 1 / 6)
case("averagePoolKernel", {}, {"kernelSize": [3, 2]}, weight, None, apply(x, weight, None, stride=(3, 2), groups=3), torch.nn.AvgPool2d((3, 2))(torch.tensor(x)).numpy(), stride=(3, 2), groups=3)

# VI in the middle of a larger kernel, dilated: the padding grows by whole steps.
w = draw(2, 3, 1, 2)
weight = np.zeros((2, 3, 3, 4))
weight[:, :, 1:2, 1:3] = w
x = draw(1, 3, 7, 12)
embedded = kernel(w, None, dilation=(1, 3), padding=((0, 0), (2, 1)))
reference = apply(pad(x, ((0, 0), (2, 1))), w, None, dilation=(1, 3))
case("embedKernel", {"kernels": [embedded]}, {"kernelSize": [3, 4]}, weight, None, apply(pad(x, ((1, 1), (5, 4))), weight, None, dilation=(1, 3)), reference, padding=((1, 1), (5, 4)), dilation=(1, 3))


def encoded(data):
    return base64.b64encode(data).decode()


def saved(write):
    buffer = io.BytesIO()
    write(buffer)
    return encoded(buffer.getvalue())


def old_format():
    """A file of before PyTorch 1.6. It names a storage by its address, which would be another one in each run."""
    w = torch.ones(1)
    address = str(w.untyped_storage()._cdata).encode()
    buffer = io.BytesIO()
    torch.save({"w": w}, buffer, _use_new_zipfile_serialization=False)
    return encoded(buffer.getvalue().replace(address, b"1" * len(address)))


torch.manual_seed(3)
tensors = {
    "f32": torch.randn(2, 3, 2),
    "f64": torch.randn(3, dtype=torch.float64),
    "f16": torch.tensor([1.5, -0.0, 65504, 6e-8, float("inf")], dtype=torch.float16),
    "bf16": torch.tensor([1.5, -3e38, 1e-40], dtype=torch.bfloat16),
    "i8": torch.tensor([[-128, 127]], dtype=torch.int8),
    "i16": torch.tensor([-32768, 7], dtype=torch.int16),
    "i32": torch.tensor([-(2**31), 5], dtype=torch.int32),
    "i64": torch.tensor(2**40 + 1),
    "u8": torch.tensor([255, 0], dtype=torch.uint8),
    "bool": torch.tensor([True, False]),
    "empty": torch.zeros(0, 3),
}
module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, bias=False), torch.nn.BatchNorm2d(4), torch.nn.ReLU())
module[1].running_mean.normal_()
base = torch.arange(24.0).reshape(4, 6)


class Evil:
    def __reduce__(self):
        return (eval, ("1 + 1",))


numpy_tensors = {name: tensor.numpy() for name, tensor in tensors.items() if name != "bf16"}
files = {
    "values": {name: {"shape": list(t.shape), "values": [str(v) if not np.isfinite(float(v)) or t.dtype == torch.int64 else float(v) for v in t.reshape(-1).tolist()]} for name, t in tensors.items()},
    "safetensors": encoded(safetensors.torch.save(tensors, {"format": "pt"})),
    "pth": saved(lambda buffer: torch.save(tensors, buffer)),
    "module": saved(lambda buffer: torch.save(module.state_dict(), buffer)),
    "moduleValues": {name: flat(value) for name, value in module.state_dict().items()},
    "views": saved(lambda buffer: torch.save({"whole": base, "t": base.t(), "part": base[1:3, ::2]}, buffer)),
    "nested": saved(lambda buffer: torch.save({"epoch": 3, "lr": 0.5, "name": "x", "none": None, "state_dict": module.state_dict(), "list": [torch.ones(1), (torch.zeros(2), True)], "parameter": torch.nn.Parameter(torch.ones(2))}, buffer)),
    "evil": saved(lambda buffer: torch.save({"w": torch.ones(1), "evil": Evil()}, buffer)),
    "wholeModule": saved(lambda buffer: torch.save(module, buffer)),
    "old": old_format(),
    "npy": {name: saved(lambda buffer, array=array: np.save(buffer, array)) for name, array in numpy_tensors.items()},
    "npyFortran": saved(lambda buffer: np.save(buffer, np.asfortranarray(base.numpy()))),
    "npyScalarObject": saved(lambda buffer: np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)),
    "npyBigEndian": saved(lambda buffer: np.save(buffer, base.numpy().astype(">f4"))),
    "npz": saved(lambda buffer: np.savez(buffer, **numpy_tensors)),
    "npzCompressed": saved(lambda buffer: np.savez_compressed(buffer, w=base.numpy(), v=np.arange(7))),
    "npzZeros": saved(lambda buffer: np.savez_compressed(buffer, w=np.zeros((100, 100)), v=np.full((7, 30), 0.5, dtype=np.float32), n=np.arange(3))),
}

(here / "fuse.json").write_text("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
(here / "checkpoints.json").write_text("{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in files.items()) + "\n}\n")
print(f"{len(cases)} transforms, {len(files)} files, PyTorch {torch.__version__}")
