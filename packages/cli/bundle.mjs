// Makes dist/bundle: this package's code and all that it imports in few files, since opening some hundred small ones takes longer than
// fusing a network does. What a command seldom needs is in files of its own, and the rest is minified: reading and compiling it is most of
// what the command takes with a small network.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { bundle } from "../../scripts/bundle.mjs";

const dist = (name) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

/** ndarray-ops compiles a hundred functions as soon as it is loaded; only tensors with strides of their own are copied by it. */
const loopsWhenAsked = {
  name: "loops-when-asked",
  load: {
    filter: { id: /[\\/]core[\\/]dist[\\/]tensor[\\/]loops\.js$/ },
    handler: () => 'export const ops = new Proxy({}, { get: (_, name) => require("ndarray-ops")[name] });',
  },
};

await bundle(build, {
  input: { main: dist("main.js") },
  platform: "node",
  external: ["onnxruntime-node"],
  plugins: [loopsWhenAsked],
  output: { dir: dist("bundle"), format: "esm", minify: true, cleanDir: true },
});
