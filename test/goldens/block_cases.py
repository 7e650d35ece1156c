"""Goldens for the published blocks: run `python block_cases.py` in the environment of requirements.txt.

Each block is written down once more in torch.nn, as its paper defines it and with the names that its authors' code gives its tensors, so
that a case holds the names and shapes of a checkpoint. What they hold is drawn from the seed of the case, after x and in the order of the
names; running variances are the square plus a half. Outputs are in evaluation mode, computed in float64 and rounded once.
"""

import base64
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).parent


def named(**layers) -> nn.Sequential:
    block = nn.Sequential()
    for name, layer in layers.items():
        block.add_module(name, layer)
    return block


def conv_bn(i, o, k, **options) -> nn.Sequential:
    return named(conv=nn.Conv2d(i, o, k, bias=False, **options), bn=nn.BatchNorm2d(o))


class Branches(nn.Module):
    """Modules under the given names; `run` says what is computed with them."""

    def __init__(self, run, **modules) -> None:
        super().__init__()
        self.run = run
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x):
        return self.run(self, x)


def added(block, x):
    return sum(branch(x) for branch in block.children())


def rep_vgg(i, o, stride=1, groups=1, dilation=1):
    # DingXiaoH/RepVGG, repvgg.py; dilation as open-mmlab/mmpretrain, repvgg.py has it
    skip = {"rbr_identity": nn.BatchNorm2d(i)} if i == o and stride == 1 else {}
    dense = conv_bn(i, o, 3, stride=stride, padding=dilation, dilation=dilation, groups=groups)
    one = conv_bn(i, o, 1, stride=stride, groups=groups)
    return Branches(lambda b, x: F.relu(added(b, x)), **skip, rbr_dense=dense, rbr_1x1=one)


def qa_rep_vgg(channels, dilation=1):
    # cxxgtxy/QARepVGG, repvgg.py: QARepVGGBlockV2
    def run(b, x):
        return F.relu(b.bn(b.rbr_dense(x) + b.rbr_1x1(x) + x))

    dense = conv_bn(channels, channels, 3, padding=dilation, dilation=dilation)
    one = nn.Conv2d(channels, channels, 1, bias=False)
    return Branches(run, rbr_dense=dense, bn=nn.BatchNorm2d(channels), rbr_1x1=one)


def ac(i, o, k, stride, dilation=1):
    # DingXiaoH/ACNet, acnet/acb.py
    def run(b, x):
        return b.square_bn(b.square_conv(x)) + b.ver_bn(b.ver_conv(x)) + b.hor_bn(b.hor_conv(x))

    def conv(kernel, padding):
        return nn.Conv2d(i, o, kernel, stride=stride, padding=padding, dilation=dilation, bias=False)

    p = dilation * (k // 2)
    convs = {"square_conv": conv(k, p), "ver_conv": conv((k, 1), (p, 0)), "hor_conv": conv((1, k), (0, p))}
    return Branches(run, **convs, **{name: nn.BatchNorm2d(o) for name in ["square_bn", "ver_bn", "hor_bn"]})


class NormThenBorder(nn.Module):
    def __init__(self, channels, width) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)
        self.width = width

    def forward(self, x):
        inside = self.bn(x)
        w, (batch, channels, height, columns) = self.width, inside.shape
        of_zero = self.bn(torch.zeros(1, channels, 1, 1, dtype=x.dtype))
        out = of_zero.expand(batch, channels, height + 2 * w, columns + 2 * w).clone()
        out[:, :, w : w + height, w : w + columns] = inside
        return out


class OffIdentity(nn.Conv2d):
    """A 1x1 that is learned as its difference from the identity."""

    def __init__(self, channels, groups) -> None:
        super().__init__(channels, channels, 1, groups=groups, bias=False)

    def forward(self, x):
        return x + super().forward(x)


