import { ReLU } from "../layers/activation/relu.js";
import { Sigmoid } from "../layers/activation/sigmoid.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { AdaptiveAvgPool2d } from "../layers/pool/adaptive-avg-pool2d.js";
import { Product } from "../layers/product.js";
import { Sequential } from "../layers/sequential.js";

/**
 * Squeeze and excitation: x times a factor a channel, sigmoid(fc2(relu(fc1(mean of x)))). No convolution, so
 * that fusing stops at it. Parameters `fc1.weight` [squeezed, channels, 1, 1], `fc1.bias`, `fc2.weight`,
 * `fc2.bias`, as timm names them.
 *
 * @param channels channels of x and of the output, both [batch, channels, height, width]
 * @param squeezedChannels channels between fc1 and fc2
 * @throws {ArgumentError} if a number of channels is no whole number of at least 1
 * @see https://arxiv.org/abs/1709.01507, section 3
 * @example
 * squeezeExcitation(16, 8).forward(ones([1, 16, 5, 5])).shape; // [1, 16, 5, 5]
 */
export function squeezeExcitation(channels: number, squeezedChannels: number): Product {
  return new Product({
    ".x": new Identity(),
    ".gate": new Sequential({
      ".mean": new AdaptiveAvgPool2d(1),
      fc1: new Conv2d(channels, squeezedChannels, 1),
      ".act": new ReLU(),
      fc2: new Conv2d(squeezedChannels, channels, 1),
      ".gate": new Sigmoid(),
    }),
  });
}
