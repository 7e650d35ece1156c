import { loadStateDict, rand, randn, stateDict } from "@convfuse/core";

/** Weights of so many values are random as they are made, and drawing them again would take longer than all the rest. */
const large = 2 ** 16;

/**
 * A module with every tensor drawn anew, running statistics and affine parameters too, so that nothing keeps a default that hides a mistake.
 * @param {import("../../src/index.js").Module} module
 * @returns {import("../../src/index.js").Module}
 */
export function randomised(module) {
  const state = new Map();
  for (const [name, tensor] of stateDict(module)) {
    if (name.endsWith("mask") || tensor.size > large) state.set(name, tensor);
    else if (name.endsWith("running_var")) state.set(name, mapped(rand(tensor.shape), 1, 0.5));
    else if (tensor.shape.length === 1) state.set(name, mapped(randn(tensor.shape), 0.2, 0.5));
    else {
      const fanIn = tensor.size / tensor.shape[0];
      state.set(name, mapped(randn(tensor.shape), 1 / Math.sqrt(fanIn), 0));
    }
  }
  return loadStateDict(module, state);
}

/**
 * @param {import("@convfuse/core").Tensor} tensor
 * @param {number} factor
 * @param {number} shift
 */
function mapped(tensor, factor, shift) {
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) data[i] = data[i] * factor + shift;
  return tensor;
}
