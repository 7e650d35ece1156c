import { isJsonObject, type JsonObject } from "./wire.js";

/** A request whose content breaks the protocol; its message becomes the reply's. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}

/** Reads the content of a request, and says what is wrong with it. */
export class Fields {
  readonly #type: string;
  readonly #content: JsonObject;

  constructor(type: string, content: JsonObject) {
    this.#type = type;
    this.#content = content;
  }

  #read<T>(name: string, fallback: T | undefined, expected: string, is: (value: unknown) => value is T): T {
    // Python's None stands for "not given" in several clients.
    const value = this.#content[name] ?? undefined;
    if (value === undefined && fallback !== undefined) return fallback;
    if (is(value)) return value;
    const got = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
    throw new RequestError(`${this.#type}: ${name} must be ${expected}; got ${got}`);
  }

  text(name: string, fallback?: string): string {
    return this.#read(name, fallback, "a string", (value) => typeof value === "string");
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#read(name, fallback, "true or false", (value) => typeof value === "boolean");
  }

  integer(name: string, fallback?: number): number {
    return this.#read(name, fallback, "an integer", (value): value is number => Number.isSafeInteger(value));
  }

  optionalInteger(name: string): number | null {
    return (this.#content[name] ?? null) === null ? null : this.integer(name);
  }

  object(name: string): JsonObject {
    return this.#read(name, {}, "an object", isJsonObject);
  }

  texts(name: string): { readonly [key: string]: string } {
    const isTexts = (value: unknown): value is { [key: string]: string } =>
      isJsonObject(value) && Object.values(value).every((part) => typeof part === "string");
    return this.#read(name, {}, "an object of strings", isTexts);
  }
}
