import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { byteForms } from "../../../../test/support/byte-forms.js";
import {
  readNpy,
  readNpz,
  readPth,
  readSafetensors,
  type StateArray,
  tensor,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "../../src/index.js";
import { file, npyFiles } from "./checkpoint-files.js";

type Read = (bytes: Uint8Array | ArrayBuffer) => ReadonlyMap<string, StateArray>;
const asMap = (bytes: Uint8Array | ArrayBuffer): ReadonlyMap<string, StateArray> =>
  new Map([["", readNpy(bytes)]]);

/** Every function of the library that takes a file's bytes. */
const readers: readonly (readonly [name: string, read: Read, files: readonly Uint8Array[]])[] = [
  ["readNpy", asMap, [...npyFiles.values(), file("npyFortran")]],
  ["readNpz", readNpz, [file("npz"), file("npzCompressed")]],
  ["readPth", readPth, [file("pth"), file("views"), file("nested"), file("old")]],
  ["readSafetensors", readSafetensors, [file("safetensors")]],
];

/** What can be compared: 64-bit numbers and NaN as text. */
function plain(arrays: ReadonlyMap<string, StateArray>): unknown {
  return [...arrays].map(([name, { data, shape, stride, offset }]) => [
    name,
    Object.prototype.toString.call(data),
    Array.from(data as ArrayLike<unknown>, String),
    [...shape],
    [...stride],
    offset,
  ]);
}

describe("a file's bytes mean the same, whatever holds them", () => {
  for (const [name, read, files] of readers) {
    test.each([...byteForms(new Uint8Array()).keys()])(`${name}: %s`, (form) => {
      for (const bytes of files) {
        const given = byteForms(bytes).get(form) as Uint8Array | ArrayBuffer;
        const window = given instanceof ArrayBuffer ? new Uint8Array(given) : given;
        const found = read(given);
        expect(Buffer.compare(window, bytes)).toBe(0);
        expect(plain(found)).toEqual(plain(read(Uint8Array.from(bytes))));
        // Nothing is shared: the caller may use the memory again.
        const written = plain(found);
        window.fill(0x5a);
        expect(plain(found)).toEqual(written);
      }
    });
  }

  test("a file is read from disk as programs do", () => {
    const folder = mkdtempSync(join(tmpdir(), "convfuse-"));
    try {
      const path = join(folder, "file");
      const held = new Map([["a", tensor([1, 2])]]);
      for (const [read, bytes] of [
        [readSafetensors, writeSafetensors(held)],
        [readNpz, writeNpz(held)],
        [asMap, writeNpy(tensor([1, 2]))],
      ] as const) {
        writeFileSync(path, bytes);
        expect([...read(readFileSync(path)).values()].map(({ data }) => [...data])).toEqual([[1, 2]]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("what is written does not depend on what holds an array's bytes", () => {
  const pixels = Buffer.from([7, 250, 3]);
  const array = { data: pixels, shape: [3], stride: [1], offset: 0, size: 3 };
  expect(readNpy(writeNpy(array)).data).toEqual(Uint8Array.of(7, 250, 3));
  expect(readNpy(writeNpy({ ...array, data: new Uint8ClampedArray(pixels) as never })).data).toEqual(
    Uint8Array.of(7, 250, 3),
  );
  expect(() => writeNpy({ ...array, data: [7, 250, 3] as never })).toThrow(
    "writeNpy: the array's elements must be in a typed array; got data=[7,250,3]",
  );
  expect(() => writeSafetensors(new Map([["a", { ...array, data: [7] as never }]]))).toThrow(
    "writeSafetensors: the array's elements must be in a typed array; got data=[7]",
  );
});
