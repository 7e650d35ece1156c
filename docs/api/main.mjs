// `npm run api`: writes the API reference to .cache/api, from where `npm run lecture` takes it into the site. Where nothing that it is made of
// has changed since, nothing is done.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".cache/api");
const key = join(folder, "made-of.sha256");

/** The files whose text the reference is made of: sources, descriptions, this program, and the versions of what it runs. */
function* ingredients() {
  for (const name of ["core", "figures", "kernel", "onnx"]) {
    yield `packages/${name}/package.json`;
    const sources = readdirSync(join(root, `packages/${name}/src`), { recursive: true, encoding: "utf8" });
    for (const file of sources.sort()) if (file.endsWith(".ts")) yield `packages/${name}/src/${file}`;
  }
  yield* [
    "docs/api/index.md",
    "docs/api/main.mjs",
    "docs/api/reference.mjs",
    "docs/api/style.css",
    "docs/api/tsconfig.json",
    "tsconfig.base.json",
  ];
  yield "pnpm-lock.yaml";
}

const hash = createHash("sha256");
for (const file of ingredients()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
const now = hash.digest("hex");

if (existsSync(key) && readFileSync(key, "utf8") === now) {
  console.log("The API reference is as the sources are");
} else {
  const start = performance.now();
  // TypeDoc takes a second to load, which is for nothing where the reference is there.
  const { writeReference } = await import("./reference.mjs");
  const pages = await writeReference(folder);
  writeFileSync(key, now);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`Wrote the API reference, ${pages} pages, in ${seconds} s: .cache/api/index.html`);
}
