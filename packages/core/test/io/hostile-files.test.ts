import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import {
  EngineError,
  FormatError,
  findStateDict,
  readNpz,
  readPth,
  readSafetensors,
  type StateArray,
  toTensor,
} from "../../src/index.js";

type Part = number | string;

/** Bytes of opcodes and their arguments; text as UTF-8 would spoil bytes above 127, so that those are numbers. */
const bytesOf = (parts: readonly Part[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...strToU8(part)] : [part])));

/** A checkpoint with the given pickle and one storage of eight bytes. */
const pth = (...pickle: readonly Part[]): Uint8Array =>
  zipSync({ "a/data.pkl": bytesOf([...pickle, "."]), "a/data/0": new Uint8Array(8) }, { level: 0 });

const text = (value: string): Part[] => ["X", value.length, 0, 0, 0, value];
const int = (value: number): Part[] => [
  "J",
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];
const put = (index: number): Part[] => ["r", index & 255, index >> 8, 0, 0];
const get = (index: number): Part[] => ["j", index & 255, index >> 8, 0, 0];
const global = (name: string): Part[] => [`c${name.replace(/\.(\w+)$/, "\n$1")}\n`];
const storage: readonly Part[] = [
  ...["(", ...text("storage"), ...global("torch.FloatStorage"), ...text("0"), ...text("cpu"), "K", 2, "tQ"],
];
const tensorOf = (shape: readonly number[], stride: readonly number[]): Part[] => [
  ...global("torch._utils._rebuild_tensor_v2"),
  ...["(", ...storage, "K", 0],
  ...["(", ...shape.flatMap(int), "t(", ...stride.flatMap(int), "t", 0x89, "NtR"],
];
const many = <T>(count: number, part: (index: number) => readonly T[]): T[] =>
  Array.from({ length: count }, (_, i) => part(i)).flat();

