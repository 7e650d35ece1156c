#!/usr/bin/env node
import process from "node:process";
import { setFlagsFromString } from "node:v8";

// A command runs for half a second. Its young generation stays as small as it begins: what it would grow by is twice a small network's
// file, and collecting it more often takes no longer. (A factor of 1 cannot be given to Node itself, which takes it for 2.) And only
// what runs four times as often as V8 asks for is compiled well: of the rest compiling takes longer, and more memory, than it saves. Later
// versions compile more: there each function by itself, and old objects are marked at once, since what is made meanwhile would stay.
// V8 says so on stderr where it does not know a flag: later versions are left alone.
const [major] = process.versions.node.split(".").map(Number);
const seldom =
  major < 21
    ? ["--interrupt-budget=528000"]
    : [
        "--invocation-count-for-maglev=1600",
        "--invocation-count-for-turbofan=12000",
        "--no-maglev-inlining",
        "--no-turbo-inlining",
        "--no-incremental-marking",
      ];
if (major <= 26) for (const flag of ["--semi-space-growth-factor=1", ...seldom]) setFlagsFromString(flag);
const { main } = await import("../dist/bundle/main.js");

process.stdout.on("error", ({ code, message }) => {
  // Whoever reads has seen enough (`convfuse inspect model.onnx | head -1`): nothing has failed.
  if (code === "EPIPE") return;
  process.stderr.write(`convfuse: what it says cannot be written: ${message}\n`);
  process.exitCode = 1;
});
// Nobody is there to be told.
process.stderr.on("error", () => {});

const code = await main(process.argv.slice(2));
process.exitCode = process.exitCode || code;
