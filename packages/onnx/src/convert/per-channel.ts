import type { PerChannel } from "@convfuse/core";
import type { Constant } from "../constants/constant.js";
import type { Call } from "../facts/call.js";
import type { Fact } from "../facts/fact.js";
import { channelsOf, type Refused, refused } from "./rule.js";

/**
 * A constant that an activation is combined with, as one number or one number a channel; a reason where it is
 * a whole map, makes the result larger than the activation, or may do so.
 * @param second whether the constant is the node's second input: before opset 7 only that was ever broadcast
 */
export function perChannelOf(call: Call, constant: Constant, x: Fact, second: boolean): PerChannel | Refused {
  const { shape: dims } = x;
  const shape = call.opset < 7 ? oldShape(call, constant, x, second) : constant.shape;
  if (shape === undefined) return refused("what is broadcast, and how, is not known");
  const rank = dims?.length;
  if (constant.size === 1 && (rank === undefined ? shape.length <= 1 : shape.length <= rank)) {
    return constant.read()[0] as number;
  }
  if (rank === undefined || rank < 2) return refused("how many axes its input has is not known");
  const channels = channelsOf(x);
  if (channels === undefined) return refused("how many channels its input has is not known");
  // The constant's axes are the last ones; its channels are on axis 1 of the result.
  const axis = shape.length - (rank - 1);
  const isPerChannel = shape.length <= rank && shape.every((size, i) => size === (i === axis ? channels : 1));
  if (!isPerChannel || constant.size !== channels) return refused("its constant is no number a channel");
  return constant.read();
}

/** Before opset 7: the shape that the second input has once its axes are told; nothing else is broadcast. */
function oldShape(
  { attributes }: Call,
  constant: Constant,
  x: Fact,
  second: boolean,
): readonly number[] | undefined {
  if (attributes.int("broadcast", 0) === 0) {
    const same =
      x.shape?.length === constant.shape.length && x.shape.every((dim, i) => dim === constant.shape[i]);
    return same ? constant.shape : undefined;
  }
  if (!second) return undefined;
  const axis = attributes.int("axis");
  if (constant.size === 1 || axis === undefined) return constant.shape;
  const missing = (x.shape?.length ?? -1) - axis - constant.shape.length;
  return missing < 0 ? undefined : [...constant.shape, ...new Array<number>(missing).fill(1)];
}
