import { ArgumentError, FormatError } from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { readOnnx, writeOnnx } from "../src/index.js";
import { floats, modelBytes, node, port } from "./build-model.js";

const graph = {
  node: [node("Conv", ["x", "w"], "y", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] })],
  initializer: [floats("w", [2, 3, 3, 3], Array(54).fill(0.5))],
  input: [port("x", ["batch", 3, "height", 224])],
  output: [port("y", ["batch", 2, "height", 224])],
};

describe("readOnnx", () => {
  test("says what the network takes and gives", () => {
    const model = readOnnx(modelBytes(graph, { opset: 17, irVersion: 8n }));
    expect(model.opset).toBe(17);
    expect(model.irVersion).toBe(8);
    expect(model.producer).toBe("a test");
    expect(model.inputs).toEqual([{ name: "x", type: "float", shape: ["batch", 3, "height", 224] }]);
    expect(model.outputs).toEqual([{ name: "y", type: "float", shape: ["batch", 2, "height", 224] }]);
    expect(model.externalFiles).toEqual([]);
    expect(model.elementTypes).toEqual(["float"]);
  });

  test("an initializer that is an input as well is nothing that a caller has to give", () => {
    const bytes = modelBytes(
      { ...graph, input: [...graph.input, port("w", [2, 3, 3, 3])] },
      { irVersion: 3n },
    );
    expect(readOnnx(bytes).inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  test("refuses what is no file's bytes, no model, and options that it does not know", () => {
    expect(() => readOnnx("model.onnx" as unknown as Uint8Array)).toThrow(ArgumentError);
    expect(() => readOnnx(new Uint8Array(0))).toThrow(FormatError);
    expect(() => readOnnx(modelBytes(graph).subarray(0, 100))).toThrow(FormatError);
    expect(() => readOnnx(modelBytes(graph), { extern: () => new Uint8Array() } as object)).toThrow(
      "readOnnx: unknown option extern, did you mean external?",
    );
  });

  test("refuses external data that would lie outside the model's own folder", () => {
    for (const location of ["../w.bin", "/etc/passwd", "a/../../b", "C:\\w", "\\w", ""]) {
      const tensor = {
        ...floats("w", [2, 3, 3, 3], []),
        dataLocation: 1,
        externalData: [{ key: "location", value: location }],
      };
      expect(() => readOnnx(modelBytes({ ...graph, initializer: [tensor] }))).toThrow(
        "readOnnx: external data must lie in the model's own folder",
      );
    }
  });
});

describe("writeOnnx", () => {
  test("gives a file that nothing was done to as the bytes that it was, sharing their memory", () => {
    const bytes = modelBytes(graph);
    const chunks = [...writeOnnx(readOnnx(bytes))];
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(chunks.every((chunk) => chunk.buffer === bytes.buffer)).toBe(true);
  });

  test("moves what lies outside into one new file, read when it is its turn", () => {
    const values = Float32Array.from({ length: 54 }, (_, i) => i);
    const data = new Uint8Array(values.buffer);
    const outside = {
      ...floats("w", [2, 3, 3, 3], []),
      docString: "kept",
      dataLocation: 1,
      externalData: [
        { key: "location", value: "old.bin" },
        { key: "offset", value: "8" },
        { key: "length", value: "216" },
      ],
    };
    const asked: unknown[] = [];
    const external = (location: string, offset: number, length: number): Uint8Array => {
      asked.push([location, offset, length]);
      return data.subarray(0, length);
    };
    const model = readOnnx(modelBytes({ ...graph, initializer: [outside] }), { external });
    expect(model.externalFiles).toEqual(["old.bin"]);
    const written = writeOnnx(model, { externalData: "new.bin" });
    expect(asked).toEqual([]);
    expect(Buffer.concat([...(written.external ?? [])]).equals(data)).toBe(true);
    expect(asked).toEqual([["old.bin", 8, 216]]);
    const again = readOnnx(Buffer.concat([...written]));
    expect(again.externalFiles).toEqual(["new.bin"]);
    expect(() => writeOnnx(model, { externalData: "../new.bin" })).toThrow(FormatError);
  });
});
