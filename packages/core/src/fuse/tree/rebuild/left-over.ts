import type { Module } from "../../../nn/module.js";

/** Compositions that were made here. */
const own = new WeakSet<Module>();

/**
 * Whether a composition was made by fusing: nobody wrote it, so it counts as no layer for what is around it.
 */
export function isLeftOver(module: Module): boolean {
  return own.has(module);
}

/** Notes that a composition was made here. */
export function leftOver<T extends Module>(module: T): T {
  own.add(module);
  return module;
}
