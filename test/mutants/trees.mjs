const tree = "packages/core/src/fuse/tree";
const graph = "packages/core/src/fuse/graph";
const plan = "packages/core/src/plan";

const wires = ["packages/core/test/fuse/wires.test.ts"];
const nesting = ["packages/core/test/fuse/nesting.test.ts"];
const copies = ["packages/core/test/fuse/copies.test.ts"];
const plans = ["packages/core/test/plan/plan.test.ts"];
const simplified = ["packages/core/test/plan/simplify.test.ts"];

/** Bugs of what is made of a graph: a tree with its own wires and shared modules, and a plan. @type {readonly import("./mutant.mjs").Mutant[]} */
export const treeMutants = [
  {
    name: "tree: where custom wires end in a child, its input is taken for the composition's",
    file: `${tree}/rebuild/terms.ts`,
    find: "const end = endOf(place);",
    replace: "const end = undefined as Place | undefined;",
    tests: [...nesting, ...wires],
  },
  {
    name: "tree: a layer behind a sequence takes the last one's name",
    file: `${tree}/rebuild/module-of-steps.ts`,
    find: "const own = taken.has(name) ? unused(name, names, steps) : name;",
    replace: "const own = name;",
    tests: nesting,
  },
  {
    name: "tree: a flattening takes what the norm before it refused",
    file: `${tree}/rebuild/staying.ts`,
    find: "const images = this.#walk.where.narrowed(part.node as Node);",
    replace: "const images = undefined as { channels: number; rank: number } | undefined;",
    tests: ["packages/core/test/fuse/norms.test.ts"],
  },
  {
    name: "tree: a sequence stays, although all of it went into what stands before it",
    file: `${tree}/rebuild/terms.ts`,
    find: "if (isRewired || base === entry)",
    replace: "if (isRewired)",
    tests: nesting,
  },
  {
    name: "tree: a value is built in two places",
    file: `${tree}/rebuild/made-layers.ts`,
    find: "if (this.#claimed.has(value)) throw this.failure(value);",
    replace: "",
    tests: nesting,
  },
  {
    name: "tree: what stands in several places is made anew in each",
    file: `${tree}/rebuild/made-layers.ts`,
    find: "return known ?? layer;",
    replace: "return layer;",
    tests: [...copies, ...nesting],
  },
  {
    name: "report: what stays beside a sum's convolutions counts with them",
    file: `${tree}/fused-notes.ts`,
    find: "modules: made.layers,",
    replace: "modules: [made.module],",
    tests: wires,
  },
  {
    name: "report: where wires meet is no layer of what was replaced",
    file: `${tree}/fused-notes.ts`,
    find: "meetings: [...region].map((number) => (nodes[number] as Node).path),",
    replace: "meetings: [],",
    tests: wires,
  },
  {
    name: "copies: a weight that others hold too counts as gone",
    file: `${graph}/copies.ts`,
    find: "if (stays) after += size;",
    replace: "",
    tests: copies,
  },
  {
    name: "copies: each place of a layer has weights of its own",
    file: `${graph}/copies.ts`,
    find: "if (layer !== undefined && made.has(layer)) continue;",
    replace: "",
    tests: copies,
  },
  {
    name: "scale: one factor of unknown axes is taken for an image's",
    file: `${graph}/maps/linear-rules.ts`,
    find: "op.unbatched === true && !shifted && channels > 1",
    replace: "op.unbatched === true",
    tests: wires,
  },
  {
    name: "norms: one norm for two has its shift rounded to float32",
    file: `${tree}/norm-of-kernel.ts`,
    find: "return Number.isFinite(Math.fround(mean)) ? mean : 0;",
    replace: "return 0;",
    tests: wires,
  },
  {
    name: "plans: a sum is taken into a convolution that others read",
    file: `${plan}/simplify.ts`,
    find: "uses.get(sums.out) === 1 && !sums.relu",
    replace: "!sums.relu",
    tests: [...simplified, ...plans],
  },
  {
    name: "plans: what follows ReLU goes before it",
    file: `${plan}/simplify.ts`,
    find: "uses.get(sums.out) === 1 && !sums.relu",
    replace: "uses.get(sums.out) === 1",
    tests: [...simplified, ...plans],
  },
  {
    name: "plans: a factor behind a sum misses what was added",
    file: `${plan}/simplify.ts`,
    find: "(isPlain || before.residual === undefined)",
    replace: "true",
    tests: [...simplified, ...plans],
  },
  {
    name: "plans: an image without its batch is one to every layer",
    file: `${plan}/takes-image.ts`,
    find: "return isUnbatched(op, shape);",
    replace: "return true;",
    tests: plans,
  },
  {
    name: "plans: signals are no images without a batch: they stay a call",
    file: `${plan}/rules.ts`,
    find: "if (concatAxis(op, shape.length) !== 1) return undefined;",
    replace: "if (shape.length === 3) return undefined;",
    tests: plans,
  },
];
