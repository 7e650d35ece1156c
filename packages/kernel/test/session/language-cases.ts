import { inspect } from "node:util";
import { magicGroups } from "./magic-cases.js";

/**
 * What a TypeScript notebook must do, as data: both doors of the kernel run the same table. The cells of one group run
 * in one session, in order; everything that a cell shows and does not list is a failure.
 */
export interface LanguageCell {
  readonly code: string;
  /** Files to write, by path from the notebook's folder, before the cell runs. */
  readonly files?: { readonly [path: string]: string };
  /** The result's text/plain. */
  readonly result?: string;
  /** The result's whole bundle, where it is not text/plain alone. */
  readonly bundle?: { readonly [mime: string]: unknown };
  readonly stdout?: string;
  /** Parts that stderr must hold. */
  readonly stderr?: readonly string[];
  /** The bundles that are displayed, in order. */
  readonly display?: readonly { readonly [mime: string]: unknown }[];
  readonly error?: {
    readonly ename: string;
    readonly evalue?: string;
    /** Lines that the traceback must hold, whole. */
    readonly lines?: readonly string[];
    /** The whole traceback. */
    readonly traceback?: readonly string[];
  };
}

export interface LanguageGroup {
  readonly name: string;
  readonly files?: { readonly [path: string]: string };
  readonly cells: readonly LanguageCell[];
}

/** How this version of Node prints a property whose name is a symbol. */
const symbolKey = (name: string): string =>
  inspect({ [Symbol(name)]: 1 }).slice("{ ".length, -": 1 }".length);

const typeError = (evalue: string): NonNullable<LanguageCell["error"]> => ({
  ename: "TypeScriptError",
  evalue,
});

const results: LanguageGroup = {
  name: "the last expression is the result",
  cells: [
    { code: "1 + 1", result: "2" },
    { code: "'text'", result: "'text'" },
    { code: "null", result: "null" },
    { code: "undefined" },
    { code: "void 0;" },
    { code: "const quiet = 5" },
    { code: "{ a: 1, b: [2] }", result: "{ a: 1, b: [ 2 ] }" },
    { code: "{}", result: "{}" },
    { code: "const x = 1\n{ x, y: 2 }", result: "{ x: 1, y: 2 }" },
    { code: "{ const inside = 3; console.log(inside) }", stdout: "3\n" },
    { code: "// only a comment" },
    { code: "/* before */ 5 // after", result: "5" },
    { code: "Promise.resolve(3)", result: "Promise { 3 }" },
    { code: "[1, 2].map(async (n) => n * 2)", result: "[ Promise { 2 }, Promise { 4 } ]" },
    { code: "new Promise(() => {})", result: "Promise { <pending> }" },
    {
      code: "const failed = Promise.reject(5); failed.catch(() => {}); ({ failed, of: new Map([[1, Promise.resolve('x'.repeat(60))]]) })",
      result: `{\n  failed: Promise { <rejected> 5 },\n  of: Map(1) {\n    1 => Promise {\n      '${"x".repeat(60)}'\n    }\n  }\n}`,
    },
    {
      code: "Promise.resolve({ deep: [Promise.resolve(1)] })",
      result: "Promise {\n  { deep: [ Promise { 1 } ] }\n}",
    },
    { code: "await Promise.resolve(4)", result: "4" },
    { code: "if (true) { 5 }\n6; ;", result: "6" },
    { code: "(x: number) => x", result: "[Function (anonymous)] (x: number) => x" },
    { code: "class Named {} Named", result: "[class Named]" },
    { code: "2n ** 64n", result: "18446744073709551616n" },
    {
      code: "Array.from({ length: 130 }, () => 0)",
      result: `[\n${"  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n".repeat(8)}  0, 0, 0, 0,\n  ... 30 more items\n]`,
    },
    { code: "new Map([['k', new Set([1])]])", result: "Map(1) { 'k' => Set(1) { 1 } }" },
    { code: "[1, 2] instanceof Array", result: "true" },
    { code: "console.log('\\u001b[31m'.length, [1, 'a'])", stdout: "5 [ 1, 'a' ]\n" },
  ],
};

const hostile: LanguageGroup = {
  name: "hostile objects are safe to show",
  cells: [
    { code: "({ get x(): number { throw new Error('getter') } })", result: "{ x: [Getter] }" },
    {
      code: "new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw new Error('keys') }, has() { throw 1 } })",
      result: inspect(new Proxy({}, {})),
    },
    {
      code: "({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('inspect') } })",
      result: `{\n  ${symbolKey("nodejs.util.inspect.custom")}: [Function: [nodejs.util.inspect.custom]]\n}`,
    },
    {
      code: "({ get [Symbol.for('Jupyter.display')](): never { throw new Error('display') } })",
      result: `{ ${symbolKey("Jupyter.display")}: [Getter] }`,
    },
    {
      code: "const ring: { self?: unknown } = {}; ring.self = ring; ring",
      result: "<ref *1> { self: [Circular *1] }",
    },
    { code: "Object.create(null)", result: "[Object: null prototype] {}" },
  ],
};

