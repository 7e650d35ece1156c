import type { CodeCell, Notebook } from "@convfuse/kernel";
import { describe, expect, test } from "vitest";
import { languageGroups } from "../../packages/kernel/test/session/language-cases.js";
import { check } from "../../packages/kernel/test/session/language-check.js";
import { executeInPage, sessionInChromium } from "../support/browser-session.js";
import { chromium, requirement } from "../support/requirement.js";

/** Groups of which hardly a cell asks for less than a page has, by what that is. */
const inNodeOnly: ReadonlySet<string> = new Set([
  // Modules, packages and data beside the notebook, and Node's own modules.
  "every form of import",
  'a folder with "type": "module"',
  // `process.stdout`, and what other programs write.
  "streams",
  // What this version of Node lacks: each browser has and lacks other names. DOM's types, which no worker has.
  "what types promise is there, in the Node that runs",
  // A shell, folders and an environment.
  "a line that begins with ! is for a shell",
  "%cd and %env",
]);

/** Cells of other groups, by their place, that show something else in a page. They run too: what follows them must not notice. */
const cellsInNodeOnly: { readonly [group: string]: readonly number[] } = {
  // JavaScript tells nobody the state of a promise.
  "the last expression is the result": [12],
  // A page marks proxies as such; keys that are symbols are written as by newer versions of Node.
  "hostile objects are safe to show": [1, 2, 3],
  "declarations of every kind reach later cells": [22],
  // "node:path", and what was imported from it.
  "anything can be declared again as anything else": [5, 6],
  // "node:fs/promises".
  "await at the top level": [4],
  // A module beside the notebook; `process.exit`.
  errors: [3, 21],
  // `Buffer`.
  "values show themselves": [2],
  "rich output": [8],
  // `process.env`.
  "what begins with ! or % and is TypeScript stays TypeScript": [7],
};

const groups = languageGroups.filter(({ name }) => !inNodeOnly.has(name));

describe.skipIf(requirement(chromium()) === null)("the language in a page", () => {
  const session = sessionInChromium();

  test("every group and cell that is left out exists", () => {
    const sizes = new Map(languageGroups.map(({ name, cells }) => [name, cells.length]));
    for (const name of inNodeOnly) expect(sizes.has(name), name).toBe(true);
    for (const [name, places] of Object.entries(cellsInNodeOnly))
      expect(Math.max(...places), name).toBeLessThan(sizes.get(name) ?? 0);
  });

  test.each(groups)("$name", async ({ name, cells }) => {
    const notebook: Notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: cells.map(({ code }) => ({
        cell_type: "code",
        source: code,
        metadata: {},
        execution_count: null,
        outputs: [],
      })),
    };
    const executed = (await executeInPage(session(), notebook)).cells as CodeCell[];
    cells.forEach((cell, at) => {
      if (!cellsInNodeOnly[name]?.includes(at)) check(cell, executed[at]?.outputs ?? []);
    });
  });
});
