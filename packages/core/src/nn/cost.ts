import { ConvfuseError } from "../errors.js";
import { assertTensor, product, type Tensor, zeros } from "../tensor/tensor.js";
import { Concat } from "./layers/concat.js";
import { Conv2d } from "./layers/conv2d.js";
import { Identity } from "./layers/identity.js";
import { Linear } from "./layers/linear.js";
import { Product } from "./layers/product.js";
import { Sequential } from "./layers/sequential.js";
import { Sum } from "./layers/sum.js";
import { assertModule, joinPath, Module, type NamedModules } from "./module.js";

/** What one layer holds and does in one forward pass. */
export interface LayerCost {
  /** The dotted name of the layer in the tree; "" for the root. */
  readonly path: string;
  /** The name of its type: `Conv2d`, `Sum`, ... */
  readonly kind: string;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Learnable values. */
  readonly parameters: number;
  /** Values that are not learned: running statistics. */
  readonly buffers: number;
  /** Multiply-accumulates of a convolution or a linear layer; 0 for everything else. */
  readonly macs: number;
  /** Bytes of parameters and buffers, four a value. */
  readonly weightBytes: number;
  /** Bytes read and written as activations: every input once, the output once. */
  readonly activationBytes: number;
}

/** What a module holds and does in one forward pass: the sums over its layers. */
export interface Cost {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Learnable values; a tensor that is used in several places counts once. */
  readonly parameters: number;
  /** Values that are not learned; a tensor that is used in several places counts once. */
  readonly buffers: number;
  /** Multiply-accumulates of convolutions and linear layers, as papers count them: sums, pooling and normalisation add none. */
  readonly macs: number;
  /** Bytes of parameters and buffers. */
  readonly weightBytes: number;
  /** Bytes read and written between layers: what parallel branches cost although they add few MACs. */
  readonly activationBytes: number;
  /** weightBytes + activationBytes. */
  readonly bytes: number;
  /** Every layer in the order in which it runs; `Identity` does nothing and is left out. */
  readonly layers: readonly LayerCost[];
}

/**
 * Counts parameters, multiply-accumulates, bytes and layers of one forward pass, without computing it.
 *
 * A k x k convolution takes batch · out · out height · out width · (in / groups) · k² multiply-accumulates, a bias none.
 *
 * @param module any tree of modules
 * @param inputShape [batch, channels, height, width], or whatever the module reads
 * @throws {ShapeError} if the module does not accept that shape
 * @example
 * cost(new Conv2d(3, 2, 3, { padding: "same" }), [1, 3, 9, 9]).macs; // 2 · 81 · 27 = 4374
 */
export function cost(module: Module, inputShape: readonly number[]): Cost {
  assertModule("cost", "module", module);
  const layers: LayerCost[] = [];
  const outputShape = visit(module, "", [...inputShape], layers);
  const { parameters, buffers } = countTensors([module]);
  const weightBytes = 4 * (parameters + buffers);
  const total = (value: (layer: LayerCost) => number): number =>
    layers.reduce((sum, layer) => sum + value(layer), 0);
  const activationBytes = total((layer) => layer.activationBytes);
  return {
    inputShape: [...inputShape],
    outputShape,
    parameters,
    buffers,
    macs: total((layer) => layer.macs),
    weightBytes,
    activationBytes,
    bytes: weightBytes + activationBytes,
    layers,
  };
}

/** The number of learnable and of other values in some modules, every tensor once. */
export function countTensors(modules: readonly Module[]): {
  readonly parameters: number;
  readonly buffers: number;
} {
  const size = (tensors: readonly Tensor[]): number =>
    [...new Set(tensors)].reduce((sum, tensor) => sum + tensor.size, 0);
  return {
    parameters: size(modules.flatMap((module) => [...module.parameters().values()])),
    buffers: size(modules.flatMap((module) => [...module.buffers().values()])),
  };
}

/** The number of layers that do something: leaves but for `Identity`, and every place where branches meet. */
export function countLayers(module: Module): number {
  const children = [...module.children().values()];
  if (children.length === 0) return isNothing(module) ? 0 : 1;
  const own = isMeeting(module) ? 1 : 0;
  return children.reduce((count, child) => count + countLayers(child), own);
}

