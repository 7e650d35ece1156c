// Tables, the summary against what the engine promises, and a plot.

const show = (value, digits = 2) => (value === undefined ? "-" : value.toFixed(digits));
const interval = ({ median, low, high }) => `${show(median)} [${show(low)}, ${show(high)}]`;

/** One line a result. */
export function table(results) {
  const rows = results.map((one) => [
    one.workload,
    `${one.threads}${one.flags ? " flags" : ""}`,
    one.peer,
    show(one.operations / one.ours / 1e6, 2),
    show(one.operations / one.peerTime / 1e6, 2),
    interval(one.ratio),
    interval(one.control),
    one.kernel ?? "one call",
  ]);
  return align([
    ["workload", "threads", "peer", "ours Gop/s", "peer Gop/s", "ours faster by", "A/A", "slowest kernel"],
    ...rows,
  ]);
}

/** Per mode and kind: the geometric means of the ratios against the faster native peer, onnxruntime-web, and ours on one thread. */
export function summary(results) {
  const groups = Map.groupBy
    ? Map.groupBy(results, key)
    : results.reduce((map, one) => map.set(key(one), [...(map.get(key(one)) ?? []), one]), new Map());
  const rows = [...groups].map(([name, group]) => {
    const byWorkload = [...new Set(group.map((one) => one.workload))].map((workload) =>
      group.filter((one) => one.workload === workload),
    );
    const native = byWorkload.map((one) => least(one.filter(({ peer }) => /node|PyTorch/.test(peer))));
    const web = byWorkload.map((one) => least(one.filter(({ peer }) => /web/.test(peer))));
    const single = byWorkload.map((one) => least(one.filter(({ peer }) => /one thread/.test(peer))));
    const loop = byWorkload.map((one) => least(one.filter(({ peer }) => /loop/.test(peer))));
    const tfjs = byWorkload.map((one) => least(one.filter(({ peer }) => /tfjs-cpu/.test(peer))));
    return [name, ...[native, web, single, loop, tfjs].map((ratios) => show(geometricMean(ratios)))];
  });
  const against = [
    "the faster native peer",
    "onnxruntime-web",
    "ours on one thread (over 100 MFLOP)",
    "a plain loop",
    "tfjs-cpu",
  ];
  return align([["kind, threads", ...against.map((name) => `against ${name}`)], ...rows]);
}

function key({ kind, threads, flags }) {
  return `${kind}, ${threads}${flags ? " flags" : ""}`;
}

/** The ratio against the fastest peer of some. */
function least(results) {
  return results.length > 0 ? Math.min(...results.map((one) => one.ratio.median)) : undefined;
}

function geometricMean(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0
    ? Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length)
    : undefined;
}

/** Ratios of two files' results for the same workload, mode and peer. */
export function compare(before, after) {
  const rows = after.flatMap((one) => {
    const same = ["workload", "threads", "flags", "peer"];
    const old = before.find((other) => same.every((name) => other[name] === one[name]));
    if (old === undefined) return [];
    const mode = `${one.threads}${one.flags ? " flags" : ""}`;
    return [
      [
        one.workload,
        mode,
        one.peer,
        show(old.ratio.median),
        show(one.ratio.median),
        show(one.ratio.median / old.ratio.median),
      ],
    ];
  });
  return align([["workload", "threads", "peer", "before", "after", "after / before"], ...rows]);
}

/** Bars of the ratios as SVG, 1 marked. */
export function plot(results) {
  const height = 18;
  const scale = 120;
  const bars = results.map((one, i) => {
    const { median, low, high } = one.ratio;
    const y = i * height + 30;
    const label = `${one.workload}, ${one.threads}${one.flags ? " flags" : ""}, ${one.peer}`.replaceAll(
      /[<>&]/g,
      " to ",
    );
    const colour = median >= 1 ? "#2a7" : "#c63";
    return `<text x="395" y="${y + 12}" text-anchor="end">${label}</text><rect x="400" y="${y}" width="${clamp(median) * scale}" height="13" fill="${colour}"/><path d="M${400 + clamp(low) * scale} ${y + 6}H${400 + clamp(high) * scale}" stroke="#000"/>`;
  });
  const size = `width="1200" height="${results.length * height + 40}"`;
  const one = `<path d="M${400 + scale} 25V${results.length * height + 32}" stroke="#000" stroke-dasharray="4"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="400" y="16">times as fast as the peer (1: equal), 95 % interval</text>${bars.join("")}${one}</svg>\n`;
}

function clamp(ratio) {
  return Math.min(ratio, 6.5);
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
