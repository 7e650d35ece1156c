import type { LanguageGroup } from "./language-cases.js";

/** What must hold in a user's own project; see scratch-project.ts for the files. */
export const projectGroups: readonly LanguageGroup[] = [
  {
    name: "a namespace has what named imports have",
    cells: [
      {
        code: 'import * as all from "computed"; [all.first(), all.second()]',
        result: "[ 'first', 'second' ]",
      },
      {
        code: 'import whole, { second } from "computed"; [whole(), second()]',
        result: "[ 'whole', 'second' ]",
      },
      { code: '(await import("computed")).first()', result: "'first'" },
      { code: '(await import("computed")) === all', result: "true" },
      { code: 'import * as one from "one"; [one.own, one.shared()]', result: "[ 1, 2 ]" },
      { code: 'import * as deep from "computed/deep"; deep.deep', result: "true" },
      { code: 'import info from "computed/package.json"; info.version', result: "'1.0.0'" },
      { code: 'import * as list from "computed/package.json"; list.name', result: "'computed'" },
      {
        code: 'import * as data from "./data.json"; [data.a, data.list]',
        files: { "data.json": '{ "a": { "b": 1 }, "list": [2] }' },
        result: "[ { b: 1 }, [ 2 ] ]",
      },
      {
        code: 'import { taken } from "./takes"; taken',
        files: {
          "takes.ts":
            'import * as c from "computed"; import { second } from "computed"; export const taken = c.first() + second();',
        },
        result: "'firstsecond'",
      },
      {
        code: 'import { first } from "./gives"; first()',
        files: { "gives.ts": 'export { first } from "computed";' },
        result: "'first'",
      },
      { code: 'import * as fs from "node:fs"; typeof fs.readFileSync', result: "'function'" },
    ],
  },
  {
    name: "TypeScript outside node_modules is the user's own, wherever a name leads there",
    cells: [
      {
        code: 'import { Colour, all, twice } from "@work/lib"; [Colour.Green, all, twice(3)]',
        result: "[ 2, [ 'inner', 'dependency', 1 ], 6 ]",
      },
      { code: 'import { four, fail } from "#util"; four', result: "4" },
      { code: 'import * as util from "#src/util"; util.four', result: "4" },
      { code: "fail()", error: { ename: "Error", lines: ["    at In [4]:1:1"] } },
      { code: 'import { count } from "@work/lib/count"; count()', result: "1" },
      { code: 'const name: string = "@work/lib/count"; (await import(name)).count()', result: "2" },
      {
        code: 'import lib = require("@work/lib"); [lib.twice(4), lib === require("@work/lib")]',
        result: "[ 8, true ]",
      },
      { code: 'require("./src/util.ts") === util', result: "true" },
      { code: 'import old from "./src/old.cts"; old', result: "{ base: 'b', b: 1, n: 5 }" },
      { code: 'require("./src/old.cts") === old', result: "true" },
      {
        code: 'import { Level, level } from "./src/new.mts"; [Level[level], require("./src/new.mts").level]',
        result: "[ 'High', 2 ]",
      },
      { code: 'import Both from "./src/both"; Both.level', result: "2" },
      {
        code: 'require("./src/wrong.ts")',
        error: {
          ename: "TypeScriptError",
          evalue: "TS2322: Type 'string' is not assignable to type 'number'. at src/wrong.ts:1:14",
        },
      },
      { code: 'require("./src/waits.ts")', error: { ename: "Error" } },
      { code: '(await import("./src/waits.ts")).waited', result: "1" },
      {
        code: 'const path: string = "./src/regex.ts"; require(path)',
        error: {
          ename: "Error",
          evalue:
            'require: "./src/regex.ts" has to be compiled first, which takes a path that is written out; write await import(...) where it is computed',
        },
      },
      {
        code: 'import { regex } from "./src/regex"',
        error: {
          ename: "TypeScriptError",
          evalue:
            "TS1515: Named capturing groups with the same name must be mutually exclusive to each other. at src/regex.ts:1:33",
        },
      },
      {
        code: 'import { twice as thrice } from "@work/lib"; thrice(2)',
        files: { "../lib/src/index.ts": "export const twice = (n: number): number => 3 * n;" },
        result: "6",
      },
      { code: 'import { twice as edited } from "@work/lib"; edited(2)', result: "6" },
      { code: 'require("@work/lib").twice(2)', result: "6" },
      {
        code: 'require("@work/lib").twice(1)',
        files: { "../lib/src/index.ts": "export const twice = (n: number): string => n + n;" },
        error: { ename: "TypeScriptError" },
      },
    ],
  },
];
