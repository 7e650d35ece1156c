import { Sequential } from "../../nn/layers/sequential.js";
import { joinPath, type Module, rebuilt } from "../../nn/module.js";
import { below, joinNotes, type Notes } from "../report/notes.js";
import { fuseTree, type TreeOptions } from "./fuse-tree.js";

/** A tree in which compositions with a deployed name stand fused under it, and what was done. */
export interface Deployment {
  readonly output: Module;
  readonly notes: Notes;
}

/** Whether a tree holds a composition with a deployed name. */
export function isDeployable(module: Module): boolean {
  return module.deployedAs !== undefined || [...module.children().values()].some(isDeployable);
}

/**
 * Fuses each composition with a deployed name into one layer of that name, and nothing else: what the
 * authors' own script leaves alone has to stay as it is, or their code could not load it.
 * @param done results by module, so that a module used in two places stays one module; undefined where the
 *   choice tells places apart
 */
export function deployed(
  module: Module,
  path: string,
  options: TreeOptions,
  done?: Map<Module, Deployment>,
): Deployment {
  const known = done?.get(module);
  if (known !== undefined) return known;
  const kept = module.deployedAs === undefined ? undefined : options.keeps(path);
  const deployment = kept === undefined ? visit(module, path, options, done) : untouched(module, kept);
  done?.set(module, deployment);
  return deployment;
}

function visit(
  module: Module,
  path: string,
  options: TreeOptions,
  done?: Map<Module, Deployment>,
): Deployment {
  if (module.deployedAs !== undefined) {
    return asOneLayer(module, module.deployedAs, path, options);
  }
  const children = [...module.children()].map(
    ([name, child]) => [name, child, deployed(child, joinPath(path, name), options, done)] as const,
  );
  const changed = children.filter(([, child, { output }]) => output !== child);
  const outputs = new Map(changed.map(([name, , { output }]) => [name, output]));
  return {
    output: changed.length === 0 ? module : rebuilt(module, new Map(), outputs),
    notes: joinNotes(children.map(([name, , { notes }]) => below(name, notes))),
  };
}

function asOneLayer(module: Module, name: string, path: string, options: TreeOptions): Deployment {
  // The input's shape is the whole network's, not that of what reaches this place.
  const { output, notes } = fuseTree(module, path, { ...options, inputShape: undefined });
  const whole = notes.fused.find((note) => note.after === output && output.children().size === 0);
  if (whole === undefined) {
    const reasons = new Set(
      notes.refused.map(({ reason }) => reason).filter((reason) => !reason.startsWith("nothing to")),
    );
    return untouched(module, [...reasons].join("; ") || "it is one layer already");
  }
  return {
    output: name === "" ? output : new Sequential({ [name]: output }, { deployedAs: name }),
    notes: {
      fused: [{ ...whole, path: name, made: { ...whole.made, paths: [name] } }],
      refused: [],
    },
  };
}

function untouched(module: Module, reason: string): Deployment {
  return { output: module, notes: { fused: [], refused: [{ path: "", reason }] } };
}