const types: LanguageGroup = {
  name: "types are checked before anything runs",
  cells: [
    {
      code: "console.log('ran');\nconst wrong: number = 'text';\nconst right = 1;",
      error: {
        ename: "TypeScriptError",
        evalue: "TS2322: Type 'string' is not assignable to type 'number'. at line 2:7",
        traceback: [
          "In [1]:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.",
          "   2 | const wrong: number = 'text';",
          "     |       ~~~~~",
        ],
      },
    },
    { code: "right", error: typeError("TS2304: Cannot find name 'right'. at line 1:1") },
    {
      code: "function f(x) { return x }",
      error: typeError("TS7006: Parameter 'x' implicitly has an 'any' type. at line 1:12"),
    },
    { code: "let maybe: string | undefined = ['a'].pop();" },
    { code: "maybe.length", error: typeError("TS18048: 'maybe' is possibly 'undefined'. at line 1:1") },
    { code: "maybe?.length", result: "1" },
    {
      code: "maybe = 5",
      error: typeError("TS2322: Type 'number' is not assignable to type 'string'. at line 1:1"),
    },
    { code: "const fixed = 1" },
    {
      code: "fixed = 2",
      error: typeError("TS2588: Cannot assign to 'fixed' because it is a constant. at line 1:1"),
    },
    {
      code: "const = 5",
      error: typeError("TS1134: Variable declaration expected. at line 1:7 (and 1 more)"),
    },
    { code: "(", error: typeError("TS1109: Expression expected. at line 1:2") },
    { code: "// @ts-expect-error\nconst allowed: number = 'text'; allowed", result: "'text'" },
    {
      code: "import { nothing } from 'node:fs'",
      error: typeError("TS2305: Module '\"node:fs\"' has no exported member 'nothing'. at line 1:10"),
    },
    { code: "'é😀'; missing", error: typeError("TS2304: Cannot find name 'missing'. at line 1:8") },
    { code: "type Only = 5; let widened = 1; widened = 2; widened", result: "2" },
    { code: "const five: Only = 5; [five, widened]", result: "[ 5, 2 ]" },
  ],
};

const closures: LanguageGroup = {
  name: "closures see later assignments and redeclarations",
  cells: [
    {
      code: "let n = 1; const read = () => n; function readToo() { return n; }\nclass Reader { n() { return n; } }",
    },
    { code: "n = 5; [read(), readToo(), new Reader().n()]", result: "[ 5, 5, 5 ]" },
    { code: "n++; ({ n } = { n: n * 2 }); [n] = [n + 1]; for (n of [n]) {}\nread()", result: "13" },
    { code: "let n = 'another type'" },
    { code: "read()", result: "'another type'" },
    { code: "n.toUpperCase()", result: "'ANOTHER TYPE'" },
    {
      code: "const step = () => helper(1);",
      error: typeError("TS2304: Cannot find name 'helper'. at line 1:20"),
    },
    {
      code: "function helper(x: number) { return x + 1; }\nconst step = () => helper(1); step()",
      result: "2",
    },
    { code: "function helper(x: number) { return x + 100; }" },
    { code: "step()", result: "101" },
    {
      code: "const later = setTimeout(() => { n = 'from a timer' }, 1); await new Promise((done) => setTimeout(done, 20)); n",
      result: "'from a timer'",
    },
    {
      code: "const f1 = () => 1, f2 = function () { return 2 }, K1 = class {}; [f1.name, f2.name, K1.name]",
      result: "[ 'f1', 'f2', 'K1' ]",
    },
    {
      code: "{ let n = 'inner'; console.log(n, ((n: number) => n)(7)) }\nn",
      stdout: "inner 7\n",
      result: "'from a timer'",
    },
    {
      code: "const { a, b: [c, ...d], ...rest } = { a: 1, b: [2, 3, 4], e: 5 }; const get = () => ({ a, c, d, rest }); get()",
      result: "{ a: 1, c: 2, d: [ 3, 4 ], rest: { e: 5 } }",
    },
    {
      code: "const a = 'new', c = 'new too'; get()",
      result: "{ a: 'new', c: 'new too', d: [ 3, 4 ], rest: { e: 5 } }",
    },
    { code: "for (var i = 0; i < 3; i++) {}\nvar j = i, k; [i, j, k]", result: "[ 3, 3, undefined ]" },
    { code: "[i, j]", result: "[ 3, 3 ]" },
  ],
};

const redeclaring: LanguageGroup = {
  name: "anything can be declared again as anything else",
  cells: [
    { code: "const thing = 1; thing", result: "1" },
    { code: "function thing() { return 'function' }\nthing()", result: "'function'" },
    { code: "class thing { kind = 'class' }\nnew thing()", result: "thing { kind: 'class' }" },
    { code: "enum thing { One, Two }\nthing.Two", result: "1" },
    { code: "namespace thing { export const kind = 'namespace' }\nthing.kind", result: "'namespace'" },
    { code: "import * as thing from 'node:path'; thing.basename('/a/b')", result: "'b'" },
    { code: "thing.sep", result: "'/'" },
    { code: "let thing: string[] = []; thing.push('x'); thing", result: "[ 'x' ]" },
    { code: "type thing = number; const number: thing = 5; number", result: "5" },
    { code: "interface Shape { side: number }" },
    {
      code: "interface Shape { radius: number }\nconst round: Shape = { radius: 1 }; round",
      result: "{ radius: 1 }",
    },
    { code: "var twice = 1; var twice = 2; twice", result: "2" },
    { code: "const twice = 'again'; twice", result: "'again'" },
  ],
};

