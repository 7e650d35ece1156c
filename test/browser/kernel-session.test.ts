import { launchChromium } from "@convfuse/lecture";
import { comparableOutputs } from "@convfuse/lecture";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executeInPage, openSessionPage, type SessionPage } from "../support/browser-session.js";
import { committedLessons } from "../support/lecture.js";
import { chromium, requirement } from "../support/requirement.js";

describe.skipIf(requirement(chromium()) === null)("a session in a worker of a page from a file", () => {
  let browser: Browser;
  let session: SessionPage;
  beforeAll(async () => {
    browser = await launchChromium();
    session = await openSessionPage(browser);
  });
  afterAll(async () => {
    await session?.close();
    await browser?.close();
  });

  // Both languages have the same code cells (form.test.ts), so one run is held against the outputs of both.
  test.each(committedLessons)("$name gives the outputs that it is committed with", async ({ english }) => {
    const executed = comparableOutputs(await executeInPage(session, english));
    expect(executed).toEqual(comparableOutputs(english));
  });
});
