import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  BatchNorm2d,
  Conv2d,
  FormatError,
  loadStateDict,
  PickledObject,
  readNpy,
  readNpz,
  readPth,
  readSafetensors,
  Sequential,
  type StateArray,
  type StateDict,
  stateDict,
  type Tensor,
  tensor,
  toNested,
  toTensor,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "../../src/index.js";
import { forEachOffset } from "../../src/tensor/layout.js";
import { file, moduleValues, npyFiles, values } from "./checkpoint-files.js";

/** The elements in row-major order, as the generator wrote them down: whole 64-bit numbers and what is not finite as text. */
function elements(array: StateArray): (number | string)[] {
  const out: (number | string)[] = [];
  forEachOffset(array, (offset) => {
    const value = array.data[offset] as number | bigint;
    if (typeof value === "bigint") out.push(String(value));
    else if (Number.isFinite(value)) out.push(value);
    else out.push(value > 0 ? "inf" : value < 0 ? "-inf" : "nan");
  });
  return out;
}

function expectValues(found: StateDict, names: readonly string[] = Object.keys(values)): void {
  expect([...found.keys()]).toEqual(names);
  for (const [name, array] of found) {
    const want = values[name] as (typeof values)[string];
    expect([...array.shape], name).toEqual(want.shape);
    expect(elements(array), name).toEqual(
      want.values.map((value) => (typeof value === "boolean" ? Number(value) : value)),
    );
  }
}

const numpyNames = Object.keys(values).filter((name) => name !== "bf16");

