import { WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@convfuse/core";
import { type Bytes, FilePart, loaded } from "../wire/file-part.js";
import {
  fixedBytes,
  integers,
  isDelimited,
  lastField,
  lastInteger,
  lastText,
  type Message,
  payload,
  reading,
  scan,
  text,
} from "../wire/message.js";
import { DataType, elementSize, typeName } from "./data-type.js";
import { decodeAll, decodeFrom } from "./element-parts.js";
import { fromBfloat16, fromFloat16 } from "./half-floats.js";

/**
 * Gives bytes of a file that lies beside the model: its name as the model has it, the offset of the first
 * byte, how many.
 */
export type ReadExternal = (location: string, offset: number, length: number) => Uint8Array;

/** Where a tensor's elements lie in another file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

const maximumRank = 64;

/** A TensorProto as it lies in the file: its numbers are decoded when somebody asks. */
export class StoredTensor {
  readonly message: Message;
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  /** How many elements the dims declare. */
  readonly size: number;
  readonly #external: ReadExternal | undefined;

  constructor(bytes: Bytes, external: ReadExternal | undefined) {
    this.message = scan(bytes, "a TensorProto");
    this.name = lastText(this.message, 8);
    this.type = lastInteger(this.message, 2) ?? DataType.undefined;
    this.dims = integers(this.message, 1);
    this.size = this.dims.reduce((product, dim) => product * dim, 1);
    this.#external = external;
    if (
      this.dims.some((dim) => dim < 0) ||
      this.dims.length > maximumRank ||
      !Number.isSafeInteger(this.size)
    ) {
      throw new FormatError(reading, "a tensor's dims must be whole numbers, 0 or more", {
        tensor: this.name,
        dims: this.dims,
      });
    }
  }

  /** Bytes of its elements, as raw data has them; 0 for a type that this package does not read. */
  get byteLength(): number {
    return this.size * (elementSize(this.type) ?? 0);
  }

  /** Where its elements lie, if not in the model. */
  get place(): ExternalPlace | undefined {
    if (lastInteger(this.message, 14) !== 1) return undefined;
    const entries = new Map(
      this.message.fields
        .filter((field) => isDelimited(field, 13))
        .map((field) => scan(payload(this.message, field), "an entry of external_data"))
        .map((entry) => [lastText(entry, 1), lastText(entry, 2)]),
    );
    const location = entries.get("location") ?? "";
    const offset = Number(entries.get("offset") ?? 0);
    const length = Number(entries.get("length") ?? this.byteLength);
    if (!isInside(location)) {
      throw new FormatError(reading, "external data must lie in the model's own folder", {
        tensor: this.name,
        location,
      });
    }
    if (!Number.isSafeInteger(offset) || offset < 0 || length !== this.byteLength) {
      throw new FormatError(reading, "external data must have the tensor's length", {
        tensor: this.name,
        offset,
        length,
        expected: this.byteLength,
      });
    }
    return { location, offset, length };
  }

  /**
   * The elements in row-major order, widened to float64.
   * @throws {FormatError} if there are more or fewer than the dims declare, or their type is one that this
   *   package does not read
   */
  read(): Float64Array {
    const values = this.#values();
    if (values.length === this.size) return values;
    throw new FormatError(reading, "a tensor must have as many elements as its dims declare", {
      tensor: this.name,
      dims: this.dims,
      elements: values.length,
    });
  }

  /**
   * Reads elements from a place in row-major order on, as many as `out` holds; undefined: they can only be
   * read as a whole.
   */
  get part(): ((start: number, out: Float64Array) => void) | undefined {
    const { type, place } = this;
    const size = elementSize(type);
    if (size === undefined) return undefined;
    const bytes = place === undefined ? this.#run() : this.outside(place);
    if (bytes?.length !== this.byteLength) return undefined;
    return (start, out) => decodeFrom(bytes, start * size, out, type, size);
  }

  /** The elements as they lie in the model in one run, if they do. */
  #run(): Bytes | undefined {
    const { message, type } = this;
    const raw = lastField(message, 9, WireType.LengthDelimited);
    if (raw !== undefined) return payload(message, raw);
    const runs =
      type === DataType.float
        ? fixedBytes(message, 4, 4)
        : type === DataType.double
          ? fixedBytes(message, 10, 8)
          : [];
    return runs.length === 1 ? runs[0] : undefined;
  }

  /**
   * The elements of a tensor that is kept outside; reading them fails with a FormatError if the other file is
   * too short.
   */
  outside({ location, offset, length }: ExternalPlace): FilePart {
    const external = this.#external;
    if (external === undefined) {
      throw new FormatError(reading, "a tensor's elements lie in another file: give readOnnx `external`", {
        tensor: this.name,
        location,
      });
    }
    const read = (start: number, into: Uint8Array): void => {
      const bytes = external(location, start, into.length);
      if (bytes.length !== into.length) {
        throw new FormatError(reading, "the file with external data is cut off", {
          tensor: this.name,
          location,
          offset: start,
          length: into.length,
          read: bytes.length,
        });
      }
      into.set(bytes);
    };
    return new FilePart({ read }, offset, length);
  }

  #values(): Float64Array {
    const { message, type } = this;
    const size = elementSize(type);
    if (size === undefined) {
      throw new FormatError(reading, "no numbers of this type are read", {
        tensor: this.name,
        type: typeName(type),
      });
    }
    const place = this.place;
    if (place !== undefined) return decodeAll(this.outside(place), type, size);
    const raw = lastField(message, 9, WireType.LengthDelimited);
    // Checked before decoding: the dims may promise anything.
    if (raw !== undefined)
      return raw.end - raw.value === this.byteLength ? decodeAll(payload(message, raw), type, size) : nothing;
    switch (type) {
      case DataType.float:
        return decodeAll(oneRun(fixedBytes(message, 4, 4)), type, size);
      case DataType.double:
        return decodeAll(oneRun(fixedBytes(message, 10, 8)), type, size);
      case DataType.int64:
        return Float64Array.from(integers(message, 7));
      case DataType.uint64:
      case DataType.uint32:
        return Float64Array.from(integers(message, 11), (value) => (value < 0 ? value + 2 ** 64 : value));
      case DataType.float16:
        return Float64Array.from(integers(message, 5), (bits) => fromFloat16(bits & 0xffff));
      case DataType.bfloat16:
        return Float64Array.from(integers(message, 5), (bits) => fromBfloat16(bits & 0xffff));
      default:
        return Float64Array.from(integers(message, 5));
    }
  }
}

const nothing = new Float64Array(0);

/** The bytes of a repeated field that may lie in several runs. */
function oneRun(runs: readonly Bytes[]): Bytes {
  if (runs.length === 1) return runs[0] as Bytes;
  const out = new Uint8Array(runs.reduce((sum, run) => sum + run.length, 0));
  let at = 0;
  for (const run of runs) {
    out.set(loaded(run), at);
    at += run.length;
  }
  return out;
}

/** True for a relative path that stays in its folder. */
function isInside(location: string): boolean {
  const parts = location.split(/[/\\]/);
  return (
    location !== "" &&
    !/^[/\\]|^[A-Za-z]:/.test(location) &&
    !parts.includes("..") &&
    !location.includes("\0")
  );
}

/** The name of the tensor in a message, without looking at anything else of it. */
export function tensorName(bytes: Bytes): string {
  const message = scan(bytes, "a TensorProto");
  const field = message.fields.findLast((one) => isDelimited(one, 8));
  return field === undefined ? "" : text(message, field);
}