const declarations: LanguageGroup = {
  name: "declarations of every kind reach later cells",
  cells: [
    {
      code: "class Base { #secret = 1; static made = 0; constructor(readonly name: string) { Base.made++ } get secret() { return this.#secret } }",
    },
    {
      code: "class Derived extends Base { override get secret() { return super.secret + 1 } }\nnew Derived('d').secret",
      result: "2",
    },
    { code: "[Base.made, new Derived('e') instanceof Base]", result: "[ 1, true ]" },
    { code: "enum Level { Low = 1, High = 10 }\nconst enum Inline { Three = 3 }" },
    { code: "const level: Level = Level.High; [level, Level[1], Inline.Three]", result: "[ 10, 'Low', 3 ]" },
    {
      code: "namespace Space { export interface Point { x: number } export const origin: Point = { x: 0 } }",
    },
    { code: "const point: Space.Point = { ...Space.origin, x: 2 }; point", result: "{ x: 2 }" },
    { code: "function first<T extends readonly unknown[]>(list: T): T[0] { return list[0] }" },
    { code: "const one: number = first([1, 'a'] as const); one", result: "1" },
    {
      code: "type Pair<A, B = A> = [A, B]; interface Named { name: string }\nabstract class Animal implements Named { abstract name: string }",
    },
    {
      code: "class Cat extends Animal { name = 'cat' }\nconst pair: Pair<Named> = [new Cat(), { name: 'plain' }]; pair[0].name",
      result: "'cat'",
    },
    {
      code: "function log(_value: unknown, context: ClassMethodDecoratorContext) { console.log('decorated', String(context.name)) }\nclass Marked { @log run() { return 1 } accessor size = 3 }",
      stdout: "decorated run\n",
    },
    { code: "[new Marked().run(), new Marked().size]", result: "[ 1, 3 ]" },
    {
      code: "using file = { name: 'f', [Symbol.dispose]() { console.log('closed') } }; console.log('open'); file.name",
      stdout: "open\nclosed\n",
      result: "'f'",
    },
    {
      code: "await using late = { async [Symbol.asyncDispose]() { console.log('closed late') } }; 1",
      stdout: "closed late\n",
      result: "1",
    },
    {
      code: "await (async () => { using inner = { [Symbol.dispose]() { console.log('closed inside') } }; })(); 2",
      stdout: "closed inside\n",
      result: "2",
    },
    {
      code: "await (async () => { await using inner = { async [Symbol.asyncDispose]() { console.log('and late') } }; })(); 3",
      stdout: "and late\n",
      result: "3",
    },
    {
      code: "export const exported = 1; export function exportedToo() { return 2 }\nexport default class Main {}",
    },
    {
      code: "export { exported as other }; [exported, exportedToo(), new Main()]",
      result: "[ 1, 2, Main {} ]",
    },
    { code: "export default 40 + 2", result: "42" },
    {
      code: "declare global { interface Array<T> { second(): T } }\nArray.prototype.second = function () { return this[1] }; undefined",
    },
    { code: "['a', 'b'].second()", result: "'b'" },
    {
      code: "const hidden = (() => { class Secret { private value = 1; read() { return this.value } } return new Secret() })();",
    },
    { code: "const same = hidden; same.read()", result: "1" },
    {
      code: "const unique = (() => { const key = Symbol('key'); return { key, [key]: 1 } as const })(); unique",
      result: `{ key: Symbol(key), ${symbolKey("key")}: 1 }`,
    },
    { code: "unique.key", result: "Symbol(key)" },
    { code: "console.log(hoisted()); function hoisted() { return 'hoisted' }", stdout: "hoisted\n" },
    {
      code: "const object = { hoisted, method() { return this.hoisted() } }; object.method()",
      result: "'hoisted'",
    },
    {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of a cell.
      code: "const tag = (parts: TemplateStringsArray, ...values: number[]) => parts.raw.join('|') + values; tag`a${1}\\n`",
      result: "'a|\\\\n1'",
    },
    { code: "({ a: 1 }) satisfies Record<string, number>", result: "{ a: 1 }" },
    { code: "outer: for (const x of [1, 2]) { for (;;) continue outer }" },
    {
      code: "const { length } = [1, 2, 3]; switch (length) { case 3: { const length = 'inner'; console.log(length) } }",
      stdout: "inner\n",
    },
  ],
};

const shadowing: LanguageGroup = {
  name: "names of the platform can be shadowed",
  cells: [
    {
      code: "const process = 1, Promise = 2, exports = 3, require = 4, module = 5, globalThis = 6; [process, exports]",
      result: "[ 1, 3 ]",
    },
    { code: "await null; process + Promise + exports + require + module + globalThis", result: "21" },
    {
      code: "const name = 'n', status = 's', event = 'e', self = 't', top = 'o', parent = 'p'; [name, status]",
      result: "[ 'n', 's' ]",
    },
    { code: "name + status + event + self + top + parent", result: "'nsetop'" },
    { code: "let Object = 5, Symbol = 7, Math = 8, Error = 9; Object + Symbol + Math + Error", result: "29" },
    { code: "class Array { own = true }\nnew Array()", result: "Array { own: true }" },
    {
      code: "@((target: unknown) => { console.log(typeof target) })\nclass StillDecorated {}",
      stdout: "function\n",
    },
    { code: "const console2 = console; console2.log([1].map((x) => x + Object))", stdout: "[ 6 ]\n" },
    { code: "const $$ = 1, $$x = 2, v = 3, _ = 4; $$ + $$x + v + _", result: "10" },
  ],
};

