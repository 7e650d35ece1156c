import type { LinearKernel } from "../algebra/kernel.js";
import { checkFlag, checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError, FusionError, ShapeError, unlessThrown } from "../errors.js";
import { cost } from "../nn/cost.js";
import { assertModule, isAtOrBelow, joinPath, type Module } from "../nn/module.js";
import { kernelOfMap } from "./graph/maps/map-numbers.js";
import type { Growth } from "./graph/maps/work.js";
import { fusionReport } from "./report/make-report.js";
import type { Notes } from "./report/notes.js";
import type { FusionReport } from "./report/report.js";
import { deployed, isDeployable } from "./tree/deploy.js";
import { fuseWhole, type TreeOptions } from "./tree/fuse-tree.js";
import { wholeMap } from "./tree/whole-map.js";

/** The options of {@link fuse}. */
export interface FuseOptions {
  /** Dotted names of the only subtrees that may change. Default: the whole tree. */
  readonly only?: readonly string[];
  /** Dotted names of subtrees that stay exactly as they are. Default: none. */
  readonly keep?: readonly string[];
  /**
   * True: does what the authors' own conversion does, so that their inference code loads `stateDict(module)`.
   * Each composition with a `deployedAs`, as the published blocks have it, becomes one layer of that name
   * (`stage0.rbr_reparam.weight`); everything else stays as it is, also where more could be fused. Default
   * false.
   */
  readonly deploy?: boolean;
  /**
   * The shape of an input, e.g. [1, 3, 224, 224]: the report counts MACs and activations with it, and its
   * number of axes tells features from images where layers take both (`Linear`, `BatchNorm1d`, `Scale`): what
   * only that tells is fused for inputs of as many axes, and a layer that would give others something else
   * than what it stands for refuses them. Default: none; the report's counts of both are undefined then.
   */
  readonly inputShape?: readonly number[];
  /**
   * `"given"`: fuses what is exact at `inputShape`, and says so. Default `"every"`: what is exact at every
   * input size.
   */
  readonly sizes?: "every" | "given";
  /**
   * `"none"`: makes no merge that raises the multiply-adds of a pixel or the weights by more than a
   * twentieth; a layer that is used in several places holds its weights once, and gets no copies. Default
   * `"any"`: only weights that would grow by zeros (depthwise and pointwise) stay apart.
   */
  readonly growth?: Growth;
}

const fuseOptionNames: OptionNames<FuseOptions> = {
  only: true,
  keep: true,
  inputShape: true,
  deploy: true,
  sizes: true,
  growth: true,
};

/** What {@link fuse} gives. */
export interface Fusion {
  /** Computes what the module computed, up to rounding. The module itself is untouched. */
  readonly module: Module;
  /** What was fused and what was not, with the reasons. */
  readonly report: FusionReport;
}

/**
 * Replaces whatever is exactly one convolution by that convolution, and what is a sum of convolutions by as
 * few as there can be.
 *
 * The tree is read as the graph that it is: each value is looked at as the sum of convolutions of values that
 * have to exist anyway, through nesting, norms, pools, scales, pads, sums and concatenations. Everything is
 * computed in float64 and rounded to float32 once. What would not be exact at every input and every input
 * size stays as it is, with the reason in the report.
 *
 * @param module any tree of modules; never changed
 * @param options see {@link FuseOptions}
 * @returns the new tree (the same object where nothing could be fused) and the report
 * @throws {ArgumentError} if `only` or `keep` is no array of names, or names a subtree that is not there; or
 *   with `deploy` no composition has a `deployedAs`
 * @see RepVGG, https://arxiv.org/abs/2101.03697; DBB, https://arxiv.org/abs/2103.13425
 * @example
 * const block = new Sum([new Conv2d(2, 2, 3, { padding: "same" }), new Conv2d(2, 2, 1), new Identity()]);
 * const { module, report } = fuse(block, { inputShape: [1, 2, 9, 9] });
 * String(module); // "Conv2d(2, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"
 * [...fuse(repVggBlock(8, 8), { deploy: true }).module.parameters().keys()]; // ["rbr_reparam.weight", "rbr_reparam.bias"]
 */
export function fuse(module: Module, options: FuseOptions = {}): Fusion {
  assertModule("fuse", "module", module);
  checkOptions("fuse", options, fuseOptionNames);
  const { only, keep, inputShape, deploy = false, sizes, growth } = options;
  checkFlag("fuse", "deploy", deploy);
  if (deploy && !isDeployable(module)) {
    throw new ArgumentError("fuse", "deploy needs a composition with a deployedAs, and there is none", {
      deploy,
    });
  }
  const keeps = checkedKeeps(module, only, keep);
  const tree: TreeOptions = { keeps, inputShape, ...(growth && { growth }), ...(sizes && { sizes }) };
  const places = only === undefined && keep === undefined ? new Map() : undefined;
  const { output, notes } = deploy ? deployed(module, "", tree, places) : fuseWhole(module, tree);
  if (inputShape !== undefined && !takes(output, inputShape) && takes(module, inputShape)) {
    const reason = "at this inputShape its layers do not agree about which axis holds the channels";
    const untouched: Notes = { fused: [], refused: [{ path: "", reason }] };
    return { module, report: fusionReport(module, module, untouched, inputShape) };
  }
  return { module: output, report: fusionReport(module, output, notes, inputShape) };
}

function takes(module: Module, inputShape: readonly number[]): boolean {
  return unlessThrown(
    ShapeError,
    () => cost(module, inputShape) !== undefined,
    () => false,
  );
}

/**
 * The one convolution that a module is, in float64, before any rounding.
 * @param module any tree of modules
 * @returns weight [out, in / groups, ...sizes] and bias [out], both in float64
 * @throws {FusionError} with the reason, if it is none
 * @example
 * kernelOf(new Sum([new Conv2d(2, 2, 3, { padding: 1 }), new Identity()])).axes.map((axis) => axis.size); // [3, 3]
 */
export function kernelOf(module: Module): LinearKernel {
  assertModule("kernelOf", "module", module);
  const map = wholeMap(module);
  if (typeof map === "string") throw new FusionError("kernelOf", map);
  if (map.kind === "scalar") throw new FusionError("kernelOf", "nothing here tells the number of channels");
  return kernelOfMap(map);
}

/**
 * A function that says, for a dotted name, why that subtree stays as it is: it is in `keep`, or not in
 * `only`; undefined: it may change.
 */
function checkedKeeps(
  module: Module,
  only?: readonly string[],
  keep?: readonly string[],
): (path: string) => string | undefined {
  const paths = new Set<string>();
  collectPaths(module, "", paths);
  for (const [name, asked] of Object.entries({ only, keep })) {
    if (asked !== undefined && !Array.isArray(asked))
      throw new ArgumentError("fuse", `${name} must be an array of dotted names`, { [name]: asked });
    for (const path of asked ?? []) {
      if (!paths.has(path)) throw new ArgumentError("fuse", `${name} names no subtree`, { [name]: path });
    }
  }
  return (path) => {
    if (keep?.some((root) => isAtOrBelow(path, root))) return "kept as asked";
    return only === undefined || only.some((root) => isAtOrBelow(path, root))
      ? undefined
      : "not among what was asked for";
  };
}

function collectPaths(module: Module, path: string, paths: Set<string>): void {
  paths.add(path);
  for (const [name, child] of module.children()) collectPaths(child, joinPath(path, name), paths);
}
