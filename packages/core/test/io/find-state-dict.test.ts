import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  BatchNorm2d,
  Conv2d,
  FileArrays,
  findStateDict,
  loadStateDict,
  ones,
  type PickledValue,
  PthArrays,
  readPth,
  Sequential,
  stateDict,
  tensor,
  toNested,
  toTensor,
} from "../../src/index.js";
import { file, moduleValues } from "./checkpoint-files.js";
import { otherFiles } from "./other-files.js";

const other = (name: string): Uint8Array => {
  const found = otherFiles.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no file ${name}`);
  return found.bytes;
};

describe("findStateDict", () => {
  test("finds what a module of the same shape loads", () => {
    const own = new Sequential([new Conv2d(3, 4, 3, { bias: false }), new BatchNorm2d(4)]);
    const loaded = loadStateDict(own, findStateDict(readPth(file("nested"))));
    for (const [name, array] of stateDict(loaded))
      expect(Array.from(array.data), name).toEqual(moduleValues[name]);
  });

  test("takes a part by its name", () => {
    const found = readPth(other("pth: a running average beside the network"));
    const names = [...findStateDict(found).keys()];
    expect([...findStateDict(found, { at: "model" }).keys()]).toEqual(names);
    const scale = (at: string): unknown => [...(findStateDict(found, { at }).get("scale")?.data ?? [])];
    expect(scale("ema.module")).toEqual([...(findStateDict(found).get("scale")?.data ?? [])]);
    expect(scale("model")).not.toEqual(scale("ema.module"));
    expect(() => findStateDict(found, { at: "modul" })).toThrow(
      'findStateDict: there is no tensor in the file, or under that name; got at="modul"',
    );
    expect(() => findStateDict(found, { at: 3 as never })).toThrow(
      "findStateDict: at must be a dotted name; got at=3",
    );
  });

  test("asks where several parts could be meant", () => {
    const part = new Map([["a", ones([1])]]);
    const both = new PthArrays(
      [
        ["generator.a", ones([1])],
        ["critic.a", ones([1])],
      ],
      [],
      new Map([
        ["generator", part],
        ["critic", part],
      ]),
    );
    expect(() => findStateDict(both)).toThrow(
      'findStateDict: several parts hold tensors, so name one by at; got at=["generator","critic"]',
    );
    expect([...findStateDict(both, { at: "critic" }).keys()]).toEqual(["a"]);
    // A running average in several parts is none of the network's names.
    const averages = new Map([
      ["shadow", part],
      ["backup", part],
    ]);
    const beside = new PthArrays(
      ["model.a", "ema.shadow.a", "ema.backup.a"].map((name) => [name, ones([1])]),
      [],
      new Map<string, ReadonlyMap<string, PickledValue>>([
        ["model", part],
        ["ema", averages],
      ]),
    );
    expect([...findStateDict(beside).keys()]).toEqual(["a"]);
    const one = readPth(other("pth: weight_norm by hooks"));
    expect([...findStateDict(one, { at: "optimizer" }).keys()]).toEqual(["m"]);
  });

  test("takes a Map as a whole, and says what could not be read", () => {
    const state = new FileArrays([["a", ones([1])]], [["b", "text (<U4)"]]);
    const found = findStateDict(state);
    expect([...found.keys()]).toEqual(["a"]);
    expect([...found.unread]).toEqual([["b", "text (<U4)"]]);
    const nested = new FileArrays(
      [["x.a", ones([1])]],
      [
        ["x.b", "text (<U4)"],
        ["c", "text (<U4)"],
      ],
    );
    expect([...findStateDict(nested, { at: "x" }).unread.keys()]).toEqual(["b"]);
    expect(() => findStateDict(new Map())).toThrow(ArgumentError);
    expect(() => findStateDict({ a: ones([1]) } as never)).toThrow(
      "findStateDict: file must be a Map of arrays by name; got file=",
    );
  });

  test("folds weight_norm in float64, by the axis that both tensors have", () => {
    const folded = (g: unknown, v: unknown): unknown =>
      toNested(
        toTensor(
          findStateDict(
            new Map([
              ["x.weight_g", tensor(g as never)],
              ["x.weight_v", tensor(v as never)],
            ]),
          ).get("x.weight") as never,
        ),
      );
    const v = [
      [3, 4],
      [6, 8],
    ];
    expect(folded([[10], [20]], v)).toEqual([
      [6, 8],
      [12, 16],
    ]);
    expect(
      folded(
        [[3, 4]],
        [
          [3, 0],
          [4, 2],
        ],
      ),
    ).toEqual([
      [Math.fround(9 / 5), 0],
      [Math.fround(12 / 5), 4],
    ]);
    expect(folded(5, [[3, 4]])).toEqual([[3, 4]]);
    expect(folded([[10]], [[3, 4]])).toEqual([[6, 8]]);
  });

  test("leaves alone what only has such names", () => {
    const pairs: readonly (readonly [string, ReturnType<typeof ones>])[] = [
      ["a.weight_g", ones([2])],
      ["a.weight_v", ones([2, 3])],
      ["b.weight_g", ones([2, 3])],
      ["b.weight_v", ones([2, 3])],
      ["c.weight_v", ones([3])],
      ["d.weight_g", ones([2, 1])],
      ["e.bag_g", ones([2, 1])],
      ["e.bag_v", ones([2, 3])],
      ["f.weight_g", ones([2, 1])],
      ["f.weight_v", ones([2, 3])],
      ["f.weight", ones([2, 3])],
      ["g.parametrizations.weight.original", ones([2])],
      ["h.weight_g", ones([3, 1])],
      ["h.weight_v", ones([2, 3])],
    ];
    expect([...findStateDict(new Map(pairs))]).toEqual(pairs);
  });

  test("keeps the order, and float64", () => {
    const array = { data: Float64Array.of(3, 4), shape: [1, 2], stride: [2, 1], offset: 0, size: 2 };
    const state = new Map<string, typeof array | ReturnType<typeof ones>>([
      ["bias", ones([1])],
      ["parametrizations.weight.original0", ones([1, 1])],
      ["parametrizations.weight.original1", array],
      ["after", ones([1])],
    ]);
    const found = findStateDict(state);
    expect([...found.keys()]).toEqual(["bias", "weight", "after"]);
    expect(found.get("weight")?.data).toEqual(Float64Array.of(0.6, 0.8));
  });
});
