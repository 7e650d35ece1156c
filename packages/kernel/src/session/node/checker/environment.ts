/**
 * What of a cell's surroundings the checker has to be told: JavaScript's library, the types of globals, the
 * conditions of packages.
 */
export const hostOptions: {
  readonly lib: string[];
  readonly types: string[];
  readonly customConditions: string[];
} = {
  lib: ["lib.esnext.d.ts"],
  types: ["node"],
  customConditions: ["node"],
};

/**
 * Whether only a message can tell a loop to end, so that the cell's own ones let messages in now and then.
 */
export function loopsGiveWay(): boolean {
  return false;
}

/** What runs the cells, as a message names it. */
export const engine: { readonly name: string; readonly version: string } = {
  name: "Node",
  version: process.version.slice(1),
};
