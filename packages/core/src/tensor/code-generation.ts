import { EngineError } from "../errors.js";

// ndarray writes its views, and ndarray-ops its loops, as source text that it compiles with `new Function`.
// Where a page's policy or a runtime forbids that, ndarray-ops would fail while it is loaded, with a bare
// EvalError that names nobody: this module comes before it.
try {
  new Function("");
} catch {
  throw new EngineError(
    "@convfuse/core",
    "ndarray and ndarray-ops compile their loops with new Function, which is forbidden here: " +
      "a Content-Security-Policy has to allow 'unsafe-eval' in script-src",
  );
}
