import type * as core from "@convfuse/core";

/** Every layer whose constructor takes no options, with what it takes. A layer that is missing here is named by `test/options/`. */
export const plainLayers: Readonly<Record<string, (c: typeof core) => readonly unknown[]>> = {
  AdaptiveAvgPool1d: () => [1],
  AdaptiveAvgPool2d: () => [1],
  AdaptiveAvgPool3d: () => [1],
  Concat: (c) => [[new c.Identity()]],
  Dropout: () => [0.5],
  DropPath: () => [0.1],
  Flatten: () => [],
  ELU: () => [0.5],
  Hardsigmoid: () => [],
  Hardswish: () => [],
  Identity: () => [],
  LeakyReLU: () => [0.01],
  Mish: () => [],
  PixelShuffle: () => [2],
  PReLU: (c) => [4, c.ones([4])],
  Product: (c) => [[new c.Identity()]],
  ReLU: () => [],
  ReLU6: () => [],
  Scale: () => [2],
  Sigmoid: () => [],
  SiLU: () => [],
  Softplus: () => [],
  Tanh: () => [],
};

/** One of them, made by a copy of the package. */
export function plainLayer(c: typeof core, name: string, ...more: readonly unknown[]): core.Module {
  const Layer = new Map<string, unknown>(Object.entries(c)).get(name) as new (
    ...args: readonly unknown[]
  ) => core.Module;
  return new Layer(...(plainLayers[name]?.(c) ?? []), ...more);
}
