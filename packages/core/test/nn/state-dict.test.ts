import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  BatchNorm2d,
  Conv2d,
  dbbResNet18,
  ecbsrM4C16,
  fuse,
  Identity,
  type LoadedState,
  loadStateDict,
  type Module,
  manualSeed,
  mobileOneS0,
  ReLU,
  repVggA0,
  repVggBlock,
  Sequential,
  type StateArray,
  Sum,
  stateDict,
  type Tensor,
  tensor,
  toNested,
} from "../../src/index.js";
import { published } from "../blocks/published.js";

const module = new Sequential({ conv: new Conv2d(1, 2, 1), bn: new BatchNorm2d(2) });
const complete = (): Map<string, StateArray> => new Map<string, StateArray>(stateDict(module));
const behind = (prefix: string, state: ReadonlyMap<string, StateArray>): [string, StateArray][] =>
  [...state].map(([name, array]) => [prefix + name, array]);

describe("loadStateDict, strict", () => {
  test("lists what is missing, unexpected and of another shape", () => {
    const state = complete();
    state.delete("conv.bias");
    state.set("extra", tensor([1]));
    state.set("bn.weight", tensor([1, 2, 3]));
    expect(() => loadStateDict(module, state)).toThrow(
      "loadStateDict: the state does not fit the module: missing conv.bias; unexpected extra; of another shape bn.weight [3] instead of [2]",
    );
  });

  test("a long list is cut, and says so", () => {
    const names = Array.from({ length: 15 }, (_, i) => [`x${i}`, tensor([1])] as const);
    expect(() => loadStateDict(module, new Map<string, StateArray>([...complete(), ...names]))).toThrow(
      /: unexpected x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, \.\.\. 3 more$/,
    );
  });

  test("wants a Map of arrays, flags and prefixes", () => {
    expect(() => loadStateDict(module, { "conv.weight": tensor([1]) } as never)).toThrow(
      "loadStateDict: state must be a Map of arrays by name; got state=Object",
    );
    expect(() => loadStateDict(module, new Map([["epoch", 3]]) as never)).toThrow(
      'loadStateDict: the state may hold arrays only; got name="epoch", value=3',
    );
    expect(() => loadStateDict(module, complete(), { strict: 0 as never })).toThrow(
      "loadStateDict: strict must be true or false; got strict=0",
    );
    for (const prefix of ["module", [], ["module.", 1], 1, null]) {
      expect(() => loadStateDict(module, complete(), { prefix: prefix as never })).toThrow(
        'loadStateDict: prefix must be text that ends in a dot, such as "module.", or a list; got prefix=',
      );
    }
  });

  test("passes over PyTorch's batch counters, and only over those", () => {
    const state = complete().set("bn.num_batches_tracked", tensor([1]));
    expect(() => loadStateDict(module, state)).not.toThrow();
    expect(() => loadStateDict(module, state.set("conv.num_batches_tracked", tensor([1])))).toThrow(
      "unexpected conv.num_batches_tracked",
    );
  });

  test("an array under two names stays one tensor", () => {
    const two = new Sequential([new BatchNorm2d(1), new BatchNorm2d(1)]);
    const state = new Map<string, StateArray>(stateDict(two));
    const shared = tensor([4]);
    const loaded = loadStateDict(two, state.set("0.weight", shared).set("1.weight", shared)).parameters();
    expect(loaded.get("0.weight")).toBe(loaded.get("1.weight"));
  });
});

