import ndarray from "ndarray";
import { checkNoMore } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { rowMajorData } from "../../tensor/layout.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module, type NamedModules, type NamedTensors, namedModules } from "../module.js";
import { mergeChildren } from "./sequential.js";

/**
 * Branches side by side, multiplied: out = first(x) second(x) ..., from left to right, each product rounded to float32. A branch after the
 * first may give one value a channel, [batch, channels, 1, 1], as gates do.
 * @see squeeze-and-excitation, https://arxiv.org/abs/1709.01507, section 3
 * @example
 * new Product([new Identity(), new Sigmoid()]).forward(ones([1, 2, 4, 4])).shape; // [1, 2, 4, 4]
 */
export class Product extends Module {
  override get typeName(): string {
    return "Product";
  }

  readonly #children: NamedModules;

  /**
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if there is no branch
   */
  constructor(branches: readonly Module[] | Readonly<Record<string, Module>>, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.#children = namedModules(this.typeName, branches);
    if (this.#children.size === 0) throw new ArgumentError(this.typeName, "needs at least one branch");
    Object.freeze(this);
  }

  override children(): NamedModules {
    return new Map(this.#children);
  }

  /** @throws {ShapeError} if a branch's output has neither the first one's shape nor one value a channel of it */
  override forward(x: Tensor): Tensor {
    return [...this.#children.values()].map((branch) => branch.forward(x)).reduce(multiplied);
  }

  override rebuild(_tensors: NamedTensors, children: NamedModules): Product {
    return new Product(Object.fromEntries(mergeChildren(this.#children, children)));
  }
}

/**
 * How many neighbouring values of `shape` each value of `other` belongs to: 1, or a whole image.
 * @throws {ShapeError} if they do not fit
 */
export function sharedBy(shape: readonly number[], other: readonly number[]): number {
  if (String(shape) === String(other)) return 1;
  const [batch, channels, height = 0, width = 0] = shape;
  if (shape.length === 4 && String(other) === String([batch, channels, 1, 1])) return height * width;
  throw new ShapeError("Product", "a branch must give the first one's shape, or [batch, channels, 1, 1]", {
    first: [...shape],
    shape: [...other],
  });
}

function multiplied(a: Tensor, b: Tensor): Tensor {
  const area = sharedBy(a.shape, b.shape);
  const factors = rowMajorData(b);
  const out = rowMajorData(a).map((value, i) => value * (factors[Math.floor(i / area)] as number));
  return ndarray(out, [...a.shape]);
}
