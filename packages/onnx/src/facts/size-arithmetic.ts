import { DataType } from "../model/data-type.js";
import type { Call } from "./call.js";
import type { Dim } from "./dim.js";
import { mostSizes, sizesOf } from "./fact.js";

/**
 * What arithmetic makes of sizes that are only known when the network runs, as networks compute the size that
 * they resize to.
 */
export function computedSizes(call: Call): readonly Dim[] | undefined {
  if (call.inputs.every((input) => input?.sizes === undefined)) return undefined;
  const inputs = call.inputs.map((input) => input && sizesOf(input));
  if (inputs.length === 0 || inputs.includes(undefined)) return undefined;
  const lists = inputs as (readonly Dim[])[];
  const length = Math.max(...lists.map((list) => list.length));
  const fit = lists.every((list) => list.length === length || list.length === 1) && length <= mostSizes;
  if (!fit || call.inputs.some((input) => (input?.shape?.length ?? 2) > 1)) return undefined;
  return Array.from({ length }, (_, i) =>
    computed(
      call,
      lists.map((list) => list[i % list.length] as Dim),
    ),
  );
}

function computed(call: Call, [a, b, ...more]: readonly Dim[]): Dim {
  const { dims, type, attributes } = call;
  const integers = call.inputs[0]?.type === DataType.int64;
  if (a !== undefined && integers && more.length === 0) {
    const known = formula(call, a, b);
    if (known !== undefined) return known;
  }
  const to = type === "Cast" ? attributes.int("to") : "";
  return dims.keyed(`${type} ${to} ${call.inputs[0]?.type} ${[a, b, ...more].join(" ")}`);
}

/** Sums, products and quotients with a number, as formulas that can be compared. */
function formula({ dims, type }: Call, a: Dim, b: Dim | undefined): Dim | undefined {
  if (type === "Cast" || type === "Identity") return a;
  if (type === "Add" && typeof b === "number") return dims.scaled(a, 1, b, 1);
  if (type === "Add" && typeof a === "number" && b !== undefined) return dims.scaled(b, 1, a, 1);
  if (type === "Sub" && typeof b === "number") return dims.scaled(a, 1, -b, 1);
  if (type === "Mul" && typeof b === "number" && b >= 1) return dims.scaled(a, b, 0, 1);
  if (type === "Mul" && typeof a === "number" && a >= 1 && b !== undefined) return dims.scaled(b, a, 0, 1);
  if (type === "Div" && typeof b === "number" && b >= 1) return dims.scaled(a, 1, 0, b);
  return undefined;
}
