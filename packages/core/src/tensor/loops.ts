// Before ndarray-ops, which compiles functions as soon as it is loaded.
import "./code-generation.js";

import ops from "ndarray-ops";

/** Loops over arrays of equal shapes, with any strides; the first argument takes the result. */
export { ops };