const asynchronous: LanguageGroup = {
  name: "await at the top level",
  cells: [
    {
      code: "const waited = await new Promise<number>((done) => setTimeout(() => done(7), 5)); waited",
      result: "7",
    },
    {
      code: "async function* numbers() { yield 1; yield 2 }\nfor await (const x of numbers()) console.log(x)",
      stdout: "1\n2\n",
    },
    {
      code: "const doubled = await Promise.all([1, 2].map(async (x) => x * 2)); doubled",
      result: "[ 2, 4 ]",
    },
    { code: "const inner = async () => { await null; return waited }; await inner()", result: "7" },
    { code: "const { readFile } = await import('node:fs/promises'); typeof readFile", result: "'function'" },
    { code: "if (await true) { console.log('yes') }", stdout: "yes\n" },
    {
      code: "await Promise.reject(new TypeError('refused'))",
      error: { ename: "TypeError", evalue: "refused", lines: ["    at In [7]:1:22"] },
    },
    { code: "const text = await (await fetch('data:text/plain,hello')).text(); text", result: "'hello'" },
  ],
};

const imports: LanguageGroup = {
  name: "every form of import",
  files: {
    "node_modules/cjs/package.json":
      '{"name":"cjs","version":"1.0.0","main":"index.js","types":"index.d.ts"}',
    "node_modules/cjs/index.js":
      "module.exports = function add(a, b) { return a + b; }; module.exports.extra = 7;",
    "node_modules/cjs/index.d.ts":
      "declare function add(a: number, b: number): number; declare namespace add { const extra: number } export = add;",
    "node_modules/esm/package.json":
      '{"name":"esm","type":"module","exports":{".":{"types":"./types/index.d.ts","default":"./index.js"},"./sub":{"types":"./types/sub.d.ts","default":"./sub.js"}}}',
    "node_modules/esm/index.js":
      "export let count = 0; export function increase() { count++; } export default class Kind { hi() { return 'hi'; } }",
    "node_modules/esm/types/index.d.ts":
      "export let count: number; export function increase(): void; export default class Kind { hi(): string; private own; }",
    "node_modules/esm/sub.js": "export const sub = 'sub';",
    "node_modules/esm/types/sub.d.ts": "export const sub: string;",
    "node_modules/waits/package.json":
      '{"name":"waits","type":"module","exports":"./index.js","types":"./index.d.ts"}',
    "node_modules/waits/index.js": "export const late = await Promise.resolve(9);",
    "node_modules/waits/index.d.ts": "export const late: number;",
    "node_modules/untyped/package.json": '{"name":"untyped","main":"index.js"}',
    "node_modules/untyped/index.js": "exports.__esModule = true; exports.default = 5; exports.named = 6;",
    "local.ts":
      "import { helper } from './lib/helper';\nimport add from 'cjs';\nexport enum Color { Red = 'red' }\nexport const twice = (x: number): number => add(helper(x), 0) * 2;\nexport function boom(): never {\n  throw new Error('from a file');\n}\n",
    "lib/helper.ts": "export const helper = (x: number): number => x + 1;",
    "lib/index.ts": "export default 'index';",
    "lib/up.ts": "import { Color } from '../local.ts';\nexport const red = Color.Red;",
    "plain.mjs": "export const plain = 'mjs';",
    "old.cjs": "exports.old = 'cjs';",
    "data.json": '{"a": [1, 2]}',
    "wrong.ts": "export const broken = ;",
  },
  cells: [
    {
      code: "import fs, { readFileSync } from 'node:fs'; import * as path from 'path'; [typeof readFileSync, fs.readFileSync === readFileSync, path.sep]",
      result: "[ 'function', true, '/' ]",
    },
    { code: "readFileSync === fs.readFileSync", result: "true" },
    { code: "import assert from 'node:assert/strict'; assert.equal(1, 1)" },
    { code: "import add from 'cjs'; add(1, 2) + add.extra", result: "10" },
    {
      code: "import Kind, { count, increase } from 'esm'; import { sub as renamed } from 'esm/sub'; [new Kind().hi(), renamed, count]",
      result: "[ 'hi', 'sub', 0 ]",
    },
    { code: "increase(); count", result: "1" },
    { code: "const kind = new Kind();" },
    { code: "kind.hi()", result: "'hi'" },
    { code: "import { late } from 'waits'; late", result: "9" },
    { code: "import unknown, { named } from 'untyped'; [unknown, named]", result: "[ 5, 6 ]" },
    {
      code: "import 'node:url'; import type { Stats } from 'node:fs'; const none: Stats | undefined = undefined; none",
    },
    { code: "import url = require('node:url'); typeof url.parse", result: "'function'" },
    { code: "require('cjs').extra + require('node:path').sep", result: "'7/'" },
    { code: "(await import('esm')).default === Kind", result: "true" },
    { code: "import data from './data.json' with { type: 'json' }; data.a", result: "[ 1, 2 ]" },
    { code: "import { twice, Color } from './local.ts'; [twice(1), Color.Red]", result: "[ 4, 'red' ]" },
    { code: "import { twice as again, boom } from './local'; again(2)", result: "6" },
    {
      code: "import index from './lib'; import { red } from './lib/up.js'; [index, red]",
      result: "[ 'index', 'red' ]",
    },
    {
      code: "import { plain } from './plain.mjs'; import { old } from './old.cjs'; [plain, old]",
      result: "[ 'mjs', 'cjs' ]",
    },
    { code: "boom()", error: { ename: "Error", evalue: "from a file", lines: ["    at In [20]:1:1"] } },
    {
      files: {
        "lib/helper.ts": "export const helper = (x: number): number => x + 100; // edited",
        "data.json": '{"a": "edited"}',
      },
      code: "import { twice } from './local.ts'; import data from './data.json' with { type: 'json' }; [twice(1), data.a]",
      result: "[ 202, 'edited' ]",
    },
    { code: "again(1)", result: "4" },
    { code: "const computed = './local'; (await import(computed)).twice(2)", result: "204" },
    {
      code: "import('./local').then(({ Color }) => console.log(Color.Red)); await new Promise((done) => setTimeout(done, 50))",
      stdout: "red\n",
    },
    {
      code: "[import.meta.dirname === __dirname, import.meta.url.startsWith('file:'), typeof __filename]",
      result: "[ true, true, 'string' ]",
    },
    {
      code: "import 'not-installed'",
      error: typeError(
        "TS2882: Cannot find module or type declarations for side-effect import of 'not-installed'. at line 1:8",
      ),
    },
    {
      code: "import { x } from 'not-installed'",
      error: typeError(
        "TS2307: Cannot find module 'not-installed' or its corresponding type declarations. at line 1:19",
      ),
    },
    {
      files: { "lib/helper.ts": "\nexport const helper = (x: number): number => String(x);\n" },
      code: "console.log('not run'); import { twice } from './local.ts'",
      error: {
        ename: "TypeScriptError",
        evalue: "TS2322: Type 'string' is not assignable to type 'number'. at lib/helper.ts:2:46",
        traceback: [
          "lib/helper.ts:2:46 - error TS2322: Type 'string' is not assignable to type 'number'.",
          "   2 | export const helper = (x: number): number => String(x);",
          "     |                                              ~~~~~~~~~",
        ],
      },
    },
    {
      code: "console.log('not run'); await import('./wrong')",
      error: typeError("TS1109: Expression expected. at wrong.ts:1:23"),
    },
    {
      files: { "lib/helper.ts": "export const helper = (x: number): number => x;" },
      code: "import { twice } from './local.ts'; twice(4)",
      result: "8",
    },
    { code: "export * from 'esm'; export { sub } from 'esm/sub'" },
    {
      code: "new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) instanceof WebAssembly.Module",
      result: "true",
    },
    { code: "[3, 1, 2].toSorted().findLast((x) => x < 3)", result: "2" },
  ],
};

