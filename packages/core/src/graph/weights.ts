import { rowMajorData } from "../tensor/layout.js";
import type { Tensor } from "../tensor/tensor.js";

/** Numbers that a file holds: decoded when somebody asks for them, and only then. */
export interface StoredWeights {
  /** As the operation that they belong to has it. */
  readonly shape: readonly number[];
  /** The values in row-major order, widened to float64. */
  read(): Float64Array;
  /** Some of them, read without the others, where that can be done. */
  readonly part?: PartReader | undefined;
}

/** Writes values from a place in row-major order on over `out`, as many as that holds, in float64. */
export type PartReader = (start: number, out: Float64Array) => void;

/** What an operation's weights are referred to by; nothing in `graph/` reads the numbers. */
export type Weights = Tensor | StoredWeights;

/**
 * The numbers of some weights in row-major order, in float64: exact, since float32 and float16 widen without
 * rounding.
 */
export function float64(weights: Weights): Float64Array {
  return "read" in weights ? weights.read() : new Float64Array(rowMajorData(weights));
}

/**
 * Where parts are read: one memory for all, since what each reader would leave behind is collected late. It
 * is as large as the largest part.
 */
let room = new Float64Array(0);

/**
 * For whoever looks at the numbers of some weights part by part: gives those from one place to before
 * another, which hold until some are asked for again, of these weights or of others. What can only be read as
 * a whole is read once.
 *
 * @param weights a tensor, or numbers that a file holds
 * @returns a function of the first place and the place behind the last, both counted row-major; it gives
 *   float64 numbers
 * @example
 * const read = partsReader(tensor([[1, 2], [3, 4]]));
 * [...read(1, 3)]; // [2, 3]
 */
export function partsReader(weights: Weights): (start: number, end: number) => Float64Array {
  const part = "read" in weights ? weights.part : undefined;
  if (part === undefined) {
    const whole = float64(weights);
    return (start, end) => whole.subarray(start, end);
  }
  return (start, end) => {
    if (room.length < end - start) room = new Float64Array(end - start);
    const values = room.subarray(0, end - start);
    part(start, values);
    return values;
  };
}
