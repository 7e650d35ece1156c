/** A package as an import names it. */
export interface PackageName {
  readonly name: string;
  /** The version that `npm:name@version` asks for. */
  readonly version?: string;
  /** What of the package is imported: "" or "/path". */
  readonly path: string;
}

/** The package that a specifier leads to; undefined for paths, URLs, `#names` and Node's own modules. */
export function packageOf(specifier: string): PackageName | undefined {
  const [, registry, name, version, path = ""] =
    /^(npm:)?\/?((?:@[\w.~-]+\/)?[a-z0-9_~-][\w.~-]*)(?:@([^/]+))?(\/.*)?$/i.exec(specifier) ?? [];
  if (name === undefined || (version !== undefined && registry === undefined)) return undefined;
  return { name, path, ...(version === undefined ? {} : { version }) };
}

/** `npm:name@version`, as notebooks for Deno have it, leads to the package that is installed. */
export function withoutRegistry(specifier: string): string {
  if (!specifier.startsWith("npm:")) return specifier;
  const found = packageOf(specifier);
  return found ? found.name + found.path : specifier;
}
