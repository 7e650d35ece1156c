import { type Patterns, patterns } from "./patterns.js";

/** A stretch of a file that is parsed when somebody asks for it; `key` tells to which node it belongs. */
export interface Part {
  readonly key: number;
  readonly start: number;
  readonly end: number;
}

/**
 * A file of declarations of which only names are left to be parsed, and what stands in the parts left out.
 */
export interface Outline {
  /** What is parsed at once. */
  readonly text: string;
  /**
   * A place in `text` at or behind `places[n]`, and before the next of them, lies `shifts[n]` further on in
   * the file.
   */
  readonly places: readonly number[];
  readonly shifts: readonly number[];
  readonly parts: readonly Part[];
}

const declaringWords = new Set(["function", "const", "let", "var", "type"]);
const statementModifiers = new Set(["export", "declare", "default", "abstract", "async"]);

/** Fewer characters than these are parsed as fast as they are passed over. */
const leastSignature = 16;
const leastType = 24;
const leastComment = 16;

/** What has to be known at once: imports, what an interface says of itself, literals with types in them. */
const needed = /\b(?:this|import)\b|`/;
/** A parameter of a constructor that is a member, too. */
const parameterProperty = /\b(?:public|private|protected|readonly|override)\s+[\w$]+\s*[?:,)]/;
/** What ends a line to TypeScript, but not in the patterns. */
const oddLineEnd = /\r(?!\n)|[\u2028\u2029]/;

/**
 * Reads declarations as far as the names that they declare, which is all that binding and merging them asks
 * for: signatures behind names, and the types of properties, variables and aliases, are left out. In a
 * package that is half of the nodes and more. What it is not sure of stays. Undefined for a file that it does
 * not understand.
 */
export function outlineOf(text: string): Outline | undefined {
  if (oddLineEnd.test(text)) return undefined;
  try {
    return new Outliner(text).outline();
  } catch (error) {
    // Brackets that are open, or a pattern that needs more memory than there is.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Outliner {
  readonly #text: string;
  readonly #patterns: Patterns = patterns();
  readonly #pieces: string[] = [];
  readonly #places: number[] = [];
  readonly #shifts: number[] = [];
  readonly #parts: Part[] = [];
  #at = 0;
  /** Up to where the file was copied, and how long the copy is. */
  #copied = 0;
  #length = 0;

  constructor(text: string) {
    this.#text = text;
  }

  outline(): Outline {
    // Comments at the beginning can say which files belong to this one.
    this.#pass(this.#patterns.trivia);
    this.#statements();
    if (this.#at < this.#text.length) throw new RangeError("a brace too many");
    this.#pieces.push(this.#text.slice(this.#copied));
    return { text: this.#pieces.join(""), places: this.#places, shifts: this.#shifts, parts: this.#parts };
  }

  /** Statements up to a brace that ends their block. */
  #statements(): void {
    for (;;) {
      this.#space();
      if (this.#isAtEnd()) return;
      this.#statement();
    }
  }

  #statement(): void {
    let word = this.#word();
    while (statementModifiers.has(word)) word = this.#word();
    const inside = this.#insideOf(word);
    if (inside) this.#block(inside);
    else {
      this.#declaration(word);
      this.#passEnd(this.#patterns.statementEnd);
    }
  }

  /** What reads the block behind a word that has one. */
  #insideOf(word: string): (() => void) | undefined {
    if (word === "interface" || word === "class") return () => this.#members();
    if (word === "namespace" || word === "module" || word === "global") return () => this.#statements();
    return word === "enum" ? () => this.#passEnd(this.#patterns.statementEnd) : undefined;
  }

  /** What stands in braces behind a declaration's head, if it has them. */
  #block(inside: () => void): void {
    this.#pass(this.#patterns.head);
    if (!this.#is("{")) {
      this.#passEnd(this.#patterns.statementEnd);
      return;
    }
    this.#at++;
    while (!this.#isAtEnd()) inside();
    if (!this.#is("}")) throw new RangeError("a brace is open");
    this.#at++;
  }

  /** Leaves out what a declaration says behind its name. */
  #declaration(word: string): void {
    if (!declaringWords.has(word)) return;
    const name = this.#word();
    if (name === "") return;
    if (word === "function") {
      const found = this.#match(this.#patterns.signature);
      if (found) this.#signature(found, this.#at, 1);
    } else if (word === "type") {
      this.#pass(this.#patterns.typeParameters);
      this.#pass(this.#patterns.trivia);
      if (this.#is("=")) this.#typeBehindSign();
    } else if (name !== "enum" && this.#is(":")) this.#typeBehindSign();
  }

  #members(): void {
    this.#space();
    if (this.#isAtEnd()) return;
    const method = this.#match(this.#patterns.method);
    const property = method ? null : this.#match(this.#patterns.property);
    if (method) this.#signature(method, this.#at + lengthOf(method, 1), 2);
    else if (property) this.#type(this.#at + lengthOf(property, 1), property[2] as string);
    this.#passEnd(this.#patterns.memberEnd);
  }

  /** Leaves out a signature, if it can be: `found` has its parts from `first` on. */
  #signature(found: RegExpExecArray, start: number, first: number): void {
    const opened = start + lengthOf(found, first) + lengthOf(found, first + 1);
    const closed = opened + lengthOf(found, first + 2);
    const typeStart = closed + lengthOf(found, first + 3);
    const type = found[first + 4]?.trimEnd() ?? "";
    const end = typeStart + type.length;
    if (end - start < leastSignature) return;
    const text = this.#text.slice(start, type === "this" ? closed : end);
    if (needed.test(text) || parameterProperty.test(text)) return;
    this.#leaveOut(start, opened);
    this.#leaveOut(opened + 1, closed - 1);
    // Without a sign behind it, the type is what says where the signature ends.
    if (type !== "this") {
      if (/[;,]/.test(this.#text[found.index + found[0].length] ?? "")) this.#leaveOut(closed, end);
      else if (type.length > 4) this.#leaveOut(typeStart, end, "any");
    }
    this.#parts.push({ key: opened + 1, start, end });
    this.#at = end;
  }

  /** Leaves out the type behind the sign here, if it can be. */
  #typeBehindSign(): void {
    this.#at++;
    const found = this.#match(this.#patterns.type);
    if (found) this.#type(this.#at, found[1] as string);
  }

  #type(start: number, found: string): void {
    const text = found.trimEnd();
    // Where a symbol is declared, its type is asked for its form.
    if (text.length < leastType || needed.test(text) || /^\s*unique\b/.test(text)) return;
    const end = start + text.length;
    this.#leaveOut(start, end, "any");
    this.#parts.push({ key: end, start, end });
    this.#at = end;
  }

  /** Passes over what says nothing, and leaves out its comments. */
  #space(): void {
    const start = this.#at;
    this.#pass(this.#patterns.trivia);
    const end = this.#at;
    if (end - start < leastComment) return;
    this.#at = start;
    for (;;) {
      this.#pass(this.#patterns.space);
      const from = this.#at;
      if (from === end) return;
      this.#pass(this.#patterns.comment);
      const line = this.#text.indexOf("\n", from);
      // A line that ends in a comment ends all the same.
      if (line !== -1 && line < this.#at) {
        this.#leaveOut(from, line);
        this.#leaveOut(line + 1, this.#at);
      } else this.#leaveOut(from, this.#at);
    }
  }

  #leaveOut(start: number, end: number, instead = ""): void {
    if (start >= end) return;
    this.#pieces.push(this.#text.slice(this.#copied, start), instead);
    this.#length += start - this.#copied + instead.length;
    this.#copied = end;
    // What ends where something was left out ends before it.
    this.#places.push(instead === "" ? this.#length + 1 : this.#length);
    this.#shifts.push(end - this.#length);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #pass(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
  }

  /** Goes behind the end of a statement or member, or to the brace that ends what it stands in. */
  #passEnd(pattern: RegExp): void {
    const start = this.#at;
    this.#pass(pattern);
    if (this.#at === start && !this.#isAtEnd()) throw new RangeError("brackets are too deep");
  }

  /** The word here, and behind it. */
  #word(): string {
    const start = this.#at;
    this.#pass(this.#patterns.word);
    const word = this.#text.slice(start, this.#at);
    this.#pass(this.#patterns.trivia);
    return word;
  }

  #is(sign: string): boolean {
    return this.#text[this.#at] === sign;
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length || this.#is("}");
  }
}

function lengthOf(found: RegExpExecArray, group: number): number {
  return found[group]?.length ?? 0;
}
