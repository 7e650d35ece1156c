import { DataType, decodeElements } from "@convfuse/onnx";
import type { Tensor } from "onnxruntime-node";
import { Failure } from "./failure.js";
import type { Results } from "./runtime.js";

/** How far one network's outputs are from another's. */
export interface Apart {
  readonly output: string;
  /**
   * The largest difference, in parts of the output's largest value; infinite where shapes differ or one side
   * is not finite.
   */
  readonly relative: number;
}

/** Compares by name. */
export function compareOutputs(a: Results, b: Results): readonly Apart[] {
  return Object.entries(a).map(([output, tensor]) => {
    const other = b[output];
    return { output, relative: other === undefined ? Number.POSITIVE_INFINITY : relative(tensor, other) };
  });
}

/** The output that is farthest away. */
export function worst(apart: readonly Apart[]): Apart {
  return apart.reduce((most, one) => (one.relative > most.relative ? one : most), {
    output: "",
    relative: 0,
  });
}

function relative(a: Tensor, b: Tensor): number {
  if (String(a.dims) !== String(b.dims)) return Number.POSITIVE_INFINITY;
  const [x, y] = [numbers(a), numbers(b)];
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < x.length; i++) {
    const [one, other] = [x[i] as number, y[i] as number];
    largest = Math.max(largest, Math.abs(one));
    if (Object.is(one, other)) continue;
    const apart = Math.abs(one - other);
    difference = Math.max(difference, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  return difference === 0 ? 0 : difference / largest;
}

function numbers({ data, type }: Tensor): ArrayLike<number> {
  if (type === "string") throw new Failure("an output is text, which this command cannot compare");
  // Half floats come as bits where the platform has no type for them.
  if (type === "float16") return decodeElements(bytesOf(data as Uint16Array), DataType.float16);
  return typeof data[0] === "bigint" ? Array.from(data as BigInt64Array, Number) : (data as Float32Array);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
