import { ShapeError } from "../errors.js";
import { type ConvAxis, outSizeOf, paddedSize, spanOf } from "../ops/conv/conv-axis.js";
import { checkPaddingFits, type PaddingMode } from "../ops/conv/conv-geometry.js";
import { type AxisResize, resizeAxes, resizedSize } from "../ops/resize-axis.js";
import type { Graph, Value } from "./graph.js";
import { applyRule, type Op, type OpOf, type Rules, type WindowOp } from "./op.js";

/** The sizes of a value's axes: [batch, channels, ...spatial] for images. */
export type Shape = readonly number[];

/** The sizes of a value's axes, as far as they are known. */
export type PartialShape = readonly (number | undefined)[];

/**
 * The shape of every value that the given ones determine; what is opaque, or reads what is, has none unless
 * it is given.
 * @param graph a network without shapes
 * @param given of the graph's inputs, and of other values where they are known
 * @returns shapes by value; a value of unknown shape has no entry
 * @throws {ShapeError} if an operation does not accept its inputs
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * const y = graph.add({ kind: "identity" }, [x], "skip");
 * shapesOf(graph.finish([y]), new Map([[x, [1, 2, 4, 4]]])).get(y); // [1, 2, 4, 4]
 */
export function shapesOf(graph: Graph, given: ReadonlyMap<Value, Shape>): Map<Value, Shape> {
  const shapes = new Map(given);
  for (const { op, inputs, outputs } of graph.nodes) {
    const [output] = outputs;
    if (output === undefined || shapes.has(output)) continue;
    const known = inputs.map((value) => shapes.get(value)).filter((shape) => shape !== undefined);
    if (known.length !== inputs.length) continue;
    const shape = outputShape(op, known);
    if (shape !== undefined) shapes.set(output, shape);
  }
  return shapes;
}

/**
 * The shape that an operation gives; undefined for what is opaque.
 * @throws {ShapeError} if it does not accept its inputs
 */
export function outputShape(op: Op, inputs: readonly Shape[]): Shape | undefined {
  return applyRule(rules, op, inputs);
}

function only(inputs: readonly Shape[]): Shape {
  return inputs[0] as Shape;
}

function same(_op: Op, inputs: readonly Shape[]): Shape {
  return only(inputs);
}

/** Batch, channels and the sizes of the spatial axes, of which there have to be `rank`. */
function image(
  op: Op,
  shape: Shape,
  rank: number,
): readonly [batch: number, channels: number, spatial: Shape] {
  const [batch, channels, ...spatial] = shape;
  if (batch === undefined || channels === undefined || spatial.length !== rank)
    throw new ShapeError(op.kind, `it reads [batch, channels] and ${rank} more axes`, { shape: [...shape] });
  return [batch, channels, spatial];
}

function checkSize(op: Op, name: string, size: number | undefined, expected: number, shape: Shape): void {
  if (size === expected) return;
  throw new ShapeError(op.kind, `it reads ${expected} ${name}`, { shape: [...shape] });
}

type Pair = readonly [before: number, after: number];

/** Reflected and wrapped pixels have to be there, and a repeated one too. */
function checkBorder(
  op: Op,
  border: PaddingMode,
  sides: readonly Pick<ConvAxis, "before" | "after">[],
  spatial: Shape,
): void {
  checkPaddingFits(op.kind, border, sides, spatial);
  if (border === "zeros") return;
  const empty = sides.some(({ before, after }, i) => spatial[i] === 0 && Math.max(before, after) > 0);
  if (empty)
    throw new ShapeError(op.kind, `an empty axis has nothing for ${border} padding`, { image: [...spatial] });
}

/** The sizes that windows leave; at least one has to fit on each axis. */
function windows(op: Op, axes: readonly ConvAxis[], shape: Shape, count = outSizeOf): number[] {
  return axes.map((axis, i) => {
    const size = shape[i + 2] as number;
    const out = count(axis, size);
    if (size > 0 && out > 0) return out;
    const values = { shape: [...shape], axis: i + 2, span: spanOf(axis), padded: paddedSize(axis, size) };
    throw new ShapeError(op.kind, "no window fits into the padded input", values);
  });
}

/** In ceil mode a last window counts if it begins inside the input or the padding before it. */
function ceiledSize(axis: ConvAxis, size: number): number {
  const count = Math.ceil((paddedSize(axis, size) - spanOf(axis)) / axis.stride) + 1;
  return (count - 1) * axis.stride >= size + axis.before ? count - 1 : count;
}

/** How many windows a pooling has on an axis. */
export function pooledSize({ ceilMode }: Pick<WindowOp, "ceilMode">, axis: ConvAxis, size: number): number {
  return ceilMode ? ceiledSize(axis, size) : outSizeOf(axis, size);
}

function agree(op: Op, inputs: readonly Shape[], ignored: number | undefined): void {
  const first = only(inputs);
  const fits = (shape: Shape): boolean =>
    shape.length === first.length && shape.every((size, i) => i === ignored || size === first[i]);
  if (inputs.every(fits)) return;
  throw new ShapeError(op.kind, "its inputs have different shapes", {
    shapes: inputs.map((shape) => [...shape]),
  });
}

