const fuse = "packages/core/src/fuse";
const graph = "packages/core/src/graph";

const rules = ["packages/core/test/fuse-graph/rules.test.ts"];
const blocks = ["packages/core/test/fuse-graph/blocks.test.ts"];
const random = ["packages/core/test/fuse-graph/random-graphs.test.ts"];
const ahead = ["packages/core/test/fuse/ahead.test.ts"];
const axes = ["packages/core/test/fuse/axes.test.ts"];
const norms = ["packages/core/test/fuse/norms.test.ts"];
const edges = ["packages/core/test/fuse/edges.test.ts"];
const facts = ["packages/core/test/graph/facts.test.ts"];

/** @type {readonly import("./mutant.mjs").Mutant[]} */
export const graphMutants = [
  {
    name: "graph: a value that others read counts as gone",
    file: `${fuse}/graph/survey/surroundings.ts`,
    find: "return uses > 0 && uses === this.wires.reads(base);",
    replace: "return uses > 0;",
    tests: rules,
  },
  {
    name: "graph: an output of the graph is no use of it",
    file: `${fuse}/graph/survey/wires.ts`,
    find: "graph.outputs.forEach(read);",
    replace: "",
    tests: random,
  },
  {
    name: "graph: layers with padding move behind global pooling",
    file: `${fuse}/graph/survey/moved.ts`,
    find: 'map.along === "channels" && isPointwise(map.form)',
    replace: 'map.along === "channels"',
    tests: random,
  },
  {
    name: "graph: a shift behind a sum goes into each of its terms",
    file: `${fuse}/graph/survey/linear-node.ts`,
    find: "i === 0 ? map : withoutShift(map)",
    replace: "map",
    tests: rules,
  },
  {
    name: "graph: work may double",
    file: `${fuse}/graph/maps/work.ts`,
    find: "const tolerance = 1.05;",
    replace: "const tolerance = 2.05;",
    tests: rules,
  },
  {
    name: "graph: work is not held against a pixel of the output",
    file: `${fuse}/graph/maps/work.ts`,
    find: "(pixels * axis.stride) / axis.upsampling",
    replace: "pixels",
    tests: rules,
  },
  {
    name: "graph: given sizes: the padding behind the image grows where it has to shrink",
    file: `${fuse}/graph/maps/combine-maps.ts`,
    find: "(excess[i] as number) - excessOf(axis)",
    replace: "excessOf(axis) - (excess[i] as number)",
    tests: blocks,
  },
  {
    name: "graph: a matrix works along the channels everywhere",
    file: `${fuse}/graph/maps/linear-rules.ts`,
    find: 'facts.rank(input) === 0 ? "channels" : "last"',
    replace: '"channels"',
    tests: rules,
  },
  {
    name: "graph: a sum that others read is taken apart",
    file: `${fuse}/graph/survey/wires.ts`,
    find: "isSum(producers.get(value)) && reads.get(value) === 1 && isSum(readers.get(value))",
    replace: "isSum(producers.get(value)) && isSum(readers.get(value))",
    tests: rules,
  },
  {
    name: "graph: channels of a concatenation's parts are not told by the whole",
    file: `${graph}/inference.ts`,
    find: "if (missing === 1) solved();\n      });",
    replace: "});",
    tests: facts,
  },
  {
    name: "graph: an image without its batch axis is flattened as if it had one",
    file: `${graph}/facts.ts`,
    find: "if (op.inFeatures > 1) known.markWide(values.input);",
    replace: "known.markWide(values.input);",
    tests: edges,
  },
  {
    name: "graph: flattened pixels have their channels' factors in the order of pixels",
    file: `${fuse}/graph/maps/map-numbers.ts`,
    find: "values[Math.floor(i / pixels)] as number",
    replace: "values[i % values.length] as number",
    tests: norms,
  },
  {
    name: "graph: channels that are there twice are scaled ones",
    file: `${fuse}/graph/maps/linear-map.ts`,
    find: 'const scalesBy = from === "concat" ? undefined : scalesOf(parts);',
    replace: "const scalesBy = scalesOf(parts);",
    tests: norms,
  },
  {
    name: "graph: what flattens features by what stands beside it does nothing",
    file: `${fuse}/graph/survey/wires.ts`,
    find: "op.unbatched !== true && op.images === undefined && facts.rank(input) === 0",
    replace: "facts.rank(input) === 0",
    tests: edges,
  },
  {
    name: "graph: a term of a sum that others read is no way to have it",
    file: `${fuse}/graph/survey/sums.ts`,
    find: "return own.length === 0 ? { ways } : { ways: own };",
    replace: "return { ways: own };",
    tests: edges,
  },
  {
    name: "graph: what stands before a concatenation alone counts for nothing",
    file: `${fuse}/graph/survey/survey.ts`,
    find: "if (around.ownsBase(joined)) owned.add(way.base);",
    replace: "",
    tests: edges,
  },
  {
    name: "graph: layers that find their channels in different ways count as one kind",
    file: `${fuse}/graph/maps/linear-map.ts`,
    find: "known.size < 2 && ",
    replace: "",
    tests: axes,
  },
  {
    name: "graph: matrices side by side count as one matrix on any axes",
    file: `${fuse}/graph/maps/linear-map.ts`,
    find: '(from !== "concat" || form.axes.length > 0)',
    replace: "true",
    tests: axes,
  },
  {
    name: "graph: signals are joined along their channels whether a branch gives signals or not",
    file: `${graph}/op.ts`,
    find: "rank === undefined || concatAxis(op, rank + 2) === 1",
    replace: "true",
    tests: axes,
  },
  {
    name: "graph: what refuses an image without its batch axis counts as taking it",
    file: "packages/core/src/nn/cost.ts",
    find: 'if (op.kind === "conv" && op.batched === true) return false;',
    replace: "",
    tests: axes,
  },
  {
    name: "graph: a factor is done ahead, and the value that it is done to stays what it was",
    file: `${fuse}/graph/choose.ts`,
    find: "const chosen = instead.get(value) ?? made?.chosen;",
    replace: "const chosen = made?.chosen;",
    tests: ahead,
  },
  {
    name: "graph: a factor is done ahead of what others read, too",
    file: `${fuse}/graph/survey/ahead.ts`,
    find: "between.length < mostPassed && wires.reads(value) === 1",
    replace: "between.length < mostPassed",
    tests: ahead,
  },
  {
    name: "graph: a norm of features becomes one of images, which refuses an image without its batch axis",
    file: `${fuse}/graph/maps/linear-map.ts`,
    find: "channelsBy: undefined, scalesBy: undefined };",
    replace: "channelsBy: undefined };",
    tests: ahead,
  },
];
