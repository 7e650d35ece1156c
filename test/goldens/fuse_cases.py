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


def kernel(weight, bias, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    return {
        "shape": list(weight.shape),
        "weight": flat(weight),
        "bias": None if bias is None else flat(bias),
        "stride": list(stride),
        "padding": [list(side) for side in padding],
        "dilation": list(dilation),
        "groups": groups,
    }


def pad(x, padding):
    return np.pad(x, ((0, 0), (0, 0), *padding))


cases = []


def case(name, inputs, options, weight, bias, outputs, reference, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    """`outputs` comes from the formula's kernel, `reference` from PyTorch's layers on the same x: they must agree."""
    np.testing.assert_allclose(outputs, reference, rtol=1e-11, atol=1e-11)
    result = kernel(weight, bias, stride, padding, dilation, groups)
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


def encoded(data):
    return base64.b64encode(data).decode()


def saved(write):
    buffer = io.BytesIO()
    write(buffer)
    return encoded(buffer.getvalue())


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
    "old": saved(lambda buffer: torch.save({"w": torch.ones(1)}, buffer, _use_new_zipfile_serialization=False)),
    "npy": {name: saved(lambda buffer, array=array: np.save(buffer, array)) for name, array in numpy_tensors.items()},
    "npyFortran": saved(lambda buffer: np.save(buffer, np.asfortranarray(base.numpy()))),
    "npyScalarObject": saved(lambda buffer: np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)),
    "npyBigEndian": saved(lambda buffer: np.save(buffer, base.numpy().astype(">f4"))),
    "npz": saved(lambda buffer: np.savez(buffer, **numpy_tensors)),
    "npzCompressed": saved(lambda buffer: np.savez_compressed(buffer, w=base.numpy(), v=np.arange(7))),
    "npzBomb": saved(lambda buffer: np.savez_compressed(buffer, w=np.zeros(10_000))),
}

(here / "fuse.json").write_text("[\n" + ",\n".join(json.dumps(entry) for entry in cases) + "\n]\n")
(here / "checkpoints.json").write_text("{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in files.items()) + "\n}\n")
print(f"{len(cases)} transforms, {len(files)} files, PyTorch {torch.__version__}")
