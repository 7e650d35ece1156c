import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageOf } from "../packages.js";

/** The package managers, by the file that each keeps beside package.json. */
const managers: readonly (readonly [file: string, command: string, flag: string])[] = [
  ["pnpm-lock.yaml", "pnpm add", "-D"],
  ["yarn.lock", "yarn add", "-D"],
  ["bun.lock", "bun add", "-d"],
  ["bun.lockb", "bun add", "-d"],
];

/**
 * What has to be typed, and where, so that an import from this folder finds a package; undefined where it is
 * installed.
 */
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
export function nearest(folder: string, file: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, file))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** What to say of a module that this host cannot have: Node has all that there are. */
export function unavailable(_name: string, _message: string): string | undefined {
  return undefined;
}
