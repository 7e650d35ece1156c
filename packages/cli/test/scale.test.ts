import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx } from "@convfuse/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  floats,
  type GraphInit,
  modelBytes,
  type NodeInit,
  node,
  port,
} from "../../onnx/test/build-model.js";
import { bin } from "./command.js";

const channels = 2;
const ports = {
  input: [port("x", ["n", channels, "h", "w"])],
  output: [port("y", ["n", channels, "h", "w"])],
};
const pointwise = { kernel_shape: [1n, 1n] };
const tensors = [
  floats("w", [channels, channels, 1, 1], [1, 0.25, -0.5, 1]),
  floats("v", [channels, channels, 1, 1], [8 / 9, -2 / 9, 4 / 9, 8 / 9]),
  floats("s", [1, channels, 1, 1], [0.5, -1.5]),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convfuse-scale-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** So many nodes one behind the other. */
function row(count: number, make: (x: string, y: string, i: number) => NodeInit): NodeInit[] {
  return Array.from({ length: count }, (_, i) =>
    make(i === 0 ? "x" : `v${i}`, i === count - 1 ? "y" : `v${i + 1}`, i),
  );
}

/** Fuses with the command, on a stack of a quarter of its usual size; gives the counts that its report has, before and after. */
async function counts(
  graph: GraphInit,
): Promise<readonly (readonly [nodes: number, convolutions: number])[]> {
  const [path, out, json] = ["in.onnx", "out.onnx", "report.json"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(path, modelBytes({ initializer: tensors, ...ports, ...graph }));
  const args = ["--stack-size=246", bin, "fuse", path, "-o", out, "--json", json];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [status] = (await once(child, "close")) as [number];
  expect({ status, stderr: Buffer.concat(errors).toString() }).toEqual({ status: 0, stderr: "" });
  const { before, after, putBack } = JSON.parse(readFileSync(json, "utf8"));
  expect(putBack).toEqual([]);
  expect(readOnnx(readFileSync(out)).outputs.map(({ name }) => name)).toEqual(["y"]);
  return [before, after].map(({ nodes, convolutions }) => [nodes, convolutions] as const);
}

test("5,000 convolutions in a row", { timeout: 900_000 }, async () => {
  const nodes = row(5000, (x, y, i) => node("Conv", [x, i % 2 === 0 ? "w" : "v"], y, pointwise));
  expect(await counts({ node: nodes })).toEqual([
    [5000, 5000],
    [1, 1],
  ]);
});

test("60 branches in a sum, each a row of operations", { timeout: 900_000 }, async () => {
  const branches = Array.from({ length: 60 }, (_, b) => [
    node("Conv", ["x", "w"], `a${b}`, pointwise),
    node("Mul", [`a${b}`, "s"], `b${b}`),
    node("Identity", [`b${b}`], `c${b}`),
    node("Conv", [`c${b}`, "v"], `d${b}`, pointwise),
  ]);
  const names = branches.map((_, b) => `d${b}`);
  expect(await counts({ node: [...branches.flat(), node("Sum", names, "y")] })).toEqual([
    [241, 120],
    [1, 1],
  ]);
});

test("60 branches, each a sum of a branch and the sum before", { timeout: 900_000 }, async () => {
  const nodes = Array.from({ length: 60 }, (_, b) => [
    node("Conv", ["x", "w"], `a${b}`, pointwise),
    node("Add", [b === 0 ? "x" : `s${b - 1}`, `a${b}`], b === 59 ? "y" : `s${b}`),
  ]);
  expect(await counts({ node: nodes.flat() })).toEqual([
    [120, 60],
    [1, 1],
  ]);
});

test("100,000 nodes", { timeout: 900_000 }, async () => {
  const nodes = row(99_999, (x, y, i) => {
    if (i % 3 === 0) return node("Conv", [x, "w"], y, pointwise);
    return i % 3 === 1 ? node("Mul", [x, "s"], y) : node("Relu", [x], y);
  });
  expect(await counts({ node: nodes })).toEqual([
    [99_999, 33_333],
    [66_666, 33_333],
  ]);
});

test("a weight behind 20,000 constants in a row, and 20,000 Identity in front of it", {
  timeout: 900_000,
}, async () => {
  const constants = row(20_000, (x, y, i) =>
    node(i % 2 === 0 ? "Neg" : "Identity", [i === 0 ? "w" : `k${x}`], `k${y}`),
  );
  const passed = row(20_000, (x, y) => node("Identity", [x], y === "y" ? "a" : y));
  const nodes = [
    ...constants,
    ...passed,
    node("Conv", ["a", "ky"], "b", pointwise),
    node("Mul", ["b", "s"], "y"),
  ];
  const [before, after] = await counts({ node: nodes });
  expect(before).toEqual([40_002, 1]);
  expect(after?.[1]).toBe(1);
  expect(after?.[0]).toBeLessThanOrEqual(20_001);
});

test("bodies of If in bodies of If, as deep as files may have them", { timeout: 900_000 }, async () => {
  const depth = 30;
  const flag = { name: "on", dims: [], dataType: 9, rawData: Uint8Array.of(1) };
  let inner: NodeInit[] = [node("Conv", ["x", "w"], "c", pointwise), node("Mul", ["c", "s"], "t0")];
  for (let i = 0; i < depth; i++) {
    const branch = (name: string, nodes: NodeInit[]): { graph: GraphInit } => ({
      graph: { node: nodes, output: [port(name, ["n", channels, "h", "w"])] },
    });
    const other = [node("Identity", ["x"], `e${i}`)];
    const bodies = { then_branch: branch(`t${i}`, inner), else_branch: branch(`e${i}`, other) };
    inner = [node("If", ["on"], i === depth - 1 ? "y" : `t${i + 1}`, bodies)];
  }
  const [before, after] = await counts({ node: inner, initializer: [...tensors, flag] });
  expect(before).toEqual([2 * depth + 2, 1]);
  expect(after).toEqual([2 * depth + 1, 1]);
});
