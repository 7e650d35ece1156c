import { readFileSync } from "node:fs";
import { EngineError, enableFastWasm } from "@convfuse/core";
import { expect, test } from "vitest";
import {
  casesMissing,
  fingerprint,
  kinds,
  recordSource,
  records,
  recordTypes,
} from "../../assembly/record-table.mjs";
import { type EngineExports, engineModule } from "../../src/engines/wasm/machine/builds.js";
import {
  fingerprint as written,
  kinds as writtenKinds,
} from "../../src/engines/wasm/machine/records.generated.js";
import { checkRecords } from "../../src/engines/wasm/machine/records.js";

/** What stands between a line and the next closing brace, one entry a line that matches. */
function listed(source: string, opening: string, line: RegExp): string[] {
  const from = source.indexOf(opening);
  expect(from, opening).toBeGreaterThan(-1);
  return [...source.slice(from, source.indexOf("\n}", from)).matchAll(line)].map(([, name]) => name ?? "");
}

test("both sides have every record's fields, and the kinds, in the table's order", () => {
  const [source, types] = [recordSource(), recordTypes()];
  for (const [name, { fields }] of Object.entries(records)) {
    const names = fields.map(([field]) => field);
    expect(listed(source, `class ${name} {`, /^ {2}(\w+): (?:usize|i32|f32);$/gm)).toEqual(names);
    expect(listed(types, `type ${name}Record = {`, /readonly (\w+): number;/g)).toEqual(names);
    const kind = kinds.find(([, record]) => record === name)?.[0] as keyof typeof writtenKinds | undefined;
    expect(kind && writtenKinds[kind].order).toEqual(fields.map(([field, type]) => [field, type === "f32"]));
  }
  const names = kinds.map(([kind]) => kind);
  expect(listed(source, "enum Kind {", /^ {2}(\w+),$/gm).map((kind) => kind.toLowerCase())).toEqual(
    names.map((kind) => kind.toLowerCase()),
  );
  expect(Object.entries(writtenKinds).map(([kind, { number }]) => [kind, number])).toEqual(
    names.map((kind, number) => [kind, number]),
  );
});

test("the build names a kind that the module does not run", () => {
  const source = readFileSync(new URL("../../assembly/index.ts", import.meta.url), "utf8");
  expect(casesMissing(source)).toEqual([]);
  expect(casesMissing(source, [...kinds, ["scaled", "Conv"]])).toEqual(["Kind.Scaled"]);
});

test("another order of any two fields or kinds, another type or a new field is another table", () => {
  const prints = [fingerprint()];
  for (const [name, record] of Object.entries(records)) {
    record.fields.forEach((field, i) => {
      const next = record.fields[i + 1];
      if (next === undefined) return;
      const fields = record.fields.with(i, next).with(i + 1, field);
      prints.push(fingerprint({ ...records, [name]: { ...record, fields } }));
    });
    const [[first] = [""], ...others] = record.fields;
    prints.push(fingerprint({ ...records, [name]: { ...record, fields: [[first, "f32"], ...others] } }));
    prints.push(
      fingerprint({ ...records, [name]: { ...record, fields: [...record.fields, ["more", "i32"]] } }),
    );
  }
  prints.push(fingerprint(records, kinds.toReversed()));
  expect(new Set(prints).size).toBe(prints.length);
});

test.each(["baseline", "relaxed"] as const)(
  "the %s module is of this table; one of another build is refused before it computes anything",
  (build) => {
    // Node 20 compiles relaxed SIMD behind a flag.
    enableFastWasm();
    const { recordFingerprint } = new WebAssembly.Instance(engineModule(build, false), {
      env: { memory: new WebAssembly.Memory({ initial: 1, maximum: 65536 }), abort() {} },
      threads: { givesUp: () => 0 },
    }).exports as unknown as EngineExports;
    expect(recordFingerprint()).toBe(fingerprint());
    expect(written).toBe(fingerprint());
    expect(() => checkRecords(recordFingerprint())).not.toThrow();
    const rule = "the module is of another build than the code that calls it: build again";
    expect(() => checkRecords(7)).toThrow(
      new EngineError("wasm", rule, { "module.records": 7, expected: fingerprint() }),
    );
  },
);
