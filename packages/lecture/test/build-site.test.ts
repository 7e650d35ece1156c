import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { buildSite } from "../src/site/build-site.js";
import { code, lectureFolder, markdown, notebook, type StoredCell } from "./notebooks.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Builds a site of one lesson and gives its page. */
async function pageOf(...cells: readonly StoredCell[]): Promise<string> {
  const folder = lectureFolder({ "01-a.ipynb": notebook(markdown("# A title\n\nWhat it is."), ...cells) });
  folders.push(folder);
  await buildSite(folder, join(folder, "site"));
  return readFileSync(join(folder, "site", "01-a.html"), "utf8");
}

const stream = (text: string) => ({ output_type: "stream", name: "stdout", text });
const shown = (data: unknown) => ({ output_type: "display_data", data, metadata: {} });

describe("a lesson's page", () => {
  test("escapes what cells print and say", async () => {
    const page = await pageOf(
      code('const tag = "<script>alert(1)</script>";', [
        stream("<img src=x onerror=alert(2)>"),
        shown({ "text/plain": "a < b & c" }),
      ]),
    );
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("a &lt; b &amp; c");
  });

  test("keeps a figure's data inside its script, whatever it holds", async () => {
    const figure = { data: [{ name: "</script><b>" }], layout: {} };
    const page = await pageOf(
      code("1", [shown({ "application/vnd.plotly.v1+json": figure, "text/plain": 'a "plot"' })]),
    );
    const stored = /<script type="application\/json">(.*?)<\/script>/.exec(page)?.[1];
    expect(JSON.parse(stored as string)).toEqual(figure);
    expect(page).toContain('aria-label="a &quot;plot&quot;"');
    expect(page).toContain('src="assets/plotly.min.js"');
  });

  test("loads no plotting library where nothing is plotted", async () => {
    expect(await pageOf(code("1"))).not.toContain("plotly.min.js");
  });

  test("typesets TeX, leads links between notebooks to pages, and leaves dollars in code alone", async () => {
    const page = await pageOf(
      markdown("$\\frac{1}{2}$ and `$a$`, see [two](02-b.ipynb#id) and [far](https://example.org/x.ipynb)."),
    );
    expect(page).toContain("<mfrac>");
    expect(page).toContain("<code>$a$</code>");
    expect(page).toContain('href="02-b.html#id"');
    expect(page).toContain('href="https://example.org/x.ipynb"');
  });

  test("knows a printed table, whose lines a phone must not break, from other lines", async () => {
    const page = await pageOf(
      code("1", [stream("layers    3  1\nbytes   176  8\n")]),
      code("2", [stream("one  gap\nno gap\n")]),
    );
    expect(page).toContain('<pre class="output stdout columns">layers    3  1\n');
    expect(page).toContain('<pre class="output stdout">one  gap\n');
  });

  test("shows an error's traceback without a terminal's colours", async () => {
    const error = { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mE\u001b[0m: <v>"] };
    expect(await pageOf(code("1", [error]))).toContain('<pre class="output error">E: &lt;v></pre>');
  });
});

describe("names in code and the API reference", () => {
  /** A lesson's links in English and in Chinese, beside a reference with these pages. */
  async function linksOf(...sources: readonly string[]): Promise<readonly string[][]> {
    const cells = sources.map((source) => code(source));
    const folder = lectureFolder({ "01-a.ipynb": notebook(markdown("# A\n\nx"), ...cells) });
    folders.push(folder);
    const api = join(folder, "api");
    mkdirSync(join(api, "assets"), { recursive: true });
    const pages = { add: "functions/add.html", Conv2d: "classes/Conv2d.html", Tensor: "types/Tensor.html" };
    writeFileSync(join(api, "names.json"), JSON.stringify({ "@convfuse/core": pages }));
    writeFileSync(join(api, "index.html"), "reference");
    writeFileSync(join(api, "assets/custom.css"), "p {}");
    await buildSite(folder, join(folder, "site"), api);
    expect(readFileSync(join(folder, "site/api/index.html"), "utf8")).toBe("reference");
    // In the site's letters.
    const sheet = readFileSync(join(folder, "site/api/assets/custom.css"), "utf8");
    const [, fonts = ""] = /^@import "([^"]+)";\np \{\}$/.exec(sheet) ?? [];
    expect(existsSync(join(folder, "site/api/assets", fonts))).toBe(true);
    // The packages on the index.
    for (const [file, href] of [
      ["index.html", "api/modules/_convfuse_core.html"],
      ["zh-CN/index.html", "../api/modules/_convfuse_core.html"],
    ] as const)
      expect(readFileSync(join(folder, "site", file), "utf8")).toContain(
        `<a href="${href}"><code>@convfuse/core</code></a>`,
      );
    return ["01-a.html", "zh-CN/01-a.html"].map((name) => {
      const page = readFileSync(join(folder, "site", name), "utf8");
      return [...page.matchAll(/<a [^>]*class="api"[^>]* href="([^"]*)"[^>]*>(.*?)<\/a>/g)].map(
        ([, href, text]) => `${text?.replaceAll(/<[^>]*>/g, "")}: ${href}`,
      );
    });
  }

  test("lead to its pages, once a cell, from every language's pages", async () => {
    const [english, chinese] = await linksOf(
      'import { Conv2d } from "@convfuse/core";\nnew Conv2d(1, 1, 1); new Conv2d(2, 2, 2);',
      'import {\n  add as plus,\n  type Tensor,\n} from "@convfuse/core";\nconst x: Tensor = [plus(a, b)];',
      "const other: Tensor = new Conv2d(1, 1, 1).forward(...plus);",
    );
    expect(english).toEqual([
      "Conv2d: api/classes/Conv2d.html",
      "plus: api/functions/add.html",
      "Tensor: api/types/Tensor.html",
      "Tensor: api/types/Tensor.html",
      "Conv2d: api/classes/Conv2d.html",
      "plus: api/functions/add.html",
    ]);
    expect(chinese).toEqual(english?.map((link) => link.replace(": ", ": ../")));
  });

  test("do not where they are something else: properties, keys, text, comments, names from elsewhere", async () => {
    const other = 'set.add(1); x?.add; const o = { add: 1, Conv2d: 2 }; "add"; `add`; // add\n/* Conv2d */';
    expect(await linksOf('import { add, Conv2d } from "elsewhere";\nadd(Conv2d);')).toEqual([[], []]);
    expect((await linksOf(`${other}\nimport { add as a, Conv2d as C } from "@convfuse/core";`))[0]).toEqual([
      "a: api/functions/add.html",
      "C: api/classes/Conv2d.html",
    ]);
    const [links] = await linksOf('import { add, Conv2d } from "@convfuse/core";', other);
    expect(links).toEqual(["add: api/functions/add.html", "Conv2d: api/classes/Conv2d.html"]);
    expect(
      (
        await linksOf('import { add } from "@convfuse/core";', ["`sum $", "{add(a, b)}`; [...add];"].join(""))
      )[0],
    ).toHaveLength(2);
  });
});

