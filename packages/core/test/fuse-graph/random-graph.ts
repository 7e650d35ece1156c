import { type Graph, GraphBuilder, type Value } from "../../src/graph/graph.js";
import type { Op } from "../../src/graph/op.js";
import { outputShape, type Shape } from "../../src/graph/shapes.js";
import type { ConvAxis } from "../../src/ops/conv/conv-axis.js";
import { plainAxis, transposedAxis } from "../../src/ops/conv/conv-axis.js";
import type { PaddingMode } from "../../src/ops/conv/conv-geometry.js";
import { add, concat, conv, identity, norm, relu, varied } from "../graph/small-graphs.js";

/** A small generator of whole numbers, the same for one seed everywhere. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 12345) >>> 0;
  }

  /** A whole number below `count`. */
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }

  chance(one: number): boolean {
    return this.below(one) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

export interface RandomGraph {
  readonly graph: Graph;
  /** Of each input. */
  readonly shapes: readonly Shape[];
}

/**
 * A graph of operations that fit each other at the given shapes: blocks of branches from one value, sequences, concatenations, values that
 * several nodes read, weights that several nodes share, outputs in the middle.
 */
export function randomGraph(seed: number): RandomGraph {
  const dice = new Dice(seed);
  const rank = dice.below(4);
  const sizes = Array.from({ length: rank }, () => (rank === 3 ? 3 : 4) + dice.below(3));
  return new Drawing(dice, sizes).draw();
}

class Drawing {
  readonly #graph = new GraphBuilder();
  readonly #shapes = new Map<Value, Shape>();
  readonly #values: Value[] = [];
  readonly #ops: { readonly op: Op; readonly channels: number; readonly rank: number }[] = [];
  readonly #dice: Dice;
  #count = 0;

  constructor(dice: Dice, sizes: Shape) {
    this.#dice = dice;
    for (let i = dice.chance(3) ? 2 : 1; i > 0; i--) {
      const value = this.#graph.input(`x${i}`);
      this.#shapes.set(value, [1 + dice.below(2), dice.pick([2, 4]), ...sizes]);
      this.#values.push(value);
    }
  }

  draw(): RandomGraph {
    const inputs = [...this.#values];
    for (let steps = 2 + this.#dice.below(6); steps > 0; steps--) this.#step();
    const outputs = new Set([this.#values.at(-1) as Value]);
    while (this.#dice.chance(3)) outputs.add(this.#dice.pick(this.#values));
    return {
      graph: this.#graph.finish([...outputs]),
      shapes: inputs.map((input) => this.#shapes.get(input) as Shape),
    };
  }

  #step(): void {
    const dice = this.#dice;
    const x = dice.chance(3) ? dice.pick(this.#values) : (this.#values.at(-1) as Value);
    const kind = dice.below(8);
    if (kind < 3) this.#branches(x);
    else if (kind === 3) this.#put(concat, this.#alike(x, 2 + dice.below(2), true));
    else if (kind === 4 && this.#isImage(x)) this.#head(x);
    else this.#row(x, 1 + dice.below(3));
  }

  /** Several sequences from one value, those that give one shape added, nested or not. */
  #branches(x: Value): void {
    const dice = this.#dice;
    const ends = Array.from({ length: 2 + dice.below(3) }, () => this.#row(x, dice.below(4), true));
    if (dice.chance(4)) ends.push(dice.pick(this.#values));
    const shape = String(this.#shapes.get(ends[0] as Value));
    const fitting = ends.filter((end) => String(this.#shapes.get(end)) === shape);
    if (fitting.length < 2) return;
    const [first, second, ...others] = fitting as [Value, Value, ...Value[]];
    const inner = this.#put(add, dice.chance(2) ? [first, second] : [second, first]);
    if (inner === undefined || others.length === 0) return;
    const scaled = dice.chance(3) ? (this.#put(this.#affine(inner), [inner]) ?? inner) : inner;
    this.#put(add, [scaled, ...others]);
  }

  #alike(x: Value, count: number, anyChannels: boolean): readonly Value[] {
    const key = (value: Value): string => {
      const [batch, channels, ...rest] = this.#shapes.get(value) as Shape;
      return String([batch, anyChannels ? 0 : channels, ...rest, -1]);
    };
    const fitting = this.#values.filter((value) => key(value) === key(x));
    return Array.from({ length: count }, () => this.#dice.pick(fitting));
  }

  #head(x: Value): void {
    const pooled = this.#put({ kind: "adaptiveMean", outputSize: this.#spatial(x).map(() => 1) }, [x]);
    if (pooled === undefined) return;
    const flat = this.#dice.chance(2) ? this.#put({ kind: "flatten" }, [pooled]) : pooled;
    if (flat !== undefined) this.#row(flat, 2);
  }

  #row(x: Value, length: number, keepsSize = false): Value {
    let value = x;
    for (let i = 0; i < length; i++) value = this.#put(this.#op(value, keepsSize), [value]) ?? value;
    return value;
  }

  #put(op: Op, inputs: readonly Value[]): Value | undefined {
    const shapes = inputs.map((input) => this.#shapes.get(input) as Shape);
    const shape = fits(op, shapes) ? outputShape(op, shapes) : undefined;
    if (shape === undefined || shape.reduce((product, size) => product * size, 1) > 400) return undefined;
    const value = this.#graph.add(op, inputs, `${op.kind}${this.#count++}`);
    this.#shapes.set(value, shape);
    this.#values.push(value);
    return value;
  }

  #spatial(x: Value): Shape {
    return (this.#shapes.get(x) as Shape).slice(2);
  }

  #isImage(x: Value): boolean {
    return this.#spatial(x).length > 0;
  }

  #affine(x: Value): Op {
    const dice = this.#dice;
    const channels = (this.#shapes.get(x) as Shape)[1] as number;
    const rank = dice.chance(2) ? this.#spatial(x).length : undefined;
    if (!dice.chance(3)) return norm(channels, rank, dice.below(50));
    const after = dice.chance(2) ? 0 : dice.below(5) - 2;
    return {
      kind: "affine",
      before: dice.below(3),
      factor: dice.pick([-2, -1, 0, 2, 3]),
      after,
      axis: "channels",
      ranks: undefined,
    };
  }

  #op(x: Value, keepsSize: boolean): Op {
    const dice = this.#dice;
    const shape = this.#shapes.get(x) as Shape;
    const rank = shape.length - 2;
    const channels = shape[1] as number;
    const shared = this.#ops.filter((op) => op.channels === channels && op.rank === rank);
    if (shared.length > 0 && dice.chance(5)) return dice.pick(shared).op;
    const op = this.#newOp(x, channels, rank, keepsSize);
    if (op.kind === "conv") this.#ops.push({ op, channels, rank });
    return op;
  }

  #newOp(x: Value, channels: number, rank: number, keepsSize: boolean): Op {
    const dice = this.#dice;
    switch (dice.below(12)) {
      case 0:
        return relu;
      case 1:
        return identity;
      case 2:
      case 3:
        return this.#affine(x);
      case 4:
        return this.#window(rank, keepsSize);
      case 5:
        return {
          kind: "pad",
          sides: this.#spatial(x).map(() => [dice.below(2), dice.below(2)] as const),
          border: dice.pick(borders),
          value: dice.chance(6) ? 1 : 0,
        };
      case 6:
        return rank > 0 && dice.chance(2)
          ? this.#matrix(this.#spatial(x).at(-1) as number, undefined)
          : rank === 0
            ? this.#matrix(channels, dice.chance(2) ? 0 : undefined)
            : this.#affine(x);
      default:
        return this.#conv(channels, rank, keepsSize);
    }
  }

  #matrix(features: number, rank: 0 | undefined): Op {
    const dice = this.#dice;
    const outFeatures = dice.chance(2) ? features : 1 + dice.below(5);
    const seed = dice.below(50);
    const bias = dice.chance(2) ? varied([outFeatures], seed + 0.5) : undefined;
    return {
      kind: "matrix",
      weight: varied([outFeatures, features], seed),
      bias,
      inFeatures: features,
      outFeatures,
      rank,
    };
  }

  #window(rank: number, keepsSize: boolean): Op {
    const dice = this.#dice;
    const axes = Array.from({ length: rank }, () => {
      const size = 1 + dice.below(3);
      if (keepsSize) return plainAxis(3, { before: 1, after: 1 });
      const pixels = dice.below(Math.floor(size / 2) + 1);
      return plainAxis(size, { stride: 1 + dice.below(2), before: pixels, after: pixels });
    });
    const reduce = dice.chance(4) ? "max" : "mean";
    return {
      kind: "window",
      reduce,
      axes,
      countIncludePad: !dice.chance(3),
      ceilMode: dice.chance(4),
      divisor: dice.chance(4) ? 3 : undefined,
    };
  }

  #conv(channels: number, rank: number, keepsSize: boolean): Op {
    const dice = this.#dice;
    const upsamples = !keepsSize && dice.chance(5);
    const border: PaddingMode = !upsamples && dice.chance(5) ? dice.pick(borders) : "zeros";
    const groups = dice.pick([1, 1, 1, 2, channels]);
    const axes = Array.from({ length: rank }, (): ConvAxis => {
      const size = dice.pick([1, 1, 2, 3]);
      const dilation = size > 1 && dice.chance(5) ? 2 : 1;
      const stride = keepsSize ? 1 : dice.pick([1, 1, 2, 3]);
      if (upsamples) return transposedAxis({ size, stride, dilation }, dice.below(2), dice.below(stride));
      const before = dice.chance(4) ? dice.below(3) : Math.floor((dilation * (size - 1)) / 2);
      const after = keepsSize || dice.chance(2) ? dilation * (size - 1) - before : dice.below(2);
      return plainAxis(size, {
        stride,
        dilation,
        before,
        after: Math.max(after, 0),
      });
    });
    const kept = keepsSize ? channels : dice.pick([2, 4, channels, 3]);
    const fitting = groups > 0 && channels % groups === 0 && kept % groups === 0 ? groups : 1;
    const op = conv(channels, kept, {
      axes,
      groups: fitting,
      bias: dice.chance(3),
      border,
      seed: dice.below(50),
    });
    if (!upsamples || op.transposed) return op;
    return {
      ...op,
      transposed: true,
      weight: varied([channels, kept / fitting, ...axes.map((axis) => axis.size)], dice.below(50)),
    };
  }
}

const borders: readonly PaddingMode[] = ["zeros", "zeros", "reflect", "replicate", "circular"];

/** Whether an operation runs on these shapes: reflect and circular borders ask for an image that is large enough. */
function fits(op: Op, shapes: readonly Shape[]): boolean {
  const spatial = (shapes[0] as Shape).slice(2);
  const sides =
    op.kind === "conv" ? op.axes.map((axis) => [axis.before, axis.after]) : op.kind === "pad" ? op.sides : [];
  const border = op.kind === "conv" || op.kind === "pad" ? op.border : "zeros";
  if (border !== "zeros" && sides.some((side, i) => Math.max(...side) >= (spatial[i] as number)))
    return false;
  if (border !== "zeros" && sides.some((side) => Math.min(...side) < 0)) return false;
  try {
    return outputShape(op, shapes)?.every((size) => size > 0) ?? false;
  } catch {
    return false;
  }
}
