/** The text of a source that is not an editor yet: what browsers put there for a line's end is one. */
export function plainText(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (node.nodeName === "BR") return "\n";
  return [...node.childNodes].map(plainText).join("");
}
