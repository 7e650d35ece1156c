import { dependencies } from "#host/checker/dependencies.js";
import { dirname, join } from "#host/paths.js";
import type { Project } from "../program/project.js";
import type { TypeScript } from "../typescript.js";
import { exportsOf, type ModuleExports } from "./module-exports.js";

/** A name that a module gives. */
export interface Importable {
  readonly name: string;
  readonly specifier: string;
  readonly isDefault: boolean;
}

/** For how long one completion may read packages; the next goes on. In milliseconds. */
const budget = 600;
/** The most files of one package that are read. */
const mostFiles = 400;

/**
 * What the packages of package.json, and Node's own modules, export: read from their declarations, without
 * checking them, when a name is first looked for.
 */
export class PackageExports {
  readonly #ts: TypeScript;
  readonly #project: Project;
  readonly #packages = new Map<string, readonly Importable[]>();
  readonly #files = new Map<string, ModuleExports | undefined>();
  #stamp = "";
  #builtin: readonly Importable[] | undefined;

  constructor(ts: TypeScript, project: Project) {
    this.#ts = ts;
    this.#project = project;
  }

  /** The names that begin so. */
  named(prefix: string): readonly Importable[] {
    const end = performance.now() + budget;
    this.#builtin ??= this.#readBuiltin();
    const { names, stamp } = dependencies(this.#project.cwd);
    if (stamp !== this.#stamp) this.#packages.clear();
    this.#stamp = stamp;
    const found: Importable[] = [];
    for (const name of names) {
      let known = this.#packages.get(name);
      if (!known && performance.now() < end) {
        known = this.#readPackage(name);
        this.#packages.set(name, known);
      }
      found.push(...(known ?? []));
    }
    found.push(...this.#builtin);
    return found.filter(({ name }) => name.startsWith(prefix));
  }

  #readPackage(specifier: string): readonly Importable[] {
    const path = this.#project.resolve(specifier, this.#project.current)?.resolvedFileName;
    if (path === undefined || !/\.[cm]?tsx?$/.test(path)) return [];
    const names = new Set<string>();
    const hasDefault = this.#collect(path, names, new Set());
    const whole = camelCase(specifier);
    return [
      ...[...names].map((name) => ({ name, specifier, isDefault: false })),
      ...(hasDefault && !names.has(whole) ? [{ name: whole, specifier, isDefault: true }] : []),
    ];
  }

  /** Gathers the names of a file and of those that it passes on; tells whether it has a default export. */
  #collect(path: string, into: Set<string>, seen: Set<string>): boolean {
    if (seen.has(path) || seen.size > mostFiles) return false;
    seen.add(path);
    if (!this.#files.has(path)) {
      const text = this.#project.read(path);
      this.#files.set(path, text === undefined ? undefined : exportsOf(this.#ts, path, text));
    }
    const found = this.#files.get(path);
    if (!found) return false;
    for (const name of found.names) into.add(name);
    for (const specifier of found.passedOn) {
      const next = this.#project.resolve(specifier, path)?.resolvedFileName;
      if (next !== undefined) this.#collect(next, into, seen);
    }
    for (const type of found.wholeTypes)
      for (const reference of found.references) this.#members(join(dirname(path), reference), type, into);
    return found.hasDefault;
  }

  /** What other files of a package add to the type of the value that it is. */
  #members(path: string, type: string, into: Set<string>): void {
    const text = this.#project.read(path);
    if (text === undefined) return;
    for (const name of exportsOf(this.#ts, path, text).members.get(type) ?? []) into.add(name);
  }

  #readBuiltin(): readonly Importable[] {
    const ts = this.#ts;
    const found: Importable[] = [];
    for (const file of this.#project.program().getSourceFiles()) {
      if (!file.fileName.includes("/@types/node/")) continue;
      for (const statement of file.statements) {
        if (!ts.isModuleDeclaration(statement) || !ts.isStringLiteral(statement.name)) continue;
        const { text } = statement.name;
        if (
          !statement.body ||
          !ts.isModuleBlock(statement.body) ||
          /^(node:)?(module|console|process)$/.test(text)
        )
          continue;
        const specifier = text.startsWith("node:") ? text : `node:${text}`;
        for (const name of exportsOf(ts, file.fileName, "", statement.body.statements).names)
          found.push({ name, specifier, isDefault: false });
      }
    }
    return found;
  }
}

/** How one names a package as a whole: "react-dom" as reactDom, "@observablehq/plot" as plot. */
function camelCase(specifier: string): string {
  return specifier
    .replace(/^.*\//, "")
    .replace(/[-.]+(\w)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/[^\w$]/g, "");
}
