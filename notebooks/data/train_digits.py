"""Trains the network of the lesson on a trained network, and writes digits-repvgg.pth, digits-images.npy and digits-labels.npy.

Run it with `python train_digits.py` (pip install torch scikit-learn); it takes about a minute.

The images are `sklearn.datasets.load_digits()`: 1,797 handwritten digits of 8 x 8 pixels from 0 to 16, the test part of "Optical
Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0. Three quarters of them
are trained on; the others are what the lesson reads. The network is a small RepVGG (arXiv 2101.03697) with the names of its authors' code.
"""

import pathlib
from collections import OrderedDict

import numpy
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn


def conv_bn(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(outputs)))


class Block(nn.Module):
    """A 3 x 3 convolution, a 1 x 1 convolution and, where shapes allow, a shortcut, each with a norm of its own; added, then ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.rbr_identity = nn.BatchNorm2d(inputs) if inputs == outputs and stride == 1 else None
        self.rbr_dense = conv_bn(inputs, outputs, 3, stride)
        self.rbr_1x1 = conv_bn(inputs, outputs, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shortcut = 0 if self.rbr_identity is None else self.rbr_identity(x)
        return torch.relu(self.rbr_dense(x) + self.rbr_1x1(x) + shortcut)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage0 = Block(1, 16)
        self.stage1 = nn.Sequential(Block(16, 32, stride=2), Block(32, 32), Block(32, 32))
        self.stage2 = nn.Sequential(Block(32, 64, stride=2), Block(64, 64))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.stage2(self.stage1(self.stage0(x))).mean((2, 3)))


def shifted(images: torch.Tensor) -> torch.Tensor:
    """Each image moved by at most one pixel, up or down and left or right."""
    padded = nn.functional.pad(images, [1, 1, 1, 1])
    rows, columns = torch.randint(0, 3, (2, len(images)))
    return torch.stack([padded[n, :, i : i + 8, j : j + 8] for n, (i, j) in enumerate(zip(rows, columns))])


def main() -> None:
    folder = pathlib.Path(__file__).parent
    digits = load_digits()
    images = digits.images.astype(numpy.uint8)
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=0.25, random_state=0, stratify=digits.target
    )
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = Network()
    x = torch.tensor(train_x)[:, None].float() / 16
    y = torch.tensor(train_y)
    epochs, batch = 60, 64
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        network.train()
        for picked in torch.randperm(len(x)).split(batch):
            loss = nn.functional.cross_entropy(network(shifted(x[picked])), y[picked])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: loss of the last batch {loss.item():.4f}")
    network.eval()
    with torch.no_grad():
        answers = network(torch.tensor(test_x)[:, None].float() / 16).argmax(1)
    right = int((answers == torch.tensor(test_y)).sum())
    parameters = sum(p.numel() for p in network.parameters())
    print(f"{parameters} parameters, {right} of {len(test_y)} test images right")
    torch.save(network.state_dict(), folder / "digits-repvgg.pth")
    numpy.save(folder / "digits-images.npy", test_x)
    numpy.save(folder / "digits-labels.npy", test_y.astype(numpy.uint8))


if __name__ == "__main__":
    main()
