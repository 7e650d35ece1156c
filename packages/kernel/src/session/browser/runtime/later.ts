// A cell may put something else in its place.
const Channel = MessageChannel;

/** Runs `work` when what waits for the event loop has had its turn; gives the way to call it off. */
export function later(work: () => void): () => void {
  let isWanted = true;
  const { port1, port2 } = new Channel();
  port1.onmessage = () => {
    port1.close();
    if (isWanted) work();
  };
  port2.postMessage(undefined);
  return () => {
    isWanted = false;
  };
}