const moduleFolder: LanguageGroup = {
  name: 'a folder with "type": "module"',
  files: {
    "package.json": '{"type": "module"}',
    "side.js": "export const side = 'esm js';",
    "typed.ts": "export const typed = require('node:path').sep;",
  },
  cells: [
    { code: "import { side } from './side.js'; side", result: "'esm js'" },
    { code: "require('node:os').EOL", result: "'\\n'" },
    { code: "const { side: same } = await import('./side.js'); same === side", result: "true" },
  ],
};

const streams: LanguageGroup = {
  name: "streams",
  cells: [
    {
      code: "console.log('out'); console.error('err'); console.log('again')",
      stdout: "out\nagain\n",
      stderr: ["err\n"],
    },
    {
      code: "const bytes = Buffer.from('é😀'); for (const byte of bytes) process.stdout.write(Buffer.from([byte]));",
      stdout: "é😀",
    },
    {
      code: "process.stdout.write('\\ud83d'); process.stdout.write('\\ude00')",
      stdout: "😀",
      result: "true",
    },
    { code: "process.stdout.write('\\ud83d|')", stdout: "\ufffd|", result: "true" },
    { code: "process.stdout.write('68690a', 'hex')", stdout: "hi\n", result: "true" },
    {
      code: "for (let i = 0; i < 10_000; i++) console.log(i)",
      stdout: Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(""),
    },
    {
      code: "require('node:child_process').execSync('echo from a child; echo to stderr >&2', { stdio: 'inherit' }); undefined",
      stdout: "from a child\n",
      stderr: ["to stderr\n"],
    },
    {
      code: "await new Promise<void>((done) => process.stdout.write('called back\\n', () => done()))",
      stdout: "called back\n",
    },
  ],
};

