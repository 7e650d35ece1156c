import type { Reader } from "../binary/reader.js";
import type { PickleMachine } from "./pickle-machine.js";

type Step = (machine: PickleMachine, reader: Reader) => void;

/** Longer than any number that is one. */
const longestNumber = 4096;

/**
 * The opcodes of protocols 1 to 5, without those that name things of an extension registry or of memory
 * outside the file.
 */
export const pickleSteps: ReadonlyMap<number, Step> = new Map<number, Step>([
  // PROTO
  [
    0x80,
    (_, reader) => {
      const protocol = reader.uint8();
      if (protocol > 5) throw reader.error("the pickle's protocol is unknown", { protocol });
    },
  ],
  // FRAME: how much of what follows belongs together, for who reads from a pipe.
  [
    0x95,
    (_, reader) => {
      const size = reader.length64();
      const left = reader.length - reader.at;
      if (size > left) throw reader.error("the pickle declares a frame beyond its end", { size, left });
    },
  ],
  // NONE, NEWTRUE, NEWFALSE
  [0x4e, (machine) => machine.push(null)],
  [0x88, (machine) => machine.push(true)],
  [0x89, (machine) => machine.push(false)],
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  [0x4a, (machine, reader) => machine.push(reader.uint32() | 0)],
  [0x4b, (machine, reader) => machine.push(reader.uint8())],
  [0x4d, (machine, reader) => machine.push(reader.uint16())],
  [0x8a, (machine, reader) => machine.push(longOf(reader, reader.uint8()))],
  [0x8b, (machine, reader) => machine.push(longOf(reader, reader.uint32()))],
  [0x47, (machine, reader) => machine.push(reader.float64BigEndian())],
  // INT, which protocol 1 has for truth values, and LONG: a line of digits
  [0x49, (machine, reader) => machine.push(intOf(reader, reader.line()))],
  [0x4c, (machine, reader) => machine.push(digitsOf(reader, reader.line().replace(/L$/, "")))],
  // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  [0x58, (machine, reader) => machine.push(reader.text(reader.uint32()))],
  [0x8c, (machine, reader) => machine.push(reader.text(reader.uint8()))],
  [0x8d, (machine, reader) => machine.push(reader.text(reader.length64()))],
  // BINSTRING, SHORT_BINSTRING: what Python 2 calls a string
  [0x54, (machine, reader) => machine.push(stringOf(reader.bytes(reader.uint32())))],
  [0x55, (machine, reader) => machine.push(stringOf(reader.bytes(reader.uint8())))],
  // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
  [0x42, (machine, reader) => machine.push(reader.bytes(reader.uint32()))],
  [0x43, (machine, reader) => machine.push(reader.bytes(reader.uint8()))],
  [0x8e, (machine, reader) => machine.push(reader.bytes(reader.length64()))],
  [0x96, (machine, reader) => machine.push(reader.bytes(reader.length64()))],
  // MARK, POP, POP_MARK, DUP
  [0x28, (machine) => machine.mark()],
  [0x30, (machine) => machine.drop()],
  [0x31, (machine) => void machine.popToMark()],
  [0x32, (machine) => machine.push(machine.top())],
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  [0x29, (machine) => machine.pushList([])],
  [0x74, (machine) => machine.pushList(machine.popToMark())],
  [0x85, (machine) => machine.pushList(machine.popMany(1))],
  [0x86, (machine) => machine.pushList(machine.popMany(2))],
  [0x87, (machine) => machine.pushList(machine.popMany(3))],
  // EMPTY_LIST, LIST, APPEND, APPENDS
  [0x5d, (machine) => machine.pushList([])],
  [0x6c, (machine) => machine.pushList(machine.popToMark())],
  [0x61, (machine) => machine.append(machine.popMany(1))],
  [0x65, (machine) => machine.append(machine.popToMark())],
  // EMPTY_SET, ADDITEMS, FROZENSET
  [0x8f, (machine) => machine.pushList([])],
  [0x90, (machine) => machine.append(machine.popToMark())],
  [0x91, (machine) => machine.pushList(machine.popToMark())],
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  [0x7d, (machine) => machine.pushDict()],
  [0x64, (machine) => machine.pushDict(machine.popToMark())],
  [0x73, (machine) => machine.setItems(machine.popMany(2))],
  [0x75, (machine) => machine.setItems(machine.popToMark())],
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  [0x71, (machine, reader) => machine.put(reader.uint8())],
  [0x72, (machine, reader) => machine.put(reader.uint32())],
  [0x94, (machine) => machine.put()],
  [0x68, (machine, reader) => machine.get(reader.uint8())],
  [0x6a, (machine, reader) => machine.get(reader.uint32())],
  // GLOBAL, STACK_GLOBAL
  [0x63, (machine, reader) => machine.global(reader.line(), reader.line())],
  [
    0x93,
    (machine) => {
      const [module = null, name = null] = machine.popMany(2);
      machine.global(module, name);
    },
  ],
  // REDUCE, NEWOBJ
  [0x52, callOf],
  [0x81, callOf],
  // NEWOBJ_EX: with named arguments behind the others
  [
    0x92,
    (machine) => {
      const [callee = null, args, named = null] = machine.popMany(3);
      machine.call(callee, Array.isArray(args) ? [...args, named] : null);
    },
  ],
  // INST, OBJ: objects of protocol 1
  [
    0x69,
    (machine, reader) => {
      const args = machine.popToMark();
      machine.global(reader.line(), reader.line());
      machine.call(machine.pop(), args);
    },
  ],
  [
    0x6f,
    (machine) => {
      const [callee = null, ...args] = machine.popToMark();
      machine.call(callee, args);
    },
  ],
  // BUILD, BINPERSID
  [0x62, (machine) => machine.build()],
  [0x51, (machine) => machine.persistent()],
]);

function callOf(machine: PickleMachine): void {
  const [callee = null, args = null] = machine.popMany(2);
  machine.call(callee, args);
}

/** A little-endian two's complement number. */
function longOf(reader: Reader, size: number): number | bigint {
  if (size > longestNumber) throw reader.error("the pickle holds a number of too many digits", { size });
  const digits = Array.from(reader.bytes(size), (byte) => byte.toString(16).padStart(2, "0")).reverse();
  return smallest(BigInt.asIntN(8 * size, BigInt(`0x0${digits.join("")}`)));
}

function intOf(reader: Reader, line: string): boolean | number | bigint {
  return line === "01" ? true : line === "00" ? false : digitsOf(reader, line);
}

function digitsOf(reader: Reader, digits: string): number | bigint {
  if (!/^-?\d+$/.test(digits) || digits.length > longestNumber)
    throw reader.error("the pickle holds a number that is none", { digits: digits.slice(0, 32) });
  return smallest(BigInt(digits));
}

function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Text mostly; but bytes, too, were strings. */
function stringOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}
