/** A cell that works against the session that runs it. What follows it in the session must not notice. */
export interface HostileCell {
  readonly code: string;
  /** Its error, where it has one in every host. */
  readonly fails?: string;
  /** What a page, whose cells share the language's own objects with the checker, says that it has put back. */
  readonly putBack?: string;
  /** It does its worst when it has ended: what is put back is said then, or beside what comes next. */
  readonly isLate?: true;
}

const define = (owner: string, key: string, descriptor: string): string =>
  `Object.defineProperty(${owner}, ${key}, ${descriptor}); 1`;
const prototypes = "[Array, Map, Set, String, Promise, RegExp, Number, Error]";

/** All of them run in one session, each followed by {@link probe}. */
export const hostileCells: readonly HostileCell[] = [
  // What every object inherits.
  { code: "(Object.prototype as any).then = function () {}; 1", putBack: "Object.prototype.then" },
  {
    code: "await null; (Object.prototype as any).then = () => {}; ({ a: 1 })",
    putBack: "Object.prototype.then",
  },
  {
    code: define("Object.prototype", "'then'", "{ configurable: true, get() { throw new Error('then') } }"),
    putBack: "Object.prototype.then",
  },
  {
    code: define(
      "Object.prototype",
      "'type'",
      "{ configurable: true, get() { throw 1 }, set() { throw 2 } }",
    ),
    putBack: "Object.prototype.type",
  },
  { code: "(Object.prototype as any).get = 5; (Object.prototype as any).value = 6; 1", putBack: "get" },
  { code: "(Object.prototype as any).hasOwnProperty = null; 1", putBack: "hasOwnProperty" },
  // Promises.
  { code: "(globalThis as any).Promise = class {}; 1", putBack: "globalThis.Promise" },
  { code: "(Promise.prototype as any).then = () => {}; await null; 1", putBack: "Promise.prototype.then" },
  { code: "(Promise as any).race = (Promise as any).resolve = null; await null; 1", putBack: "Promise.race" },
  { code: "(Promise.prototype as any).constructor = class {}; await null; 1", putBack: "constructor" },
  {
    code: `${define("Promise", "Symbol.species", "{ get() { throw 1 } }")}; await null; 1`,
    putBack: "Promise[Symbol.species]",
  },
  // Collections and iteration.
  { code: "(globalThis as any).Map = class {}; 1", putBack: "globalThis.Map" },
  { code: "(Map.prototype as any).get = () => undefined; 1", putBack: "Map.prototype.get" },
  { code: "(Map.prototype as any).set = (Map.prototype as any).delete = null; 1", putBack: "Map.prototype" },
  { code: "(Set.prototype as any)[Symbol.iterator] = null; 1", putBack: "Set.prototype[Symbol.iterator]" },
  {
    code: "(Array.prototype as any)[Symbol.iterator] = null; 1",
    putBack: "Array.prototype[Symbol.iterator]",
  },
  {
    code: "(Array.prototype as any).map = (Array.prototype as any).push = null; 1",
    putBack: "Array.prototype",
  },
  {
    code: "(Object.getPrototypeOf([][Symbol.iterator]()) as any).next = () => ({ done: false, value: 1 }); 1",
    putBack: "array iterator",
  },
  {
    code: define("Array.prototype", "'0'", "{ configurable: true, set() { throw 1 }, get() { return 5 } }"),
    putBack: "Array.prototype",
  },
  { code: "(Array.prototype as any).toJSON = () => { throw 1 }; [1]", putBack: "Array.prototype.toJSON" },
  { code: "Object.setPrototypeOf(Array.prototype, null); 1", putBack: "Array.prototype's own prototype" },
  {
    code: "Object.setPrototypeOf(Array.prototype, new Proxy({}, { get() { throw 1 } })); 1",
    putBack: "Array.prototype's own prototype",
  },
  // Functions of the language.
  { code: "(globalThis as any).JSON = null; 1", putBack: "globalThis.JSON" },
  { code: "JSON.stringify = () => 'x'; JSON.parse = () => { throw 1 }; ({ a: 1 })", putBack: "JSON.parse" },
  { code: "Object.keys = Object.entries = Object.assign = null as never; 1", putBack: "Object.keys" },
  { code: "(String.prototype as any).slice = () => { throw 1 }; 1", putBack: "String.prototype.slice" },
  {
    code: "(RegExp.prototype as any).exec = () => ({ index: 0, 0: '' }); 1",
    putBack: "RegExp.prototype.exec",
  },
  { code: "for (const name of ['min', 'max', 'floor']) (Math as any)[name] = null; 1", putBack: "Math.min" },
  { code: "(globalThis as any).Symbol = (globalThis as any).Array = null; 1", putBack: "globalThis.Symbol" },
  { code: "(globalThis as any).Uint8Array = (globalThis as any).Atomics = null; 1", putBack: "Uint8Array" },
  {
    code: "(globalThis as any).eval = () => 5; (globalThis as any).Function = null; 1",
    putBack: "globalThis.eval",
  },
  {
    code: `for (const each of ${prototypes}) for (const name of Object.getOwnPropertyNames(each.prototype)) try { delete (each.prototype as any)[name] } catch {}\n1`,
    putBack: "and",
  },
  // Errors.
  { code: "(globalThis as any).Error = null; throw 5", fails: "Uncaught", putBack: "globalThis.Error" },
  { code: "throw { get message() { throw 1 }, get name() { throw 2 } }", fails: "Uncaught" },
  { code: "throw new Proxy(new Error('x'), { get() { throw new Error('trap') } })", fails: "Uncaught" },
  { code: "const down = (n: number): number => down(n + 1) + 1; down(0)", fails: "RangeError" },
  {
    code: "setTimeout(() => { throw new Error('late') }); await new Promise((done) => setTimeout(done, 9)); 1",
  },
  {
    code: "Promise.reject({ get message(): never { throw 1 } }); await new Promise((done) => setTimeout(done, 9))",
  },
  // What is late.
  {
    code: "setTimeout(() => { (Array.prototype as any).map = null; (Object.prototype as any).then = () => {} }); 1",
    isLate: true,
  },
  { code: "await new Promise((done) => setTimeout(done, 9)); 1" },
  // Frozen.
  { code: "Object.freeze(Object.prototype); Object.freeze(Function.prototype); 1" },
  {
    code: "Object.freeze(Array.prototype); Object.freeze(Map.prototype); Object.freeze(Promise.prototype); 1",
  },
  // Much.
  { code: "console.log('x'.repeat(10_000_000).length); 'x'.repeat(1_000_000).length" },
  { code: "let deep: any = null; for (let i = 0; i < 1e5; i++) deep = { deep }; deep" },
  { code: "let list: any = []; for (let i = 0; i < 1e5; i++) list = [list]; jupyter.json(list); 1" },
  { code: "jupyter.table((function* () { for (;;) yield { a: 1 }; })())", fails: "RangeError" },
  { code: "new Float64Array(2 ** 40)", fails: "RangeError" },
  { code: "'x'.repeat(2 ** 29) + 'x'.repeat(2 ** 29)", fails: "RangeError" },
  { code: "new Array(2 ** 32)", fails: "RangeError" },
  { code: "new Proxy({ a: 1 }, { get() { throw new Error('trap') }, ownKeys() { throw 1 } })" },
];

