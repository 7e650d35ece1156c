import type ts from "typescript6";
import type { TypeScript } from "../../typescript.js";
import { bind } from "../internals.js";
import { type Outline, outlineOf, type Part } from "./outline.js";
import { canLackPart, keepParts, type PostponedNode, withPostponedNodes } from "./postponed-nodes.js";

/**
 * Parses and binds the declarations of a package, all but what stands behind the names: signatures and types
 * are parsed when somebody asks for them, and most never are. Undefined for a file that has to be parsed as
 * it is. `parse` parses a text.
 */
export function parseOutlined(
  ts: TypeScript,
  text: string,
  parse: (text: string) => ts.SourceFile,
): ts.SourceFile | undefined {
  const outline = outlineOf(text);
  if (!outline || outline.parts.length === 0) return undefined;
  const file = withPostponedNodes(ts, () => parse(outline.text)) as OutlinedFile;
  if (file.parseDiagnostics.length > 0) return undefined;
  const lacking = putInPlace(ts, file, outline);
  file.text = text;
  file.end = text.length;
  file.endOfFileToken.end = text.length;
  // They are about errors, for which nobody asks in packages.
  file.commentDirectives = undefined;
  // How cells are compiled makes no difference to declarations.
  bind(ts, file, {});
  for (const { node, index } of lacking) node.part = index;
  keepParts(file, partsOf(text, outline.parts));
  return file;
}

interface OutlinedFile extends ts.SourceFile {
  readonly parseDiagnostics: readonly unknown[];
  text: string;
  end: number;
  endOfFileToken: ts.EndOfFileToken & { end: number };
  commentDirectives?: unknown;
}

interface Lacking {
  readonly node: PostponedNode;
  readonly index: number;
}

/**
 * Gives each node its place in the file instead of the outline; gives back those that lack a part, and which.
 */
function putInPlace(ts: TypeScript, file: ts.SourceFile, outline: Outline): readonly Lacking[] {
  const byKey = new Map(outline.parts.map(({ key }, index) => [key, index]));
  const lacking: Lacking[] = [];
  const place = (placed: { pos: number; end: number }): void => {
    placed.pos = placeOf(placed.pos, outline);
    placed.end = placeOf(placed.end, outline);
  };
  const visitAll = (nodes: ts.NodeArray<ts.Node>): void => {
    place(nodes as { pos: number; end: number });
    for (const node of nodes) visit(node);
  };
  const visit = (node: ts.Node): void => {
    place(node as { pos: number; end: number });
    ts.forEachChild(node, visit, visitAll);
    if (!canLackPart(node)) return;
    const { parameters, type } = node as Partial<ts.SignatureDeclaration>;
    const index = byKey.get((parameters ? parameters.pos : type?.end) ?? -1);
    if (index !== undefined) lacking.push({ node, index });
  };
  ts.forEachChild(file, visit, visitAll);
  return lacking;
}

/** The place in the file of a place in its outline. */
function placeOf(at: number, { places, shifts }: Outline): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? at : at + (shifts[low - 1] as number);
}

/** A text of its own, so that the file's need not be kept for it. */
function partsOf(text: string, parts: readonly Part[]) {
  const offsets = [0];
  for (const { start, end } of parts) offsets.push((offsets.at(-1) as number) + end - start);
  return {
    text: parts.map(({ start, end }) => text.slice(start, end)).join(""),
    offsets,
    starts: parts.map(({ start }) => start),
    isDocumented: false,
  };
}
