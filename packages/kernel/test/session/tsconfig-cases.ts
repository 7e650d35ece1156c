import type { LanguageGroup } from "./language-cases.js";

/** A package that makes elements, as React does, small enough to be told by what it gives. */
const react = {
  "node_modules/react/package.json": `{ "name": "react", "version": "1.0.0", "main": "i.js", "types": "i.d.ts",
    "exports": { ".": { "types": "./i.d.ts", "default": "./i.js" },
      "./jsx-runtime": { "types": "./jsx.d.ts", "default": "./jsx.js" } } }`,
  "node_modules/react/i.js": `exports.createElement = (type, props, ...children) => ({ type, props: { ...props, children } });
    exports.Fragment = "fragment";`,
  "node_modules/react/i.d.ts": `export interface Element { type: unknown; props: Record<string, unknown> }
    export function createElement(type: unknown, props: unknown, ...children: unknown[]): Element;
    export const Fragment: string;
    export namespace JSX { interface Element { type: unknown; props: Record<string, unknown> }
      interface IntrinsicElements { p: { id?: string; children?: unknown }; br: {} } }`,
  "node_modules/react/jsx.js": `const jsx = (type, props) => ({ type, props });
    exports.jsx = jsx; exports.jsxs = jsx; exports.Fragment = "fragment";`,
  "node_modules/react/jsx.d.ts": `export { JSX, Fragment } from "react";
    export function jsx(type: unknown, props: unknown): import("react").JSX.Element;
    export const jsxs: typeof jsx;`,
};

const config = (compilerOptions: object, more: object = {}): string =>
  `// As an editor reads it.\n${JSON.stringify({ compilerOptions, ...more })}`;

