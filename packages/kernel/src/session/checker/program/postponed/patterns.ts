/*
 * How declarations look, as patterns: V8 turns these into machine code at once, while a loop over characters
 * would run slowly until the first package is read. There is one way at most in which each matches, so that
 * none is tried for long where it does not.
 */

const literal = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const comment = String.raw`//[^\n]*(?=\n|$)|/\*(?:[^*]|\*(?!/))*\*/`;
const trivia = String.raw`(?:\s|${comment})*`;
const word = String.raw`[^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f\s]+`;
/** With types in it, but no braces in these. */
const template = String.raw`\x60(?:[^\x60\\$]|\\[^]|\$(?!\{)|\$\{[^\x60{}]*\})*\x60`;
const plain = String.raw`[^()\[\]{}<>"'\x60/=]|=(?:>|(?!>))|${literal}|${template}|${comment}`;

/** Brackets in brackets, which a pattern has to spell out: what goes deeper is not left out. */
const deepest = 8;
let inside = `(?:${plain})*`;
for (let depth = 1; depth < deepest; depth++) inside = String.raw`(?:${plain}|[(\[{<]${inside}[)\]}>])*`;
const brackets = String.raw`[(\[{<]${inside}[)\]}>]`;
const angles = `<${inside}>`;
const parentheses = String.raw`\(${inside}\)`;

/**
 * A type up to what ends it. A line ends it too, unless the type cannot end there or nothing else can begin
 * behind.
 */
const operator = String.raw`(?:=>|[|&?:])(?:\s*\n\s*(?=\S)|(?!\s*\n))`;
const type = String.raw`(?:${operator}|[^()\[\]{}<>"'\x60/;,=\n|&?:]|${literal}|${brackets}|\n\s*(?==>|[|&?:]))+`;
const signature = String.raw`(${angles})?(\s*)(${parentheses})(?:(\s*:\s*(?=\S))(${type}))?\s*(?=[;,}]|$)`;
const modifiers = String.raw`(?:(?:public|private|protected|static|abstract|override|readonly|declare)\s+)*`;
const methodName = String.raw`(?:#?${word}|${literal}|\[${inside}\])\s*(?:\?\s*)?`;
const propertyName = String.raw`(?:#?${word}|${literal})\s*(?:[?!]\s*)?`;

/** The rest of a statement or of a member. */
const rest = String.raw`[^()\[\]{}<>"'\x60/=;,\n]|=(?:>|(?!>))|${literal}|${template}|${comment}|${brackets}`;
/** What begins a line of its own also behind a statement without a sign at its end. */
const statementWord =
  "(?:export|declare|import|interface|type|namespace|module|function|const|abstract|class)";

type Name =
  | ("trivia" | "space" | "comment" | "word" | "typeParameters" | "head" | "signature")
  | ("method" | "property" | "type" | "statementEnd" | "memberEnd");

const sources: Readonly<Record<Name, string>> = {
  /** Spaces, line ends and comments. */
  trivia,
  space: String.raw`\s*`,
  comment,
  word: `(?:${word})?`,
  typeParameters: angles,
  /** Of what a statement declares, what stands before its brace. */
  head: String.raw`(?:[^()\[\]{}<>"'\x60/=;]|=(?:>|(?!>))|${literal}|${comment}|${angles}|${parentheses}|\[${inside}\])*`,
  /** The parts of a signature: type parameters, space, parameters, sign, type. */
  signature,
  /** What stands before a signature, and its parts as above. */
  method: `(${modifiers}(?:${methodName})?)${signature}`,
  /** What stands before a type, and the type. */
  property: String.raw`(${modifiers}${propertyName}:)(\s*(?=\S)${type})\s*(?=[;,}]|$)`,
  type: String.raw`(\s*(?=\S)${type})\s*(?=[;}]|$)`,
  /** The rest of a statement or of a member, with the sign that ends it. */
  statementEnd: String.raw`(?:${rest}|,|\n(?!\s*${statementWord}\b))*;?`,
  memberEnd: String.raw`(?:${rest}|\n)*[;,]?`,
};

export type Patterns = Readonly<Record<Name, RegExp>>;

let made: Patterns | undefined;

/** Each matches where its `lastIndex` says. */
export function patterns(): Patterns {
  made ??= Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, new RegExp(source, "y")]),
  ) as Patterns;
  return made;
}

/** Lets go of their machine code, which V8 cannot write into a snapshot. */
export function releasePatterns(): void {
  made = undefined;
}
