import { typescriptVersion, version } from "./constants.generated.js";

/** The content of a kernel_info_reply. */
export const kernelInfo: { readonly [key: string]: unknown } = {
  status: "ok",
  protocol_version: "5.4",
  implementation: "convfuse",
  implementation_version: version,
  language_info: {
    name: "typescript",
    version: typescriptVersion,
    mimetype: "application/typescript",
    file_extension: ".ts",
    pygments_lexer: "typescript",
    codemirror_mode: "typescript",
    nbconvert_exporter: "script",
  },
  banner: `convfuse ${version}: TypeScript ${typescriptVersion} in this browser`,
  debugger: false,
  help_links: [
    { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
  ],
};
