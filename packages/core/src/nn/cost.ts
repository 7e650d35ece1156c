import { ShapeError, unlessThrown } from "../errors.js";
import { compute, isFactor } from "../graph/compute.js";
import { macsOfOp } from "../graph/cost.js";
import { concatAxis, type MeetingOp, type Op } from "../graph/op.js";
import { outputShape } from "../graph/shapes.js";
import { assertTensor, product, type Tensor, zeros } from "../tensor/tensor.js";
import { isConnected } from "./composition.js";
import { joiningOf } from "./joining.js";
import { operationOf } from "./layer.js";
import { assertModule, joinPath, Module, rebuilt } from "./module.js";
import { rankOf } from "./output-rank.js";

/** What one layer holds and does in one forward pass. */
export interface LayerCost {
  /** The dotted name of the layer in the tree; "" for the root. */
  readonly path: string;
  /** The name of its type: `Conv2d`, `Sum`, ... */
  readonly kind: string;
  /** What the layer meets; of several inputs the first. */
  readonly inputShape: readonly number[];
  /** What it gives. */
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
  /** [batch, channels, ...spatial], as given. */
  readonly inputShape: readonly number[];
  /** What that becomes. */
  readonly outputShape: readonly number[];
  /** Learnable values; a tensor that is used in several places counts once. */
  readonly parameters: number;
  /** Values that are not learned; a tensor that is used in several places counts once. */
  readonly buffers: number;
  /**
   * Multiply-accumulates of convolutions and linear layers, as papers count them: sums, pooling and
   * normalisation add none.
   */
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
 * A k x k convolution takes batch · out · out height · out width · (in / groups) · k² multiply-accumulates, a
 * bias none.
 *
 * @param module any tree of modules
 * @param inputShape [batch, channels, height, width], or whatever the module reads
 * @returns the counts of the whole, and of every layer in the order in which it runs
 * @throws {ShapeError} if the module does not accept that shape
 * @throws {ArgumentError} if inputShape is no list of whole numbers
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

/**
 * The number of layers that do something, each as often as it runs: leaves but for `Identity`, and every
 * place where wires meet.
 */
export function countLayers(module: Module): number {
  const children = module.children();
  if (children.size === 0) return isNothing(module) ? 0 : 1;
  let count = 0;
  const child = (name: string): void => {
    count += countLayers(children.get(name) as Module);
  };
  const meet = (): void => {
    count++;
  };
  if (isConnected(module)) module.connect<void>(undefined, { child, meet });
  else for (const name of children.keys()) child(name);
  return count;
}

function isNothing(module: Module): boolean {
  return operationOf(module)?.kind === "identity" || joiningOf(module) === "sequence";
}

type Shape = readonly number[];

function visit(module: Module, path: string, shape: Shape, layers: LayerCost[]): Shape {
  const children = module.children();
  const child = (name: string, input: Shape): Shape =>
    visit(children.get(name) as Module, joinPath(path, name), input, layers);
  if (isConnected(module)) {
    return module.connect(shape, {
      child,
      meet: (op, inputs) => record(module, path, inputs, metShape(module.typeName, op, inputs), layers),
    });
  }
  if (children.size === 0) {
    const out = shapeOf(module, shape);
    return isNothing(module) ? out : record(module, path, [shape], out, layers);
  }
  // An unknown composition: its children are stood in for by modules that note what they are given.
  const stubs = [...children.keys()].map((name) => [name, new Stub((x) => child(name, x))] as const);
  return [...rebuilt(module, new Map(), new Map(stubs)).forward(zeros(shape)).shape];
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
    macs: macsOf(module, inputs[0] as Shape, out),
    weightBytes: 4 * (parameters + buffers),
    activationBytes: 4 * [...inputs, out].reduce((sum, shape) => sum + product(shape), 0),
  });
  return out;
}

function macsOf(module: Module, shape: Shape, out: Shape): number {
  const op = operationOf(module);
  return op === undefined ? 0 : macsOfOp(op, shape, out);
}

/** A layer's output shape, by what it says it computes; a layer that says nothing is run. */
function shapeOf(module: Module, shape: Shape): Shape {
  const op = operationOf(module);
  return (op && ruledShape(op, [shape])) ?? module.forward(zeros(shape)).shape;
}

function metShape(name: string, op: MeetingOp, inputs: readonly Shape[]): Shape {
  const ruled = ruledShape(op, inputs);
  if (ruled !== undefined && (op.kind !== "multiply" || inputs.every((shape) => isFactor(ruled, shape))))
    return ruled;
  // What does not fit is refused in the composition's own words.
  const tensors = inputs.map((shape) => zeros(shape));
  return compute(op, tensors, name).shape;
}

/**
 * The shape that an operation gives, for images without a batch axis too; undefined where nothing says it, or
 * what goes in does not fit, which the layer refuses in its own words.
 */
function ruledShape(op: Op, inputs: readonly Shape[]): Shape | undefined {
  const unbatched = isUnbatched(op, inputs[0] as Shape);
  const given = unbatched ? inputs.map((shape) => [1, ...shape]) : inputs;
  const out = unlessThrown(
    ShapeError,
    () => outputShape(op, given),
    () => undefined,
  );
  return unbatched ? out?.slice(1) : out;
}

/** What takes images without a batch axis too; of the affine ones some do. */
const takesImages: readonly Op["kind"][] = ["conv", "window", "adaptiveMean", "pad", "shuffle"];

/** [channels, height, width]: what reads images takes it for one of them. */
export function isUnbatched(op: Op, shape: Shape): boolean {
  if (op.kind === "concat") return concatAxis(op, shape.length) === 0;
  const takes = op.kind === "affine" ? op.unbatched === true : takesImages.includes(op.kind);
  if (op.kind === "conv" && op.batched === true) return false;
  return takes && shape.length - 1 === rankOf(op);
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
