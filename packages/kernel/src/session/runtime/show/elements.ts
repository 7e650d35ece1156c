import { isProxy } from "#host/runtime/inspect.js";
import { safeInspect } from "../errors/thrown.js";
import { type Bundle, classProperty, hasMethods, longestMarkup, stored } from "./viewer.js";

const svgNamespace = "http://www.w3.org/2000/svg";
/** The numbers that the DOM gives kinds of nodes. */
const elementNode = 1;
const documentNode = 9;
const fragmentNode = 11;
/** The most elements of a list that are shown. */
const mostElements = 100;

/** Elements, documents and arrays of them, of jsdom, linkedom and the like, and the selections of d3. */
export function elementBundle(value: object): Bundle | undefined {
  const node = isNode(value) ? value : undefined;
  if (node) return nodeBundle(node);
  const nodes = listed(value);
  if (!nodes) return undefined;
  const [first] = nodes;
  if (!first) return Array.isArray(value) ? undefined : { "text/plain": "[no elements]" };
  const single = nodes.length === 1 ? nodeBundle(first) : undefined;
  if (single) return single;
  const shown = nodes.slice(0, mostElements);
  return markup(shown.map(htmlOf).join("\n"), `[${shown.length} of ${nodes.length} elements]`);
}

/** A node: its properties are getters of its class. */
interface DomNode {
  readonly nodeType: number;
  readonly namespaceURI?: unknown;
  readonly localName?: unknown;
  readonly outerHTML?: unknown;
  readonly documentElement?: DomNode;
  readonly childNodes?: Iterable<DomNode>;
  readonly textContent?: unknown;
  readonly ownerDocument?: { readonly defaultView?: { readonly XMLSerializer?: SerializerClass } | null };
}

type SerializerClass = new () => { serializeToString(node: object): string };

function isNode(value: unknown): value is DomNode {
  return (
    typeof value === "object" &&
    value !== null &&
    hasMethods(value, ["appendChild", "cloneNode"]) &&
    typeof classProperty(value, "nodeType") === "number"
  );
}

function listed(value: object): readonly DomNode[] | undefined {
  const isSelection = Array.isArray(stored(value, "_groups")) && hasMethods(value, ["nodes", "node"]);
  const own = isSelection ? (value as { nodes(): readonly unknown[] }).nodes() : domList(value);
  const list = own ?? (isProxy(value) ? undefined : value);
  if (!Array.isArray(list)) return undefined;
  // Unlike `every`, this meets the holes of a sparse array.
  for (let at = 0; at < Math.min(list.length, mostElements); at++) if (!isNode(list[at])) return undefined;
  return list;
}

/** Where these stand behind a proxy, Node prints what it stands for, without asking it. */
const listName = /^(Proxy\()?(NodeList|RadioNodeList|HTML\w*Collection)\b/;

/** What is in a list of the DOM: a `NodeList` or an `HTMLCollection`. */
function domList(value: object): readonly unknown[] | undefined {
  if (!isProxy(value) && !hasMethods(value, ["item"])) return undefined;
  return listName.test(safeInspect(value)) ? Array.from(value as ArrayLike<unknown>) : undefined;
}

function nodeBundle(node: DomNode): Bundle | undefined {
  if (node.nodeType === documentNode) return node.documentElement && nodeBundle(node.documentElement);
  if (node.nodeType === fragmentNode) {
    const children = [...(node.childNodes ?? [])];
    return markup(children.map(htmlOf).join(""), `[fragment of ${children.length} nodes]`);
  }
  if (node.nodeType !== elementNode || typeof node.outerHTML !== "string") return undefined;
  const { outerHTML } = node;
  const text = summary(outerHTML);
  if (node.namespaceURI !== svgNamespace || node.localName !== "svg") return markup(outerHTML, text);
  const svg = svgText(node, outerHTML);
  return svg.length > longestMarkup ? tooLong(text) : { "image/svg+xml": svg, "text/plain": text };
}

function htmlOf(node: DomNode): string {
  if (typeof node.outerHTML === "string") return node.outerHTML;
  return typeof node.textContent === "string" ? escapeText(node.textContent) : "";
}

function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function markup(html: string, text: string): Bundle {
  return html.length > longestMarkup ? tooLong(text) : { "text/html": html, "text/plain": text };
}

function tooLong(text: string): Bundle {
  return { "text/plain": `${text} (more than ${longestMarkup / 1e6} MB: not shown)` };
}

/** A picture is read as XML, where HTML's way of writing it may not do, and names its namespace. */
function svgText(node: DomNode, outerHTML: string): string {
  const Serializer = node.ownerDocument?.defaultView?.XMLSerializer;
  const text =
    typeof Serializer === "function" ? new Serializer().serializeToString(node) : String(outerHTML);
  return /^<svg[^>]*\sxmlns=/.test(text) ? text : text.replace(/^<svg/, `<svg xmlns="${svgNamespace}"`);
}

/** The element's first tag stands for it where text is all there is. */
function summary(html: string): string {
  if (html.length <= 200) return html;
  const [tag = ""] = /^<[^>]*>/.exec(html) ?? [];
  const name = /^<([^\s>]+)/.exec(tag)?.[1] ?? "";
  const start = tag.length > 150 ? `<${name} ...>` : tag;
  return `${start}...</${name}>`;
}
