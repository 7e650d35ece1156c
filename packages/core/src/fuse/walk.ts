import { identityKernel } from "../algebra/identity.js";
import { isPointwise } from "../algebra/kernel.js";
import { FusionError } from "../errors.js";
import { joiningOf } from "../nn/joining.js";
import { Sequential } from "../nn/layers/sequential.js";
import { joinPath, type Module, operationOf, rebuilt } from "../nn/module.js";
import { concatMaps, growthOfConcat, sumMaps, unknownChannels } from "./combine.js";
import { below, joinNotes, type Notes, noNotes, rangeOf, rangesBelow, type WeightRange } from "./notes.js";
import { conv2dOfKernel } from "./realise.js";
import { type LinearMap, mapOf } from "./rules.js";
import { layerOf, mergeStages, reasonBetween, type Stage, stageOf } from "./stage.js";
import { attempt, type Outcome, once, resolved, type Subtree } from "./subtree.js";

/** Which subtrees a walk may change, by dotted name. */
export interface Choice {
  /** True: the subtree is to stay as it is, with everything in it. */
  readonly keeps: (path: string) => boolean;
  /** True: the subtree itself may become one layer, or neighbours in it. */
  readonly takes: (path: string) => boolean;
}

type Children = readonly (readonly [name: string, subtree: Subtree])[];

/**
 * The walk, bottom-up: what each subtree is and what stands there afterwards.
 * @param done results by module, so that a module used in two places stays one module; undefined where the choice tells places apart
 */
export function walk(module: Module, path: string, choice: Choice, done?: Map<Module, Subtree>): Subtree {
  const known = done?.get(module);
  if (known !== undefined) return known;
  const subtree = choice.keeps(path) ? untouched(module, "kept as asked") : visit(module, path, choice, done);
  done?.set(module, subtree);
  return subtree;
}

function visit(module: Module, path: string, choice: Choice, done?: Map<Module, Subtree>): Subtree {
  const children = [...module.children()].map(
    ([name, child]) => [name, walk(child, joinPath(path, name), choice, done)] as const,
  );
  const joining = joiningOf(module);
  if (children.length === 0 && joining === undefined) return leaf(module);
  if (!choice.takes(path)) return composition(module, children, "not among what was asked for");
  if (joining === "sequence") return sequence(module, children);
  if (joining === "add") return parallel(module, children, sumMaps);
  if (joining === "concat") return parallel(module, children, concatMaps, growthOfConcat);
  return composition(module, children, `${module.typeName} is not linear`);
}

function untouched(module: Module, reason: string): Subtree {
  const layers = Number.POSITIVE_INFINITY;
  return { source: module, output: module, layers, map: () => ({ reason }), ranges: [], notes: noNotes };
}

function leaf(module: Module): Subtree {
  const op = operationOf(module);
  const known = attempt(() => op && mapOf(op));
  if ("value" in known && known.value === undefined)
    return untouched(module, `${module.typeName} is not linear`);
  const map = known as Outcome<LinearMap>;
  const refused = "reason" in map ? [{ path: "", reason: map.reason }] : [];
  const trivial = "value" in map && isTrivial(map.value);
  const ranges = op?.kind === "conv" && "value" in map ? [rangeOf("", map.value.kernel.weight)] : [];
  return {
    source: module,
    output: module,
    layers: trivial ? 0 : 1,
    map: () => map,
    ranges,
    notes: { fused: [], refused },
  };
}

/** A module of which nothing is known but that it may stand for its parts being replaced by equals. */
function composition(module: Module, children: Children, reason: string): Subtree {
  return {
    ...untouched(module, reason),
    output: withChildren(module, children),
    notes: joinNotes(children.map(([name, child]) => below(name, child.notes))),
  };
}

function withChildren(module: Module, children: Children): Module {
  const changed = children.filter(([, child]) => child.output !== child.source);
  if (changed.length === 0) return module;
  return rebuilt(module, new Map(), new Map(changed.map(([name, child]) => [name, child.output])));
}

/** `Sum` and `Concat`: one convolution if every branch is one and they fit. */
function parallel(
  module: Module,
  children: Children,
  combine: (maps: readonly LinearMap[]) => LinearMap,
  growthOf?: (maps: readonly LinearMap[], joined: LinearMap["kernel"]) => string | undefined,
): Subtree {
  const maps = once(() => attempt(() => children.map(([name, child]) => branchMap(name, child))));
  const map = once(() => attempt(() => combine(resolved(maps()))));
  const layers = children.reduce((sum, [, child]) => sum + child.layers, 0) + (children.length > 1 ? 1 : 0);
  const ranges = children.flatMap(([name, child]) => branchRange(name, child));
  const subtree = { source: module, layers, map, ranges };
  const output = attempt(() => {
    const one = resolved(map());
    const growth = growthOf?.(resolved(maps()), one.kernel);
    if (growth !== undefined) throw new FusionError("fuse", growth);
    if (one.anyChannels) throw unknownChannels();
    return layers > 1 ? conv2dOfKernel(one.kernel) : module;
  });
  if ("value" in output && output.value !== module)
    return { ...subtree, output: output.value, notes: whole(subtree, output.value) };
  const inner = joinNotes(children.map(([name, child]) => below(name, child.notes)));
  const refused = "reason" in output ? [{ path: "", reason: output.reason }] : [];
  return {
    ...subtree,
    output: withChildren(module, children),
    notes: joinNotes([inner, { fused: [], refused }]),
  };
}

