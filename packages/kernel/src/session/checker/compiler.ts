import type ts from "typescript6";
import { applyEdits } from "../edits.js";
import type { CellError } from "../types.js";
import type { CellUnit, LocalModule } from "../unit.js";
import { describeErrors, describeFileErrors, fileErrors, ownErrors } from "./diagnostics.js";
import { LocalModules } from "./local-modules.js";
import { CellModules } from "./modules.js";
import { type CellNames, collectNames } from "./names.js";
import { parenthesizeObject } from "./object-literal.js";
import { plainDeclaration } from "./plain-types.js";
import type { Project, Traces } from "./project.js";
import { rewriteCell } from "./rewrite.js";
import { syntaxErrors } from "./syntax.js";
import { NameTable } from "./table.js";
import type { TypeScript } from "./typescript.js";

export type CompileReply =
  | { readonly ok: true; readonly unit: CellUnit }
  | { readonly ok: false; readonly error: CellError };

interface Compiled {
  readonly unit: CellUnit;
  readonly names: CellNames;
  readonly plain: ReadonlyMap<string, string>;
  /** The module that later cells import: the cell and what stands behind it. */
  readonly text: string;
  readonly traces: Traces;
}

const CELL_IMPORT = /^\.\/(\[cell-\d+\])$/;
/** The map goes another way. */
const MAP_COMMENT = /\n\/\/# sourceMappingURL=[^\n]*$/;
/** How many compiled cells are kept, for one that is run again unchanged. */
const KEPT = 200;

/** Checks cells one after the other, and remembers what they declare. */
export class CellCompiler {
  readonly table: NameTable = new NameTable();
  readonly modules: LocalModules;
  private readonly cells: CellModules;
  private readonly cache = new Map<string, Compiled>();
  private readonly byKey = new Map<string, Compiled>();
  private count = 0;

  constructor(
    private readonly ts: TypeScript,
    readonly project: Project,
  ) {
    this.modules = new LocalModules(ts, project);
    this.cells = new CellModules(ts, project);
  }

  /** Reads the libraries, and checks what most cells are made of, before anybody waits for it. */
  warm(): void {
    this.compile("const warm = [0].map((n) => n + 1); console.log(warm); warm.length", 0);
  }

  compile(code: string, executionCount: number): CompileReply {
    const { ts, project } = this;
    const raw = this.parse(code);
    const sourceEdits = parenthesizeObject(ts, code, raw);
    const edited = applyEdits(code, sourceEdits);
    const parsed = sourceEdits.length > 0 ? this.parse(edited) : raw;
    const names = collectNames(ts, parsed);
    const text = edited + this.table.appendix(names);
    const known = this.cache.get(text);
    if (known) {
      this.byKey.set(known.unit.key, known);
      return { ok: true, unit: known.unit };
    }

    const cell = { code, edits: sourceEdits, length: edited.length, executionCount };
    // Asked of the cell alone: what stands behind it would move an error at its end.
    const syntax = syntaxErrors(parsed);
    if (syntax.length > 0) return { ok: false, error: describeErrors(ts, syntax, cell) };
    const key = `[cell-${++this.count}]`;
    const loaded = project.load(project.cellPath(key), text);
    const { program, file } = loaded;
    const errors = ownErrors(ts, program.getSemanticDiagnostics(file), cell);
    if (errors.length > 0) return { ok: false, error: describeErrors(ts, errors, cell) };

    let emitted = "";
    let sourceMap = "";
    program.emit(file, (name, content) => {
      if (name.endsWith(".map")) sourceMap = content;
      else emitted = content.replace(MAP_COMMENT, "");
    });
    const last = parsed.statements.findLast((statement) => !ts.isEmptyStatement(statement));
    const rewritten = rewriteCell(ts, {
      text: emitted,
      isSession: (name) => names.declared.has(name) || this.table.get(name) !== undefined,
      isCellImport: (specifier) => CELL_IMPORT.test(specifier),
      hasResult: last !== undefined && (ts.isExpressionStatement(last) || ts.isExportAssignment(last)),
    });
    const modules = this.localModules(edited, names);
    const paths = modules.map(({ path }) => path);
    const imported = fileErrors(ts, project.program(), paths);
    if (imported.length > 0) return { ok: false, error: describeFileErrors(ts, imported, project.cwd) };
    const unit: CellUnit = {
      key,
      text: rewritten.text,
      names: rewritten.names,
      declared: [...names.declared.keys()],
      imports: rewritten.imports,
      modules,
      map: { sourceMap, emitted, edits: rewritten.edits, source: code, sourceEdits },
    };
    const compiled = {
      unit,
      names,
      plain: this.plainNames(program, file),
      text,
      traces: project.traces(loaded),
    };
    this.byKey.set(unit.key, compiled);
    // An edited local file changes what the same text means.
    if (modules.length === 0) this.remember(text, compiled);
    return { ok: true, unit };
  }

  /** Lets later cells see what this one declared; `names` are those that its run got to. */
  commit(key: string, names: readonly string[]): void {
    const compiled = this.byKey.get(key);
    if (!compiled) return;
    this.byKey.delete(key);
    const { augments, declared } = compiled.names;
    this.project.keep(compiled.traces);
    if (augments) this.table.addAugmenting(key);
    for (const name of names) {
      const plain = compiled.plain.get(name);
      const how = declared.get(name);
      if (how) this.table.set(name, { module: key, ...how, ...(plain === undefined ? {} : { plain }) });
    }
    if (augments || names.some((name) => !compiled.plain.has(name))) this.cells.add(key, compiled.text);
    if (names.length > 0) this.cells.keepSource(key, compiled.unit.map.source);
    this.cells.prune(this.table.liveModules());
  }

  /** What the user wrote to declare a name. */
  sourceOf(name: string): string | undefined {
    const entry = this.table.get(name);
    return entry && this.cells.sourceOf(entry.module, name);
  }

  private parse(text: string): ts.SourceFile {
    return this.ts.createSourceFile(
      "cell.ts",
      text,
      this.ts.ScriptTarget.ESNext,
      false,
      this.ts.ScriptKind.TS,
    );
  }

  private remember(text: string, compiled: Compiled): void {
    this.cache.set(text, compiled);
    const oldest = this.cache.size > KEPT ? this.cache.keys().next().value : undefined;
    if (oldest !== undefined) this.cache.delete(oldest);
  }

  private localModules(text: string, names: CellNames): readonly LocalModule[] {
    // Reading the imports costs a scan of the text; most cells have none.
    if (!names.mentioned.has("require") && !/\b(import|export)\b/.test(text)) return [];
    return this.modules.reachableFrom(text, this.project.current);
  }

  private plainNames(program: ts.Program, file: ts.SourceFile): ReadonlyMap<string, string> {
    const { ts } = this;
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
