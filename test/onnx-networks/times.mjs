// Times the command and the networks that it makes: `npm run networks:time` (`-- repvgg`: some). Ten minutes, on quiet cores only.
import { spawnSync } from "node:child_process";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { madeNetworks, networksPython } from "./made.mjs";

const folder = await madeNetworks((line) => console.log(line));
const script = fileURLToPath(new URL("times.py", import.meta.url));
const { status } = spawnSync(networksPython(), [script, folder, execPath, ...argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
