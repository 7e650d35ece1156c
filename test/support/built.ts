import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/**
 * For suites that run what `npm run build` makes, since users do: where a source was written later than that, they would show
 * nothing about the code that they stand beside.
 * @param file what is run
 * @param names the packages that it is made of
 * @throws {Error} if one of their sources is newer
 */
export function assertBuilt(file: string, names: readonly string[]): void {
  const { mtimeMs: built } = statSync(file);
  for (const name of names) {
    const source = join(packages, name, "src");
    for (const path of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (!/(?<!\.generated)\.tsx?$/.test(path) || statSync(join(source, path)).mtimeMs <= built) continue;
      throw new Error(`packages/${name}/src/${path} was written after ${file} was made: npm run build`);
    }
  }
}
