import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** The package managers, by the file that each keeps beside package.json. */
const managers: readonly (readonly [file: string, command: string, flag: string])[] = [
  ["pnpm-lock.yaml", "pnpm add", "-D"],
  ["yarn.lock", "yarn add", "-D"],
  ["bun.lock", "bun add", "-d"],
  ["bun.lockb", "bun add", "-d"],
];

/** What has to be typed, and where, so that an import from this folder finds a package; undefined where it is installed. */
export function installHint(specifier: string, folder: string): string | undefined {
  const found = packageOf(specifier);
  if (!found || nearest(folder, join("node_modules", found.name))) return undefined;
  return commandFor(found.version === undefined ? found.name : `${found.name}@${found.version}`, folder);
}

/** The same for the types of a package that has none of its own. */
export function typesHint(specifier: string, folder: string): string | undefined {
  const found = packageOf(specifier);
  if (!found) return undefined;
  const types = `@types/${found.name.replace(/^@([^/]+)\//, "$1__")}`;
  return commandFor(types, folder, true);
}

function commandFor(name: string, folder: string, isForTypes = false): string {
  const place = nearest(folder, "package.json") ?? folder;
  const manager = managers.find(([file]) => nearest(place, file) !== undefined);
  const [, command, flag] = manager ?? ["", "npm install", "-D"];
  return `run "${command}${isForTypes ? ` ${flag}` : ""} ${name}" in ${place}`;
}

/** The folder, or the nearest above it, that holds this file. */
function nearest(folder: string, file: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, file))) return at;
    if (dirname(at) === at) return undefined;
  }
}
