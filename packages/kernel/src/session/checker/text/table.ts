import type { CellNames } from "./names.js";

/** Where a name of the session was declared, and how a later cell gets to see it. */
export interface Entry {
  readonly module: string;
  readonly isAssignable: boolean;
  readonly label: string;
  /** Whether its cell only said that it is there. */
  readonly isAmbient: boolean;
  /** Its declaration in full, where its type can be written without naming anything of the cell's. */
  readonly plain?: string;
}

const anything = (name: string): [string, Entry] => [
  name,
  { module: "", isAssignable: true, label: "var", isAmbient: false, plain: `declare let ${name}: any;` },
];
/** What the runtime keeps of results, from the start: a cell that declares one of these names takes it. */
const resultNames: readonly (readonly [string, Entry])[] = [
  anything("_"),
  anything("__"),
  anything("___"),
  [
    "Out",
    {
      module: "",
      isAssignable: false,
      label: "const",
      isAmbient: false,
      plain: "declare const Out: { readonly [executionCount: number]: any };",
    },
  ],
];

/** The names that earlier cells left, for the cells after them. */
export class NameTable {
  readonly #entries = new Map<string, Entry>(resultNames);
  readonly #augmenting = new Set<string>();

  names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** The names among them that cells gave values. */
  values(): readonly string[] {
    return [...this.#entries].flatMap(([name, { module, label }]) =>
      module === "" || label === "interface" || label === "type" ? [] : [name],
    );
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  set(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
  }

  /** Takes in a variable that no cell has declared, whose type nobody knows. */
  adopt(name: string): void {
    const plain = `declare let ${name}: any;`;
    this.set(name, { module: "[adopted]", isAssignable: true, label: "let", isAmbient: false, plain });
  }

  addAugmenting(module: string): void {
    this.#augmenting.add(module);
  }

  /** The modules that some name still leads to. */
  liveModules(): ReadonlySet<string> {
    const live = new Set(this.#augmenting);
    for (const entry of this.#entries.values()) live.add(entry.module);
    return live;
  }

  /**
   * Declarations for `names`, to stand after a cell's own text (so that its positions stay as they are). A
   * type is never printed unless it is plain: the cell that declared the name is imported, so types need no
   * name.
   */
  prelude(names: Iterable<string>): string {
    const lines: string[] = [];
    const imports = new Map<string, string[]>();
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (entry === undefined) continue;
      if (entry.plain !== undefined) lines.push(entry.plain);
      else if (entry.isAssignable)
        lines.push(`declare let ${name}: typeof import("./${entry.module}").${name};`);
      else {
        const list = imports.get(entry.module);
        if (list) list.push(name);
        else imports.set(entry.module, [name]);
      }
    }
    for (const [module, list] of imports) lines.push(`import { ${list.join(", ")} } from "./${module}";`);
    for (const module of this.#augmenting) lines.push(`import "./${module}";`);
    return lines.join(" ");
  }

  /** What the text of a cell gets behind it. */
  appendix(cell: CellNames): string {
    const used: string[] = [];
    for (const name of cell.mentioned)
      if (this.#entries.has(name) && !cell.declared.has(name)) used.push(name);
    const own = [...cell.declared.keys()].filter((name) => !cell.exported.has(name));
    return `\n${this.prelude(used)} export { ${own.join(", ")} };`;
  }
}
