// Makes dist/core.js, the one file that the published package imports: reading some hundred small files takes several times as long.
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { bundle } from "../../scripts/bundle.mjs";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

/** Writes the bundle into a folder. */
export async function bundleCore(dir) {
  await bundle(build, {
    // The check that must come before ndarray is loaded stays a module of its own: all imports of one file come before its code.
    input: { core: dist("index.js"), "code-generation": dist("tensor/code-generation.js") },
    // What tensors are: a program's own copy of it has to be the one that is used here.
    external: ["ndarray"],
    output: { dir, format: "esm", chunkFileNames: "[name].js" },
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundleCore(dist(""));
