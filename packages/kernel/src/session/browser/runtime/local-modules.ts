import type { LocalModule } from "../../unit.js";

/** No modules of the user's own lie beside a notebook in a browser, so nobody asks for them. */
export function receiveModules(_id: number, _modules: readonly LocalModule[], _fault?: string): void {}
