import type { Engine } from "../engine.js";
import { conv } from "./conv.js";
import { linear } from "./linear.js";

/** Plain loops that accumulate in float64: slow, portable, and what every other engine is checked against. */
export const reference: Engine = { name: "reference", conv, linear };
