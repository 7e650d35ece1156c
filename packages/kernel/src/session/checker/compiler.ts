import type ts from "typescript6";
import { LocalModules } from "#host/checker/local-modules.js";
import { unavailable } from "#host/package-hints.js";
import { applyEdits, sortEdits } from "../edits.js";
import type { Diagnosis } from "../types.js";
import type { CellUnit, CompileReply, Edit, Reached } from "../unit.js";
import { CellModules } from "./cell-modules.js";
import {
  type CheckedText,
  describeErrors,
  describeFileErrors,
  type Explainer,
  fileErrors,
  locateErrors,
  ownErrors,
} from "./diagnostics.js";
import { PackageExports } from "./exports/package-exports.js";
import { type CellMagics, cellMagics } from "./magics/cell-magics.js";
import { magicDiagnostic } from "./magics/magics.js";
import { moduleHint, untypedModules } from "./module-hints.js";
import type { Loaded, Project, Traces } from "./program/project.js";
import { rewriteCell } from "./rewrite/rewrite.js";
import { type CellNames, collectNames } from "./text/names.js";
import { parenthesizeObject } from "./text/object-literal.js";
import { pendingNames, withoutPending } from "./text/pending-names.js";
import { plainDeclaration } from "./text/plain-types.js";
import { regularExpressionErrors } from "./text/regular-expressions.js";
import { isJsx, parseCell, syntaxErrors } from "./text/syntax.js";
import { NameTable } from "./text/table.js";
import type { TypeScript } from "./typescript.js";

interface Compiled {
  readonly unit: CellUnit;
  readonly names: CellNames;
  readonly plain: ReadonlyMap<string, string>;
  /** The module that later cells import: the cell and what stands behind it. */
  readonly text: string;
  readonly isJsx: boolean;
  readonly traces: Traces;
}

/**
 * A cell's text and what TypeScript is shown of it: `raw` is parsed before, `edited` is the text after
 * `sourceEdits`.
 */
interface EditedCell {
  readonly magics: CellMagics;
  readonly raw: ts.SourceFile;
  readonly sourceEdits: readonly Edit[];
  readonly edited: string;
}

/** A cell as it was read: behind its edited text, `text` has what earlier cells declared. */
interface ReadCell extends EditedCell {
  readonly code: string;
  readonly parsed: ts.SourceFile;
  readonly withJsx: boolean;
  readonly names: CellNames;
  readonly text: string;
}

interface CheckedCell {
  readonly errors: readonly ts.Diagnostic[];
  readonly cell: CheckedText;
  readonly explainer: Explainer;
  readonly loaded?: Loaded;
}

function cacheKeyOf({ magics, text }: ReadCell): string {
  return magics.isTimed ? `%%time\n${text}` : text;
}

const nothingReached: Reached = { modules: [], links: {}, required: [] };
const cellImport = /^\.\/(\[cell-\d+\])$/;
/** The map goes another way. */
const mapComment = /\n\/\/# sourceMappingURL=[^\n]*$/;
/** How many compiled cells are kept, for one that is run again unchanged. */
const keptCells = 200;

/** A first line `#!`, as a file has it that is run by its name, turns into a comment. */
function hideHashbang(code: string): readonly Edit[] {
  return code.startsWith("#!") ? [{ start: 0, end: 2, text: "//" }] : [];
}

/**
 * The names that JSX uses without a mention: what makes its elements, in the older way, and what a pragma
 * says.
 */
function jsxNames(
  text: string,
  { jsx, jsxFactory, jsxFragmentFactory, reactNamespace }: ts.CompilerOptions,
): readonly string[] {
  const pragmas = [...text.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g)].map(([, name]) => name as string);
  if (jsx !== classicJsx) return pragmas;
  const named = [jsxFactory ?? reactNamespace ?? "React", jsxFragmentFactory ?? "React"];
  return [...pragmas, ...named.map((name) => name.replace(/\..*/, ""))];
}

/** `ts.JsxEmit.React`. */
const classicJsx = 2;

/** Checks cells one after the other, and remembers what they declare. */
export class CellCompiler {
  readonly #ts: TypeScript;
  readonly table: NameTable = new NameTable();
  readonly modules: LocalModules;
  readonly packages: PackageExports;
  readonly #cells: CellModules;
  readonly #cache = new Map<string, Compiled>();
  readonly #byKey = new Map<string, Compiled>();
  #count = 0;

