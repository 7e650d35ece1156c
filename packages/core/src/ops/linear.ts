import ndarray from "ndarray";
import { askEngine } from "../engines/active.js";
import { ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { checkChannelVector } from "./channel-vector.js";

/**
 * A matrix product on the last axis: out[..., o] = bias[o] + sum over i of x[..., i] weight[o, i].
 *
 * @param x [..., in features]; float32, any strides
 * @param weight [out features, in features]
 * @param bias [out features]; none by default
 * @returns [..., out features], row-major
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.linear.html
 * @example
 * linear(ones([5, 3]), ones([2, 3])).shape; // [5, 2]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  assertTensor("linear", "x", x);
  assertTensor("linear", "weight", weight);
  const got = { "x.shape": [...x.shape], "weight.shape": [...weight.shape] };
  if (weight.shape.length !== 2)
    throw new ShapeError("linear", "weight must be [out features, in features]", got);
  const [outFeatures, inFeatures] = weight.shape as [number, number];
  if (x.shape.length === 0 || x.shape[x.shape.length - 1] !== inFeatures) {
    throw new ShapeError("linear", `the last axis of x must hold ${inFeatures} features`, got);
  }
  checkChannelVector("linear", "bias", bias, outFeatures);
  const leading = x.shape.slice(0, -1);
  const rows = product(leading);
  const shape = [...leading, outFeatures];
  const out = float32("linear", shape, { shape, ...got });
  const sizes = { rows, inFeatures, outFeatures };
  const values = [rowMajorData(x), rowMajorData(weight), bias && rowMajorData(bias)] as const;
  askEngine("linear", { shape, ...got }, (engine) => engine.linear(...values, out, sizes));
  return ndarray(out, shape);
}
