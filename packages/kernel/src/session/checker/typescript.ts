import type typescript from "typescript6";

/**
 * The compiler's whole namespace. It is handed in, not imported: a start-up snapshot holds it already loaded.
 */
export type TypeScript = typeof typescript;
