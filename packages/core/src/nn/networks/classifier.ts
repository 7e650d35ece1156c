import { Flatten } from "../layers/flatten.js";
import { Linear } from "../layers/linear.js";
import { AdaptiveAvgPool2d } from "../layers/pool/adaptive-avg-pool2d.js";
import { Sequential } from "../layers/sequential.js";
import type { Module } from "../module.js";

/**
 * Stages, then global average pooling and a linear layer: parameters `linear.weight` and `linear.bias`, as
 * the published networks have them.
 */
export function classifier(
  stages: Readonly<Record<string, Module>>,
  channels: number,
  classes: number,
): Sequential {
  return new Sequential({
    ...stages,
    gap: new AdaptiveAvgPool2d(1),
    ".flatten": new Flatten(),
    linear: new Linear(channels, classes),
  });
}

/**
 * Five stages, `stage0` to `stage4`, of which all but the first are drawn up from a table of
 * [blocks, channels].
 */
export function stagedClassifier(
  first: Module,
  table: readonly (readonly [count: number, channels: number])[],
  stage: (row: readonly [count: number, channels: number]) => Module,
  classes: number,
): Sequential {
  const stages = table.map((row, i) => [`stage${i + 1}`, stage(row)] as const);
  const [, channels] = table.at(-1) as readonly [number, number];
  return classifier({ stage0: first, ...Object.fromEntries(stages) }, channels, classes);
}
