// Makes few files of many, and writes down the licences of the packages that went into them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param build rolldown's, from the package that is bundled
 * @param options rolldown's, with `output.dir`; `bundled-licences.txt` goes there
 */
export async function bundle(build, options) {
  const { output } = await build(options);
  const roots = new Set(output.flatMap(({ moduleIds = [] }) => moduleIds.map(packageRoot)));
  const texts = [...roots].filter((root) => root !== undefined).map(licenceOf);
  if (texts.length > 0)
    writeFileSync(
      join(options.output.dir, "bundled-licences.txt"),
      texts.sort().join(`\n\n${"-".repeat(80)}\n\n`),
    );
}

/** The folder of the installed package that a module is in; undefined: it is one of ours. */
function packageRoot(id) {
  return /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
}

function licenceOf(root) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file !== undefined && existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").trim() : "";
  return `${name} ${version}, licence: ${typeof license === "string" ? license : license?.type}\n\n${text}`.trimEnd();
}
