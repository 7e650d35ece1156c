import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";
import { type Browser, launch } from "puppeteer-core";
import type { Requirement } from "./requirement.js";

const names = ["firefox-esr", "firefox"];

/** Firefox: CONVFUSE_FIREFOX, or what is on the PATH. */
export function firefox(): Requirement {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const path = env.CONVFUSE_FIREFOX ?? places.find((place) => existsSync(place));
  if (path !== undefined) return { path };
  return { path: null, reason: "no Firefox on the PATH, and CONVFUSE_FIREFOX is not set" };
}

/** Starts headless Firefox, which is driven over WebDriver BiDi: it needs no program beside it, and the one of the system will do. */
export function launchFirefox(executablePath: string): Promise<Browser> {
  return launch({
    browser: "firefox",
    executablePath,
    headless: true,
    // Machines that stall are no failure: a suite's own limit ends what hangs.
    protocolTimeout: 600_000,
    timeout: 120_000,
  });
}
