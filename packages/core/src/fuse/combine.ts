import { addKernels } from "../algebra/add.js";
import { concatKernels } from "../algebra/concat.js";
import { type LinearKernel, weightsOf } from "../algebra/kernel.js";
import { mergeSequence, sequenceForm } from "../algebra/sequence.js";
import { FusionError } from "../errors.js";
import { kernelFor, type LinearMap } from "./rules.js";

/** Parallel maps, added; those on any number of channels take the number of the others. */
export function sumMaps(maps: readonly LinearMap[]): LinearMap {
  const [kernels, anyChannels] = sameChannels(maps);
  return { kernel: addKernels(kernels), anyChannels };
}

/**
 * Parallel maps, their outputs joined.
 * @throws {FusionError} if no map tells how many channels there are
 */
export function concatMaps(maps: readonly LinearMap[]): LinearMap {
  const [kernels, anyChannels] = sameChannels(maps);
  if (anyChannels && maps.length > 1) throw unknownChannels();
  return { kernel: concatKernels(kernels), anyChannels };
}

/** Two maps in sequence. */
export function chainMaps(first: LinearMap, second: LinearMap): LinearMap {
  const [a, b] = chained(first, second);
  return { kernel: mergeSequence(a, b), anyChannels: first.anyChannels && second.anyChannels };
}

/**
 * Why two maps in sequence should stay two although they are one: grouped weights would grow by zeros. Undefined: nothing grows that way.
 * @throws {FusionError} if they are not one
 */
export function growthOfChain(first: LinearMap, second: LinearMap): string | undefined {
  const [a, b] = chained(first, second);
  const before = a.weight.length + b.weight.length;
  const after = weightsOf(sequenceForm(a, b, () => a.bias));
  return a.groups !== b.groups && after > before ? growth(before, after) : undefined;
}

/** Why maps side by side should stay apart although they are one convolution. */
export function growthOfConcat(maps: readonly LinearMap[], joined: LinearKernel): string | undefined {
  const [kernels] = sameChannels(maps);
  const before = kernels.reduce((sum, kernel) => sum + kernel.weight.length, 0);
  const grouped = kernels.some((kernel) => kernel.groups > 1);
  return grouped && joined.weight.length > before ? growth(before, joined.weight.length) : undefined;
}

export function unknownChannels(op = "fuse"): FusionError {
  return new FusionError(op, "nothing here tells the number of channels");
}

function growth(before: number, after: number): string {
  return `left as it is: one convolution would need fewer groups and ${after} weights instead of ${before}; a sum around it would take it`;
}

function chained(first: LinearMap, second: LinearMap): readonly [LinearKernel, LinearKernel] {
  if (first.anyChannels && second.anyChannels) return [first.kernel, second.kernel];
  return [kernelFor(first, second.kernel.inChannels), kernelFor(second, first.kernel.outChannels)];
}

function sameChannels(
  maps: readonly LinearMap[],
): readonly [kernels: readonly LinearKernel[], anyChannels: boolean] {
  const known = maps.find((map) => !map.anyChannels);
  if (known === undefined) return [maps.map((map) => map.kernel), true];
  return [maps.map((map) => kernelFor(map, known.kernel.inChannels)), false];
}
