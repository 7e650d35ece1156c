import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folders of the repository that the lecture reads and writes. */
export const repository: string = fileURLToPath(new URL("../../../", import.meta.url));
export const notebooksFolder: string = join(repository, "notebooks");
export const executedFolder: string = join(repository, "executed");
export const siteFolder: string = join(repository, "site");
/** What `npm run api` writes. */
export const apiFolder: string = join(repository, ".cache/api");
/** What `npm run lite` writes. */
export const liteFolder: string = join(repository, ".cache/lite");
