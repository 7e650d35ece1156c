import { describe, expect, test } from "vitest";
import { byteForms } from "../../../test/support/byte-forms.js";
import { fuseOnnx, readOnnx, writeOnnx } from "../src/index.js";
import { floats, modelBytes, node, port } from "./build-model.js";

const weights = Array.from({ length: 54 }, (_, i) => Math.sin(i));
const external = {
  ...floats("v", [2, 2, 1, 1], []),
  dataLocation: 1,
  externalData: [
    { key: "location", value: "v.bin" },
    { key: "length", value: "16" },
  ],
};
/** Two convolutions in a row, which fuse into one of both their numbers; those of the second lie in another file. */
const file = modelBytes({
  node: [node("Conv", ["x", "w"], "m", { kernel_shape: [3n, 3n] }), node("Conv", ["m", "v"], "y")],
  initializer: [floats("w", [2, 3, 3, 3], weights), external],
  input: [port("x", [1, 3, 8, 8])],
  output: [port("y", [1, 2, 6, 6])],
});
const outside = new Uint8Array(Float32Array.of(1, 2, -3, 0.5).buffer);

function fused(bytes: Uint8Array | ArrayBuffer, data: Uint8Array): string {
  const { model } = fuseOnnx(readOnnx(bytes, { external: () => data }));
  return Buffer.concat([...writeOnnx(model)]).toString("base64");
}

describe("a model's bytes mean the same, whatever holds them", () => {
  const want = fused(Uint8Array.from(file), outside);

  test("the two convolutions are one", () => {
    const { report } = fuseOnnx(readOnnx(file, { external: () => outside }));
    expect([report.before.convolutions, report.after.convolutions]).toEqual([2, 1]);
  });

  test.each([...byteForms(new Uint8Array()).keys()])("%s", (form) => {
    const bytes = byteForms(file).get(form) as Uint8Array | ArrayBuffer;
    const data = byteForms(outside).get(form) as Uint8Array | ArrayBuffer;
    expect(fused(bytes, data instanceof ArrayBuffer ? outside : data)).toBe(want);
    const model = readOnnx(bytes, { external: () => outside });
    expect(Buffer.concat([...writeOnnx(model)]).equals(file)).toBe(true);
  });
});
