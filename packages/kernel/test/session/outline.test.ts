import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript6";
import { expect, it } from "vitest";
import { type BoundFile, bind } from "../../src/session/checker/program/internals.js";
import { parseOutlined } from "../../src/session/checker/program/postponed/parse-outlined.js";
import { isPostponed } from "../../src/session/checker/program/postponed/postponed-nodes.js";
import { describeTree } from "./describe-tree.js";

const path = "/node_modules/a/a.d.ts";

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeInfo,
  });
}

function bound(text: string): BoundFile {
  const file = parse(text);
  bind(ts, file, {});
  return file as BoundFile;
}

/**
 * Fails where an outlined file that was asked for everything differs from one that was parsed at once. Tells
 * whether it was outlined.
 */
function compare(text: string, name: string): boolean {
  const outlined = parseOutlined(ts, text, parse);
  if (outlined) expect(describeTree(outlined), name).toEqual(describeTree(bound(text)));
  return outlined !== undefined;
}

function lacking(node: ts.Node): number {
  if (isPostponed(node)) return 1;
  let count = 0;
  ts.forEachChild(node, (child) => {
    count += lacking(child);
  });
  return count;
}

const long = "{ left: number; right: string; middle: boolean }";
const odd: { readonly [what: string]: string } = {
  "this as a whole type": `interface A { a(x: number, y: string): this; b(x: ${long}): void }`,
  "this in a type": `interface A { a(x: this, y: string): void; b: (first: this, second: string) => void; c(x: ${long}): void }`,
  "this as a parameter": `interface A { a(this: string, y: ${long}): void; b(x: ${long}): void }`,
  "this in a class": `declare class A { a(x: Partial<this>): this; b: Map<string, this[]>; c(x: ${long}): void }`,
  "imports in types": `interface A { a(x: import("./b").B): typeof import("./c"); b: Record<string, import("d").D>; c(x: ${long}): void }`,
  templates:
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a type
    "type A<K extends string> = { [P in K as `get${Capitalize<P>}`]: `${P};` }; interface B { a(x: `};`, y: `a${string}b`): void; b(x: string, y: number): void }",
  "no signs at the end": `type A = ${long}\ntype B = A |\n  string | number | boolean\ninterface C { a(x: ${long}): void\n b: ${long}\n c(): Promise<string>\n [key: string]: unknown\n d(x: ${long}): void }\ndeclare function f(x: ${long}): void\ndeclare const x: ${long}\nexport { A }\ndeclare const y: ${long};`,
  "a line that goes on":
    "interface A { a(first: string, second: number):\n  | string\n  | number; b: string\n  | { a: number }\n  & { b: string }; c(x: string)\n  : Promise<number>; d: (first: string) =>\n  Promise<number> }",
  commas: `interface A { a(x: ${long}): void, b: ${long}, c: Map<string, ${long}> } declare const d: ${long}, e: ${long};`,
  "signs in literals": `interface A { "a;(": (x: ";}") => "{("; 'b"'(x: "'", y: '"', z: ${long}): "\\";"; c: { [";"]: "}" | ">" | "=>" } }`,
  "signs in comments": `interface A { /* a(x: { */ a(/* ) */ x: string, // }\n y: number /* ; */): void; /** }; */ b: /* ; */ ${long}; // the end\n}`,
  "a comment at the end": `export declare function a(first: string, second: number): Promise<string>;\n// the end of all that is declared here`,
  "comments that end lines": `interface A { a: string /*\n*/ b(x: ${long}): void\n/** b\n */ c: ${long} } declare const d: ${long};`,
  "members of every kind": `export declare class A<T> extends B<{ a: string }> implements C { constructor(first: string, second: number); private constructor(readonly first: string, second: number); #a; private b; static readonly c: ${long}; static d?(x: ${long}): void; get e(): ${long}; set e(value: ${long}); [Symbol.iterator](): IterableIterator<${long}>; [key: string]: ${long}; "f g"(x: ${long}): void; 12: ${long}; protected abstract h(x: ${long}): asserts x is ${long}; declare i: ${long}; readonly readonly: ${long}; static(x: ${long}): void }`,
  "calls and constructions": `interface A { (first: string, second: number): boolean; <T extends ${long}>(x: T): T; new (first: string, second: number): A; new <T>(x: T, y: T): A; get(x: ${long}): void; set: ${long} }`,
  "symbols of their own": `declare const a: unique symbol; declare const b: unique /* a long comment */ symbol; declare class C { static readonly d: unique /* a long comment */ symbol } declare const e: ${long};`,
  "type parameters": `interface A { a<const T extends readonly [unknown, ...unknown[]], U = { a: (x: T) => x is T & string }>(x: T, y?: U): U extends (infer V extends string)[] ? V : never } type B<T, U extends keyof T = keyof T> = { [K in U]-?: T[K] extends infer V ? V : never }`,
  "parameters that are taken apart": `export default function f({ a, b: [c] }: { a: string; b: [number] }, ...rest: string[]): [first: string, second?: number];`,
  modules: `/// <reference types="node" />\nimport a = require("a");\nimport type { B } from "b";\nexport * as c from "c";\nexport = a;\nexport as namespace d;\ndeclare module "e" { export function f(x: ${long}): void; export default f; const g: ${long}; }\ndeclare module "h";\ndeclare global { namespace I.J { let k: ${long}; function l(x: ${long}): void } var m: ${long} }\ndeclare enum N { a = 1, b = "}" }\nexport declare const enum O { c }\nexport abstract class P { abstract q(x: ${long}): void }\nexport namespace R { export import s = a.b; type T = ${long} }`,
  "lines that end in two signs": `interface A {\r\n  a(x: ${long}): void;\r\n  // b\r\n  c: ${long};\r\n}\r\n`,
  "lines that end in an odd sign": `interface A { // a\r b(x: ${long}): void }`,
  "brackets in brackets": `interface A { a: ${"{ a: ".repeat(12)}string${" }".repeat(12)}; b(x: ${long}): void }`,
  "letters of other alphabets": `interface Größe { länge(größe: ${long}): void; 長さ: ${long}; \u00a0breite: ${long} }`,
  "what is no declaration": `interface A { a(x: ${long}): void`,
};

