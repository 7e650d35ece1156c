import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { addMap } from "../../runtime/errors/stack.js";
import { guard } from "../../runtime/interrupt.js";
import type { LocalModule } from "../../unit.js";
import { send } from "./channel.js";
import { type Namespace, namespaceOf } from "./namespaces.js";

import { addLinks, placeOf, resolveOwn } from "./resolve.js";

/** How a local file imports what is not a local file. */
type Importer = (
  specifier: string,
  attributes: { readonly [key: string]: string },
  from: string,
) => Promise<Namespace>;

/** What CommonJS gives a file, as its compiled text takes it. */
type CommonJs = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
  guards: typeof guard,
) => void;

/** The newest compiled text of each of the user's files. */
const texts = new Map<string, LocalModule>();
/** What each file was on disk when its text came. */
const stamps = new Map<string, string>();
/**
 * Modules by path and version: a file whose text, or that of a file it imports, changed is another module.
 */
const loaded = new Map<string, vm.SourceTextModule>();
const scripts = new Map<string, { exports: unknown }>();
const waiting = new Map<number, (modules: readonly LocalModule[], fault?: string) => void>();
let asked = 0;

export function addModules(modules: readonly LocalModule[]): void {
  for (const module of modules) {
    texts.set(module.path, module);
    stamps.set(module.path, stampOf(module.path));
    addLinks(module.path, module.links);
  }
}

/** The checker's answer to a question of `requestModules`. */
export function receiveModules(id: number, modules: readonly LocalModule[], fault?: string): void {
  waiting.get(id)?.(modules, fault);
  waiting.delete(id);
}

function requestModules(path: string): Promise<void> {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, (modules, fault) => {
      addModules(modules);
      if (fault === undefined) resolve();
      else reject(new SyntaxError(fault));
    });
    send({ type: "needModules", id, path });
  });
}

/** Imports one of the user's own files; undefined for a kind that is Node's to load. */
export async function importLocal(path: string, importModule: Importer): Promise<Namespace | undefined> {
  if (path.endsWith(".json")) return namespaceOf(JSON.parse(readFileSync(path, "utf8")));
  if (!/\.[cm]?[jt]sx?$/.test(path) || path.includes("/node_modules/")) return undefined;
  if (path.endsWith(".cjs")) return namespaceOf(requireFresh(path));
  if (!isFresh(path)) await requestModules(path);
  const local = texts.get(path);
  if (!local) return namespaceOf(requireFresh(path));
  if (local.format === "commonjs") {
    await linkRequired([path], importModule);
    return namespaceOf(runScript(local, importModule));
  }
  const module = await linked(local, importModule);
  await module.evaluate();
  return module.namespace as Namespace;
}

