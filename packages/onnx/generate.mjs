// Makes code from ONNX's own schema, schema/onnx.proto (as the Python package `onnx` ships it), after that was replaced by a newer one:
// `node packages/onnx/generate.mjs`. src/schema/onnx.ts encodes what is written anew, and is no more than that: whoever loads it waits
// for it. test/schema/onnx_pb.ts describes every message, encodes and decodes it, by which tests hold the other.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const tools = ["@bufbuild/buf@1.75.0", "@bufbuild/protoc-gen-es@2.17.0", "ts-proto@2.18.0"].flatMap(
  (tool) => ["--package", tool],
);
const encoders = [
  "outputEncodeMethods=encode-no-creation",
  "outputJsonMethods=false",
  "outputPartialMethods=false",
  "exportCommonSymbols=false",
  "comments=false",
  "importSuffix=.js",
  // Each field is written that is given, also one that is zero or empty.
  "noDefaultsForOptionals=true",
  "useOptionals=all",
  "useReadonlyTypes=true",
  "oneof=unions-value",
  "forceLong=bigint",
  "enumsAsLiterals=true",
  "unrecognizedEnum=false",
];
const plugins = [
  { local: "protoc-gen-ts_proto", out: "src/schema", opt: encoders },
  { local: "protoc-gen-es", out: "test/schema", opt: ["target=ts", "import_extension=js"] },
];
const template = JSON.stringify({ version: "v2", plugins });
execFileSync("npx", ["--yes", ...tools, "buf", "generate", "schema", "--template", template], {
  cwd: here,
  stdio: "inherit",
  shell: process.platform === "win32",
});
