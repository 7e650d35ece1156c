import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError } from "../errors.js";
import { compute } from "../graph/compute.js";
import type { MeetingOp } from "../graph/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, type NamedModules, namedModules } from "./module.js";

/**
 * What {@link Composition.connect} connects: tensors, values of a graph, shapes, float64 values with error
 * bounds.
 */
export interface Wiring<Wire> {
  /** What a child makes of a wire. */
  child(name: string, x: Wire): Wire;
  /** What several wires make together. */
  meet(op: MeetingOp, wires: readonly Wire[]): Wire;
}

/** The options of compositions that may become one layer. */
export interface CompositionOptions {
  /**
   * What its authors' inference code calls the one layer that this becomes, e.g. "rbr_reparam"; "": the layer
   * stands in the composition's own place. `fuse(module, { deploy: true })` fuses and names by it. Default:
   * none, and that mode leaves the composition as it is.
   */
  readonly deployedAs?: string | undefined;
}

const compositionOptionNames: OptionNames<CompositionOptions> = { deployedAs: true };

/**
 * Modules and the wires between them, said once: `forward` sends tensors through them, and whatever else
 * reads a network sends its own. A subclass only says how they are connected; one that overrides `forward` is
 * taken for something unknown.
 *
 * @example
 * class Residual extends Composition {
 *   override get typeName() { return "Residual"; }
 *   override connect(x, wiring) { return wiring.meet({ kind: "add" }, [x, wiring.child("body", x)]); }
 *   override rebuild(_tensors, children) { return new Residual({ body: children.get("body") ?? this.children().get("body") }); }
 * }
 */
export abstract class Composition extends Module {
  override get typeName(): string {
    return "Composition";
  }

  readonly #children: NamedModules;
  override readonly deployedAs: string | undefined;

  /**
   * @param modules by name or numbered
   * @param options deployedAs; see {@link CompositionOptions}
   * @throws {TensorTypeError} if an entry is no module
   * @throws {ArgumentError} if deployedAs is no name
   */
  constructor(
    modules: readonly Module[] | Readonly<Record<string, Module>>,
    options: CompositionOptions = {},
  ) {
    super();
    this.#children = namedModules(this.typeName, modules);
    this.deployedAs = deployName(this.typeName, options);
  }

  /** How the children are connected. */
  abstract connect<Wire>(x: Wire, wiring: Wiring<Wire>): Wire;

  override children(): NamedModules {
    return new Map(this.#children);
  }

  /** @throws {ShapeError} if what meets does not fit */
  override forward(x: Tensor): Tensor {
    return this.connect(x, {
      child: (name, tensor) => (this.#children.get(name) as Module).forward(tensor),
      meet: (op, tensors) => compute(op, tensors, this.typeName),
    });
  }

  /** The children with some of them replaced, in their old order. */
  protected replaced(children: NamedModules): Readonly<Record<string, Module>> {
    return Object.fromEntries(
      [...this.#children].map(([name, child]) => [name, children.get(name) ?? child]),
    );
  }
}

/** Whether a module's wires are known: a composition whose `forward` sends tensors through them. */
export function isConnected(module: Module): module is Composition {
  return module instanceof Composition && module.forward === Composition.prototype.forward;
}

/** @throws {ArgumentError} if the name is no text, or has a dot, which parts names from one another */
function deployName(op: string, options: CompositionOptions): string | undefined {
  checkOptions(op, options, compositionOptionNames);
  const { deployedAs } = options;
  if (deployedAs !== undefined && (typeof deployedAs !== "string" || deployedAs.includes("."))) {
    throw new ArgumentError(op, "deployedAs must be a name without dots", { deployedAs });
  }
  return deployedAs;
}
