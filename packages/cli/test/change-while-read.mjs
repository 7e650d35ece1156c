// For `node --import`: when the command has begun to write its result, another program changes a file that it reads.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { env } from "node:process";

const path = env.CHANGED;
const changes = {
  edit: () => fs.appendFileSync(path, "\0"),
  truncate: () => fs.truncateSync(path, 100),
  replace: () => {
    fs.copyFileSync(path, `${path}.new`);
    fs.renameSync(`${path}.new`, path);
  },
};

const { openSync } = fs;
fs.openSync = (...args) => {
  const file = openSync(...args);
  if (args[1] === "wx" && fs.existsSync(path)) {
    fs.openSync = openSync;
    syncBuiltinESMExports();
    changes[env.CHANGE]();
  }
  return file;
};
syncBuiltinESMExports();
