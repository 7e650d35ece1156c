"""Writes published architectures as ONNX files, with random weights and disturbed statistics:

    python export.py FOLDER [NAME ...]
    python export.py --list

For each network FOLDER/NAME.FORM.onnx, where FORM is
  raw     TorchScript exporter, norms kept apart from convolutions
  user    TorchScript exporter as people call it, which folds a norm into the convolution before it
  plain   the exporter on torch.export, without its optimiser
  new     the same with its optimiser
  deploy  what the framework's own re-parameterisation makes of the network, exported as `user`
and FOLDER/NAME.json with inputs' shapes and what could not be exported, and why.
"""

import copy
import json
import sys
import warnings
import zlib
from pathlib import Path

from networks import Network, networks
import torch
from torch import nn

opset = 18
norms = (nn.BatchNorm2d, nn.BatchNorm1d)


def main() -> None:
    if sys.argv[1:] == ["--list"]:
        print("\n".join(network.name for network in networks))
        return
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    unknown = set(wanted) - {network.name for network in networks}
    if unknown:
        sys.exit(f"export.py: no such network: {', '.join(sorted(unknown))}")
    warnings.filterwarnings("ignore")
    for network in networks:
        if not wanted or network.name in wanted:
            write(network, folder)
            print(network.name, flush=True)


def write(network: Network, folder: Path) -> None:
    torch.manual_seed(zlib.crc32(network.name.encode()))
    model = network.make()
    width = 0 if network.square else 32
    height, other = network.sizes
    x = torch.randn(1, 3, height, height + width)
    disturb(model, x)
    model.eval()
    failed = {}
    fixed = []
    forms = {"raw": script, "user": script, "plain": modern, "new": modern}
    for form, export in forms.items():
        path = folder / f"{network.name}.{form}.onnx"
        try:
            export(model, x, path, form, network.square)
        except Exception:  # noqa: BLE001  (an exporter may refuse free sizes in any way)
            try:
                export(model, x, path, form, None)
                fixed.append(form)
            except Exception as error:  # noqa: BLE001
                failed[form] = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
    if network.deploy is not None:
        deployed = network.deploy(copy.deepcopy(model)).eval()
        with torch.no_grad():
            expected, got = first(model(x)), first(deployed(x))
        apart = ((expected - got).abs().max() / expected.abs().max()).item()
        if apart > 1e-3:
            raise AssertionError(f"{network.name}: its own deployed form differs by {apart} of the largest output")
        script(deployed, x, folder / f"{network.name}.deploy.onnx", "user", network.square)
    shapes = [[2, 3, size, size + width] for size in network.sizes]
    if network.square:
        shapes = [[1, 3, height, height]]
    (folder / f"{network.name}.json").write_text(json.dumps({"shapes": shapes, "input": list(x.shape), "fixed": fixed, "failed": failed}, indent=1))


def first(out):
    return out[0] if isinstance(out, (tuple, list)) else out


def disturb(model: nn.Module, x: torch.Tensor) -> None:
    """Gives every norm scales of its own and the statistics of random data, then moves those, so that a norm that is dropped or folded
    wrongly shows, while activations stay of order one: a network that blows rounding up says nothing about a fold."""
    generator = torch.Generator().manual_seed(1)

    def draw(like: torch.Tensor, low: float, high: float) -> torch.Tensor:
        return torch.rand(like.shape, generator=generator) * (high - low) + low

    found = [module for module in model.modules() if isinstance(module, norms)]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("gamma"):
                parameter.copy_(draw(parameter, 0.3, 1.2))
        for module in found:
            module.momentum = None
            module.reset_running_stats()
            if module.affine:
                sign = torch.where(draw(module.weight, 0, 1) < 0.1, -1.0, 1.0)
                module.weight.copy_(draw(module.weight, 0.5, 1.3) * sign)
                module.bias.copy_(draw(module.bias, -0.3, 0.3))
        model.train()
        model(torch.cat([x, x.flip(2) + 0.1, 0.7 * x.flip(3), torch.randn(x.shape, generator=generator)]))
        for module in found:
            # A channel that is nearly constant would be blown up, its rounding errors with it.
            least = 0.1 * module.running_var.mean() + 1e-4
            variance = module.running_var.clamp(min=least)
            module.running_mean += draw(module.running_mean, -0.2, 0.2) * variance.sqrt()
            module.running_var.copy_(variance * draw(module.running_var, 0.7, 1.6))


def script(model: nn.Module, x: torch.Tensor, path: Path, form: str, square: bool | None) -> None:
    """`square`: True, only the batch is free; None: nothing is."""
    raw = form == "raw"
    names = {0: "batch", 2: "height", 3: "width"}
    torch.onnx.export(
        model,
        (x,),
        path,
        dynamo=False,
        opset_version=opset,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={} if square is None else {"input": names if not square else {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE if raw else torch.onnx.TrainingMode.EVAL,
        do_constant_folding=not raw,
    )
    check(path)


def modern(model: nn.Module, x: torch.Tensor, path: Path, form: str, square: bool | None) -> None:
    free = torch.export.Dim.DYNAMIC
    axes = {0: free} if square else {0: free, 2: free, 3: free}
    # A size of 1 would be taken for a constant.
    example = x if square is None else torch.cat([x, x])
    program = torch.onnx.export(
        model,
        (example,),
        dynamo=True,
        dynamic_shapes=None if square is None else (axes,),
        opset_version=opset,
        input_names=["input"],
        verbose=False,
        optimize=form == "new",
    )
    program.save(path, external_data=False)
    check(path)


def check(path: Path) -> None:
    import onnx

    onnx.checker.check_model(path)


if __name__ == "__main__":
    main()
