import { Sequential } from "../nn/layers/sequential.js";
import { joinPath, type Module, rebuilt } from "../nn/module.js";
import { below, joinNotes, type Notes } from "./notes.js";
import { type Choice, walk } from "./walk.js";

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
 * Fuses each composition with a deployed name into one layer of that name, and nothing else: what the authors' own script leaves alone
 * has to stay as it is, or their code could not load it.
 * @param done results by module, so that a module used in two places stays one module; undefined where the choice tells places apart
 */
export function deployed(
  module: Module,
  path: string,
  choice: Choice,
  done?: Map<Module, Deployment>,
): Deployment {
  const known = done?.get(module);
  if (known !== undefined) return known;
  const deployment = choice.keeps(path)
    ? untouched(module, "kept as asked")
    : visit(module, path, choice, done);
  done?.set(module, deployment);
  return deployment;
}

function visit(module: Module, path: string, choice: Choice, done?: Map<Module, Deployment>): Deployment {
  if (module.deployedAs !== undefined) {
    if (!choice.takes(path)) return untouched(module, "not among what was asked for");
    return asOneLayer(module, module.deployedAs, path, choice);
  }
  const children = [...module.children()].map(
    ([name, child]) => [name, child, deployed(child, joinPath(path, name), choice, done)] as const,
  );
  const changed = children.filter(([, child, { output }]) => output !== child);
  const outputs = new Map(changed.map(([name, , { output }]) => [name, output]));
  return {
    output: changed.length === 0 ? module : rebuilt(module, new Map(), outputs),
    notes: joinNotes(children.map(([name, , { notes }]) => below(name, notes))),
  };
}

function asOneLayer(module: Module, name: string, path: string, choice: Choice): Deployment {
  const { output, notes } = walk(module, path, choice);
  const whole = notes.fused.find((note) => note.after === output);
  if (whole === undefined) {
    const own = notes.refused.filter(({ path: at }) => at === "");
    // The composition's own reason quotes its parts'.
    const reasons = own.length > 0 ? own : notes.refused;
    return untouched(module, reasons.map(({ reason }) => reason).join("; ") || "it is one layer already");
  }
  return {
    output: name === "" ? output : new Sequential({ [name]: output }, { deployedAs: name }),
    notes: { fused: [{ ...whole, path: name }], refused: [] },
  };
}

function untouched(module: Module, reason: string): Deployment {
  return { output: module, notes: { fused: [], refused: [{ path: "", reason }] } };
}
