import type { CodeCell, Notebook } from "@convfuse/kernel";
import { launchChromium } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { languageGroups } from "../../packages/kernel/test/session/language-cases.js";
import { check } from "../../packages/kernel/test/session/language-check.js";
import { executeInPage, openSessionPage, type SessionPage } from "../support/browser-session.js";
import { chromium, requirement } from "../support/requirement.js";

/** Groups of which something asks for what no page has, by what that is. */
const inNodeOnly: ReadonlySet<string> = new Set([
  // A promise's state, and names of symbols as this Node writes them.
  "the last expression is the result",
  "hostile objects are safe to show",
  "declarations of every kind reach later cells",
  // Node's modules and globals, files, and packages of a folder.
  "anything can be declared again as anything else",
  "await at the top level",
  "every form of import",
  'a folder with "type": "module"',
  "streams",
  "errors",
  "values show themselves",
  "rich output",
  "what begins with ! or % and is TypeScript stays TypeScript",
  // What this version of Node lacks.
  "what types promise is there, in the Node that runs",
  // A shell, folders and an environment.
  "a line that begins with ! is for a shell",
  "%cd and %env",
]);

const groups = languageGroups.filter(({ name }) => !inNodeOnly.has(name));

describe.skipIf(requirement(chromium()) === null)("the language in a page", () => {
  let browser: Browser;
  let session: SessionPage;
  beforeAll(async () => {
    browser = await launchChromium();
    session = await openSessionPage(browser);
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    await browser?.close();
  });

  test.each(groups)("$name", async ({ cells }) => {
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
    const executed = (await executeInPage(session, notebook)).cells as CodeCell[];
    cells.forEach((cell, at) => {
      check(cell, executed[at]?.outputs ?? []);
    });
  });
});
