import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * What core's WebAssembly engine is in these figures: not there, so that core computes with its reference
 * engine.
 */
const withoutWasm: readonly (readonly [file: RegExp, code: string])[] = [
  [/core\/dist\/engines\/wasm\/index\.js$/, "export const canRun = () => false; export class WasmEngine {}"],
  [/core\/dist\/engines\/wasm\/machine\/pool\.js$/, "export const canShare = () => false;"],
  [/core\/dist\/engines\/wasm\/machine\/v8-flags\.js$/, "export const setFastFlags = () => {};"],
];

/** The script of the pages with interactive figures, with the few parts of core that they compute with. */
export async function figuresScript(): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(import.meta.resolve("#figures")),
    platform: "browser",
    write: false,
    output: { format: "iife", minify: true },
    plugins: [
      {
        name: "core-without-wasm",
        load(id) {
          return withoutWasm.find(([file]) => file.test(id.replaceAll("\\", "/")))?.[1];
        },
      },
    ],
  });
  return output[0].code;
}
