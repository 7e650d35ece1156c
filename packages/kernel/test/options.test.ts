import { createSession, executeNotebook, runNotebooks } from "@convfuse/kernel";
import { describe, expect, test } from "vitest";
import { optionTakers } from "../../../test/options/takers.js";

const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 } as const;

/** A call of each, right in everything but its options. */
const calls: Readonly<Record<string, (options: never) => Promise<unknown>>> = {
  createSession: (options) => createSession(options),
  executeNotebook: (options) => executeNotebook({ ...notebook, cells: [] }, options),
  runNotebooks: (options) => runNotebooks([], options),
};

const takers = optionTakers("kernel");

test("the table has everything public that takes options, and nothing else", () => {
  expect(Object.keys(calls)).toEqual(takers.map(({ name }) => name).sort());
});

describe.each(takers)("$name", ({ name, known }) => {
  const call = (options: unknown) => calls[name]?.(options as never);

  test("refuses an option that nobody knows, and lists those that its type has", async () => {
    await expect(call({ zzzzzz: 1 })).rejects.toThrow(
      new TypeError(`${name}: unknown option zzzzzz. Known are ${known.join(", ")}`),
    );
  });

  test("refuses what is no object of named options", async () => {
    for (const options of ["a", null, ["."], new Map([["cwd", "."]])]) {
      await expect(call(options)).rejects.toThrow(
        `${name}: options must be an object of named options; got `,
      );
    }
  });
});
