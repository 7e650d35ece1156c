import { join, relative } from "node:path";
import { argv, cwd, stderr, stdout } from "node:process";
import type { NotebookRun } from "@convfuse/kernel";
import { executeLecture } from "./execute-lecture.js";
import { apiFolder, executedFolder, liteFolder, notebooksFolder, siteFolder } from "./paths.js";
import { buildSite } from "./site/build-site.js";
import { updateNotebooks } from "./update-notebooks.js";

const usage = `usage: lecture [--update]

Executes the lecture's notebooks, what is the same code in two languages once, and writes executed/ and site/.
  --update   also writes the outputs, with an image of each plot, into notebooks/ (needs Chromium)
`;

/**
 * Runs the command and gives the exit code: 1 where a cell failed, 2 where a notebook or the command line is
 * broken.
 */
export async function main(): Promise<number> {
  const args = argv.slice(2);
  if (args.some((arg) => arg !== "--update")) {
    const help = args.includes("--help");
    (help ? stdout : stderr).write(usage);
    return help ? 0 : 2;
  }
  const start = performance.now();
  stdout.write("Executing the lecture\n");
  const runs = await executeLecture(notebooksFolder, executedFolder, stdout);
  const count = (status: NotebookRun["status"]): number => runs.filter((run) => run.status === status).length;
  const done = count("ok");
  if (done < runs.length) {
    const counts = `${done} done, ${count("failed")} with a failed cell, ${count("broken")} broken`;
    stderr.write(
      `The lecture did not run: ${counts}. The site and the committed notebooks are left as they were.\n`,
    );
    return count("broken") > 0 ? 2 : 1;
  }
  if (args.includes("--update")) {
    const updated = await updateNotebooks(notebooksFolder, executedFolder);
    stdout.write(`Updated ${updated} notebooks in ${relative(cwd(), notebooksFolder)}\n`);
  }
  const pages = await buildSite(executedFolder, siteFolder, apiFolder, liteFolder);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  stdout.write(
    `Done: ${done} notebooks (a translation has the outputs of what it translates) and ${pages} pages in ${seconds} s\n`,
  );
  stdout.write(`Open ${join(relative(cwd(), siteFolder) || ".", "index.html")} in a browser\n`);
  return 0;
}
