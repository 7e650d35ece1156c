/** How long work may keep a page from its reader before clicks are let in, in milliseconds. */
const longestHold = 30;

const waiting: (() => void)[] = [];
let isWorking = false;

/**
 * Does work of which much may come at once, such as drawing plots: at once where nothing waits, else after
 * what came before.
 */
export function inTurn(work: () => void): void {
  waiting.push(work);
  if (!isWorking) go();
}

function go(): void {
  isWorking = true;
  const start = performance.now();
  for (let work = waiting.shift(); work; work = waiting.shift()) {
    work();
    if (performance.now() - start < longestHold) continue;
    setTimeout(go);
    return;
  }
  isWorking = false;
}
