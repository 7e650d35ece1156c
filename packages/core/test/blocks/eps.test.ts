import { expect, test } from "vitest";
import { optionTakers } from "../../../../test/options/takers.js";
import {
  acBlock,
  BatchNorm2d,
  dbbResNet18,
  dilatedReparamBlock,
  diverseBranchBlock,
  largeKernelConv,
  type Module,
  manualSeed,
  mapModules,
  mobileOneBlock,
  mobileOneBranches,
  mobileOneS0,
  type NormOptions,
  qaRepVggBlock,
  repGhostModule,
  repMixer,
  repVggA0,
  repVggBlock,
  repVggDepthwise,
  repVitBlock,
  repVitDownsample,
} from "../../src/index.js";

/** Every block and network that has batch norms. */
const makers: Readonly<Record<string, (options: NormOptions) => Module>> = {
  acBlock: (options) => acBlock(4, 4, 3, options),
  dbbResNet18: (options) => dbbResNet18(3, options),
  dilatedReparamBlock: (options) => dilatedReparamBlock(4, 5, options),
  diverseBranchBlock: (options) => diverseBranchBlock(4, 4, 3, options),
  largeKernelConv: (options) => largeKernelConv(4, 4, 5, 3, options),
  mobileOneBlock: (options) => mobileOneBlock(4, 4, 3, options),
  mobileOneBranches: (options) => mobileOneBranches(4, 4, 3, options),
  mobileOneS0: (options) => mobileOneS0(3, options),
  qaRepVggBlock: (options) => qaRepVggBlock(4, 4, options),
  repGhostModule: (options) => repGhostModule(4, 4, options),
  repMixer: (options) => repMixer(4, 3, options),
  repVggA0: (options) => repVggA0(3, options),
  repVggBlock: (options) => repVggBlock(4, 4, options),
  repVggDepthwise: (options) => repVggDepthwise(4, options),
  repVitBlock: (options) => repVitBlock(4, 8, options),
  repVitDownsample: (options) => repVitDownsample(4, 8, options),
};

test("the list has everything public that makes norms", () => {
  const takers = optionTakers("core").filter(({ known }) => known.includes("eps"));
  const others = takers.map(({ name }) => name).filter((name) => !/^(batch|layer)Norm/i.test(name));
  expect(Object.keys(makers)).toEqual(others.sort());
});

test.each(Object.entries(makers))("%s: eps is in every norm, and nothing else is another", (_, make) => {
  manualSeed(3);
  const made = make({ eps: 1e-3 });
  manualSeed(3);
  const plain = make({});
  expect(String(made)).toBe(String(mapModules(plain, withEps)));
  const others = [...plain.parameters()];
  const differs = [...made.parameters()].filter(([name, { data }], i) => {
    const [otherName, other] = others[i] as (typeof others)[number];
    return name !== otherName || !Buffer.from(data.buffer).equals(Buffer.from(other.data.buffer));
  });
  expect(differs.map(([name]) => name)).toEqual([]);
  expect(new Set(norms(made).map(({ eps }) => eps))).toEqual(new Set([1e-3]));
  expect(new Set(norms(plain).map(({ eps }) => eps))).toEqual(new Set([1e-5]));
});

function withEps(module: Module): Module {
  return module instanceof BatchNorm2d ? module.with({ eps: 1e-3 }) : module;
}

function norms(module: Module): BatchNorm2d[] {
  if (module instanceof BatchNorm2d) return [module];
  return [...module.children().values()].flatMap(norms);
}
