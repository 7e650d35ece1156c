import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatNotebook, readNotebook } from "@convfuse/kernel";
import { describe, expect, test } from "vitest";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("jupyter"));
const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const files = ["", "zh-CN"].flatMap((folder) =>
  readdirSync(join(notebooks, folder))
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => join(notebooks, folder, name)),
);

/** Validates a notebook with nbformat and prints it as nbformat writes it. */
const rewrite = `
import sys, nbformat
notebook = nbformat.reads(sys.stdin.read(), as_version=4)
nbformat.validate(notebook)
sys.stdout.write(nbformat.writes(notebook) + "\\n")
`;

describe.skipIf(interpreter === null)("a notebook that we write", () => {
  test.each(files)("%s is valid, and the same bytes as nbformat writes", (file) => {
    const ours = formatNotebook(readNotebook(file));
    const theirs = execFileSync(interpreter as string, ["-c", rewrite], {
      input: ours,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    // Python writes some numbers in another form (1e-05), which changes no value.
    expect(JSON.parse(ours)).toEqual(JSON.parse(theirs));
    expect(ours.split("\n").length).toBe(theirs.split("\n").length);
    expect(ours).toBe(readFileSync(file, "utf8"));
  });
});
