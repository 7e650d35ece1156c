import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type JsonObject, protocolVersion } from "./wire/wire.js";

/** The version in a package's manifest, read without loading the package. */
function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}

export function kernelVersion(): string {
  return versionOf(fileURLToPath(new URL("../../package.json", import.meta.url)));
}

/** The content of a kernel_info_reply. */
export function kernelInfo(): JsonObject {
  const typescript = versionOf(createRequire(import.meta.url).resolve("typescript6/package.json"));
  const version = kernelVersion();
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "convfuse",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "application/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `convfuse ${version}: TypeScript ${typescript} on Node.js ${process.version}`,
    debugger: true,
    help_links: [
      { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
      { text: "Node.js documentation", url: "https://nodejs.org/api/" },
    ],
    supported_features: ["kernel subshells"],
  };
}
