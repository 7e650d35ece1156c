"""What the authors' own code calls the tensors of a fused block: run `python deployed_cases.py` in the environment of requirements.txt.

Each block of block_cases.py, and each network, is written down in torch.nn once more, as its authors' inference code builds it: the same
names, the same shapes. Only those are kept; test/formats/deployed.test.ts loads fused files into these modules and compares what they give.
"""

from torch import nn
from torch.nn import functional as F
import torch

from block_cases import BLOCKS, Branches, named, write

SOURCES = {
    "repVggBlock": "https://github.com/DingXiaoH/RepVGG/blob/main/repvgg.py",
    "qaRepVggBlock": "https://github.com/cxxgtxy/QARepVGG/blob/main/repvgg.py",
    "acBlock": "https://github.com/DingXiaoH/ACNet/blob/master/acnet/acb.py",
    "diverseBranchBlock": "https://github.com/DingXiaoH/DiverseBranchBlock/blob/main/diversebranchblock.py",
    "mobileOneBlock": "https://github.com/apple/ml-mobileone/blob/main/mobileone.py",
    "largeKernelConv": "https://github.com/DingXiaoH/RepLKNet-pytorch/blob/main/replknet.py",
    "dilatedReparamBlock": "https://github.com/AILab-CVC/UniRepLKNet/blob/main/unireplknet.py",
    "repMixer": "https://github.com/apple/ml-fastvit/blob/main/models/fastvit.py",
    # utils.py's replace_batchnorm puts what each fuse() gives in its module's place.
    "repVitBlock": "https://github.com/THU-MIG/RepViT/blob/main/model/repvit.py",
    "repVitDownsample": "https://github.com/THU-MIG/RepViT/blob/main/model/repvit.py",
    "edgeOrientedBlock": "https://github.com/xindongzhang/ECBSR/blob/main/models/plainsr.py",
    "repGhostModule": "https://github.com/ChengpengChen/RepGhost/blob/main/model/repghost.py",
    "repVggA0": "https://github.com/DingXiaoH/RepVGG/blob/main/repvgg.py",
    "mobileOneS0": "https://github.com/apple/ml-mobileone/blob/main/mobileone.py",
    "dbbResNet18": "https://github.com/DingXiaoH/DiverseBranchBlock/blob/main/convnet_utils.py",
    "ecbsrM4C16": "https://github.com/xindongzhang/ECBSR/blob/main/models/plainsr.py",
}


