import { expect, test } from "vitest";
import { fuseOnnx, readOnnx, writeOnnx } from "../src/index.js";
import { floats, modelBytes, node, port } from "./build-model.js";

const weights = (name: string, shape: readonly number[]): ReturnType<typeof floats> => {
  const size = shape.reduce((product, length) => product * length, 1);
  return floats(
    name,
    [...shape],
    Array.from({ length: size }, (_, i) => Math.sin(i + shape.length)),
  );
};

/** Branches with strides and groups, a transposed convolution with a scale, and a pooled head with a norm in front. */
const file = (batch: number | string): Uint8Array =>
  modelBytes({
    node: [
      node("Conv", ["x", "w3"], "a", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], strides: [2n, 2n] }),
      node("Conv", ["x", "w1"], "b", { kernel_shape: [1n, 1n], strides: [2n, 2n] }),
      node("Add", ["a", "b"], "c"),
      node("Relu", ["c"], "d"),
      node("ConvTranspose", ["d", "t"], "e", { kernel_shape: [2n, 2n], strides: [2n, 2n], group: 2n }),
      node("Mul", ["e", "s"], "f"),
      node("Relu", ["f"], "g"),
      node("Conv", ["g", "w5"], "kept", { kernel_shape: [2n, 2n] }),
      node("GlobalAveragePool", ["kept"], "h"),
      node("Flatten", ["h"], "i"),
      node("Mul", ["i", "r"], "j"),
      node("Gemm", ["j", "m"], "y"),
    ],
    initializer: [
      weights("w3", [4, 3, 3, 3]),
      weights("w1", [4, 3, 1, 1]),
      weights("t", [4, 3, 2, 2]),
      weights("s", [6, 1, 1]),
      weights("w5", [5, 6, 2, 2]),
      weights("r", [5]),
      weights("m", [5, 7]),
    ],
    input: [port("x", [batch, 3, 9, 12])],
    output: [port("y", [batch, 7])],
  });

test("multiply-adds afterwards are those of the file that is written", () => {
  // [outputs] times [what each adds]: 4x5x6 x 27 + 4x5x6 x 3, then 4x5x6 numbers that are read x 3 x 4, 5x9x11 x 24, 7 x 5.
  const rest = 120 * 12 + 495 * 24 + 35;
  const { model, report } = fuseOnnx(readOnnx(file(1)));
  expect(report.putBack).toEqual([]);
  expect(report.before.multiplyAdds).toBe(120 * 27 + 120 * 3 + rest);
  expect(report.after.multiplyAdds).toBe(120 * 27 + rest);
  const written = readOnnx(new Uint8Array(Buffer.concat([...writeOnnx(model)])));
  expect(fuseOnnx(written).report.before.multiplyAdds).toBe(report.after.multiplyAdds);
  expect(fuseOnnx(readOnnx(file("n"))).report.after.multiplyAdds).toBeUndefined();
  for (const sizes of ["every", "given"] as const) {
    const { before, after } = fuseOnnx(readOnnx(file("n")), {
      sizes,
      inputShapes: { x: [2, 3, 9, 12] },
    }).report;
    expect([before, after].map(({ multiplyAdds }) => multiplyAdds)).toEqual([
      2 * (120 * 30 + rest),
      2 * (120 * 27 + rest),
    ]);
  }
});

test("products of matrices count on tokens and of activations too; what else multiplies is named", () => {
  const attention = [
    node("MatMul", ["x", "wq"], "q"),
    node("Transpose", ["x"], "k", { perm: [0n, 2n, 1n] }),
    node("MatMul", ["q", "k"], "scores"),
  ];
  const file = (nodes: readonly ReturnType<typeof node>[], output: string): Uint8Array =>
    modelBytes({
      node: [...attention, ...nodes],
      initializer: [weights("wq", [4, 4])],
      input: [port("x", [2, 6, 4])],
      output: [port(output)],
    });
  const { before, after } = fuseOnnx(readOnnx(file([], "scores"))).report;
  // [2, 6, 4] times 4 products each, and [2, 6, 6] times 4.
  expect([before.multiplyAdds, after.multiplyAdds]).toEqual([48 * 4 + 72 * 4, 48 * 4 + 72 * 4]);
  expect(before.notCounted).toEqual([]);
  const { report } = fuseOnnx(
    readOnnx(file([node("Einsum", ["scores", "scores"], "y", { equation: "bij,bkj->bik" })], "y")),
  );
  expect(report.before.multiplyAdds).toBe(48 * 4 + 72 * 4);
  expect(report.after.notCounted).toEqual(["Einsum"]);
  expect(String(report)).toContain("multiply-adds of Einsum are not counted");
});