def dbb(i, o, k, stride=1, groups=1):
    # DingXiaoH/DiverseBranchBlock, diversebranchblock.py
    p, depthwise = k // 2, groups >= o

    def one(out):
        return nn.Conv2d(i, out, 1, groups=groups, bias=False)

    def average(padding):
        return nn.AvgPool2d(k, stride=stride, padding=padding)

    middle = 2 * i if depthwise else i
    front = {"avg": average(p)} if depthwise else {"conv": one(o), "bn": NormThenBorder(o, p), "avg": average(0)}
    first = {"conv1": one(middle)} if depthwise else {"idconv1": OffIdentity(i, groups)}
    last = nn.Conv2d(middle, o, k, stride=stride, groups=groups, bias=False)
    return Branches(
        added,
        dbb_origin=conv_bn(i, o, k, stride=stride, padding=p, groups=groups),
        dbb_avg=named(**front, avgbn=nn.BatchNorm2d(o)),
        **({} if depthwise else {"dbb_1x1": conv_bn(i, o, 1, stride=stride, groups=groups)}),
        dbb_1x1_kxk=named(**first, bn1=NormThenBorder(middle, p), conv2=last, bn2=nn.BatchNorm2d(o)),
    )


def mobile_one(i, o, k, stride=1, groups=1, branches=1, scale=True, act=F.relu):
    # apple/ml-fastvit, models/modules/mobileone.py
    def run(b, x):
        convs = b.rbr_conv if hasattr(b, "rbr_conv") else []
        others = [getattr(b, name)(x) for name in ["rbr_skip", "rbr_scale"] if hasattr(b, name)]
        return act(sum([conv(x) for conv in convs], start=sum(others)))

    some = [conv_bn(i, o, k, stride=stride, padding=k // 2, groups=groups) for _ in range(branches)]
    return Branches(
        run,
        **({"rbr_skip": nn.BatchNorm2d(i)} if i == o and stride == 1 else {}),
        **({"rbr_conv": nn.ModuleList(some)} if branches > 0 else {}),
        **({"rbr_scale": conv_bn(i, o, 1, stride=stride, groups=groups)} if k > 1 and scale else {}),
    )


def rep_lk(channels, k, small):
    # DingXiaoH/RepLKNet-pytorch, replknet.py
    options = {"groups": channels}
    large = conv_bn(channels, channels, k, padding=k // 2, **options)
    return Branches(added, lkb_origin=large, small_conv=conv_bn(channels, channels, small, padding=small // 2, **options))


def uni_rep_lk(channels, k, dilated):
    # AILab-CVC/UniRepLKNet, unireplknet.py: the kernels and dilations that go with each size are its default settings
    def conv(size, rate):
        span = rate * (size - 1) + 1
        return nn.Conv2d(channels, channels, size, padding=span // 2, dilation=rate, groups=channels, bias=False)

    def run(b, x):
        out = b.origin_bn(b.lk_origin(x))
        for size, rate in dilated:
            out = out + getattr(b, f"dil_bn_k{size}_{rate}")(getattr(b, f"dil_conv_k{size}_{rate}")(x))
        return out

    layers = {"lk_origin": conv(k, 1), "origin_bn": nn.BatchNorm2d(channels)}
    for size, rate in dilated:
        layers |= {f"dil_conv_k{size}_{rate}": conv(size, rate), f"dil_bn_k{size}_{rate}": nn.BatchNorm2d(channels)}
    return Branches(run, **layers)


def rep_mixer(channels, k):
    # apple/ml-fastvit, models/fastvit.py
    def run(b, x):
        return x + b.layer_scale * (b.mixer(x) - b.norm(x))

    plain = {"groups": channels, "act": lambda y: y}
    norm = mobile_one(channels, channels, k, branches=0, scale=False, **plain)
    block = Branches(run, norm=norm, mixer=mobile_one(channels, channels, k, **plain))
    block.layer_scale = nn.Parameter(torch.zeros(channels, 1, 1))
    return block


def rep_vit(i, o, stride, squeezed):
    # THU-MIG/RepViT, model/repvit.py, with timm's SqueezeExcite
    def c_bn(a, b, k=1, **options):
        return named(c=nn.Conv2d(a, b, k, bias=False, **options), bn=nn.BatchNorm2d(b))

    def gate(b, x):
        return x * torch.sigmoid(b.fc2(F.relu(b.fc1(x.mean((2, 3), keepdim=True)))))

    def mixer(b, x):
        return b.bn(b.conv(x) + b.conv1(x) + x)

    se = nn.Identity()
    if squeezed is not None:
        se = Branches(gate, fc1=nn.Conv2d(i, squeezed, 1), fc2=nn.Conv2d(squeezed, i, 1))
    if stride == 1:
        three = c_bn(i, i, 3, padding=1, groups=i)
        tokens = [Branches(mixer, conv=three, conv1=nn.Conv2d(i, i, 1, groups=i), bn=nn.BatchNorm2d(i)), se]
    else:
        tokens = [c_bn(i, i, 3, stride=2, padding=1, groups=i), se, c_bn(i, o)]
    feed = nn.Sequential(c_bn(o, 2 * o), nn.GELU(), c_bn(2 * o, o))
    return named(token_mixer=nn.Sequential(*tokens), channel_mixer=Branches(lambda b, x: x + b.m(x), m=feed))


FILTERS = {
    "sbx": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "sby": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "lpl": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
}


class EdgeBranch(nn.Module):
    """1x1 with a bias, a border of that bias, then a 3x3: a learned one, or a filter whose channels are scaled."""

    def __init__(self, i, o, fixed) -> None:
        super().__init__()
        middle = 2 * o if fixed is None else o
        self.k0 = nn.Parameter(torch.zeros(middle, i, 1, 1))
        self.b0 = nn.Parameter(torch.zeros(middle))
        if fixed is None:
            self.k1 = nn.Parameter(torch.zeros(o, middle, 3, 3))
            self.b1 = nn.Parameter(torch.zeros(o))
        else:
            self.scale = nn.Parameter(torch.zeros(o, 1, 1, 1))
            self.bias = nn.Parameter(torch.zeros(o))
            mask = torch.tensor(fixed, dtype=torch.float32).expand(o, 1, 3, 3).clone()
            self.mask = nn.Parameter(mask, requires_grad=False)

    def forward(self, x):
        inside = F.conv2d(x, self.k0, self.b0)
        batch, channels, height, width = inside.shape
        y = self.b0.view(1, -1, 1, 1).expand(batch, channels, height + 2, width + 2).clone()
        y[:, :, 1:-1, 1:-1] = inside
        if hasattr(self, "mask"):
            return F.conv2d(y, self.scale * self.mask, self.bias, groups=channels)
        return F.conv2d(y, self.k1, self.b1)


def ecb(i, o, identity, act):
    # xindongzhang/ECBSR, models/ecb.py
    def run(b, x):
        y = sum(getattr(b, name)(x) for name in names) + (x if identity else 0)
        return b.act(y) if act else y

    branches = {f"conv1x1_{name}": EdgeBranch(i, o, fixed) for name, fixed in {"3x3": None, **FILTERS}.items()}
    names = ["conv3x3", *branches]
    slopes = {"act": nn.PReLU(o)} if act else {}
    return Branches(run, conv3x3=nn.Conv2d(i, o, 3, padding=1), **branches, **slopes)


def rep_ghost(i, o, relu):
    # ChengpengChen/RepGhost, model/repghost.py
    def run(b, x):
        y = b.primary_conv(x)
        y = b.cheap_operation(y) + b.fusion_bn(y)
        return F.relu(y) if relu else y

    primary = [nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU() if relu else nn.Sequential()]
    cheap = [nn.Conv2d(o, o, 3, padding=1, groups=o, bias=False), nn.BatchNorm2d(o)]
    return Branches(
        run,
        primary_conv=nn.Sequential(*primary),
        fusion_bn=nn.Sequential(nn.BatchNorm2d(o)),
        cheap_operation=nn.Sequential(*cheap),
    )


def with_eps(block, eps=1e-3):
    """As YOLO's and Keras's networks have it: in no checkpoint."""
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = eps
    return block


BLOCKS = {
    "repVggBlock": (rep_vgg(4, 4), 4),
    "repVggBlock, stride 2, groups": (rep_vgg(4, 6, stride=2, groups=2), 4),
    "qaRepVggBlock": (qa_rep_vgg(3), 3),
    "acBlock": (ac(3, 5, 5, 2), 3),
    "diverseBranchBlock": (dbb(4, 6, 3), 4),
    "diverseBranchBlock, stride 2, groups": (dbb(4, 8, 5, stride=2, groups=2), 4),
    "diverseBranchBlock, depthwise": (dbb(4, 4, 3, groups=4), 4),
    "mobileOneBlock, depthwise": (mobile_one(4, 4, 3, groups=4, branches=4), 4),
    "mobileOneBlock, pointwise": (mobile_one(4, 6, 1, branches=3), 4),
    "largeKernelConv": (rep_lk(3, 13, 5), 3),
    "dilatedReparamBlock, 17": (uni_rep_lk(2, 17, [(5, 1), (9, 2), (3, 4), (3, 5), (3, 7)]), 2),
    "dilatedReparamBlock, 15": (uni_rep_lk(2, 15, [(5, 1), (7, 2), (3, 3), (3, 5), (3, 7)]), 2),
    "dilatedReparamBlock, 13": (uni_rep_lk(2, 13, [(5, 1), (7, 2), (3, 3), (3, 4), (3, 5)]), 2),
    "dilatedReparamBlock, 11": (uni_rep_lk(2, 11, [(5, 1), (5, 2), (3, 3), (3, 4), (3, 5)]), 2),
    "dilatedReparamBlock, 9": (uni_rep_lk(2, 9, [(5, 1), (5, 2), (3, 3), (3, 4)]), 2),
    "dilatedReparamBlock, 7": (uni_rep_lk(2, 7, [(5, 1), (3, 2), (3, 3)]), 2),
    "dilatedReparamBlock, 5": (uni_rep_lk(2, 5, [(3, 1), (3, 2)]), 2),
    "repMixer": (rep_mixer(5, 3), 5),
    "repVitBlock": (rep_vit(4, 4, 1, None), 4),
    "repVitBlock, gate": (rep_vit(4, 4, 1, 8), 4),
    "repVitDownsample": (rep_vit(4, 6, 2, None), 4),
    "repVitDownsample, gate": (rep_vit(4, 6, 2, 8), 4),
    "edgeOrientedBlock": (ecb(3, 4, False, True), 3),
    "edgeOrientedBlock, identity": (ecb(4, 4, True, False), 4),
    "repGhostModule": (rep_ghost(3, 6, True), 3),
    "repGhostModule, linear": (rep_ghost(3, 6, False), 3),
    "repVggBlock, dilation 2": (rep_vgg(4, 4, dilation=2), 4),
    "qaRepVggBlock, dilation 3": (qa_rep_vgg(3, dilation=3), 3),
    "acBlock, dilation 2": (ac(3, 5, 3, 1, dilation=2), 3),
    "repVggBlock, eps": (with_eps(rep_vgg(4, 6, stride=2)), 4),
    "qaRepVggBlock, eps": (with_eps(qa_rep_vgg(3)), 3),
    "acBlock, eps": (with_eps(ac(3, 5, 5, 2)), 3),
    "diverseBranchBlock, eps": (with_eps(dbb(4, 6, 3)), 4),
    "diverseBranchBlock, depthwise, eps": (with_eps(dbb(4, 4, 3, groups=4)), 4),
    "mobileOneBlock, eps": (with_eps(mobile_one(4, 4, 3, groups=4, branches=2)), 4),
    "largeKernelConv, eps": (with_eps(rep_lk(3, 13, 5)), 3),
    "dilatedReparamBlock, 7, eps": (with_eps(uni_rep_lk(2, 7, [(5, 1), (3, 2), (3, 3)])), 2),
    "repMixer, eps": (with_eps(rep_mixer(5, 3)), 5),
    "repVitBlock, eps": (with_eps(rep_vit(4, 4, 1, 8)), 4),
    "repVitDownsample, eps": (with_eps(rep_vit(4, 6, 2, None)), 4),
    "repGhostModule, eps": (with_eps(rep_ghost(3, 6, True)), 3),
}


def drawn(name: str, tensor: torch.Tensor) -> torch.Tensor:
    if name.endswith("mask") or name.endswith("num_batches_tracked"):
        return tensor
    values = torch.randn(tensor.shape)
    return values * values + 0.5 if name.endswith("running_var") else values


def encode(values: torch.Tensor) -> str:
    return base64.b64encode(values.detach().to(torch.float32).contiguous().numpy().tobytes()).decode()


def block_cases() -> list:
    cases = []
    for seed, (name, (block, channels)) in enumerate(BLOCKS.items()):
        torch.manual_seed(seed)
        shape = [2, channels, 7, 10]
        x = torch.randn(shape)
        state = {key: drawn(key, value) for key, value in block.state_dict().items()}
        block.load_state_dict(state)
        y = block.double().eval()(x.double())
        shapes = {key: list(value.shape) for key, value in state.items()}
        cases.append({"name": name, "seed": seed, "x": shape, "state": shapes, "y": list(y.shape), "data": encode(y)})
    return cases


def write(name: str, cases: list) -> None:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (here / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("blocks", block_cases())
