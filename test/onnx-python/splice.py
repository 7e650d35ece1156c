"""Compares a fused model with the one before, message by message, as Python's protobuf reads both: what fusing did not touch is equal."""

from collections import Counter

from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto

bodies = (AttributeProto.GRAPH, AttributeProto.GRAPHS)


def faults(before: ModelProto, after: ModelProto) -> list[str]:
    found: list[str] = []
    if without(before, "graph", "functions") != without(after, "graph", "functions"):
        found.append("fields of the model have changed")
    if [one.name for one in before.functions] != [one.name for one in after.functions]:
        found.append("functions have come or gone")
    for a, b in zip(before.functions, after.functions):
        found += of_holder(a, b, ("node", "value_info"), taken(before))
    return found + of_graph(before.graph, after.graph, taken(before), before.ir_version < 4)


def of_graph(before: GraphProto, after: GraphProto, names: set[str], old: bool) -> list[str]:
    lists = ("node", "initializer", "input", "value_info", "quantization_annotation")
    found = of_holder(before, after, lists, names)
    held = {one.SerializeToString() for one in before.initializer}
    kept = {one.SerializeToString() for one in after.initializer}
    used = reads(after)
    for tensor in after.initializer:
        if tensor.name in names and tensor.SerializeToString() not in held:
            found.append(f"initializer {tensor.name} has changed")
    for tensor in before.initializer:
        if tensor.name in used and tensor.SerializeToString() not in kept:
            found.append(f"initializer {tensor.name} is read and gone")
    gone = subtract(before.input, after.input)
    if gone and not (old and all(one.name in {tensor.name for tensor in before.initializer} for one in gone)):
        found.append(f"inputs are gone: {[one.name for one in gone]}")
    present = (
        used | {name for node in after.node for name in node.output} | {one.name for one in after.initializer}
    )
    made = {name for node in before.node for name in node.output}
    same = same_values(before, after)
    for what, name_of in (
        ("value_info", lambda one: one.name),
        ("quantization_annotation", lambda one: one.tensor_name),
    ):
        for one in getattr(after, what):
            if name_of(one) not in present and name_of(one) in made:
                found.append(f"{what} of {name_of(one)}, which is gone")
        for one in subtract(getattr(before, what), getattr(after, what)):
            if name_of(one) in same:
                found.append(f"{what} of {name_of(one)} is gone, which is not")
    return found


def of_holder(before: GraphProto | FunctionProto, after, lists: tuple[str, ...], names: set[str]) -> list[str]:
    found = []
    if without(before, *lists) != without(after, *lists):
        found.append(f"other fields of {before.name} have changed")
    for what in lists:
        if not in_order(getattr(before, what), getattr(after, what)):
            found.append(f"{what}s of {before.name} stand in another order")
    old_nodes = {node.SerializeToString() for node in before.node}
    left = {name for node in after.node for name in node.output}
    for node in after.node:
        if node.SerializeToString() in old_nodes:
            continue
        twin = next(
            (one for one in before.node if list(one.output) == list(node.output) and one.name == node.name), None
        )
        if node.name not in names and node.name != "":
            continue
        if twin is not None and node.op_type == "Constant" and not set(twin.input) <= left:
            continue  # what is gone was asked for a shape, which is known
        if twin is None:
            found.append(f"node {node.name} ({node.op_type}) is new and has a name that was taken, or none")
        elif without(twin, "attribute", "input") != without(node, "attribute", "input"):
            found.append(f"node {node.name} has changed")
        elif list(twin.input)[1:] != list(node.input)[1:] or (
            twin.input[:1] != node.input[:1] and len(node.input) == 0
        ):
            found.append(f"node {node.name} reads other values")
        else:
            found += of_attributes(twin, node, names)
    return found


def of_attributes(before: NodeProto, after: NodeProto, names: set[str]) -> list[str]:
    found = []
    for a, b in zip(before.attribute, after.attribute, strict=True):
        if without(a, "g", "graphs") != without(b, "g", "graphs"):
            found.append(f"attribute {a.name} of {before.name} has changed")
        if a.type in bodies:
            for inner, outer in zip([a.g, *a.graphs], [b.g, *b.graphs], strict=True):
                found += of_graph(inner, outer, names, False)
    return found


def without(message, *fields: str) -> bytes:
    copy = type(message)()
    copy.CopyFrom(message)
    for name in fields:
        copy.ClearField(name)
    return copy.SerializeToString()


def subtract(before, after) -> list:
    left = Counter(one.SerializeToString() for one in after)
    left.subtract(one.SerializeToString() for one in before)
    return [one for one in before if left[one.SerializeToString()] < 0]


def in_order(before, after) -> bool:
    """What is in both stands in the same order in both."""
    old = [one.SerializeToString() for one in before]
    new = [one.SerializeToString() for one in after]
    both = set(old) & set(new)
    seen_old = [one for one in dict.fromkeys(old) if one in both]
    return seen_old == [one for one in dict.fromkeys(new) if one in both]


def reads(graph: GraphProto) -> set[str]:
    names = {one.name for one in graph.output}
    for node in graph.node:
        names.update(node.input)
        for attribute in node.attribute:
            for body in [attribute.g, *attribute.graphs]:
                names |= reads(body)
    return names


def same_values(before: GraphProto, after: GraphProto) -> set[str]:
    """Outputs of nodes that are the same, with the same values in front of them; initializers that are the same."""
    held = {one.SerializeToString() for one in before.initializer}
    same = {one.name for one in after.input}
    same |= {one.name for one in after.initializer if one.SerializeToString() in held}
    old = {tuple(node.output): node for node in before.node}
    for node in after.node:
        if old.get(tuple(node.output)) == node and all(name in same or name == "" for name in node.input):
            same.update(node.output)
    return same


def taken(model: ModelProto) -> set[str]:
    names: set[str] = set()

    def take(holder) -> None:
        for node in holder.node:
            names.update([node.name, *node.input, *node.output])
            for attribute in node.attribute:
                for body in [attribute.g, *attribute.graphs]:
                    take(body)
        if isinstance(holder, GraphProto):
            names.update(one.name for one in [*holder.initializer, *holder.input, *holder.output, *holder.value_info])
            names.update(one.values.name for one in holder.sparse_initializer)

    take(model.graph)
    for function in model.functions:
        take(function)
    return names - {""}
