import { InferenceSession, Tensor } from "onnxruntime-node";
import { DataType } from "../src/model/data-type.js";
import { decode } from "../src/model/elements.js";

/** What a network gives, computed by onnxruntime without any of its optimisations. */
export interface Outputs {
  readonly [name: string]: { readonly dims: readonly number[]; readonly data: ArrayLike<number> };
}

type Feeds = Readonly<Record<string, Tensor>>;

/** Random numbers of a seed; all tests draw from here. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // A linear congruence of Numerical Recipes, its high bits.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A float tensor of numbers between -1 and 1. */
export function randomTensor(
  dims: readonly number[],
  random: () => number,
  type: "float32" | "float64" = "float32",
): Tensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: size }, () => 2 * random() - 1);
  return type === "float32"
    ? new Tensor("float32", Float32Array.from(values), dims)
    : new Tensor("float64", Float64Array.from(values), dims);
}

export async function runOnnx(bytes: Uint8Array, feeds: Feeds): Promise<Outputs> {
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const outputs = await session.run({ ...feeds });
  await session.release();
  return outputs as unknown as Outputs;
}

/** The largest difference, as a part of the largest magnitude; Infinity where names or shapes differ, or a number is none. */
export function distance(a: Outputs, b: Outputs): number {
  if (String(Object.keys(a)) !== String(Object.keys(b))) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [name, one] of Object.entries(a)) {
    const other = b[name];
    if (other === undefined || String(one.dims) !== String(other.dims)) return Number.POSITIVE_INFINITY;
    let [most, apart] = [1e-30, 0];
    const [before, after] = [numbersOf(one.data), numbersOf(other.data)];
    for (let i = 0; i < before.length; i++) {
      const [x, y] = [Number(before[i]), Number(after[i])];
      if (Number.isNaN(x) !== Number.isNaN(y)) return Number.POSITIVE_INFINITY;
      most = Math.max(most, Math.abs(x));
      if (x !== y) apart = Math.max(apart, Math.abs(x - y));
    }
    worst = Math.max(worst, apart / most);
  }
  return worst;
}

/** Half floats come as their bits where the platform has no type for them. */
function numbersOf(data: ArrayLike<number>): ArrayLike<number> {
  if (!(data instanceof Uint16Array)) return data;
  return decode(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), DataType.float16);
}
