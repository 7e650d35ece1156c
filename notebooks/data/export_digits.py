"""Exports digits-repvgg.pth, with its branches, to digits-repvgg.onnx: `python export_digits.py` (pip install torch onnxscript scikit-learn).

The number of images is left open, and everything else is the exporter's default. What the exporter notes down about where each node comes
from is taken out: it names places on the machine that exported.
"""

import pathlib

import onnx
import torch
from train_digits import Network

folder = pathlib.Path(__file__).parent
network = Network()
network.load_state_dict(torch.load(folder / "digits-repvgg.pth"))
network.eval()
file = folder / "digits-repvgg.onnx"
torch.onnx.export(
    network,
    (torch.zeros(2, 1, 8, 8),),
    file,
    input_names=["images"],
    output_names=["scores"],
    dynamic_shapes=({0: torch.export.Dim("batch")},),
    external_data=False,
)
model = onnx.load(file)
graph = model.graph
for noted in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
    noted.ClearField("metadata_props")
onnx.save(model, file)
print(f"{file.stat().st_size} bytes, operators:", *sorted({node.op_type for node in graph.node}))
