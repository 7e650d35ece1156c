export { findChromium, launchChromium } from "./browser.js";
export { type ComparableOutputs, comparableOutputs, nondeterministic } from "./comparable-outputs.js";
export { executeLecture, lectureNotebooks } from "./execute-lecture.js";
export { neededProgram } from "./needed-program.js";
export { type ProgressTarget, progressPrinter } from "./progress.js";
export { buildSite } from "./site/build-site.js";