function isMeeting(module: Module): boolean {
  return [Sum, Concat, Product].some((meeting) => module.forward === meeting.prototype.forward);
}

function isNothing(module: Module): boolean {
  return module.forward === Identity.prototype.forward || module.forward === Sequential.prototype.forward;
}

type Shape = readonly number[];

function visit(module: Module, path: string, shape: Shape, layers: LayerCost[]): Shape {
  const children = module.children();
  if (module.forward === Sequential.prototype.forward) {
    let out = shape;
    for (const [name, child] of children) out = visit(child, joinPath(path, name), out, layers);
    return out;
  }
  if (isMeeting(module)) {
    const shapes = [...children].map(([name, child]) => visit(child, joinPath(path, name), shape, layers));
    const probe = module.rebuild(new Map(), stubs(children, shapes));
    return record(module, path, shapes, shapeOf(probe, shape), layers);
  }
  if (children.size === 0) {
    const out = shapeOf(module, shape);
    if (isNothing(module)) return out;
    return record(module, path, [shape], out, layers);
  }
  // An unknown composition: its children are stood in for by modules that note what they are given.
  const probe = module.rebuild(
    new Map(),
    new Map(
      [...children].map(([name, child]) => [
        name,
        new Stub((x) => visit(child, joinPath(path, name), x, layers)),
      ]),
    ),
  );
  return [...probe.forward(zeros(shape)).shape];
}

function record(
  module: Module,
  path: string,
  inputs: readonly Shape[],
  out: Shape,
  layers: LayerCost[],
): Shape {
  const leaf = module.children().size === 0;
  const { parameters, buffers } = leaf ? countTensors([module]) : { parameters: 0, buffers: 0 };
  layers.push({
    path,
    kind: module.typeName,
    inputShape: inputs[0] as Shape,
    outputShape: out,
    parameters,
    buffers,
    macs: macsOf(module, out),
    weightBytes: 4 * (parameters + buffers),
    activationBytes: 4 * [...inputs, out].reduce((sum, shape) => sum + product(shape), 0),
  });
  return out;
}

function macsOf(module: Module, out: Shape): number {
  if (module instanceof Conv2d) return product(out) * product(module.weight.shape.slice(1));
  if (module instanceof Linear) return product(out) * module.inFeatures;
  return 0;
}

/** The output's shape, from a run on an empty batch where the input has a batch axis: nothing is computed. */
function shapeOf(module: Module, shape: Shape): Shape {
  if (shape.length === 4) {
    const [batch, ...image] = shape as readonly [number, number, number, number];
    const [outBatch, ...out] = shapeOfEmpty(module, [0, ...image]);
    if (outBatch === 0 && !out.includes(0)) return [batch as number, ...out];
  }
  return [...module.forward(zeros(shape)).shape];
}

/** What refuses an empty batch is asked again with the shape that the caller knows, for an error that quotes that. */
function shapeOfEmpty(module: Module, shape: Shape): Shape {
  try {
    return module.forward(zeros(shape)).shape;
  } catch (error) {
    if (error instanceof ConvfuseError) return [];
    throw error;
  }
}

/** Stands in for a module whose output shape is known. */
class Stub extends Module {
  readonly #out: (shape: Shape) => Shape;

  constructor(out: (shape: Shape) => Shape) {
    super();
    this.#out = out;
  }

  override forward(x: Tensor): Tensor {
    assertTensor("cost", "x", x);
    return zeros(this.#out([...x.shape]));
  }

  override rebuild(): Stub {
    return this;
  }
}

/** Stands in for branches whose output shapes are known; an empty batch stays one. */
function stubs(children: NamedModules, shapes: readonly Shape[]): NamedModules {
  const out = (known: Shape, given: Shape): Shape => (given[0] === 0 ? [0, ...known.slice(1)] : known);
  return new Map(
    [...children.keys()].map((name, i) => [name, new Stub((given) => out(shapes[i] as Shape, given))]),
  );
}
