import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** A part of a library's text that declares what the running Node does not have. */
export interface Missing {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** As one would write it: "Set.prototype.union". */
  readonly shown: string;
  /** The interface that it is a member of. */
  readonly holder?: string;
}

const iteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
/** Interfaces that are named otherwise than the object whose members they list. */
const otherwise: { readonly [name: string]: string } = {
  IteratorObjectConstructor: "IteratorConstructor",
  ReadonlyArray: "Array",
  ReadonlyMap: "Map",
  ReadonlySet: "Set",
};

/** Holds the declarations of JavaScript's library against the objects that are there. */
export class MissingMembers {
  readonly #ts: TypeScript;
  readonly #missing: Missing[] = [];

  constructor(ts: TypeScript) {
    this.#ts = ts;
  }

  find(text: string): readonly Missing[] {
    const file = this.#ts.createSourceFile("lib.d.ts", text, this.#ts.ScriptTarget.ESNext);
    this.#statements(file.statements, globalThis, "", file);
    return this.#missing;
  }

  /** `scope` is the object whose properties these declare; `path` is how one writes that. */
  #statements(
    statements: readonly ts.Statement[],
    scope: object | undefined,
    path: string,
    file: ts.SourceFile,
  ): void {
    const ts = this.#ts;
    for (const statement of statements) {
      if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
        const name = statement.name.text;
        const isGlobal = name === "global";
        // A namespace without values: every use of it as a value fails, and says why.
        if (!isGlobal && property(scope, name) === undefined)
          this.#missing.push({ start: 0, end: 0, name, shown: path + name });
        const inner = isGlobal ? scope : property(scope, name);
        this.#statements(statement.body.statements, inner, isGlobal ? path : `${path}${name}.`, file);
      } else if (ts.isFunctionDeclaration(statement) && statement.name) {
        const name = statement.name.text;
        if (property(scope, name) === undefined)
          this.#missing.push({ ...span(statement, file), name, shown: path + name });
      } else if (ts.isInterfaceDeclaration(statement)) this.#members(statement, scope, path, file);
      else if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations) {
          const text = ts.isIdentifier(name) ? name.text : "";
          if (text !== "" && property(scope, text) === undefined)
            this.#missing.push({ ...span(statement, file), name: text, shown: path + text });
        }
    }
  }

  #members(
    declaration: ts.InterfaceDeclaration,
    scope: object | undefined,
    path: string,
    file: ts.SourceFile,
  ): void {
    const ts = this.#ts;
    const interfaceName = declaration.name.text;
    const name = otherwise[interfaceName] ?? interfaceName;
    const holder = holderOf(scope, name);
    if (!holder) return;
    for (const member of declaration.members) {
      const key = member.name && ts.isIdentifier(member.name) ? member.name.text : undefined;
      if (key === undefined || key in holder.object) continue;
      const shown = `${path}${holder.shown}.${key}`;
      this.#missing.push({ ...span(member, file), name: key, shown, holder: interfaceName });
    }
  }
}

/**
 * The object that has the members of an interface; undefined where none is there, or where it describes mere
 * data.
 */
function holderOf(
  scope: object | undefined,
  name: string,
): { readonly object: object; readonly shown: string } | undefined {
  if (name === "IteratorObject") return { object: iteratorPrototype, shown: "Iterator.prototype" };
  const constructed = /^(.+)Constructor$/.exec(name)?.[1];
  const value = property(scope, constructed ?? name);
  if (value === undefined) return undefined;
  if (constructed !== undefined) return { object: value, shown: constructed };
  if (typeof value !== "function") return { object: value, shown: name };
  const prototype: unknown = (value as { readonly prototype?: unknown }).prototype;
  return typeof prototype === "object" && prototype !== null
    ? { object: prototype, shown: `${name}.prototype` }
    : undefined;
}

function property(scope: object | undefined, name: string): object | undefined {
  const value: unknown = scope === undefined ? undefined : Reflect.get(scope, name);
  return (typeof value === "object" || typeof value === "function") && value !== null ? value : undefined;
}

function span(node: ts.Node, file: ts.SourceFile): { readonly start: number; readonly end: number } {
  return { start: node.getStart(file), end: node.end };
}
