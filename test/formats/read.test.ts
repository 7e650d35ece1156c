import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readPth, type StateArray, toTensor } from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("torch"));
const script = fileURLToPath(new URL("random_files.py", import.meta.url));
const count = 400;

interface Saved {
  readonly seed: number;
  readonly file: string;
  readonly arrays: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly string[] }>
  >;
}

/** PyTorch's text of a number, as an array of this type holds it. */
function parsed(text: string, data: StateArray["data"]): number | bigint {
  if (text === "True" || text === "False") return text === "True" ? 1 : 0;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return BigInt(text);
  return Number(text.replace("inf", "Infinity"));
}

/** The elements in row-major order, by an index of each axis. */
function elements({ data, shape, stride, offset }: StateArray, axis = 0): (number | bigint)[] {
  if (axis === shape.length) return [data[offset] as number | bigint];
  const length = shape[axis] as number;
  return Array.from({ length }, (_, i) => i).flatMap((i) =>
    elements({ data, shape, stride, offset: offset + i * (stride[axis] as number), size: 0 }, axis + 1),
  );
}

describe.skipIf(interpreter === null)("what PyTorch writes", () => {
  test(`${count} random values, tensors and modules are read as what they were`, () => {
    const printed = execFileSync(interpreter as string, [script, String(count)], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const files = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Saved);
    expect(files.length).toBe(count);
    for (const { seed, file, arrays } of files) {
      const found = readPth(Buffer.from(file, "base64"));
      expect([...found.keys()].sort(), `seed ${seed}`).toEqual(Object.keys(arrays).sort());
      expect(found.unread.size, `seed ${seed}`).toBe(0);
      for (const [name, array] of found) {
        const want = arrays[name] as Saved["arrays"][string];
        const label = `seed ${seed}, ${name}`;
        expect([...array.shape], label).toEqual(want.shape);
        const values = want.values.map((text) => parsed(text, array.data));
        expect(elements(array), label).toEqual(values);
        expect([...toTensor(array).data], label).toEqual(values.map((value) => Math.fround(Number(value))));
      }
    }
  });
});