/** What a refusal says; every other kind of error, and none, fails. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("this was read");
}

describe("memory", () => {
  test("an expanded tensor takes what the file stores of it, and making it whole is an error of this library", () => {
    const bomb = readPth(pth("}", ...text("w"), ...tensorOf([2 ** 30, 2 ** 20], [0, 0]), "s")).get("w");
    expect(bomb?.data.length).toBe(2);
    expect(bomb?.shape).toEqual([2 ** 30, 2 ** 20]);
    expect(() => toTensor(bomb as StateArray)).toThrow(EngineError);
    expect(() => toTensor(bomb as StateArray)).toThrow("toTensor: ");
    expect(refusal(() => readPth(pth(...tensorOf([2 ** 30, 2 ** 30], [0, 0]))))).toBe(
      "pth: the shape declares more than any array has; got shape=[1073741824,1073741824]",
    );
  });

  test("weights are not folded of expanded tensors", () => {
    const g = [...text("weight_g"), ...tensorOf([1, 1], [1, 1])];
    const v = [...text("weight_v"), ...tensorOf([2 ** 24, 2 ** 24], [0, 0])];
    const found = readPth(pth("}(", ...g, ...v, "u"));
    expect(refusal(() => findStateDict(found))).toBe(
      "findStateDict: the arrays would take more memory than is allowed; got needed=1125899906842624, mostBytes=16",
    );
  });

  test("the limit is the caller's to set", () => {
    const file = pth("}", ...text("w"), ...tensorOf([2], [1]), "s");
    expect(refusal(() => readPth(file, { mostBytes: 7 }))).toMatch(/^pth: the entries would take/);
    const packed = zipSync({ "a/data.pkl": bytesOf(["N."]), "a/data/0": new Uint8Array(100_000) });
    expect(refusal(() => readPth(packed))).toMatch(
      /^pth: the entries would take more memory than is allowed/,
    );
    expect(readPth(packed, { mostBytes: 200_000 }).value).toBe(null);
  });

  test("dictionaries of pairs are not copied without end", () => {
    // One list of a thousand pairs, from which each of a thousand dictionaries would be made.
    const pairs = ["(", ...many(1000, () => ["NN", 0x86]), "l", ...put(1), "0"];
    const copies = many(1000, () => [...global("collections.OrderedDict"), ...get(1), 0x85, "R"]);
    expect(refusal(() => readPth(pth(...pairs, "(", ...copies, "t")))).toBe(
      "pth: the pickle holds more containers than its size has room for",
    );
  });

  test("frames, texts, bytes and numbers are no longer than the file", () => {
    const long = [255, 255, 255, 255, 255, 255, 15, 0];
    expect(refusal(() => readPth(pth(0x95, ...long, "N")))).toMatch(
      /^pth: the pickle declares a frame beyond its end; got size=/,
    );
    expect(refusal(() => readPth(pth(0x95, ...Array(8).fill(255), "N")))).toMatch(
      /^pth: a length is beyond all/,
    );
    for (const opcode of [0x8d, 0x8e, 0x96]) {
      expect(refusal(() => readPth(pth(opcode, ...long)))).toMatch(/^pth: the file is cut off/);
    }
    expect(refusal(() => readPth(pth("T", 255, 255, 255, 255)))).toMatch(/^pth: the file is cut off/);
    expect(refusal(() => readPth(pth(0x8b, 255, 255, 0, 0, ...Array(65_535).fill(1))))).toBe(
      "pth: the pickle holds a number of too many digits; got size=65535",
    );
    expect(refusal(() => readPth(pth(`L${"9".repeat(9999)}L\n`)))).toMatch(
      /^pth: the pickle holds a number that/,
    );
    expect(readPth(pth(0x95, 1, 0, 0, 0, 0, 0, 0, 0, "N")).value).toBe(null);
  });
});

describe("values that hold themselves, or each other", () => {
  const shared = (levels: number, pair: (below: number) => Part[]): Part[] =>
    many(levels, (i) => [...pair(i), ...put(i + 1), "0"]);

  test("lists and dictionaries that double with each level", () => {
    const lists = ["]", ...put(0), "0", ...shared(40, (i) => ["(", ...get(i), ...get(i), "l"])];
    const dicts = [
      "]",
      ...put(0),
      "0",
      ...shared(40, (i) => ["(", ...text("a"), ...get(i), ...text("b"), ...get(i), "d"]),
    ];
    for (const pickle of [lists, dicts]) {
      expect(refusal(() => readPth(pth(...pickle, ...get(40))))).toMatch(
        /^pth: the value has more parts than its size has room for; got most=/,
      );
    }
  });

  const moduleOf = (children: Part[]): Part[] => [
    ...[...global("torch.nn.Module"), ")", 0x81, "}(", ...text("_parameters"), "}", ...text("_buffers"), "}"],
    ...[...text("_modules"), "}(", ...children, "u", "ub"],
  ];

  test("modules that double with each level", () => {
    const modules = shared(40, (i) =>
      moduleOf(i === 0 ? [] : [...text("a"), ...get(i), ...text("b"), ...get(i)]),
    );
    expect(refusal(() => readPth(pth(...modules, ...get(40))))).toMatch(
      /^pth: the value has more parts than/,
    );
  });

  test("objects that double with each level are looked at once", () => {
    const objects = shared(40, (i) => [
      ...[...global("a.B"), "(", ...(i === 0 ? ["N"] : [...get(i), ...get(i)]), "t", 0x81],
    ]);
    const found = readPth(
      pth("}(", ...text("x"), ...objects, ...get(40), ...text("w"), ...tensorOf([2], [1]), "u"),
    );
    expect([...found.keys()]).toEqual(["w"]);
  });

  test("cycles of lists, modules and objects have an end", () => {
    const cycles: readonly Part[][] = [
      ["]", ...put(0), ...get(0), "a"],
      ["}", ...put(0), ...text("a"), ...get(0), "s"],
      [...global("a.B"), ")", 0x81, ...put(0), "}", ...text("a"), ...get(0), "sb"],
      [
        ...[
          ...global("torch.nn.Module"),
          ")",
          0x81,
          ...put(0),
          "}(",
          ...text("_parameters"),
          "}",
          ...text("_buffers"),
          "}",
        ],
        ...[...text("_modules"), "}", ...text("a"), ...get(0), "s", "ub"],
      ],
    ];
    for (const cycle of cycles) {
      const found = readPth(pth("}(", ...text("x"), ...cycle, ...text("w"), ...tensorOf([2], [1]), "u"));
      expect([...found.keys()]).toEqual(["w"]);
      expect([...findStateDict(found).keys()]).toEqual(["w"]);
      expect(found.unread.size).toBe(0);
    }
  });

  test("what is nested too deep is named, in whatever it is nested", () => {
    const levels = 3000;
    const lists = [..."(".repeat(levels), "N", ..."l".repeat(levels)];
    const objects = ["N", ...many(levels, () => [...put(1), "0", ...global("a.B"), ...get(1), 0x85, 0x81])];
    for (const deep of [lists, objects]) {
      const found = readPth(pth("}(", ...text("x"), ...deep, ...text("w"), ...tensorOf([2], [1]), "u"));
      expect([...found.keys()]).toEqual(["w"]);
      expect([...found.unread.values()]).toEqual(["nested too deep to be looked at"]);
      expect([...found.unread.keys()][0]).toMatch(/^x(\.0){255}$/);
    }
  });

  test("a shape that holds itself is refused, and its error has an end", () => {
    const loop = ["]", ...put(0), ...get(0), "a", "0"];
    const call = [
      ...global("torch._utils._rebuild_tensor_v2"),
      "(",
      ...storage,
      "K",
      0,
      ...get(0),
      ...get(0),
      "t",
      "R",
    ];
    expect(refusal(() => readPth(pth(...loop, ...call)))).toMatch(
      /^pth: every axis size must be a whole number, 0 or more; got shape=\[\[\[/,
    );
  });

  test("a tensor of a class that is made of itself", () => {
    const args = [
      "]",
      ...put(0),
      ...global("torch._tensor._rebuild_from_type_v2"),
      ...put(1),
      "a",
      ...get(0),
      "N",
    ];
    const call = ["0", "0", "0", ...get(1), "(", ...get(1), "N", ...get(0), "Nt", "R"];
    expect(readPth(pth(...args, ...call)).unread.get("")).toMatch(/_rebuild_from_type_v2$/);
  });
});

test("two tensors under one name are refused, the same tensor twice is not", () => {
  const nested = ["}", ...text("b"), ...tensorOf([1], [1]), "s"];
  const twice = ["}(", ...text("a.b"), ...tensorOf([2], [1]), ...text("a"), ...nested, "u"];
  expect(refusal(() => readPth(pth(...twice)))).toBe('pth: two tensors have one name; got name="a.b"');
  const same = [
    "}(",
    ...text("a.b"),
    ...tensorOf([2], [1]),
    ...put(0),
    ...text("a"),
    "}",
    ...text("b"),
    ...get(0),
    "su",
  ];
  expect([...readPth(pth(...same)).keys()]).toEqual(["a.b"]);
});

test("a tensor whose values are set anew is refused", () => {
  expect(refusal(() => readPth(pth(...tensorOf([2], [1]), "(NNNNtb")))).toBe(
    "pth: the pickle gives a tensor other values than it was made with",
  );
  // Before PyTorch 0.4 a parameter was followed by three flags.
  expect(readPth(pth(...tensorOf([2], [1]), "(NNNtb")).size).toBe(1);
});

test("metadata that changes values and is not known keeps a tensor out, by name", () => {
  const marked = (metadata: readonly Part[]): Part[] => [
    ...[
      ...global("torch._utils._rebuild_tensor_v2"),
      "(",
      ...storage,
      "K",
      0,
      "(",
      "K",
      2,
      "t(",
      "K",
      1,
      "t",
    ],
    ...[0x89, "N", ...metadata, "tR"],
  ];
  for (const [metadata, why] of [
    [["}", ...text("conj"), 0x88, "s"], "conj"],
    [["}(", ...text("neg"), 0x88, ...text("halved"), 0x88, "u"], "neg, halved"],
    [["]"], "unknown"],
  ] as const) {
    const found = readPth(
      pth("}(", ...text("v"), ...marked(metadata), ...text("w"), ...tensorOf([2], [1]), "u"),
    );
    expect([...found.keys()]).toEqual(["w"]);
    expect([...found.unread]).toEqual([["v", `a tensor whose values metadata changes: ${why}`]]);
  }
  expect(readPth(pth("}", ...text("v"), ...marked(["}", ...text("conj"), 0x89, "s"]), "s")).size).toBe(1);
});

test("files of a reader are refused by the others", () => {
  const zip = zipSync({ "x.npy": new Uint8Array(3) });
  expect(refusal(() => readPth(zip))).toMatch(/^pth: the archive must hold one data\.pkl/);
  expect(refusal(() => readNpz(pth("N")))).toMatch(/^npz: the archive must hold \.npy files/);
  expect(refusal(() => readSafetensors(zip))).toMatch(/^safetensors: /);
});
