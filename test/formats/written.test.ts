import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type StateArray,
  type StateData,
  tensor,
  writeNpy,
  writeNpz,
  writeSafetensors,
  zeros,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("torch"));

/** Reads every file with its own library and prints what it holds, numbers as text: 64-bit ones have more digits than JSON's. */
const reader = `
import json, pathlib, sys
import numpy as np
from safetensors.numpy import load_file
folder = pathlib.Path(sys.argv[1])
def said(array):
    return [str(array.dtype), list(array.shape), [str(value) for value in array.reshape(-1).tolist()]]
found = {path.stem: said(np.load(path)) for path in folder.glob("*.npy")}
npz = {name: said(array) for name, array in np.load(folder / "all.npz").items()}
print(json.dumps([found, npz, {name: said(array) for name, array in load_file(folder / "all.safetensors").items()}]))
`;

const array = (data: StateData, shape: readonly [number] | readonly [number, number]): StateArray => ({
  data,
  shape,
  stride: shape.length === 1 ? [1] : [shape[1], 1],
  offset: 0,
  size: data.length,
});

/** Each element type, with the ends of its range; views that are not contiguous; no axis, and no element. */
const arrays: Readonly<Record<string, readonly [array: StateArray, said: unknown]>> = {
  float32: [tensor([[0.5, -2, 2 ** -140]]), ["float32", [1, 3], ["0.5", "-2.0", "7.174648137343064e-43"]]],
  float64: [array(Float64Array.of(1e300, -0.1), [2]), ["float64", [2], ["1e+300", "-0.1"]]],
  int8: [array(Int8Array.of(-128, 127), [2, 1]), ["int8", [2, 1], ["-128", "127"]]],
  int16: [array(Int16Array.of(-32768, 32767), [2]), ["int16", [2], ["-32768", "32767"]]],
  int32: [array(Int32Array.of(-(2 ** 31), 2 ** 31 - 1), [2]), ["int32", [2], ["-2147483648", "2147483647"]]],
  int64: [
    array(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n), [2]),
    ["int64", [2], ["-9223372036854775808", "9223372036854775807"]],
  ],
  uint8: [array(Uint8Array.of(0, 255), [2]), ["uint8", [2], ["0", "255"]]],
  uint16: [array(Uint16Array.of(0, 65535), [2]), ["uint16", [2], ["0", "65535"]]],
  uint32: [array(Uint32Array.of(0, 2 ** 32 - 1), [2]), ["uint32", [2], ["0", "4294967295"]]],
  uint64: [array(BigUint64Array.of(0n, 2n ** 64n - 1n), [2]), ["uint64", [2], ["0", "18446744073709551615"]]],
  "transposed.weight": [
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose(1, 0),
    ["float32", [3, 2], ["1.0", "4.0", "2.0", "5.0", "3.0", "6.0"]],
  ],
  scalar: [tensor([7], []), ["float32", [], ["7.0"]]],
  none: [zeros([2, 0, 3]), ["float32", [2, 0, 3], []]],
};

describe.skipIf(interpreter === null)("what this library writes", () => {
  test("is read by NumPy and safetensors as what it was", () => {
    const folder = mkdtempSync(join(tmpdir(), "convfuse-"));
    try {
      const state = new Map(Object.entries(arrays).map(([name, [held]]) => [name, held]));
      for (const [name, held] of state) writeFileSync(join(folder, `${name}.npy`), writeNpy(held));
      writeFileSync(join(folder, "all.npz"), writeNpz(state));
      writeFileSync(join(folder, "all.safetensors"), writeSafetensors(state, { format: "np" }));
      const printed = execFileSync(interpreter as string, ["-c", reader, folder], { encoding: "utf8" });
      const want = Object.fromEntries(Object.entries(arrays).map(([name, [, said]]) => [name, said]));
      expect(JSON.parse(printed)).toEqual([want, want, want]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
