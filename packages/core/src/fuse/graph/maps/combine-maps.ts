import type { LinearForm } from "../../../algebra/kernel.js";
import { sumForm } from "../../../algebra/parallel/add.js";
import { concatForm } from "../../../algebra/parallel/concat.js";
import { sequenceForm } from "../../../algebra/sequence/sequence.js";
import { FusionError } from "../../../errors.js";
import type { Shape } from "../../../graph/shapes.js";
import { type ConvAxis, excessOf, outSizeOf, paddedSize, spanOf } from "../../../ops/conv/conv-axis.js";
import { combined, diagonalMap, type KernelMap, type LinearMap, resized, scalarAs } from "./linear-map.js";
import { biasOfMap } from "./map-numbers.js";

/** What is known of the value that maps are applied to. */
export interface BaseFacts {
  readonly channels: number | undefined;
  readonly rank: number | undefined;
  /** Its shape, where maps only have to be exact at that. */
  readonly shape: Shape | undefined;
}

/** Why features and images cannot be told apart. */
export const unknownAxes = "nothing here tells the number of axes (inputShape would)";

/** Why an average, a padding or values side by side are no convolution. */
export const unknownChannels = "nothing here tells the number of channels (inputShape would)";

/**
 * One map after another, as one.
 * @throws {FusionError} with the rule, where that is not exact
 */
export function sequenceOf(first: LinearMap, second: LinearMap, base: BaseFacts): LinearMap {
  if (first.kind === "scalar" && second.kind === "scalar") {
    return {
      kind: "scalar",
      factor: first.factor * second.factor,
      shift: first.shift * second.factor + second.shift,
    };
  }
  const a =
    first.kind === "kernel"
      ? first
      : scalarAs(first, (second as KernelMap).form.inChannels, second as KernelMap);
  const b = second.kind === "kernel" ? second : scalarAs(second, a.form.outChannels, a);
  checkAlong([a, b]);
  const spatial = spatialOf(a, base);
  try {
    return merged(a, b);
  } catch (error) {
    if (spatial === undefined) throw error;
    return merged(stretched(a, spatial), b);
  }
}

function merged(a: KernelMap, b: KernelMap): KernelMap {
  return combined(
    "sequence",
    sequenceForm(a.form, b.form, () => biasOfMap(a)),
    [a, b],
  );
}

/**
 * Several maps of one value, added.
 * @throws {FusionError} with the rule, where they are not one
 */
export function sumOf(maps: readonly LinearMap[], base: BaseFacts): LinearMap {
  const [first] = maps;
  if (first !== undefined && maps.length === 1) return first;
  const known = maps.find((map) => map.kind === "kernel");
  if (known === undefined) {
    const sum = (value: "factor" | "shift"): number =>
      maps.reduce((total, map) => total + (map.kind === "scalar" ? map[value] : 0), 0);
    return { kind: "scalar", factor: sum("factor"), shift: sum("shift") };
  }
  return besides("sum", sumForm, asKernels(maps, known), base);
}

/**
 * Several maps of one value, their channels side by side.
 * @throws {FusionError} with the rule, where they are not one
 */
export function concatOf(maps: readonly LinearMap[], base: BaseFacts): LinearMap {
  const [first] = maps;
  if (first !== undefined && maps.length === 1) return first;
  const known = maps.find((map) => map.kind === "kernel") ?? identityKernelMap(base);
  if (known.along !== "channels")
    throw new FusionError("fuse", "channels are joined, but the branches work on the last axis");
  return besides("concat", concatForm, asKernels(maps, known), base);
}

function identityKernelMap({ channels, rank }: BaseFacts): KernelMap {
  if (channels === undefined) throw new FusionError("fuse", unknownChannels);
  if (rank === undefined) throw new FusionError("fuse", unknownAxes);
  return diagonalMap("channels", rank, new Float64Array(channels).fill(1), undefined);
}

function asKernels(maps: readonly LinearMap[], known: KernelMap): readonly KernelMap[] {
  return maps.map((map) => (map.kind === "kernel" ? map : scalarAs(map, known.form.inChannels, known)));
}

function besides(
  from: "sum" | "concat",
  formOf: (forms: readonly LinearForm[]) => LinearForm,
  maps: readonly KernelMap[],
  base: BaseFacts,
): KernelMap {
  checkAlong(maps);
  const one = (parts: readonly KernelMap[]): KernelMap =>
    combined(from, formOf(parts.map((part) => part.form)), parts);
  const spatial = spatialOf(maps[0] as KernelMap, base);
  try {
    return one(maps);
  } catch (error) {
    const fitted = spatial && fittedTogether(maps, spatial);
    if (fitted === undefined) throw error;
    return one(fitted);
  }
}

function checkAlong(maps: readonly KernelMap[]): void {
  const [first, ...others] = maps;
  if (others.some((map) => map.along !== first?.along))
    throw new FusionError("fuse", "one works along the channels, another on the last axis");
}

/** The sizes that the spatial axes of a map's input have, if they are to be made use of. */
function spatialOf(map: KernelMap, { shape }: BaseFacts): Shape | undefined {
  if (shape === undefined || map.along === "last") return undefined;
  return shape.length === map.form.axes.length + 2 ? shape.slice(2) : undefined;
}

/** The same map at that size, with as many zeros read behind the image as its strides leave room for. */
function stretched(map: KernelMap, spatial: Shape): KernelMap {
  return resized(
    map,
    map.form.axes.map((axis, i) => {
      const left = (paddedSize(axis, spatial[i] as number) - spanOf(axis)) % axis.stride;
      return { ...axis, after: axis.after - left + axis.stride - 1 };
    }),
  );
}

/**
 * Maps whose outputs have one size at that input, with paddings that make it so at all sizes; undefined where
 * they have not.
 */
function fittedTogether(maps: readonly KernelMap[], spatial: Shape): readonly KernelMap[] | undefined {
  const sizes = maps.map(({ form }) => form.axes.map((axis, i) => outSizeOf(axis, spatial[i] as number)));
  if (sizes.some((size) => String(size) !== String(sizes[0]))) return undefined;
  const excess = spatial.map((_, i) =>
    Math.min(...maps.map(({ form }) => excessOf(form.axes[i] as ConvAxis))),
  );
  return maps.map((map) =>
    resized(
      map,
      map.form.axes.map((axis, i) => ({
        ...axis,
        after: axis.after + (excess[i] as number) - excessOf(axis),
      })),
    ),
  );
}
