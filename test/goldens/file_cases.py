"""Files as PyTorch, NumPy and safetensors write them, with what they hold: files.json. Run by generate.py."""

import argparse
import base64
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import io
import json
import pathlib
import random
import re
import types
import unittest.mock
import uuid
import warnings

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent


def saved(write):
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def pth(value, **options):
    return saved(lambda buffer: torch.save(value, buffer, **options))


def legacy(value, **options):
    """
    As before PyTorch 1.6, without the source of modules' classes. That format names storages by their addresses, other ones in each run:
    here by numbers in order.
    """
    ranks = {}

    class Name(str):
        def __new__(cls, address):
            return str.__new__(str, ranks.setdefault(address, len(ranks)))

    with (
        unittest.mock.patch("torch.serialization.get_source_lines_and_file", side_effect=OSError),
        unittest.mock.patch("torch.serialization.str", Name, create=True),
    ):
        return pth(value, _use_new_zipfile_serialization=False, **options)


def said(tensor):
    """Numbers, or text where JSON has no such number."""
    tensor = tensor.detach().resolve_neg()
    values = tensor.double() if tensor.is_floating_point() else tensor
    texts = {"inf": "inf", "-inf": "-inf", "nan": "nan"}
    wide = tensor.dtype in (torch.int64, torch.uint64)
    plain = [str(v) if wide else texts.get(str(v), float(v)) for v in values.reshape(-1).tolist()]
    return {"shape": list(tensor.shape), "values": plain}


cases = []


def case(name, reader, data, tensors, unread=(), find=None):
    """`tensors` by the names that the reader gives, `find` by those of findStateDict."""
    entry = {"name": name, "reader": reader, "file": base64.b64encode(data).decode()}
    entry |= {"arrays": {key: said(value) for key, value in tensors.items()}, "unread": list(unread)}
    if find is not None:
        entry["find"] = {key: said(value) for key, value in find.items()}
    cases.append(entry)


def behind(prefix, tensors):
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


# NumPy: what is no array of real numbers beside what is.
record = np.zeros(2, dtype=[("a", "<f4"), ("b", "|u1", (2,))])
numpy_entries = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "label": np.array(["cat", "tree"]),
    "raw": np.array([b"ab", b"c"]),
    "settings": np.array({"lr": 0.1}, dtype=object),
    "spectrum": np.array([1 + 2j]),
    "records": record,
    "when": np.array(["2020-02-02"], dtype="datetime64[D]"),
    "brain": np.zeros(1, dtype="V2"),
    "big": np.arange(4, dtype=">i8"),
    "bias": np.array([0.5, -1], dtype=np.float16),
}
reals = {"weight", "big", "bias"}
npz_arrays = {name: torch.from_numpy(numpy_entries[name].astype(numpy_entries[name].dtype.newbyteorder("<"))) for name in reals}
for save in [np.savez, np.savez_compressed]:
    data = saved(lambda buffer: save(buffer, **numpy_entries))
    case(f"npz: {save.__name__}", "npz", data, npz_arrays, [name for name in numpy_entries if name not in reals])

# safetensors: types of 8 bits, every pattern of each; complex numbers and types of fewer bits beside them.
patterns = torch.arange(256, dtype=torch.uint8)
float8 = {
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F8_E8M0": torch.float8_e8m0fnu,
}
small = {name: patterns.clone().view(dtype) for name, dtype in float8.items()}
shorts = torch.arange(0, 65536, 211, dtype=torch.int32).to(torch.uint16)
halves = {"half": shorts.view(torch.float16), "brain": shorts.clone().view(torch.bfloat16)}
written = {name: value for name, value in small.items() if name != "F8_E8M0"} | {"F16": halves["half"], "BF16": halves["brain"], "C64": torch.tensor([1 + 2j])}
case("safetensors: types of 8 bits", "safetensors", safetensors.torch.save(written), {k: v for k, v in written.items() if k != "C64"}, ["C64"])
packed = {"exponents": ("float8_e8m0fnu", [256], np.arange(256, dtype=np.uint8)), "nibbles": ("float4_e2m1fn_x2", [2], np.array([1, 2], dtype=np.uint8)), "w": ("float32", [1], np.float32([3]))}
specs = {name: safetensors.TensorSpec(dtype=dtype, shape=shape, data_ptr=array.ctypes.data, data_len=array.nbytes) for name, (dtype, shape, array) in packed.items()}
case("safetensors: exponents alone, and four bits", "safetensors", bytes(safetensors.serialize(specs)), {"exponents": small["F8_E8M0"], "w": torch.tensor([3.0])}, ["nibbles"])

