// Imports only go down. The two lists are the design; this file only turns them into rules.

/** Packages, each with those it may import (besides itself). */
const packages = {
  core: [],
  cli: ["core", "onnx"],
  figures: ["core"],
  jupyterlite: ["kernel"],
  kernel: [],
  lecture: ["core", "kernel", "onnx"],
  onnx: ["core"],
};

/** Folders and files of core/src, top first: each imports only from itself and from what stands below. */
const coreLayers = [
  "index.ts",
  "io/",
  "io/pth/",
  "io/pickle/",
  "io/binary/",
  "measure/",
  "plan/",
  "proof/",
  "proof/evaluation/",
  "fuse/",
  "fuse/tree/",
  "fuse/report/",
  "fuse/graph/",
  "fuse/graph/survey/",
  "fuse/graph/maps/",
  "nn/networks/",
  "nn/blocks/",
  "nn/state/",
  "nn/",
  "graph/",
  "algebra/",
  "algebra/layers/",
  "algebra/sequence/",
  "algebra/parallel/",
  "algebra/kernel.ts",
  "ops/",
  "engines/active.ts",
  "engines/wasm/",
  "engines/wasm/program/",
  "engines/wasm/algorithms/",
  "engines/reference/",
  "engines/product.ts",
  "engines/wasm/machine/",
  "engines/",
  "random/",
  "tensor/",
  "shown.ts",
  "checks.ts",
  "nearest.ts",
  "errors.ts",
];

/** Those of onnx/src. A fact may be a constant, and constants are computed from facts, so these two take turns. */
const onnxLayers = [
  "index.ts",
  "fuse/",
  "fuse/emit/",
  "fuse/plan/",
  "fuse/tokens/",
  "fuse/report/",
  "convert/",
  "write/write-onnx.ts",
  "read-onnx.ts",
  "onnx-model.ts",
  "write/",
  "facts/",
  "constants/",
  "facts/moved-shapes.ts",
  "facts/size-arithmetic.ts",
  "facts/call.ts",
  "facts/fact.ts",
  "facts/dim.ts",
  "constants/constant.ts",
  "model/",
  "wire/",
  "schema/",
];

/** Those of kernel/src: the two front doors and the installer, the front of a session, its two processes with what each asks of its host, what all of them share. */
const kernelLayers = [
  "cli.ts",
  "run-report.ts",
  "parameter-arguments.ts",
  "index.ts",
  "install/",
  "headless/",
  "protocol/",
  "protocol/lanes/",
  "protocol/wire/",
  "protocol/history/",
  "protocol/log.ts",
  "session/node/create-session.ts",
  "session/node/debugger/",
  "session/node/checker-client.ts",
  "session/node/runtime-client.ts",
  "session/browser/connect-session.ts",
  "session/browser/worker.ts",
  "session/cell-session.ts",
  "session/node/last-words.ts",
  "session/node/snapshot.ts",
  "session/node/node-types.ts",
  "session/node/checker/",
  "session/node/runtime/",
  "session/browser/checker/",
  "session/browser/runtime/",
  "session/checker/",
  "session/checker/rewrite/",
  "session/checker/magics/",
  "session/checker/exports/",
  "session/checker/program/",
  "session/checker/text/",
  "session/checker/typescript.ts",
  "session/runtime/receive.ts",
  "session/runtime/questions/",
  "session/runtime/api/",
  "session/runtime/",
  "session/runtime/show/",
  "session/runtime/errors/",
  "session/node/",
  "session/browser/",
  "session/live-names.ts",
  "session/questions.ts",
  "session/messages.ts",
  "session/edits.ts",
  "session/unit.ts",
  "session/types.ts",
  "session/packages.ts",
  "check-options.ts",
  "errors.ts",
];

const core = "^packages/core/src/";
const kernel = "^packages/kernel/src/";

