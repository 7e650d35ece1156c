/** Starts a clock; its end gives what `%%time` prints. */
export function startTiming(): () => string {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    const [own, kernel] = [user / 1000, system / 1000];
    return `CPU times: user ${shown(own)}, sys ${shown(kernel)}, total ${shown(own + kernel)}\nWall time: ${shown(wall)}\n`;
  };
}

function shown(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`;
}
