// A site of `npm run lite` on this machine, and its notebooks in Chromium.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const types = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/**
 * Serves a site's folder below /lite/, as a plain static server does, but that JupyterLab's application is to be found in the page: the
 * one thing that is not as readers have it.
 *
 * @param {string} folder
 * @returns {Promise<{ address: string, close(): void }>}
 */
export async function serveLiteSite(folder) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    try {
      if (!path.startsWith("/lite/") || path.includes("..")) throw new Error(path);
      const file = path.slice("/lite/".length);
      const content = await readFile(join(folder, file));
      response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
      response.end(file === "jupyter-lite.json" ? exposed(content) : content);
    } catch {
      // A browser asks every site for an icon of this name.
      response.writeHead(path === "/favicon.ico" ? 204 : 404);
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = server.address();
  return {
    address: `http://127.0.0.1:${port}/lite/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function exposed(content) {
  const configuration = JSON.parse(content.toString());
  configuration["jupyter-config-data"].exposeAppInBrowser = true;
  return JSON.stringify(configuration);
}

/**
 * Opens a notebook of the site and waits for its kernel. What the page should not have said or asked for goes to `problems`.
 *
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} address
 * @param {string} path
 * @param {string[]} problems
 */
export async function openLiteNotebook(context, address, path, problems) {
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(new URL(address).origin) && !/^(data|blob):/.test(url))
      problems.push(`asks for ${url}`);
  });
  // In a workspace of its own: notebooks that were open before would be opened again, and their kernels started.
  const workspace = path.replace(/\W+/g, "-");
  await page.goto(`${address}lab/index.html?workspace=${workspace}&path=${encodeURIComponent(path)}`);
  await page.waitForFunction((name) => {
    const { context } = globalThis.jupyterapp?.shell.currentWidget ?? {};
    return context?.isReady && context.path === name;
  }, path);
  await page.evaluate(() => globalThis.jupyterapp.shell.currentWidget.sessionContext.ready);
  return page;
}

/**
 * Runs all cells of an open notebook, whose outputs are taken away first; gives back the notebook as JSON.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string>}
 */
export async function runAllCells(page) {
  return page.evaluate(async () => {
    const { commands, shell } = globalThis.jupyterapp;
    await commands.execute("notebook:clear-all-cell-outputs");
    await commands.execute("notebook:run-all-cells");
    return JSON.stringify(shell.currentWidget.content.model.sharedModel.toJSON());
  });
}
