import { isStateArray } from "../../tensor/state-array.js";
import type { Reader } from "../binary/reader.js";
import { PickledObject, type PickledValue, type PickleHost } from "./pickled.js";
import { callPython } from "./python-calls.js";

/** Where an open container begins on the stack. */
const mark = Symbol("mark");

/** An object while the pickle still fills it. */
type Open = { -readonly [Field in keyof PickledObject]: PickledObject[Field] };

/** What the opcodes of a pickle do: a stack of values and marks, and a memo of values to recall. */
export class PickleMachine {
  readonly #reader: Reader;
  readonly #host: PickleHost;
  readonly #stack: (PickledValue | typeof mark)[] = [];
  readonly #memo = new Map<number, PickledValue>();
  /**
   * How many more containers may be made, a dictionary counted as four, which it takes in memory: a file of
   * nothing but empty ones holds nothing.
   */
  #room: number;

  constructor(reader: Reader, host: PickleHost) {
    this.#reader = reader;
    this.#host = host;
    this.#room = 1024 + reader.length;
  }

  result(): PickledValue {
    const result = this.pop();
    if (this.#stack.length > 0) throw this.#reader.error("the pickle ends with values left over");
    return result;
  }

  push(value: PickledValue): void {
    this.#stack.push(value);
  }

  pushList(items: readonly PickledValue[]): void {
    this.#take(1);
    this.push(items);
  }

  pushDict(items: readonly PickledValue[] = []): void {
    this.#take(4);
    this.push(new Map());
    this.setItems(items);
  }

  mark(): void {
    this.#take(1);
    this.#stack.push(mark);
  }

  pop(): PickledValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark)
      throw this.#reader.error("the pickle takes a value that is not there");
    return value as PickledValue;
  }

  /** POP takes a mark off the stack, too. */
  drop(): void {
    if (this.#stack.pop() === undefined)
      throw this.#reader.error("the pickle takes a value that is not there");
  }

  top(): PickledValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popMany(count: number): PickledValue[] {
    const values = Array.from({ length: count }, () => this.pop());
    return values.reverse();
  }

  popToMark(): PickledValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#reader.error("the pickle closes a container that is not open");
    return this.#stack.splice(at).slice(1) as PickledValue[];
  }

  put(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#reader.error("the pickle recalls what it has not kept", { index });
    this.push(value);
  }

  global(module: PickledValue, name: PickledValue): void {
    if (typeof module !== "string" || typeof name !== "string")
      throw this.#reader.error("the pickle names a class or function otherwise than by text");
    this.#take(1);
    this.push(new PickledObject(`${module}.${name}`));
  }

  /** A call of a function, or a new object of a class. */
  call(callee: PickledValue, args: PickledValue): void {
    if (!(callee instanceof PickledObject) || !Array.isArray(args))
      throw this.#reader.error("the pickle calls what is neither a class nor a function");
    this.#take(1);
    const { name } = callee;
    // What calling the result of another call means is known to nobody here.
    const known =
      callee.args === undefined
        ? (this.#host.call(name, args) ?? callPython(name, args, (room) => this.#take(room)))
        : undefined;
    this.push(known ?? new PickledObject(name, args));
  }

  persistent(): void {
    this.#take(1);
    this.push(this.#host.persistent(this.pop()));
  }

  /**
   * State for an object, commonly its attributes. Those of a dictionary (a state dict's versions) and of a
   * tensor say nothing of values.
   */
  build(): void {
    const state = this.pop();
    const object = this.top();
    if (object instanceof PickledObject) (object as Open).state = state;
    else if (isStateArray(object) && Array.isArray(state) && state.length > 3)
      throw this.#reader.error("the pickle gives a tensor other values than it was made with");
    else if (!(object instanceof Map || isStateArray(object)))
      throw this.#reader.error("the pickle sets the state of something that has none");
  }

  setItems(items: readonly PickledValue[]): void {
    const target = this.top();
    if (target instanceof PickledObject && target.entries === undefined) {
      this.#take(4);
      (target as Open).entries = new Map();
    }
    const dict = target instanceof PickledObject ? target.entries : target;
    if (!(dict instanceof Map) || items.length % 2 !== 0)
      throw this.#reader.error("the pickle sets items of something that is no dictionary");
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  append(items: readonly PickledValue[]): void {
    const target = this.top();
    if (target instanceof PickledObject) (target as Open).items ??= [];
    const list = target instanceof PickledObject ? target.items : target;
    if (!Array.isArray(list)) throw this.#reader.error("the pickle appends to something that is no list");
    for (const item of items) list.push(item);
  }

  #take(room: number): void {
    this.#room -= room;
    if (this.#room < 0)
      throw this.#reader.error("the pickle holds more containers than its size has room for");
  }
}
