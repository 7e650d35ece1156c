import {
  type ConvAxis,
  type FusedConvolution,
  FusionError,
  type LinearForm,
  type LinearKernel,
  toTransposed,
  type Value,
} from "@convfuse/core";
import { typeName } from "../model/data-type.js";
import { allFinite, encode } from "../model/elements.js";
import type { NewTensor } from "../write/new-tensor.js";
import { isDiagonal, type TransposedAxis, transposedAxis } from "./form.js";
import type { Names } from "./names.js";
import type { Emitted, NewOperation } from "./new-nodes.js";

/** Where nodes are made for: their types, names, and versions. */
export interface Site {
  readonly names: Names;
  readonly opset: number;
  /** The elements' type. */
  readonly type: number;
  /** Whether tensors may be kept once they were made, or are to be made again when they are written. */
  readonly keeps: boolean;
}

/** A convolution whose kernel is computed once, and how to compute it once more when nothing of it is kept any more. */
export interface ComputedOnce extends FusedConvolution {
  again(): LinearKernel;
}

/** A term of a sum, its kernel computed once. */
export interface OnceComputed {
  readonly base: Value;
  readonly convolution: ComputedOnce | undefined;
}

/** Makes the nodes that compute a sum of convolutions. */
export function emitTerms(
  terms: readonly OnceComputed[],
  output: string,
  path: string,
  site: Site,
  nameOf: (term: OnceComputed) => string,
): Emitted {
  const operations: NewOperation[] = [];
  const tensors: NewTensor[] = [];
  const only = terms.length === 1;
  const added = terms.map((term) => {
    const { convolution } = term;
    if (convolution === undefined) return nameOf(term);
    const result = only ? output : site.names.fresh(`${output}.term`);
    const made = emitConvolution(convolution, nameOf(term), result, path, site);
    operations.push(...made.operations);
    tensors.push(...made.tensors);
    return result;
  });
  const [first, ...rest] = added as [string, ...string[]];
  if (only && operations.length === 0) {
    operations.push(operation("Identity", [first], output, path, site));
  }
  let sum = first;
  for (const [i, name] of rest.entries()) {
    const result = i === rest.length - 1 ? output : site.names.fresh(`${output}.sum`);
    operations.push(operation("Add", [sum, name], result, path, site));
    sum = result;
  }
  return { operations, tensors };
}

/** A node whose name nothing else in the file has. */
export function operation(
  type: string,
  inputs: readonly string[],
  output: string,
  path: string,
  { names }: Pick<Site, "names">,
  attributes: NewOperation["attributes"] = {},
): NewOperation {
  return { type, name: names.fresh(`${path}.fused`), inputs, output, attributes };
}

function emitConvolution(
  convolution: ComputedOnce,
  input: string,
  output: string,
  path: string,
  site: Site,
): Emitted {
  const { form } = convolution;
  const kernel = convolution.kernel();
  const bias = kernel.bias?.some((value) => value !== 0) ? kernel.bias : undefined;
  const part: Part = { convolution, kernel, bias, input, output, path, site };
  if (isDiagonal(form)) return emitFactors(part);
  return form.axes.length === 0 ? emitMatrix(part) : emitImage(part, form);
}

/** What the nodes for one convolution are made of. */
interface Part {
  readonly convolution: ComputedOnce;
  readonly kernel: LinearKernel;
  /** undefined: none, or zeros. */
  readonly bias: Float64Array | undefined;
  readonly input: string;
  readonly output: string;
  readonly path: string;
  readonly site: Site;
}

/** Conv or ConvTranspose. */
function emitImage(part: Part, { axes, inChannels, outChannels, groups }: LinearForm): Emitted {
  const sizes = axes.map(({ size }) => size);
  const transposed = axes.some(({ upsampling }) => upsampling > 1);
  const weight = transposed
    ? weightOf(part, [inChannels, outChannels / groups, ...sizes], toTransposed)
    : weightOf(part, [outChannels, inChannels / groups, ...sizes], ({ weight }) => weight);
  const bias = biasOf(part, [outChannels]);
  return emitted(
    part,
    transposed ? "ConvTranspose" : "Conv",
    [weight, ...bias],
    transposed ? transposedAttributes(axes, groups) : convAttributes(axes, groups),
  );
}