const errors: LanguageGroup = {
  name: "errors",
  files: {
    "thrower.ts":
      "export function fail(): never {\n  const reason = 'in a file';\n  throw new RangeError(reason);\n}\n",
  },
  cells: [
    { code: "function inner() {\n  throw new TypeError('boom');\n}\nfunction outer() {\n  inner();\n}" },
    {
      code: "// a comment\nouter();",
      error: {
        ename: "TypeError",
        evalue: "boom",
        traceback: [
          "TypeError: boom",
          "    at inner (In [1]:2:9)",
          "    at outer (In [1]:5:3)",
          "    at In [2]:2:1",
        ],
      },
    },
    {
      code: "await null;\r\nconst value: { x?: { y: number } } = {};\r\nvalue.x!.y",
      error: {
        ename: "TypeError",
        evalue: "Cannot read properties of undefined (reading 'y')",
        lines: ["    at In [3]:3:10"],
      },
    },
    {
      code: "import { fail } from './thrower'; fail()",
      error: { ename: "RangeError", evalue: "in a file", lines: ["    at In [4]:1:35"] },
    },
    {
      code: "throw new Error('outer', { cause: new TypeError('inner', { cause: 'text' }) })",
      error: {
        ename: "Error",
        evalue: "outer",
        traceback: [
          "Error: outer",
          "    at In [5]:1:7",
          "  [cause]: TypeError: inner",
          "      at In [5]:1:35",
          "    [cause]: 'text'",
        ],
      },
    },
    { code: "throw null", error: { ename: "Uncaught", evalue: "null", traceback: ["Uncaught null"] } },
    { code: "throw undefined", error: { ename: "Uncaught", evalue: "undefined" } },
    { code: "throw 'text'", error: { ename: "Uncaught", evalue: "'text'" } },
    { code: "throw { code: 5 }", error: { ename: "Uncaught", evalue: "{ code: 5 }" } },
    { code: "throw new Proxy({}, { get() { throw 1 } })", error: { ename: "Uncaught" } },
    {
      code: "class Custom extends Error { override name = 'Custom'; code = 'E1' }\nthrow new Custom('own')",
      error: { ename: "Custom", evalue: "own", lines: ["  code: 'E1'"] },
    },
    {
      code: "throw new AggregateError([new Error('one'), 2], 'many')",
      error: {
        ename: "AggregateError",
        evalue: "many",
        lines: ["  [errors 0]: Error: one", "  [errors 1]: 2"],
      },
    },
    {
      code: "const deep = (): number => deep() + 1; deep()",
      error: { ename: "RangeError", evalue: "Maximum call stack size exceeded" },
    },
    {
      code: "const before = 1; throw new Error('half'); const after = 2",
      error: { ename: "Error", evalue: "half" },
    },
    { code: "const kept = 1; JSON.parse('{'); const lost = 2", error: { ename: "SyntaxError" } },
    { code: "kept", result: "1" },
    { code: "lost", error: typeError("TS2304: Cannot find name 'lost'. at line 1:1") },
    { code: "new Error('shown')", result: "Error: shown\n    at In [18]:1:1" },
    { code: "console.error(new Error('logged'))", stderr: ["Error: logged\n    at In [19]:1:15\n"] },
    {
      code: "Promise.reject(new Error('nobody waits')); await new Promise((done) => setTimeout(done, 20))",
      stderr: ["Unhandled rejection: Error: nobody waits\n    at In [20]:1:16\n"],
    },
    {
      code: "setTimeout(() => { throw new Error('in a timer') }, 1); await new Promise((done) => setTimeout(done, 20))",
      stderr: ["Uncaught Error: in a timer\n"],
    },
    {
      code: "try { process.exit(3) } catch {}\nconsole.log('not reached?')",
      error: {
        ename: "ProcessExit",
        evalue: "process.exit(3) ended the cell; the kernel and its variables stay",
      },
      stdout: "not reached?\n",
    },
    { code: "kept + 1", result: "2" },
    {
      code: "require('node:fs').readFileSync('missing.txt')",
      error: { ename: "Error", lines: ["    at In [24]:1:20", "  code: 'ENOENT'"] },
    },
    {
      code:
        'await null;\nconst { a, b: [second] } = JSON.parse(\'{ "a": 1, "b": [2] }\');\n' +
        "const named = () => String(a), called = named();\nif (a > 0) {\n  var inBlock = String(second);\n  JSON.parse('!');\n}",
      error: {
        ename: "SyntaxError",
        lines: ["    at JSON.parse (<anonymous>)", "    at In [25]:6:8"],
      },
    },
    {
      code: "await null;\n[a, second, named.name, called, inBlock].map(String)",
      result: "[ '1', '2', 'named', '1', '2' ]",
    },
    {
      code: "const late = 1;\nawait null;\nconst thrower = (): never => {\n  throw new RangeError('late');\n};\nthrower()",
      error: {
        ename: "RangeError",
        evalue: "late",
        traceback: ["RangeError: late", "    at thrower (In [27]:4:9)", "    at In [27]:6:1"],
      },
    },
  ],
};

