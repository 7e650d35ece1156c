import { isPointwise } from "../algebra/kernel.js";
import { FusionError } from "../errors.js";
import type { Op } from "../graph/op.js";
import { Identity } from "../nn/layers/identity.js";
import type { Linear } from "../nn/layers/linear.js";
import { type Module, operationOf } from "../nn/module.js";
import { chainMaps, growthOfChain } from "./combine.js";
import { linearKernel } from "./layer-kernels.js";
import { noNotes } from "./notes.js";
import { conv2dOfKernel, linearOfKernel } from "./realise.js";
import { affineKernel, type LinearMap } from "./rules.js";
import { attempt, type Outcome, resolved, type Subtree } from "./subtree.js";

/** One or more neighbours in a sequence, merged as far as they are one map. */
export interface Stage {
  /** What the merged layer is called: the first one's name. */
  readonly name: string;
  readonly parts: readonly (readonly [name: string, subtree: Subtree])[];
  /** `map`: on images. `features`: a linear layer on the last axis. `pool`: global average pooling. */
  readonly kind: "map" | "features" | "pool" | "flatten" | "other";
  readonly map: Outcome<LinearMap>;
  /** True for features that have been normalised, which needs [batch, features]. */
  readonly vectorsOnly: boolean;
}

export function stageOf(name: string, subtree: Subtree): Stage {
  const stage = { name, parts: [[name, subtree] as const], vectorsOnly: false };
  const map = subtree.map();
  if ("value" in map) return { ...stage, kind: "map", map };
  const op = operationOf(subtree.source);
  if (op?.kind === "matrix") {
    return { ...stage, kind: "features", map: featureMap(() => linearKernel(subtree.source as Linear)) };
  }
  if (op?.kind === "affine" && op.ranks?.includes(0)) {
    return { ...stage, kind: "features", map: featureMap(() => affineKernel(op)), vectorsOnly: true };
  }
  if (op?.kind === "flatten") return { ...stage, kind: "flatten", map };
  return { ...stage, kind: isGlobalPool(op) ? "pool" : "other", map };
}

/** Merges neighbours from the left, as long as any two are one. */
export function mergeStages(stages: readonly Stage[], takeGrowth: boolean): readonly Stage[] {
  const done: Stage[] = [];
  for (const stage of stages) {
    done.push(stage);
    while (mergeLast(done, takeGrowth));
  }
  return done;
}

/** Why neighbours in a merged sequence did not merge; undefined where one of them is no linear layer anyway. */
export function reasonBetween(
  stages: readonly Stage[],
  index: number,
  takeGrowth: boolean,
): string | undefined {
  if (index + 1 >= stages.length) return undefined;
  const outcome = joined(stages.slice(0, index + 2), takeGrowth);
  return outcome !== undefined && "reason" in outcome ? outcome.reason : undefined;
}

/**
 * The one layer of a merged stage.
 * @throws {FusionError} if its numbers are not finite in float32, or nothing tells the number of channels
 */
export function layerOf(stage: Stage): Module {
  const { kernel, anyChannels } = resolved(stage.map);
  if (anyChannels) throw new FusionError("fuse", "nothing here tells the number of channels");
  return stage.kind === "features" ? linearOfKernel(kernel) : conv2dOfKernel(kernel);
}

function mergeLast(stages: Stage[], takeGrowth: boolean): boolean {
  const pair = joined(stages, takeGrowth);
  if (pair !== undefined && "value" in pair) {
    stages.splice(-2, 2, pair.value);
    return true;
  }
  const head = pooled(stages);
  if (head !== undefined) stages.splice(-4, 4, ...head);
  return head !== undefined;
}

/** The last two stages as one, or why not; undefined if they are not of one kind. */
function joined(stages: readonly Stage[], takeGrowth: boolean): Outcome<Stage> | undefined {
  const [before, first, second] = [stages.at(-3), stages.at(-2), stages.at(-1)];
  if (first === undefined || second === undefined || first.kind !== second.kind) return undefined;
  if (first.kind !== "map" && first.kind !== "features") return undefined;
  const vectorsOnly = first.vectorsOnly || second.vectorsOnly;
  if (vectorsOnly && before?.kind !== "flatten") return undefined;
  return attempt(() => {
    const [a, b] = [resolved(first.map), resolved(second.map)];
    const growth = growthOfChain(a, b);
    if (growth !== undefined && !takeGrowth) throw new FusionError("fuse", growth);
    const parts = [...first.parts, ...second.parts];
    return { ...first, parts, map: { value: chainMaps(a, b) }, vectorsOnly };
  });
}

/**
 * Pointwise, global pooling, flatten, linear: the mean of W x + b is W mean(x) + b, so the pointwise layer moves behind the pooling
 * and into the linear layer, and leaves an `Identity`.
 */
function pooled(stages: readonly Stage[]): readonly Stage[] | undefined {
  const [pointwise, pool, flatten, features] = stages.slice(-4);
  if (pointwise?.kind !== "map" || pool?.kind !== "pool" || flatten?.kind !== "flatten") return undefined;
  if (features?.kind !== "features" || !isLayerOfPixels(pointwise)) return undefined;
  const merged = attempt(() => {
    const map = chainMaps(resolved(pointwise.map), resolved(features.map));
    linearOfKernel(map.kernel);
    return map;
  });
  if ("reason" in merged) return undefined;
  const parts = [...pointwise.parts, ...features.parts];
  return [emptied(pointwise), pool, flatten, { ...features, parts, map: merged }];
}

function emptied({ name }: Stage): Stage {
  const identity = new Identity();
  const map = (): Outcome<LinearMap> => ({ reason: "moved behind the pooling" });
  const subtree = { source: identity, output: identity, layers: 0, map, ranges: [], notes: noNotes };
  return { name, parts: [[name, subtree]], kind: "other", map: map(), vectorsOnly: false };
}

function isLayerOfPixels({ map, parts }: Stage): boolean {
  return parts.some(([, part]) => part.layers > 0) && isPointwise(resolved(map).kernel);
}

function featureMap(kernel: () => LinearMap["kernel"]): Outcome<LinearMap> {
  return attempt(() => ({ kernel: kernel(), anyChannels: false }));
}

function isGlobalPool(op: Op | undefined): boolean {
  return op?.kind === "adaptiveMean" && op.outputSize.every((size) => size === 1);
}
