// Makes dist/core.js, the one file that the published package imports: reading 130 small files takes several times as long.
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

await build({
  input: fileURLToPath(new URL("dist/index.js", import.meta.url)),
  external: ["fflate", "ndarray"],
  output: { file: fileURLToPath(new URL("dist/core.js", import.meta.url)), format: "esm" },
});
