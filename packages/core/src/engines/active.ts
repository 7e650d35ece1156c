import { ArgumentError } from "../errors.js";
import type { Engine } from "./engine.js";
import { reference } from "./reference/index.js";

const engines: ReadonlyMap<string, Engine> = new Map([[reference.name, reference]]);

let active: Engine = reference;

/** The engine that ops compute with. */
export function activeEngine(): Engine {
  return active;
}

/** The names that {@link setEngine} takes. */
export function engineNames(): string[] {
  return [...engines.keys()];
}

/** The name of the engine in use. */
export function getEngine(): string {
  return active.name;
}

/**
 * Chooses the engine for everything that is computed from now on.
 * @param name `"reference"`: plain loops that accumulate in float64
 * @throws {ArgumentError} if there is no such engine
 * @example
 * await setEngine("reference");
 */
export async function setEngine(name: string): Promise<void> {
  const engine = engines.get(name);
  if (engine === undefined) {
    throw new ArgumentError("setEngine", `name must be one of ${engineNames().join(", ")}`, { name });
  }
  active = engine;
}
