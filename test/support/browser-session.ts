import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CodeCell, Notebook, SessionEvent } from "@convfuse/kernel";
import { launchChromium } from "@convfuse/lecture";
import type { Browser, Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll } from "vitest";
import { OutputCollector } from "../../packages/kernel/src/headless/outputs.js";
import { assertBuilt } from "./built.js";
import { notebooksFolder } from "./lecture.js";

const built = fileURLToPath(new URL("../../packages/kernel/dist/browser/", import.meta.url));
export const workerFile: string = join(built, "worker.js");
assertBuilt(workerFile, ["core", "figures", "kernel", "onnx"]);

/** What a session in a page has shown, cell by cell, and how long each cell took, in milliseconds. */
export interface Executed {
  readonly events: readonly SessionEvent[];
  readonly times: readonly number[];
  /** What the session said of itself where it could not even answer. */
  readonly faults: readonly string[];
}

/** Those of the lessons, none, or texts by path. */
export type SessionFiles = "lessons" | "none" | { readonly [path: string]: string };

/** A page, opened from a file as a reader would, that can start sessions in workers. */
export interface SessionPage {
  readonly page: Page;
  /** Runs the cells in a new session, which has these files. One that holds the word STOP is interrupted when it runs. */
  execute(codes: readonly string[], files?: SessionFiles): Promise<Executed>;
  close(): Promise<void>;
}

/** The lessons' files, as the page of a lesson gives them to its session. */
function lessonFiles(): { readonly [name: string]: string } {
  const folder = join(notebooksFolder, "data");
  const names = readdirSync(folder).filter((name) => /\.(npy|pth|onnx)$/.test(name));
  return Object.fromEntries(
    names.map((name) => [`data/${name}`, readFileSync(join(folder, name)).toString("base64")]),
  );
}

function inBase64(texts: { readonly [path: string]: string }): { readonly [path: string]: string } {
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, Buffer.from(text).toString("base64")]),
  );
}

/** For the tests of a `describe`: Chromium with such a page, open from before the first test until after the last one. */
export function sessionInChromium(): () => SessionPage {
  let browser: Browser;
  let session: SessionPage;
  beforeAll(async () => {
    browser = await launchChromium();
    session = await openSessionPage(browser);
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    await browser?.close();
  });
  return () => session;
}

async function openSessionPage(browser: Browser): Promise<SessionPage> {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-session-"));
  const page = await browser.newPage();
  const output = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: {
        entry: join(built, "session/browser/connect-session.js"),
        formats: ["iife"],
        name: "kernel",
      },
    },
  })) as Rolldown.RolldownOutput[];
  const script = (text: string): string => `<script>${text.replaceAll("</script", "<\\/script")}</script>`;
  writeFileSync(
    join(folder, "page.html"),
    `<!doctype html><meta charset="utf-8">${script(output[0]?.output[0].code ?? "")}
${script(`workerText = ${JSON.stringify(readFileSync(workerFile, "utf8"))}; files = ${JSON.stringify(lessonFiles())};`)}
${script(`run = ${inPage};`)}`,
  );
  await page.goto(pathToFileURL(join(folder, "page.html")).href);
  return {
    page,
    execute: async (codes, given = "lessons") => {
      const files = given === "lessons" ? "files" : given === "none" ? "{}" : JSON.stringify(inBase64(given));
      return JSON.parse(
        (await page.evaluate(`run(${JSON.stringify(codes)}, ${files})`)) as string,
      ) as Executed;
    },
    close: async () => {
      await page.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs in the page, as text. */
const inPage = `async (codes, files) => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const given = new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)]));
  const worker = new Worker(URL.createObjectURL(new Blob([workerText], { type: "text/javascript" })));
  const events = [];
  const session = kernel.connectSession(worker, {
    files: given,
    onEvent: (event) => {
      events.push(event);
      if (event.type === "stream" && event.text.includes("STOP")) session.interrupt();
    },
  });
  const times = [];
  const faults = [];
  for (const [at, code] of codes.entries()) {
    const start = performance.now();
    await session
      .execute({ id: String(at), code, executionCount: at + 1, allowStdin: false })
      .then(() => "", (fault) => fault.message)
      .then((fault) => faults.push(fault));
    times.push(performance.now() - start);
  }
  await session.shutdown();
  return JSON.stringify({ events, times, faults });
}`;

/** The notebook with what its cells have shown in a page. */
export async function executeInPage(
  session: SessionPage,
  notebook: Notebook,
  files?: SessionFiles,
): Promise<Notebook> {
  const cells: Notebook["cells"] = structuredClone(notebook.cells);
  const codeCells = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  for (const cell of codeCells) cell.outputs = [];
  const { events } = await session.execute(
    codeCells.map(({ source }) => source),
    files,
  );
  const collector = new OutputCollector((parent) => codeCells[Number(parent)]);
  for (const event of events) collector.add(event);
  return { ...notebook, cells };
}