function branchMap(name: string, child: Subtree): LinearMap {
  const map = child.map();
  if ("value" in map) return map.value;
  throw new FusionError("fuse", `branch "${name}" is not one convolution: ${map.reason}`);
}

/** A branch's own kernel, folded; what goes into it is of no more interest then. */
function branchRange(name: string, child: Subtree): readonly WeightRange[] {
  const map = child.map();
  return "value" in map ? [rangeOf(name, map.value.kernel.weight)] : rangesBelow(name, child.ranges);
}

/** `Sequential`: neighbours merge as far as they can. */
function sequence(module: Module, children: Children): Subtree {
  const stages = children.map(([name, child]) => stageOf(name, child));
  const merged = mergeStages(stages, false);
  const layers = children.reduce((sum, [, child]) => sum + child.layers, 0);
  const ranges = children.flatMap(([name, child]) => rangesBelow(name, child.ranges));
  const subtree = { source: module, layers, map: once(() => sequenceMap(stages, merged)), ranges };
  const outputs = merged.map((stage, i) => stageOutput(stage, reasonBetween(merged, i, false)));
  const [only] = outputs;
  if (outputs.length === 1 && only?.layer !== undefined && merged[0]?.kind === "map") {
    return { ...subtree, output: only.layer, notes: whole(subtree, only.layer) };
  }
  const unchanged = outputs.every((output) => output.layer === undefined);
  return {
    ...subtree,
    output: unchanged
      ? withChildren(module, children)
      : new Sequential(Object.fromEntries(outputs.flatMap((output) => output.children))),
    notes: joinNotes(outputs.map((output) => output.notes)),
  };
}

function sequenceMap(stages: readonly Stage[], merged: readonly Stage[]): Outcome<LinearMap> {
  const [first, ...rest] = merged;
  if (first === undefined) return { value: { kernel: identityKernel(1), anyChannels: true } };
  const other = stages.find((stage) => stage.kind !== "map");
  if (other !== undefined) return "reason" in other.map ? other.map : { reason: "it is not a map on images" };
  if (rest.length === 0) return first.map;
  const grown = mergeStages(stages, true);
  const reason = reasonBetween(grown, 0, true);
  return reason === undefined ? (grown[0] as Stage).map : { reason };
}

interface StageOutput {
  /** The layer that the stage became, if it became one. */
  readonly layer?: Module;
  readonly children: readonly (readonly [name: string, module: Module])[];
  readonly notes: Notes;
}

function stageOutput(stage: Stage, reasonToNext: string | undefined): StageOutput {
  const { name, parts } = stage;
  const layers = parts.reduce((sum, [, part]) => sum + part.layers, 0);
  const layer = parts.length > 1 && layers > 1 ? attempt(() => layerOf(stage)) : undefined;
  const refused =
    reasonToNext === undefined
      ? []
      : [{ path: name, reason: `not merged with what follows: ${reasonToNext}` }];
  if (layer !== undefined && "value" in layer) {
    const note = {
      path: name,
      sources: parts.map(([part]) => part),
      before: parts.map(([, part]) => part.source),
      after: layer.value,
      ranges: parts.flatMap(([part, child]) => rangesBelow(part, child.ranges)),
    };
    return { layer: layer.value, children: [[name, layer.value]], notes: { fused: [note], refused } };
  }
  if (layer !== undefined) refused.push({ path: name, reason: layer.reason });
  const inner = parts.map(([part, child]) => below(part, child.notes));
  return {
    children: parts.map(([part, child]) => [part, child.output]),
    notes: joinNotes([...inner, { fused: [], refused }]),
  };
}

/** The note of a subtree that became one layer as a whole. */
function whole(subtree: Pick<Subtree, "source" | "ranges">, after: Module): Notes {
  const note = { path: "", sources: [""], before: [subtree.source], after, ranges: subtree.ranges };
  return { fused: [note], refused: [] };
}

function isTrivial({ kernel, anyChannels }: LinearMap): boolean {
  return anyChannels && kernel.weight.length === 1 && kernel.weight[0] === 1 && isPointwise(kernel);
}
