import { product, type Tensor } from "../tensor/tensor.js";
import { uniform } from "./uniform.js";

/**
 * The default initial weight of Conv2d and Linear: uniform in +-sqrt(3) gain / sqrt(fan in), gain = sqrt(2 / (1 + 5)).
 * @param shape [out, in / groups, ...]
 * @see He et al., https://arxiv.org/abs/1502.01852; torch.nn.init.kaiming_uniform_ with a = sqrt(5)
 */
export function initialWeight(shape: readonly number[]): Tensor {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) ** 2));
  const bound = Math.sqrt(3) * (gain / Math.sqrt(fanIn(shape)));
  return uniform(shape, -bound, bound);
}

/** The default initial bias of Conv2d and Linear: uniform in +-1 / sqrt(fan in). */
export function initialBias(weightShape: readonly number[], outChannels: number): Tensor {
  const bound = 1 / Math.sqrt(fanIn(weightShape));
  return uniform([outChannels], -bound, bound);
}

function fanIn(weightShape: readonly number[]): number {
  return product(weightShape.slice(1));
}
