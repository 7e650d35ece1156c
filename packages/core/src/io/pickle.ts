import { quote } from "../errors.js";
import { Reader } from "./reader.js";

/** What a pickle of tensors and containers can hold. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Pickled[]
  | PickledDict
  | PickledGlobal
  | PickledObject;

/** A dictionary; keys by their Python value. */
export class PickledDict {
  readonly entries: Map<Pickled, Pickled> = new Map();
}

/** A name that a pickle asks for: never looked up, only compared with those that are known. */
export class PickledGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What a file format makes of a call or of a reference that lies outside the pickle. */
export class PickledObject {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** The part of the format that a pickle leaves open. */
export interface PickleHost {
  /** Whether a name may appear at all. */
  readonly knows: (global: string) => boolean;
  /** What a call of a known name gives. */
  readonly call: (global: string, args: readonly Pickled[]) => Pickled;
  /** What a persistent reference stands for. */
  readonly persistent: (id: Pickled) => Pickled;
}

/**
 * Reads a pickle of numbers, texts, containers and what the host knows, without running anything: a machine with a stack and a memo
 * that refuses every other opcode and every other global by its name.
 *
 * @throws {FormatError} at anything else, and if the file is cut off
 * @see https://github.com/python/cpython/blob/3.13/Lib/pickletools.py, which describes every opcode
 */
export function readPickle(format: string, bytes: Uint8Array, host: PickleHost): Pickled {
  return new Machine(format, bytes, host).run();
}

/** Where an open container begins on the stack. */
const mark = Symbol("mark");

class Machine {
  readonly #reader: Reader;
  readonly #host: PickleHost;
  readonly #stack: (Pickled | typeof mark)[] = [];
  readonly #memo = new Map<number, Pickled>();
  /** How many more containers may be made: a file of nothing but empty ones is no state dict. */
  #containersLeft: number;

  constructor(format: string, bytes: Uint8Array, host: PickleHost) {
    this.#reader = new Reader(format, bytes);
    this.#host = host;
    this.#containersLeft = 256 + Math.floor(bytes.length / 8);
  }

  run(): Pickled {
    const reader = this.#reader;
    for (;;) {
      const at = reader.at;
      const opcode = reader.uint8();
      // STOP
      if (opcode === 0x2e) break;
      const step = steps.get(opcode);
      if (step === undefined) {
        const shown = `0x${opcode.toString(16).padStart(2, "0")} (${quote(String.fromCharCode(opcode))})`;
        throw reader.error(`the pickle holds the opcode ${shown}, which a state dict does not need`, {
          offset: at,
        });
      }
      step(this, reader);
    }
    const result = this.pop();
    if (this.#stack.length > 0) throw reader.error("the pickle ends with values left over");
    return result;
  }

  push(value: Pickled): void {
    this.#stack.push(value);
  }

  container<T extends Pickled>(value: T): T {
    if (this.#containersLeft-- <= 0)
      throw this.#reader.error("the pickle holds more containers than its size has room for");
    return value;
  }

  mark(): void {
    this.container(null);
    this.#stack.push(mark);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === mark)
      throw this.#reader.error("the pickle takes a value that is not there");
    return value as Pickled;
  }

  popMany(count: number): Pickled[] {
    const values = Array.from({ length: count }, () => this.pop());
    return values.reverse();
  }

  popToMark(): Pickled[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#reader.error("the pickle closes a container that is not open");
    const values = this.#stack.splice(at);
    return values.slice(1) as Pickled[];
  }

  put(index: number): void {
    const top = this.pop();
    this.push(top);
    this.#memo.set(index, top);
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#reader.error("the pickle recalls what it has not kept", { index });
    this.push(value as Pickled);
  }

  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!this.#host.knows(full)) {
      throw this.#reader.error(`the pickle asks for ${full}, which is not allowed and has not been run`);
    }
    this.push(new PickledGlobal(full));
  }

