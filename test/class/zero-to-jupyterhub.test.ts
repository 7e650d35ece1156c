import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("class"));
const root = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(interpreter === null)("what a student's container does when it starts", () => {
  const work = mkdtempSync(join(tmpdir(), "convfuse-volume-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  const [home, lessons] = [join(work, "home"), join(work, "lessons")];

  /** Runs the values' postStart command, in whose image the lessons lie in this test's folder. Gives back its end and the home's notebooks. */
  function start() {
    const values = join(root, "deploy/jupyterhub/zero-to-jupyterhub.yaml");
    const read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    const { stdout } = spawnSync(interpreter as string, ["-c", read, values], { encoding: "utf8" });
    const [command, ...args]: string[] = JSON.parse(stdout).singleuser.lifecycleHooks.postStart.exec.command;
    const own = args.map((argument) => argument.replaceAll("/usr/local/share/convolution", lessons));
    expect(own).not.toEqual(args);
    const { status, stderr } = spawnSync(command as string, own, {
      encoding: "utf8",
      env: { ...process.env, HOME: home },
    });
    return { status, stderr };
  }

  test("lessons are copied into an empty volume; later starts add what is new and leave what was edited", () => {
    mkdirSync(home);
    mkdirSync(lessons);
    cpSync(join(root, "notebooks/03-weight-shapes.ipynb"), join(lessons, "03-weight-shapes.ipynb"));
    cpSync(
      join(root, "notebooks/zh-CN/03-weight-shapes.ipynb"),
      join(lessons, "zh-CN/03-weight-shapes.ipynb"),
    );
    // A hook that fails ends the student's container.
    expect(start()).toEqual({ status: 0, stderr: "" });
    const copied = join(home, "convolution");
    expect(readdirSync(copied, { recursive: true }).sort()).toEqual([
      "03-weight-shapes.ipynb",
      "zh-CN",
      "zh-CN/03-weight-shapes.ipynb",
    ]);
    writeFileSync(join(copied, "03-weight-shapes.ipynb"), "edited");
    writeFileSync(join(copied, "zh-CN/03-weight-shapes.ipynb"), "edited, too");
    writeFileSync(join(lessons, "02 new.ipynb"), "new");
    writeFileSync(join(lessons, "zh-CN/02 new.ipynb"), "new, too");
    expect(start()).toEqual({ status: 0, stderr: "" });
    const texts = [
      "03-weight-shapes.ipynb",
      "zh-CN/03-weight-shapes.ipynb",
      "02 new.ipynb",
      "zh-CN/02 new.ipynb",
    ];
    expect(texts.map((name) => readFileSync(join(copied, name), "utf8"))).toEqual([
      "edited",
      "edited, too",
      "new",
      "new, too",
    ]);
  });
});
