import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { scratchFolder, writeFiles } from "../scratch.js";

const kernelRequire = createRequire(new URL("../../package.json", import.meta.url));
const nodeTypes = dirname(kernelRequire.resolve("@types/node/package.json"));
const undiciTypes = dirname(
  createRequire(join(nodeTypes, "package.json")).resolve("undici-types/package.json"),
);

/** Packages whose exports Node's scan for names does not find. */
const packages = {
  "node_modules/computed/package.json":
    '{ "name": "computed", "version": "1.0.0", "main": "i.js", "types": "i.d.ts" }',
  "node_modules/computed/i.js": `const made = {}; for (const name of ["first", "second"]) made[name] = () => name;
    module.exports = Object.assign(function whole() { return "whole"; }, made);`,
  "node_modules/computed/i.d.ts":
    "declare const all: { (): string; first(): string; second(): string }; declare namespace all {} export = all;",
  "node_modules/computed/deep.js": "module.exports = { deep: true };",
  "node_modules/computed/deep.d.ts": "declare const all: { deep: boolean }; export = all;",
  "node_modules/one/package.json": '{ "name": "one", "version": "1.0.0", "main": "i.js", "types": "i.d.ts" }',
  "node_modules/one/i.js":
    "class One { constructor() { this.own = 1; } shared() { return 2; } } module.exports = new One();",
  "node_modules/one/i.d.ts":
    "declare class One { own: number; shared(): number } declare const one: One; export = one;",
};

/** A monorepo: the notebook's package, and one beside it whose source is TypeScript, with a dependency of its own. */
const sources = {
  "app/package.json": '{ "name": "app", "imports": { "#util": "./src/util.ts", "#src/*": "./src/*.ts" } }',
  "app/src/util.ts": `#!/usr/bin/env node
import { twice } from "@work/lib";
export const four = twice(2);
export function fail(): never { throw new Error("failed"); }`,
  "app/src/old.cts": `import path = require("node:path");
const inner = require("./inner.cts") as { readonly n: number };
enum Kind { A, B }
export = { base: path.basename("/a/b"), b: Kind.B, n: inner.n };`,
  "app/src/inner.cts": "export const n: number = 5;",
  "app/src/new.mts": "export enum Level { Low = 1, High } export const level: Level = Level.High;",
  "app/src/both.ts": 'import { level } from "./new.mjs"; class Both { static level = level } export = Both;',
  "app/src/waits.ts": "export const waited: number = await Promise.resolve(1);",
  "app/src/wrong.ts": "export const wrong: number = 'text';",
  "app/src/regex.ts": "export const regex = /(?<a>x)(?<a>y)/;",
  "lib/package.json":
    '{ "name": "@work/lib", "type": "module", "exports": { ".": "./src/index.ts", "./*": "./src/*.ts" }, "imports": { "#inner": "./src/inner.ts" } }',
  "lib/src/index.ts": `import dependency from "dependency";
import { inner } from "#inner";
export enum Colour { Red = 1, Green }
export const enum Flat { One = 1 }
export const twice = (n: number): number => 2 * n;
export const all = [inner, dependency, Flat.One];`,
  "lib/src/inner.ts": 'export const inner: string = "inner";',
  "lib/src/count.ts": "let calls = 0; export const count = (): number => ++calls;",
  "lib/node_modules/dependency/package.json": '{ "name": "dependency", "main": "i.js", "types": "i.d.ts" }',
  "lib/node_modules/dependency/i.js": 'module.exports = "dependency";',
  "lib/node_modules/dependency/i.d.ts": "declare const name: string; export = name;",
};

/** Makes a project as people have them, with types for Node of its own; gives the folder of its notebooks. */
export function scratchProject(): { readonly root: string; readonly app: string } {
  const root = scratchFolder("project");
  const app = join(root, "app");
  writeFiles(root, sources);
  writeFiles(app, packages);
  mkdirSync(join(app, "node_modules/@work"));
  symlinkSync("../../../lib", join(app, "node_modules/@work/lib"));
  cpSync(nodeTypes, join(app, "node_modules/@types/node"), { recursive: true, dereference: true });
  cpSync(undiciTypes, join(app, "node_modules/undici-types"), { recursive: true, dereference: true });
  return { root, app };
}
