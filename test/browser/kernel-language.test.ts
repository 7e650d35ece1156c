import type { CodeCell, Notebook, Output } from "@convfuse/kernel";
import { describe, expect, test } from "vitest";
import { languageGroups } from "../../packages/kernel/test/session/language-cases.js";
import { check } from "../../packages/kernel/test/session/language-check.js";
import { executeInPage, sessionInChromium } from "../support/browser-session.js";
import { chromium, requirement } from "../support/requirement.js";

/** What a cell has to ask for so that a page may refuse it: Node's own names and modules, modules and packages beside it, a shell. */
const needsNode =
  /\b(process|Buffer|__dirname|__filename)\b|\brequire\(|\bimport\.meta\b|["'](node:|path["']|\.|not-installed|cjs|esm|waits|untyped)|^ *(!|%cd|%env)|lib='dom'/m;
/** The sentences that it is then refused in. */
const refusal =
  /a browser has no|a browser runs no programs|a browser has one folder|a notebook in a browser has|this page does not bring it|cells run in a worker, which has no document/;
/** What is said of a name that only a refused cell would have declared. */
const missingName = /^TS(2304|2552|2339): /;

/** What pages show otherwise, for a reason of their own: the text of the result. */
const otherwise: { readonly [code: string]: string | undefined } = {
  // Of a program's name that is also a word of JavaScript: nothing here could be run.
  "!false || true": "true",
  // As newer versions of Node mark them.
  "new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw new Error('keys') }, has() { throw 1 } })":
    "Proxy({})",
};

/** The group that tells what this version of Node has and lacks; a browser has its own. */
const versions = "what types promise is there, in the Node that runs";

describe.skipIf(requirement(chromium()) === null)("the language in a page", () => {
  const session = sessionInChromium();

  test.each(languageGroups)("$name", async ({ name, cells, files = {} }) => {
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
    const executed = (await executeInPage(session(), notebook, files)).cells as CodeCell[];
    let isRefused = false;
    cells.forEach((cell, at) => {
      const outputs = executed[at]?.outputs ?? [];
      const error = errorOf(outputs);
      // A module that is not waited for is missed beside the cell.
      const said = [...(error?.traceback ?? []), stderrOf(outputs)].join("\n");
      if (refusal.test(said)) {
        expect(cell.code).toMatch(needsNode);
        isRefused = true;
      } else if (isRefused && missingName.test(error?.evalue ?? "")) return;
      else if (cell.code in otherwise)
        check({ code: cell.code, result: otherwise[cell.code] as string }, outputs);
      else if (name === versions && error === undefined) return;
      else
        check({ ...cell, ...(cell.result === undefined ? {} : { result: asNewNode(cell.result) }) }, outputs);
    });
  });
});

function stderrOf(outputs: readonly Output[]): string {
  return outputs
    .map((output) => (output.output_type === "stream" && output.name === "stderr" ? output.text : ""))
    .join("");
}

function errorOf(outputs: readonly Output[]): Extract<Output, { output_type: "error" }> | undefined {
  return outputs.find((output) => output.output_type === "error");
}

/** Keys that are symbols as Node writes them from version 24 on, in whatever version this runs. */
function asNewNode(text: string): string {
  return text.replace(/\[(Symbol\([^)]*\))\]:/g, "$1:");
}
