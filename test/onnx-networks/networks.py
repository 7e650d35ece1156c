"""The architectures: how each is made in its training form, and how its own framework makes the deployed one of it."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import shim  # noqa: F401  (before torchvision)
import torch
from torch import nn


@dataclass(frozen=True)
class Network:
    name: str
    make: Callable[[], nn.Module]
    """The training form, with random weights."""
    deploy: Callable[[nn.Module], nn.Module] | None
    """The framework's own re-parameterisation; None: there is none to be had."""
    sizes: tuple[int, int] = (64, 96)
    """Heights of the two inputs that outputs are compared on; the widths are 32 pixels larger."""
    square: bool = False
    """True: the network takes the first size only, and as a square."""


def timm_network(name: str, **options) -> nn.Module:
    import timm

    return timm.create_model(name, **options)


def timm_deployed(model: nn.Module) -> nn.Module:
    from timm.utils import reparameterize_model

    return reparameterize_model(model)


def from_timm(name: str, deployed: bool = False, **options) -> Network:
    sizes = {k: options.pop(k) for k in ("sizes", "square") if k in options}
    return Network(name, lambda: timm_network(name, **options), timm_deployed if deployed else None, **sizes)


class YoloOutput(nn.Module):
    """A detector with its decoded boxes and scores as its one output."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, x):
        out = self.model(x)
        return out[0] if isinstance(out, tuple) else out


def yolo(name: str) -> nn.Module:
    from ultralytics.nn.tasks import DetectionModel

    model = DetectionModel(f"{name}.yaml", verbose=False)
    for module in model.modules():
        if hasattr(module, "export"):
            module.export = True
            module.format = "onnx"
            # Or it compares sizes with those of its last run, which an exporter cannot follow.
            module.dynamic = True
    return YoloOutput(model)


def yolo_deployed(model: nn.Module) -> nn.Module:
    fused = copy.deepcopy(model)
    fused.model.fuse(verbose=False)
    return fused


class TrainingSpan(nn.Module):
    """SPAN with the branches of its training form, which its code leaves out in evaluation."""

    def __init__(self):
        super().__init__()
        from spandrel.architectures.SPAN import SPAN

        self.net = SPAN(num_in_ch=3, num_out_ch=3, feature_channels=16, upscale=2)

    def forward(self, x):
        return self.net(x)

    def train(self, mode: bool = True):
        super().train(mode)
        for module in self.modules():
            if type(module).__name__ == "Conv3XC":
                module.training = True
        return self


def span_deployed(model: nn.Module) -> nn.Module:
    plain = copy.deepcopy(model.net)
    plain.eval()
    for module in plain.modules():
        if type(module).__name__ == "Conv3XC":
            module.update_params()
            # Its forward in evaluation computes the kernel again and again, which an exporter would write down.
            module.update_params = lambda: None
    return plain


class DiverseBranch(nn.Module):
    """The block of arXiv 2103.13425: 3x3, 1x1, 1x1 then 3x3, 1x1 then average pool, each with its norms;
    padded in front of the 1x1, so that the border carries its bias."""

    def __init__(self, channels_in: int, channels_out: int, groups: int = 1):
        super().__init__()
        self.origin = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 3, padding=1, groups=groups, bias=False), nn.BatchNorm2d(channels_out)
        )
        self.point = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, groups=groups, bias=False), nn.BatchNorm2d(channels_out)
        )
        self.squeeze = nn.Sequential(nn.Conv2d(channels_in, channels_in, 1, groups=groups, bias=False), nn.BatchNorm2d(channels_in))
        self.widen = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 3, groups=groups, bias=False), nn.BatchNorm2d(channels_out)
        )
        self.average = nn.Sequential(nn.Conv2d(channels_in, channels_out, 1, groups=groups, bias=False), nn.BatchNorm2d(channels_out))
        self.pool = nn.Sequential(nn.AvgPool2d(3, stride=1), nn.BatchNorm2d(channels_out))

    def forward(self, x):
        padded = torch.nn.functional.pad(x, (1, 1, 1, 1))
        out = self.origin(x) + self.point(x)
        out = out + self.widen(self.squeeze(padded))
        return torch.relu(out + self.pool(self.average(padded)))


def dbb() -> nn.Module:
    shapes = ((3, 8), (8, 16), (16, 16), (16, 24), (24, 12))
    return nn.Sequential(*(DiverseBranch(a, b) for a, b in shapes))


def repvgg_se() -> nn.Module:
    from timm.models.byobnet import ByoBlockCfg, ByoModelCfg, ByobNet

    blocks = tuple(ByoBlockCfg(type="rep", d=d, c=c, s=2, gs=0) for d, c in ((1, 24), (2, 32), (4, 48), (1, 64)))
    config = ByoModelCfg(
        blocks=blocks, stem_type="rep", stem_chs=16, attn_layer="se", attn_kwargs=dict(rd_ratio=0.0625, rd_divisor=1)
    )
    return ByobNet(config, num_classes=10)


networks = [
    from_timm("repvgg_a0", True),
    Network("repvgg_se", repvgg_se, timm_deployed),
    from_timm("mobileone_s0", True),
    from_timm("fastvit_t8", True),
    from_timm("ghostnetv3_050", True),
    from_timm("repghostnet_050", True),
    from_timm("repvit_m0_9", True),
    Network("yolov9t", lambda: yolo("yolov9t"), yolo_deployed),
    Network("yolo11n", lambda: yolo("yolo11n"), yolo_deployed),
    Network("span_x2", TrainingSpan, span_deployed),
    Network("dbb", dbb, None),
    from_timm("densenet121"),
    from_timm("inception_next_atto"),
    from_timm("resnet18"),
    from_timm("convnext_atto"),
    from_timm("mobilenetv3_small_050"),
    from_timm("mobilenetv4_conv_small"),
    from_timm("levit_128s", True, square=True, sizes=(224, 224)),
    from_timm("starnet_s1"),
    from_timm("hgnetv2_b0"),
]
