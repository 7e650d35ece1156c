// Prints how many bytes this package and core take in a browser: one minified file, gzipped. After `npm run build`.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";

const { output } = await build({
  input: fileURLToPath(new URL("dist/index.js", import.meta.url)),
  platform: "browser",
  write: false,
  output: { format: "esm", minify: true, codeSplitting: false },
});
console.log(gzipSync(output[0].code).length);