# Metadata of a tensor that changes its values.
neg = {
    "float": torch._neg_view(torch.tensor([1.0, 3.0])),
    "half": torch._neg_view(torch.tensor([0.5, 2.0], dtype=torch.float16)),
    "long": torch._neg_view(torch.tensor([5, -(2**40)])),
    "byte": torch._neg_view(torch.tensor([-128, 7], dtype=torch.int8)),
    "expanded": torch._neg_view(torch.tensor([[1.0], [2.0]]).expand(2, 3)),
    "plain": torch.tensor([1.0, 3.0]),
}
complex_tensors = {"complex": torch.tensor([1 + 2j]), "conj": torch.tensor([1 + 2j]).conj(), "double": torch.zeros(2, dtype=torch.complex128)}
case("pth: the negative bit", "pth", pth(neg | complex_tensors), neg, complex_tensors)
shared = torch.tensor([1.0, 3.0])
both = {"shared": shared, "negative": torch._neg_view(shared)}
case("pth: the negative bit of one of two views", "pth", pth(both), both)
imaginary = torch.tensor([1 + 2j, 3 - 4j]).conj().imag
case("pth: the imaginary part of a conjugate", "pth", pth({"v": imaginary}), {"v": imaginary})

# Element types.
typed = {
    "u16": torch.tensor([1, 65535], dtype=torch.uint16),
    "u32": torch.tensor([1, 2**32 - 1], dtype=torch.uint32),
    "u64": torch.tensor([1, 2**64 - 1], dtype=torch.uint64),
    "part": torch.arange(6).to(torch.uint32).reshape(2, 3)[:, 1:],
    "i8": torch.tensor([-1, 3], dtype=torch.int8),
    "brain": torch.tensor([1.5, -2], dtype=torch.bfloat16),
} | small
case("pth: uint16 to uint64 and types of 8 bits", "pth", pth(typed), typed)
case("pth: halves", "pth", pth(halves), halves)
case("legacy: uint16 to uint64 and types of 8 bits", "pth", legacy(typed), typed)

# Strides.
base = torch.arange(24.0).reshape(4, 6)
views = {
    "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
    "overlapping": base.as_strided((3, 4), (1, 1)),
    "transposed": base.t()[1:3],
    "window": base.unfold(1, 3, 1)[0],
    "empty": base[:, 6:],
    "scalar": base[1, 2],
}
case("pth: views", "pth", pth(views), views)
case("legacy: views", "pth", legacy(views), views)


# Tensors that are more than tensors, and less.
class Tagged(torch.Tensor):
    pass


parameter = nn.Parameter(torch.tensor([1.0, 2.0]))
parameter.tag = "no decay"
more = {
    "parameter": parameter,
    "frozen": nn.Parameter(torch.tensor([3]), requires_grad=False),
    "tagged": torch.tensor([4.0]).as_subclass(Tagged),
    "buffer": nn.Buffer(torch.tensor([5.0])),
    "after": torch.tensor([6.0]),
}
less = {
    "sparse": torch.tensor([[0.0, 1.0]]).to_sparse(),
    "rows": torch.tensor([[0.0, 1.0]]).to_sparse_csr(),
    "quantized": torch.quantize_per_tensor(torch.tensor([1.0, 2.0]), 0.5, 0, torch.qint8),
    "meta": torch.empty(2, device="meta"),
    "bits": patterns[:4].view(torch.bits8),
}
case("pth: parameters with attributes, subclasses, and tensors without plain numbers", "pth", pth(more | less), more, less)
case("pth: a tensor alone", "pth", pth(base), {"": base})
case("legacy: a tensor alone", "pth", legacy(base), {"": base})
case("pth: a list", "pth", pth([base, (base[0], {"x": 3})]), {"0": base, "1.0": base[0]})

# Everything else.
Point = collections.namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Settings:
    lr: float
    mean: torch.Tensor


class Slotted:
    __slots__ = ("one", "__dict__")

    def __init__(self):
        self.one, self.two = torch.tensor([7.0]), 8


class Names(list):
    pass


class Table(dict):
    pass


