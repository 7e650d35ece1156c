import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randn, writeNpz, zeros } from "@convfuse/core";
import { InferenceSession } from "onnxruntime-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { modelBytes, node, port } from "../../onnx/test/build-model.js";
import { convfuse, example } from "./command.js";

let folder: string;
let model: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convfuse-messages-"));
  model = join(folder, "model.onnx");
  copyFileSync(example, model);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A network that gives what it gets, of some type (a number of `TensorProto.DataType`). */
function passesOn(type: number): string {
  const path = join(folder, "passes.onnx");
  const graph = {
    node: [node("Identity", ["x"], "y")],
    input: [port("x", ["n", 3], type)],
    output: [port("y", ["n", 3], type)],
  };
  writeFileSync(path, modelBytes(graph, { opset: 17 }));
  return path;
}

describe("what is no ONNX file", () => {
  test.each([
    ["a text", "Notes on the network.\n\tConv, then ReLU: naïve.\r\n", "a text, and no ONNX file"],
    [
      "a page of HTML",
      '\n<!DOCTYPE html>\n<html lang="en"><title>Sign in</title>',
      "a page of HTML, and no ONNX file: what was loaded may be a site's page about the file",
    ],
    [
      "onnxruntime's own format",
      " \0\0\0ORTM\0\0\0\0",
      "onnxruntime's own format, and no ONNX file: give the ONNX file that it was made of",
    ],
    ["TensorFlow Lite", "\x1c\0\0\0TFL3\x14\0", "a model of TensorFlow Lite, and no ONNX file"],
    [
      "HDF5",
      "\x89HDF\r\n\x1a\n",
      "an HDF5 file, as Keras writes them, and no ONNX file: the network has to be exported",
    ],
    ["a ZIP archive", "PK\x03\x04\x14\0", "a ZIP archive, as .pth and .npz files are, and no ONNX file"],
    ["gzip", "\x1f\x8b\x08\0", "a file packed by gzip: unpack it first"],
    [
      "safetensors",
      '\x40\0\0\0\0\0\0\0{"weight":{"dtype":"F32"',
      "a file of safetensors, which holds tensors and no network",
    ],
  ])("is named: %s", async (_, content, what) => {
    writeFileSync(model, Buffer.from(content, content.includes("naïve") ? "utf8" : "latin1"));
    for (const command of ["fuse", "inspect"]) {
      expect(await convfuse(command, model)).toEqual({
        status: 1,
        stdout: "",
        stderr: `convfuse: ${model}: ${what}\n`,
      });
    }
  });

  test("is called cut off or no model where nothing tells what it is", async () => {
    writeFileSync(model, Buffer.from([0x08, 0x08, 0x3a, 0x7f, 1, 2, 3]));
    const { stderr } = await convfuse("fuse", model);
    expect(stderr).toMatch(
      /^convfuse: [^\n]*model\.onnx: readOnnx: a ModelProto is cut off or no protobuf message/,
    );
  });
});

describe("inputs", () => {
  test("of text cannot be given in any way, and nobody is told of one", async () => {
    const path = passesOn(8);
    const { status, stderr } = await convfuse("verify", path, path);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'convfuse: the input "x" takes string, which this command cannot give\n',
    });
  });

  test("of whole numbers are asked for, of every type", async () => {
    for (const type of [2, 3, 4, 5, 6, 7, 12, 13]) {
      const path = passesOn(type);
      const { stderr } = await convfuse("verify", path, path);
      expect(stderr).toMatch(
        /^convfuse: the input "x" takes u?int\d+, which nothing here can guess: give it in --inputs FILE.npz\n$/,
      );
      const arrays = join(folder, "arrays.npz");
      writeFileSync(arrays, writeNpz(new Map([["x", zeros([2, 3])]])));
      const given = await convfuse("verify", path, path, "--inputs", arrays);
      expect(given.stdout).toMatch(/^x \[2, 3\]\n {2}equal but for rounding: nothing\n[^\n]*\n$/);
    }
  });

  test("that were given are not proposed to be of another size by --shape", async () => {
    const arrays = join(folder, "arrays.npz");
    writeFileSync(arrays, writeNpz(new Map([["image", randn([1, 4, 8, 8])]])));
    const given = await convfuse("verify", model, model, "--inputs", arrays);
    expect(given.stderr).toContain("cannot run it on image [1, 4, 8, 8] (as the arrays of --inputs are): ");
    const drawn = await convfuse("verify", model, model, "--shape", "image=1,4,8,8");
    expect(drawn.stderr).toContain("on image [1, 4, 8, 8] (--shape NAME=1,3,224,224 says another size): ");
  });
});

test("verify runs files of onnxruntime's own format, and says what it cannot tell of them", async () => {
  const ort = join(folder, "model.ort");
  await InferenceSession.create(model, { optimizedModelFilePath: ort, graphOptimizationLevel: "basic" });
  const { status, stdout, stderr } = await convfuse("verify", ort, model);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: `${ort}: onnxruntime's own format, of which this command cannot tell the weights' type: judged as float32\n`,
  });
  expect(stdout).toContain("image [1, 3, 64, 64]\n  equal but for rounding");
});
