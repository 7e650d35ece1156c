import { describe, expect, test } from "vitest";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";
import {
  ArgumentError,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Identity,
  loadStateDict,
  Module,
  mapModules,
  mul,
  type NamedTensors,
  ones,
  ReLU,
  relu,
  Scale,
  Sequential,
  ShapeError,
  Sigmoid,
  Sum,
  stateDict,
  type Tensor,
  TensorTypeError,
  tensor,
  type Wiring,
} from "../../src/index.js";

describe("mapModules", () => {
  const conv = new Conv2d(2, 2, 1);
  const shared = new Sequential([conv, new ReLU()]);
  const tree = new Sequential({ a: shared, b: new Sum({ x: shared, y: new Identity() }), c: conv });

  test("gives the same object where nothing changes", () => {
    expect(mapModules(tree, (module) => module)).toBe(tree);
  });

  test("asks once for every distinct module, parts first", () => {
    const asked: Module[] = [];
    mapModules(tree, (module) => {
      asked.push(module);
      return module;
    });
    expect(asked.map(({ typeName }) => typeName)).toEqual([
      "Conv2d",
      "ReLU",
      "Sequential",
      "Identity",
      "Sum",
      "Sequential",
    ]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("a module in several places stays one module, and the tree stays what it was", () => {
    const printed = String(tree);
    const mapped = mapModules(tree, (module) =>
      module === conv ? new Conv2d(2, 2, 3, { padding: 1 }) : module,
    );
    const at = (module: Module, ...path: string[]): Module =>
      path.reduce((one, name) => one.children().get(name) as Module, module);
    expect(at(mapped, "a")).toBe(at(mapped, "b", "x"));
    expect(at(mapped, "a", "0")).toBe(at(mapped, "c"));
    expect(at(mapped, "a", "1")).toBe(at(tree, "a", "1"));
    expect(at(mapped, "b", "y")).toBe(at(tree, "b", "y"));
    expect(String(at(mapped, "c"))).toContain("kernel_size=(3, 3)");
    expect([...mapped.children().keys()]).toEqual(["a", "b", "c"]);
    expect(String(tree)).toBe(printed);
  });

  test("a composition is asked about with what has become of its parts, and may be replaced too", () => {
    const mapped = mapModules(tree, (module) => {
      if (module instanceof ReLU) return new Sigmoid();
      if (
        module.typeName === "Sequential" &&
        [...module.children().values()].some((one) => one instanceof Sigmoid)
      )
        return new Scale(2);
      return module;
    });
    expect(String(mapped.children().get("a"))).toBe("Scale(2.0)");
  });

  test("rebuilds a composition of one's own", () => {
    class Twice extends Module {
      readonly #inner: Module;
      constructor(inner: Module) {
        super();
        this.#inner = inner;
      }
      override children() {
        return new Map([["inner", this.#inner]]);
      }
      override forward(x: Tensor) {
        return this.#inner.forward(this.#inner.forward(x));
      }
      override rebuild(_: unknown, children: ReadonlyMap<string, Module>) {
        return new Twice(children.get("inner") ?? this.#inner);
      }
    }
    const mapped = mapModules(new Twice(new Scale(2)), (one) => (one instanceof Scale ? new Scale(3) : one));
    expect([...mapped.forward(tensor([[[[1]]]])).data]).toEqual([9]);
  });

  testRefusals([
    [
      () => mapModules(wrong([conv]), (one) => one),
      TensorTypeError,
      "mapModules: module must be a module; got module=[Conv2d]",
    ],
    [
      () =>
        mapModules(
          conv,
          wrong(() => undefined),
        ),
      TensorTypeError,
      "mapModules: what change gives must be a module; got what change gives=undefined",
    ],
  ]);
});

describe("a subclass that computes something of its own, and inherits how it is rebuilt, is refused where its parent would stand in its place", () => {
  class Doubled extends Conv2d {
    override forward(x: Tensor): Tensor {
      return mul(super.forward(x), 2);
    }
  }
  class Backwards extends Sequential {
    override connect<Wire>(x: Wire, wiring: Wiring<Wire>): Wire {
      return [...this.children().keys()].reverse().reduce((value, name) => wiring.child(name, value), x);
    }
  }
  class Renamed extends Conv2d {
    override ownParameters(): NamedTensors {
      return new Map([["kernel", this.weight]]);
    }
  }
  class Clipped extends BatchNorm2d {
    override forward(x: Tensor): Tensor {
      return relu(super.forward(x));
    }
  }
  class Named extends Conv2d {
    override get typeName(): string {
      return "Named";
    }
  }
  const [doubled, renamed, clipped] = [new Doubled(1, 1, 1), new Renamed(1, 1, 1), new Clipped(1)];
  const backwards = new Backwards([new Conv2d(1, 1, 1), new Identity()]);
  const rule = (method: string, maker: string): string =>
    `a subclass with its own ${method} needs its own ${maker} too: the one it inherits gives its parent's layer`;

  testRefusals([
    [
      () => loadStateDict(doubled, stateDict(doubled)),
      ArgumentError,
      `Conv2d: ${rule("forward", "rebuild")}`,
    ],
    [
      () => loadStateDict(renamed, stateDict(renamed)),
      ArgumentError,
      `Conv2d: ${rule("ownParameters", "rebuild")}`,
    ],
    [
      () => loadStateDict(clipped, stateDict(clipped)),
      ArgumentError,
      `BatchNorm2d: ${rule("forward", "with")}`,
    ],
    [() => clipped.with({ eps: 1 }), ArgumentError, `BatchNorm2d: ${rule("forward", "with")}`],
    [
      () => mapModules(backwards, (one) => (one instanceof Identity ? new ReLU() : one)),
      ArgumentError,
      `Sequential: ${rule("connect", "rebuild")}`,
    ],
  ]);

  test("one that only names itself loads as its parent, which computes the same", () => {
    const named = new Named(1, 1, 1);
    expect(loadStateDict(named, stateDict(named))).toBeInstanceOf(Conv2d);
  });
});

describe.each([BatchNorm2d, BatchNorm1d])("a norm with other options: %o", (Norm) => {
  const vector = (n: number): Tensor => tensor([n, n + 0.5]);
  const tensors = { weight: vector(1), bias: vector(2), runningMean: vector(3), runningVar: vector(4) };
  const { weight, runningMean, runningVar } = tensors;
  const norm = new Norm(2, { ...tensors, eps: 0.25 });

  test("keeps its type, its tensors and what is not named", () => {
    const other = norm.with({ eps: 1e-3 });
    expect(other).toBeInstanceOf(Norm);
    expect(other.typeName).toBe(norm.typeName);
    for (const name of Object.keys(tensors) as (keyof typeof tensors)[])
      expect(other[name]).toBe(tensors[name]);
    expect([other.eps, norm.eps]).toEqual([1e-3, 0.25]);
    expect([norm.with({ training: true }).training, norm.with({ training: true }).eps]).toEqual([true, 0.25]);
    expect(norm.with({ eps: wrong(undefined) }).eps).toBe(0.25);
    expect(norm.with({ bias: ones([2]) }).weight).toBe(weight);
  });

  test("drops its weights where it is to have none, and gets them back", () => {
    const plain = norm.with({ affine: false });
    expect([plain.weight, plain.bias, plain.runningVar]).toEqual([undefined, undefined, runningVar]);
    expect([...(plain.with({ affine: true }).weight as Tensor).data]).toEqual([1, 1]);
  });

  test("is rebuilt with the tensors that are given", () => {
    const rebuilt = norm.rebuild(new Map([["running_var", ones([2])]])) as BatchNorm2d;
    expect(rebuilt).toBeInstanceOf(Norm);
    expect([rebuilt.weight, rebuilt.runningMean, rebuilt.eps]).toEqual([weight, runningMean, 0.25]);
    expect([...rebuilt.runningVar.data]).toEqual([1, 1]);
  });

  testRefusals([
    [
      () => norm.with({ eps: -1 }),
      ArgumentError,
      `${norm.typeName}: eps must be a number, 0 or more; got eps=-1`,
    ],
    [
      () => norm.with({ bias: ones([3]) }),
      ShapeError,
      `${norm.typeName}: bias must be [2], one value a channel; got bias.shape=[3]`,
    ],
    [
      () => norm.with({ affine: false, bias: ones([2]) }),
      ArgumentError,
      `${norm.typeName}: weight and bias go with affine: true only; got affine=false`,
    ],
  ]);
});
