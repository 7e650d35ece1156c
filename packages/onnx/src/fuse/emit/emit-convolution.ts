import { type ConvAxis, type LinearForm, toTransposed } from "@convfuse/core";
import { turned } from "../../constants/turned.js";
import { elementSize } from "../../model/data-type.js";
import { encode } from "../../model/elements.js";
import type { NewTensor } from "../../write/new-tensor.js";
import { isDiagonal, type TransposedAxis, transposedAxis } from "../plan/form.js";
import type { Emitted, NewOperation } from "./new-nodes.js";
import { operation, type Site } from "./site.js";
import type { StoredKernel, StoredNumbers } from "./stored-kernel.js";
import type { StoredConvolution } from "./stored-term.js";

/** Makes the nodes for one convolution: the operator that its form asks for. */
export function emitConvolution(
  convolution: StoredConvolution,
  input: string,
  output: string,
  path: string,
  site: Site,
): Emitted {
  const { form } = convolution;
  const part: Part = { convolution, stored: convolution.stored(), input, output, path, site };
  if (isDiagonal(form)) return emitFactors(part);
  return form.axes.length === 0 ? emitMatrix(part) : emitImage(part, form);
}

/** What the nodes for one convolution are made of. */
interface Part {
  readonly convolution: StoredConvolution;
  readonly stored: StoredKernel;
  readonly input: string;
  readonly output: string;
  readonly path: string;
  readonly site: Site;
}

/** Conv or ConvTranspose. */
function emitImage(part: Part, { axes, inChannels, outChannels, groups }: LinearForm): Emitted {
  const sizes = axes.map(({ size }) => size);
  const bias = biasOf(part, [outChannels]);
  if (axes.every(({ upsampling }) => upsampling === 1)) {
    const weight = weightOf(part, [outChannels, inChannels / groups, ...sizes]);
    return emitted(part, "Conv", [weight, ...bias], convAttributes(axes, groups));
  }
  const weight = weightOf(part, [inChannels, outChannels / groups, ...sizes], toTransposed);
  return emitted(part, "ConvTranspose", [weight, ...bias], transposedAttributes(axes, groups));
}

/** [batch, features] times a matrix. */
function emitMatrix(part: Part): Emitted {
  const { inChannels, outChannels } = part.convolution.form;
  const [bias] = biasOf(part, [outChannels]);
  // Before opset 11 Gemm has to have a bias.
  if (bias === undefined) {
    const columns = (kernel: StoredKernel): StoredNumbers => turned(kernel.weight, outChannels, inChannels);
    return emitted(part, "MatMul", [weightOf(part, [inChannels, outChannels], columns)], {});
  }
  if (part.convolution.along === "last") return emitTokens(part, bias);
  const weight = weightOf(part, [outChannels, inChannels]);
  return emitted(
    part,
    "Gemm",
    [weight, bias],
    part.site.opset < 7 ? { transB: 1, broadcast: 1 } : { transB: 1 },
  );
}

/** Any axes and then features, times a matrix. */
function emitTokens(part: Part, bias: NewTensor): Emitted {
  const { inChannels, outChannels } = part.convolution.form;
  const weight = weightOf(part, [inChannels, outChannels], (kernel) =>
    turned(kernel.weight, outChannels, inChannels),
  );
  const product = part.site.names.fresh(`${part.output}.product`);
  const first = emitted({ ...part, output: product }, "MatMul", [weight], {});
  const second = emitted(
    { ...part, input: product },
    "Add",
    [bias],
    part.site.opset < 7 ? { broadcast: 1 } : {},
  );
  return {
    operations: [...first.operations, ...second.operations],
    tensors: [...first.tensors, ...second.tensors],
  };
}

