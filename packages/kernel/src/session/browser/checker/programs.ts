/**
 * What notebooks call: a line that begins with one is told that there is no shell, all others are TypeScript.
 */
const usual: ReadonlySet<string> = new Set(
  (
    "apt apt-get bash brew cat conda cp curl docker echo find git grep head ls make mkdir mv node npm npx pip pip3 pnpm printf pwd " +
    "python python3 rm sh tail tar touch unzip wget which yarn"
  ).split(" "),
);

/** Whether a shell would find a program under this name or path, from this folder. */
export function isProgram(name: string, _folder: string): boolean {
  return usual.has(name);
}
