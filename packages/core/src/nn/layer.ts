import { compute } from "../graph/compute.js";
import type { Op } from "../graph/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/**
 * A layer is its operation, with PyTorch's names around it: a subclass says what it computes, as data, and
 * `forward` computes that. So the two cannot disagree, and whatever reads networks (fuse, proofs, costs,
 * plans) knows the layer. One that overrides `forward` says with it that it is something else, of which
 * nothing is known but that it can be run.
 * @example
 * class Negate extends Layer {
 *   override get typeName() { return "Negate"; }
 *   override get op() { return { kind: "affine", before: 0, factor: -1, after: 0, axis: "channels", ranks: undefined } as const; }
 *   override rebuild() { return this; }
 * }
 * new Negate().forward(tensor([1, -2])); // [-1, 2]
 */
export abstract class Layer extends Module {
  override get typeName(): string {
    return "Layer";
  }

  /** What the layer computes. */
  abstract get op(): Op;

  /** @throws {ShapeError} if x does not fit the operation */
  override forward(x: Tensor): Tensor {
    return compute(this.op, [x], this.typeName);
  }
}

/** A layer without tensors: rebuilt, it stays what it is. */
export abstract class PlainLayer extends Layer {
  override rebuild(): this {
    return this;
  }
}

/**
 * The operation of a layer, unless a subclass has a `forward` of its own; undefined: nothing is known of what
 * the module computes.
 * @param module any module
 * @returns the operation as data; undefined for a composition, and for a class that overrides `forward`
 * @example
 * operationOf(new BatchNorm2d(3))?.kind; // "affine"
 * operationOf(new Sequential([])); // undefined: it is made of others
 */
export function operationOf(module: Module): Op | undefined {
  return module instanceof Layer && module.forward === Layer.prototype.forward ? module.op : undefined;
}