/** One rule for each layer of a list: it imports nothing of those above it. */
function downwardRules(packageName, layers) {
  /** A pattern for the files of one layer, without those of layers inside it that are listed by themselves. */
  const pattern = (layer) => {
    const inner = layers.filter((other) => other !== layer && other.startsWith(layer));
    const exclude = inner.map((other) => `(?!${other.slice(layer.length)})`).join("");
    return `^packages/${packageName}/src/${layer.replace(".", "\\.")}${exclude}`;
  };
  const rules = layers.slice(1).map((layer, i) => ({
    name: `${packageName}-${layer.replace(/\W+$/, "")}-imports-only-downward`,
    severity: "error",
    from: { path: pattern(layer) },
    to: { path: layers.slice(0, i + 1).map(pattern) },
  }));
  const listed = {
    name: `${packageName}-has-no-file-outside-the-layers`,
    severity: "error",
    from: { path: `^packages/${packageName}/src/`, pathNot: layers.map(pattern) },
    to: {},
  };
  return [...rules, listed];
}

const packageRules = Object.entries(packages).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join("-") || "itself"}`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/[^/]+/", pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
}));

/** What the list cannot say. */
const otherRules = [
  {
    name: "core-proof-knows-neither-algebra-nor-fuse",
    comment: "A proof that used the algebra would prove nothing of it.",
    severity: "error",
    from: { path: `${core}proof/` },
    to: { path: [`${core}algebra/`, `${core}fuse/`] },
  },
  {
    name: "core-fuse-graph-knows-no-module",
    comment: "A network may come from a file.",
    severity: "error",
    from: { path: `${core}fuse/graph/` },
    to: { path: `${core}nn/` },
  },
];

/** Nor what the kernel's folders beside each other may not know. */
const kernelRules = [
  ["protocol-knows-a-session-only-by-its-contract", "protocol/", ["headless/", "session/(?!types\\.ts)"]],
  ["headless-knows-no-protocol", "headless/", ["protocol/"]],
  ["checker-and-runtime-are-two-processes", "session/checker/", ["session/runtime/"]],
  ["node-checker-and-runtime-are-two-processes", "session/node/checker/", ["session/(node/)?runtime/"]],
  [
    "page-and-worker-share-messages-only",
    "session/browser/connect-session\\.ts",
    ["session/(checker|runtime|node)/", "session/browser/(?!protocol)"],
  ],
  ["session-knows-its-host-only-by-name", "session/(?!node/|browser/)", ["session/(node|browser)/"]],
  [
    "install-starts-no-session",
    "install/",
    ["session/(?!node/(beside-kernel|(shared-)?snapshot)\\.ts)", "headless/"],
  ],
].map(([name, from, to]) => ({
  name: `kernel-${name}`,
  severity: "error",
  from: { path: `${kernel}${from}` },
  to: { path: to.map((path) => `${kernel}${path}`) },
}));

/** A plan is for whichever engine is in use. */
const planRule = {
  name: "core-plan-knows-no-engine-by-name",
  severity: "error",
  from: { path: `${core}plan/` },
  to: { path: [`${core}engines/wasm/`, `${core}engines/reference/`] },
};

export default {
  forbidden: [
    planRule,
    ...otherRules,
    ...kernelRules,
    {
      name: "kernel-only-its-checker-loads-typescript",
      severity: "error",
      from: { path: kernel, pathNot: `${kernel}session/checker/` },
      to: { path: "typescript6" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-runs-in-a-browser",
      severity: "error",
      from: { path: [core, "^packages/figures/src/", "^packages/onnx/src/"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "kernel-session-runs-in-a-browser",
      comment: "What needs Node stands behind #host/.",
      severity: "error",
      from: { path: `${kernel}session/(?!node/)` },
      to: { dependencyTypes: ["core"] },
    },
    { name: "every-import-resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...downwardRules("core", coreLayers),
    ...downwardRules("kernel", kernelLayers),
    ...downwardRules("onnx", onnxLayers),
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
