// `npm run lite`: writes .cache/lite, a static site with JupyterLab, the lessons and the kernel. `npm run lecture` puts it into the
// lecture's site and links it.
import { execFileSync } from "node:child_process";
import { join, relative } from "node:path";
import { cwd, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { buildWheel } from "./build.mjs";
import { writeLiteSite } from "./site.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".cache/lite");
const run = (...args) => execFileSync(execPath, args, { cwd: root, stdio: "inherit" });

run("scripts/pnpm.mjs", "install", "--frozen-lockfile", "--filter=@convfuse/jupyterlite");
run("scripts/venv.mjs", "lite");
const wheel = buildWheel();
console.log(`The extension: ${relative(cwd(), wheel)}`);
writeLiteSite(wheel, join(root, "notebooks"), folder);
console.log(`The site: ${relative(cwd(), folder)}, for any static server, for instance
python3 -m http.server --directory ${relative(cwd(), folder)}`);
