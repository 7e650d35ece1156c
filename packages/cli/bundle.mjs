// Makes dist/bundle: this package's code, core's and onnx's in a few files, since opening some hundred small ones takes longer than fusing
// a network does.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

await build({
  input: { main: dist("main.js") },
  platform: "node",
  external: (id) => /^[^./]/.test(id) && !/^(@convfuse\/|[a-zA-Z]:\\)/.test(id),
  output: { dir: dist("bundle"), format: "esm", cleanDir: true },
});
