import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { packageOf } from "../packages.js";
import { nearest } from "./package-hints.js";

/**
 * The folder whose `node_modules` the kernel is installed in; undefined where it lies elsewhere. `file` is
 * one of its own.
 */
export function kernelSide(file: string): string | undefined {
  return /^(.*)[\\/]node_modules[\\/]@convfuse[\\/]kernel[\\/]/.exec(file)?.[1];
}

/**
 * A file that an import counts from instead, as no folder from `folder` up has the package and the kernel's
 * side does: what is installed beside the kernel is there for everybody. Undefined: it counts from where it
 * stands.
 */
export function besideKernel(
  specifier: string,
  folder: string,
  side: string | undefined,
): string | undefined {
  const found = side === undefined || isBuiltin(specifier) ? undefined : packageOf(specifier);
  if (side === undefined || !found) return undefined;
  const place = join("node_modules", found.name);
  if (!existsSync(join(side, place)) || nearest(folder, place) !== undefined) return undefined;
  return join(side, "notebook.ts");
}
