import {
  Conv2d,
  fuse,
  kernelOf,
  type Module,
  manualSeed,
  ShapeError,
  stateDict,
  verifyFusion,
  zeros,
} from "../../src/index.js";
import { impulseError } from "./impulse-responses.js";
import { Dice, randomTree } from "./random-tree.js";

/** What became of one random tree. */
export interface TreeOutcome {
  /** `one`: a single convolution; `parts`: something in it was fused; `kept`: nothing; `throws`: it runs at no size tried. */
  readonly kind: "one" | "parts" | "kept" | "throws";
  /** Which side was nearer to float64 by the median, where a single convolution was made. */
  readonly nearer?: "before" | "after" | "neither";
  /** Empty if all is as it should be. */
  readonly problems: readonly string[];
  /** The kinds of its nodes. */
  readonly layers: readonly string[];
}

const sizes = [
  [7, 9],
  [8, 6],
  [1, 1],
  [2, 5],
  [12, 11],
] as const;

/** Draws the tree of a seed, fuses it, and compares both at every size, and the one convolution with the tree's impulse responses. */
export function checkTree(seed: number): TreeOutcome {
  manualSeed(seed);
  const { module, inChannels } = randomTree(new Dice(seed));
  const before = numbers(module);
  const { module: fused } = fuse(module);
  const problems: string[] = [];
  let ran = 0;
  let nearer: "before" | "after" | "neither" = "neither";
  for (const [height, width] of sizes) {
    const shape = [1, inChannels, height, width];
    const accepted = runs(module, shape);
    if (accepted !== runs(fused, shape)) {
      problems.push(
        `at ${height}x${width} the tree ${accepted ? "runs" : "throws"} and its fused form does not do so`,
      );
    } else if (accepted) {
      ran++;
      if (ran > 2 || fused === module) continue;
      const verdict = verifyFusion(module, fused, { inputShape: shape, trials: 1, seed });
      nearer = verdict.nearer;
      if (!verdict.ok) problems.push(`at ${height}x${width}: ${verdict}`);
    }
  }
  const second = fuse(fused).module;
  if (second !== fused) problems.push("fusing twice changes more than fusing once");
  if (numbers(module) !== before) problems.push("fusing has changed the tree that was given");
  const isOne = fused instanceof Conv2d && fused !== module;
  if (isOne && ran > 0) {
    // The smallest image that the tree accepts: every response is near a border.
    const accepts = (size: readonly [number, number]): boolean => runs(module, [1, inChannels, ...size]);
    const [height, width] = [[4, 5] as const, ...sizes].find(accepts) as readonly [number, number];
    const error = impulseError(module, kernelOf(module), [inChannels, height, width]);
    if (!(error < 1e-12)) problems.push(`the kernel is ${error} from the impulse responses`);
  }
  const kind = ran === 0 ? "throws" : isOne ? "one" : fused === module ? "kept" : "parts";
  return { kind, problems, layers: layersOf(module), ...(kind === "one" && { nearer }) };
}

/** Everything that a module holds. */
function numbers(module: Module): string {
  return [...stateDict(module)].map(([name, { data }]) => `${name} ${data}`).join("\n");
}

function layersOf(module: Module): string[] {
  return [module.constructor.name, ...[...module.children().values()].flatMap(layersOf)];
}

/** Whether a module accepts a shape; anything thrown but a ShapeError is a mistake. */
function runs(module: Module, shape: readonly number[]): boolean {
  try {
    module.forward(zeros(shape));
    return true;
  } catch (error) {
    if (error instanceof ShapeError) return false;
    throw error;
  }
}
