import { inspect } from "node:util";

/**
 * Up to Node 23 the tracking of asynchronous work leaves enumerable symbols on promises, which `console.log`
 * would show. They are hidden from a promise the moment that it is printed.
 */
export function hidePromiseMarks(): void {
  if (Number.parseInt(process.versions.node, 10) >= 24) return;
  Object.defineProperty(Promise.prototype, inspect.custom, {
    configurable: true,
    writable: true,
    value(this: Promise<unknown>) {
      for (const key of Object.getOwnPropertySymbols(this)) {
        const description = key.description ?? "";
        if (description.endsWith("async_id_symbol") || description === "kResourceStore")
          Object.defineProperty(this, key, { enumerable: false });
      }
      // Nothing of its own to add: printing goes on as usual.
      return this;
    },
  });
}
