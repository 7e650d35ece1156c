"""PyTorch as a peer: reads one JSON command a line, answers with one JSON line."""

import json
import os
import sys
import time

import torch


def build(node, values):
    kind = node["kind"]
    if kind == "Sequential":
        return torch.nn.Sequential(*[build(child, values) for child in node["children"]])
    if kind == "Sum":
        return Sum([build(child, values) for child in node["children"]])
    simple = {
        "Identity": torch.nn.Identity,
        "ReLU": torch.nn.ReLU,
        "Flatten": torch.nn.Flatten,
        "AdaptiveAvgPool2d": lambda: torch.nn.AdaptiveAvgPool2d(1),
    }
    if kind in simple:
        return simple[kind]()
    if kind.startswith("Conv"):
        module = getattr(torch.nn, kind)(*node["args"], **node["options"])
    elif kind == "BatchNorm2d":
        module = torch.nn.BatchNorm2d(*node["args"])
    else:
        module = torch.nn.Linear(*node["args"])
    state = {}
    for name, (start, shape) in node["tensors"].items():
        count = 1
        for size in shape:
            count *= size
        state[name] = values[start : start + count].reshape(shape).clone()
    module.load_state_dict(state, strict=False)
    return module


class Sum(torch.nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = torch.nn.ModuleList(branches)

    def forward(self, x):
        out = self.branches[0](x)
        for branch in self.branches[1:]:
            out = out + branch(x)
        return out


def read(path, shape=None):
    values = torch.from_file(path, size=os.path.getsize(path) // 4, dtype=torch.float32)
    return values.clone() if shape is None else values.clone().reshape(shape)


def main():
    module = x = None
    for line in sys.stdin:
        command = json.loads(line)
        with torch.inference_mode():
            if command["do"] == "start":
                torch.set_num_threads(command["threads"])
                answer = {"version": torch.__version__}
            elif command["do"] == "prepare":
                module = build(command["module"], read(command["weights"])).eval()
                x = read(command["x"], command["shape"])
                module(x).contiguous().numpy().tofile(command["output"])
                answer = {}
            else:
                start = time.perf_counter()
                for _ in range(command["calls"]):
                    module(x)
                answer = {"seconds": time.perf_counter() - start}
        print(json.dumps(answer), flush=True)


main()
