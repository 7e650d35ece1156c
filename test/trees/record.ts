import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type FusionRecord, fusionRecords } from "../../packages/core/test/fuse/fusion-record.js";

const { CONVFUSE_RECORD: file, CONVFUSE_AGAINST: old, CONVFUSE_TREES, CONVFUSE_SEED } = process.env;

test("networks, blocks and random trees: layers, parameters and refusals, written down or compared with what was", () => {
  const records = fusionRecords(Number(CONVFUSE_SEED), Number(CONVFUSE_TREES));
  if (file !== undefined) {
    writeFileSync(`${file}.part`, `${JSON.stringify(records, null, 1)}\n`);
    renameSync(`${file}.part`, file);
  }
  if (old === undefined) return;
  const before = JSON.parse(readFileSync(old, "utf8")) as Record<string, FusionRecord>;
  const worse: string[] = [];
  const fewer = { layers: 0, parameters: 0 };
  for (const [name, record] of Object.entries(records)) {
    const known = before[name];
    if (known === undefined) throw new Error(`${name} is not in ${old}`);
    for (const what of ["layers", "parameters"] as const) {
      if (record[what][1] > known[what][1])
        worse.push(`${name}: ${record[what][1]} ${what}, were ${known[what][1]}`);
      if (record[what][1] < known[what][1]) fewer[what]++;
    }
  }
  console.log(
    `${Object.keys(records).length} modules, fewer layers in ${fewer.layers}, fewer parameters in ${fewer.parameters}`,
  );
  expect(worse).toEqual([]);
}, 3_600_000);
