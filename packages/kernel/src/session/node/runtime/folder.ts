import { homedir } from "node:os";
import { resolve } from "node:path";

let previous: string | undefined;

/**
 * Goes to another folder: paths of files and commands count from there; imports stay with the notebook's. "~"
 * is the user's own folder, and so is nothing; "-" is the one before.
 */
export function changeFolder(path: string): void {
  const from = process.cwd();
  process.chdir(target(path.replace(/^(["'])(.*)\1$/, "$2")));
  previous = from;
  console.log(process.cwd());
}

function target(path: string): string {
  if (path === "-") {
    if (previous === undefined) throw new Error("%cd -: there is no folder before this one");
    return previous;
  }
  return path === "" || path === "~" ? homedir() : resolve(path.replace(/^~(?=\/)/, homedir()));
}

/** Names whose values a notebook, which is passed on, had better not hold. */
const secret = /key|token|secret|passw|credential/i;

/** Shows the environment's variables, shows one, or sets one: "", "NAME", "NAME=VALUE" or "NAME VALUE". */
export function showOrSetVariable(argument: string): void {
  const [, name = "", separator = "", value = ""] =
    /^([^\s=]*)(\s*=\s*|\s+|$)([\s\S]*)$/.exec(argument) ?? [];
  if (name === "") {
    const entries = Object.entries(process.env).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, text] of entries) console.log(`${key}=${secret.test(key) ? "<hidden>" : text}`);
  } else if (separator === "") console.log(process.env[name] ?? `${name} is not set`);
  else {
    process.env[name] = value;
    console.log(`${name}=${value}`);
  }
}
