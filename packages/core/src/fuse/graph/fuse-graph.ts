import type { LinearForm } from "../../algebra/kernel.js";
import { checkOptions, type OptionNames } from "../../checks.js";
import { ShapeError, unlessThrown } from "../../errors.js";
import { factsOf } from "../../graph/facts.js";
import { type Graph, type Node, type Value, withoutUnused } from "../../graph/graph.js";
import type { ImageForm } from "../../graph/op.js";
import { type PartialShape, type Shape, shapesOf } from "../../graph/shapes.js";
import type { Weights } from "../../graph/weights.js";
import { type Choice, choose } from "./choose.js";
import { grownByCopies, sharedWeights } from "./copies.js";
import type { Growth } from "./maps/work.js";
import { type GraphRefusal, refusalsOf } from "./refusals.js";
import { type Replacement, regionsOf, replacementsOf } from "./replacements.js";
import { Surroundings } from "./survey/surroundings.js";
import { survey } from "./survey/survey.js";
import { wiresOf } from "./survey/wires.js";

export type { ChannelsBy, ScalesBy } from "./maps/linear-map.js";
export type { Growth } from "./maps/work.js";
export type { GraphRefusal } from "./refusals.js";
export type { FusedConvolution, FusedTerm, Replacement } from "./replacements.js";

/** The options of {@link fuseGraph}. */
export interface FuseGraphOptions {
  /** Whether a merge may raise the work or the weights. Default "any". */
  readonly growth?: Growth;
  /** `"given"`: what is exact at the given shapes is enough. Default `"every"`. */
  readonly sizes?: "every" | "given";
  /**
   * Shapes of the inputs, and of other values, as far as they are known: [batch, channels, ...spatial].
   * Default: none.
   */
  readonly shapes?: ReadonlyMap<Value, PartialShape>;
  /** Nodes that stay as they are, whatever is around them. Default: none. */
  readonly keepNode?: (node: Node) => boolean;
  /** Values that somebody reads outside of the graph, as he does its outputs. Default: none. */
  readonly keepValue?: (value: Value) => boolean;
  /**
   * What belongs together although it is written as several nodes: by the value that it gives, the one that
   * it reads, of several the innermost first. Default: none.
   */
  readonly units?: ReadonlyMap<Value, readonly Value[]>;
  /** Why a convolution of this form cannot stand in the network; undefined: it can. Default: each can. */
  readonly refuse?: (form: LinearForm) => string | undefined;
  /**
   * True: whoever makes the replacements can multiply any value by a number. Default false: that is a
   * convolution, which has to know the channels.
   */
  readonly factors?: boolean;
  /**
   * True: whoever makes the replacements can have a value hold something else, with what is computed of it,
   * so that what does that behind it is not needed. Default false: each value that stays is what it was.
   */
  readonly movesAhead?: boolean;
  /**
   * Weights that somebody holds outside of the graph too, so that they are there whatever becomes of it.
   * Where this is given, weights that several nodes hold in common count once, and growth "none" makes no
   * copies of them. Default: every node has its own, as in a file, in which a shared weight is copied.
   */
  readonly heldOutside?: ReadonlySet<Weights>;
}

const fuseGraphOptionNames: OptionNames<FuseGraphOptions> = {
  growth: true,
  sizes: true,
  shapes: true,
  keepNode: true,
  keepValue: true,
  units: true,
  refuse: true,
  factors: true,
  movesAhead: true,
  heldOutside: true,
};

/** What is to be changed in a graph, and what not. */
export interface FusedGraph {
  /** In the graph's order. */
  readonly replacements: readonly Replacement[];
  /**
   * Nodes (a global pooling) that are to read this value in place of their input: what stood between moved
   * behind them.
   */
  readonly rewired: ReadonlyMap<Node, Value>;
  /**
   * Which of them have to refuse all but batches of images of this form, as what moved behind them did: a
   * flattening.
   */
  readonly narrowed: ReadonlyMap<Node, ImageForm>;
  /** The nodes that stay, as they are but for what they read. */
  readonly live: ReadonlySet<Node>;
  /** Nodes whose results nobody needs, and which read what is no longer computed: they go too. */
  readonly orphans: readonly Node[];
  /** What was not fused, and why. */
  readonly refusals: readonly GraphRefusal[];
}

