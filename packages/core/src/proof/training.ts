import { ArgumentError } from "../errors.js";
import { joinPath, type Module } from "../nn/module.js";

/**
 * The layers in training mode that two trees share, by dotted name: no fusion has touched them, so they
 * compare like every other layer.
 * @throws {ArgumentError} if only one of the trees holds such a layer: it normalises with each batch's own
 *   statistics, and what it would be compared with does not
 */
export function sharedTraining(before: Module, after: Module): readonly string[] {
  const trees = { before: trainingLayers(before), after: trainingLayers(after) };
  const modules = { before: modulesOf(trees.before), after: modulesOf(trees.after) };
  for (const [side, other] of [
    ["before", "after"],
    ["after", "before"],
  ] as const) {
    const alone = trees[side].filter(({ module }) => !modules[other].has(module)).map(({ path }) => path);
    if (alone.length === 0) continue;
    const rule = `${side} has layers in training mode, which normalise with each batch's own statistics: fuse and compare them with training: false`;
    throw new ArgumentError("verifyFusion", rule, { layers: alone });
  }
  return trees.before.map(({ path }) => path);
}

interface TrainingLayer {
  readonly path: string;
  readonly module: Module;
}

function trainingLayers(module: Module, path = ""): readonly TrainingLayer[] {
  const children = [...module.children()];
  if (children.length > 0)
    return children.flatMap(([name, child]) => trainingLayers(child, joinPath(path, name)));
  // A layer of somebody else's that has a mode calls it what PyTorch calls it.
  if (!("training" in module && module.training === true)) return [];
  return [{ path: path || "(the module itself)", module }];
}

function modulesOf(layers: readonly TrainingLayer[]): ReadonlySet<Module> {
  return new Set(layers.map(({ module }) => module));
}
