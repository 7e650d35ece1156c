const onnx = "packages/onnx/src";

const fuse = ["packages/onnx/test/fuse.test.ts"];
const forms = ["packages/onnx/test/forms.test.ts"];
const proof = ["packages/core/test/proof/prove-graphs.test.ts"];

/** What other programs get wrong with such files. @type {readonly import("./mutant.mjs").Mutant[]} */
export const onnxMutants = [
  {
    name: "onnx: an initializer that a caller may override is folded",
    file: `${onnx}/convert/scope.ts`,
    find: "(context.overridable || parent !== undefined)",
    replace: "parent !== undefined",
    tests: fuse,
  },
  {
    name: "onnx: what a body reads from outside is no use",
    file: `${onnx}/convert/of-graph.ts`,
    find: "[...inputs, ...captured].filter",
    replace: "[...inputs].filter",
    tests: fuse,
  },
  {
    name: "onnx: a norm of opset 6 in training form is folded",
    file: `${onnx}/convert/affine.ts`,
    find: 'opset < 7 && attributes.int("is_test", 0) === 0',
    replace: "opset < 1",
    tests: forms,
  },
  {
    name: "onnx: var + eps = 0 is folded",
    file: `${onnx}/convert/affine.ts`,
    find: "!(value + eps > 0)",
    replace: "!(value + eps >= 0)",
    tests: forms,
  },
  {
    name: "onnx: SAME_LOWER pads as SAME_UPPER does",
    file: `${onnx}/facts/windows.ts`,
    find: 'before = auto === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);',
    replace: "before = Math.floor(total / 2);",
    tests: forms,
  },
  {
    name: "onnx: a new name may be taken",
    file: `${onnx}/fuse/names.ts`,
    find: "this.#taken.has(name)",
    replace: "name === '' && this.#taken.has(name)",
    tests: fuse,
  },
  {
    name: "onnx: declared shapes of values that are gone stay",
    file: `${onnx}/write/graph-pieces.ts`,
    find: "valuesGone.has(name) || initializersGone.has(name)",
    replace: "initializersGone.has(name)",
    tests: fuse,
  },
  {
    name: "onnx: the proof's bound forgets what the type's rounding is",
    file: "packages/core/src/proof/evaluation/convolve-channelwise.ts",
    find: "(unit + gamma64(peaks.length))",
    replace: "(2 ** -8 + gamma64(peaks.length))",
    tests: proof,
  },
];
