// Takes the branches out of a trained network's ONNX file: node onnx.js model.onnx fused.onnx
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { fuseOnnx, readOnnx, writeOnnx } from "@convfuse/onnx";

const [input, output] = argv.slice(2);
if (input === undefined || output === undefined) {
  console.error("usage: node onnx.js model.onnx fused.onnx");
  exit(2);
}

const { model, report } = fuseOnnx(readOnnx(readFileSync(input)));
console.log(String(report));

// Under another name until it is whole, so that nobody reads half a file.
writeFileSync(`${output}.part`, Buffer.concat([...writeOnnx(model)]));
renameSync(`${output}.part`, output);
