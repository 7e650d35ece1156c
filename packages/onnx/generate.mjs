// Makes test/schema/onnx_pb.ts from ONNX's own schema, schema/onnx.proto (as the Python package `onnx` ships it):
// `node packages/onnx/generate.mjs`, after the schema was replaced by a newer one.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const tools = ["@bufbuild/buf@1.75.0", "@bufbuild/protoc-gen-es@2.17.0"].flatMap((tool) => [
  "--package",
  tool,
]);
const plugin = { local: "protoc-gen-es", out: "test/schema", opt: ["target=ts", "import_extension=js"] };
const template = JSON.stringify({ version: "v2", plugins: [plugin] });
execFileSync("npx", ["--yes", ...tools, "buf", "generate", "schema", "--template", template], {
  cwd: here,
  stdio: "inherit",
  shell: process.platform === "win32",
});
