import type { Node, Value } from "../../graph/graph.js";
import { joinPath, type Module } from "../../nn/module.js";
import type { FusedGraph, Replacement } from "../graph/fuse-graph.js";
import type { FusedNote } from "../report/notes.js";
import type { Lowered, Place } from "./lower.js";
import { rangesOfPlaces } from "./ranges.js";
import type { Made } from "./rebuild/made-layers.js";

/** What there is to say of each value that is computed in another way. */
export function fusedNotes(
  lowered: Lowered,
  fused: FusedGraph,
  all: ReadonlyMap<Value, Made>,
  output: Module,
): readonly FusedNote[] {
  const { nodes } = lowered.graph;
  const numbers = new Map(nodes.map((node, number) => [node, number]));
  const paths = new Map<Module, string>();
  collectPaths(output, "", paths);
  return fused.replacements.flatMap((replacement) => {
    const made = all.get(replacement.output);
    if (made === undefined) return [];
    const region = regionOf(replacement, numbers);
    const places = covering(lowered.root, region);
    const [first] = places;
    if (first === undefined) return [];
    for (const place of places)
      for (let number = place.first; number < place.end; number++) region.delete(number);
    const path = paths.get(made.module) ?? first.path;
    const pathOf = (module: Module): string => paths.get(module) ?? path;
    return [
      {
        path,
        before: {
          paths: places.map((place) => place.path),
          modules: places.map((place) => place.module),
          meetings: [...region].map((number) => (nodes[number] as Node).path),
        },
        made: {
          paths: made.layers.map(pathOf),
          modules: made.layers,
          meetings: made.sums.map(pathOf),
        },
        after: made.module,
        ranges: () => rangesOfPlaces(places),
        atGivenSizes: replacement.atGivenSizes,
      },
    ];
  });
}

function collectPaths(module: Module, path: string, paths: Map<Module, string>): void {
  if (!paths.has(module)) paths.set(module, path);
  for (const [name, child] of module.children()) collectPaths(child, joinPath(path, name), paths);
}

function regionOf({ nodes }: Replacement, numbers: ReadonlyMap<Node, number>): Set<number> {
  return new Set(nodes.map((node) => numbers.get(node) as number));
}

/** The fewest places that hold all nodes of a region, and nothing else that computes. */
function covering(place: Place, region: ReadonlySet<number>): readonly Place[] {
  if (place.end === place.first) return [];
  let inside = 0;
  for (let number = place.first; number < place.end; number++) if (region.has(number)) inside++;
  if (inside === place.end - place.first) return [place];
  return inside === 0 ? [] : place.parts.flatMap((part) => covering(part, region));
}
