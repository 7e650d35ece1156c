// Makes dist/session/node/checker/typescript.cjs, which the start-up snapshot is made of: TypeScript's text lies in the snapshot's file and
// in the heap of each checker that starts from it, and a third of it says the same.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { minify } from "rolldown/utils";
import { inAscii } from "./in-ascii.mjs";

const source = createRequire(import.meta.url).resolve("typescript6");
const text = readFileSync(source, "utf8");
const { code, errors } = await minify(source, text, { compress: true, mangle: true });
if (errors.length > 0) throw new Error(`${source} cannot be minified: ${errors[0]?.message}`);
const [licence = ""] = /^\/\*![\s\S]*?\*\/\n/.exec(text) ?? [];
writeFileSync(
  fileURLToPath(new URL("dist/session/node/checker/typescript.cjs", import.meta.url)),
  licence + inAscii(code),
);
