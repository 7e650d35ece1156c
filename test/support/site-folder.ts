import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the suites of this run put the site that they share (`built-site.ts`). */
    readonly siteFolder: string;
  }
}

/**
 * An empty folder for each run: a site in it is of this run's sources, whatever earlier runs left behind. When files change
 * under a watching run, what was built of them goes.
 */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-site-"));
  project.provide("siteFolder", folder);
  project.onTestsRerun(() => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  });
  return () => rmSync(folder, { recursive: true, force: true });
}
