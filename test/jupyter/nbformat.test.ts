import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatNotebook, readNotebook } from "@convfuse/kernel";
import { beforeAll, describe, expect, test } from "vitest";
import { notebooksFolder } from "../support/lecture.js";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("jupyter"));
const files = ["", "zh-CN"].flatMap((folder) =>
  readdirSync(join(notebooksFolder, folder))
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => join(folder, name)),
);

/** What nbformat says of a notebook: why it is not valid, or the text that it writes. */
interface Rewritten {
  readonly invalid?: string;
  readonly text?: string;
}

/** One process for all notebooks, since to import nbformat takes longer than to check one. */
const rewrite = `
import json, sys, nbformat
def rewritten(text):
    notebook = nbformat.reads(text, as_version=4)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return {"invalid": str(error)}
    return {"text": nbformat.writes(notebook) + "\\n"}
json.dump([rewritten(text) for text in json.load(sys.stdin)], sys.stdout)
`;

describe.skipIf(interpreter === null)("a notebook that we write", () => {
  const ours = files.map((file) => formatNotebook(readNotebook(join(notebooksFolder, file))));
  let theirs: readonly Rewritten[];

  beforeAll(() => {
    const answer = execFileSync(interpreter as string, ["-c", rewrite], {
      input: JSON.stringify(ours),
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    theirs = JSON.parse(answer) as readonly Rewritten[];
  }, 60_000);

  test.each(files.map((file, index) => [file, index] as const))(
    "%s is valid, and the same bytes as nbformat writes",
    (file, index) => {
      const text = ours[index] as string;
      const { invalid, text: rewritten = "null" } = theirs[index] as Rewritten;
      expect(invalid).toBeUndefined();
      // Python writes some numbers in another form (1e-05), which changes no value.
      expect(JSON.parse(text)).toEqual(JSON.parse(rewritten));
      expect(text.split("\n").length).toBe(rewritten.split("\n").length);
      expect(text).toBe(readFileSync(join(notebooksFolder, file), "utf8"));
    },
  );
});
