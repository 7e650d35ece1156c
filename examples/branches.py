"""Writes branches.onnx: a small RepVGG as it is trained, with three branches a block and a norm in each, random weights.

    python branches.py
"""

from pathlib import Path

import torch
from torch import nn


def normalised(channels: int, *before: nn.Module) -> nn.Sequential:
    return nn.Sequential(*before, nn.BatchNorm2d(channels))


class Block(nn.Module):
    """relu(bn(conv3x3(x)) + bn(conv1x1(x)) + bn(x)); the last branch only where the shape stays."""

    def __init__(self, channels_in: int, channels_out: int, stride: int):
        super().__init__()
        three = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)
        one = nn.Conv2d(channels_in, channels_out, 1, stride, bias=False)
        self.dense = normalised(channels_out, three)
        self.point = normalised(channels_out, one)
        self.skip = normalised(channels_in) if stride == 1 and channels_in == channels_out else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.dense(x) + self.point(x)
        return torch.relu(out if self.skip is None else out + self.skip(x))


def main() -> None:
    torch.manual_seed(0)
    shapes = ((3, 8, 2), (8, 8, 1), (8, 16, 2), (16, 16, 1), (16, 16, 1))
    blocks = [Block(*shape) for shape in shapes]
    model = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            nn.init.normal_(module.running_mean, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    model.eval()
    torch.onnx.export(
        model,
        (torch.randn(1, 3, 32, 32),),
        Path(__file__).with_name("branches.onnx"),
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )


if __name__ == "__main__":
    main()
