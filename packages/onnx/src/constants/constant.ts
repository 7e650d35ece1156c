import { elementSize } from "../model/data-type.js";
import { roundTo } from "../model/elements.js";
import type { StoredTensor } from "../model/tensor.js";

/** A tensor whose numbers do not depend on the network's inputs. */
export interface Constant {
  /** The elements' type: `DataType`. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly size: number;
  /** How many operations deep it is computed. */
  readonly depth: number;
  /**
   * The numbers in row-major order, as the types on the way to them round; computed whenever somebody asks.
   */
  read(): Float64Array;
  /** Some of them, where they can be read without the others. */
  readonly part?: ((start: number, out: Float64Array) => void) | undefined;
}

/** What is computed deeper than this is computed at once, so that a long chain needs no deep recursion. */
const deepest = 32;

/** Numbers that are kept once they were read: those of shapes, scales, norms. */
const mostKept = 1024;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor of the file; undefined: its type is none whose numbers are read. */
export function storedConstant(tensor: StoredTensor): Constant | undefined {
  if (elementSize(tensor.type) === undefined) return undefined;
  return {
    type: tensor.type,
    shape: tensor.dims,
    size: tensor.size,
    depth: 0,
    read: kept(tensor.size, () => tensor.read()),
    part: tensor.size > mostKept ? tensor.part : undefined,
  };
}

/** Numbers that are there. */
export function givenConstant(type: number, shape: readonly number[], values: Float64Array): Constant {
  return { type, shape, size: values.length, depth: 0, read: () => values };
}

/**
 * What is computed from others; the result is rounded to its type, as the operation that stands in the file
 * rounds it.
 */
export function computedConstant(
  type: number,
  shape: readonly number[],
  from: readonly Constant[],
  compute: () => Float64Array,
): Constant {
  const read = (): Float64Array => compute().map((value) => roundTo(value, type));
  return movedConstant(type, shape, from, read);
}

/** As {@link computedConstant}, of an operation that only moves numbers. */
export function movedConstant(
  type: number,
  shape: readonly number[],
  from: readonly Constant[],
  read: () => Float64Array,
  part?: Constant["part"],
): Constant {
  const size = sizeOf(shape);
  const depth = Math.max(0, ...from.map((constant) => constant.depth)) + 1;
  if (depth <= deepest) return { type, shape, size, depth, read: kept(size, read), part };
  const values = read();
  return { type, shape, size, depth: 0, read: () => values };
}

function kept(size: number, read: () => Float64Array): () => Float64Array {
  if (size > mostKept) return read;
  let values: Float64Array | undefined;
  return () => {
    values ??= read();
    return values;
  };
}
