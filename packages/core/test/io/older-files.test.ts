import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { FormatError, PickledObject, readPth, type StateArray, toNested, toTensor } from "../../src/index.js";
import { joinBytes } from "../../src/io/binary/encode.js";

type Part = number | string;

const bytesOf = (...parts: readonly Part[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...strToU8(part)] : [part])));

/** What Python 2 calls a string. */
const str = (value: string): Part[] => ["U", value.length, value];
const storage = (length: number, key: string, view: readonly Part[] = []): Part[] => [
  ...[
    "(",
    ...str("storage"),
    "ctorch\nFloatStorage\n",
    ...str(key),
    ...str("cpu"),
    "K",
    length,
    ...view,
    "tQ",
  ],
];
const tensorOf = (held: readonly Part[], shape: number, offset = 0): Part[] => [
  ...["ctorch._utils\n_rebuild_tensor\n", "(", ...held, "K", offset, "K", shape, 0x85, "K", 1, 0x85, "tR"],
];
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

const magic = bytesOf(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, ".");
const version = bytesOf(0x80, 2, "M", 0xe9, 3, ".");
const legacy = (value: readonly Part[], keys: readonly string[], ...storages: Uint8Array[]): Uint8Array =>
  joinBytes([
    magic,
    version,
    bytesOf(0x80, 2, "}."),
    bytesOf(0x80, 2, ...value, "."),
    bytesOf(0x80, 2, "](", ...keys.flatMap(str), "e."),
    ...storages.flatMap((one) => [bytesOf(one.length / 4, 0, 0, 0, 0, 0, 0, 0), one]),
  ]);
const nested = (array: StateArray | undefined): unknown => toNested(toTensor(array as StateArray));

test("Python 2: an ordered dictionary of pairs, strings of bytes, a view on a storage", () => {
  const part = tensorOf(storage(4, "7", ["(", ...str("8"), "K", 1, "K", 3, "t"]), 2, 1);
  const pairs = [
    "](",
    "](",
    ...str("w"),
    ...tensorOf(storage(4, "7"), 4),
    "e",
    "](",
    ...str("part"),
    ...part,
    "ee",
  ];
  const file = legacy(["ccollections\nOrderedDict\n", ...pairs, 0x85, "R"], ["7"], floats(1, 2, 3, 4));
  const found = readPth(file);
  expect([...found.keys()]).toEqual(["w", "part"]);
  expect(nested(found.get("w"))).toEqual([1, 2, 3, 4]);
  expect(nested(found.get("part"))).toEqual([3, 4]);
});

test("storages are read in the order in which they lie, whatever the order of the tensors", () => {
  const value = [
    "}(",
    ...str("a"),
    ...tensorOf(storage(1, "9"), 1),
    ...str("b"),
    ...tensorOf(storage(2, "10"), 2),
    "u",
  ];
  const found = readPth(legacy(value, ["10", "9"], floats(5, 6), floats(7)));
  expect(nested(found.get("a"))).toEqual([7]);
  expect(nested(found.get("b"))).toEqual([5, 6]);
});

test("a parameter of before PyTorch 0.4, with its flags", () => {
  const flags = ["(", 0x88, 0x89, "Ntb"];
  const parameter = [
    "ctorch.nn.parameter\nParameter\n",
    ...tensorOf(storage(1, "1"), 1),
    0x88,
    0x86,
    "R",
    ...flags,
  ];
  const value = ["}", ...str("p"), ...parameter, "s"];
  expect(nested(readPth(legacy(value, ["1"], floats(3))).get("p"))).toEqual([3]);
});

test("objects of protocol 1, and what it has instead of truth values and long numbers", () => {
  const value = (...parts: Part[]): unknown => readPth(legacy(parts, [])).value;
  expect(value("I01\n")).toBe(true);
  expect(value("I00\n")).toBe(false);
  expect(value("I-7\n")).toBe(-7);
  expect(value("L1180591620717411303424L\n")).toBe(2n ** 70n);
  expect(value("(ia\nB\n")).toEqual(new PickledObject("a.B", []));
  expect(value("(ca\nB\nK", 3, "o")).toEqual(new PickledObject("a.B", [3]));
  expect(value("ccopy_reg\n_reconstructor\n(ca\nB\nc__builtin__\nobject\nNtR")).toEqual(
    new PickledObject("a.B", [null]),
  );
  expect(value("(", ...str("a"), "K", 1, "d")).toEqual(new Map([["a", 1]]));
  expect(value("(K", 1, "K", 2, "l")).toEqual([1, 2]);
  expect(value("T", 2, 0, 0, 0, 0x68, 0xe9)).toBe("hé");
  // POP, POP_MARK and DUP: by the first two a pickle leaves out what it has written of a tuple that holds itself.
  expect(value("NK", 1, "0(NN1K", 2, "2", 0x86, 0x86)).toEqual([null, [2, 2]]);
});

test("a machine of the other byte order", () => {
  const entries = (order: string, storages: Uint8Array): Uint8Array =>
    zipSync(
      {
        "a/data.pkl": bytesOf("}", ...str("w"), ...tensorOf(storage(2, "0"), 2), "s."),
        "a/byteorder": strToU8(order),
        "a/data/0": storages,
      },
      { level: 0 },
    );
  expect(nested(readPth(entries("little", floats(1.5, -2))).get("w"))).toEqual([1.5, -2]);
  const reversed = Uint8Array.of(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0);
  expect(nested(readPth(entries("big", reversed)).get("w"))).toEqual([1.5, -2]);
});

test.each([
  [joinBytes([magic, bytesOf("K", 1, ".")]), "pth: the version of the old format is unknown; got version=1"],
  [
    legacy(["}", ...str("w"), ...tensorOf(storage(2, "0"), 2), "s"], [], floats(1, 2)),
    'pth: a storage is missing; got key="0"',
  ],
  [legacy(["N"], ["0"], floats(1)), 'pth: the file lists a storage that no tensor lies in; got key="0"'],
  [
    legacy(tensorOf(storage(2, "0"), 2), ["0"], floats(1)),
    'pth: a storage is longer than the file says; got key="0", length=2, available=4',
  ],
  [legacy(tensorOf(storage(2, "0"), 2), ["0"], floats(1, 2)).subarray(0, -3), "pth: the file is cut off"],
  [
    legacy(tensorOf(storage(2, "0", ["(", ...str("1"), "K", 1, "K", 2, "t"]), 1), ["0"], floats(1, 2)),
    'pth: a view on a storage must lie inside it; got key="0", offset=1, viewLength=2, length=2',
  ],
  [
    joinBytes([magic, version, bytesOf("N."), bytesOf("N."), bytesOf("N.")]),
    "pth: the file must list its storages",
  ],
])("what is refused of the old format: %#", (bytes, message) => {
  expect(() => readPth(bytes)).toThrow(FormatError);
  expect(() => readPth(bytes)).toThrow(message);
});
