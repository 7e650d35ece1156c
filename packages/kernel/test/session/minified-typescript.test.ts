import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript6";
import { expect, test } from "vitest";

const minified = fileURLToPath(new URL("../../dist/session/node/checker/typescript.cjs", import.meta.url));

test("what the start-up snapshot is made of is TypeScript in less than half its letters, a byte each, with its licence", () => {
  const require = createRequire(import.meta.url);
  const [text, whole] = [minified, require.resolve("typescript6")].map((file) =>
    readFileSync(file, "utf8"),
  ) as [string, string];
  expect(text).toMatch(/^\/\*![^/]*Apache License/);
  expect(text).toMatch(/^[\0-\x7f]*$/);
  expect(text.length).toBeLessThan(whole.length / 2);
  const { version, transpile, sys } = require(minified) as typeof ts;
  expect(version).toBe(ts.version);
  expect(sys.getExecutingFilePath()).toBe(minified);
  // What is written with letters beyond ASCII: spaces that no programmer sees, and a mark at the beginning.
  for (const code of [
    "\ufeffenum Ä { b = 'ß' }",
    "let a\u00a0:\u2003number\u3000= 1\u2028;",
    "/\\p{L}/u.test('你')",
  ])
    expect(transpile(code)).toBe(ts.transpile(code));
});
