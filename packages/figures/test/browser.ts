import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Attributes, Figure } from "../src/index.js";

const plotlyFile = createRequire(import.meta.url).resolve(
  "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
);

/** A page in headless Chromium that holds the installed Plotly and nothing else, and asks no other server. */
export interface PlotlyPage {
  /** What `Plotly.validate` objects to. */
  readonly validate: (figure: Figure) => Promise<readonly string[]>;
  /** Draws a figure and counts what appeared. */
  readonly draw: (figure: Figure, width: number, background?: string) => Promise<Drawn>;
  readonly page: Page;
  readonly close: () => Promise<void>;
}

/** What is on the page after a figure was drawn. */
export interface Drawn {
  readonly title: string;
  /** Heatmaps, photographs, points, lines, bars and boxes. */
  readonly marks: number;
  /** How far the drawing reaches outside of the page's width, in pixels. */
  readonly overflow: number;
  /** Errors and warnings of the console, and failed requests. */
  readonly complaints: readonly string[];
}

interface PlotlyGlobal {
  readonly Plotly: {
    readonly validate: (data: unknown, layout: unknown) => readonly { readonly msg: string }[] | undefined;
    readonly newPlot: (element: Element, figure: unknown) => Promise<unknown>;
  };
}

export async function openPlotly(executablePath: string): Promise<PlotlyPage> {
  const server = createServer((request, response) => {
    if (request.url === "/plotly.js") {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      createReadStream(plotlyFile).pipe(response);
      return;
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(
      '<!doctype html><link rel="icon" href="data:,"><script src="/plotly.js"></script><body style="margin:0"><div id="plot"></div>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser: Browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(request.url()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  return {
    page,
    validate: (figure) =>
      page.evaluate<string[], object>((shown) => {
        const { data, layout, frames } = shown as Figure;
        const { Plotly } = globalThis as unknown as PlotlyGlobal;
        // Arguments of buttons and sliders are free: validate compares copies of them by identity, and objects to every one.
        // It has not heard of arrays in base64, which Plotly reads.
        const check = (d: unknown, l: unknown) =>
          (Plotly.validate(d, l) ?? [])
            .map(({ msg }) => msg)
            .filter((msg) => !/ key [\w.[\]]+\.args\[\d\] /.test(msg))
            .filter((msg) => {
              const [, k] =
                /^In data trace (\d+), key z must be linked to an array container$/.exec(msg) ?? [];
              const trace = k === undefined ? undefined : (d as readonly Attributes[])[Number(k)];
              return (trace?.z as { readonly bdata?: unknown } | undefined)?.bdata === undefined;
            });
        const ofFrames = (frames ?? []).flatMap((frame) =>
          // A frame's traces are updates: they are whole traces only on top of those that they change.
          check(
            frame.data.map((update, k) => ({ ...(data[frame.traces[k] ?? 0] as object), ...update })),
            {},
          ),
        );
        return [...check(data, layout), ...ofFrames];
      }, figure),
    draw: async (figure, width, background = "white") => {
      complaints.length = 0;
      await page.setViewportSize({ width, height: 1200 });
      const drawn = await page.evaluate<Omit<Drawn, "complaints">, object>(
        async (asked) => {
          const { figure, background } = asked as { readonly figure: object; readonly background: string };
          const { Plotly } = globalThis as unknown as PlotlyGlobal;
          document.body.style.background = background;
          const old = document.getElementById("plot") as HTMLElement;
          const element = document.createElement("div");
          element.id = "plot";
          old.replaceWith(element);
          // Plotly changes what it is given.
          await Plotly.newPlot(element, {
            ...structuredClone(figure),
            config: { responsive: true, displayModeBar: false },
          });
          const box = element.getBoundingClientRect();
          const texts = [...element.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
          return {
            title: element.querySelector(".gtitle")?.textContent ?? "",
            marks: element.querySelectorAll(
              ".heatmaplayer image, .imagelayer image, .points path, .js-line, .boxes path, .point path, .textpoint",
            ).length,
            overflow: Math.max(
              0,
              ...texts.map(({ left, right }) => Math.max(box.left - left, right - box.right)),
            ),
          };
        },
        { figure, background },
      );
      return { ...drawn, complaints: [...complaints] };
    },
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
