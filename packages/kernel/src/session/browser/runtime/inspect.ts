import { Proxy as KnownProxy } from "node-inspect-extracted";

export type { InspectOptions } from "node-inspect-extracted";
export { formatWithOptions, inspect } from "node-inspect-extracted";

const proxies = new WeakSet<object>();

/** Whether a value is a proxy: of those that were made since `watchProxies`. */
export function isProxy(value: unknown): boolean {
  return typeof value === "object" || typeof value === "function"
    ? value !== null && proxies.has(value)
    : false;
}

export function isNativeError(value: unknown): value is Error {
  if (isProxy(value) || typeof value !== "object" || value === null) return false;
  return Object.prototype.toString.call(value) === "[object Error]" || value instanceof Error;
}

/**
 * A page cannot tell a proxy from its target, so each is noted as it is made; `inspect` then runs none of its
 * traps.
 */
export function watchProxies(): void {
  const Original = globalThis.Proxy;
  const Noted = KnownProxy as unknown as ProxyConstructor;
  // biome-ignore lint/suspicious/noShadowRestrictedNames: it is to be found under this name
  const watched = function Proxy(target: object, handler: ProxyHandler<object>): object {
    const made = new Noted(target, handler);
    proxies.add(made);
    return made;
  };
  Object.defineProperty(watched, "revocable", {
    value: (target: object, handler: ProxyHandler<object>) => Original.revocable(target, handler),
  });
  Object.defineProperty(globalThis, "Proxy", { value: watched, configurable: true, writable: true });
}
