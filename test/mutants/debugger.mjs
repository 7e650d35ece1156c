const folder = "packages/kernel/src/session/node/debugger";
const tests = ["packages/kernel/test/session/debugger.test.ts"];

/** @type {readonly import("./mutant.mjs").Mutant[]} */
export const debuggerMutants = [
  {
    name: "debugger: a line that nothing stops at does not move down",
    file: `${folder}/breakpoints.ts`,
    find: "stop.line > line || (",
    replace: "(",
    tests,
  },
  {
    name: "debugger: conditions hold always",
    file: `${folder}/debugger.ts`,
    find: "if (isTrue) return true;",
    replace: "return true;",
    tests,
  },
  {
    name: "debugger: breakpoints that are taken away stay",
    file: `${folder}/breakpoints.ts`,
    find: "if (placed.path !== path) continue;",
    replace: "continue;",
    tests,
  },
  {
    name: "debugger: steps lead into the kernel",
    file: `${folder}/frames.ts`,
    find: 'new URL("../../../../dist/", import.meta.url)',
    replace: 'new URL("../../../../nowhere/", import.meta.url)',
    tests,
  },
  {
    name: "debugger: an interrupt lets what has stopped go on",
    file: `${folder}/debugger.ts`,
    find: "() => this.#debuggee.endStopped()",
    replace: "() => Promise.resolve()",
    tests,
  },
];