function broadcast(op: OpOf<"multiply">, inputs: readonly Shape[]): Shape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = inputs.map((shape) => shape[i - rank + shape.length] ?? 1);
    const largest = sizes.find((size) => size !== 1) ?? 1;
    if (sizes.every((size) => size === 1 || size === largest)) return largest;
    throw new ShapeError(op.kind, "its inputs do not broadcast", {
      shapes: inputs.map((shape) => [...shape]),
    });
  });
}

const rules: Rules<[inputs: readonly Shape[]], Shape | undefined> = {
  identity: same,
  conv: (op, inputs) => {
    const shape = only(inputs);
    const [batch, channels, spatial] = image(op, shape, op.axes.length);
    checkSize(op, "channels", channels, op.inChannels, shape);
    checkBorder(op, op.border, op.axes, spatial);
    return [batch, op.outChannels, ...windows(op, op.axes, shape)];
  },
  affine: (op, inputs) => {
    const shape = only(inputs);
    if (op.ranks !== undefined && !op.ranks.includes(shape.length - 2))
      image(op, shape, op.ranks[0] as number);
    const size = op.axis === "channels" ? shape[1] : shape.at(-1);
    for (const values of [op.before, op.factor, op.after])
      if (typeof values !== "number") checkSize(op, "channels", size, values.length, shape);
    return shape;
  },
  matrix: (op, inputs) => {
    const shape = only(inputs);
    if (op.rank !== undefined) image(op, shape, op.rank);
    checkSize(op, "features", shape.at(-1), op.inFeatures, shape);
    return [...shape.slice(0, -1), op.outFeatures];
  },
  window: (op, inputs) => {
    const [batch, channels] = image(op, only(inputs), op.axes.length);
    return [
      batch,
      channels,
      ...windows(op, op.axes, only(inputs), (axis, size) => pooledSize(op, axis, size)),
    ];
  },
  adaptiveMean: (op, inputs) => {
    const [batch, channels, spatial] = image(op, only(inputs), op.outputSize.length);
    return [batch, channels, ...op.outputSize.map((size, i) => size ?? (spatial[i] as number))];
  },
  pad: (op, inputs) => {
    const [batch, channels, spatial] = image(op, only(inputs), op.sides.length);
    const sizes = spatial.map(
      (size, i) => size + (op.sides[i] as readonly number[]).reduce((a, b) => a + b, 0),
    );
    if (sizes.some((size) => size < 0))
      throw new ShapeError(op.kind, "it takes away more than there is", { shape: [...only(inputs)] });
    const sides = op.sides.map(([before, after]) => ({ before, after }));
    // What goes round an axis goes round what is left of it.
    const left = spatial.map(
      (size, i) => size + (op.sides[i] as Pair).reduce((sum, side) => sum + Math.min(side, 0), 0),
    );
    checkBorder(op, op.border, sides, op.border === "circular" ? left : spatial);
    return [batch, channels, ...sizes];
  },
  map: same,
  slope: (op, inputs) => {
    const slopes = op.weight.shape[0] as number;
    if (slopes > 1) checkSize(op, "channels", only(inputs)[1], slopes, only(inputs));
    return only(inputs);
  },
  flatten: (op, inputs) => {
    if (op.images !== undefined) {
      const [, channels] = image(op, only(inputs), op.images.rank);
      checkSize(op, "channels", channels, op.images.channels, only(inputs));
    }
    const [batch = 1, ...rest] = only(inputs);
    return [batch, rest.reduce((features, size) => features * size, 1)];
  },
  shuffle: (op, inputs) => {
    const [batch, channels, spatial] = image(op, only(inputs), 2);
    const left = channels / op.factor ** 2;
    if (!Number.isInteger(left))
      throw new ShapeError(op.kind, `its channels must be a multiple of ${op.factor ** 2}`, { channels });
    return [batch, left, ...spatial.map((size) => size * op.factor)];
  },
  resize: (op, inputs) => {
    const axes = resizeAxes(op, only(inputs).length - 2);
    const [batch, channels, spatial] = image(op, only(inputs), axes.length);
    return [batch, channels, ...spatial.map((size, i) => resizedSize(axes[i] as AxisResize, size))];
  },
  norm: (op, inputs) => {
    const shape = only(inputs);
    if (op.axis === "channels") image(op, shape, 2);
    checkSize(op, "channels", op.axis === "channels" ? shape[1] : shape.at(-1), op.channels, shape);
    return shape;
  },
  add: (op, inputs) => {
    agree(op, inputs, undefined);
    return only(inputs);
  },
  multiply: broadcast,
  concat: (op, inputs) => {
    agree(op, inputs, 1);
    const [batch = 1, , ...spatial] = only(inputs);
    return [batch, inputs.reduce((channels, shape) => channels + (shape[1] ?? 0), 0), ...spatial];
  },
  opaque: () => undefined,
};
