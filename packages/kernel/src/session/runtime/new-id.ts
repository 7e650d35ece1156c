/** A new name that nobody else has. A page without HTTPS has no `crypto.randomUUID`. */
export function newId(): string {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}
