import type { Call } from "../facts/call.js";
import { frontAxis } from "../facts/call.js";
import { equalShapes } from "../facts/dim.js";
import { integersOf, type Outcome } from "../facts/fact.js";
import { type Conversion, type ConversionRule, flowing, passing, refused } from "./rule.js";

/** What gives its input on as it is, or puts inputs side by side. */
export const passingOn: Readonly<Record<string, ConversionRule>> = {
  Identity: (call) => {
    const x = flowing(call, 0);
    return x === undefined ? refused("it passes on a constant") : passing(x);
  },

  Dropout: (call) => {
    const x = flowing(call, 0);
    if (x === undefined) return refused("it passes on a constant");
    if (call.outputs.slice(1).some(call.isRead)) return refused("its mask is used");
    const trains =
      call.opset < 7
        ? call.attributes.int("is_test", 0) === 0
        : call.opset >= 12 && call.inputs[2] !== undefined && integersOf(call.inputs[2])?.[0] !== 0;
    return trains ? refused("it is in training form") : passing(x);
  },

  Cast: (call) => sameType(call, call.attributes.int("to")),
  CastLike: (call) => sameType(call, call.inputs[1]?.type),

  Reshape: (call, outcome) => reshaped(call, outcome),
  Squeeze: (call, outcome) => reshaped(call, outcome),
  Unsqueeze: (call, outcome) => reshaped(call, outcome),
  Flatten: (call, outcome) => reshaped(call, outcome),
  Slice: (call, outcome) => {
    // A step back would turn the order around and keep the shape.
    const steps = call.opset < 10 || call.inputs[4] === undefined ? [1] : integersOf(call.inputs[4]);
    const forward = steps?.every((step) => step === 1) ?? false;
    return (forward ? unchanged(call, outcome) : undefined) ?? refused("it takes a part of what flows");
  },

  Expand: (call, outcome) => unchanged(call, outcome) ?? refused("it repeats what flows through it"),

  Transpose: (call) => {
    const x = flowing(call, 0);
    const inOrder = call.attributes.ints("perm")?.every((axis, i) => axis === i);
    return x !== undefined && inOrder ? passing(x) : refused("it changes the order of axes");
  },

  Concat: (call) => {
    const flows = call.inputs.map((_, i) => flowing(call, i));
    if (flows.includes(undefined)) return refused("it joins constants to what flows");
    const values = flows.map((fact) => (fact as NonNullable<typeof fact>).value);
    const [first] = flows;
    if (first !== undefined && flows.length === 1) return passing(first);
    const rank = flows.find((fact) => fact?.shape !== undefined)?.shape?.length;
    const axis = call.attributes.int("axis", 1);
    const front = rank === undefined ? axis : frontAxis(axis, rank);
    if (front !== 1 || rank === undefined || rank < 2) return refused("it does not join channels");
    return [{ op: { kind: "concat", batched: true }, inputs: values }];
  },
};

function sameType(call: Call, type: number | undefined): Conversion {
  const x = flowing(call, 0);
  return x?.type !== undefined && x.type === type ? passing(x) : refused("it changes the type of numbers");
}

/** A change of shape that is none. */
function unchanged(call: Call, { shape }: Outcome): Conversion | undefined {
  const x = flowing(call, 0);
  return x !== undefined && equalShapes(x.shape, shape) ? passing(x) : undefined;
}

function reshaped(call: Call, outcome: Outcome): Conversion {
  const same = unchanged(call, outcome);
  if (same !== undefined) return same;
  const x = flowing(call, 0);
  const { shape } = outcome;
  // As many elements in as many rows: every other axis went into the features.
  const flattens =
    x?.shape !== undefined && shape?.length === 2 && x.shape.length > 2 && x.shape[0] === shape[0];
  return x !== undefined && flattens
    ? [{ op: { kind: "flatten" }, inputs: [x.value] }]
    : refused("it changes the shape of what flows");
}
