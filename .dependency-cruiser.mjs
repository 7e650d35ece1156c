// Imports only go down. The two lists are the design; this file only turns them into rules.

/** Packages, each with those it may import (besides itself). */
const packages = {
  core: [],
  cli: ["core", "onnx"],
  figures: ["core"],
  kernel: [],
  lecture: ["kernel", "onnx"],
  onnx: ["core"],
};

/** Folders and files of core/src, top first: each imports only from itself and from what stands below. */
const coreLayers = [
  "index.ts",
  "io/",
  "measure/",
  "plan/",
  "proof/",
  "fuse/",
  "nn/networks/",
  "nn/blocks/",
  "nn/state/",
  "nn/",
  "graph/",
  "algebra/",
  "ops/",
  "engines/",
  "random/",
  "tensor/",
  "shown.ts",
  "checks.ts",
  "nearest.ts",
  "errors.ts",
];

const core = "^packages/core/src/";

/** A pattern for the files of one layer, without those of layers inside it that are listed before it. */
function layerPattern(layer, index) {
  const inner = coreLayers.slice(0, index).filter((other) => other !== layer && other.startsWith(layer));
  const exclude = inner.map((other) => `(?!${other.slice(layer.length)})`).join("");
  return `${core}${layer.replace(".", "\\.")}${exclude}`;
}

const layerRules = coreLayers.slice(1).map((layer, i) => ({
  name: `core-${layer.replace(/\W+$/, "")}-imports-only-downward`,
  severity: "error",
  from: { path: layerPattern(layer, i + 1) },
  to: { path: coreLayers.slice(0, i + 1).map(layerPattern) },
}));

const packageRules = Object.entries(packages).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join("-") || "itself"}`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/[^/]+/", pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
}));

/** What the list cannot say: a proof that used the algebra would prove nothing of it. */
const proofRule = {
  name: "core-proof-knows-neither-algebra-nor-fuse",
  severity: "error",
  from: { path: `${core}proof/` },
  to: { path: [`${core}algebra/`, `${core}fuse/`] },
};

export default {
  forbidden: [
    proofRule,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-runs-in-a-browser",
      severity: "error",
      from: { path: [core, "^packages/figures/src/", "^packages/onnx/src/"] },
      to: { dependencyTypes: ["core"] },
    },
    { name: "every-import-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...layerRules,
    ...packageRules,
  ],
  options: {
    includeOnly: { path: "^packages/[^/]+/src/|^[a-z:/_]+$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    doNotFollow: { path: "node_modules|/dist/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
