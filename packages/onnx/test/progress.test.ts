import { expect, test } from "vitest";
import { fuseOnnx, readOnnx } from "../src/index.js";
import { floats, modelBytes, node, port } from "./build-model.js";

test("says how far it is, also within a large region", () => {
  const channels = 320;
  const weights = (name: string, ...dims: number[]): ReturnType<typeof floats> => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return floats(
      name,
      dims,
      Array.from({ length: size }, (_, i) => Math.cos(i)),
    );
  };
  const bytes = modelBytes({
    node: [
      node("Conv", ["x", "w"], "a", { kernel_shape: [1n, 1n] }),
      node("Mul", ["a", "s"], "b"),
      node("Relu", ["b"], "c"),
      node("Conv", ["c", "w"], "d", { kernel_shape: [1n, 1n] }),
      node("Mul", ["d", "s"], "y"),
    ],
    initializer: [weights("w", channels, channels, 1, 1), weights("s", channels, 1, 1)],
    input: [port("x", ["n", channels, "h", "w"])],
    output: [port("y", ["n", channels, "h", "w"])],
  });
  const steps: (readonly [number, number])[] = [];
  fuseOnnx(readOnnx(bytes), { onProgress: (done, regions) => steps.push([done, regions]) });
  const done = steps.map(([step]) => step);
  expect(new Set(steps.map(([, regions]) => regions))).toEqual(new Set([2]));
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(done.filter(Number.isInteger)).toEqual([0, 1]);
  for (const region of [0, 1])
    expect(done.filter((step) => step > region && step < region + 1).length).toBeGreaterThan(2);
});