/**
 * Finds every value of a graph that can be computed by fewer operations: as one convolution of a value that
 * exists anyway, or as the sum of such convolutions. Exact at every input and every size (or at the given
 * ones), else refused with the reason. Nothing is changed and no weight is multiplied: the caller makes the
 * replacements in its own world, and asks for the kernels then.
 *
 * A value that several nodes read is computed once; outputs stay available. Work is judged on all that
 * becomes superfluous.
 *
 * @param whole the network; it is not changed
 * @param options growth, sizes, shapes and what stays; see {@link FuseGraphOptions}
 * @returns which values are computed in another way, and why the others are not
 * @throws {ShapeError} never: shapes that an operation does not accept count as unknown
 * @throws {ArgumentError} if an option is unknown or outside its domain
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * fuseGraph(graph.finish([x])).replacements.length; // 0
 */
export function fuseGraph(whole: Graph, options: FuseGraphOptions = {}): FusedGraph {
  checkOptions("fuseGraph", options, fuseGraphOptionNames);
  const {
    growth = "any",
    sizes = "every",
    shapes = new Map(),
    keepNode = no,
    keepValue = no,
    units,
    refuse = none,
    factors,
    movesAhead,
    heldOutside,
  } = options;
  const kept = whole.nodes.flatMap((node) => node.outputs.filter(keepValue));
  const graph = withoutUnused({ ...whole, outputs: [...whole.outputs, ...kept] });
  const facts = factsOf(graph, shapes);
  const given = sizes === "given" ? knownShapes(graph, shapes) : new Map<Value, Shape>();
  const shared = growth === "none" && heldOutside ? sharedWeights(graph, heldOutside) : undefined;
  const left = new Set<Node>();
  const copied: GraphRefusal[] = [];
  for (;;) {
    const wires = wiresOf(graph, facts, (node) => left.has(node) || keepNode(node));
    const around = new Surroundings(wires, facts, given, { growth, refuse, units, factors, movesAhead });
    const unmapped = survey(graph, facts, given, around);
    const choice = choose(graph, around);
    const regions = regionsOf(graph, choice);
    const grown = shared ? grownByCopies(regions, choice, shared, around) : [];
    for (const { stays, regions: some, reason } of grown) {
      for (const node of stays) left.add(node);
      for (const [output, nodes] of some)
        copied.push({ path: wires.producer(output)?.path ?? output.name, reason, nodes });
    }
    if (grown.length > 0) continue;
    return {
      replacements: replacementsOf(regions, choice, around, given),
      rewired: choice.rewired,
      narrowed: choice.narrowed,
      live: choice.live,
      orphans: orphansOf(whole, graph, choice),
      refusals: [...copied, ...refusalsOf(graph, choice, unmapped, around)],
    };
  }
}

/** Nodes that were of no use before either, and read what is not computed any more. */
function orphansOf(whole: Graph, graph: Graph, { live, replaced }: Choice): readonly Node[] {
  const used = new Set(graph.nodes);
  const gone = new Set<Value>();
  return whole.nodes.filter((node) => {
    const isOrphan = !used.has(node) && node.inputs.some((value) => gone.has(value));
    const isGone = isOrphan || (used.has(node) && !live.has(node));
    if (isGone) for (const value of node.outputs) if (!replaced.has(value)) gone.add(value);
    return isOrphan;
  });
}

function no(): boolean {
  return false;
}

function none(): undefined {
  return undefined;
}

/** Shapes that do not fit are the network's error, which it shows when it runs. */
function knownShapes(graph: Graph, given: ReadonlyMap<Value, PartialShape>): ReadonlyMap<Value, Shape> {
  const whole = new Map<Value, Shape>();
  for (const [value, shape] of given) if (isWhole(shape)) whole.set(value, shape);
  return unlessThrown(
    ShapeError,
    () => shapesOf(graph, whole),
    () => new Map(),
  );
}

function isWhole(shape: PartialShape): shape is Shape {
  return shape.every((size) => size !== undefined);
}
