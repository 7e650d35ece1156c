"""Loads fused blocks into modules that are built as the authors' inference code builds them: `python deployed.py FOLDER`.

FOLDER holds a NAME.safetensors for each block. Prints, by name, the largest difference between what the two give for the case's input, as
a share of the largest output.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "goldens"))
sys.dont_write_bytecode = True

from block_cases import BLOCKS, drawn  # noqa: E402
from deployed_cases import DEPLOYED  # noqa: E402

folder = pathlib.Path(sys.argv[1])
found = {}
for seed, (name, (block, channels)) in enumerate(BLOCKS.items()):
    if name not in DEPLOYED:
        continue
    torch.manual_seed(seed)
    x = torch.randn([2, channels, 7, 10]).double()
    block.load_state_dict({key: drawn(key, value) for key, value in block.state_dict().items()})
    module = DEPLOYED[name]
    # Strict: every name and every shape is there, and none besides.
    module.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True)
    want = block.double().eval()(x)
    found[name] = ((module.double().eval()(x) - want).abs().max() / want.abs().max()).item()
print(json.dumps(found))
