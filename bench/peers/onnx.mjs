// A module tree as an ONNX model, for both onnxruntimes: the few fields of onnx.proto that it takes.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { BatchNorm2d, Identity, Linear, ReLU, Sequential, Sum } from "@convfuse/core";

/** The bytes of a model with the input "x" and the output "y". */
export function onnxModel(module, inputShape) {
  const graph = { nodes: [], tensors: [], count: 0 };
  const last = add(graph, module, "x");
  node(graph, "Identity", [last], [], "y");
  const fields = [
    ...graph.nodes.map((one) => bytes(1, one)),
    text(2, "g"),
    ...graph.tensors.map((one) => bytes(5, one)),
    bytes(11, valueInfo("x", inputShape)),
    bytes(12, valueInfo("y")),
  ];
  return join([number(1, 8), bytes(7, join(fields)), bytes(8, join([text(1, ""), number(2, 17)]))]);
}

function add(graph, module, x) {
  const value = (tensor) => initializer(graph, tensor);
  const each = () => [...module.children().values()];
  if (module instanceof Sequential) return each().reduce((y, child) => add(graph, child, y), x);
  if (module instanceof Sum)
    return each()
      .map((child) => add(graph, child, x))
      .reduce((a, b) => node(graph, "Add", [a, b]));
  if (module instanceof Identity) return x;
  if (module instanceof ReLU) return node(graph, "Relu", [x]);
  if (module.op?.kind === "conv") {
    const { axes, groups, transposed } = module.op;
    const inputs = [x, value(module.weight), ...(module.bias ? [value(module.bias)] : [])];
    const of = (name) => axes.map((axis) => axis[name]);
    const { padding, outputPadding } = module.settings;
    return node(graph, transposed ? "ConvTranspose" : "Conv", inputs, [
      attribute("strides", of(transposed ? "upsampling" : "stride")),
      attribute("pads", transposed ? [...padding, ...padding] : [...of("before"), ...of("after")]),
      attribute("dilations", of("dilation")),
      attribute("kernel_shape", module.kernelSize),
      attribute("group", groups),
      ...(transposed ? [attribute("output_padding", outputPadding)] : []),
    ]);
  }
  if (module instanceof BatchNorm2d) {
    const values = [module.weight, module.bias, module.runningMean, module.runningVar].map(value);
    return node(graph, "BatchNormalization", [x, ...values]);
  }
  if (module instanceof Linear) {
    return node(graph, "Gemm", [x, value(module.weight), value(module.bias)], [attribute("transB", 1)]);
  }
  if (module.constructor.name === "AdaptiveAvgPool2d") return node(graph, "GlobalAveragePool", [x]);
  if (module.constructor.name === "Flatten") return node(graph, "Flatten", [x]);
  throw new Error(`onnxModel: ${module.constructor.name} has no translation here`);
}

function node(graph, type, inputs, attributes = [], output = `v${graph.count++}`) {
  graph.nodes.push(
    join([
      ...inputs.map((name) => text(1, name)),
      text(2, output),
      text(4, type),
      ...attributes.map((one) => bytes(5, one)),
    ]),
  );
  return output;
}

function initializer(graph, tensor) {
  const name = `w${graph.tensors.length}`;
  const raw = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  graph.tensors.push(
    join([...tensor.shape.map((size) => number(1, size)), number(2, 1), text(8, name), bytes(9, raw)]),
  );
  return name;
}

function attribute(name, value) {
  const kind = Array.isArray(value) ? 7 : 2;
  const values = Array.isArray(value) ? value.map((one) => number(8, one)) : [number(3, value)];
  return join([text(1, name), ...values, number(20, kind)]);
}

function valueInfo(name, shape) {
  const sizes = shape && [bytes(2, join(shape.map((size) => bytes(1, number(1, size)))))];
  const tensorType = join([number(1, 1), ...(sizes ?? [])]);
  return join([text(1, name), bytes(2, bytes(1, tensorType))]);
}

function varint(value) {
  const out = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) + 128);
  }
}

function number(field, value) {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

function bytes(field, content) {
  return join([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

function text(field, value) {
  return bytes(field, new TextEncoder().encode(value));
}

function join(parts) {
  return new Uint8Array(Buffer.concat(parts));
}
