import ts from "typescript6";
import { kernelFiles } from "./kernel-files.js";
import { Libraries } from "./libraries.js";
import { serve } from "./serve.js";

/** The checker's long way to start; a start-up snapshot is the short one. */
serve({
  ts,
  kernel: kernelFiles(),
  registry: ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames),
  libraries: new Libraries(ts),
});
