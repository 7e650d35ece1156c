import { ShapeError } from "../../errors.js";
import { type ConcatOp, concatAxis, type MultiplyOp } from "../../graph/op.js";
import { outputShape } from "../../graph/shapes.js";
import { product } from "../../tensor/tensor.js";
import { type Arithmetic, type Wide, wideZeros } from "./wide.js";

/** Wires, added: each of the additions may round. */
export function evaluateAdd(inputs: readonly Wide[], { gamma }: Arithmetic): Wide {
  const shape = (inputs[0] as Wide).shape;
  if (inputs.some((input) => String(input.shape) !== String(shape))) {
    throw new ShapeError("evaluate", "what is added must have the same shape", {
      shapes: inputs.map((input) => [...input.shape]),
    });
  }
  const out = wideZeros(shape);
  const rounding = gamma(inputs.length - 1);
  for (let i = 0; i < out.values.length; i++) {
    let magnitude = 0;
    for (const { values, errors } of inputs) {
      out.values[i] = (out.values[i] as number) + (values[i] as number);
      out.errors[i] = (out.errors[i] as number) + (errors[i] as number);
      magnitude += Math.abs(values[i] as number) + (errors[i] as number);
    }
    out.errors[i] = (out.errors[i] as number) + rounding * magnitude;
  }
  return out;
}

/** Wires, multiplied from left to right; sizes of 1 are repeated. */
export function evaluateMultiply(
  op: MultiplyOp,
  inputs: readonly Wide[],
  { gamma, smallest }: Arithmetic,
): Wide {
  return inputs.reduce((a, b) => {
    const out = wideZeros(outputShape(op, [a.shape, b.shape]) as readonly number[]);
    const [from, other] = [repeated(a, out.shape), repeated(b, out.shape)];
    for (let i = 0; i < out.values.length; i++) {
      const [j, k] = [from(i), other(i)];
      const [x, y] = [a.values[j] as number, b.values[k] as number];
      const [ex, ey] = [a.errors[j] as number, b.errors[k] as number];
      const error = Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
      out.values[i] = x * y;
      out.errors[i] = error + gamma(1) * (Math.abs(x * y) + error) + smallest;
    }
    return out;
  });
}

/** Wires, their channels joined: the first axis of images without a batch, the second one elsewhere. */
export function evaluateConcat(op: ConcatOp, inputs: readonly Wide[]): Wide {
  const first = inputs[0] as Wide;
  const axis = concatAxis(op, first.shape.length);
  const others = (shape: readonly number[]): string =>
    String(shape.map((size, i) => (i === axis ? 0 : size)));
  if (inputs.some(({ shape }) => others(shape) !== others(first.shape))) {
    throw new ShapeError("evaluate", "what is joined must have equal shapes but for the channels", {
      shapes: inputs.map((input) => [...input.shape]),
    });
  }
  const channels = inputs.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const out = wideZeros(first.shape.map((size, i) => (i === axis ? channels : size)));
  const blocks = product(first.shape.slice(0, axis));
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    for (const { values, errors } of inputs) {
      const length = values.length / blocks;
      out.values.set(values.subarray(block * length, (block + 1) * length), at);
      out.errors.set(errors.subarray(block * length, (block + 1) * length), at);
      at += length;
    }
  }
  return out;
}

/** Which value of x each value of a larger shape repeats. */
function repeated(x: Wide, shape: readonly number[]): (index: number) => number {
  if (String(x.shape) === String(shape)) return (index) => index;
  const padded = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  return (index) => {
    let [rest, at, scale] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const place = rest % (shape[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
      if (padded[axis] !== 1) at += place * scale;
      scale *= padded[axis] as number;
    }
    return at;
  };
}
