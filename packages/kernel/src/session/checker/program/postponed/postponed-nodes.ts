import type ts from "typescript6";
import type { TypeScript } from "../../typescript.js";
import { allocatorOf, bind } from "../internals.js";
import type { WatchedClass } from "../interruptible.js";

/** What of a file's declarations is parsed when somebody asks for it. */
export interface PostponedText {
  /** All parts, one behind the other. */
  readonly text: string;
  /** Where each begins in `text`, with the end of the last one; and where in the file. */
  readonly offsets: readonly number[];
  readonly starts: readonly number[];
  /** Whether comments are read with them. */
  isDocumented: boolean;
}

/** A declaration; `part` says which part of its file it still lacks, -1: none. */
export interface PostponedNode extends ts.Node {
  part: number;
}

type Signature = Pick<ts.CallSignatureDeclaration, "typeParameters" | "parameters" | "type"> & {
  readonly locals?: unknown;
};
type NodeClass = new (kind: number, pos: number, end: number) => ts.Node;
/** By the kind of node. */
type NodeClasses = { readonly [kind: number]: NodeClass };

const texts = new WeakMap<ts.SourceFile, PostponedText>();

/** Says where the parts are that a file's nodes lack. */
export function keepParts(file: ts.SourceFile, parts: PostponedText): void {
  texts.set(file, parts);
}

/** Has comments be read with the parts that a file's nodes still lack. */
export function documentParts(file: ts.SourceFile): void {
  const parts = texts.get(file);
  if (parts) parts.isDocumented = true;
}

/** Whether a node's class is one of those here. */
export function canLackPart(node: ts.Node): node is PostponedNode {
  return "part" in node;
}

/** Whether a node still lacks a part: to ask for its children would parse it. */
export function isPostponed(node: ts.Node): boolean {
  return canLackPart(node) && node.part >= 0;
}

/**
 * Parses with nodes that can lack a part. What a node lacks is a property of its class, which parses it: so
 * whoever reads the property, TypeScript above all, finds it as if it had always been there.
 */
export function withPostponedNodes<T>(ts: TypeScript, parse: () => T): T {
  const allocator = allocatorOf(ts);
  const classes = classesOf(ts);
  const { getNodeConstructor } = allocator;
  const Plain = getNodeConstructor() as unknown as NodeClass & WatchedClass;
  const { look } = Plain;
  function Node(kind: number, pos: number, end: number): ts.Node {
    const Made = classes[kind];
    if (!Made) return new Plain(kind, pos, end);
    look?.();
    return new Made(kind, pos, end);
  }
  allocator.getNodeConstructor = () => Node as unknown as ReturnType<typeof getNodeConstructor>;
  try {
    return parse();
  } finally {
    allocator.getNodeConstructor = getNodeConstructor;
  }
}

const known = new WeakMap<TypeScript, NodeClasses>();

function classesOf(ts: TypeScript): NodeClasses {
  const classes = known.get(ts) ?? makeClasses(ts);
  known.set(ts, classes);
  return classes;
}

function makeClasses(ts: TypeScript): NodeClasses {
  // The class that nodes are of, whoever watches their making.
  const [statement] = ts.createSourceFile("", "type T = 0", ts.ScriptTarget.ESNext).statements;
  const Plain = (statement as ts.Statement).constructor as NodeClass;

  class PostponedSignature extends Plain {
    part = -1;
    ownTypeParameters: Signature["typeParameters"];
    ownParameters: Signature["parameters"] | undefined;
    ownType: Signature["type"];
    ownLocals: unknown;

    get typeParameters(): Signature["typeParameters"] {
      if (this.part >= 0) completeSignature(ts, this);
      return this.ownTypeParameters;
    }
    set typeParameters(typeParameters) {
      this.ownTypeParameters = typeParameters;
    }
    get parameters(): Signature["parameters"] | undefined {
      if (this.part >= 0) completeSignature(ts, this);
      return this.ownParameters;
    }
    set parameters(parameters) {
      this.ownParameters = parameters;
    }
    get type(): Signature["type"] {
      if (this.part >= 0) completeSignature(ts, this);
      return this.ownType;
    }
    set type(type) {
      this.ownType = type;
    }
    get locals(): unknown {
      if (this.part >= 0) completeSignature(ts, this);
      return this.ownLocals;
    }
    set locals(locals) {
      this.ownLocals = locals;
    }
  }

  class PostponedType extends Plain {
    part = -1;
    ownType: ts.TypeNode | undefined;

    get type(): ts.TypeNode | undefined {
      if (this.part >= 0) completeType(ts, this);
      return this.ownType;
    }
    set type(type) {
      this.ownType = type;
    }
  }

  const { SyntaxKind: kind } = ts;
  return {
    [kind.MethodSignature]: PostponedSignature,
    [kind.CallSignature]: PostponedSignature,
    [kind.ConstructSignature]: PostponedSignature,
    [kind.MethodDeclaration]: PostponedSignature,
    [kind.Constructor]: PostponedSignature,
    [kind.FunctionDeclaration]: PostponedSignature,
    [kind.PropertySignature]: PostponedType,
    [kind.PropertyDeclaration]: PostponedType,
    [kind.VariableDeclaration]: PostponedType,
    [kind.TypeAliasDeclaration]: PostponedType,
  };
}

