import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];
const usualPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * Where this machine has Chromium or Chrome: CONVFUSE_CHROMIUM, the PATH, or a usual place; undefined where
 * there is none.
 */
export function findChromium(): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return env.CONVFUSE_CHROMIUM ?? [...onPath, ...usualPlaces].find((place) => existsSync(place));
}

/**
 * Starts headless Chromium.
 * @throws {Error} if the machine has none
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error("Chromium is not installed: install it, or name it in CONVFUSE_CHROMIUM");
  }
  return chromium.launch({
    executablePath,
    // Containers run as root, where Chromium's sandbox does not start; it loads nothing here but the
    // project's own files.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
}
