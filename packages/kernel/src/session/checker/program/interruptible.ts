import type { TypeScript } from "../typescript.js";
import { allocatorOf, bind } from "./internals.js";

/** What `interruptible` gives back for work that it ended. */
export const interrupted: unique symbol = Symbol("interrupted");

/** After how many nodes or symbols it is asked whether somebody waits: a fraction of a millisecond. */
const stride = 64;

/**
 * Parses or binds until somebody waits. TypeScript does either in one piece, a large file in a tenth of a
 * second; what it asks for on the way is the class of each node and symbol, so these are where it can be
 * left. What was half done is lost: the caller forgets that file, and what the parser and the binder had
 * noted of it is cleared here.
 */
export function interruptible<T>(
  ts: TypeScript,
  isAwaited: () => boolean,
  work: () => T,
): T | typeof interrupted {
  const allocator = allocatorOf(ts);
  const { getNodeConstructor, getSymbolConstructor } = allocator;
  let count = 0;
  const look = (): void => {
    if (++count % stride === 0 && isAwaited()) throw interrupted;
  };
  const NodeClass = getNodeConstructor();
  const SymbolClass = getSymbolConstructor();
  // The parser and the binder ask for a class when they begin a file, and keep it until the next one.
  allocator.getNodeConstructor = () => watched(NodeClass, look);
  allocator.getSymbolConstructor = () => watched(SymbolClass, look);
  try {
    return work();
  } catch (thrown) {
    if (thrown !== interrupted) throw thrown;
    Object.assign(allocator, { getNodeConstructor, getSymbolConstructor });
    bind(ts, ts.createSourceFile("", "", ts.ScriptTarget.ESNext), {});
    return interrupted;
  } finally {
    Object.assign(allocator, { getNodeConstructor, getSymbolConstructor });
  }
}

/** What a class that is watched does whenever an object is made. */
export interface WatchedClass {
  readonly look?: () => void;
}

type Class = new (...args: never[]) => object;

/** A class whose objects are those of another one, and which looks around whenever it makes one. */
function watched<C extends Class>(Made: C, look: () => void): C {
  function Watched(...args: never[]): object {
    look();
    return new Made(...args);
  }
  return Object.assign(Watched, { look }) as unknown as C;
}
