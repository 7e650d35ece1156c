import {
  type FusedConvolution,
  type FusedTerm,
  FusionError,
  type LinearKernel,
  type Value,
} from "@convfuse/core";
import { typeName } from "../model/data-type.js";
import { roundInPlace } from "../model/elements.js";

/** A convolution whose numbers are computed when they are first needed, and kept as long as somebody holds the term. */
export interface StoredConvolution {
  readonly form: FusedConvolution["form"];
  /** "last": on the last axis of what has more than two. */
  readonly along: FusedConvolution["along"];
  /**
   * Rounded to the file's type.
   * @throws {FusionError} if a number is too large for it
   */
  stored(): LinearKernel;
  /** The numbers computed once more, not rounded: for whoever kept none of them. */
  again(): LinearKernel;
}

/** A term of a sum, for a file of some element type. */
export interface StoredTerm {
  readonly base: Value;
  /** undefined: the base itself is added. */
  readonly convolution: StoredConvolution | undefined;
}

/** @param type of the file's elements */
export function storedTerm({ base, convolution }: FusedTerm, type: number): StoredTerm {
  if (convolution === undefined) return { base, convolution };
  const again = computing(convolution);
  return {
    base,
    convolution: { form: convolution.form, along: convolution.along, stored: keeping(again, type), again },
  };
}

// Each of the two functions has a scope of its own: whoever holds the first one holds none of the numbers.

function computing(convolution: FusedConvolution): () => LinearKernel {
  return () => convolution.kernel();
}

function keeping(again: () => LinearKernel, type: number): () => LinearKernel {
  let known: LinearKernel | undefined;
  return () => {
    known ??= storedKernel(again(), type);
    return known;
  };
}

/** @throws {FusionError} if a number is too large for the type */
function storedKernel(kernel: LinearKernel, type: number): LinearKernel {
  const { weight, bias } = kernel;
  // In place: the numbers are either made for this kernel, or of the file's type already.
  const finite = [weight, ...(bias === undefined ? [] : [bias])].every((values) =>
    roundInPlace(values, type),
  );
  if (!finite) throw new FusionError("fuseOnnx", `a weight would not be finite in ${typeName(type)}`);
  // Zeros are no bias.
  return bias?.some((value) => value !== 0) ? kernel : { ...kernel, bias: undefined };
}
