import ts from "typescript6";

interface Inner extends ts.Node {
  readonly transformFlags: number;
  readonly symbol?: ts.Symbol;
  readonly locals?: ReadonlyMap<string, ts.Symbol>;
  readonly flowNode?: unknown;
  readonly escapedText?: string;
  readonly text?: string;
}

/** A line for each node of a bound file, with its place, its flags, its symbol and what is named in it. */
export function describeTree(file: ts.SourceFile): readonly string[] {
  const lines: string[] = [];
  const visit = (node: ts.Node, depth: number): void => {
    const { kind, pos, end, flags, transformFlags, symbol, locals, flowNode, escapedText } = node as Inner;
    const text = escapedText ?? (ts.isLiteralExpression(node) ? node.text : "");
    const names = [...(locals?.values() ?? [])].map((local) => describeSymbol(local, 2));
    const own = symbol ? describeSymbol(symbol, 1) : "";
    const words = [depth, ts.SyntaxKind[kind], pos, end, flags, transformFlags, flowNode !== undefined, text];
    lines.push([...words, own, ...names].join(" "));
    const within = (child: ts.Node): void => {
      if (child.parent !== node) lines.push(`${child.pos} hangs below another node`);
      visit(child, depth + 1);
    };
    ts.forEachChild(node, within, (nodes) => {
      lines.push(`${depth} list ${nodes.pos} ${nodes.end} ${nodes.hasTrailingComma === true}`);
      nodes.forEach(within);
    });
  };
  visit(file, 0);
  const { referencedFiles, typeReferenceDirectives, libReferenceDirectives } = file;
  lines.push(JSON.stringify({ referencedFiles, typeReferenceDirectives, libReferenceDirectives }));
  return lines;
}

/** Private names are numbered by whoever met them first. */
function describeSymbol(symbol: ts.Symbol, depth: number): string {
  const { escapedName, flags, declarations, members, exports } = symbol;
  const places = (declarations ?? []).map(({ kind, pos, end }) => `${kind}:${pos}:${end}`);
  const inner = [...(members?.values() ?? []), ...(exports?.values() ?? [])];
  const names = depth > 0 ? inner.map((one) => describeSymbol(one, depth - 1)) : [];
  return `(${String(escapedName).replace(/^__#\d+/, "")} ${flags} ${places} ${names.join()})`;
}
