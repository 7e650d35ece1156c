// Makes dist/bundle: this package's code and all that it imports in one file, since opening some hundred small ones takes longer than
// fusing a network does.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { bundle } from "../../scripts/bundle.mjs";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

await bundle(build, {
  input: { main: dist("main.js") },
  platform: "node",
  external: ["onnxruntime-node"],
  output: { dir: dist("bundle"), format: "esm", cleanDir: true },
});
