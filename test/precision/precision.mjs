// How far each engine's convolutions are from float64, beside PyTorch's: `npm run precision`, `-- --seed 2` for other numbers.
// Prints the largest errors of layers that every engine option treats differently, and how many sums of whole numbers are not whole.
import { parseArgs } from "node:util";
import { conv2d, manualSeed, randint, randn } from "@convfuse/core";
import { pythonOf } from "../../scripts/venv.mjs";
import { Peer } from "../parity/peer.mjs";
import { engines as all } from "../support/engines.mjs";

const { values: options } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const seed = Number(options.seed);
if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number; got ${options.seed}`);

/** In pixels, both ways. */
const size = 28;

/** @typedef {{ name: string, channels: number, kernel: number, stride: number }} Layer */

/** @type {readonly Layer[]} */
const layers = [
  ...[8, 16, 64, 256].map((channels) => ({
    name: `3x3, ${channels} channels`,
    channels,
    kernel: 3,
    stride: 1,
  })),
  { name: "3x3, stride 2, 64 channels", channels: 64, kernel: 3, stride: 2 },
  { name: "1x1, 64 channels", channels: 64, kernel: 1, stride: 1 },
];

/** The results do not depend on the number of threads. */
const engines = all.filter(({ label }) => !label.includes("threads"));
const python = pythonOf("torch");
const peer = python === null ? undefined : new Peer(python);
const theirs = "PyTorch";
const sides = [...(peer ? [theirs] : []), ...engines.map(({ label }) => label)];
/** Per side, over all layers: the largest error in units of 2^-24 sum |x| |w|. */
const bounds = new Map(sides.map((side) => [side, 0]));

console.log(`largest errors against float64, images of ${size}x${size}, normal numbers, seed ${seed}`);
console.log(row(["", ...sides]));
for (const layer of layers) {
  const { x, weight } = drawn(layer, randn);
  const { exact, magnitude } = defined(layer, x, weight);
  const results = await computed(layer, x, weight);
  const errors = sides.map((side) => largestError(results.get(side), exact));
  sides.forEach((side, i) => {
    bounds.set(side, Math.max(bounds.get(side), errors[i].ofMagnitude(magnitude)));
  });
  const own = peer ? errors[0].largest : undefined;
  console.log(row([layer.name, ...errors.map(({ largest }) => shown(largest, own))]));
}
console.log(row(["in 2^-24 sum |x| |w|", ...sides.map((side) => bounds.get(side).toPrecision(2))]));

console.log(`\nsums of products of whole numbers from -8 to 8 that are not whole, of ${64 * size * size}`);
const wholes = { name: "3x3, 64 channels", channels: 64, kernel: 3, stride: 1 };
const { x, weight } = drawn(wholes, (shape) => randint(-8, 9, shape));
const results = await computed(wholes, x, weight);
const fractions = sides.map((side) => results.get(side).filter((value) => !Number.isInteger(value)).length);
console.log(row(["", ...sides]));
console.log(row([wholes.name, ...fractions.map(String)]));
peer?.close();

/** @param {Layer} layer @param {(shape: number[]) => import("@convfuse/core").Tensor} draw */
function drawn({ channels, kernel }, draw) {
  manualSeed(seed);
  return { x: draw([1, channels, size, size]), weight: draw([channels, channels, kernel, kernel]) };
}

/** What each side gives, by its name. */
async function computed({ kernel, stride }, x, weight) {
  const convOptions = { padding: (kernel - 1) / 2, stride };
  const found = new Map();
  if (peer) {
    const spec = {
      op: "conv2d",
      shapes: [x.shape, weight.shape],
      options: convOptions,
      layer: false,
      rounded: true,
    };
    const { results, values } = await peer.run([spec], [x.data, weight.data]);
    found.set(
      theirs,
      values.subarray(
        0,
        results[0].shape.reduce((a, b) => a * b, 1),
      ),
    );
  }
  for (const { label, use } of engines) {
    await use();
    found.set(label, conv2d(x, weight, undefined, convOptions).data);
  }
  return found;
}

/** The definition, in float64: the sums, and those of absolute values. */
function defined({ channels, kernel, stride }, x, weight) {
  const pad = (kernel - 1) / 2;
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const exact = new Float64Array(channels * out * out);
  const magnitude = new Float64Array(exact.length);
  for (let o = 0; o < channels; o++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < kernel; i++) {
        for (let j = 0; j < kernel; j++) {
          const w = weight.data[((o * channels + c) * kernel + i) * kernel + j];
          for (let row = 0; row < out; row++) {
            const y = row * stride + i - pad;
            if (y < 0 || y >= size) continue;
            for (let column = 0; column < out; column++) {
              const at = column * stride + j - pad;
              if (at < 0 || at >= size) continue;
              const product = w * x.data[(c * size + y) * size + at];
              exact[(o * out + row) * out + column] += product;
              magnitude[(o * out + row) * out + column] += Math.abs(product);
            }
          }
        }
      }
    }
  }
  return { exact, magnitude };
}

function largestError(values, exact) {
  const errors = exact.map((value, i) => Math.abs(values[i] - value));
  return {
    largest: errors.reduce((a, b) => Math.max(a, b), 0),
    ofMagnitude: (magnitude) =>
      errors.reduce((most, error, i) => Math.max(most, error / (2 ** -24 * magnitude[i])), 0),
  };
}

function shown(largest, own) {
  const ratio = own === undefined || own === largest ? "" : ` (${(largest / own).toPrecision(2)} x)`;
  return `${largest.toExponential(1)}${ratio}`;
}

function row(cells) {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(28) : cell.padStart(24)))
    .join("")
    .trimEnd();
}
