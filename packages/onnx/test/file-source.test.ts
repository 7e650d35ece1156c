import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ConvfuseError } from "@convfuse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FileSource, fuseOnnx, readOnnx, writeOnnx } from "../src/index.js";
import { FilePart, loaded } from "../src/wire/file-part.js";
import { payload, scan } from "../src/wire/message.js";
import { floats, modelBytes, node, port, type TensorInit } from "./build-model.js";
import { randomNumbers } from "./run-onnx.js";

/** Bytes as a file that stays where it is, how many of them were read, and where reading began. */
class CountingSource implements FileSource {
  readonly #bytes: Uint8Array;
  count = 0;
  readonly starts: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(offset: number, into: Uint8Array): void {
    if (offset < 0 || offset + into.length > this.size) throw new Error(`read behind the end: ${offset}`);
    this.count += into.length;
    this.starts.push(offset);
    into.set(this.#bytes.subarray(offset, offset + into.length));
  }
}

/** Sizes on both sides of what is kept, of what is read at once, and of a window that has grown. */
const sizes = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.constantFrom(4090, 4091, 4092, 4093, 4094, 4095, 4096, 4097, 8185, 8186, 8192, 8193, 16384),
  fc.integer({ min: 0, max: 300_000 }),
);

/** A field of any kind; groups of any length, with groups in them. */
const field = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant(WireType.LengthDelimited), sizes) },
  fc.tuple(fc.constantFrom(WireType.Varint, WireType.Bit32, WireType.Bit64, WireType.StartGroup), sizes),
);

function bytesOfFields(fields: readonly (readonly [WireType, number])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [i, [type, size]] of fields.entries()) {
    writer.tag(i + 1, type);
    if (type === WireType.LengthDelimited) writer.bytes(new Uint8Array(size).fill(i));
    else if (type === WireType.Varint) writer.int64(BigInt(size) ** 3n);
    else if (type === WireType.Bit32) writer.fixed32(size);
    else if (type === WireType.Bit64) writer.fixed64(BigInt(size));
    else {
      writer.tag(7, WireType.StartGroup).tag(7, WireType.EndGroup);
      writer
        .tag(2, WireType.LengthDelimited)
        .bytes(new Uint8Array(size))
        .tag(i + 1, WireType.EndGroup);
    }
  }
  return writer.finish();
}

/** What comes of it: a result, or the message of what was refused. */
function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof ConvfuseError) return error.message;
    throw error;
  }
}

