import type { ConvAxis, LinearForm } from "@convfuse/core";
import { placeTurned, type Turning } from "../../constants/turned.js";
import { elementSize } from "../../model/data-type.js";
import { bytesOf, decode, encode, type StoredNumbers, storedNumbers } from "../../model/elements.js";
import type { Room } from "../../wire/file-part.js";
import type { NewTensor } from "../../write/new-tensor.js";
import { isDiagonal, type TransposedAxis, transposedAxis } from "../plan/form.js";
import type { Stood } from "../plan/stood.js";
import type { Emitted, NewOperation } from "./new-nodes.js";
import { operation, type Site } from "./site.js";
import type { StoredKernel } from "./stored-kernel.js";
import type { StoredConvolution } from "./stored-term.js";

/** Makes the nodes for one convolution: the operator that its form asks for. */
export function emitConvolution(
  convolution: StoredConvolution,
  input: string,
  output: string,
  path: string,
  site: Site,
  stood: Stood,
): Emitted {
  const { form } = convolution;
  const part: Part = { convolution, stored: convolution.stored(), input, output, path, site };
  if (isDiagonal(form)) return emitFactors(part, stood);
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
  const weight = weightOf(part, [inChannels, outChannels / groups, ...sizes], {
    rows: outChannels / groups,
    columns: inChannels / groups,
    taps: sizes.reduce((product, size) => product * size, 1),
    groups,
  });
  return emitted(part, "ConvTranspose", [weight, ...bias], transposedAttributes(axes, groups));
}

/** [batch, features] times a matrix. */
function emitMatrix(part: Part): Emitted {
  const { inChannels, outChannels } = part.convolution.form;
  const [bias] = biasOf(part, [outChannels]);
  // Before opset 11 Gemm has to have a bias.
  if (bias === undefined) return emitted(part, "MatMul", [turnedMatrix(part)], {});
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
  const weight = turnedMatrix(part);
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

/** [in, out], as MatMul has it. */
function turnedMatrix(part: Part): NewTensor {
  const { inChannels, outChannels } = part.convolution.form;
  return weightOf(part, [inChannels, outChannels], { rows: outChannels, columns: inChannels });
}

/** One factor, and one summand, a channel; one of each for all where they are equal. */
function emitFactors(part: Part, stood: Stood): Emitted {
  const { output, site, stored, convolution } = part;
  const { outChannels, axes } = convolution.form;
  const dims = [outChannels, ...(site.opset < 7 ? [] : axes.map(() => 1))];
  const perChannel = (what: string, values: Float64Array): NewTensor =>
    isUniform(values)
      ? newTensor(part, what, [], () => [encode(values.subarray(0, 1), site.type)])
      : newTensor(part, what, dims, () => [encode(values, site.type)]);
  const weight = decode(bytesOf(stored.weight), site.type);
  const factor = perChannel("weight", weight);
  const { bias } = stored;
  if (bias === undefined) return emitted(part, "Mul", [factor], broadcast(site));
  const summand = perChannel("bias", bias);
  if (weight.every((value) => value === 1)) return emitted(part, "Add", [summand], broadcast(site));
  if (stood.norm && convolution.along !== "last") return emitNorm(part, weight, bias);
  const scaled = site.names.fresh(`${output}.scaled`);
  const product = emitted({ ...part, output: scaled }, "Mul", [factor], broadcast(site));
  const sum = emitted({ ...part, input: scaled }, "Add", [summand], broadcast(site));
  return {
    operations: [...product.operations, ...sum.operations],
    tensors: [...product.tensors, ...sum.tensors],
  };
}

/** With nothing to take away and nothing to divide by, a norm scales and shifts, and does so exactly. */
function emitNorm(part: Part, factors: Float64Array, shifts: Float64Array): Emitted {
  const { type, opset } = part.site;
  const numbers = {
    scale: factors,
    bias: shifts,
    mean: new Float64Array(factors.length),
    variance: new Float64Array(factors.length).fill(1),
  };
  const tensors = Object.entries(numbers).map(([what, values]) =>
    newTensor(part, what, [values.length], () => [encode(values, type)]),
  );
  const epsilon = { float: 0 };
  return emitted(part, "BatchNormalization", tensors, opset < 7 ? { epsilon, is_test: 1 } : { epsilon });
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

/**
 * The numbers are computed again when they are written, unless there are few: a network's new weights are as
 * large as its file.
 * @param turning how the operator has them, if not in the order of output channels
 */
function weightOf(part: Part, dims: readonly number[], turning?: Turning): NewTensor {
  const { convolution, stored } = part;
  const { type } = part.site;
  const size = dims.reduce((product, length) => product * length, 1);
  const tensor = newTensor(part, "weight", dims, (room) => {
    if (turning === undefined) return inBytes(convolution.blocks(room));
    return convolution.lend(tensor.length, (all) =>
      inPieces(turnedWhole(convolution.blocks(room), turning, storedNumbers(type, all, size)), room),
    );
  });
  if (!convolution.mayKeep(tensor.length)) return tensor;
  // The numbers lie where the next region's will.
  const numbers =
    turning === undefined
      ? stored.weight.slice()
      : turnedWhole([stored.weight], turning, storedNumbers(type, new ArrayBuffer(tensor.length)));
  return { ...tensor, make: () => [bytesOf(numbers)] };
}

/** Bytes that are handed on at once. */
const together = 2 ** 18;

/** Numbers that lie in memory which others get afterwards. */
function* inPieces(numbers: StoredNumbers, room: Room): Generator<Uint8Array> {
  const bytes = bytesOf(numbers);
  for (let start = 0; start < bytes.length; start += together) {
    const some = bytes.subarray(start, start + together);
    const out = room(some.length);
    out.set(some);
    yield out;
  }
}

/** Puts numbers together that come some output channels at a time. */
function turnedWhole(blocks: Iterable<StoredNumbers>, turning: Turning, out: StoredNumbers): StoredNumbers {
  const { columns, taps = 1 } = turning;
  let channel = 0;
  for (const block of blocks) {
    placeTurned(out, block, channel, turning);
    channel += block.length / (columns * taps);
  }
  return out;
}

function* inBytes(blocks: Iterable<StoredNumbers>): Generator<Uint8Array> {
  for (const block of blocks) yield bytesOf(block);
}

function biasOf(part: Part, dims: readonly number[]): readonly NewTensor[] {
  const { bias } = part.stored;
  if (bias === undefined) return [];
  return [newTensor(part, "bias", dims, () => [encode(bias, part.site.type)])];
}

function newTensor(
  { path, site: { names, type } }: Pick<Part, "path" | "site">,
  what: string,
  dims: readonly number[],
  make: NewTensor["make"],
): NewTensor {
  const name = names.fresh(`${path}.fused.${what}`);
  const length = dims.reduce((product, size) => product * size, elementSize(type) as number);
  return { name, type, dims, length, make };
}