/** What only a worker has. */
export const hostileInWorkers: readonly HostileCell[] = [
  { code: "close()", fails: "Error" },
  { code: "self.postMessage(1)", fails: "Error" },
  { code: "(self as any).close = () => {}; (self as any).postMessage = () => {}; 1" },
  { code: "self.onmessage = self.onerror = null; 1" },
  {
    code: "(MessagePort.prototype as any).postMessage = () => {}; 1",
    putBack: "MessagePort.prototype.postMessage",
  },
  {
    code: define("MessageEvent.prototype", "'data'", "{ get() { throw 1 } }"),
    putBack: "MessageEvent.prototype.data",
  },
  { code: "(EventTarget.prototype as any).addEventListener = null; 1", putBack: "addEventListener" },
  {
    code: "(globalThis as any).performance = (globalThis as any).setTimeout = null; for (let i = 0; i < 1e6; i++); 1",
  },
  { code: "(self as any).importScripts('data:text/javascript,self.imported=1'); (self as any).imported" },
  { code: "new Worker(URL.createObjectURL(new Blob(['for (;;);']))); 1" },
  {
    code: "new Worker(URL.createObjectURL(new Blob(['throw 1']))); await new Promise((done) => queueMicrotask(() => done(1)))",
  },
  {
    code: "self.dispatchEvent(new Event('error')); self.dispatchEvent(new MessageEvent('message', { data: { type: 'convfuse-open' } }))",
  },
  { code: "Object.setPrototypeOf(globalThis, null)", fails: "TypeError" },
  {
    code: "for (const name of Object.getOwnPropertyNames(globalThis)) if (name !== 'console') try { delete (globalThis as any)[name] } catch {}\n1",
    putBack: "globalThis.Object",
  },
  // What is deleted from now on cannot be put back.
  { code: "Object.preventExtensions(globalThis); 1" },
];

/** What shows that the session goes on: names, results, output, checking and built-in objects. */
export const probe: { readonly code: string; readonly stdout: string; readonly result: string } = {
  code: "console.log([before].map((x) => x + 1), { a: 1 }); [...new Map([[before, `b`]]).keys()].join()",
  stdout: "[ 42 ] { a: 1 }\n",
  result: "'41'",
};
export const first = "const before: number = 41;";

/** After these no session can go on, and says so. */
export const forGood: readonly { readonly code: string; readonly says: string }[] = [
  {
    code: define("Object.prototype", "'then'", "{ value() {} }"),
    says: "Object.prototype.then: replaced for good",
  },
  {
    code: `await null; ${define("Object.prototype", "'then'", "{ value() {} }")}`,
    says: "Object.prototype.then",
  },
  {
    code: define("Array.prototype", "'map'", "{ value: () => [], writable: false, configurable: false }"),
    says: "Array.prototype.map: replaced for good",
  },
];

/** The same, of which Node's own parts notice even more: there only a restart helps. */
export const forGoodInWorkers: typeof forGood = [
  {
    code: define("Array.prototype", "'0'", "{ set() {}, get() { return 5 } }"),
    says: "Array.prototype.0: replaced for good",
  },
];
