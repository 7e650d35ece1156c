// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells' own.
import type { LanguageGroup } from "./language-cases.js";

const refused = (evalue: string) => ({ ename: "TypeScriptError", evalue: `SyntaxError: ${evalue}` });

/** Lines for a shell and for the kernel, and what begins as they do and is TypeScript. */
export const magicGroups: readonly LanguageGroup[] = [
  {
    name: "what begins with ! or % and is TypeScript stays TypeScript",
    cells: [
      { code: "const x = true, ls = 1, env = 3, a = 7, b = 4; !x", result: "false" },
      { code: "!ls", result: "false" },
      { code: "a\n% b", result: "3" },
      { code: "a\n%b", result: "3" },
      { code: "a\n%env", result: "1" },
      { code: "let c = 9\nc\n%= 5\nc", result: "4" },
      { code: "a\n!= (b as number)", result: "true" },
      { code: "!process.env.NOWHERE &&\n  !Array.isArray(a)", result: "true" },
      { code: "!function () {\n  return 1\n}()", result: "false" },
      { code: "!/ls/.test('a')", result: "true" },
      { code: "!!a", result: "true" },
      { code: "`\n!echo ${a}\n%cd foo\n%%time\n`", result: "'\\n!echo 7\\n%cd foo\\n%%time\\n'" },
      { code: "/*\n!echo no\n%cd foo\n*/ 1", result: "1" },
      { code: "// before\n1 // !echo", result: "1" },
      { code: "[\n  !a,\n  !b\n]", result: "[ false, false ]" },
      { code: "const f = (n: number) =>\n!n\nf(1)", result: "false" },
      {
        code: "!nothingOfThisName",
        error: {
          ename: "TypeScriptError",
          evalue: "TS2304: Cannot find name 'nothingOfThisName'. at line 1:2",
        },
      },
    ],
  },
  {
    name: "a line that begins with ! is for a shell",
    files: { "run.sh": "echo ran $1\n", "sub/inner.txt": "inner\n" },
    cells: [
      { code: "!echo one; echo two >&2", stdout: "one\n", stderr: ["two\n"] },
      { code: "const y = 1\n!echo 'it''s' | tr i I\ny + 1", stdout: "Its\n", result: "2" },
      { code: "  !sh run.sh 5 \\\n  6", stdout: "ran 5\n" },
      { code: "!ls run.sh *.sh", stdout: "run.sh\nrun.sh\n" },
      { code: "!ls sub/*", stdout: "sub/inner.txt\n" },
      { code: "for (const n of [1, 2]) {\n  !echo again\n}", stdout: "again\nagain\n" },
      { code: "!printf '\\303'; printf '\\251\\n'", stdout: "\u00e9\n" },
      { code: "!exit 3", error: { ename: "CommandError", evalue: "!exit 3: exit code 3" } },
      { code: "!false || true" },
      {
        code: "!cd sub",
        error: refused("!cd changes the folder of that one command only: write %cd sub at line 1:1"),
      },
      { code: "1\n!!ls -l", error: refused("!! is not known: write !ls -l at line 2:1") },
    ],
  },
  {
    name: "%cd and %env",
    files: { "sub/inner.txt": "inner", "sub/deep/a.txt": "", "near.ts": "export const near = 1;" },
    cells: [
      {
        code: 'import { basename } from "node:path"; const here = process.cwd(); globalThis.console.log = () => {}; undefined',
      },
      { code: '%cd "sub"\nbasename(process.cwd())', result: "'sub'" },
      { code: "!cat inner.txt", stdout: "inner" },
      { code: "%cd deep\n%cd -\nbasename(process.cwd())", result: "'sub'" },
      { code: 'import { near } from "./near"; [near, __dirname === here]', result: "[ 1, true ]" },
      { code: "%cd ~\nprocess.cwd() === (await import('node:os')).homedir()", result: "true" },
      { code: "%cd /no/such/folder", error: { ename: "Error" } },
      { code: "%env GREETING = hello world\nprocess.env.GREETING", result: "'hello world'" },
      { code: "%env OTHER x=y\nprocess.env.OTHER", result: "'x=y'" },
      { code: "!echo $GREETING", stdout: "hello world\n" },
      {
        code: "const lines: string[] = []; console.log = (line: string) => { lines.push(line) }; process.env.A_TOKEN = 'abc'; undefined",
      },
      {
        code: "%env GREETING\n%env NOWHERE\nlines.splice(0)",
        result: "[ 'hello world', 'NOWHERE is not set' ]",
      },
      {
        code: "%env\n[lines.includes('OTHER=x=y'), lines.includes('A_TOKEN=<hidden>')]",
        result: "[ true, true ]",
      },
    ],
  },
  {
    name: "cell magics, and what is not known",
    cells: [
      {
        code: "%%html\n<p>!a</p>\n%b ${c} `d`",
        bundle: { "text/html": "<p>!a</p>\n%b ${c} `d`", "text/plain": "<p>!a</p>\n%b ${c} `d`" },
      },
      {
        code: "%%html <i>x</i>",
        error: refused("%%html is for a whole cell: write it in a line of its own at line 1:1"),
      },
      {
        code: "1;\n%%time\n2",
        error: refused("%%time is for a whole cell: write it in the cell's first line at line 2:1"),
      },
      {
        code: "const z = 1\n%%html\n<b>",
        error: refused("%%html is for a whole cell: write it in the cell's first line at line 2:1"),
      },
      {
        code: "%timeit 1 + 1",
        error: refused("%timeit is not known: write %%time in the cell's first line at line 1:1"),
      },
      {
        code: "%pip install numpy",
        error: refused("%pip is not known: write !npm install NAME at line 1:1"),
      },
      { code: "z\n%matplotlib inline", error: { ename: "TypeScriptError" } },
      {
        code: "%anything at all",
        error: refused(
          "%anything is not known: known are %cd DIR, %env, %env NAME, %env NAME=VALUE, !COMMAND, and in a cell's first line %%time and %%html at line 1:1",
        ),
      },
      { code: "%%bash\nls", error: refused("%%bash is not known: begin each line with ! at line 1:1") },
    ],
  },
  {
    name: "values show themselves",
    cells: [
      {
        code: "[{ a: 1 }, { a: '<b>' }]",
        bundle: {
          "text/html":
            "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr><tr><th>1</th><td>&#60;b&#62;</td></tr></tbody></table>",
          "text/plain": "[ { a: 1 }, { a: '<b>' } ]",
        },
      },
      {
        code: "await jupyter.display(new Map([['k', 1]]))",
        display: [
          {
            "text/html":
              "<table><thead><tr><th></th><th>key</th><th>value</th></tr></thead><tbody><tr><th>0</th><td>k</td><td>1</td></tr></tbody></table>",
            "text/plain": "Map(1) { 'k' => 1 }",
          },
        ],
      },
      {
        code: "Buffer.from('GIF89a')",
        bundle: { "image/gif": "R0lGODlh", "text/plain": "[image/gif, 6 bytes]" },
      },
      {
        code: "({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json', mark: 'bar' })",
        bundle: {
          "application/vnd.vegalite.v5+json": {
            $schema: "https://vega.github.io/schema/vega-lite/v5.json",
            mark: "bar",
          },
          "text/plain":
            "{\n  '$schema': 'https://vega.github.io/schema/vega-lite/v5.json',\n  mark: 'bar'\n}",
        },
      },
      { code: "jupyter.md`*a*`", bundle: { "text/markdown": "*a*", "text/plain": "*a*" } },
    ],
  },
  {
    name: "results of earlier cells are _ and Out",
    cells: [
      { code: "20 + 1", result: "21" },
      { code: "_ * 2", result: "42" },
      { code: "[_, __, Out[1]]", result: "[ 42, 21, 21 ]" },
      { code: "const quiet = 1" },
      { code: "_.length + Out[2]", result: "45" },
      { code: "[1, 2].map((_, i) => i)", result: "[ 0, 1 ]" },
      { code: "let _ = 'mine'; 5", result: "5" },
      { code: "_ + Out[7]", result: "'mine5'" },
      { code: "throw new Error('no')", error: { ename: "Error" } },
      { code: "[___ === undefined, __]", result: "[ false, 5 ]" },
    ],
  },
];
