import type { KernelSpec } from "@jupyterlab/services";

const displayNames = {
  convfuse: "TypeScript (convfuse)",
  // What notebooks of stock tslab, and the lecture's, ask for.
  tslab: "TypeScript",
} as const;

/** The names that the kernel answers to. */
export const kernelNames: readonly (keyof typeof displayNames)[] = ["convfuse", "tslab"];

/**
 * The kernelspec that `convfuse-kernel install` writes, but that nothing is started: the kernel is a worker
 * of the page.
 */
export function kernelSpec(name: keyof typeof displayNames, staticUrl: string): KernelSpec.ISpecModel {
  const logos = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"];
  return {
    name,
    display_name: displayNames[name],
    language: "typescript",
    argv: [],
    metadata: { debugger: false },
    resources: Object.fromEntries(logos.map((file) => [file.replace(/\.\w+$/, ""), `${staticUrl}/${file}`])),
  };
}
