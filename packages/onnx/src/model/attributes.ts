import { WireType } from "@bufbuild/protobuf/wire";
import { type Bytes, loaded } from "../wire/file-part.js";
import {
  fixedBytes,
  integers,
  isDelimited,
  lastField,
  lastInteger,
  lastText,
  type Message,
  payload,
  scan,
} from "../wire/message.js";
import { DataType } from "./data-type.js";
import { decode } from "./elements.js";
import { type ReadExternal, StoredTensor } from "./tensor.js";

/** The attributes of a node, each scanned when it is asked for. */
export class Attributes {
  readonly #found: ReadonlyMap<string, Message>;
  readonly #external: ReadExternal | undefined;

  constructor(attributes: readonly Bytes[], external: ReadExternal | undefined) {
    const messages = attributes.map((bytes) => scan(bytes, "an AttributeProto"));
    this.#found = new Map(messages.map((message) => [lastText(message, 1), message]));
    this.#external = external;
  }

  has(name: string): boolean {
    return this.#found.has(name);
  }

  /** True if a value comes from the caller of the function that the node is in, so that it is not known. */
  get refer(): boolean {
    return [...this.#found.values()].some((message) => lastText(message, 21) !== "");
  }

  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    const message = this.#found.get(name);
    return message === undefined ? otherwise : (lastInteger(message, 3) ?? 0);
  }

  ints(name: string): readonly number[] | undefined {
    const message = this.#found.get(name);
    return message && integers(message, 8);
  }

  /** A float32, widened. */
  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    const message = this.#found.get(name);
    if (message === undefined) return otherwise;
    const field = lastField(message, 2, WireType.Bit32);
    return field === undefined ? 0 : (decode(loaded(payload(message, field)), DataType.float)[0] as number);
  }

  floats(name: string): Float64Array | undefined {
    const message = this.#found.get(name);
    if (message === undefined) return undefined;
    const runs = fixedBytes(message, 7, 4).map((bytes) => [...decode(loaded(bytes), DataType.float)]);
    return Float64Array.from(runs.flat());
  }

  string(name: string): string | undefined {
    const message = this.#found.get(name);
    return message && lastText(message, 4);
  }

  tensor(name: string): StoredTensor | undefined {
    const message = this.#found.get(name);
    const field = message && lastField(message, 5, WireType.LengthDelimited);
    return message && field && new StoredTensor(payload(message, field), this.#external);
  }
}

/** The GraphProtos in an attribute, by the places of their fields in it. */
export function bodiesOf(attribute: Message): readonly number[] {
  return attribute.fields.flatMap((field, i) => (isDelimited(field, 6) || isDelimited(field, 11) ? [i] : []));
}
