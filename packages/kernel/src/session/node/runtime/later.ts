/** Runs `work` when what waits for the event loop has had its turn; gives the way to call it off. */
export function later(work: () => void): () => void {
  const timer = setImmediate(work);
  return () => clearImmediate(timer);
}
