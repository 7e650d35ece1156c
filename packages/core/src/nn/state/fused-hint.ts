import { joinPath, type Module, tensorsBelow } from "../module.js";
import type { Shapes } from "./prefix-hint.js";

/**
 * Says so where one side is fused and the other is not: by a layer in place of a composition's branches,
 * under its own or its deployed name, or by batch norms that only one of them has.
 * @param state the checkpoint's tensors, without a prefix
 */
export function fusedHint(module: Module, state: Shapes): string | undefined {
  const own = tensorsBelow(module);
  const block = compositions(module, "").find((one) => fusedLayerOf(one, state) !== undefined);
  if (block !== undefined) {
    const deployed = fusedLayerOf(block, state) !== block.path;
    return fusedState(`one layer in place of ${shown(block.path)}`, deployed ? "{ deploy: true }" : "");
  }
  const place = layers(module, "").find((layer) => hasBranches(layer, own, state));
  if (place !== undefined) return unfusedState(`branches in place of ${shown(place.block)}`);
  if (![...own.keys()].some((name) => state.has(name))) return undefined;
  if (lacksNorms(own, state)) return fusedState("no batch norms where the module has them", "");
  if (lacksNorms(state, own)) return unfusedState("batch norms where the module has none");
  return undefined;
}

const fusedState = (sign: string, options: string): string =>
  `it has ${sign}, as a fused (deployed) network has: load it into fuse(module${options && `, ${options}`}).module`;

const unfusedState = (sign: string): string =>
  `it has ${sign}, as a network before fusing has: load it into that, and fuse it then`;

function shown(path: string): string {
  return path === "" ? "the module's branches" : JSON.stringify(path);
}

interface Composition {
  readonly path: string;
  readonly module: Module;
}

/** Every module with children, the outermost first. */
function compositions(module: Module, path: string): readonly Composition[] {
  const children = [...module.children()];
  if (children.length === 0) return [];
  return [
    { path, module },
    ...children.flatMap(([name, child]) => compositions(child, joinPath(path, name))),
  ];
}

/**
 * Where the checkpoint has one layer for a composition; undefined if it has not: then there is a weight, and
 * none of the branches' tensors.
 */
function fusedLayerOf({ path, module }: Composition, state: Shapes): string | undefined {
  const { deployedAs } = module;
  const places = deployedAs === undefined ? [path] : [joinPath(path, deployedAs), path];
  const names = [...tensorsBelow(module, path).keys()];
  return places.find((place) => {
    const layer = [joinPath(place, "weight"), joinPath(place, "bias")];
    const others = names.filter((name) => !layer.includes(name));
    return state.has(layer[0] as string) && others.length > 0 && !others.some((name) => state.has(name));
  });
}

interface Layer {
  /** Its path, or that of the composition that it was where it bears a deployed name. */
  readonly block: string;
  readonly module: Module;
}

function layers(module: Module, path: string): readonly Layer[] {
  const children = [...module.children()];
  if (children.length === 0) return [{ block: path, module }];
  return children.flatMap(([name, child]) =>
    layers(child, module.deployedAs === name ? path : joinPath(path, name)),
  );
}

/**
 * Whether the checkpoint has several layers in place of this one: tensors of as many channels, and among them
 * one like this one's weight.
 */
function hasBranches({ block, module }: Layer, own: Shapes, state: Shapes): boolean {
  const weight = module.ownParameters().get("weight");
  if (weight === undefined || weight.shape.length < 3) return false;
  const below = [...state].filter(
    ([name, { shape }]) => (block === "" || name.startsWith(`${block}.`)) && shape[0] === weight.shape[0],
  );
  const others = below.filter(([name]) => !own.has(name)).map(([name]) => name.replace(/[^.]*$/, ""));
  return new Set(others).size > 1 && below.some(([, { shape }]) => String(shape) === String(weight.shape));
}

const runningMean = "running_mean";

/** Whether one side lacks some batch norms, not only what they have counted, and the other lacks none. */
function lacksNorms(having: Shapes, lacking: Shapes): boolean {
  const without = normsOf(having).filter((norm) => {
    const weight = lacking.get(`${norm}weight`);
    // Where a norm comes first, the fused layer bears its name.
    return !lacking.has(norm + runningMean) && (weight === undefined || weight.shape.length > 1);
  });
  return without.length > 0 && normsOf(lacking).every((norm) => having.has(norm + runningMean));
}

/** What stands before the names of each batch norm's tensors. */
function normsOf(side: Shapes): readonly string[] {
  const means = [...side.keys()].filter((name) => name.endsWith(runningMean));
  return means.map((name) => name.slice(0, -runningMean.length));
}
