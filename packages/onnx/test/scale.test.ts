import { describe, expect, test } from "vitest";
import { floats, modelBytes, type NodeInit, node, port } from "./build-model.js";
import { fusedFile } from "./fused.js";

const channels = 2;
const ports = {
  input: [port("x", ["n", channels, "h", "w"])],
  output: [port("y", ["n", channels, "h", "w"])],
};
const scale = floats("s", [1, channels, 1, 1], [0.5, -1.5]);
const kernel = floats("w", [channels, channels, 1, 1], [1, 0.25, -0.5, 1]);

/** So many nodes one behind the other. */
function row(count: number, make: (x: string, y: string, i: number) => NodeInit): NodeInit[] {
  return Array.from({ length: count }, (_, i) =>
    make(i === 0 ? "x" : `v${i}`, i === count - 1 ? "y" : `v${i + 1}`, i),
  );
}

describe("large graphs", { timeout: 900_000 }, () => {
  test("5,000 pointwise convolutions in a row are one", () => {
    const nodes = row(5000, (x, y, i) =>
      node("Conv", [x, i % 2 === 0 ? "w" : "v"], y, { kernel_shape: [1n, 1n] }),
    );
    const inverse = floats("v", [channels, channels, 1, 1], [8 / 9, -2 / 9, 4 / 9, 8 / 9]);
    const { types, report } = fusedFile(
      modelBytes({ node: nodes, initializer: [kernel, inverse], ...ports }),
    );
    expect(types).toEqual(["Conv"]);
    expect(report.putBack).toEqual([]);
  });

  test("60 branches in a sum are one convolution", () => {
    const branches = Array.from({ length: 60 }, (_, i) =>
      node("Conv", ["x", "w"], `b${i}`, { kernel_shape: [1n, 1n] }),
    );
    const names = branches.map((_, i) => `b${i}`);
    const bytes = modelBytes({
      node: [...branches, node("Sum", names, "y")],
      initializer: [kernel],
      ...ports,
    });
    expect(fusedFile(bytes).types).toEqual(["Conv"]);
  });

  test("100,000 nodes: convolutions with scales, each before a ReLU", () => {
    const nodes = row(99_999, (x, y, i) => {
      if (i % 3 === 0) return node("Conv", [x, "w"], y, { kernel_shape: [1n, 1n] });
      return i % 3 === 1 ? node("Mul", [x, "s"], y) : node("Relu", [x], y);
    });
    const { report } = fusedFile(modelBytes({ node: nodes, initializer: [kernel, scale], ...ports }));
    expect(report.regions).toHaveLength(33_333);
    expect(report.after).toMatchObject({ nodes: 66_666, convolutions: 33_333 });
  });

  test("100,000 constants in a row need no deep recursion", () => {
    const nodes = row(100_000, (x, y, i) =>
      node(i % 2 === 0 ? "Neg" : "Identity", [i === 0 ? "w" : x], y === "y" ? "k" : y),
    );
    const bytes = modelBytes({
      node: [
        ...nodes,
        node("Conv", ["x", "k"], "a", { kernel_shape: [1n, 1n] }),
        node("Mul", ["a", "s"], "y"),
      ],
      initializer: [kernel, scale],
      ...ports,
    });
    expect(fusedFile(bytes).types).toEqual(["Conv"]);
  });
});