describe("loadStateDict, not strict", () => {
  test("takes what fits, says what did not, and leaves the module as it was", () => {
    const state = new Map<string, StateArray>([
      ["bn.bias", tensor([5, 6])],
      ["bn.weight", tensor([1, 2, 3])],
      ["head.weight", tensor([1])],
      ["bn.num_batches_tracked", tensor([1])],
    ]);
    const { module: loaded, ...match } = loadStateDict(module, state, { strict: false });
    expect(toNested(loaded.parameters().get("bn.bias") as Tensor)).toEqual([5, 6]);
    expect(toNested(module.parameters().get("bn.bias") as Tensor)).toEqual([0, 0]);
    expect(loaded.parameters().get("bn.weight")).toBe(module.parameters().get("bn.weight"));
    expect(loaded.children().get("conv")).toBe(module.children().get("conv"));
    expect(match).toMatchObject({
      loaded: ["bn.bias"],
      missing: ["conv.weight", "conv.bias", "bn.running_mean", "bn.running_var"],
      unexpected: ["head.weight"],
      misshapen: [{ name: "bn.weight", shape: [3], expected: [2] }],
    });
    expect(String(match)).toBe(
      "1 tensor loaded; missing conv.weight, conv.bias, bn.running_mean, bn.running_var; unexpected head.weight; of another shape bn.weight [3] instead of [2]",
    );
  });

  test("gives empty lists where everything fits", () => {
    const result = loadStateDict(module, complete(), { strict: false });
    expect(result).toMatchObject({ missing: [], unexpected: [], misshapen: [] });
    expect(result.loaded).toEqual([...stateDict(module).keys()]);
    expect(String(result)).toBe("6 tensors loaded");
  });

  test.each([
    ["another network's names", [["encoder.conv.filter", tensor([1])]]],
    ["the right names in other shapes", [["bn.weight", tensor([1])]]],
    ["nothing", []],
  ] as const)("refuses %s, where not one tensor fits", (_, entries) => {
    const state = new Map<string, StateArray>(entries);
    expect(() => loadStateDict(module, state, { strict: false })).toThrow(ArgumentError);
    expect(() => loadStateDict(module, state, { strict: false })).toThrow(
      "loadStateDict: not one tensor of the state fits the module: missing conv.weight",
    );
  });

  test("names behind a prefix fit nothing, and the error says which prefix", () => {
    const state = new Map(behind("module.", complete()));
    expect(() => loadStateDict(module, state, { strict: false })).toThrow(
      'loadStateDict: not one tensor of the state fits the module: every tensor is there behind "module.": give prefix: "module."; missing ',
    );
  });

  test("a flag that is known at run time only gives either", () => {
    const strict = Number(complete().size) > 100;
    const result: Module | LoadedState = loadStateDict(module, complete(), { strict });
    expect("loaded" in result && result.loaded.length).toBe(6);
  });
});

describe("a prefix", () => {
  const other = (): Map<string, StateArray> =>
    new Map([...complete()].map(([name, { shape }]) => [name, tensor(new Float32Array(2).fill(7), shape)]));

  test("is taken off, and what does not begin with it is not looked at", () => {
    const state = new Map([
      ["epoch", tensor([3])],
      ...behind("ema.", other()),
      ...behind("model.", complete()),
    ]);
    const loaded = loadStateDict(module, state, { prefix: "ema." });
    expect(toNested(loaded.parameters().get("bn.bias") as Tensor)).toEqual([7, 7]);
    const named = loadStateDict(module, new Map([...state, ["ema.x", tensor([1])]]), {
      prefix: "ema.",
      strict: false,
    });
    // As the checkpoint has it.
    expect(named.unexpected).toEqual(["ema.x"]);
  });

  test("of a list each name loses the first that it begins with", () => {
    for (const prefix of ["module.", "model.", "state_dict.model."]) {
      const state = new Map(behind(prefix, other()));
      const loaded = loadStateDict(module, state, { prefix: ["module.", "state_dict.model.", "model."] });
      expect(toNested(loaded.parameters().get("bn.bias") as Tensor)).toEqual([7, 7]);
    }
    const half = [...complete()];
    const mixed = new Map([...behind("module.", new Map(half.slice(0, 2))), ...half.slice(2)]);
    expect(() => loadStateDict(module, mixed, { prefix: ["module.", ""] })).not.toThrow();
  });

  test("under which two names become one is refused", () => {
    const state = new Map([...behind("ema.", other()), ...behind("model.", complete())]);
    expect(() => loadStateDict(module, state, { prefix: ["ema.", "model."] })).toThrow(
      'loadStateDict: two names become one without their prefixes: give one of these; got prefix=["ema.","model."], names=["ema.conv.weight","model.conv.weight"]',
    );
  });

  test("that no name has is refused, strict or not", () => {
    for (const strict of [true, false]) {
      expect(() => loadStateDict(module, complete(), { prefix: "model.", strict })).toThrow(
        'loadStateDict: no name of the state begins with the prefix; got prefix=["model."], names=["conv.weight","conv.bias",',
      );
    }
  });
});

