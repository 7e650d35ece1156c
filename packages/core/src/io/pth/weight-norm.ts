import { forEachOffset } from "../../tensor/layout.js";
import type { StateArray } from "../../tensor/state-array.js";
import type { Budget } from "../binary/budget.js";
import { stateArray } from "../binary/decode.js";

/** A weight in the form of weight_norm, by the names of its three tensors. */
interface Split {
  readonly weight: string;
  readonly direction: string;
}

/**
 * A state dict with weights in place of the pairs into which weight_norm splits them: a magnitude g and a
 * direction v are
 *
 *     weight = g v / |v|,
 *
 * with one norm for each index of the axis that g has in common with v (PyTorch's `dim`), or a single one
 * where it has none. Computed in float64, rounded once. What only has such names, and not such shapes, stays
 * as it is.
 * @param budget asked before a weight is made
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.parametrizations.weight_norm.html
 */
export function foldWeightNorm(
  state: ReadonlyMap<string, StateArray>,
  budget: Budget,
): ReadonlyMap<string, StateArray> {
  const out = new Map<string, StateArray>();
  const directions = new Set<string>();
  for (const [name, array] of state) {
    const split = splitOf(name);
    const direction = split && state.get(split.direction);
    const axis = direction && !state.has(split.weight) ? commonAxis(array, direction) : undefined;
    if (split === undefined || direction === undefined || axis === undefined) out.set(name, array);
    else {
      out.set(split.weight, scaled(array, direction, axis, budget));
      directions.add(split.direction);
    }
  }
  for (const name of directions) out.delete(name);
  return out;
}

/**
 * Of a magnitude's name, as the hook has it (`weight_g`, `weight_v`) or the parametrization (`original0`,
 * `original1`).
 */
function splitOf(name: string): Split | undefined {
  const [, hooked] = /^((?:.*\.)?\w*weight\w*)_g$/.exec(name) ?? [];
  if (hooked !== undefined) return { weight: hooked, direction: `${hooked}_v` };
  const [, path, own] = /^((?:.*\.)?)parametrizations\.(\w+)\.original0$/.exec(name) ?? [];
  if (own === undefined) return undefined;
  return { weight: `${path}${own}`, direction: `${path}parametrizations.${own}.original1` };
}

/**
 * The axis along which each index has a norm of its own; -1: there is one norm; undefined: these are no
 * magnitude and direction.
 */
function commonAxis(magnitude: StateArray, direction: StateArray): number | undefined {
  const { shape } = magnitude;
  if (shape.length === 0) return -1;
  if (shape.length !== direction.shape.length) return undefined;
  const common = shape.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const [axis = -1] = common;
  if (common.length > 1 || (axis >= 0 && shape[axis] !== direction.shape[axis])) return undefined;
  return axis;
}

function scaled(magnitude: StateArray, direction: StateArray, axis: number, budget: Budget): StateArray {
  const { data, shape, size } = direction;
  const Same = data instanceof Float64Array ? Float64Array : Float32Array;
  budget.take(size * Same.BYTES_PER_ELEMENT);
  const norms = axis < 0 ? 1 : (shape[axis] as number);
  const inner = axis < 0 ? Math.max(size, 1) : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const forEachValue = (visit: (value: number, norm: number, at: number) => void): void => {
    let at = 0;
    forEachOffset(direction, (offset) => {
      visit(Number(data[offset]), Math.floor(at / inner) % norms, at);
      at++;
    });
  };
  const squares = new Float64Array(norms);
  forEachValue((value, norm) => {
    squares[norm] = (squares[norm] as number) + value * value;
  });
  const magnitudes: number[] = [];
  forEachOffset(magnitude, (offset) => magnitudes.push(Number(magnitude.data[offset])));
  const out = new Same(size);
  forEachValue((value, norm, at) => {
    out[at] = ((magnitudes[norm] as number) * value) / Math.sqrt(squares[norm] as number);
  });
  return stateArray(out, shape);
}
