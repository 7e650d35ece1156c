import type { NotebookProgress } from "./headless/run-notebooks.js";

/** Writes a notebook's progress: a line where it starts and ends, and on a terminal each cell. */
export function report(progress: NotebookProgress): void {
  const { stdout } = process;
  const clear = stdout.isTTY ? "\r\u001b[K" : "";
  switch (progress.type) {
    case "start":
      stdout.write(`${clear}${progress.file}: started\n`);
      break;
    case "cell":
      if (stdout.isTTY)
        stdout.write(`${clear}${progress.file}: cell ${progress.number} of ${progress.count}`);
      break;
    case "end": {
      const { file, seconds } = progress;
      if (progress.status === "ok") {
        stdout.write(`${clear}${file}: done in ${seconds.toFixed(1)} s, written to ${progress.output}\n`);
      } else if (progress.status === "failed") {
        const { index, error } = progress.failure;
        stdout.write(`${clear}${file}: cells[${index}] failed\n${error.traceback.join("\n")}\n`);
      } else stdout.write(`${clear}${file}: broken: ${progress.error.message}\n`);
    }
  }
}
