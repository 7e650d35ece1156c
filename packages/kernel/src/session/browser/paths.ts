/** Paths as Node has them on POSIX systems: the worker's file tree is one of that kind. */

function normalized(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !isAbsolute) parts.push(part);
  }
  const text = parts.join("/");
  return isAbsolute ? `/${text}` : text === "" ? "." : text;
}

export function join(...parts: readonly string[]): string {
  return normalized(parts.filter((part) => part !== "").join("/"));
}

export function dirname(path: string): string {
  const end = path.replace(/\/+$/, "").lastIndexOf("/");
  return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}

export function basename(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//, "");
}

/** Counted from the notebook's folder where none of them begins at the root. */
export function resolve(...parts: readonly string[]): string {
  let path = "";
  for (const part of [notebookFolder, ...parts]) path = part.startsWith("/") ? part : `${path}/${part}`;
  return normalized(path);
}

export function relative(from: string, to: string): string {
  const [start, end] = [from, to].map((path) =>
    resolve(path)
      .split("/")
      .filter((part) => part !== ""),
  ) as [string[], string[]];
  let shared = 0;
  while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared++;
  return [...start.slice(shared).map(() => ".."), ...end.slice(shared)].join("/");
}

/** Where the notebook is in the worker's file tree, and the session's files beside it. */
export const notebookFolder = "/notebook";
