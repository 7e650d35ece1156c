import type ts from "typescript6";
import type { Json, ParameterCellReply } from "../types.js";
import type { TypeScript } from "./typescript.js";

/** How a cell declares a name. */
interface Declaration {
  readonly isAssignable: boolean;
  /** The type that it writes down. */
  readonly type?: string;
}

/**
 * The cell that stands behind one tagged `parameters` and gives its variables other values, as papermill's
 * does. What the tagged cell says of a variable's type holds for the new value too. Without a tagged cell,
 * every name is taken.
 */
export function parameterCell(
  ts: TypeScript,
  tagged: string | undefined,
  values: { readonly [name: string]: Json },
): ParameterCellReply {
  const declared = tagged === undefined ? undefined : declarations(ts, tagged);
  const lines = ["// Parameters"];
  for (const [name, value] of Object.entries(values)) {
    if (!isName(ts, name))
      return { ok: false, reason: `${JSON.stringify(name)} cannot be the name of a variable` };
    const declaration = declared?.get(name);
    if (declared && !declaration) {
      const known = declared.size === 0 ? "nothing" : [...declared.keys()].join(", ");
      return { ok: false, reason: `the cell tagged "parameters" declares no ${name}; it declares ${known}` };
    }
    lines.push(statement(name, literal(value), declaration));
  }
  return { ok: true, code: lines.join("\n") };
}

function statement(name: string, value: string, declaration: Declaration | undefined): string {
  if (declaration?.isAssignable) return `${name} = ${value};`;
  // A constant is declared once more. Without its type, a new constant would be of the type of that one
  // value.
  return declaration?.type === undefined
    ? `let ${name} = ${value};`
    : `const ${name}: ${declaration.type} = ${value};`;
}

/** A value as TypeScript writes it: JSON, and the numbers that JSON lacks. */
function literal(value: Json): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) =>
    // Written plainly, this key would set the prototype.
    key === "__proto__" ? `["__proto__"]: ${literal(member)}` : `${JSON.stringify(key)}: ${literal(member)}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function isName(ts: TypeScript, name: string): boolean {
  const file = ts.createSourceFile("name.ts", `let ${name};`, ts.ScriptTarget.ESNext);
  const [only, ...others] = file.statements;
  if (others.length > 0 || !only || !ts.isVariableStatement(only)) return false;
  const [declaration] = only.declarationList.declarations;
  return declaration !== undefined && ts.isIdentifier(declaration.name) && declaration.name.text === name;
}

function declarations(ts: TypeScript, code: string): ReadonlyMap<string, Declaration> {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true);
  const found = new Map<string, Declaration>();
  const add = (name: ts.BindingName, declaration: Declaration): void => {
    if (ts.isIdentifier(name)) found.set(name.text, declaration);
    else
      for (const element of name.elements)
        if (ts.isBindingElement(element)) add(element.name, { isAssignable: declaration.isAssignable });
  };
  for (const node of file.statements) {
    if (!ts.isVariableStatement(node)) continue;
    const { flags, declarations: list } = node.declarationList;
    const isAssignable = (flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) === 0;
    for (const { name, type } of list)
      add(name, { isAssignable, ...(type ? { type: type.getText(file) } : {}) });
  }
  return found;
}