  constructor(
    ts: TypeScript,
    readonly project: Project,
  ) {
    this.#ts = ts;

    this.packages = new PackageExports(ts, project);
    this.modules = new LocalModules(ts, project);
    this.#cells = new CellModules(ts, project);
  }

  /**
   * Reads the libraries, and checks what most cells are made of, before anybody waits for it; or the first
   * cell itself, which then is compiled already.
   */
  warm(first = "const warm = [0].map((n) => n + 1); console.log(warm); warm.length"): void {
    this.compile(first, 0);
  }

  /** The lines of a cell that are for a shell or for the kernel. */
  magics(code: string): CellMagics {
    return cellMagics(this.#ts, code, this.table, this.project.cwd);
  }

  compile(code: string, executionCount: number): CompileReply {
    const { project } = this;
    const ts = this.#ts;
    const read = this.#read(code);
    const { magics, sourceEdits, edited, parsed, withJsx, names, text } = read;
    const cacheKey = cacheKeyOf(read);
    const known = this.#cache.get(cacheKey);
    if (known) {
      this.#byKey.set(known.unit.key, known);
      return { ok: true, unit: known.unit };
    }

    const key = `[cell-${++this.#count}]`;
    const { errors, cell, explainer, loaded } = this.#check(read, key, executionCount);
    if (!loaded || errors.length > 0)
      return { ok: false, error: describeErrors(ts, errors, cell, explainer) };
    const { program, file } = loaded;

    let emitted = "";
    let sourceMap = "";
    program.emit(file, (name, content) => {
      if (name.endsWith(".map")) sourceMap = content;
      else emitted = content.replace(mapComment, "");
    });
    const last = parsed.statements.findLast((statement) => !ts.isEmptyStatement(statement));
    const rewritten = rewriteCell(ts, {
      text: emitted,
      isSession: (name) => names.declared.has(name) || this.table.get(name) !== undefined,
      isAmbient: (name) =>
        names.declared.has(name) ? names.ambient.has(name) : this.table.get(name)?.isAmbient === true,
      isCellImport: (specifier) => cellImport.test(specifier),
      hasResult: last !== undefined && (ts.isExpressionStatement(last) || ts.isExportAssignment(last)),
    });
    const plain = this.#plainNames(program, file);
    const traces = project.traces(loaded);
    const { modules, ...own } = this.#localModules(edited, names);
    const imported = fileErrors(ts, project.including(modules.map(({ path }) => path)), modules);
    if (imported.length > 0)
      return { ok: false, error: describeFileErrors(ts, imported, project.cwd, explainer) };
    const unit: CellUnit = {
      key,
      text: rewritten.text,
      isTimed: magics.isTimed,
      names: rewritten.names,
      declared: [...names.declared.keys()],
      ambient: [...names.ambient].filter((name) => names.declared.has(name)),
      imports: rewritten.imports,
      modules,
      ...own,
      map: { sourceMap, emitted, edits: rewritten.edits, source: code, sourceEdits },
    };
    const compiled = {
      unit,
      names,
      plain,
      text,
      isJsx: withJsx,
      traces: { ...traces, globals: project.pending() },
    };
    this.#byKey.set(unit.key, compiled);
    // An edited local file changes what the same text means.
    if (modules.length === 0) this.#remember(cacheKey, compiled);
    return { ok: true, unit };
  }

  /** The errors of a cell's own text, apart from what the cells declare that have not run yet. */
  diagnose(code: string, pending: readonly string[]): readonly Diagnosis[] {
    const ts = this.#ts;
    const read = this.#read(code);
    if (this.#cache.has(cacheKeyOf(read))) return [];
    const { errors, cell, explainer } = this.#check(read, `[cell-${++this.#count}]`, 0);
    const missing = pendingNames(
      ts,
      read.names,
      this.table,
      pending.map((text) => this.magics(text).rest),
    );
    return locateErrors(ts, withoutPending(errors, missing), cell, explainer);
  }

  /**
   * A cell's text as TypeScript: without magics and a first line `#!`, an object that stands alone in
   * parentheses.
   */
  edited(code: string): EditedCell {
    const ts = this.#ts;
    const magics = this.magics(code);
    const raw = parseCell(ts, magics.rest);
    const sourceEdits = sortEdits([
      ...hideHashbang(code),
      ...magics.edits,
      ...parenthesizeObject(ts, magics.rest, raw),
    ]);
    return { magics, raw, sourceEdits, edited: applyEdits(code, sourceEdits) };
  }

  /** A cell's text, ready to be checked. */
  #read(code: string): ReadCell {
    const ts = this.#ts;
    const { magics, raw, sourceEdits, edited } = this.edited(code);
    const parsed = sourceEdits.length > 0 ? parseCell(ts, edited) : raw;
    const withJsx = isJsx(ts, parsed);
    if (withJsx) this.project.turnToJsx(true);
    const names = collectNames(ts, parsed, withJsx ? jsxNames(edited, this.project.options) : []);
    const text = edited + this.table.appendix(names);
    return { code, magics, raw, sourceEdits, edited, parsed, withJsx, names, text };
  }

  /** What would keep a cell from running; only where its syntax is right, a program holds it. */
  #check(read: ReadCell, key: string, executionCount: number): CheckedCell {
    const { project } = this;
    const ts = this.#ts;
    const { code, magics, raw, sourceEdits, edited, parsed, withJsx, text } = read;
    const untyped: string[] = [];
    const explainer: Explainer = {
      instead: (name, message) => unavailable(name, message) ?? project.libraries.explain(name, message),
      hint: (name, message) => moduleHint(name, message, untyped, project.cwd),
    };
    const cell = { code, edits: sourceEdits, length: edited.length, executionCount };
    if (magics.refusal)
      return { errors: [magicDiagnostic(ts, raw, magics.refusal)], cell: { ...cell, edits: [] }, explainer };
    // Asked of the cell alone: what stands behind it would move an error at its end.
    const syntax = syntaxErrors(parsed);
    if (syntax.length > 0) return { errors: syntax, cell, explainer };
    const path = project.cellPath(key, withJsx);
    const first = project.load(path, text);
    const loaded = project.turnToJsx() ? project.load(path, text) : first;
    const diagnostics = loaded.program.getSemanticDiagnostics(loaded.file);
    untyped.push(...untypedModules(diagnostics));
    const semantic = ownErrors(ts, diagnostics, cell);
    const errors = semantic.length > 0 ? semantic : regularExpressionErrors(ts, parsed);
    return { errors, cell, explainer, loaded };
  }

