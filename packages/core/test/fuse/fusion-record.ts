import { blocks, networks } from "../../../../test/fusion/cases.mjs";
import { fuse, type Module, manualSeed, type Refusal } from "../../src/index.js";
import { Dice, randomTree } from "./random-tree.js";
import { randomised } from "./randomise.mjs";

/** What fusing makes of one module. */
export interface FusionRecord {
  readonly layers: readonly [before: number, after: number];
  readonly parameters: readonly [before: number, after: number];
  readonly refused: readonly Refusal[];
  /** The fused module as it prints. */
  readonly module: string;
}

/** The records of the random trees of some seeds, and of every published network and block, by name. */
export function fusionRecords(firstSeed: number, trees: number): Record<string, FusionRecord> {
  const records: Record<string, FusionRecord> = {};
  for (const [name, make] of [...networks, ...blocks]) {
    manualSeed(1);
    records[name] = recordOf(randomised(make()));
  }
  for (let seed = firstSeed; seed < firstSeed + trees; seed++) {
    manualSeed(seed);
    records[`tree ${seed}`] = recordOf(randomTree(new Dice(seed)).module);
  }
  return records;
}

function recordOf(module: Module): FusionRecord {
  const { module: fused, report } = fuse(module);
  return {
    layers: [report.before.layers, report.after.layers],
    parameters: [report.before.parameters, report.after.parameters],
    refused: report.refused,
    module: String(fused),
  };
}
