import type { Completion } from "./messages.js";
import type { CompleteReply } from "./types.js";

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Adds what the running program knows to what the checker does, behind it. */
export function withLiveNames(
  reply: CompleteReply,
  names: readonly string[] | undefined,
  { prefix, isQuoted }: NonNullable<Completion["live"]>,
): CompleteReply {
  const known = new Set(reply.matches);
  const added = (names ?? []).filter(
    (name) => name.startsWith(prefix) && !known.has(name) && (isQuoted || identifier.test(name)),
  );
  if (added.length === 0) return reply;
  const { cursorStart: start, cursorEnd: end, metadata } = reply;
  const types = metadata._jupyter_types_experimental;
  const more = added.map((text) => ({ text, type: "property", start, end }));
  return {
    ...reply,
    matches: [...reply.matches, ...added],
    metadata: { ...metadata, _jupyter_types_experimental: [...(Array.isArray(types) ? types : []), ...more] },
  };
}