describe("files that others wrote", () => {
  test("safetensors: every element type", () => {
    const found = readSafetensors(file("safetensors"));
    expectValues(new Map(Object.keys(values).map((name) => [name, found.get(name) as StateArray])));
    expect(found.size).toBe(Object.keys(values).length);
  });

  test("PyTorch: every element type", () => expectValues(readPth(file("pth"))));

  test("NumPy: every element type, alone and in an archive", () => {
    expectValues(new Map([...npyFiles].map(([name, bytes]) => [name, readNpy(bytes)])), numpyNames);
    expectValues(readNpz(file("npz")), numpyNames);
  });

  test("NumPy: Fortran order and deflate", () => {
    const rows = Array.from({ length: 4 }, (_, i) => Array.from({ length: 6 }, (_, j) => 6 * i + j));
    expect(toNested(readNpy(file("npyBigEndian")) as Tensor)).toEqual(rows);
    expect(toNested(readNpy(file("npyFortran")) as Tensor)).toEqual(rows);
    const found = readNpz(file("npzCompressed"));
    expect(toNested(found.get("w") as Tensor)).toEqual(rows);
    expect(elements(found.get("v") as StateArray)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  });

  test("NumPy: zeros that shrink to a hundredth, where the caller allows the memory", () => {
    const bytes = file("npzZeros");
    // 80,000 bytes of zeros, 840 of halves, 24 of numbers, and three headers of 128 bytes.
    expectRefusal(
      () => readNpz(bytes),
      `npz: the entries would take more memory than is allowed; got needed=80128, mostBytes=${2 * bytes.length}`,
    );
    expectRefusal(
      () => readNpz(bytes, { mostBytes: 81_247 }),
      "npz: the entries would take more memory than is allowed; got needed=81248, mostBytes=81247",
    );
    const found = readNpz(bytes, { mostBytes: 81_248 });
    expect([...found].map(([name, { shape }]) => [name, [...shape]])).toEqual([
      ["w", [100, 100]],
      ["v", [7, 30]],
      ["n", [3]],
    ]);
    expect(elements(found.get("w") as StateArray).every((value) => value === 0)).toBe(true);
    expect(elements(found.get("v") as StateArray).every((value) => value === 0.5)).toBe(true);
    expect(elements(found.get("n") as StateArray)).toEqual(["0", "1", "2"]);
    expect(() => readNpz(bytes, { mostBytes: -1 })).toThrow(
      "readNpz: mostBytes must be a whole number, 0 or more; got mostBytes=-1",
    );
  });

  test("PyTorch: views share their storage", () => {
    const found = readPth(file("views"));
    expect(toNested(toTensor(found.get("t") as StateArray))).toEqual(
      Array.from({ length: 6 }, (_, i) => Array.from({ length: 4 }, (_, j) => 6 * j + i)),
    );
    expect(toNested(toTensor(found.get("part") as StateArray))).toEqual([
      [6, 8, 10],
      [12, 14, 16],
    ]);
    expect(found.get("t")?.data).toBe(found.get("whole")?.data);
  });

  test("PyTorch: what would be run is a name with its arguments", () => {
    const { value, ...rest } = readPth(file("evil"));
    expect(rest).toEqual({ unread: new Map() });
    const evil = (value as ReadonlyMap<string, PickledObject>).get("evil");
    expect(evil).toBeInstanceOf(PickledObject);
    expect([evil?.name, evil?.args]).toEqual(["__builtin__.eval", ["1 + 1"]]);
    expect([...readPth(file("evil")).keys()]).toEqual(["w"]);
    expect(readPth(pth(["cos\nsystem\nX", 4, 0, 0, 0, "exit", 0x85, "R."])).value).toEqual(
      new PickledObject("os.system", ["exit"]),
    );
  });

  test("PyTorch: tensors in nested containers have dotted names", () => {
    expect([...readPth(file("nested")).keys()]).toEqual([
      ...Object.keys(moduleValues).map((name) => `state_dict.${name}`),
      "list.0",
      "list.1.0",
      "parameter",
    ]);
  });

  test("PyTorch: a state dict loads into the module of the same shape", () => {
    const own = new Sequential([new Conv2d(3, 4, 3, { bias: false }), new BatchNorm2d(4)]);
    const loaded = loadStateDict(own, readPth(file("module")));
    for (const [name, tensor] of stateDict(loaded)) {
      expect(Array.from(tensor.data, Number), name).toEqual(moduleValues[name]);
    }
    expect(loaded.parameters().get("1.weight")).not.toBe(own.parameters().get("1.weight"));
  });
});

describe("files that this library writes", () => {
  const state: StateDict = new Map(
    [...readSafetensors(file("safetensors"))].filter(
      ([name]) => name !== "bf16" && name !== "f16" && name !== "bool",
    ),
  );
  const names = [...state.keys()];

  test("are read back", () => {
    expectValues(readSafetensors(writeSafetensors(state, { made: "here" })), names);
    expectValues(readNpz(writeNpz(state)), names);
    for (const array of state.values()) expect(elements(readNpy(writeNpy(array)))).toEqual(elements(array));
  });

  test("gather strided views", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose(1, 0);
    const rows = [
      [1, 4],
      [2, 5],
      [3, 6],
    ];
    expect(toNested(readNpy(writeNpy(x)) as Tensor)).toEqual(rows);
    expect(toNested(readSafetensors(writeSafetensors(new Map([["x", x]]))).get("x") as Tensor)).toEqual(rows);
  });

  test("depend on nothing but the arrays", () => {
    expect(writeNpz(state)).toEqual(writeNpz(state));
  });

  test("have metadata that is text", () => {
    const state = new Map([["a", tensor([1])]]);
    for (const [metadata, shown] of [
      [{ epoch: 3 }, "metadata must be text; got epoch=3"],
      [{ format: "pt", note: null }, "metadata must be text; got note=null"],
      [new Map([["format", "pt"]]), "metadata must be an object of texts by name; got metadata=Map"],
      ["pt", 'metadata must be an object of texts by name; got metadata="pt"'],
    ] as const) {
      expect(() => writeSafetensors(state, metadata as never)).toThrow(ArgumentError);
      expect(() => writeSafetensors(state, metadata as never)).toThrow(`writeSafetensors: ${shown}`);
    }
  });

  test("have names that stay inside", () => {
    const evil = new Map([["../x", tensor([1])]]);
    expect(() => writeNpz(evil)).toThrow('npz: a name must not lead outside the archive; got name="../x"');
    expect(() => writeSafetensors(new Map([["__metadata__", tensor([1])]]))).toThrow(
      "safetensors: a tensor must not be called __metadata__",
    );
  });
});

