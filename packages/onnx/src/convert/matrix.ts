import type { StoredWeights } from "@convfuse/core";
import { type Constant, movedConstant } from "../constants/constant.js";
import { broadcastValues } from "../constants/indexing.js";
import { turned, turnedPart } from "../constants/turned.js";
import type { Call } from "../facts/call.js";
import type { Fact } from "../facts/fact.js";
import {
  type Conversion,
  type ConversionRule,
  constantInput,
  flowing,
  isRefused,
  refused,
  typeOfAll,
} from "./rule.js";

/** Products of [batch, features] with a constant matrix. */
export const matrix: Readonly<Record<string, ConversionRule>> = {
  Gemm: (call) => {
    const { attributes } = call;
    const x = flowing(call, 0);
    if (x === undefined) return refused("its input is a constant");
    if (attributes.int("transA", 0) !== 0) return refused("it transposes what flows through it");
    const weight = constantInput(call, 1, "weight");
    if (isRefused(weight)) return weight;
    const bias = call.inputs[2] === undefined ? undefined : constantInput(call, 2, "bias");
    if (isRefused(bias)) return bias;
    const transposed = attributes.int("transB", 0) !== 0;
    const outFeatures = weight.shape[transposed ? 0 : 1];
    const fits = bias === undefined || bias.size === outFeatures || bias.size === 1;
    if (!fits || (bias?.shape.length ?? 0) > 2 || (bias?.shape.length === 2 && bias.shape[0] !== 1)) {
      return refused("its bias is no number a feature");
    }
    return product(call, x, weight, transposed, bias);
  },

  MatMul: (call) => {
    const x = flowing(call, 0);
    if (x === undefined) return refused("it multiplies by an activation from the right");
    const weight = constantInput(call, 1, "second matrix");
    if (isRefused(weight)) return weight;
    return product(call, x, weight, false, undefined);
  },
};

function product(
  call: Call,
  x: Fact,
  weight: Constant,
  transposed: boolean,
  bias: Constant | undefined,
): Conversion {
  const type = typeOfAll(x, bias === undefined ? [weight] : [weight, bias]);
  if (isRefused(type)) return type;
  if (x.shape?.length !== 2 && !(call.type === "Gemm" && x.shape === undefined)) {
    return refused("its input is not [batch, features]");
  }
  if (weight.shape.length !== 2 || weight.size === 0) return refused("its weight is no matrix");
  const [outFeatures, inFeatures] = (transposed ? weight.shape : weight.shape.toReversed()) as [
    number,
    number,
  ];
  const stored = transposed ? weight : turnedConstant(weight);
  const [alpha, beta] = call.type === "Gemm" ? factors(call) : [1, 1];
  return [
    {
      op: {
        kind: "matrix",
        weight: scaled(stored, alpha),
        bias: bias && scaled(spread(bias, outFeatures), beta),
        inFeatures,
        outFeatures,
        rank: 0,
      },
      inputs: [x.value],
    },
  ];
}

function factors({ attributes }: Call): readonly [alpha: number, beta: number] {
  return [attributes.float("alpha", 1), attributes.float("beta", 1)];
}

/** [in, out] as [out, in]. */
function turnedConstant(weight: Constant): Constant {
  const [rows, columns] = weight.shape as [number, number];
  const part = weight.part && turnedPart(weight.part, { rows, columns });
  const read = (): Float64Array => turned(weight.read(), { rows, columns });
  return movedConstant(weight.type, [columns, rows], [weight], read, part);
}

/** One number as one a feature. */
function spread(bias: Constant, features: number): StoredWeights {
  return {
    shape: [features],
    read: () => broadcastValues(bias.read(), bias.size === 1 ? [1] : [features], [features]),
  };
}

function scaled(weights: StoredWeights, factor: number): StoredWeights {
  if (factor === 1) return weights;
  return { shape: weights.shape, read: () => Float64Array.from(weights.read(), (value) => value * factor) };
}