/** What a project's tsconfig.json says, when cells are checked and when they run. */
export const tsconfigGroups: readonly LanguageGroup[] = [
  {
    name: "paths and baseUrl",
    files: {
      "tsconfig.base.json": config({ baseUrl: ".", paths: { "@lib/*": ["./lib/*"] } }),
      "tsconfig.json": config({}, { extends: "./tsconfig.base.json" }),
      "lib/a.ts": 'import { b } from "@lib/b"; export const a: number = b + 1;',
      "lib/b.ts": "export const b: number = 1;",
    },
    cells: [
      { code: 'import { a } from "@lib/a"; import { b } from "lib/b"; [a, b]', result: "[ 2, 1 ]" },
      { code: '(await import("@lib/b")).b', result: "1" },
    ],
  },
  {
    name: "paths alone",
    files: {
      "tsconfig.json": config({
        paths: {
          "~/*": ["./lib/*"],
          settings: ["./lib/view.json"],
          vendor: ["./lib/vendor"],
          old: ["./lib/old.cjs"],
        },
      }),
      "lib/a.ts": "export const a: number = 1;",
      "lib/view.json": '{ "n": 2 }',
      "lib/uses.ts": 'import settings from "settings"; export const n: number = settings.n + 1;',
      "lib/vendor.js": "export const made = 'by hand';",
      "lib/vendor.d.ts": "export declare const made: string;",
      "lib/old.cjs": "exports.old = 4;",
      "lib/old.d.cts": "export declare const old: number;",
    },
    cells: [
      { code: 'import { a } from "~/a"; a', result: "1" },
      { code: 'import { a as again } from "~/a"; let once = again; once', result: "1" },
      {
        code: 'import settings from "settings"; import view from "~/view.json"; [settings.n, view.n]',
        result: "[ 2, 2 ]",
      },
      { code: '[(await import("settings")).default.n, require("settings").n]', result: "[ 2, 2 ]" },
      { code: 'import { n } from "~/uses"; n', result: "3" },
      {
        code: 'import { made } from "vendor"; import { old } from "old"; [made, old]',
        result: "[ 'by hand', 4 ]",
      },
      { code: "declare global { var seen: number } globalThis.seen = 3; seen", result: "3" },
    ],
  },
  {
    name: "decorators of the older kind, with metadata",
    files: {
      "tsconfig.json": config({
        target: "ES2020",
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        strictPropertyInitialization: false,
      }),
      "entity.ts": `export const seen: string[] = [];
        export function Column() { return (target: object, key: string): void => {
          const type = Reflect.get(Reflect.get(target, "types") ?? {}, key) as { name: string } | undefined;
          seen.push(\`\${key}: \${type?.name}\`); } }
        export class Base { @Column() id: number; }`,
    },
    cells: [
      {
        code: `Object.assign(Reflect, { metadata: (_: string, type: unknown) => (target: any, key: string) => {
          target.types = { ...target.types, [key]: type }; } }) === Reflect`,
        result: "true",
      },
      {
        code: `import { Base, Column, seen } from "./entity";
          class User extends Base { @Column() name?: string; @Column() when: Date; }
          [seen, Object.keys(new User())]`,
        result: "[ [ 'id: Number', 'name: String', 'when: Date' ], [] ]",
      },
    ],
  },
  {
    name: "strict and its parts, lib and types",
    files: {
      "tsconfig.json": config({
        strict: false,
        noUncheckedIndexedAccess: true,
        lib: ["ES2020"],
        types: ["own"],
      }),
      "node_modules/@types/own/package.json":
        '{ "name": "@types/own", "version": "1.0.0", "types": "index.d.ts" }',
      "node_modules/@types/own/index.d.ts": "interface Own { kind: 1 }",
    },
    cells: [
      { code: "let n: number = null; function twice(x) { return 2 * x } twice(2)", result: "4" },
      { code: "const own: Own = { kind: 1 }; typeof process.pid", result: "'number'" },
      {
        code: '"a".replaceAll("a", "b")',
        error: {
          ename: "TypeScriptError",
          evalue:
            "TS2550: Property 'replaceAll' does not exist on type '\"a\"'. Do you need to change your target library? Try changing the 'lib' compiler option to 'es2021' or later. at line 1:5",
        },
      },
    ],
  },
  {
    name: "lib with the types of pages",
    files: { "tsconfig.json": config({ lib: ["ES2023", "DOM"] }) },
    cells: [
      { code: "const title = (page: Document): string => page.title; typeof title", result: "'function'" },
      {
        code: "const ask = (): Promise<string> => prompt('?', { password: true }); typeof ask",
        result: "'function'",
      },
      { code: "new WebAssembly.Memory({ initial: 1 }).buffer.byteLength", result: "65536" },
    ],
  },
  {
    name: "what may be written, as a new project's tsconfig has it",
    files: {
      "tsconfig.json": config({
        target: "es2023",
        module: "esnext",
        moduleResolution: "bundler",
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
        noUnusedParameters: true,
        noFallthroughCasesInSwitch: true,
        noUncheckedSideEffectImports: true,
        noImplicitReturns: true,
        allowUnreachableCode: false,
        noEmit: true,
        skipLibCheck: true,
      }),
      "a.ts": "export interface A { n: number } export const one: A = { n: 1 };",
      "b.ts": "export enum B { x }",
    },
    cells: [
      { code: 'import { type A, one } from "./a"; const a: A = one; a', result: "{ n: 1 }" },
      {
        code: 'import { A as Again } from "./a"',
        error: {
          ename: "TypeScriptError",
          evalue:
            "TS1484: 'A' is a type and must be imported using a type-only import when 'verbatimModuleSyntax' is enabled. at line 1:10",
        },
      },
      {
        code: "enum E { x }",
        error: {
          ename: "TypeScriptError",
          evalue: "TS1294: This syntax is not allowed when 'erasableSyntaxOnly' is enabled. at line 1:6",
        },
      },
      {
        code: 'import { B } from "./b"',
        error: {
          ename: "TypeScriptError",
          evalue: "TS1294: This syntax is not allowed when 'erasableSyntaxOnly' is enabled. at b.ts:1:13",
        },
      },
      {
        code: "const first = (x: number, y: number) => x",
        error: {
          ename: "TypeScriptError",
          evalue: "TS6133: 'y' is declared but its value is never read. at line 1:27",
        },
      },
      {
        code: "switch (Number(a.n)) { case 1: a.n; case 2: a.n }",
        error: {
          ename: "TypeScriptError",
          evalue: "TS7029: Fallthrough case in switch. at line 1:24",
        },
      },
      {
        code: 'import "./none"',
        error: {
          ename: "TypeScriptError",
          evalue:
            "TS2882: Cannot find module or type declarations for side-effect import of './none'. at line 1:8",
        },
      },
      {
        code: "function some(n: number) { if (n > 0) return n; }",
        error: {
          ename: "TypeScriptError",
          evalue: "TS7030: Not all code paths return a value. at line 1:10",
        },
      },
      {
        code: "function never() { return 1; never(); }",
        error: { ename: "TypeScriptError", evalue: "TS7027: Unreachable code detected. at line 1:30" },
      },
    ],
  },
  {
    name: "folders that are one, and suffixes",
    files: {
      "tsconfig.json": config({ rootDirs: [".", "made"], moduleSuffixes: [".node", ""] }),
      "made/shape.ts": 'import { here } from "./here"; export const shape: string = here;',
      "here.ts": "export const here: number = 1;",
      "here.node.ts": 'export const here: string = "on Node";',
    },
    cells: [
      {
        code: 'import { shape } from "./shape"; import { here } from "./here"; [shape, here]',
        result: "[ 'on Node', 'on Node' ]",
      },
      { code: '(await import("./shape")).shape', result: "'on Node'" },
    ],
  },
  {
    name: "what cannot hold",
    files: {
      "tsconfig.json": config({
        noUnusedLocals: true,
        customConditions: ["source"],
        preserveSymlinks: true,
        checkJs: false,
      }),
    },
    cells: [
      {
        code: "const later = 1",
        stderr: [
          "noUnusedLocals does not hold in a notebook: what a cell declares is for later cells",
          "customConditions does not hold in a notebook: Node runs with its own conditions",
          "preserveSymlinks does not hold in a notebook: Node goes by real paths",
        ],
      },
      { code: "later", result: "1" },
    ],
  },
  {
    name: "a tsconfig that cannot be read",
    files: { "tsconfig.json": '{ "extends": "./none.json", "compilerOptions": { "strict": "yes" } }' },
    cells: [
      { code: "1", result: "1", stderr: ["none.json", "strict"] },
      { code: "2", result: "2" },
    ],
  },
  {
    name: "JSX, and casts beside it",
    files: {
      ...react,
      "tsconfig.json": config({ jsx: "preserve" }),
      "view.tsx": "export const View = (props: { id: string }) => <p id={props.id}>view</p>;",
    },
    cells: [
      {
        code: "const n = <number>(<unknown>1); const f = <T>(x: T) => x; f(n)",
        result: "1",
        stderr: ['jsx "preserve" does not hold in a notebook'],
      },
      {
        code: 'const el = <p id="a">text {n}</p>; [el.type, el.props]',
        result: "[ 'p', { id: 'a', children: [ 'text ', 1 ] } ]",
      },
      { code: 'import { View } from "./view"; (<><View id="b" /><br /></>).type', result: "'fragment'" },
      { code: 'View({ id: "c" }).props', result: "{ id: 'c', children: 'view' }" },
      {
        code: "<p id={1} />",
        error: {
          ename: "TypeScriptError",
          evalue: "TS2322: Type 'number' is not assignable to type 'string'. at line 1:4",
        },
      },
      {
        code: "<p>never closed",
        error: { ename: "TypeScriptError", evalue: "TS1005: ';' expected. at line 1:10" },
      },
      { code: "<number>n + 1", result: "2" },
    ],
  },
  {
    name: "JSX of the older kind, by setting and by pragma",
    files: { ...react, "tsconfig.json": config({ jsx: "react" }) },
    cells: [
      {
        code: 'import * as React from "react"; const p = <p id="a">x</p>; p.props',
        result: "{ id: 'a', children: [ 'x' ] }",
      },
      { code: "(<p>later</p>).props", result: "{ children: [ 'later' ] }" },
      {
        code: `declare global { namespace JSX { interface IntrinsicElements { p: {} } } }
          const h = (tag: unknown, _: unknown, ...rest: unknown[]) => [tag, ...rest]`,
      },
      { code: "/** @jsx h */ <p>own</p>", result: "[ 'p', 'own' ]" },
    ],
  },
  {
    name: "without a tsconfig",
    files: react,
    cells: [{ code: "(<p>plain</p>).props", result: "{ children: 'plain' }" }],
  },
];
