"""Puts into a file what fusing knows nothing of: fields of other schemas, doc strings, metadata, training info, annotations."""

import random

from google.protobuf.internal import encoder
from onnx import ModelProto, TrainingInfoProto, helper

unknown = (900, 901, 902)


def decorate(model: ModelProto, seed: int) -> bytes:
    drawn = random.Random(seed)
    for message in messages(model, drawn):
        if drawn.random() < 0.3:
            add_unknown(message, drawn)
    graph = model.graph
    if drawn.random() < 0.5:
        graph.doc_string = "kept: ä 漢"
        model.doc_string = ""
    for node in graph.node:
        if drawn.random() < 0.3:
            node.doc_string = f"of {node.op_type}"
        if drawn.random() < 0.2 and model.ir_version >= 10:
            helper.set_metadata_props(node, {"from": "somewhere"})
    for tensor in graph.initializer:
        if drawn.random() < 0.2:
            tensor.doc_string = "a tensor"
    helper.set_model_props(model, {"licence": "none", "empty": ""})
    if not any(one.domain == "other" for one in model.opset_import):
        model.opset_import.add(domain="other", version=3)
    training = TrainingInfoProto()
    training.algorithm.name = "training"
    training.algorithm.node.append(helper.make_node("Conv", ["x", "w"], ["t"], pads=[1, 1, 1, 1]))
    model.training_info.append(training)
    for name in [one.name for one in graph.initializer][:2] + [node.output[0] for node in graph.node if node.output][
        :3
    ]:
        annotation = graph.quantization_annotation.add(tensor_name=name)
        annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="no tensor")
    # Fields may come in any order: protobuf's own writer puts them in one.
    return model.SerializeToString()


def messages(model: ModelProto, drawn: random.Random):
    yield from [model, model.graph, *model.functions, *model.opset_import]
    for holder in [model.graph, *model.functions]:
        for node in holder.node:
            yield node
            yield from node.attribute
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    yield attribute.g
                    yield from attribute.g.node
    yield from [*model.graph.initializer, *model.graph.input, *model.graph.output, *model.graph.value_info]


def add_unknown(message, drawn: random.Random) -> None:
    number = drawn.choice(unknown)
    kind = drawn.choice((0, 1, 2, 5))
    payload = {0: encoder._VarintBytes(drawn.getrandbits(40)), 1: b"8 bytes!", 2: b"\x05hello", 5: b"four"}[kind]
    message.MergeFromString(encoder.TagBytes(number, kind) + payload)
