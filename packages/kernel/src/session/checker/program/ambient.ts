/**
 * What every cell sees without an import: the kernel's own globals, and those of Node's that the type
 * packages leave to the browser's library, which a notebook must not have (`document` would pass the check
 * and then fail).
 */
export function ambientText(jupyterTypes: string, lib: readonly string[]): string {
  return `declare var jupyter: import(${JSON.stringify(jupyterTypes)}).Jupyter;
/** Asks the reader of the notebook for a line; \`password\` hides what is typed. */
declare function prompt(message?: string, options?: { password?: boolean }): Promise<string>;
/** Asks the reader of the notebook a question; true where the answer is y or yes. */
declare function confirm(message?: string): Promise<boolean>;
${lib.some((name) => /^lib\.(dom|webworker)\./.test(name)) ? "" : webAssemblyText}`;
}

const webAssemblyText = `declare namespace WebAssembly {
  type ImportExportKind = "function" | "global" | "memory" | "table" | "tag";
  type TableKind = "anyfunc" | "externref";
  type ValueType = "anyfunc" | "externref" | "f32" | "f64" | "i32" | "i64" | "v128";
  type ExportValue = Function | Global | Memory | Table;
  type ImportValue = ExportValue | number | bigint;
  type Exports = Record<string, ExportValue>;
  type ModuleImports = Record<string, ImportValue>;
  type Imports = Record<string, ModuleImports>;
  type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
  interface ModuleImportDescriptor { kind: ImportExportKind; module: string; name: string }
  interface ModuleExportDescriptor { kind: ImportExportKind; name: string }
  interface MemoryDescriptor { initial: number; maximum?: number; shared?: boolean }
  interface TableDescriptor { element: TableKind; initial: number; maximum?: number }
  interface GlobalDescriptor { value: ValueType; mutable?: boolean }
  class Module {
    constructor(bytes: Bytes);
    static imports(module: Module): ModuleImportDescriptor[];
    static exports(module: Module): ModuleExportDescriptor[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    // A module's exports cannot be known from its bytes.
    readonly exports: Record<string, any>;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  class Table {
    constructor(descriptor: TableDescriptor, value?: unknown);
    readonly length: number;
    get(index: number): any;
    grow(delta: number, value?: unknown): number;
    set(index: number, value?: unknown): void;
  }
  class Global {
    constructor(descriptor: GlobalDescriptor, value?: unknown);
    value: any;
    valueOf(): any;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  interface WebAssemblyInstantiatedSource { instance: Instance; module: Module }
  function validate(bytes: Bytes): boolean;
  function compile(bytes: Bytes): Promise<Module>;
  function instantiate(bytes: Bytes, imports?: Imports): Promise<WebAssemblyInstantiatedSource>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
`;
