/** What of Node a cell finds in a browser. */

declare module "node:fs" {
  export function existsSync(path: string | URL): boolean;
  /** Reads a file that the page gave the notebook. */
  export function readFileSync(
    path: string | URL,
    options?: { readonly encoding?: null } | null,
  ): Uint8Array<ArrayBuffer>;
  export function readFileSync(
    path: string | URL,
    options: "utf8" | "utf-8" | { readonly encoding: "utf8" | "utf-8" },
  ): string;
  export function readdirSync(path: string | URL): string[];
}

declare module "fs" {
  export * from "node:fs";
}

/** A module by its address: nothing is known of what it gives, so it may be anything. */
declare module "https://*";
declare module "http://*";
declare module "blob:*";
declare module "data:*";

interface ImportMeta {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
}

// As @types/node has them.
// biome-ignore-start lint/suspicious/noExplicitAny: what a module gives is not known here
declare var require: (id: string) => any;
declare var module: { exports: any };
declare var exports: any;
// biome-ignore-end lint/suspicious/noExplicitAny: as above