const display: LanguageGroup = {
  name: "rich output",
  cells: [
    {
      code: "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'own', 'text/html': '<b>own</b>' }) })",
      bundle: { "text/plain": "own", "text/html": "<b>own</b>" },
    },
    {
      code: "({ async [Symbol.for('Jupyter.display')]() { await null; return { 'text/plain': 'later', 'application/json': { a: [1] } } } })",
      bundle: { "text/plain": "later", "application/json": { a: [1] } },
    },
    {
      code: "await jupyter.display({ 'text/plain': 'raw', 'application/vnd.plotly.v1+json': { data: [] } }, { raw: true })",
      display: [{ "text/plain": "raw", "application/vnd.plotly.v1+json": { data: [] } }],
    },
    {
      code: "jupyter.display({ 'text/html': '<i>bundle</i>' }); await jupyter.display(5)",
      display: [{ "text/html": "<i>bundle</i>" }, { "text/plain": "5" }],
    },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of a cell.
    { code: "jupyter.html`<p>${1 + 1}</p>`", bundle: { "text/html": "<p>2</p>", "text/plain": "<p>2</p>" } },
    {
      code: "jupyter.markdown('**bold**')",
      bundle: { "text/markdown": "**bold**", "text/plain": "**bold**" },
    },
    {
      code: "jupyter.json({ a: [1, null] })",
      bundle: { "application/json": { a: [1, null] }, "text/plain": "{ a: [ 1, null ] }" },
    },
    {
      code: "jupyter.table([{ a: 1, b: '<' }, { a: 2 }])",
      bundle: {
        "text/html":
          "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>&#60;</td></tr><tr><td>2</td><td></td></tr></tbody></table>",
        "text/plain": "a  b\n1  <\n2",
      },
    },
    {
      code: "jupyter.image(Buffer.from('iVBORw0KGgo=', 'base64'))",
      bundle: { "image/png": "iVBORw0KGgo=", "text/plain": "[image/png, 8 bytes]" },
    },
    {
      code: "jupyter.image(new Uint8Array([1, 2, 3]))",
      error: {
        ename: "TypeError",
        evalue: "jupyter.image: expects a PNG, JPEG, GIF, WebP or SVG; got 3 bytes that start with [1, 2, 3]",
      },
    },
    {
      code: "jupyter.display({ 'text/plain': 'first' }, { raw: true, display_id: 'place', metadata: { tall: true } }); undefined",
      display: [{ "text/plain": "first" }],
    },
    {
      code: "import { display, newDisplay } from 'tslab'; display.html('<b>h</b>'); display.markdown('m'); display.latex('$x$'); display.svg('<svg/>'); display.javascript('1'); display.text('t')",
      display: [
        { "text/html": "<b>h</b>" },
        { "text/markdown": "m" },
        { "text/latex": "$x$" },
        { "image/svg+xml": "<svg/>" },
        { "text/javascript": "1" },
        { "text/plain": "t" },
      ],
    },
    {
      code: "const bytes = new Uint8Array([1, 2, 3]); display.png(bytes); display.jpeg(bytes); display.gif(bytes); display.pdf(bytes); display.raw('x/y', bytes); display.raw('application/json', '{\"a\":1}')",
      display: [
        { "image/png": "AQID" },
        { "image/jpeg": "AQID" },
        { "image/gif": "AQID" },
        { "application/pdf": "AQID" },
        { "x/y": "AQID" },
        { "application/json": { a: 1 } },
      ],
    },
    {
      code: "import * as tslab from 'tslab'; [typeof tslab.newDisplay, typeof tslab.versions.node]",
      result: "[ 'function', 'string' ]",
    },
    {
      code: "jupyter.display('nothing', { raw: 'yes' })",
      error: typeError("TS2322: Type 'string' is not assignable to type 'boolean | undefined'. at line 1:30"),
    },
    {
      code: "jupyter.comms.register('target', (comm, open) => { comm.onMessage = ({ data }) => comm.send(data); void open; })",
    },
    {
      code: "await prompt('Name?')",
      error: {
        ename: "Error",
        evalue: "prompt: this client cannot ask its user for input (allow_stdin is false)",
      },
    },
    {
      code: "await confirm('Sure?')",
      error: {
        ename: "Error",
        evalue: "confirm: this client cannot ask its user for input (allow_stdin is false)",
      },
    },
  ],
};

/** What the checker says of a name that only a newer Node has. */
const from = (shown: string, major: number): string =>
  `${shown} exists from Node ${major} on; this notebook runs in Node ${process.versions.node}`;
const nodeMajor = Number(process.versions.node.split(".")[0]);
/** A cell that runs where Node has what it uses, and else says from when on it does. */
function since(major: number, code: string, result: string, evalue: string): LanguageCell {
  return nodeMajor >= major ? { code, result } : { code, error: typeError(evalue) };
}

const missing: LanguageGroup = {
  name: "what types promise is there, in the Node that runs",
  cells: [
    since(
      21,
      "Object.groupBy([1], String)",
      "[Object: null prototype] { '1': [ 1 ] }",
      `TS2550: ${from("Object.groupBy", 21)} at line 1:8`,
    ),
    since(
      22,
      "new Set([1]).union(new Set([2])).size",
      "2",
      `TS2550: ${from("Set.prototype.union", 22)} at line 1:14`,
    ),
    since(
      22,
      "[1].values().toArray()",
      "[ 1 ]",
      `TS2339: ${from("Iterator.prototype.toArray", 22)} at line 1:14`,
    ),
    since(22, "Iterator.from([1]).next().value", "1", `TS2693: ${from("Iterator", 22)} at line 1:1`),
    since(
      22,
      "typeof Promise.withResolvers",
      "'function'",
      `TS2550: ${from("Promise.withResolvers", 22)} at line 1:16`,
    ),
    since(24, "new Float16Array([1.5])[0]", "1.5", `TS2693: ${from("Float16Array", 24)} at line 1:5`),
    since(24, "RegExp.escape('.').length", "2", `TS2550: ${from("RegExp.escape", 24)} at line 1:8`),
    since(
      24,
      "new DisposableStack().disposed",
      "false",
      `TS2693: ${from("DisposableStack", 24)} at line 1:5`,
    ),
    since(
      25,
      "Buffer.from('a').toHex()",
      "'61'",
      `TS2339: ${from("Uint8Array.prototype.toHex", 25)} at line 1:18`,
    ),
    since(
      26,
      "Temporal.PlainDate.from('2026-01-02').day",
      "2",
      `TS2708: ${from("Temporal", 26)} at line 1:1`,
    ),
    { code: "'ab'.isWellFormed()", result: "true" },
    { code: "for (const pair of new Map([[1, 2]]).entries()) console.log(pair)", stdout: "[ 1, 2 ]\n" },
    { code: "using held = { [Symbol.dispose]() { console.log('disposed') } }", stdout: "disposed\n" },
    {
      code: "({} as { groupBy: number }).groupBi",
      error: typeError(
        "TS2551: Property 'groupBi' does not exist on type '{ groupBy: number; }'. Did you mean 'groupBy'? at line 1:29",
      ),
    },
    nodeMajor >= 24
      ? { code: "const modified = /(?i:a)b/; modified.test('Ab')", result: "true" }
      : {
          code: "const modified = /(?i:a)b/; modified.test('Ab')",
          error: {
            ename: "TypeScriptError",
            traceback: [
              "In [15]:1:18 - error SyntaxError: Invalid regular expression: /(?i:a)b/: Invalid group",
              "   1 | const modified = /(?i:a)b/; modified.test('Ab')",
              "     |                  ~~~~~~~~~",
            ],
          },
        },
    {
      code: "/// <reference lib='dom' />\nfunction pick(element: HTMLElement): string { return element.id }",
    },
    {
      code: "pick(1)",
      error: typeError(
        "TS2345: Argument of type 'number' is not assignable to parameter of type 'HTMLElement'. at line 1:6",
      ),
    },
    {
      code: "declare global { interface Chosen { kind: 1 } } const choose = (chosen: Chosen): number => chosen.kind",
    },
    {
      code: "choose(1)",
      error: typeError(
        "TS2345: Argument of type 'number' is not assignable to parameter of type 'Chosen'. at line 1:8",
      ),
    },
    { code: "choose({ kind: 1 })", result: "1" },
    { code: "#!/usr/bin/env node\n1 + 1", result: "2" },
    {
      code: "#! throw\nthrow new Error('below')",
      error: { ename: "Error", traceback: ["Error: below", "    at In [22]:2:7"] },
    },
    {
      code: "import { ran } from './hashbang'; ran",
      files: { "hashbang.ts": "#!/usr/bin/env -S npx tsx\nexport const ran: number = 1;" },
      result: "1",
    },
  ],
};

