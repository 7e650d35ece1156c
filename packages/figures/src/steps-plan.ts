import { type Conv2dOptions, conv2d, pad, ShapeError, type Tensor } from "@convfuse/core";
import { range } from "./tiles.js";

/** One output value: its channel, row and column. */
export interface Step {
  readonly o: number;
  readonly i: number;
  readonly j: number;
}

/** A place in the plane, in cells. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A convolution's tensors and sizes, its steps in order, and where each part is drawn. */
export interface StepsPlan {
  readonly padded: Tensor;
  readonly out: Tensor;
  readonly outs: number;
  readonly ins: number;
  readonly kernel: readonly [height: number, width: number];
  readonly paddedSize: readonly [height: number, width: number];
  readonly outSize: readonly [height: number, width: number];
  /** Zeros before the image. */
  readonly before: readonly [above: number, left: number];
  readonly stride: number;
  readonly steps: readonly Step[];
  readonly inputAt: (c: number) => Place;
  readonly filterAt: (o: number, c: number) => Place;
  readonly productAt: (c: number) => Place;
  readonly outputAt: (o: number) => Place;
  readonly sumAt: Place;
  readonly columns: number;
  readonly lines: number;
}

/** More steps make a figure of megabytes that nobody watches to its end. */
const mostSteps = 200;

/** @throws {ShapeError} if x is no single image, or there are too many steps */
export function planSteps(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  padding: number | "same",
  stride: number,
): StepsPlan {
  if (x.shape.length !== 3) {
    throw new ShapeError("convolutionSteps", "x must be [channels, height, width]", {
      "x.shape": [...x.shape],
    });
  }
  const options: Conv2dOptions = { padding, stride };
  const out = conv2d(x, weight, bias, options);
  if (out.size > mostSteps) {
    throw new ShapeError("convolutionSteps", `at most ${mostSteps} steps`, {
      "output.shape": [...out.shape],
    });
  }
  const [outs, ins, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  const [, outHeight, outWidth] = out.shape as [number, number, number];
  const sides = (kernel: number): [number, number] =>
    padding === "same" ? [(kernel - 1) >> 1, kernel >> 1] : [padding, padding];
  const [above, below] = sides(kernelHeight);
  const [left, right] = sides(kernelWidth);
  const padded = pad(x, [left, right, above, below]);
  const [, height, width] = padded.shape as [number, number, number];

  // A column an input channel; below each other the inputs, the filters, the products, their sum, the
  // outputs.
  const side = 3;
  const pitch = Math.max(width, kernelWidth) + 1;
  const inset = Math.floor((pitch - 1 - kernelWidth) / 2);
  const filterAt = (o: number, c: number) => ({
    x: side + c * pitch + inset,
    y: height + 3 + o * (kernelHeight + 1),
  });
  const productY = filterAt(outs, 0).y + 1;
  const outputY = productY + kernelHeight + 3;
  const outputAt = (o: number) => ({ x: side + o * (outWidth + 2), y: outputY });
  const columns = Math.max(side + ins * pitch - 1, outputAt(outs - 1).x + outWidth);
  return {
    padded,
    out,
    outs,
    ins,
    kernel: [kernelHeight, kernelWidth],
    paddedSize: [height, width],
    outSize: [outHeight, outWidth],
    before: [above, left],
    stride,
    steps: range(outs).flatMap((o) =>
      range(outHeight).flatMap((i) => range(outWidth).map((j) => ({ o, i, j }))),
    ),
    inputAt: (c) => ({ x: side + c * pitch, y: 1 }),
    filterAt,
    productAt: (c) => ({ x: side + c * pitch + inset, y: productY }),
    outputAt,
    sumAt: { x: columns / 2, y: productY + kernelHeight + 0.4 },
    columns,
    lines: outputY + outHeight,
  };
}