test("JupyterLite becomes part of the site, and the index leads to it in every language; without it nothing does", async () => {
  const folder = lectureFolder({ "01-a.ipynb": notebook(markdown("# A\n\nx")) });
  folders.push(folder);
  const site = join(folder, "site");
  const lite = join(folder, "lite");
  const linked = () =>
    ["index.html", "zh-CN/index.html"].map(
      (name) => /href="([^"]*lite[^"]*)"/.exec(readFileSync(join(site, name), "utf8"))?.[1],
    );
  await buildSite(folder, site, "", lite);
  expect(linked()).toEqual([undefined, undefined]);
  mkdirSync(join(lite, "lab"), { recursive: true });
  writeFileSync(join(lite, "lab/index.html"), "lab");
  await buildSite(folder, site, "", lite);
  expect(linked()).toEqual(["lite/lab/index.html", "../lite/lab/index.html"]);
  expect(readFileSync(join(site, "lite/lab/index.html"), "utf8")).toBe("lab");
});

test("TeX that is wrong stops the build, and the old site stays", async () => {
  const folder = lectureFolder({ "01-a.ipynb": notebook(markdown("# A\n\nx")) });
  folders.push(folder);
  const site = join(folder, "site");
  await buildSite(folder, site);
  const before = readFileSync(join(site, "01-a.html"), "utf8");
  const broken = lectureFolder({ "01-a.ipynb": notebook(markdown("$\\frac{1}$")) });
  folders.push(broken);
  await expect(buildSite(broken, site)).rejects.toThrow(/KaTeX/);
  expect(readFileSync(join(site, "01-a.html"), "utf8")).toBe(before);
  expect(existsSync(join(site, "assets", "site.css"))).toBe(true);
});