const before = (name: string, ...frames: readonly string[]): NonNullable<LanguageCell["error"]> => ({
  ename: "ReferenceError",
  traceback: [
    `ReferenceError: Cannot access '${name}' before initialization`,
    ...frames.map((frame) => `    at ${frame}`),
  ],
});
const undefinedName = (name: string): NonNullable<LanguageCell["error"]> => ({
  ename: "ReferenceError",
  evalue: `${name} is not defined: it is only declared, and neither a cell nor a global defines it`,
});

const early: LanguageGroup = {
  name: "a name is not there before its declaration",
  cells: [
    {
      code: "const read = () => later; const r = read(); const later = 5; r",
      error: before("later", "read (In [1]:1:20)", "In [1]:1:37"),
    },
    { code: "read()", error: before("later", "read (In [1]:1:20)", "In [2]:1:1") },
    { code: "const later = 6; read()", result: "6" },
    { code: "const fib = (n: number): number => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(10)", result: "55" },
    {
      code: "const size = count(); const table = [1, 2].map(String); function count(): number { return table.length }",
      error: before("table", "count (In [5]:1:91)", "In [5]:1:14"),
    },
    {
      code: "const sized = outer(); let rows = [1]; function outer(): number { return inner() }\nfunction inner(): number { return rows.length }",
      error: before("rows", "inner (In [6]:2:35)", "outer (In [6]:1:74)", "In [6]:1:15"),
    },
    {
      code: "const table = [1, 2].map(String); function count(): number { return table.length } count()",
      result: "2",
    },
    {
      code: "const make = () => new Late(); const made = make(); class Late { a = 1 }",
      error: before("Late", "make (In [8]:1:24)", "In [8]:1:45"),
    },
    {
      code: "const increase = () => { total++ }; increase(); let total = 0",
      error: before("total", "increase (In [9]:1:26)", "In [9]:1:37"),
    },
    {
      code: "const fill = () => { ({ a: one, b: [two] } = { a: 1, b: [2] }) }; fill(); let one = 0, two = 0",
      error: before("one", "fill (In [10]:1:28)", "In [10]:1:67"),
    },
    {
      code: "const pairOf = () => ({ left, right }); const { left, right } = { left: 1, right: 2 }; pairOf()",
      result: "{ left: 1, right: 2 }",
    },
    {
      code: "await null; const wait = () => soon; const waited = wait(); const soon = Math.max(1, 2)",
      error: before("soon", "wait (In [12]:1:32)", "In [12]:1:53"),
    },
    {
      code: "const kind = () => { try { return typeof own } catch (error) { return String(error) } }; const was = kind(); const own = 3; [was, kind()]",
      result: "[\n  \"ReferenceError: Cannot access 'own' before initialization\",\n  'number'\n]",
    },
    { code: "let again = 1; const look = () => again; again", result: "1" },
    { code: "const looked = look(); let again = looked + 1; [again, look()]", result: "[ 2, 2 ]" },
    { code: "declare const nowhere: number; nowhere + 1", error: undefinedName("nowhere") },
    { code: "declare let assigned: number; assigned = 4", error: undefinedName("assigned") },
    { code: "declare function called(): number; called()", error: undefinedName("called") },
    { code: "declare class Made { a: number } new Made()", error: undefinedName("Made") },
    { code: "declare const DEBUG: boolean; typeof DEBUG", result: "'undefined'" },
    { code: "[typeof DEBUG, (() => typeof DEBUG)()]", result: "[ 'undefined', 'undefined' ]" },
    { code: "DEBUG", error: undefinedName("DEBUG") },
    {
      code: "Object.assign(globalThis, { DEBUG: true }); [typeof DEBUG, DEBUG]",
      result: "[ 'boolean', true ]",
    },
    {
      code: "const DEBUG = 'own'; [DEBUG, (globalThis as { DEBUG?: unknown }).DEBUG]",
      result: "[ 'own', true ]",
    },
    { code: "declare const DEBUG: number; DEBUG", result: "'own'" },
  ],
};

export const languageGroups: readonly LanguageGroup[] = [
  results,
  hostile,
  types,
  closures,
  redeclaring,
  declarations,
  shadowing,
  early,
  missing,
  asynchronous,
  imports,
  moduleFolder,
  streams,
  errors,
  display,
  ...magicGroups,
];