  call(): void {
    const [callee, args] = this.popMany(2);
    if (!(callee instanceof PickledGlobal) || !Array.isArray(args)) {
      throw this.#reader.error("the pickle calls what is no known function");
    }
    this.push(this.container(this.#host.call(callee.name, args)));
  }

  /** State for an object: of a dictionary its attributes, which say nothing of tensors. */
  build(): void {
    this.pop();
    const object = this.pop();
    if (!(object instanceof PickledDict))
      throw this.#reader.error("the pickle sets the state of something that has none");
    this.push(object);
  }

  persistent(): void {
    this.push(this.container(this.#host.persistent(this.pop())));
  }

  setItems(items: readonly Pickled[]): void {
    const dict = this.pop();
    if (!(dict instanceof PickledDict) || items.length % 2 !== 0) {
      throw this.#reader.error("the pickle sets items of something that is no dictionary");
    }
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i] as Pickled, items[i + 1] as Pickled);
    this.push(dict);
  }

  append(items: readonly Pickled[]): void {
    const list = this.pop();
    if (!Array.isArray(list)) throw this.#reader.error("the pickle appends to something that is no list");
    for (const item of items) list.push(item);
    this.push(list);
  }
}

type Step = (machine: Machine, reader: Reader) => void;

/** The opcodes that PyTorch writes for tensors and containers, by protocol 2, and their short forms. */
const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  // PROTO
  [
    0x80,
    (_, reader) => {
      const protocol = reader.uint8();
      if (protocol > 5) throw reader.error("the pickle's protocol is unknown", { protocol });
    },
  ],
  // NONE, NEWTRUE, NEWFALSE
  [0x4e, (machine) => machine.push(null)],
  [0x88, (machine) => machine.push(true)],
  [0x89, (machine) => machine.push(false)],
  // BININT, BININT1, BININT2, LONG1, BINFLOAT
  [0x4a, (machine, reader) => machine.push(reader.uint32() | 0)],
  [0x4b, (machine, reader) => machine.push(reader.uint8())],
  [0x4d, (machine, reader) => machine.push(reader.uint16())],
  [0x8a, (machine, reader) => machine.push(longOf(reader.bytes(reader.uint8())))],
  [0x47, (machine, reader) => machine.push(reader.float64BigEndian())],
  // BINUNICODE, SHORT_BINUNICODE
  [0x58, (machine, reader) => machine.push(reader.text(reader.uint32()))],
  [0x8c, (machine, reader) => machine.push(reader.text(reader.uint8()))],
  // MARK, EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  [0x28, (machine) => machine.mark()],
  [0x29, (machine) => machine.push(machine.container([]))],
  [0x74, (machine) => machine.push(machine.container(machine.popToMark()))],
  [0x85, (machine) => machine.push(machine.container(machine.popMany(1)))],
  [0x86, (machine) => machine.push(machine.container(machine.popMany(2)))],
  [0x87, (machine) => machine.push(machine.container(machine.popMany(3)))],
  // EMPTY_LIST, APPEND, APPENDS
  [0x5d, (machine) => machine.push(machine.container([]))],
  [0x61, (machine) => machine.append(machine.popMany(1))],
  [0x65, (machine) => machine.append(machine.popToMark())],
  // EMPTY_DICT, SETITEM, SETITEMS
  [0x7d, (machine) => machine.push(machine.container(new PickledDict()))],
  [0x73, (machine) => machine.setItems(machine.popMany(2))],
  [0x75, (machine) => machine.setItems(machine.popToMark())],
  // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
  [0x71, (machine, reader) => machine.put(reader.uint8())],
  [0x72, (machine, reader) => machine.put(reader.uint32())],
  [0x68, (machine, reader) => machine.get(reader.uint8())],
  [0x6a, (machine, reader) => machine.get(reader.uint32())],
  // GLOBAL, REDUCE, BUILD, BINPERSID
  [0x63, (machine, reader) => machine.global(reader.line(), reader.line())],
  [0x52, (machine) => machine.call()],
  [0x62, (machine) => machine.build()],
  [0x51, (machine) => machine.persistent()],
]);

/** A little-endian two's complement number of any length. */
function longOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}
