import type ts from "typescript6";
import type { Project } from "./program/project.js";
import { parseCell } from "./text/syntax.js";
import type { TypeScript } from "./typescript.js";

/** Fewer modules than this are not worth a search for those that nothing leads to. */
const few = 64;

/** The cells that later ones import: as declarations where TypeScript can write them, else as they are. */
export class CellModules {
  readonly #ts: TypeScript;
  readonly #project: Project;
  readonly #texts = new Map<string, string>();
  readonly #sources = new Map<string, string>();
  #kept = few;

  constructor(ts: TypeScript, project: Project) {
    this.#ts = ts;
    this.#project = project;
  }

  /**
   * A cell's declarations name only the cells that its types need, and nothing of what it computed from, so a
   * long chain of cells stays as cheap to check as a short one. A type that has no name keeps the whole cell.
   * `references` are its lines that ask for more libraries.
   */
  add(key: string, text: string, isJsx: boolean, references: string): void {
    const project = this.#project;
    const { program, file } = project.load(project.cellPath(key, isJsx), text);
    const [output] =
      program.getDeclarationDiagnostics(file).length === 0
        ? project.service.getEmitOutput(file.fileName, true, true).outputFiles
        : [];
    const kept = output ? references + output.text : text;
    this.#texts.set(key, kept);
    project.setFile(output ? this.#declarationPath(key) : project.cellPath(key, isJsx), kept);
  }

  /** Keeps what the user wrote, for a look at a name's source. */
  keepSource(key: string, code: string): void {
    this.#sources.set(key, code);
  }

  /** The statement of a cell that declares a name. */
  sourceOf(key: string, name: string): string | undefined {
    const ts = this.#ts;
    const code = this.#sources.get(key);
    if (code === undefined) return undefined;
    const file = parseCell(ts, code);
    const declares = (node: ts.Node): boolean => {
      const named = node as ts.Node & { readonly name?: ts.Node };
      if (named.name && ts.isIdentifier(named.name) && named.name.text === name) return true;
      return !ts.isFunctionLike(node) && !ts.isClassLike(node) && ts.forEachChild(node, declares) === true;
    };
    return file.statements.find(declares)?.getText(file);
  }

  /** Forgets the cells that no name leads to any more. */
  prune(live: ReadonlySet<string>): void {
    if (this.#texts.size < 2 * this.#kept) return;
    const reached = new Set<string>();
    const pending = [...live];
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      if (reached.has(key)) continue;
      reached.add(key);
      pending.push(...(this.#texts.get(key)?.match(/\[cell-\d+\]/g) ?? []));
    }
    for (const key of this.#texts.keys()) {
      if (reached.has(key)) continue;
      this.#texts.delete(key);
      this.#project.deleteFile(this.#declarationPath(key));
      for (const isJsx of [false, true]) this.#project.deleteFile(this.#project.cellPath(key, isJsx));
    }
    for (const key of this.#sources.keys()) if (!live.has(key)) this.#sources.delete(key);
    this.#kept = Math.max(few, this.#texts.size);
  }

  #declarationPath(key: string): string {
    return this.#project.cellPath(key).replace(/\.ts$/, ".d.ts");
  }
}
