import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";

/**
 * Channels into pixels: out[..., c, y r + i, x r + j] = x[..., c r² + i r + j, y, x].
 * @param r how many times as high and as wide
 * @throws {ShapeError} if x is not [..., channels r², height, width]
 */
export function pixelShuffle(op: string, x: Tensor, r: number): Tensor {
  assertTensor(op, "x", x);
  const leading = x.shape.slice(0, -3);
  const [channels = 0, height = 0, width = 0] = x.shape.slice(-3);
  if (x.shape.length < 3 || channels % (r * r) !== 0) {
    const rule = `x must be [..., a multiple of ${r * r} channels, height, width]`;
    throw new ShapeError(op, rule, { "x.shape": [...x.shape] });
  }
  const data = rowMajorData(x);
  const out = float32(op, x.shape);
  const lines = out.length / Math.max(1, width * r);
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const [plane, y] = [Math.floor(line / (height * r)), line % (height * r)];
    for (let column = 0; column < width * r; column++) {
      const from = plane * r * r + (y % r) * r + (column % r);
      out[at++] = data[(from * height + Math.floor(y / r)) * width + Math.floor(column / r)] as number;
    }
  }
  return ndarray(out, [...leading, channels / (r * r), height * r, width * r]);
}
