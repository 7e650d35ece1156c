"""Files of some 100 MB: RepVGG's blocks, as users export them, and one convolution with a norm behind it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

channels = 320
blocks = 24


def write_large(path: str) -> None:
    random = np.random.default_rng(0)
    nodes, tensors = [], []

    def tensor(name: str, *shape: int) -> str:
        values = random.random(shape, dtype=np.float32) / np.float32(channels) if len(shape) > 1 else random.random(shape, dtype=np.float32) + np.float32(0.5)
        tensors.append(numpy_helper.from_array(values, name))
        return name

    for i in range(blocks):
        x, y = "x" if i == 0 else f"v{i}", "y" if i == blocks - 1 else f"v{i + 1}"
        dense, point = tensor(f"w{i}", channels, channels, 3, 3), tensor(f"p{i}", channels, channels, 1, 1)
        norm = [tensor(f"{part}{i}", channels) for part in ["scale", "shift", "mean", "variance"]]
        nodes += [
            helper.make_node("Conv", [x, dense], [f"a{i}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
            helper.make_node("Conv", [x, point], [f"b{i}"], kernel_shape=[1, 1]),
            helper.make_node("BatchNormalization", [x, *norm], [f"c{i}"]),
            helper.make_node("Add", [f"a{i}", f"b{i}"], [f"d{i}"]),
            helper.make_node("Add", [f"d{i}", f"c{i}"], [f"e{i}"]),
            helper.make_node("Relu", [f"e{i}"], [y]),
        ]
    save(path, nodes, tensors, channels)


def write_one_convolution(path: str) -> None:
    random = np.random.default_rng(0)
    many = 1676
    shapes = {"w": (many, many, 3, 3), **{part: (many,) for part in ["scale", "shift", "mean", "variance"]}}
    tensors = [numpy_helper.from_array(random.random(shape, dtype=np.float32) + np.float32(0.5), name) for name, shape in shapes.items()]
    conv, *norm = shapes
    nodes = [
        helper.make_node("Conv", ["x", conv], ["a"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["a", *norm], ["y"]),
    ]
    save(path, nodes, tensors, many)


def save(path: str, nodes: list, tensors: list, width: int) -> None:
    """From "x" to "y", both with so many channels."""
    port = ["n", width, "h", "w"]
    graph = helper.make_graph(
        nodes,
        "large",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, port)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, port)],
        tensors,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
