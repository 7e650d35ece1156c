import { packageOf } from "../packages.js";

/** What to write where an import leads nowhere. */
export function installHint(specifier: string, _folder?: string): string | undefined {
  if (isNodeModule(specifier)) return nodeOnly(specifier);
  if (/^[./]/.test(specifier)) return "a notebook in a browser has no modules beside it";
  const found = packageOf(specifier);
  if (!found) return undefined;
  const wanted = found.version === undefined ? found.name : `${found.name}@${found.version}`;
  return `this page does not bring it; with a network: import ... from "https://esm.sh/${wanted}${found.path}"`;
}

/**
 * What to say of a module or library that no cell in a browser can have, in place of the checker's own words;
 * `name` as the cell has it.
 */
export function unavailable(name: string, message: string): string | undefined {
  if (/^File '.*\/lib\.dom\b/.test(message)) return "cells run in a worker, which has no document";
  const [, specifier] = /^["'`](.*)["'`]$/s.exec(name) ?? [];
  const isNodes = specifier === undefined ? nodeGlobals.has(name) : isNodeModule(specifier);
  return isNodes ? nodeOnly(specifier ?? name) : undefined;
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || nodeModules.has(specifier);
}

function nodeOnly(specifier: string): string {
  return `a browser has no ${specifier}: a cell that needs it runs in the notebook itself, with Node`;
}

/** Packages bring their types with them or have none: nothing can be installed beside them. */
export function typesHint(_specifier: string, _folder: string): string | undefined {
  return undefined;
}

/** Names that Node has and JavaScript in a browser has not. */
const nodeGlobals: ReadonlySet<string> = new Set([
  "Buffer",
  "process",
  "global",
  "setImmediate",
  "clearImmediate",
  "__dirname",
  "__filename",
]);

/** Those of Node's modules that are asked for without "node:". */
const nodeModules: ReadonlySet<string> = new Set([
  "assert",
  "buffer",
  "child_process",
  "crypto",
  "events",
  "fs",
  "fs/promises",
  "http",
  "https",
  "module",
  "net",
  "os",
  "path",
  "process",
  "readline",
  "stream",
  "url",
  "util",
  "vm",
  "worker_threads",
  "zlib",
]);
