"""Writes random values with torch.save, and prints each file with the tensors that it holds: `random_files.py count`."""

import argparse
import base64
import collections
import io
import json
import random
import sys
import types
import unittest.mock
import warnings

import numpy as np
import torch
from torch import nn

warnings.simplefilter("ignore")

FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
FLOATS_8 = [torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz]
INTEGERS = [torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool]
UNSIGNED = [torch.uint16, torch.uint32, torch.uint64]


def tensor(draw):
    dtype = draw.choice(FLOATS * 3 + FLOATS_8 + INTEGERS + UNSIGNED)
    shape = [draw.randint(0 if draw.random() < 0.1 else 1, 4) for _ in range(draw.randint(0, 4))]
    values = torch.empty(shape).uniform_(0 if dtype in UNSIGNED or dtype == torch.uint8 else -100, 100).to(dtype)
    for _ in range(draw.randint(0, 3)):
        kind = draw.randint(0, 5)
        if kind == 0 and values.dim() > 1:
            values = values.transpose(*draw.sample(range(values.dim()), 2))
        elif kind == 1 and values.dim() > 0 and values.shape[0] > 1:
            values = values[:: draw.randint(1, 2)]
        elif kind == 2:
            values = values.unsqueeze(0).expand(draw.randint(1, 3), *values.shape)
        elif kind == 3 and values.dim() > 0 and values.shape[-1] > 0:
            values = values[..., draw.randrange(values.shape[-1])]
        elif kind == 4 and dtype in FLOATS + [torch.int32, torch.int64]:
            values = torch._neg_view(values)
        elif kind == 5 and dtype in FLOATS and not values.is_neg():
            values = nn.Parameter(values, requires_grad=draw.random() < 0.5)
            if draw.random() < 0.5:
                values.note = "an attribute"
    return values


class Branch(nn.Module):
    pass


def module(draw, depth):
    made = Branch()
    for i in range(draw.randint(0, 2)):
        values = tensor(draw)
        made.register_parameter(f"p{i}", nn.Parameter(values.detach(), requires_grad=False))
    for i in range(draw.randint(0, 2)):
        made.register_buffer(f"b{i}", tensor(draw).detach(), persistent=draw.random() < 0.6)
    made.register_parameter("none", None)
    made.settings = argparse.Namespace(loose=tensor(draw).detach())
    for i in range(draw.randint(0, 2) if depth < 3 else 0):
        setattr(made, f"m{i}", module(draw, depth + 1))
    if draw.random() < 0.3 and hasattr(made, "m0"):
        made.again = made.m0
    return made


def value(draw, depth, found, path):
    """A value; the tensors in it by name go into `found`."""
    kind = draw.randint(0, 11) if depth < 4 else draw.randint(0, 3)
    if kind <= 2:
        found[".".join(path)] = made = tensor(draw)
        return made
    if kind == 3:
        return draw.choice([3, 2**70, -1.5, None, True, "text", b"bytes", np.float32(2), torch.float16, torch.Size([1]), {1}, len])
    keys = [f"k{i}" for i in range(draw.randint(0, 3))]
    if kind <= 6:
        items = {key: value(draw, depth + 1, found, path + [key]) for key in keys}
        return draw.choice([dict, collections.OrderedDict, lambda x: collections.defaultdict(list, x)])(items)
    if kind <= 8:
        return draw.choice([list, tuple])(value(draw, depth + 1, found, path + [str(i)]) for i in range(len(keys)))
    if kind == 9:
        return types.SimpleNamespace(**{key: value(draw, depth + 9, found, path + [key]) for key in keys})
    made = module(draw, 0)
    found.update({".".join(path + [name]): values for name, values in made.state_dict().items()})
    return made


def said(values):
    values = values.detach().resolve_neg()
    listed = (values.double() if values.is_floating_point() else values).reshape(-1).tolist()
    return {"shape": list(values.shape), "values": [str(v) if isinstance(v, int) else repr(v) for v in listed]}


for seed in range(int(sys.argv[1])):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    found = {}
    saved = {f"top{i}": value(draw, 1, found, [f"top{i}"]) for i in range(draw.randint(1, 4))}
    options = {"_use_new_zipfile_serialization": draw.random() < 0.6, "pickle_protocol": draw.choice([2, 2, 3, 4, 5])}
    buffer = io.BytesIO()
    with unittest.mock.patch("torch.serialization.get_source_lines_and_file", side_effect=OSError):
        torch.save(saved, buffer, **options)
    file = base64.b64encode(buffer.getvalue()).decode()
    print(json.dumps({"seed": seed, "file": file, "arrays": {name: said(one) for name, one in found.items()}}))