/** A cell brings the texts that it needs; an import with a computed path may have to ask. */
function isFresh(path: string): boolean {
  const seen = new Set<string>();
  const pending = [path];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const local = texts.get(next);
    if (next === path && !local) return false;
    if (!local) continue;
    if (stamps.get(next) !== stampOf(next)) return false;
    pending.push(...Object.values(local.links));
  }
  return true;
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}` : "none";
}

/**
 * CommonJS of the user's own in JavaScript, which is Node's to load, read again when it or what it loads was
 * edited.
 */
function requireFresh(path: string): unknown {
  const require = createRequire(path);
  forgetEdited(require, path, new Set());
  const exports: unknown = require(path);
  stamps.set(path, stampOf(path));
  return exports;
}

/** Drops a module from Node's cache where it or one below it was edited; tells whether it did. */
function forgetEdited(require: NodeJS.Require, path: string, seen: Set<string>): boolean {
  const module = require.cache[path];
  if (seen.has(path) || !module || path.includes("/node_modules/")) return false;
  seen.add(path);
  const stamp = stampOf(path);
  let edited = stamps.has(path) && stamps.get(path) !== stamp;
  stamps.set(path, stamp);
  for (const child of module.children) if (forgetEdited(require, child.filename, seen)) edited = true;
  if (edited) delete require.cache[path];
  return edited;
}

/** Makes what these files are, and those below them, ready for a `require`, which cannot wait. */
export async function linkRequired(paths: readonly string[], importModule: Importer): Promise<void> {
  const seen = new Set<string>();
  const pending = paths.map((path) => ({ path, isRequired: true }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const local = texts.get(next.path);
    const key = `${next.path}?${next.isRequired}`;
    if (!local || seen.has(key)) continue;
    seen.add(key);
    if (next.isRequired && local.format === "module") await linked(local, importModule);
    // What CommonJS imports, it requires: its imports were compiled to that.
    const required = local.format === "commonjs" ? Object.values(local.links) : local.required;
    for (const path of Object.values(local.links))
      pending.push({ path, isRequired: required.includes(path) });
  }
}

/** `require` for cells and for local files. */
export function requireFrom(from: string, importModule: Importer): NodeJS.Require {
  const native = createRequire(from);
  const require = (id: string): unknown => {
    const own = resolveOwn(id, from);
    if (own === undefined || own.includes("/node_modules/")) {
      const place = placeOf(id, from);
      return place === from ? native(id) : createRequire(place)(id);
    }
    const local = texts.get(own);
    if (local) return requireLocal(local, importModule);
    if (/\.([cm]?tsx?|jsx)$/.test(own)) throw unprepared(id);
    return own.endsWith(".json") ? native(own) : requireFresh(own);
  };
  return Object.assign(require, native);
}

function requireLocal(local: LocalModule, importModule: Importer): unknown {
  if (local.format === "commonjs") return runScript(local, importModule);
  const module = moduleOf(local, importModule);
  if (module.status === "unlinked") throw unprepared(local.path);
  if (local.isAsync && module.status === "linked")
    throw new Error(`require: ${local.path} awaits at its top level; write await import(...) instead`);
  // What waits for nothing is evaluated before this returns.
  module.evaluate().catch(() => {});
  if (module.status === "errored") throw module.error;
  return module.namespace;
}

function unprepared(id: string): Error {
  return new Error(
    `require: ${JSON.stringify(id)} has to be compiled first, which takes a path that is written out; ` +
      "write await import(...) where it is computed",
  );
}

function runScript(local: LocalModule, importModule: Importer): unknown {
  const { path, version, text } = local;
  const key = `${path}?${version}`;
  const known = scripts.get(key);
  if (known) return known.exports;
  const module = { exports: {} as unknown, id: path, filename: path, loaded: false, children: [], paths: [] };
  // Before it runs: what it requires may require it.
  scripts.set(key, module);
  addMap(path, local.map);
  try {
    const script = new vm.Script(text, {
      filename: path,
      importModuleDynamically: (async (specifier: string) => importModule(specifier, {}, path)) as never,
    });
    const run = script.runInThisContext() as CommonJs;
    run.call(
      module.exports,
      module.exports,
      requireFrom(path, importModule),
      module,
      path,
      dirname(path),
      guard,
    );
  } catch (error) {
    scripts.delete(key);
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

async function linked(local: LocalModule, importModule: Importer): Promise<vm.SourceTextModule> {
  const module = moduleOf(local, importModule);
  if (module.status === "unlinked")
    await module.link((specifier, referrer) => link(specifier, referrer, importModule));
  await linkRequired(local.required, importModule);
  return module;
}

function moduleOf(local: LocalModule, importModule: Importer): vm.SourceTextModule {
  const { path } = local;
  const key = `${path}?${local.version}`;
  let module = loaded.get(key);
  if (!module) {
    module = new vm.SourceTextModule(local.text, {
      identifier: path,
      initializeImportMeta: (meta) => {
        Object.assign(meta, {
          url: pathToFileURL(path).href,
          filename: path,
          dirname: dirname(path),
        });
      },
      importModuleDynamically: (async (specifier: string) => importModule(specifier, {}, path)) as never,
    });
    addMap(path, local.map);
    loaded.set(key, module);
  }
  return module;
}

async function link(specifier: string, referrer: vm.Module, importModule: Importer): Promise<vm.Module> {
  if (specifier === "convfuse:kernel")
    return synthetic(specifier, {
      guard,
      requireFrom: (path: string) => requireFrom(path, importModule),
    });
  const path = resolveOwn(specifier, referrer.identifier);
  const local = path === undefined ? undefined : texts.get(path);
  if (local?.format === "module") {
    await linkRequired(local.required, importModule);
    return moduleOf(local, importModule);
  }
  return synthetic(specifier, await importModule(specifier, {}, referrer.identifier));
}

const synthesized = new WeakMap<object, vm.Module>();

function synthetic(specifier: string, namespace: Namespace): vm.Module {
  let module = synthesized.get(namespace);
  if (!module) {
    const names = Object.keys(namespace);
    const created = new vm.SyntheticModule(
      names,
      () => {
        for (const name of names) created.setExport(name, namespace[name]);
      },
      { identifier: specifier },
    );
    module = created;
    synthesized.set(namespace, module);
  }
  return module;
}
