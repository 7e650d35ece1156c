import type { Notebook } from "@convfuse/kernel";

/**
 * The program that a cell needs from Node, so that no browser can run it: what its tag `node:program` names.
 */
export function neededProgram({ metadata }: Notebook["cells"][number]): string | undefined {
  const { tags } = metadata;
  if (!Array.isArray(tags)) return undefined;
  const tag: unknown = tags.find((each) => typeof each === "string" && each.startsWith("node:"));
  return typeof tag === "string" ? tag.slice("node:".length) : undefined;
}
