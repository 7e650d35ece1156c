/** Starts a clock; its end gives what `%%time` prints. A page is told nothing of its processor's time. */
export function startTiming(): () => string {
  const start = performance.now();
  return () => {
    const wall = performance.now() - start;
    return `Wall time: ${wall < 1000 ? `${wall.toPrecision(3)} ms` : `${(wall / 1000).toPrecision(3)} s`}\n`;
  };
}
