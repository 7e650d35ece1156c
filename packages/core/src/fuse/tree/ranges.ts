import { float64 } from "../../graph/weights.js";
import { joiningOf } from "../../nn/joining.js";
import { operationOf } from "../../nn/layer.js";
import { kernelOfMap } from "../graph/maps/map-numbers.js";
import { rangeOf, type WeightRange } from "../report/notes.js";
import type { Place } from "./lower.js";
import { wholeMap } from "./whole-map.js";

/** The weights that go into places: of every branch of a sum, folded, and of every convolution elsewhere. */
export function rangesOfPlaces(places: readonly Place[]): readonly WeightRange[] {
  return places.flatMap(rangesOf);
}

function rangesOf(place: Place): readonly WeightRange[] {
  const { module, path, parts } = place;
  const joining = joiningOf(module);
  if (joining === "add" || joining === "concat") return parts.flatMap(branchRanges);
  if (parts.length > 0) return parts.flatMap(rangesOf);
  const op = operationOf(module);
  return op?.kind === "conv" ? [rangeOf(path, float64(op.weight))] : [];
}

/** A branch's own kernel; what goes into it is of no more interest then. */
function branchRanges(part: Place): readonly WeightRange[] {
  const map = wholeMap(part.module);
  if (typeof map === "string") return rangesOf(part);
  return [rangeOf(part.path, map.kind === "scalar" ? [map.factor] : kernelOfMap(map).weight)];
}
