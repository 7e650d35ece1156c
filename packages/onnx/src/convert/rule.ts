import type { Op, StoredWeights, Value } from "@convfuse/core";
import type { Constant } from "../constants/constant.js";
import type { Call } from "../facts/call.js";
import type { Fact, Outcome } from "../facts/fact.js";
import { isFloat, typeName } from "../model/data-type.js";

/**
 * One operation that a node is made of; it reads values, or what an earlier step of the same node gives (by
 * its place).
 */
export interface Step {
  readonly op: Op<StoredWeights>;
  readonly inputs: readonly (Value | number)[];
  /** What is known of its output, where a later node may read that. */
  readonly output?: Fact;
  /** Of an operation that only moves what flows: how it is written where it stands alone. */
  readonly moves?: WrittenMove;
}

/** A Transpose, or a Reshape to a constant. */
export type WrittenMove = { readonly perm: readonly number[] } | { readonly target: readonly number[] };

/** The name of such an operation in the graph; no operator has one like it. */
export const moving = "a move";

/** Why a node stays as it is, whatever stands around it. */
export interface Refused {
  readonly reason: string;
}

/** What a node computes: steps of which the last one gives its first output. */
export type Conversion = readonly Step[] | Refused;

/** Says what a node of ONNX's own operators computes. */
export type ConversionRule = (call: Call, outcome: Outcome) => Conversion;

export function refused(reason: string): Refused {
  return { reason };
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && "reason" in value;
}

/** The input that flows; undefined: it is not there, or it is a constant. */
export function flowing(call: Call, input: number): Fact | undefined {
  const fact = call.inputs[input];
  return fact?.constant === undefined ? fact : undefined;
}

/** out = x. */
export function passing(x: Fact): Conversion {
  return [{ op: { kind: "identity" }, inputs: [x.value] }];
}

/** Sums of sizes, and the like. */
export const noFloats = "its numbers are no floats, or of no known type";

/** Whether constants have the type of what flows through: ONNX mixes types only where an operator says so. */
export function typeOfAll(x: Fact, constants: readonly Constant[]): number | Refused {
  const type = constants[0]?.type ?? x.type;
  if (type === undefined || !isFloat(type)) return refused(noFloats);
  const other = [x.type ?? type, ...constants.map((constant) => constant.type)].find((one) => one !== type);
  return other === undefined ? type : refused(`it mixes ${typeName(type)} and ${typeName(other)}`);
}

/** A constant input; a reason where it is something else. */
export function constantInput(call: Call, input: number, what: string): Constant | Refused {
  const fact = call.inputs[input];
  if (fact === undefined) return refused(`it has no ${what}`);
  return fact.constant ?? refused(`its ${what} is no constant: ${fact.value.name}`);
}

/** The number of channels of what flows, if known. */
export function channelsOf({ shape }: Fact): number | undefined {
  const channels = shape?.[1];
  return typeof channels === "number" ? channels : undefined;
}
