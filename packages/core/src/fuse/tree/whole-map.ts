import { type Facts, factsOf } from "../../graph/facts.js";
import type { Graph, Value } from "../../graph/graph.js";
import { opName } from "../../graph/op.js";
import type { Module } from "../../nn/module.js";
import { identityMap, type LinearMap } from "../graph/maps/linear-map.js";
import { Surroundings } from "../graph/survey/surroundings.js";
import { survey } from "../graph/survey/survey.js";
import { wiresOf } from "../graph/survey/wires.js";
import { lower } from "./lower.js";

/** Of layers that take features and images alike, as images: a kernel of pixels is what is asked for. */
function imageFacts(graph: Graph, input: Value): Facts {
  const facts = factsOf(graph);
  const isEither = graph.nodes.some(({ op }) => op.kind === "affine" && op.unbatched === true);
  if (facts.rank(input) !== undefined || !isEither) return facts;
  return factsOf(graph, new Map([[input, [undefined, undefined, undefined, undefined]]]));
}

/** The one map that a module is, whatever its weights grow to; or why it is none. */
export function wholeMap(module: Module): LinearMap | string {
  const { graph, root } = lower(module);
  const [input] = graph.inputs as readonly [Value];
  const facts = imageFacts(graph, input);
  const wires = wiresOf(graph, facts, () => false);
  const around = new Surroundings(wires, facts, new Map(), { growth: "any", refuse: () => undefined });
  const unmapped = survey(graph, facts, new Map(), around);
  const output = wires.same(root.output);
  if (output === input) return identityMap;
  const made = around.made.get(output);
  const whole = made?.candidates.find(({ base }) => base === input);
  if (whole !== undefined) return whole.map;
  const refusal = [...unmapped.values()][0] ?? made?.why;
  const other = graph.nodes.find((node) => !around.made.has(node.outputs[0] as Value) && !unmapped.has(node));
  return refusal ?? (other === undefined ? "it is not one map" : `${opName(other.op)} is not linear`);
}
