import type { FlattenOp, PadOp, ResizeOp, ShuffleOp } from "../../graph/op.js";
import { outputShape } from "../../graph/shapes.js";
import { sources } from "../../ops/pad.js";
import { resizeAxes, resizeRank, tapsOf } from "../../ops/resize-axis.js";
import { product } from "../../tensor/tensor.js";
import { type Arithmetic, batched, likeGiven, type Wide, wideZeros } from "./wide.js";

/** Where one output of an axis comes from: pixels of x and what each counts; none: a constant. */
type Reading = readonly (readonly [pixel: number, share: number])[];

/** Padding of the spatial axes; negative amounts cut off. */
export function evaluatePad(op: PadOp, given: Wide): Wide {
  const x = batched(given, op.sides.length);
  const source = sources[op.border];
  const readings = op.sides.map(([before, after], i) => {
    const size = x.shape[i + 2] as number;
    return Array.from({ length: size + before + after }, (_, at): Reading => {
      const pixel = source(at - before, size);
      return pixel === undefined ? [] : [[pixel, 1]];
    });
  });
  return likeGiven(given, read(x, readings, op.value), op.sides.length);
}

/** Every pixel taken several times, or neighbours mixed by their distance. */
export function evaluateResize(op: ResizeOp, given: Wide, { gamma }: Arithmetic): Wide {
  const rank = resizeRank(op) ?? given.shape.length - 2;
  const x = batched(given, rank);
  const shape = outputShape(op, [x.shape]) as readonly number[];
  const readings = resizeAxes(op, rank).map((axis, i) => {
    const [size, count] = [x.shape[i + 2] as number, shape[i + 2] as number];
    // Which pixel is nearest is decided in float32, and so has to be asked of the operation.
    if (op.mode === "nearest") return tapsOf(op, axis, size, rank).map(([pixel]): Reading => [[pixel, 1]]);
    return Array.from({ length: count }, (_, at): Reading => {
      // What keeps its size is left as it is, whatever the factor.
      if (count === size) return [[at, 1]];
      const step = count > 1 ? (size - 1) / (count - 1) : 0;
      const factor = "size" in axis ? count / size : axis.factor;
      const place = op.alignCorners ? at * step : Math.max((at + 0.5) / factor - 0.5, 0);
      const first = Math.min(Math.floor(place), size - 1);
      const share = place - first;
      return [
        [first, 1 - share],
        [Math.min(first + 1, size - 1), share],
      ];
    });
  });
  const out = read(x, readings, 0);
  if (op.mode === "linear") {
    // Shares and sums may be computed in float32.
    for (let i = 0; i < out.errors.length; i++) {
      out.errors[i] = (out.errors[i] as number) + gamma(8) * Math.abs(out.values[i] as number);
    }
  }
  return likeGiven(given, out, rank);
}

/** Channels into pixels: out[c, y r + i, x r + j] = x[c r² + i r + j, y, x]. */
export function evaluateShuffle(op: ShuffleOp, given: Wide): Wide {
  const { factor: r } = op;
  const x = batched(given, 2);
  const shape = outputShape(op, [x.shape]) as readonly number[];
  const [, , height = 1, width = 1] = x.shape;
  const out = wideZeros(shape);
  const planes = (shape[0] as number) * (shape[1] as number);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height * r; y++) {
      for (let column = 0; column < width * r; column++) {
        const channel = plane * r * r + (y % r) * r + (column % r);
        const from = (channel * height + Math.floor(y / r)) * width + Math.floor(column / r);
        out.values[at] = x.values[from] as number;
        out.errors[at++] = x.errors[from] as number;
      }
    }
  }
  return likeGiven(given, out, 2);
}

/** [batch, ...] to [batch, features]. */
export function evaluateFlatten(op: FlattenOp, x: Wide): Wide {
  return { ...x, shape: outputShape(op, [x.shape]) as readonly number[] };
}

/** Every output as a mixture of pixels, each axis by itself; `constant` where an axis reads nothing. */
function read(x: Wide, readings: readonly (readonly Reading[])[], constant: number): Wide {
  const [batch = 1, channels = 1, ...size] = x.shape;
  const out = wideZeros([batch, channels, ...readings.map((along) => along.length)]);
  const mixtures = readings.reduce<readonly Reading[]>(
    (mixed, along, axis) =>
      mixed.flatMap((outer) =>
        along.map((inner) =>
          outer.flatMap(([offset, share]) =>
            inner.map(([pixel, part]) => [offset * (size[axis] as number) + pixel, share * part] as const),
          ),
        ),
      ),
    [[[0, 1]]],
  );
  const area = product(size);
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const mixture of mixtures) {
      if (mixture.length === 0) out.values[at] = constant;
      for (const [offset, share] of mixture) {
        out.values[at] = (out.values[at] as number) + share * (x.values[plane * area + offset] as number);
        out.errors[at] = (out.errors[at] as number) + share * (x.errors[plane * area + offset] as number);
      }
      at++;
    }
  }
  return out;
}