describe("the hint", () => {
  const refusal = (state: ReadonlyMap<string, StateArray>, into: Module = module): string => {
    try {
      loadStateDict(into, state);
    } catch (error) {
      return (error as Error).message.replace("loadStateDict: the state does not fit the module: ", "");
    }
    return "loaded";
  };

  test("names a wrapper's prefix", () => {
    const state = new Map([["epoch", tensor([3])], ...behind("module.net.", complete())]);
    expect(refusal(state)).toMatch(
      /^every tensor is there behind "module\.net\.": give prefix: "module\.net\."; missing conv\.weight, .*; unexpected epoch, module\.net\.conv\.weight, /,
    );
  });

  test("names it where not all tensors are there, too", () => {
    const state = new Map(behind("module.", complete()).slice(1));
    expect(refusal(state)).toMatch(/^5 of 6 tensors are there behind "module\.": give prefix: "module\."; /);
  });

  test("names all of several", () => {
    const state = new Map([...behind("model.", complete()), ...behind("ema.", complete())]);
    expect(refusal(state)).toMatch(
      /^every tensor is there behind "model\." and behind "ema\.": give prefix: "model\."; /,
    );
  });

  test("looks at shapes: the right names in other shapes behind a prefix are another network's", () => {
    const wider = stateDict(new Sequential({ conv: new Conv2d(1, 3, 1), bn: new BatchNorm2d(3) }));
    expect(refusal(new Map(behind("module.", wider)))).toMatch(/^missing conv\.weight/);
    const both = new Map([...behind("a.", wider), ...behind("b.", complete())]);
    expect(refusal(both)).toMatch(/^every tensor is there behind "b\.": /);
  });

  test("finds the part of the module that a checkpoint is of", () => {
    const whole = new Sequential({ backbone: module, head: new Conv2d(2, 3, 1) });
    expect(refusal(complete(), whole)).toMatch(
      /^every tensor of the state is in the child "backbone": load it into that; missing backbone\.conv\.weight, /,
    );
  });

  test("is silent where nothing is alike", () => {
    expect(refusal(new Map([["encoder.weight", tensor([1])]]))).toMatch(/^missing conv\.weight/);
    const other = stateDict(new Sequential({ a: new Conv2d(5, 2, 3), b: new Conv2d(2, 4, 3) }));
    expect(refusal(other)).toMatch(/^missing conv\.weight/);
  });

  describe.each(Object.entries({ ...published, repVggA0, mobileOneS0, dbbResNet18, ecbsrM4C16 }))(
    "between %s and its fused form",
    (_, make) => {
      manualSeed(2);
      const branches = make();
      const trained = stateDict(branches);

      test.each([{}, { deploy: true }])("fused with %o", (options) => {
        const fused = fuse(branches, options).module;
        const fusedState = stateDict(fused);
        expect(refusal(fusedState, branches)).toMatch(
          /^it has (one layer in place of .*|no batch norms where the module has them), as a fused \(deployed\) network has: load it into fuse\(module(, \{ deploy: true \})?\)\.module; /,
        );
        expect(refusal(trained, fused)).toMatch(
          /^it has (branches in place of .*|batch norms where the module has none), as a network before fusing has: load it into that, and fuse it then; /,
        );
        // Named rightly, it loads.
        expect(refusal(fusedState, fused)).toBe("loaded");
      });
    },
  );

  test("says with which names a checkpoint is fused", () => {
    const block = new Sequential({ stage0: repVggBlock(4, 4), relu: new ReLU() });
    const load =
      /one layer in place of "stage0", as a fused \(deployed\) network has: load it into (.*)\.module;/;
    expect(load.exec(refusal(stateDict(fuse(block).module), block))?.[1]).toBe("fuse(module)");
    const deployed = stateDict(fuse(block, { deploy: true }).module);
    expect(load.exec(refusal(deployed, block))?.[1]).toBe("fuse(module, { deploy: true })");
    expect(refusal(deployed, fuse(block, { deploy: true }).module)).toBe("loaded");
  });

  test.each([
    ["a norm behind a layer", () => [new Conv2d(2, 3, 1), new BatchNorm2d(3)]],
    ["a norm before one", () => [new BatchNorm2d(3), new Conv2d(3, 3, 1)]],
  ] as const)("%s, fused, is told by the norms", (_, make) => {
    const network = new Sequential({
      first: new Sequential([...make(), new ReLU()]),
      head: new Conv2d(3, 1, 1),
    });
    const fused = fuse(network, { keep: ["head"] }).module;
    expect(refusal(stateDict(fused), network)).toMatch(
      /^it has no batch norms where the module has them, as a fused \(deployed\) network has: load it into fuse\(module\)\.module; /,
    );
    expect(refusal(stateDict(network), fused)).toMatch(
      /^it has batch norms where the module has none, as a network before fusing has: /,
    );
  });

  test("a checkpoint that lacks only running statistics is not taken for a fused one", () => {
    const state = complete();
    state.delete("bn.running_mean");
    state.delete("bn.running_var");
    expect(refusal(state)).toBe("missing bn.running_mean, bn.running_var");
  });

  test("a branch too few or too many is no fusion", () => {
    const sum = (more: boolean): Module =>
      new Sum({
        a: new Conv2d(2, 2, 1),
        ...(more && { b: new Conv2d(2, 2, 3, { padding: 1 }) }),
        c: new Identity(),
      });
    expect(refusal(stateDict(sum(false)), sum(true))).toBe("missing b.weight, b.bias");
    expect(refusal(stateDict(sum(true)), sum(false))).toBe("unexpected b.weight, b.bias");
  });
});
