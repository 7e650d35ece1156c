import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";
import { declarationRegistry, type Registry } from "./declarations.js";
import { type Documented, documentedMethods, documentedPrototypes, setParents } from "./internals.js";
import { documentParts, isPostponed } from "./postponed/postponed-nodes.js";

const complete = new WeakSet<ts.SourceFile>();

/**
 * The files of a session, and nothing of their documentation: a fifth of reading a package, and of the memory
 * that it then takes, would be for comments that few readers ask for. `readWhenAsked` reads the comments of a
 * file for whoever does.
 */
export function createRegistry(ts: TypeScript): Registry {
  readWhenAsked(ts);
  return declarationRegistry(ts, parsing(ts));
}

/**
 * What of comments is read with a file: in JavaScript they say types; in TypeScript they say nothing to the
 * checker.
 */
export function parsing(ts: TypeScript): ts.JSDocParsingMode {
  return ts.JSDocParsingMode.ParseForTypeInfo;
}

/** The language service asks symbols and signatures for their documentation, also for what they inherit. */
function readWhenAsked(ts: TypeScript): void {
  for (const prototype of documentedPrototypes(ts))
    for (const method of documentedMethods) {
      const own = prototype[method];
      if (own === undefined) continue;
      prototype[method] = function (this: Documented, ...args: unknown[]): unknown {
        for (const declaration of this.declarations ?? [this.declaration])
          if (declaration) readComments(ts, declaration.getSourceFile());
        return own.apply(this, args);
      };
    }
}

/**
 * Reads a file of TypeScript once more, with its comments, and puts these where the checker's own nodes of it
 * have them.
 */
function readComments(ts: TypeScript, file: ts.SourceFile): void {
  if (complete.has(file) || file.flags & ts.NodeFlags.JavaScriptFile) return;
  complete.add(file);
  documentParts(file);
  const options = { languageVersion: file.languageVersion, jsDocParsingMode: ts.JSDocParsingMode.ParseAll };
  const pairs: [ts.Node, ts.Node][] = [[file, ts.createSourceFile(file.fileName, file.text, options)]];
  for (const [node, twin] of pairs) {
    const { jsDoc } = twin as ts.JSDocContainer & Documentable;
    if (jsDoc !== undefined) {
      (node as Documentable).jsDoc = jsDoc;
      for (const comment of jsDoc) setParents(ts, comment, node);
    }
    // What it lacks is read with its comments, if somebody asks for it.
    if (isPostponed(node)) continue;
    const twins = childrenOf(ts, twin);
    for (const [index, child] of childrenOf(ts, node).entries()) {
      const other = twins[index];
      if (other) pairs.push([child, other]);
    }
  }
}

interface Documentable {
  jsDoc?: readonly ts.JSDoc[];
}

function childrenOf(ts: TypeScript, node: ts.Node): readonly ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return children;
}
