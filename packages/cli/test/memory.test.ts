import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelBytes, type NodeInit, node, port, type TensorInit } from "../../onnx/test/build-model.js";
import { bin } from "./command.js";

const channels = 320;
const blocks = 24;
const factors = ["scale", "shift", "mean", "variance"];

/** Weights of a network, of which the large ones may lie in another file. */
class Weights {
  readonly tensors: TensorInit[] = [];
  readonly outside: Buffer[] = [];
  readonly #isOutside: boolean;
  #offset = 0;
  #state = 1;

  constructor(isOutside: boolean) {
    this.#isOutside = isOutside;
  }

  add(name: string, shape: readonly number[]): string {
    const size = shape.reduce((product, length) => product * length, 1);
    const bytes = Buffer.from(Float32Array.from({ length: size }, () => this.#next()).buffer);
    const tensor: TensorInit = { name, dims: shape.map(BigInt), dataType: 1 };
    if (!this.#isOutside || size <= channels) this.tensors.push({ ...tensor, rawData: bytes });
    else {
      const place = { location: "outside.data", offset: `${this.#offset}`, length: `${bytes.length}` };
      const externalData = Object.entries(place).map(([key, value]) => ({ key, value }));
      this.tensors.push({ ...tensor, dataLocation: 1, externalData });
      this.outside.push(bytes);
      this.#offset += bytes.length;
    }
    return name;
  }

  /** In the model: of 1 to 2, all that a float16 has there. */
  addHalves(name: string, shape: readonly number[]): void {
    const size = shape.reduce((product, length) => product * length, 1);
    const bits = Uint16Array.from({ length: size }, () => 0x3c00 + Math.floor(1024 * this.#next()));
    this.tensors.push({ name, dims: shape.map(BigInt), dataType: 10, rawData: Buffer.from(bits.buffer) });
  }

  /** Uniform in [0, 1), by a linear congruential generator. */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

/** RepVGG's blocks: a 3x3, a 1x1, and what comes in with a norm, added. */
function network(weights: Weights): Uint8Array {
  const nodes: NodeInit[] = [];
  for (let i = 0; i < blocks; i++) {
    const x = i === 0 ? "x" : `v${i}`;
    const dense = weights.add(`w${i}`, [channels, channels, 3, 3]);
    const point = weights.add(`p${i}`, [channels, channels, 1, 1]);
    const norm = factors.map((factor) => weights.add(`${factor}${i}`, [channels]));
    nodes.push(
      node("Conv", [x, dense], `a${i}`, { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
      node("Conv", [x, point], `b${i}`, { kernel_shape: [1n, 1n] }),
      node("BatchNormalization", [x, ...norm], `c${i}`),
      node("Add", [`a${i}`, `b${i}`], `d${i}`),
      node("Add", [`d${i}`, `c${i}`], `e${i}`),
      node("Relu", [`e${i}`], i === blocks - 1 ? "y" : `v${i + 1}`),
    );
  }
  const image = ["n", channels, "h", "w"];
  const ports = { input: [port("x", image)], output: [port("y", image)] };
  return modelBytes({ node: nodes, initializer: weights.tensors, ...ports });
}

/** A convolution and a norm behind it, which is all that there is. */
function oneConvolution(weights: Weights): Uint8Array {
  const many = 1676;
  const weight = weights.add("w", [many, many, 3, 3]);
  const norm = factors.map((factor) => weights.add(factor, [many]));
  const nodes = [
    node("Conv", ["x", weight], "a", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
    node("BatchNormalization", ["a", ...norm], "y"),
  ];
  const image = ["n", many, "h", "w"];
  const ports = { input: [port("x", image)], output: [port("y", image)] };
  return modelBytes({ node: nodes, initializer: weights.tensors, ...ports });
}

/** The same of a transposed convolution, whose weight the file holds by the channels that it reads. */
function oneTransposed(weights: Weights): Uint8Array {
  const many = 1676;
  const weight = weights.add("w", [many, many, 3, 3]);
  const norm = factors.map((factor) => weights.add(factor, [many]));
  const nodes = [
    node("ConvTranspose", ["x", weight], "a", { strides: [2n, 2n] }),
    node("BatchNormalization", ["a", ...norm], "y"),
  ];
  const ports = { input: [port("x", ["n", many, "h", "w"])], output: [port("y", ["n", many, "h2", "w2"])] };
  return modelBytes({ node: nodes, initializer: weights.tensors, ...ports });
}

/** A convolution of float16: a number of the file is a quarter of one in float64. */
function oneOfHalves(weights: Weights): Uint8Array {
  const many = 2370;
  for (const [name, shape] of [["w", [many, many, 3, 3]], ...factors.map((name) => [name, [many]])] as const)
    weights.addHalves(name as string, shape as readonly number[]);
  const nodes = [
    node("Conv", ["x", "w"], "a", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
    node("BatchNormalization", ["a", ...factors], "y"),
  ];
  const image = ["n", many, "h", "w"];
  const ports = { input: [port("x", image, 10)], output: [port("y", image, 10)] };
  return modelBytes({ node: nodes, initializer: weights.tensors, ...ports });
}

/** A matrix product and a norm behind it: the file holds the matrix the other way round than a linear map is computed. */
function oneMatrix(weights: Weights): Uint8Array {
  const [inputs, outputs] = [4600, 5500];
  const weight = weights.add("w", [inputs, outputs]);
  const norm = factors.map((factor) => weights.add(factor, [outputs]));
  const nodes = [node("MatMul", ["x", weight], "a"), node("BatchNormalization", ["a", ...norm], "y")];
  const ports = { input: [port("x", ["n", inputs])], output: [port("y", ["n", outputs])] };
  return modelBytes({ node: nodes, initializer: weights.tensors, ...ports });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convfuse-memory-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The most memory that the command had at once, in bytes. */
async function peakOf(args: readonly string[], said: RegExp): Promise<number> {
  const report = new URL("report-memory.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", report, bin, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [status] = (await once(child, "close")) as [number];
  const stderr = Buffer.concat(errors).toString();
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^\d+\n$/) });
  expect(Buffer.concat(out).toString()).toMatch(said);
  return Number(stderr) * 1024;
}

/** What the command takes without a network. */
const idle = (): Promise<number> => peakOf(["--version"], /^\d/);

const merged = /convolutions\s+48\s+24/;

test("a network of 100 MB is fused in less than 1.5 times its size", { timeout: 600_000 }, async () => {
  const path = join(folder, "inside.onnx");
  writeFileSync(path, network(new Weights(false)));
  const { size } = statSync(path);
  expect(size).toBeGreaterThan(90e6);
  expect((await peakOf(["fuse", path], merged)) / size).toBeLessThan(1.5);
});

test("of a network in which there is nothing to fuse no tensor is in memory", {
  timeout: 600_000,
}, async () => {
  const path = join(folder, "inside.fused.onnx");
  const { size } = statSync(path);
  expect(size).toBeGreaterThan(80e6);
  const more =
    (await peakOf(["fuse", path, "-o", `${path}.copy`], /convolutions\s+24\s+24/)) - (await idle());
  expect(more / size).toBeLessThan(0.5);
  expect(readFileSync(`${path}.copy`).equals(readFileSync(path))).toBe(true);
});

test.each([
  ["convolution", oneConvolution],
  ["matrix product", oneMatrix],
  ["transposed convolution", oneTransposed],
  ["convolution of float16", oneOfHalves],
])(
  "a network that is one %s of 100 MB and a norm is fused in less than 2.2 times its size",
  {
    timeout: 600_000,
  },
  async (_, made) => {
    const path = join(folder, "one.onnx");
    writeFileSync(path, made(new Weights(false)));
    const { size } = statSync(path);
    expect(size).toBeGreaterThan(100e6);
    expect((await peakOf(["fuse", path, "--in-place"], /norms\s+1\s+0/)) / size).toBeLessThan(2.2);
  },
);

test("of a network whose tensors lie in another file only a few are in memory", {
  timeout: 600_000,
}, async () => {
  const weights = new Weights(true);
  const path = join(folder, "outside.onnx");
  writeFileSync(path, network(weights));
  writeFileSync(join(folder, "outside.data"), Buffer.concat(weights.outside));
  const { size } = statSync(join(folder, "outside.data"));
  expect(size).toBeGreaterThan(90e6);
  expect(((await peakOf(["fuse", path], merged)) - (await idle())) / size).toBeLessThan(0.9);
});