def one(name: str, i, o, k, act=None, **options) -> nn.Module:
    """One convolution of that name, with a bias, and what follows it."""
    conv = nn.Conv2d(i, o, k, padding=k // 2, **options)

    def run(b, x):
        y = getattr(b, name)(x)
        return act(y) if act else y

    return Branches(run, **{name: conv})


def rep_vit(i, o, stride, squeezed):
    def gate(b, x):
        return x * torch.sigmoid(b.fc2(F.relu(b.fc1(x.mean((2, 3), keepdim=True)))))

    se = nn.Identity()
    if squeezed is not None:
        se = Branches(gate, fc1=nn.Conv2d(i, squeezed, 1), fc2=nn.Conv2d(squeezed, i, 1))
    three = nn.Conv2d(i, i, 3, stride=stride, padding=1, groups=i)
    tokens = [three, se] if stride == 1 else [three, se, nn.Conv2d(i, o, 1)]
    feed = nn.Sequential(nn.Conv2d(o, 2 * o, 1), nn.GELU(), nn.Conv2d(2 * o, o, 1))
    return named(token_mixer=nn.Sequential(*tokens), channel_mixer=Branches(lambda b, x: x + b.m(x), m=feed))


def plain_sr(i, o, act):
    slopes = {"act": nn.PReLU(o)} if act else {}
    return named(conv3x3=nn.Conv2d(i, o, 3, padding=1), **slopes)


def rep_ghost(i, o, relu):
    def act():
        return nn.ReLU() if relu else nn.Sequential()

    primary = nn.Sequential(nn.Conv2d(i, o, 1, bias=False), nn.BatchNorm2d(o), act())
    return named(primary_conv=primary, cheap_operation=nn.Conv2d(o, o, 3, padding=1, groups=o), relu=act())


DEPLOYED = {
    "repVggBlock": one("rbr_reparam", 4, 4, 3, F.relu),
    "repVggBlock, stride 2, groups": one("rbr_reparam", 4, 6, 3, F.relu, stride=2, groups=2),
    "qaRepVggBlock": one("rbr_reparam", 3, 3, 3, F.relu),
    "acBlock": one("fused_conv", 3, 5, 5, stride=2),
    "diverseBranchBlock": one("dbb_reparam", 4, 6, 3),
    "diverseBranchBlock, stride 2, groups": one("dbb_reparam", 4, 8, 5, stride=2, groups=2),
    "diverseBranchBlock, depthwise": one("dbb_reparam", 4, 4, 3, groups=4),
    "mobileOneBlock, depthwise": one("reparam_conv", 4, 4, 3, F.relu, groups=4),
    "mobileOneBlock, pointwise": one("reparam_conv", 4, 6, 1, F.relu),
    "largeKernelConv": one("lkb_reparam", 3, 3, 13, groups=3),
    **{f"dilatedReparamBlock, {k}": one("lk_origin", 2, 2, k, groups=2) for k in [17, 15, 13, 11, 9, 7, 5]},
    "repMixer": one("reparam_conv", 5, 5, 3, groups=5),
    "repVitBlock": rep_vit(4, 4, 1, None),
    "repVitBlock, gate": rep_vit(4, 4, 1, 8),
    "repVitDownsample": rep_vit(4, 6, 2, None),
    "repVitDownsample, gate": rep_vit(4, 6, 2, 8),
    "edgeOrientedBlock": plain_sr(3, 4, True),
    "edgeOrientedBlock, identity": plain_sr(4, 4, False),
    "repGhostModule": rep_ghost(3, 6, True),
    "repGhostModule, linear": rep_ghost(3, 6, False),
}
# Blocks with an eps of their own are the same modules.
assert list(DEPLOYED) == [name for name in BLOCKS if name in DEPLOYED]


def staged(first: nn.Module, stages: list, channels: int) -> nn.Module:
    numbered = {f"stage{n}": nn.Sequential(*blocks) for n, blocks in enumerate(stages, 1)}
    return named(stage0=first, **numbered, gap=nn.AdaptiveAvgPool2d(1), linear=nn.Linear(channels, 1000))


def rep_vgg_a0():
    def blocks(count, i, o):
        return [one("rbr_reparam", i if n == 0 else o, o, 3, stride=2 if n == 0 else 1) for n in range(count)]

    rows = [(2, 48, 48), (4, 48, 96), (14, 96, 192), (1, 192, 1280)]
    return staged(one("rbr_reparam", 3, 48, 3, stride=2), [blocks(*row) for row in rows], 1280)


def mobile_one_s0():
    def pairs(count, i, o):
        found = []
        for n in range(count):
            width = i if n == 0 else o
            found.append(one("reparam_conv", width, width, 3, stride=2 if n == 0 else 1, groups=width))
            found.append(one("reparam_conv", width, o, 1))
        return found

    rows = [(2, 48, 48), (8, 48, 128), (10, 128, 256), (1, 256, 1024)]
    return staged(one("reparam_conv", 3, 48, 3, stride=2), [pairs(*row) for row in rows], 1024)


def dbb_res_net18():
    def basic(i, o, stride):
        shortcut = nn.Identity() if i == o else one("conv", i, o, 1, stride=stride)
        return named(shortcut=shortcut, conv1=one("dbb_reparam", i, o, 3, stride=stride), conv2=one("dbb_reparam", o, o, 3))

    rows = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
    first = named(conv1=one("conv", 3, 64, 7, stride=2), maxpool=nn.MaxPool2d(3, stride=2, padding=1))
    return staged(first, [[basic(i, o, stride), basic(o, o, 1)] for i, o, stride in rows], 512)


def ecbsr_m4c16():
    middle = [plain_sr(16, 16, True) for _ in range(4)]
    backbone = nn.Sequential(plain_sr(1, 16, True), *middle, plain_sr(16, 16, False))
    return named(backbone=backbone, upsampler=nn.PixelShuffle(4))


def networks() -> dict:
    """Without memory for what they hold."""
    with torch.device("meta"):
        return {
            "repVggA0": rep_vgg_a0(),
            "mobileOneS0": mobile_one_s0(),
            "dbbResNet18": dbb_res_net18(),
            "ecbsrM4C16": ecbsr_m4c16(),
        }


def deployed_cases() -> list:
    cases = []
    for name, module in {**DEPLOYED, **networks()}.items():
        state = {key: list(tensor.shape) for key, tensor in module.state_dict().items()}
        cases.append({"name": name, "source": SOURCES[name.split(",")[0]], "state": state})
    return cases


if __name__ == "__main__":
    write("deployed", deployed_cases())
