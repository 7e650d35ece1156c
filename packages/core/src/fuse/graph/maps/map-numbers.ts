import type { LinearKernel } from "../../../algebra/kernel.js";
import { addKernels } from "../../../algebra/parallel/add.js";
import { concatKernels } from "../../../algebra/parallel/concat.js";
import { composeBias, composeWeights } from "../../../algebra/sequence/sequence-weights.js";
import { type KernelMap, type LinearMap, leafMap } from "./linear-map.js";

/** The numbers of a map, computed now, in float64. */
export function kernelOfMap(map: KernelMap): LinearKernel {
  return computed(map, numbersOf, new Map(), partsOf);
}

/** The bias alone: of a sequence without most of its multiplications. Undefined: none. */
export function biasOfMap(map: KernelMap): Float64Array | undefined {
  return computed(map, biasOf, biases, partsOf).bias;
}

interface Bias {
  readonly bias: Float64Array | undefined;
}

/** Each stage of a long sequence asks for the bias of what stands before it. */
const biases = new WeakMap<KernelMap, Bias>();

/**
 * A map computed from its parts, theirs first; by a list of what is to be done, since sequences can be of any
 * length.
 */
export function computed<T>(
  map: KernelMap,
  from: (map: KernelMap, parts: readonly T[]) => T,
  done: Pick<Map<KernelMap, T>, "get" | "has"> & { set(map: KernelMap, value: T): unknown },
  needed: (map: KernelMap) => readonly KernelMap[],
): T {
  const open = [map];
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const parts = needed(at);
    const missing = parts.filter((part) => !done.has(part));
    for (const part of missing) open.push(part);
    if (missing.length > 0) continue;
    open.pop();
    if (!done.has(at))
      done.set(
        at,
        from(
          at,
          parts.map((part) => done.get(part) as T),
        ),
      );
  }
  return done.get(map) as T;
}

/** What a map is made of. */
export function partsOf({ numbers }: KernelMap): readonly KernelMap[] {
  return numbers.from === "leaf" ? [] : numbers.parts;
}

/** The numbers of a map, from those of its parts. */
export function numbersOf({ form, numbers }: KernelMap, parts: readonly LinearKernel[]): LinearKernel {
  switch (numbers.from) {
    case "leaf":
      return { ...form, weight: numbers.weight(), bias: numbers.bias?.() };
    case "sequence": {
      const [first, second] = parts as [LinearKernel, LinearKernel];
      return { ...form, weight: composeWeights(first, second, form), bias: composeBias(first, second) };
    }
    case "sum":
      return { ...form, ...numbersIn(addKernels(parts)) };
    case "concat":
      return { ...form, ...numbersIn(concatKernels(parts)) };
    case "reshaped":
      return { ...form, ...numbersIn(parts[0] as LinearKernel) };
    case "repeated": {
      const { weight, bias } = parts[0] as LinearKernel;
      return {
        ...form,
        weight: eachTimes(weight, numbers.pixels),
        bias: bias && eachTimes(bias, numbers.pixels),
      };
    }
  }
}

function numbersIn({ weight, bias }: LinearKernel): Pick<LinearKernel, "weight" | "bias"> {
  return { weight, bias };
}

function biasOf({ form, numbers }: KernelMap, parts: readonly Bias[]): Bias {
  switch (numbers.from) {
    case "leaf":
      return { bias: nonzero(numbers.bias?.()) };
    case "sequence": {
      const [{ bias }, last] = parts as [Bias, Bias];
      if (bias === undefined) return last;
      const [first, second] = numbers.parts;
      const kernels = [{ ...first.form, weight: empty, bias }, kernelOfMap(second)] as const;
      return { bias: nonzero(composeBias(...kernels)) };
    }
    case "sum": {
      const sum = new Float64Array(form.outChannels);
      for (const { bias } of parts) addTo(sum, bias);
      return { bias: nonzero(sum) };
    }
    case "concat": {
      const joined = new Float64Array(form.outChannels);
      let at = 0;
      numbers.parts.forEach((part, i) => {
        joined.set(parts[i]?.bias ?? empty, at);
        at += part.form.outChannels;
      });
      return { bias: nonzero(joined) };
    }
    case "reshaped":
    case "repeated": {
      const { bias } = parts[0] as Bias;
      return { bias: bias && eachTimes(bias, numbers.from === "repeated" ? numbers.pixels : 1) };
    }
  }
}

/** Each number as often as there are pixels, one behind the other. */
function eachTimes(values: Float64Array, pixels: number): Float64Array {
  return Float64Array.from(
    { length: values.length * pixels },
    (_, i) => values[Math.floor(i / pixels)] as number,
  );
}

const empty = new Float64Array(0);

/** A bias of zeros is none. */
function nonzero(bias: Float64Array | undefined): Float64Array | undefined {
  return bias?.some((value) => value !== 0) ? bias : undefined;
}

function addTo(sum: Float64Array, values: Float64Array = empty): void {
  for (let i = 0; i < values.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
}

/** The map of one operation without its bias. */
export function withoutShift(map: LinearMap): LinearMap {
  if (map.kind === "scalar") return { ...map, shift: 0 };
  const { channelsBy } = map;
  return leafMap(map.along, map.form, () => kernelOfMap(map).weight, undefined, { channelsBy });
}
