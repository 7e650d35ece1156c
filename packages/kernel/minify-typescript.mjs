// Makes dist/session/node/checker/typescript.cjs, which the start-up snapshot is made of: TypeScript's text lies in the snapshot's file and
// in the heap of each checker that starts from it, and a third of it says the same.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { minify } from "rolldown/utils";

const source = createRequire(import.meta.url).resolve("typescript6");
const text = readFileSync(source, "utf8");
const { code, errors } = await minify(source, text, { compress: true, mangle: true });
if (errors.length > 0) throw new Error(`${source} cannot be minified: ${errors[0]?.message}`);
const [licence = ""] = /^\/\*![\s\S]*?\*\/\n/.exec(text) ?? [];
writeFileSync(
  fileURLToPath(new URL("dist/session/node/checker/typescript.cjs", import.meta.url)),
  licence + inAscii(code),
);

/** One letter beyond Latin-1 in it would make V8 keep two bytes for each. All of them are in strings and regular expressions. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