/** [batch, features] times a matrix. */
function emitMatrix(part: Part): Emitted {
  const { inChannels, outChannels } = part.convolution.form;
  const [bias] = biasOf(part, [outChannels]);
  // Before opset 11 Gemm has to have a bias.
  if (bias === undefined) {
    const turned = (kernel: LinearKernel): Float64Array => turn(kernel.weight, outChannels, inChannels);
    return emitted(part, "MatMul", [weightOf(part, [inChannels, outChannels], turned)], {});
  }
  const weight = weightOf(part, [outChannels, inChannels], (kernel) => kernel.weight);
  return emitted(
    part,
    "Gemm",
    [weight, bias],
    part.site.opset < 7 ? { transB: 1, broadcast: 1 } : { transB: 1 },
  );
}

/** One factor, and one summand, a channel; one of each for all where they are equal. */
function emitFactors(part: Part): Emitted {
  const { output, site, kernel, convolution } = part;
  const { outChannels, axes } = convolution.form;
  const trailing = site.opset < 7 ? [] : axes.map(() => 1);
  const dimsOf = (values: Float64Array): readonly number[] =>
    isUniform(values) ? [] : [outChannels, ...trailing];
  const few = (values: Float64Array): Float64Array => (isUniform(values) ? values.slice(0, 1) : values);
  const factor = weightOf(part, dimsOf(kernel.weight), ({ weight }) => few(weight));
  const bias =
    part.bias &&
    newTensor(site.names.fresh(`${part.path}.fused.bias`), dimsOf(part.bias), few(part.bias), site, () =>
      few(part.bias as Float64Array),
    );
  if (bias === undefined) return emitted(part, "Mul", [factor], broadcast(site));
  if (kernel.weight.every((value) => value === 1)) return emitted(part, "Add", [bias], broadcast(site));
  const scaled = site.names.fresh(`${output}.scaled`);
  const product = emitted({ ...part, output: scaled }, "Mul", [factor], broadcast(site));
  const sum = emitted({ ...part, input: scaled }, "Add", [bias], broadcast(site));
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

/** Before opset 7 a second input is only brought to the first one's shape where an attribute says so; here from the channels on. */
function broadcast({ opset }: Site): NewOperation["attributes"] {
  return opset < 7 ? { broadcast: 1, axis: 1 } : {};
}

function isUniform(values: Float64Array): boolean {
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

function weightOf(
  part: Part,
  dims: readonly number[],
  stored: (kernel: LinearKernel) => Float64Array,
): NewTensor {
  const { convolution, kernel, path, site } = part;
  const again = (): Float64Array => stored(convolution.again());
  return newTensor(site.names.fresh(`${path}.fused.weight`), dims, stored(kernel), site, again);
}

function biasOf({ bias, path, site }: Part, dims: readonly number[]): readonly NewTensor[] {
  if (bias === undefined) return [];
  return [newTensor(site.names.fresh(`${path}.fused.bias`), dims, bias, site, () => bias)];
}

/** @throws {FusionError} if a number is too large for the type */
function newTensor(
  name: string,
  dims: readonly number[],
  values: Float64Array,
  { type, keeps }: Site,
  again: () => Float64Array,
): NewTensor {
  const bytes = encode(values, type);
  if (!allFinite(bytes, type)) {
    throw new FusionError("fuseOnnx", `a weight would not be finite in ${typeName(type)}`, { tensor: name });
  }
  return { name, type, dims, length: bytes.length, make: keeps ? () => bytes : () => encode(again(), type) };
}

/** [rows, columns] as [columns, rows]. */
function turn(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
}
