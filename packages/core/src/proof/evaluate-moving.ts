import ndarray from "ndarray";
import type { MaxPool2d } from "../nn/layers/max-pool2d.js";
import type { PixelShuffle } from "../nn/layers/pixel-shuffle.js";
import type { PReLU } from "../nn/layers/prelu.js";
import { rowMajorData } from "../tensor/layout.js";
import { product } from "../tensor/tensor.js";
import { asBatch, gamma, likeBatch, narrowed, type Wide, wideZeros } from "./wide.js";

/** A slope a channel below zero. */
export function evaluatePrelu(layer: PReLU, x: Wide): Wide {
  const slopes = rowMajorData(layer.weight);
  const area = product(x.shape.slice(2));
  // The layer itself says whether the shape fits.
  layer.forward(narrowed(x));
  const slopeAt = (i: number): number => slopes[Math.floor(i / area) % slopes.length] as number;
  const values = x.values.map((value, i) => (value > 0 ? value : value * slopeAt(i)));
  const errors = x.errors.map(
    (error, i) => Math.max(1, Math.abs(slopeAt(i))) * error + gamma(1) * Math.abs(values[i] as number),
  );
  return { ...x, values, errors };
}

/** Channels into pixels: the layer moves the values' numbers, and the values go where these went. */
export function evaluatePixelShuffle(layer: PixelShuffle, x: Wide): Wide {
  const numbers = Float32Array.from(x.values, (_, i) => i);
  const moved = layer.forward(ndarray(numbers, [...x.shape]));
  const from = Array.from(rowMajorData(moved));
  return {
    shape: [...moved.shape],
    values: Float64Array.from(from, (i) => x.values[i] as number),
    errors: Float64Array.from(from, (i) => x.errors[i] as number),
  };
}

/** The largest value of each window; no farther off than the farthest in it. */
export function evaluateMaxPool(layer: MaxPool2d, x: Wide): Wide {
  const { kernelSize, stride, padding } = layer;
  const [batch, channels, height, width] = asBatch(x);
  const [outHeight, outWidth] = layer.forward(narrowed(x)).shape.slice(-2) as [number, number];
  const out = wideZeros([batch, channels, outHeight, outWidth]);
  for (let at = 0; at < out.values.length; at++) {
    const top = (Math.floor(at / outWidth) % outHeight) * stride[0] - padding[0];
    const left = (at % outWidth) * stride[1] - padding[1];
    const plane = Math.floor(at / (outHeight * outWidth)) * height;
    let [value, error] = [Number.NEGATIVE_INFINITY, 0];
    for (let y = Math.max(top, 0); y < Math.min(top + kernelSize[0], height); y++) {
      for (let xx = Math.max(left, 0); xx < Math.min(left + kernelSize[1], width); xx++) {
        value = Math.max(value, x.values[(plane + y) * width + xx] as number);
        error = Math.max(error, x.errors[(plane + y) * width + xx] as number);
      }
    }
    out.values[at] = value;
    out.errors[at] = error;
  }
  return likeBatch(x, out);
}