/** A safetensors file with a header as given and so many bytes after it. */
function safetensors(header: string, size: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + json.length + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

const one = (fields: string): string => `{"w":{${fields}}}`;

describe("safetensors files of types that are rare", () => {
  test("numbers of 8 bits are numbers", () => {
    const bytes = safetensors(one('"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]'), 2);
    bytes.set([0x38, 0x40], bytes.length - 2);
    expect(readSafetensors(bytes).get("w")?.data).toEqual(Float32Array.of(1, 2));
  });

  test("a tensor of a type that does not exist yet is named, and its neighbours are read", () => {
    const entries =
      '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F3","shape":[9],"data_offsets":[1,5]},"c":{"dtype":"I8","shape":[1],"data_offsets":[5,6]}}';
    const bytes = safetensors(entries, 6);
    bytes.set([7, 1, 2, 3, 4, 9], bytes.length - 6);
    const found = readSafetensors(bytes);
    expect([...found].map(([name, { data }]) => [name, ...data])).toEqual([
      ["a", 7],
      ["c", 9],
    ]);
    expect([...found.unread]).toEqual([["b", "elements of type F3"]]);
  });
});

describe("safetensors files that are refused", () => {
  test.each([
    [new Uint8Array(5), "safetensors: the file is cut off; got offset=0, needed=8, size=5"],
    [safetensors("{}", 0).subarray(0, 9), "safetensors: the file is cut off; got offset=8, needed=2, size=9"],
    [
      new Uint8Array(8).fill(255),
      "safetensors: a length is beyond all bounds; got value=18446744073709551615",
    ],
    [safetensors("[]", 0), "safetensors: the header must begin with {"],
    [safetensors("{", 0), "safetensors: the header is not JSON"],
    [safetensors(`{${"[".repeat(99)}`, 0), "safetensors: the header is not JSON"],
    [
      safetensors('{"w":3}', 0),
      'safetensors: a tensor must name its element type; got name="w", dtype=undefined',
    ],
    [
      safetensors(one('"dtype":"F4","shape":[2],"data_offsets":[2,1]'), 2),
      "safetensors: the offsets must hold the shape's elements, inside the file",
    ],
    [
      safetensors(one('"dtype":"F4","shape":[2],"data_offsets":[0,3]'), 2),
      "safetensors: the offsets must hold the shape's elements, inside the file",
    ],
    [
      safetensors(one('"dtype":"F32","shape":4'), 0),
      "safetensors: a tensor must have a shape and two offsets",
    ],
    [
      safetensors(one('"dtype":"F32","shape":[1.5],"data_offsets":[0,6]'), 6),
      "safetensors: every axis size must be a whole number, 0 or more; got shape=[1.5]",
    ],
    [
      safetensors(one('"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]'), 0),
      "safetensors: the shape declares more than the file holds; got shape=[4294967296,4294967296], available=0",
    ],
    [
      safetensors(one('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), 8),
      "safetensors: the offsets must hold the shape's elements, inside the file",
    ],
    [
      safetensors(one('"dtype":"F32","shape":[1],"data_offsets":[8,12]'), 8),
      "safetensors: the offsets must hold the shape's elements, inside the file",
    ],
    [
      safetensors(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}',
        6,
      ),
      "safetensors: two tensors overlap; got offset=2, expected=4",
    ],
    [
      safetensors(one('"dtype":"U8","shape":[4],"data_offsets":[1,5]'), 5),
      "safetensors: there is a gap between tensors; got offset=1, expected=0",
    ],
    [
      safetensors(one('"dtype":"U8","shape":[4],"data_offsets":[0,4]'), 5),
      "safetensors: there are bytes that belong to no tensor; got offset=4, available=5",
    ],
  ])("%#", (bytes, message) => expectRefusal(() => readSafetensors(bytes), message));
});

function npy(dictionary: string, size: number, version = 1): Uint8Array {
  const header = new TextEncoder().encode(dictionary);
  const start = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, header.length & 255, header.length >> 8];
  if (version > 1) start.push(0, 0);
  return Uint8Array.of(...start, ...header, ...new Uint8Array(size));
}

const fields = (shape: string, descr = "<f4"): string =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

describe("npy and npz files that are refused", () => {
  test.each([
    [new Uint8Array(6), "npy: the file does not begin as one"],
    [npy(fields("(1,)"), 4, 9), "npy: the version must be 1, 2 or 3; got version=9"],
    [npy("print()", 0), "npy: the header is no dictionary"],
    [npy("{'descr': __import__('os')}", 0), "npy: the header must hold descr, fortran_order and shape only"],
    [npy("{'descr': '<f4', 'descr': '<f4'}", 0), 'npy: the header holds a key twice; got key="descr"'],
    [npy("{'descr': '<f4'}", 0), "npy: the header must hold descr, fortran_order and shape"],
    [npy(fields("(2,)"), 4), "npy: the shape declares more than the file holds; got shape=[2], available=4"],
    [npy(fields(`(${"9,".repeat(40)})`), 4), "npy: the shape declares more than the file holds"],
    [npy(fields("(1,)"), 5), "npy: there are bytes after the array; got offset=71"],
    [
      npy(fields("(1,)", "<U4"), 16),
      'npy: the elements are not of a type of real numbers; got elements="text (<U4)"',
    ],
    [
      file("npyScalarObject"),
      'npy: the elements are not of a type of real numbers; got elements="objects (|O)"',
    ],
    [
      npy("{'descr': [('a', '<f4'), ('b', [('c', '|u1')])], 'fortran_order': False, 'shape': (1,), }", 5),
      `npy: the elements are not of a type of real numbers; got elements="records ([('a', '<f4'), ('b', [('c', '|u1')])])"`,
    ],
    [
      npy(fields("(1,)", "<x4"), 4),
      'npy: the elements are not of a type of real numbers; got elements="elements of an unknown type (<x4)"',
    ],
  ])("%#", (bytes, message) => expectRefusal(() => readNpy(bytes), message));

  test("version 2 and 3 are read", () => {
    expect(readNpy(npy(fields("(1,)"), 4, 2)).shape).toEqual([1]);
    expect(readNpy(npy(fields("()"), 4, 3)).shape).toEqual([]);
  });

  test.each([
    [
      withDeclaredSize(file("npzCompressed"), 2 ** 31),
      "npz: the entries are larger than the archive can hold",
    ],
    [zipSync({ "a.txt": strToU8("x") }), 'npz: the archive must hold .npy files; got entries=["a.txt"]'],
    [zipSync({ "../a.npy": strToU8("x") }), `npz: an entry's name leads outside; got name="../a.npy"`],
    [zipSync({ "/a.npy": strToU8("x") }), `npz: an entry's name leads outside; got name="/a.npy"`],
    [zipSync({ "C:\\a.npy": strToU8("x") }), `npz: an entry's name leads outside; got name="C:\\\\a.npy"`],
    [strToU8("no archive at all, only text"), "npz: the archive cannot be unpacked"],
  ])("archive %#", (bytes, message) => expectRefusal(() => readNpz(bytes), message));
});

describe("a changed byte in an array", () => {
  const changed = zipSync({ "w.npy": writeNpy(tensor([1, 2, 3])) }, { level: 0 });
  const view = new DataView(changed.buffer);
  const directory = view.getUint32(changed.length - 6, true);
  // The last element's sign.
  view.setUint8(directory - 1, 0xc0);

  test("is noticed by the archive's checksum", () =>
    expectRefusal(
      () => readNpz(changed),
      `npz: an entry's bytes are not those that its checksum was made from; got name="w.npy"`,
    ));

  test("is not where the archive has no checksum, as torch.save can be told", () => {
    view.setUint32(directory + 16, 0, true);
    expect(toNested(readNpz(changed).get("w") as Tensor)).toEqual([1, 2, -3]);
  });
});

/** An archive whose directory says of the first entry that it is of such a size. */
function withDeclaredSize(archive: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(archive);
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(bytes.length - 6, true);
  view.setUint32(directory + 24, size, true);
  return bytes;
}

/** A checkpoint with the given pickle and one storage of eight bytes. */
function pth(
  pickle: readonly (number | string)[],
  more: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const bytes = pickle.flatMap((part) => (typeof part === "string" ? [...strToU8(part)] : [part]));
  return zipSync(
    { "a/data.pkl": Uint8Array.from(bytes), "a/data/0": new Uint8Array(8), ...more },
    { level: 0 },
  );
}

/** Pickle of ('storage', FloatStorage, key, 'cpu', length), as a persistent reference. */
const storage = (key: string, length: number): (number | string)[] => [
  ...["(X", 7, 0, 0, 0, "storage", "ctorch\nFloatStorage\n", "X", key.length, 0, 0, 0, key],
  ...["X", 3, 0, 0, 0, "cpu", "K", length, "tQ"],
];
const call = (name: string, args: readonly (number | string)[]): (number | string)[] => [
  `c${name}\n(`,
  ...args,
  "tR",
];
/** The storage as numbers of some type, as a tensor of its own. */
const as = (type: string): (number | string)[] =>
  call("torch._utils\n_rebuild_tensor_v2", [
    ...[
      "(X",
      7,
      0,
      0,
      0,
      "storage",
      `ctorch\n${type}Storage\n`,
      "X",
      1,
      0,
      0,
      0,
      "0",
      "X",
      3,
      0,
      0,
      0,
      "cpu",
    ],
    ...[
      "M",
      ...({ Double: [244, 1], Float: [232, 3], Int: [232, 3], Long: [244, 1], Short: [208, 7] }[type] ?? [
        160, 15,
      ]),
    ],
    ...["tQ", "K", 0, "(", "K", 1, "t(", "K", 1, "t", 0x89, "N"],
  ]);
const rebuilt = (shape: readonly number[], stride: readonly number[], offset = 0): (number | string)[] =>
  call("torch._utils\n_rebuild_tensor_v2", [
    ...storage("0", 2),
    ...["K", offset, "(", ...shape.flatMap((n) => ["K", n]), "t(", ...stride.flatMap((n) => ["K", n]), "t"],
    ...[0x89, "N"],
  ]);
const named = (value: readonly (number | string)[]): (number | string)[] => [
  "}X",
  1,
  0,
  0,
  0,
  "w",
  ...value,
  "s.",
];

describe("PyTorch files that are refused", () => {
  test("a well-formed one, made by hand, is read", () => {
    expect(readPth(pth([0x80, 2, ...named(rebuilt([2], [1]))])).get("w")?.shape).toEqual([2]);
  });

  test.each([
    [strToU8("no archive"), "pth: the file is neither a zip archive nor what PyTorch before 1.6 wrote"],
    [new Uint8Array(), "pth: the file is neither a zip archive nor what PyTorch before 1.6 wrote"],
    [file("pth").subarray(0, 400), "pth: the archive cannot be unpacked"],
    [
      pth(["Pid\n."]),
      'pth: the pickle holds the opcode 0x50 ("P"), which torch.save does not write; got offset=0',
    ],
    [pth([0x82, 1, "."]), "pth: the pickle holds the opcode 0x82"],
    [pth([0x80, 9, "N."]), "pth: the pickle's protocol is unknown; got protocol=9"],
    [pth(["}"]), "pth: the file is cut off"],
    [pth(["."]), "pth: the pickle takes a value that is not there"],
    [pth(["NN."]), "pth: the pickle ends with values left over"],
    [pth(["Nt."]), "pth: the pickle closes a container that is not open"],
    [pth(["h", 7, "."]), "pth: the pickle recalls what it has not kept; got index=7"],
    [pth(["NNR."]), "pth: the pickle calls what is neither a class nor a function"],
    [pth(["NNNs."]), "pth: the pickle sets items of something that is no dictionary"],
    [pth(["NNa."]), "pth: the pickle appends to something that is no list"],
    [pth(["NNb."]), "pth: the pickle sets the state of something that has none"],
    [pth(["ccollections"]), "pth: a line does not end"],
    [pth(["X", 2, 0, 0, 0, 0xff, 0xfe, "."]), "pth: text is not UTF-8; got offset=5"],
    [pth(["}".repeat(2000), "."]), "pth: the pickle holds more containers than its size has room for"],
    [pth(["(NtQ."]), "pth: a reference must name a storage: its type, key, place and length"],
    [
      pth(
        [
          "]",
          ...["Double", "Float", "Int", "Long", "Char", "Byte", "Bool", "Short"].flatMap((type) => [
            ...as(type),
            "a",
          ]),
          ".",
        ],
        {
          "a/data/0": new Uint8Array(4000),
        },
      ),
      "pth: the arrays would take more memory than is allowed",
    ],
    [pth([...storage("9", 2), "."]), 'pth: a storage is missing; got key="9"'],
    [
      pth([...storage("0", 3), "."]),
      'pth: a storage is longer than the file says; got key="0", length=3, available=8',
    ],
    [
      pth(named(rebuilt([3], [1]))),
      "pth: a tensor must lie inside its storage; got shape=[3], stride=[1], offset=0, length=2",
    ],
    [
      pth(named(rebuilt([2], [1], 1))),
      "pth: a tensor must lie inside its storage; got shape=[2], stride=[1], offset=1, length=2",
    ],
    [pth(named(rebuilt([2], [1, 1]))), "pth: a tensor must lie inside its storage"],
    [
      pth(named(call("torch._utils\n_rebuild_tensor_v2", ["N"]))),
      "pth: a tensor must have a storage, an offset, a shape and strides",
    ],
    [
      pth(named(call("torch._utils\n_rebuild_parameter", ["N"]))),
      "pth: the pickle calls torch._utils._rebuild_parameter otherwise than torch.save does",
    ],
    [
      pth(["N."], { "a/byteorder": strToU8("middle") }),
      'pth: the byte order must be little or big; got byteorder="middle"',
    ],
    [pth(["N."], { "b/data.pkl": strToU8("N.") }), "pth: the archive must hold one data.pkl, in a folder"],
    [zipSync({ x: strToU8("y") }), "pth: the archive must hold one data.pkl, in a folder"],
    [pth(["N."], { "a/../../x": strToU8("y") }), `pth: an entry's name leads outside; got name="a/../../x"`],
  ])("%#", (bytes, message) => expectRefusal(() => readPth(bytes), message));
});

test.each(Object.entries({ readNpy, readNpz, readPth, readSafetensors }))("%s wants bytes", (name, read) => {
  expect(() => read("weights.bin" as never)).toThrow(
    `${name}: bytes must be a Uint8Array or an ArrayBuffer, the whole file; got bytes="weights.bin"`,
  );
});

function expectRefusal(run: () => unknown, message: string): void {
  expect(run).toThrow(FormatError);
  expect(run).toThrow(message);
}