named = lambda x: x  # noqa: E731
named.__qualname__ = "named"
itself = [1]
itself.append(itself)
pair = ([],)
pair[0].append(pair)
counted = collections.OrderedDict(a=1)
counted.note = "has attributes"
names, table = Names(["a", torch.tensor([9.0])]), Table(k=torch.tensor([10.0]))
names.owner = table
everything = {
    "first": torch.tensor([1.0]),
    "args": argparse.Namespace(lr=0.1, device=torch.device("cpu"), path=pathlib.Path("runs/1"), none=None),
    "scalar": np.float32(3),
    "array": np.arange(6.0).reshape(2, 3),
    "strings": np.array(["a"], dtype=object),
    "record": record,
    "when": datetime.datetime(2020, 1, 2, 3, 4),
    "day": datetime.date(2020, 1, 2),
    "zone": datetime.timezone(datetime.timedelta(hours=1)),
    "path": pathlib.PureWindowsPath("C:/x"),
    "size": torch.Size([2, 3]),
    "dtype": torch.bfloat16,
    "layout": torch.strided,
    "set": {1, 2},
    "frozen": frozenset("a"),
    "counter": collections.Counter("aab"),
    "default": collections.defaultdict(list, a=[torch.tensor([2.0])]),
    "deque": collections.deque([torch.tensor([3.0])], maxlen=3),
    "ordered": counted,
    "function": named,
    "partial": functools.partial(named, 1),
    "method": [].append,
    "point": Point(torch.tensor([4.0]), 1),
    "colour": Colour.RED,
    "settings": Settings(0.1, torch.tensor([5.0])),
    "slotted": Slotted(),
    "names": names,
    "table": table,
    "decimal": decimal.Decimal("1.5"),
    "fraction": fractions.Fraction(1, 3),
    "uuid": uuid.UUID(int=7),
    "pattern": re.compile("a+"),
    "complex": 1 + 2j,
    "bytes": b"\x00\xff",
    "bytearray": bytearray(b"\x01\xfe"),
    "range": range(3),
    "slice": slice(1, 2),
    "more": Ellipsis,
    "type": int,
    "space": types.SimpleNamespace(x=torch.tensor([6.0])),
    "state": random.Random(0).getstate()[1][:5],
    "long": 2**200,
    "negative": -(2**70),
    "float": float("nan"),
    "error": ValueError("no"),
    "itself": itself,
    "pair": pair,
    3: torch.tensor([11.0]),
    (1, 2): torch.tensor([12.0]),
    "last": torch.tensor([13.0]),
}
inside = {
    "first": [1.0], "default.a.0": [2.0], "point.0": [4.0], "settings.mean": [5.0], "slotted.one": [7.0],
    "names.1": [9.0], "table.k": [10.0], "space.x": [6.0], "3": [11.0], "last": [13.0],
}  # fmt: skip
inside = {name: torch.tensor(value) for name, value in inside.items()}
inside["deque.0"] = torch.tensor([3.0])
inside[str(list(everything).index((1, 2)))] = torch.tensor([12.0])
for protocol in [2, 3, 4, 5]:
    case(f"pth: everything else, protocol {protocol}", "pth", pth(everything, pickle_protocol=protocol), inside)
case("legacy: everything else", "pth", legacy(everything), inside)
for protocol in [1, 3, 4, 5]:
    plain = {"w": base, "n": 2**70, "t": True, "nested": [{"b": base[0]}], "args": everything["args"]}
    options = {"pickle_protocol": protocol}
    expected = {"w": base, "nested.0.b": base[0]}
    case(f"pth: protocol {protocol}", "pth", pth(plain, **options), expected)
    case(f"legacy: protocol {protocol}", "pth", legacy(plain, **options), expected)


# Whole modules.
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 3, (3, 2), bias=False), nn.BatchNorm2d(3), nn.ReLU())
        self.again = self.stem[0]
        self.heads = nn.ModuleList([nn.Linear(3, 2), nn.Identity()])
        self.nothing = None
        self.register_parameter("missing", None)
        self.register_buffer("anchors", torch.arange(4.0))
        self.register_buffer("grid", torch.arange(5.0), persistent=False)
        self.register_module("absent", None)
        self.scale = nn.Parameter(torch.tensor([2.0]))
        self.tied = self.scale
        self.loose = torch.ones(3)
        self.criterion = named
        self.args = everything["args"]
        self.apart = [nn.Linear(1, 1)]


torch.manual_seed(5)
net = Net()
net.stem[1].running_mean.normal_()
state = net.state_dict()
averaged = Net()
for value in averaged.state_dict().values():
    value.copy_(torch.arange(value.numel()).reshape(value.shape))
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
sum(p.sum() for p in net.parameters()).backward()
optimizer.step()
optimizer.zero_grad()
state = {name: value.clone() for name, value in net.state_dict().items()}
case("pth: a whole module", "pth", pth(net), state, find=state)
case("legacy: a whole module", "pth", legacy(net), state, find=state)
case("pth: a whole module, protocol 5", "pth", pth(net, pickle_protocol=5), state)
case("pth: a wrapped module", "pth", pth(nn.DataParallel(net)), behind("module", state), find=behind("module", state))
half = Net().half()
for value in half.state_dict().values():
    value.copy_(torch.arange(value.numel()).reshape(value.shape))
