// The command from a clone: `npm run --silent convfuse -- fuse model.onnx`. Installs and builds where that has not been done.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { argv, env, execPath, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

for (const [made, step, words] of [
  ["packages/cli/node_modules", "setup", "installing"],
  ["packages/cli/dist/bundle/main.js", "build", "building"],
]) {
  if (existsSync(`${root}${made}`)) continue;
  stderr.write(`${words} ...\n`);
  const {
    status,
    stdout,
    stderr: errors,
  } = spawnSync("npm", ["run", "--silent", step], {
    cwd: root,
    shell: process.platform === "win32",
  });
  if (status === 0) continue;
  stderr.write(stdout);
  stderr.write(errors);
  exit(1);
}

// npm runs scripts in the workspace; names of files are meant where the person stands.
const { status } = spawnSync(execPath, [`${root}packages/cli/bin/convfuse.js`, ...argv.slice(2)], {
  cwd: env.INIT_CWD ?? root,
  stdio: "inherit",
});
exit(status ?? 1);