describe("a message in a file", () => {
  test("has the fields that it has in memory, or is refused in the same words, whole, cut off or damaged", () => {
    const damage = fc.record({
      cut: fc.double({ min: 0, max: 1.5, noNaN: true }),
      at: fc.nat(),
      value: fc.nat(255),
    });
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 12 }),
        fc.nat(40),
        fc.option(damage),
        (fields, before, damaged) => {
          let bytes = bytesOfFields(fields);
          if (damaged !== null && bytes.length > 0) {
            bytes[damaged.at % bytes.length] = damaged.value;
            bytes = bytes.subarray(0, Math.floor(damaged.cut * bytes.length));
          }
          const file = Buffer.concat([new Uint8Array(before), bytes, new Uint8Array(7)]);
          const part = new FilePart(new CountingSource(file), before, bytes.length);
          const expected = outcomeOf(() => scan(bytes, "a message"));
          const found = outcomeOf(() => scan(part, "a message"));
          if (typeof expected === "string" || typeof found === "string") {
            expect(found).toBe(expected);
            return;
          }
          expect(found.fields).toEqual(expected.fields);
          for (const one of expected.fields) {
            expect(Buffer.compare(loaded(payload(found, one)), payload(expected, one) as Uint8Array)).toBe(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

const random = randomNumbers(5);
const noise = (name: string, dims: readonly number[], type?: number): TensorInit =>
  floats(
    name,
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random() - 0.4),
    type,
  );

/** Two branches and a norm, of which the weights are many times what is read at once; one raw, one typed, one in a Constant. */
function branches(channels: number): Uint8Array {
  const raw = noise("typed", [channels, channels, 5, 5]);
  const values = new Float32Array((raw.rawData as Uint8Array).slice().buffer);
  const { rawData: _, ...typed } = { ...raw, floatData: [...values] };
  return modelBytes({
    node: [
      node("Constant", [], "c", { value: { tensor: noise("", [channels, channels, 3, 3]) } }),
      node("Conv", ["x", "typed"], "a", { kernel_shape: [5n, 5n], pads: [2n, 2n, 2n, 2n] }),
      node("Conv", ["x", "c"], "b", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
      node("Add", ["a", "b"], "s"),
      node("Relu", ["s"], "r"),
      node("Conv", ["r", "stays"], "y", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
    ],
    initializer: [typed, noise("stays", [channels, channels, 3, 3])],
    input: [port("x", ["n", channels, "h", "w"])],
    output: [port("y", ["n", channels, "h", "w"])],
  });
}

const channels = 64;
const file = branches(channels);
const smaller = branches(24);
const fusedBytes = (model: Parameters<typeof readOnnx>[0]): Uint8Array =>
  Buffer.concat([...writeOnnx(fuseOnnx(readOnnx(model)).model)]);

describe("a model in a file", () => {
  test("becomes the bytes that it becomes when it is in memory", () => {
    const expected = fusedBytes(file);
    expect(expected.length).toBeLessThan(file.length);
    expect(Buffer.compare(fusedBytes(new CountingSource(file)), expected)).toBe(0);
  });

  test("is read but for its tensors, and then those that are fused", () => {
    const source = new CountingSource(file);
    const model = readOnnx(source);
    expect(source.count).toBeLessThan(file.length / 5);
    const before = source.count;
    const { report } = fuseOnnx(model);
    expect(report.regions).toHaveLength(1);
    expect(source.count - before).toBeGreaterThanOrEqual(4 * channels * channels * (25 + 9));
    // The last tensor of the file stays as it is: behind its name, nobody reads in it.
    const bytes = Buffer.from(file);
    const begin = bytes.indexOf("stays", bytes.lastIndexOf("typed")) + 16;
    const end = begin + 4 * channels * channels * 9 - 16;
    expect(source.starts.filter((start) => start > begin && start < end)).toEqual([]);
  });

  test("is written in chunks of its own, or through one buffer", () => {
    const written = writeOnnx(readOnnx(new CountingSource(file)));
    expect(Buffer.concat([...written]).equals(file)).toBe(true);
    const copies: Buffer[] = [];
    const buffers = new Set<ArrayBufferLike>();
    written.writeTo((bytes) => {
      copies.push(Buffer.from(bytes));
      buffers.add(bytes.buffer);
    });
    expect(Buffer.concat(copies).equals(file)).toBe(true);
    expect(buffers.size).toBe(1);
  });

  test("gives what is made anew the same way: a transposed convolution's weight is put together and handed on in parts", () => {
    const many = 96;
    const transposed = modelBytes({
      node: [
        node("ConvTranspose", ["x", "w"], "a", { strides: [2n, 2n] }),
        node("Mul", ["a", "two"], "b"),
        node("Conv", ["b", "v"], "c", { kernel_shape: [5n, 5n] }),
        node("Mul", ["c", "two"], "y"),
      ],
      initializer: [
        noise("w", [many, many, 5, 5]),
        noise("v", [many, many, 5, 5]),
        { name: "two", dims: [], dataType: 1, floatData: [2] },
      ],
      input: [port("x", ["n", many, "h", "w"])],
      output: [port("y", ["n", many, "h2", "w2"])],
    });
    const written = writeOnnx(fuseOnnx(readOnnx(transposed)).model);
    const chunks = [...written];
    // What is large comes in parts, none of which is overwritten by the next.
    expect(chunks.length).toBeGreaterThan(8);
    const copies: Buffer[] = [];
    written.writeTo((bytes) => {
      copies.push(Buffer.from(bytes));
    });
    expect(Buffer.concat(copies).equals(Buffer.concat(chunks))).toBe(true);
    expect(written.length).toBe(Buffer.concat(chunks).length);
  });

  test("passes on what its reader throws", () => {
    const broken = {
      size: 100,
      read: () => {
        throw new Error("the disk is gone");
      },
    };
    expect(() => readOnnx(broken)).toThrow("the disk is gone");
  });

  test.each([[{ size: -1, read: () => {} }], [{ size: 2.5, read: () => {} }], [{ size: 100 }]])(
    "is not %j",
    (source) => {
      expect(() => readOnnx(source as FileSource)).toThrow(/^readOnnx: /);
    },
  );

  test("cut off or damaged, is refused in the words that its bytes are refused in, or becomes what they become", () => {
    for (let i = 0; i < 40; i++) {
      const bytes = smaller.slice(0, i % 3 === 0 ? random() * smaller.length : smaller.length);
      // Most of a file are weights: what is changed is mostly at the beginning, where structure is.
      for (let change = 0; change < i % 4; change++)
        bytes[Math.floor(random() ** 4 * bytes.length)] = Math.floor(random() * 256);
      const expected = outcomeOf(() => fusedBytes(bytes));
      const found = outcomeOf(() => fusedBytes(new CountingSource(bytes)));
      if (typeof expected === "string") expect(found).toBe(expected);
      else expect(Buffer.compare(found as Uint8Array, expected)).toBe(0);
    }
  });
});
