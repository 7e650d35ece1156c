import * as core from "@convfuse/core";
import { beforeAll, describe, expect, test } from "vitest";
import { bundledCore } from "../support/bundled-core.js";
import { plainLayer, plainLayers } from "../support/plain-layers.js";
import { wrong } from "../support/refusals.js";

type Core = typeof core;

/** Core as an application's bundler leaves it: classes and functions have names such as `e`. */
let minified: Core;
beforeAll(async () => {
  minified = new Function(`${await bundledCore({ minify: true })}\nreturn convfuse;`)() as Core;
});

/** Every layer, and what is put together from layers. */
function modules(c: Core): core.Module[] {
  const conv = new c.Conv2d(4, 4, 3, { padding: 1 });
  return [
    ...Object.keys(plainLayers).map((name) => plainLayer(c, name)),
    new c.AvgPool2d(2),
    new c.BatchNorm1d(4),
    new c.BatchNorm2d(4),
    new c.Concat([conv, new c.Identity()]),
    conv,
    new c.GELU(),
    new c.Linear(3, 2),
    new c.MaxPool2d(2),
    new c.Pad2d(1),
    new c.Product([conv, new c.Sigmoid()]),
    new c.Sequential([conv, new c.ReLU()]),
    new c.Sum([conv, new c.Identity()]),
    new c.AvgPool1d(2),
    new c.AvgPool3d(2),
    new c.BatchNorm3d(4),
    new c.Conv1d(3, 2, 3),
    new c.Conv3d(3, 2, 3),
    new c.ConvTranspose1d(3, 2, 3),
    new c.ConvTranspose2d(3, 2, 3),
    new c.ConvTranspose3d(3, 2, 3),
    new c.LayerNorm(4),
    new c.LayerNorm2d(4),
    new c.MaxPool1d(2),
    new c.MaxPool3d(2),
    new c.Upsample({ scaleFactor: 2 }),
    c.edgeOrientedBlock(4, 4, { identity: true }),
    c.repMixer(4, 3),
    c.repVitBlock(8, 16, { squeezeExcite: true }),
  ];
}

/** Calls that are refused, one of each kind of error and more. */
function refusals(c: Core): (() => unknown)[] {
  const conv = new c.Conv2d(4, 4, 3);
  return [
    () => conv.forward(c.ones([1, 3, 8, 8])),
    () => new c.Conv2d(4, 4, 0),
    () => c.relu(wrong(conv)),
    () => c.relu(wrong(c.Conv2d)),
    () => c.relu(wrong(new c.Sum([conv]))),
    () => c.cat(wrong(c.ones([2, 3]))),
    () => new c.Sequential(wrong(conv)),
    () => new c.Sum([wrong(c.Conv2d)]),
    () => c.fuse(conv, wrong(conv)),
    () => new c.BatchNorm1d(4, { eps: -1 }),
    () => new c.GELU().forward(wrong(1)),
    () => c.kernelOf(new c.ReLU()),
    () => c.kernelOf(new c.Product([conv, new c.Sigmoid()])),
    () => c.readNpy(new Uint8Array(3)),
    () => c.zeros([1, -1]),
    () =>
      new c.ConvfuseError("op", "rule", { c: c.compile, plan: c.Plan, error: new c.ShapeError("a", "b") }),
  ];
}

/** An error as it is caught, logged and traced. */
function described(call: () => unknown): unknown {
  try {
    const made = call();
    if (!(made instanceof Error)) return "no error";
    throw made;
  } catch (thrown) {
    const error = thrown as Error;
    return { name: error.name, text: String(error), firstLine: error.stack?.split("\n")[0] };
  }
}

