// Makes dist/core.js, the one file that the published package imports: reading some hundred small files takes several times as long.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { bundle } from "../../scripts/bundle.mjs";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

await bundle(build, {
  // The check that must come before ndarray is loaded stays a module of its own: all imports of one file come before its code.
  input: { core: dist("index.js"), "code-generation": dist("tensor/code-generation.js") },
  // What tensors are: a program's own copy of it has to be the one that is used here.
  external: ["ndarray"],
  output: { dir: dist(""), format: "esm", chunkFileNames: "[name].js" },
});