function completeSignature(ts: TypeScript, node: PostponedNode): void {
  const [before, after] = signatureFrame(ts, node);
  const { made, shift } = parsePart(ts, node, before, after);
  const { typeParameters, parameters, type, locals } = made as unknown as Signature;
  Object.assign(node, { part: -1, typeParameters, parameters, type, locals });
  if (typeParameters) adoptAll(ts, typeParameters, node, shift);
  adoptAll(ts, parameters, node, shift);
  if (type) adopt(ts, type, node, shift);
}

function completeType(ts: TypeScript, node: PostponedNode): void {
  const [before, after] = isInExportedClass(ts, node) ? ["export class C{p:", "}"] : ["type T=", ";"];
  const { made, shift } = parsePart(ts, node, before as string, after as string);
  const { type } = made as unknown as { readonly type: ts.TypeNode };
  Object.assign(node, { part: -1, type });
  adopt(ts, type, node, shift);
}

/** What stands around a signature: the parser marks the nodes of functions and classes that are exported. */
function signatureFrame(ts: TypeScript, node: ts.Node): readonly [before: string, after: string] {
  if (isInExportedClass(ts, node)) return ["export class C{m", "}"];
  return isExported(ts, node) ? ["export function f", ";"] : ["interface I{", "}"];
}

function isInExportedClass(ts: TypeScript, node: ts.Node): boolean {
  return ts.isClassDeclaration(node.parent) && isExported(ts, node.parent);
}

function isExported(ts: TypeScript, node: ts.Node): boolean {
  const { modifiers } = node as ts.HasModifiers;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

/**
 * Parses what a node lacks, as a declaration; what of that is put into the node lies `shift` further on in
 * the file.
 */
function parsePart(
  ts: TypeScript,
  node: PostponedNode,
  before: string,
  after: string,
): { readonly made: ts.Node | undefined; readonly shift: number } {
  const file = node.getSourceFile();
  const parts = texts.get(file);
  if (!parts) throw new Error(`kernel: a declaration of ${file.fileName} has lost its text`);
  const { part } = node;
  const text = parts.text.slice(parts.offsets[part], parts.offsets[part + 1]);
  const { ParseAll, ParseForTypeInfo } = ts.JSDocParsingMode;
  const source = ts.createSourceFile("part.d.ts", before + text + after, {
    languageVersion: file.languageVersion,
    jsDocParsingMode: parts.isDocumented ? ParseAll : ParseForTypeInfo,
  });
  bind(ts, source, {});
  const shift = (parts.starts[part] as number) - before.length;
  const [statement] = source.statements;
  const { members } = statement as Partial<ts.InterfaceDeclaration>;
  return { made: members ? members[0] : statement, shift };
}

type Placed = { pos: number; end: number };

function adopt(ts: TypeScript, node: ts.Node, parent: ts.Node, shift: number): void {
  (node as { parent: ts.Node }).parent = parent;
  move(ts, node, shift);
}

function adoptAll(ts: TypeScript, nodes: ts.NodeArray<ts.Node>, parent: ts.Node, shift: number): void {
  shiftBy(nodes as Placed, shift);
  for (const node of nodes) adopt(ts, node, parent, shift);
}

function move(ts: TypeScript, node: ts.Node, shift: number): void {
  shiftBy(node as Placed, shift);
  const visit = (child: ts.Node): void => move(ts, child, shift);
  ts.forEachChild(node, visit, (nodes) => {
    shiftBy(nodes as Placed, shift);
    nodes.forEach(visit);
  });
}

function shiftBy(placed: Placed, shift: number): void {
  placed.pos += shift;
  placed.end += shift;
}
