import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** A part of a library's text that declares something of JavaScript, which an older engine may lack. */
export interface Declared {
  /** Both 0 for a namespace as a whole. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** The namespaces that it stands in, from the outermost on. */
  readonly within: readonly string[];
  /** The interface that it is a member of. */
  readonly of?: string;
}

/** A part of a library's text that declares what the running engine does not have. */
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

/** What a library declares, whether it is there or not. */
export function declaredIn(ts: TypeScript, text: string): readonly Declared[] {
  const file = ts.createSourceFile("lib.d.ts", text, ts.ScriptTarget.ESNext);
  const declared: Declared[] = [];
  const read = (statements: readonly ts.Statement[], within: readonly string[]): void => {
    for (const statement of statements) {
      if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
        const name = statement.name.text;
        const isGlobal = name === "global";
        // A namespace without values: every use of it as a value fails, and says why.
        if (!isGlobal) declared.push({ start: 0, end: 0, name, within });
        read(statement.body.statements, isGlobal ? within : [...within, name]);
      } else if (ts.isFunctionDeclaration(statement) && statement.name)
        declared.push({ ...span(statement, file), name: statement.name.text, within });
      else if (ts.isInterfaceDeclaration(statement)) {
        for (const member of statement.members)
          if (member.name && ts.isIdentifier(member.name))
            declared.push({
              ...span(member, file),
              name: member.name.text,
              within,
              of: statement.name.text,
            });
      } else if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations)
          if (ts.isIdentifier(name)) declared.push({ ...span(statement, file), name: name.text, within });
    }
  };
  read(file.statements, []);
  return declared;
}

/** Holds what JavaScript's library declares against the objects that are there. */
export function missingOf(declared: readonly Declared[]): readonly Missing[] {
  return declared.flatMap(({ start, end, name, within, of }): readonly Missing[] => {
    const scope = within.reduce(property, globalThis as object | undefined);
    const path = within.map((each) => `${each}.`).join("");
    if (of === undefined)
      return property(scope, name) === undefined ? [{ start, end, name, shown: path + name }] : [];
    const holder = holderOf(scope, otherwise[of] ?? of);
    if (!holder || name in holder.object) return [];
    return [{ start, end, name, shown: `${path}${holder.shown}.${name}`, holder: of }];
  });
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
