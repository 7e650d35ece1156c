import { manualSeed, randn, readNpz, type StateArray } from "@convfuse/core";
import { DataType, encodeElements } from "@convfuse/onnx";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { Failure } from "./failure.js";
import { inFile, readWhole } from "./model-file.js";
import type { Feeds, runtime } from "./runtime.js";

type Runtime = Awaited<ReturnType<typeof runtime>>;

/** What networks are run on. */
export interface FeedOptions {
  /** Of free sizes: the batch, and every other one. */
  readonly free: readonly [batch: number, other: number];
  /** Shapes by input's name, as the command line gives them. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Arrays by input's name. */
  readonly given: ReadonlyMap<string, StateArray>;
  readonly seed: number;
}

/** The arrays of a .npz file. */
export function givenArrays(path: string | undefined): ReadonlyMap<string, StateArray> {
  return path === undefined ? new Map() : inFile(path, () => readNpz(readWhole(path)));
}

/** Random normal inputs, or the given arrays. */
export function feedsOf(
  ort: Runtime,
  inputs: readonly InferenceSession.ValueMetadata[],
  options: FeedOptions,
): Feeds {
  const unknown = [...options.shapes.keys(), ...options.given.keys()].find(
    (name) => !inputs.some((input) => input.name === name),
  );
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw new Failure(`the network has no input "${unknown}": its inputs are ${names}`);
  }
  manualSeed(options.seed);
  return Object.fromEntries(inputs.map((input) => [input.name, feedOf(ort, input, options)]));
}

function feedOf(ort: Runtime, input: InferenceSession.ValueMetadata, options: FeedOptions): Tensor {
  const { name } = input;
  if (!input.isTensor) throw new Failure(`the input "${name}" is no tensor`);
  const given = options.given.get(name);
  if (given !== undefined) return tensorOf(ort, name, input.type, [...given.data], given.shape);
  const asked = options.shapes.get(name);
  if (asked !== undefined && asked.length !== input.shape.length && input.shape.length > 0) {
    throw new Failure(`--shape ${name}: the input has ${input.shape.length} axes, not ${asked.length}`);
  }
  const shape =
    asked ??
    input.shape.map((size, axis) =>
      typeof size === "number" && size >= 0 ? size : (options.free[axis === 0 ? 0 : 1] as number),
    );
  if (!input.type.startsWith("float")) {
    if (!(input.type in arrays)) throw notGiven(name, input.type);
    throw new Failure(
      `the input "${name}" takes ${input.type}, which nothing here can guess: give it in --inputs FILE.npz`,
    );
  }
  const size = shape.reduce((product, one) => product * one, 1);
  return tensorOf(ort, name, input.type, size === 0 ? [] : [...randn([size]).data], shape);
}

function tensorOf(
  ort: Runtime,
  name: string,
  type: Tensor.Type,
  values: readonly (number | bigint)[],
  shape: readonly number[],
): Tensor {
  const make = arrays[type];
  if (make === undefined) throw notGiven(name, type);
  const elements = make(values);
  const tensor = new ort.Tensor(type as "float32", elements as Float32Array, [...shape]);
  // Where the platform has a Float16Array (Node 24) the tensor holds one, in which onnxruntime-node 1.30
  // finds no elements: it reads the bits themselves.
  if (type === "float16") Object.defineProperty(tensor, "data", { value: elements });
  return tensor;
}

type Numbers = readonly (number | bigint)[];

/** By the name of a type what holds its elements. */
const arrays: Readonly<Record<string, (values: Numbers) => Tensor["data"]>> = {
  float32: (values) => Float32Array.from(values, Number),
  float64: (values) => Float64Array.from(values, Number),
  float16: (values) =>
    new Uint16Array(encodeElements(Float64Array.from(values, Number), DataType.float16).buffer),
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => Int32Array.from(values, Number),
  int16: (values) => Int16Array.from(values, Number),
  int8: (values) => Int8Array.from(values, Number),
  uint64: (values) => BigUint64Array.from(values, BigInt),
  uint32: (values) => Uint32Array.from(values, Number),
  uint16: (values) => Uint16Array.from(values, Number),
  uint8: (values) => Uint8Array.from(values, Number),
  bool: (values) => Uint8Array.from(values, Number),
};

function notGiven(name: string, type: string): Failure {
  return new Failure(`the input "${name}" takes ${type}, which this command cannot give`);
}
