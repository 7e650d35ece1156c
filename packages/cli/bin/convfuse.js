#!/usr/bin/env node
import process from "node:process";
import { main } from "../dist/bundle/main.js";

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
