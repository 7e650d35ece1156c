import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface PageServer {
  readonly origin: string;
  close(): void;
}

/** Serves pages that load one script, core as bundled: each path with its headers. */
export async function servePages(
  script: string,
  pages: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<PageServer> {
  const server = createServer(({ url = "/" }, response) => {
    const isScript = url === "/core.js";
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html", ...pages[url] });
    response.end(
      isScript ? script : '<!doctype html><link rel="icon" href="data:,"><script src="/core.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
