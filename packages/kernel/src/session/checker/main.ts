import ts from "typescript6";
import { serve } from "./serve.js";

/** The checker's long way to start; a start-up snapshot is the short one. */
serve({
  ts,
  registry: ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames),
  texts: new Map(),
});
