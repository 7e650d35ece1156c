// Makes dist/core.js, the one file that the published package imports: reading 130 small files takes several times as long.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

await build({
  // The check that must come before ndarray-ops is loaded stays a module of its own: all imports of one file come before its code.
  input: { core: dist("index.js"), "code-generation": dist("tensor/code-generation.js") },
  external: ["fflate", "ndarray", "ndarray-ops"],
  output: { dir: dist(""), format: "esm", chunkFileNames: "[name].js" },
});
