/**
 * What of a cell's surroundings the checker has to be told: JavaScript's library, the types of globals, the
 * conditions of packages.
 */
export const hostOptions: {
  readonly lib: string[];
  readonly types: string[];
  readonly customConditions: string[];
} = { lib: ["lib.esnext.d.ts", "lib.webworker.d.ts"], types: ["node"], customConditions: ["browser"] };

/**
 * Whether only a message can tell a loop to end, so that the cell's own ones let messages in now and then.
 */
export function loopsGiveWay(): boolean {
  return givesWay;
}

let givesWay = false;

/** Says that the page has no other way in than messages. */
export function letLoopsGiveWay(): void {
  givesWay = true;
}

/** What runs the cells, as a message names it. */
export const engine: { readonly name: string; readonly version: string } = browserName(navigator.userAgent);

function browserName(agent: string): { readonly name: string; readonly version: string } {
  const [, name = "this browser", version = ""] = /(Firefox|Edg|Chrome)\/(\d+)/.exec(agent) ?? [];
  return { name, version };
}