  /** Lets later cells see what this one declared; `names` are those that its run got to. */
  commit(key: string, names: readonly string[]): void {
    const compiled = this.#byKey.get(key);
    if (!compiled) return;
    this.#byKey.delete(key);
    const { augments, declared } = compiled.names;
    this.project.keep(compiled.traces);
    if (augments) this.table.addAugmenting(key);
    for (const name of names) {
      const plain = compiled.plain.get(name);
      const how = declared.get(name);
      const isAmbient = compiled.names.ambient.has(name);
      if (how)
        this.table.set(name, { module: key, isAmbient, ...how, ...(plain === undefined ? {} : { plain }) });
    }
    if (augments || names.some((name) => !compiled.plain.has(name)))
      this.#cells.add(key, compiled.text, compiled.isJsx, compiled.names.references);
    if (names.length > 0) this.#cells.keepSource(key, compiled.unit.map.source);
    this.#cells.prune(this.table.liveModules());
  }

  /** What the user wrote to declare a name. */
  sourceOf(name: string): string | undefined {
    const entry = this.table.get(name);
    return entry && this.#cells.sourceOf(entry.module, name);
  }

  #remember(text: string, compiled: Compiled): void {
    this.#cache.set(text, compiled);
    const oldest = this.#cache.size > keptCells ? this.#cache.keys().next().value : undefined;
    if (oldest !== undefined) this.#cache.delete(oldest);
  }

  #localModules(text: string, names: CellNames): Reached {
    // Reading the imports costs a scan of the text; most cells have none.
    if (!names.mentioned.has("require") && !/\b(import|export)\b/.test(text)) return nothingReached;
    return this.modules.reachableFrom(text, this.project.current);
  }

  #plainNames(program: ts.Program, file: ts.SourceFile): ReadonlyMap<string, string> {
    const ts = this.#ts;
    const plain = new Map<string, string>();
    const checker = program.getTypeChecker();
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) {
        const text = plainDeclaration(ts, checker, declaration);
        if (text !== undefined && ts.isIdentifier(declaration.name)) plain.set(declaration.name.text, text);
      }
    }
    return plain;
  }
}
