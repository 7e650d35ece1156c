import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { LocalModule } from "../unit.js";
import { send } from "./channel.js";
import { guard } from "./interrupt.js";
import { resolveLocal } from "./resolve.js";
import { addMap } from "./stack.js";

type Namespace = { readonly [name: string]: unknown };

/** How a local file imports what is not a local file. */
type Importer = (
  specifier: string,
  attributes: { readonly [key: string]: string },
  from: string,
) => Promise<Namespace>;

/** The newest compiled text of each of the user's files. */
const texts = new Map<string, LocalModule>();
/** Evaluated modules; a file whose text, or that of a file it imports, changed is another module. */
const loaded = new Map<string, vm.Module>();
const waiting = new Map<number, (modules: readonly LocalModule[], fault?: string) => void>();
let asked = 0;

export function addModules(modules: readonly LocalModule[]): void {
  for (const module of modules) texts.set(module.path, module);
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
  if (path.endsWith(".json")) return { default: JSON.parse(readFileSync(path, "utf8")) as unknown };
  if (!/\.[cm]?[jt]sx?$/.test(path) || path.includes("/node_modules/")) return undefined;
  if (path.endsWith(".cjs")) return freshRequire(path);
  if (!isFresh(path)) await requestModules(path);
  if (!texts.has(path)) return freshRequire(path);
  const module = moduleOf(path, importModule);
  if (module.status === "unlinked")
    await module.link((specifier, referrer) => link(specifier, referrer, importModule));
  await module.evaluate();
  return module.namespace as Namespace;
}

const stamps = new Map<string, string>();

/** A cell brings the texts that it needs; only an import with a computed path must ask. */
function isFresh(path: string): boolean {
  const { mtimeMs, size } = statSync(path);
  const stamp = `${texts.get(path)?.version}:${mtimeMs}:${size}`;
  const fresh = texts.has(path) && stamps.get(path) === stamp;
  stamps.set(path, stamp);
  return fresh;
}

/** CommonJS of the user's own, read again when it was edited. */
function freshRequire(path: string): Namespace {
  const require = createRequire(path);
  const stamp = `cjs:${statSync(path).mtimeMs}`;
  if (stamps.get(path) !== stamp) delete require.cache[path];
  stamps.set(path, stamp);
  const exports = require(path) as Namespace;
  return typeof exports === "object" && exports !== null
    ? { ...exports, default: exports }
    : { default: exports };
}

function moduleOf(path: string, importModule: Importer): vm.Module {
  const local = texts.get(path) as LocalModule;
  const key = `${path}?${local.version}`;
  let module = loaded.get(key);
  if (!module) {
    module = new vm.SourceTextModule(local.text, {
      identifier: path,
      initializeImportMeta: (meta) => {
        Object.assign(meta, {
          url: pathToFileURL(path).href,
          filename: path,
          dirname: path.replace(/[\\/][^\\/]*$/, ""),
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
  if (specifier === "convfuse:guard") return synthetic("convfuse:guard", { guard });
  const path = resolveLocal(specifier, referrer.identifier);
  if (path !== undefined && texts.has(path)) return moduleOf(path, importModule);
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
