import type { Project } from "../../checker/program/project.js";
import type { TypeScript } from "../../checker/typescript.js";
import type { Reached } from "../../unit.js";

const nothing: Reached = { modules: [], links: {}, required: [] };

/** A notebook in a browser has no modules of the user's own beside it. */
export class LocalModules {
  // What every host's is made from.
  // biome-ignore lint/complexity/noUselessConstructor: the parameters are the contract
  constructor(_ts: TypeScript, _project: Project) {}

  reachableFrom(_text: string, _containingFile: string): Reached {
    return nothing;
  }
}
