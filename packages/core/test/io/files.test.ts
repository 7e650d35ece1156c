import { describe, expect, test } from "vitest";
import {
  type FileArrays,
  findStateDict,
  PickledObject,
  type PickledValue,
  readNpz,
  readPth,
  readSafetensors,
  type StateArray,
  type StateDict,
} from "../../src/index.js";
import { forEachOffset } from "../../src/tensor/layout.js";
import { type FileCase, otherFiles, type Said } from "./other-files.js";

const readers: Readonly<Record<FileCase["reader"], (bytes: Uint8Array) => FileArrays>> = {
  npz: (bytes) => readNpz(bytes, { mostBytes: 100_000 }),
  safetensors: readSafetensors,
  pth: readPth,
};

/** As the generator wrote them down: 64-bit integers and what is not finite as text. */
function said(array: StateArray): Said {
  const values: (number | string)[] = [];
  forEachOffset(array, (offset) => {
    const value = array.data[offset] as number | bigint;
    const text = { Infinity: "inf", "-Infinity": "-inf", NaN: "nan" }[String(value)];
    values.push(typeof value === "bigint" ? String(value) : (text ?? value));
  });
  return { shape: [...array.shape], values };
}

function expectArrays(found: StateDict, want: Readonly<Record<string, Said>>): void {
  expect([...found.keys()].sort()).toEqual(Object.keys(want).sort());
  for (const [name, array] of found) expect(said(array), name).toEqual(want[name]);
}

describe("files that PyTorch, NumPy and safetensors wrote", () => {
  for (const { name, reader, bytes, arrays, unread, find } of otherFiles) {
    test(name, () => {
      const found = readers[reader](bytes);
      expectArrays(found, arrays);
      expect([...found.unread.keys()].sort()).toEqual([...unread].sort());
      if (find !== undefined) expectArrays(findStateDict(found), find);
    });
  }
});

describe("what is no tensor is there as data", () => {
  const everything = otherFiles.filter(({ name }) => name.includes("everything else"));
  test.each(everything)("$name", ({ bytes }) => {
    const found = readPth(bytes);
    const value = found.value as ReadonlyMap<PickledValue, PickledValue>;
    expect(value.get("last")).toBe(found.get("last"));
    const plain = (name: string): unknown => {
      const found = value.get(name);
      if (!(found instanceof PickledObject)) return found;
      // Python 3 calls `builtins` what protocol 2 has to call by Python 2's names.
      return found.name.replace("__builtin__", "builtins");
    };
    const object = (name: string): PickledObject => value.get(name) as PickledObject;
    expect(object("args").name).toBe("argparse.Namespace");
    expect(object("args").attributes.get("lr")).toBe(0.1);
    expect(object("args").attributes.get("none")).toBe(null);
    expect(String(object("args").attributes.get("device"))).toBe("torch.device(...)");
    expect(String(object("dtype"))).toBe("torch.bfloat16");
    expect(String(object("function"))).toBe("__main__.named");
    expect(object("day").args).toEqual([Uint8Array.of(7, 228, 1, 2)]);
    expect(object("fraction").name).toBe("fractions.Fraction");
    expect(object("colour").args).toEqual([1]);
    expect(object("point").args?.[1]).toBe(1);
    expect(object("settings").attributes.get("lr")).toBe(0.1);
    expect(object("slotted").attributes.get("two")).toBe(8);
    expect(object("names").items?.[0]).toBe("a");
    expect([...(object("table").entries?.keys() ?? [])]).toEqual(["k"]);
    expect(plain("scalar")).toBe("numpy._core.multiarray.scalar");
    expect(plain("array")).toMatch(/^numpy\._core\.(multiarray\._reconstruct|numeric\._frombuffer)$/);
    expect(plain("type")).toMatch(/^builtins\.(int|long)$/);
    expect(plain("complex")).toBe("builtins.complex");
    expect(plain("range")).toMatch(/^builtins\.x?range$/);
    expect(plain("size")).toEqual([2, 3]);
    expect(plain("set")).toEqual([1, 2]);
    expect(plain("frozen")).toEqual(["a"]);
    expect(plain("counter")).toEqual(
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    );
    expect(plain("ordered")).toEqual(new Map([["a", 1]]));
    expect(plain("bytes")).toEqual(Uint8Array.of(0, 255));
    expect(plain("long")).toBe(2n ** 200n);
    expect(plain("negative")).toBe(-(2n ** 70n));
    expect(plain("float")).toBe(Number.NaN);
    const itself = value.get("itself") as readonly PickledValue[];
    expect(itself[1]).toBe(itself);
    const pair = value.get("pair") as readonly (readonly PickledValue[])[];
    expect(pair[0]?.[0]).toBe(pair);
  });
});
