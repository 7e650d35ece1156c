import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError } from "../errors.js";

/** The options of compositions that may become one layer. */
export interface CompositionOptions {
  /**
   * What its authors' inference code calls the one layer that this becomes, e.g. "rbr_reparam"; "": the layer stands in the composition's
   * own place. `fuse(module, { deploy: true })` fuses and names by it. Default: none, and that mode leaves the composition as it is.
   */
  readonly deployedAs?: string | undefined;
}

const compositionOptionNames: OptionNames<CompositionOptions> = { deployedAs: true };

/** @throws {ArgumentError} if the name is no text, or has a dot, which parts names from one another */
export function deployName(op: string, options: CompositionOptions): string | undefined {
  checkOptions(op, options, compositionOptionNames);
  const { deployedAs } = options;
  if (deployedAs !== undefined && (typeof deployedAs !== "string" || deployedAs.includes("."))) {
    throw new ArgumentError(op, "deployedAs must be a name without dots", { deployedAs });
  }
  return deployedAs;
}
