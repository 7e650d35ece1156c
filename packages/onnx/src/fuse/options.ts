import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { ValueInfo } from "../model/value-info.js";

/** The options of {@link fuseOnnx}. */
export interface FuseOnnxOptions {
  /**
   * `"none"`: no merge that raises multiply-adds or the weights' bytes by more than a twentieth. `"any"`:
   * whatever is exact, but grouped weights do not grow by zeros. Default `"none"`.
   */
  readonly growth?: "none" | "any";
  /**
   * `"given"`: what is exact at `inputShapes` (or the sizes that the file fixes) is enough. Default
   * `"every"`: at every size.
   */
  readonly sizes?: "every" | "given";
  /**
   * Sizes of inputs by name, e.g. { x: [1, 3, 224, 224] }: for counting multiply-adds, and for
   * `sizes: "given"`. Default: what the file fixes.
   */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * Only nodes of these names are fused: whole names, or what they begin with up to a "/" or ".". Default:
   * all.
   */
  readonly only?: readonly string[];
  /** Nodes and values of these names stay as they are. Default: none. */
  readonly keep?: readonly string[];
  /** Whether each region is proven before it is replaced. Default true. */
  readonly verify?: boolean;
  /**
   * For a progress line, before each region and while a large one is computed: how many are done, as a
   * fraction where one is on its way, of how many. Default: nobody is told.
   */
  readonly onProgress?: (done: number, regions: number) => void;
}

const optionNames: OptionNames<FuseOnnxOptions> = {
  growth: true,
  sizes: true,
  inputShapes: true,
  only: true,
  keep: true,
  verify: true,
  onProgress: true,
};

/** @throws {ArgumentError} if an option is unknown or outside its domain */
export function checkFuseOptions(options: FuseOnnxOptions): void {
  checkOptions("fuseOnnx", options, optionNames);
  const { growth = "none", sizes = "every", inputShapes = {} } = options;
  if (growth !== "none" && growth !== "any") {
    throw new ArgumentError("fuseOnnx", 'growth must be "none" or "any"', { growth });
  }
  if (sizes !== "every" && sizes !== "given") {
    throw new ArgumentError("fuseOnnx", 'sizes must be "every" or "given"', { sizes });
  }
  for (const [name, shape] of Object.entries(inputShapes)) {
    if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
      throw new ArgumentError(
        "fuseOnnx",
        "inputShapes must give a list of sizes, whole numbers, for each input",
        { [name]: shape },
      );
    }
  }
  for (const list of ["only", "keep"] as const) {
    const names: unknown = options[list] ?? [];
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
      throw new ArgumentError("fuseOnnx", `${list} must be a list of names`, { [list]: names });
    }
  }
}

/**
 * Holds what the options name against the file: a name that is misspelt would do nothing, and nobody would
 * know.
 * @param names of the file's nodes and values
 * @throws {ArgumentError} if it has no such name, or a shape does not fit what the file says of the input
 */
export function checkNamed(
  { only = [], keep = [], inputShapes = {} }: FuseOnnxOptions,
  names: ReadonlySet<string>,
  inputs: readonly ValueInfo[],
): void {
  for (const [option, list] of Object.entries({ only, keep })) {
    const unknown = list.find((one) => one === "" || ![...names].some((name) => matches(name, [one])));
    if (unknown !== undefined)
      throw new ArgumentError("fuseOnnx", `${option} must name nodes or values of the network`, {
        [option]: unknown,
      });
  }
  for (const [name, shape] of Object.entries(inputShapes)) {
    const input = inputs.find((one) => one.name === name);
    if (input === undefined)
      throw new ArgumentError("fuseOnnx", "inputShapes must name inputs of the network", {
        name,
        inputs: inputs.map((one) => one.name),
      });
    const said = input.shape;
    const fits = said?.every((dim, axis) => typeof dim !== "number" || dim === shape[axis]) ?? true;
    if (said !== undefined && (said.length !== shape.length || !fits))
      throw new ArgumentError("fuseOnnx", "inputShapes must fit what the file says of its inputs", {
        [name]: shape,
        file: said,
      });
  }
}

/** Whether a name is one of these, or lies below one of them. */
export function matches(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (one) =>
      name === one || (name.startsWith(one) && (/[/.]$/.test(one) || /[/.]/.test(name[one.length] ?? ""))),
  );
}
