import { existsSync } from "node:fs";
import { env } from "node:process";
import { type Browser, chromium } from "playwright-core";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Where this machine has Chromium or Chrome: CONVFUSE_CHROMIUM, or a usual place; undefined where there is none. */
export function findChromium(): string | undefined {
  return env.CONVFUSE_CHROMIUM ?? usualPlaces.find((place) => existsSync(place));
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
    // Containers run as root, where Chromium's sandbox does not start; it loads nothing here but the project's own files.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
}
