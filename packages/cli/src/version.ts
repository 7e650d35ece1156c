import { readFileSync } from "node:fs";

/** The version of this package. The path is the bundle's, dist/bundle: nothing else is ever run. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