/** One factor, and one summand, a channel; one of each for all where they are equal. */
function emitFactors(part: Part): Emitted {
  const { output, site, stored, convolution } = part;
  const { outChannels, axes } = convolution.form;
  const { weight, bias } = stored;
  const dims = [outChannels, ...(site.opset < 7 ? [] : axes.map(() => 1))];
  const few = ({ weight: values }: Pick<StoredKernel, "weight">): StoredNumbers =>
    isUniform(values) ? values.slice(0, 1) : values;
  const factor = weightOf(part, isUniform(weight) ? [] : dims, few);
  if (bias === undefined) return emitted(part, "Mul", [factor], broadcast(site));
  const values = few({ weight: bias });
  const summand = newTensor(part, "bias", isUniform(bias) ? [] : dims, () => [values]);
  if (weight.every((value) => value === 1)) return emitted(part, "Add", [summand], broadcast(site));
  const scaled = site.names.fresh(`${output}.scaled`);
  const product = emitted({ ...part, output: scaled }, "Mul", [factor], broadcast(site));
  const sum = emitted({ ...part, input: scaled }, "Add", [summand], broadcast(site));
  return {
    operations: [...product.operations, ...sum.operations],
    tensors: [...product.tensors, ...sum.tensors],
  };
}

function emitted(
  { input, output, path, site }: Part,
  type: string,
  tensors: readonly NewTensor[],
  attributes: NewOperation["attributes"],
): Emitted {
  const inputs = [input, ...tensors.map(({ name }) => name)];
  return { operations: [operation(type, inputs, output, path, site, attributes)], tensors };
}

/**
 * Before opset 7 a second input is only brought to the first one's shape where an attribute says so; here
 * from the channels on.
 */
function broadcast({ opset }: Site): NewOperation["attributes"] {
  return opset < 7 ? { broadcast: 1, axis: 1 } : {};
}

function isUniform(values: StoredNumbers): boolean {
  return values.every((value) => value === values[0]);
}

function convAttributes(axes: readonly ConvAxis[], group: number): NewOperation["attributes"] {
  return {
    dilations: axes.map(({ dilation }) => dilation),
    group,
    kernel_shape: axes.map(({ size }) => size),
    pads: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)],
    strides: axes.map(({ stride }) => stride),
  };
}

function transposedAttributes(axes: readonly ConvAxis[], group: number): NewOperation["attributes"] {
  const cuts = axes.map((axis) => transposedAxis(axis) as TransposedAxis);
  return {
    dilations: axes.map(({ dilation }) => dilation),
    group,
    kernel_shape: axes.map(({ size }) => size),
    output_padding: cuts.map(({ extra }) => extra),
    pads: [...cuts.map(({ head }) => head), ...cuts.map(({ tail }) => tail)],
    strides: axes.map(({ upsampling }) => upsampling),
  };
}

/**
 * The numbers are computed again when they are written, unless there are few: a network's new weights are as
 * large as its file.
 * @param arranged the weights in the operator's order, if that is another one
 */
function weightOf(
  part: Part,
  dims: readonly number[],
  arranged: (kernel: StoredKernel) => StoredNumbers = inOrder,
): NewTensor {
  const { convolution, stored } = part;
  const tensor = newTensor(part, "weight", dims, () =>
    arranged === inOrder ? convolution.blocks() : [arranged(convolution.again())],
  );
  if (!convolution.mayKeep(tensor.length)) return tensor;
  // The numbers lie where the next region's will.
  const bytes = encode(arranged(stored), tensor.type).slice();
  return { ...tensor, make: () => [bytes] };
}

function inOrder({ weight }: StoredKernel): StoredNumbers {
  return weight;
}

function biasOf(part: Part, dims: readonly number[]): readonly NewTensor[] {
  const { bias } = part.stored;
  return bias === undefined ? [] : [newTensor(part, "bias", dims, () => [bias])];
}

function newTensor(
  { path, site: { names, type } }: Pick<Part, "path" | "site">,
  what: string,
  dims: readonly number[],
  numbers: () => Iterable<StoredNumbers>,
): NewTensor {
  const name = names.fresh(`${path}.fused.${what}`);
  const length = dims.reduce((product, size) => product * size, elementSize(type) as number);
  return { name, type, dims, length, make: () => encoded(numbers(), type) };
}

function* encoded(parts: Iterable<StoredNumbers>, type: number): Generator<Uint8Array> {
  for (const part of parts) yield encode(part, type);
}
