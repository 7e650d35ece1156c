import { loadStateDict, type Module, rand, randn, stateDict, type Tensor } from "../../src/index.js";

/** A module with every tensor drawn anew, running statistics and affine parameters too, so that nothing keeps a default that hides a mistake. */
export function randomised(module: Module): Module {
  const state = new Map<string, Tensor>();
  for (const [name, tensor] of stateDict(module)) {
    if (name.endsWith("mask")) state.set(name, tensor);
    else if (name.endsWith("running_var"))
      state.set(
        name,
        mapped(rand(tensor.shape), (x) => x + 0.5),
      );
    else if (tensor.shape.length === 1)
      state.set(
        name,
        mapped(randn(tensor.shape), (x) => 0.5 + 0.2 * x),
      );
    else
      state.set(
        name,
        mapped(randn(tensor.shape), (x) => x / Math.sqrt(tensor.size / (tensor.shape[0] as number))),
      );
  }
  return loadStateDict(module, state);
}

function mapped(tensor: Tensor, change: (x: number) => number): Tensor {
  tensor.data.forEach((value, i) => {
    tensor.data[i] = change(value);
  });
  return tensor;
}
