import {
  adaptiveAvgPool2d,
  add,
  Conv2d,
  cat,
  compile,
  conv1d,
  conv2d,
  conv3d,
  convTranspose2d,
  copy,
  EngineError,
  fuse,
  getEngine,
  linear,
  ones,
  pad,
  rand,
  randn,
  relu,
  ShapeError,
  Sum,
  setEngine,
  type Tensor,
  zeros,
} from "@convfuse/core";
import ndarray from "ndarray";
import { expect, test } from "vitest";
import { testRefusals } from "../../../../test/support/refusals.js";

/** One value in a huge number of places. */
function repeated(shape: readonly number[]): Tensor {
  return ndarray(
    new Float32Array(1),
    [...shape],
    shape.map(() => 0),
  );
}

const x = ones([1, 2, 8, 9]);
const weight = ones([3, 2, 3, 3]);
const lack = "there is not enough memory; got bytes";

testRefusals([
  [() => zeros([1e6, 1e6]), EngineError, `zeros: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => ones([1e6, 1e6]), EngineError, `ones: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => randn([1e6, 1e6]), EngineError, `randn: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => rand([1e6, 1e6]), EngineError, `rand: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => copy(repeated([1e6, 1e6])), EngineError, `copy: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => relu(repeated([1e6, 1e6])), EngineError, `relu: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [() => add(repeated([1e6, 1e6]), 1), EngineError, `add: ${lack}=4000000000000, shape=[1000000,1000000]`],
  [
    () => cat([repeated([1e6, 1e6]), repeated([1e6, 1e6])]),
    EngineError,
    `cat: ${lack}=8000000000000, shape=[2000000,1000000], shapes=[[1000000,1000000],[1000000,1000000]]`,
  ],
  [
    () => conv2d(x, weight, undefined, { padding: 1e7 }),
    EngineError,
    `conv2d: ${lack}=4800003120000504, shape=[1,3,20000006,20000007], x.shape=[1,2,8,9], weight.shape=[3,2,3,3]`,
  ],
  [
    () => new Conv2d(2, 3, 3, { padding: 1e7 }).forward(ones([2, 8, 9])),
    EngineError,
    `conv2d: ${lack}=4800003120000504, shape=[1,3,20000006,20000007], x.shape=[2,8,9], weight.shape=[3,2,3,3]`,
  ],
  [
    () => conv2d(x, weight, undefined, { padding: 1e9, paddingMode: "replicate" }),
    EngineError,
    `conv2d: ${lack}=32000000272000000000, size=[8,9], padded=[2000000008,2000000009]`,
  ],
  [
    () => conv1d(ones([2, 8]), ones([1, 2, 3]), undefined, { padding: 1e12 }),
    EngineError,
    `conv1d: ${lack}=8000000000024, shape=[1,1,2000000000006], x.shape=[2,8], weight.shape=[1,2,3]`,
  ],
  [
    () => conv3d(ones([1, 4, 5, 6]), ones([1, 1, 1, 1, 1]), undefined, { padding: 1e5 }),
    EngineError,
    `conv3d: ${lack}=32002400059200480, shape=[1,1,200004,200005,200006], x.shape=[1,4,5,6], weight.shape=[1,1,1,1,1]`,
  ],
  [
    () => convTranspose2d(x, ones([2, 1, 3, 3]), undefined, { stride: 1e7 }),
    EngineError,
    `convTranspose2d: ${lack}=22400001800000036, shape=[1,1,70000003,80000003], x.shape=[1,2,8,9], weight.shape=[2,1,3,3]`,
  ],
  [
    () => pad(x, [1e12, 0]),
    EngineError,
    `pad: ${lack}=64000000000576, shape=[1,2,8,1000000000009], x.shape=[1,2,8,9], amounts=[1000000000000,0]`,
  ],
  [
    () => adaptiveAvgPool2d(x, 1e7),
    EngineError,
    `adaptiveAvgPool2d: ${lack}=800000000000000, shape=[1,2,10000000,10000000], x.shape=[1,2,8,9]`,
  ],
  [
    () => linear(repeated([1e12, 1]), ones([2, 1])),
    EngineError,
    `linear: ${lack}=8000000000000, shape=[1000000000000,2], x.shape=[1000000000000,1], weight.shape=[2,1]`,
  ],
  [
    () => new Conv2d(1e6, 1e6, 3),
    EngineError,
    `uniform: ${lack}=36000000000000, shape=[1000000,1000000,3,3]`,
  ],
]);

test("an engine's memory that does not suffice is told by the operation, before anything is prepared", async () => {
  const before = getEngine();
  await setEngine("wasm");
  const wide = (op: string, shapes: string) =>
    new RegExp(`^${op}: there is not enough memory; got bytes=\\d{11}, taken=\\d+, ${shapes}$`);
  const [input, given] = [ones([1, 1, 8, 9]), ones([1, 1, 3, 3])];
  expect(() => conv2d(input, given, undefined, { padding: 1e4 })).toThrow(
    wide("conv2d", String.raw`shape=\[1,1,20006,20007\], x.shape=\[1,1,8,9\], weight.shape=\[1,1,3,3\]`),
  );
  expect(() => compile(new Conv2d(1, 1, 3, { padding: 1e4 }), { inputShape: [1, 1, 8, 9] })).toThrow(
    wide("compile", String.raw`inputShape=\[1,1,8,9\]`),
  );
  await setEngine(before);
});

test("a merged kernel of too many taps is no bare RangeError", () => {
  const apart = new Conv2d(1, 1, 3, { dilation: 1e7, padding: 1e7 });
  const near = new Conv2d(1, 1, 3, { padding: 1 });
  let thrown: unknown;
  try {
    fuse(new Sum([apart, near]));
  } catch (error) {
    thrown = error;
  }
  expect(thrown === undefined || thrown instanceof EngineError).toBe(true);
});

test("compile quotes the shape that it was given, whatever its probe's batch", () => {
  expect(() => compile(new Conv2d(4, 1, 3), { inputShape: [2, 5, 8, 8] })).toThrow(
    new ShapeError("conv2d", "x has 5 channels but weight expects 4", {
      "x.shape": [2, 5, 8, 8],
      "weight.shape": [1, 4, 3, 3],
    }),
  );
});
