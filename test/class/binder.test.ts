import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("class"));
const root = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(interpreter === null)("binder/, as repo2docker reads it", () => {
  const work = mkdtempSync(join(tmpdir(), "convfuse-binder-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  /** A copy of the folder in an otherwise empty repository: what repo2docker would build of it, without building it. */
  function recipe(change: (folder: string) => void = () => undefined) {
    const folder = join(work, "binder");
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(root, "binder"), folder, { recursive: true });
    change(folder);
    // It takes root for nobody's user.
    const user = ["--user-id", "1000", "--user-name", "jovyan"];
    const args = ["-m", "repo2docker", "--no-build", "--debug", ...user, work];
    const { status, stdout, stderr } = spawnSync(interpreter as string, args, {
      encoding: "utf8",
      cwd: work,
    });
    return { status, text: stdout + stderr };
  }

  test("it is accepted: conda's environment, then the command that builds the packages", () => {
    const { status, text } = recipe();
    expect([status, text]).toEqual([
      0,
      expect.stringMatching(/env update .* --file "binder\/environment.yml"/),
    ]);
    expect(text).toContain("RUN ./binder/postBuild");
  });

  test("one that says nothing of an environment is refused", () => {
    const { status, text } = recipe((folder) => writeFileSync(join(folder, "environment.yml"), "- python\n"));
    expect([status, text]).toEqual([
      1,
      expect.stringContaining("environment.yml should contain a dictionary"),
    ]);
  });
});