yolo = {"epoch": 3, "best_fitness": np.float64(0.5), "model": net, "ema": half, "updates": 7, "optimizer": None, "opt": everything["args"], "date": datetime.datetime(2020, 1, 1).isoformat()}
half_state = half.state_dict()
case("pth: YOLO's checkpoint", "pth", pth(yolo), behind("model", state) | behind("ema", half_state), find=half_state)
yolo |= {"ema": None}
case("pth: YOLO's checkpoint, stripped", "pth", pth(yolo), behind("model", state), find=state)
moments = optimizer.state_dict()["state"]
flat_moments = {f"{i}.{name}": value for i, one in moments.items() for name, value in one.items()}
training = {"epoch": 1, "state_dict": state, "optimizer": optimizer.state_dict(), "best_acc1": torch.tensor(61.5), "args": everything["args"]}
case(
    "pth: a training script's checkpoint", "pth", pth(training),
    behind("state_dict", state) | behind("optimizer.state", flat_moments) | {"best_acc1": training["best_acc1"]}, find=state,
)  # fmt: skip
ema = averaged.state_dict()
both = {"model": state, "ema": {"module": ema, "updates": 3}, "optimizer": {}}
case("pth: a running average beside the network", "pth", pth(both), behind("model", state) | behind("ema.module", ema), find=ema)
partial = {"model": state, "ema": {"shadow": [torch.zeros(1)]}}
case("pth: a running average without names", "pth", pth(partial), behind("model", state) | {"ema.shadow.0": torch.zeros(1)}, find=state)
case("pth: a state dict whose names begin with model", "pth", pth(behind("model", state)), behind("model", state), find=behind("model", state))
case("pth: some name of its own", "pth", pth({"epoch": 1, "teacher": state, "optimizer": {"m": torch.zeros(1)}}), behind("teacher", state) | {"optimizer.m": torch.zeros(1)}, find=state)
whole = torch.optim.SGD([nn.Parameter(torch.tensor([1.0]))], lr=0.1, momentum=0.9)
case("pth: a whole optimizer", "pth", pth({"optimizer": whole, "w": base}), {"optimizer.param_groups.0.params.0": torch.tensor([1.0]), "w": base})

# Weights that weight_norm has split.
torch.manual_seed(6)
hooked = nn.Sequential(
    weight_norm(nn.Conv2d(3, 4, 3)), weight_norm(nn.ConvTranspose2d(3, 4, 2), dim=1), weight_norm(nn.Linear(5, 3), dim=None),
    weight_norm(nn.Linear(3, 3)), nn.BatchNorm1d(3),
)  # fmt: skip
parametrized = nn.Sequential(
    parametrizations.weight_norm(nn.Conv2d(3, 4, 3)), parametrizations.weight_norm(nn.ConvTranspose2d(3, 4, 2), dim=1),
    parametrizations.weight_norm(nn.Linear(5, 3), dim=None), parametrizations.weight_norm(nn.Linear(3, 3), dim=-1),
)  # fmt: skip
for kind, module in [("hooks", hooked), ("parametrizations", parametrized)]:
    for name, value in module.named_parameters():
        value.data.mul_(torch.rand(value.shape) * 3 + 0.5)
    split = module.state_dict()
    double = module.double()
    # In float64 and rounded once, which PyTorch's own float32 is not.
    for child in double:
        child(torch.zeros(1, child.weight.shape[0 if isinstance(child, nn.ConvTranspose2d) else 1], *[4] * (child.weight.dim() - 2), dtype=torch.float64)) if not isinstance(child, nn.BatchNorm1d) else None
    weights = {}
    for name, value in split.items():
        weight = name.replace("parametrizations.weight.original0", "weight").replace("weight_g", "weight")
        if weight != name:
            weights[weight] = double[int(name[0])].weight.float()
        elif not re.search("weight_v|original1", name):
            weights[name] = value
    case(f"pth: weight_norm by {kind}", "pth", pth({"generator": split, "optimizer": {"m": base}}), behind("generator", split) | {"optimizer.m": base}, find=weights)

traced = torch.fx.symbolic_trace(nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)))
case("pth: a traced module", "pth", pth({"model": traced}), behind("model", traced.state_dict()), find=traced.state_dict())
several = nn.ModuleDict({"rnn": nn.LSTM(2, 3), "list": nn.ParameterList([nn.Parameter(torch.ones(2))]), "lazy": nn.LazyLinear(2)})
case(
    "pth: modules of several kinds, one not initialised", "pth", pth(several),
    {name: value for name, value in several.state_dict().items() if "lazy" not in name}, ["lazy.weight", "lazy.bias"],
)  # fmt: skip

# TorchScript. The order of constants in its code depends on the hashes of names, other ones in each run.
scripted = torch.jit.script(nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)))
case("pth: TorchScript", "pth", saved(lambda buffer: torch.jit.save(scripted, buffer)), scripted.state_dict(), find=scripted.state_dict())

(here / "files.json").write_text("[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases) + "\n]\n")
print(f"{len(cases)} files of others")