/** Everything that is shown of modules, with its name. */
function shown(c: Core): Record<string, unknown> {
  const block = new c.Sequential({
    a: new c.Sum([new c.Conv2d(4, 4, 3, { padding: 1 }), new c.Conv2d(4, 4, 1)]),
    b: new c.GELU(),
    c: new c.MaxPool2d(2),
    d: new c.Product([new c.Identity(), new c.Sigmoid()]),
    e: new c.PReLU(4),
    f: new c.Scale(2),
  });
  const inputShape = [1, 4, 8, 8];
  const { module, report } = c.fuse(block, { inputShape });
  return {
    printed: modules(c).map(String),
    tensors: [c.ones([2, 3]), c.ones([2, 3]).pick(0, 1), c.zeros([1, 1, 1, 1, 1, 1, 2])].map((x) => `${x}`),
    tags: modules(c).map((module) => Object.prototype.toString.call(module)),
    refused: refusals(c).map(described),
    kinds: c.cost(block, inputShape).layers.map(({ kind }) => kind),
    report: String(report),
    reasons: report.refused,
    profile: c
      .compile(module, { inputShape })
      .profile(c.ones(inputShape))
      .map(({ path, label, kernel }) => ({ path, label, kernel })),
    engines: [c.getEngine(), ...c.engineNames()],
    verification: String(c.verifyFusion(block, module, { inputShape, trials: 1 })).replace(
      /\d[\d.e-]*/g,
      "#",
    ),
  };
}

describe("a bundle that is minified", () => {
  test("renames the classes", () => {
    expect(minified.Conv2d.name).not.toBe("Conv2d");
    expect(minified.ShapeError.name).not.toBe("ShapeError");
  });

  const keys = [
    "printed",
    "tensors",
    "tags",
    "refused",
    "kinds",
    "report",
    "reasons",
    "profile",
    "engines",
    "verification",
  ];
  test.each(keys)("shows what the sources show: %s", (key) => {
    for (const c of [core, minified]) c.manualSeed(0);
    const [expected, found] = [shown(core)[key], shown(minified)[key]];
    expect(found).toEqual(expected);
    expect(JSON.stringify(expected)).not.toContain("no error");
  });
});

/** The exported classes of one kind, by the names under which they are exported. */
function classesOf<T>(base: abstract new (...args: never[]) => T): [string, new (...args: unknown[]) => T][] {
  return Object.entries(core).flatMap(([name, value]) => {
    const { prototype } = value as { readonly prototype?: unknown };
    return prototype instanceof base ? [[name, value as unknown as new () => T]] : [];
  });
}

test("every layer states its own name", () => {
  const layers = classesOf(core.Module);
  expect(layers.length).toBeGreaterThan(20);
  for (const [name, layer] of layers) {
    const stated = Object.getOwnPropertyDescriptor(layer.prototype, "typeName");
    expect(stated?.get?.call(null), name).toBe(name);
  }
  const printed = modules(core).map((module) => module.typeName);
  expect(layers.map(([name]) => name).filter((name) => !printed.includes(name))).toEqual([
    "Composition",
    "Layer",
    "Elementwise",
  ]);
});

test("every error states its own name, and its trace begins with it", () => {
  const errors = [...classesOf(core.ConvfuseError), ["ConvfuseError", core.ConvfuseError] as const];
  expect(errors.length).toBeGreaterThan(5);
  for (const [name, kind] of errors) {
    const error = new kind("op", "rule");
    expect(error.name).toBe(name);
    expect(error.stack?.split("\n")[0]).toBe(`${name}: op: rule`);
  }
});

describe("a subclass", () => {
  class Unnamed extends core.Conv2d {}
  class Named extends core.BatchNorm2d {
    override get typeName(): string {
      return "MyNorm";
    }
  }
  class Bare extends core.Module {
    override forward(x: core.Tensor): core.Tensor {
      return x;
    }

    override rebuild(): Bare {
      return this;
    }
  }

  test("that states no name goes by its parent's", () => {
    expect(String(new Unnamed(1, 1, 1))).toMatch(/^Conv2d\(1, 1, /);
    expect(() => new Unnamed(1, 1, 0)).toThrow("Conv2d: kernelSize must be");
    expect(String(new Bare())).toBe("Module()");
    expect(() => core.kernelOf(new Bare())).toThrow("kernelOf: Module is not linear");
  });

  test("that states one goes by it, in prints, refusals and costs", () => {
    expect(String(new Named(2))).toMatch(/^MyNorm\(2, eps/);
    expect(() => new Named(0)).toThrow("MyNorm: numFeatures must be");
    expect(() => new Named(2).forward(core.ones([2]))).toThrow("MyNorm: x must be");
    expect(core.cost(new Named(2), [1, 2, 3, 3]).layers.map(({ kind }) => kind)).toEqual(["MyNorm"]);
  });
});
