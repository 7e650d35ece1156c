import ts from "typescript6";
import { createRegistry } from "../../checker/program/documentation.js";
import { Libraries } from "../../checker/program/libraries.js";
import { kernelFiles } from "./kernel-files.js";
import { serve } from "./serve.js";

/** The checker's long way to start; a start-up snapshot is the short one. */
serve({
  ts,
  kernel: kernelFiles(),
  registry: createRegistry(ts),
  libraries: new Libraries(ts),
});