/** What has to be parsed as it is. */
const whole = ["lines that end in an odd sign", "brackets in brackets", "what is no declaration"];

for (const [what, text] of Object.entries(odd))
  it(`parses names first and the rest when asked, as if all were parsed at once: ${what}`, () => {
    expect(compare(text, what)).toBe(!whole.includes(what));
  });

const require = createRequire(import.meta.url);
const bench = fileURLToPath(new URL("../../bench/package.json", import.meta.url));
const packages = {
  typescript: dirname(require.resolve("typescript6")),
  "@types/node": dirname(require.resolve("@types/node/package.json")),
  "@types/lodash": dirname(createRequire(bench).resolve("@types/lodash/package.json")),
  zod: dirname(createRequire(bench).resolve("zod/package.json")),
  arrow: dirname(require.resolve("apache-arrow")),
};

function declarationsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.d\.ts$/.test(name) && !/dom|worker|typescript|locales|v3/.test(name))
    .map((name) => join(folder, name));
}

for (const [name, folder] of Object.entries(packages))
  it(`finds in the declarations of ${name} what a parser finds that reads all at once`, () => {
    for (const file of declarationsIn(folder)) compare(readFileSync(file, "utf8"), file);
  });

it("parses a third of a package's nodes at most, and more only where somebody asks", () => {
  const text = readFileSync(join(packages["@types/lodash"], "common/object.d.ts"), "utf8");
  const outlined = parseOutlined(ts, text, parse) as BoundFile;
  expect(outlined.nodeCount).toBeLessThan(bound(text).nodeCount / 3);
  const before = lacking(outlined);
  const find = (node: ts.Node): ts.MethodSignature | undefined =>
    isPostponed(node) ? (ts.isMethodSignature(node) ? node : undefined) : ts.forEachChild(node, find);
  const method = find(outlined) as ts.MethodSignature;
  expect(method.parameters.length).toBeGreaterThan(0);
  expect(lacking(outlined)).toBe(before - 1);
});
