import { ArgumentError, checkOptions, type OptionNames } from "@convfuse/core";
import type { Attributes, Figure, Json } from "./figure.js";
import { baseLayout, cycle, ink } from "./theme.js";
import { range } from "./tiles.js";

/** The options of {@link groupConnectivity}. */
export interface GroupConnectivityOptions {
  /** Default: "Which inputs an output channel reads". */
  readonly title?: string;
}

const groupConnectivityOptionNames: OptionNames<GroupConnectivityOptions> = { title: true };

/**
 * Which output channels read which input channels: for each number of groups a bipartite graph, inputs above,
 * outputs below, a colour a group.
 * @param inChannels how many input channels
 * @param outChannels how many output channels
 * @param groups one or more numbers of groups, each a divisor of both
 * @param options title; see {@link GroupConnectivityOptions}
 * @returns a figure with a panel for each number of groups
 * @throws {ArgumentError} if a number of groups does not divide the channels
 * @example
 * groupConnectivity(2, 4, [1, 2]); // 8 connections, then 4
 */
export function groupConnectivity(
  inChannels: number,
  outChannels: number,
  groups: readonly number[],
  options: GroupConnectivityOptions = {},
): Figure {
  checkOptions("groupConnectivity", options, groupConnectivityOptionNames);
  const { title = "Which inputs an output channel reads" } = options;
  for (const count of groups) {
    if (!Number.isInteger(count) || count < 1 || inChannels % count !== 0 || outChannels % count !== 0) {
      throw new ArgumentError(
        "groupConnectivity",
        "every number of groups must divide both numbers of channels",
        {
          inChannels,
          outChannels,
          groups: count,
        },
      );
    }
  }
  const graphs = groups.map((count, k) => graph(inChannels, outChannels, count, 0 - 3 * k));
  const connections = groups.map((count) => (inChannels * outChannels) / count);
  const hidden = { visible: false, fixedrange: true };
  return {
    data: graphs.flat(),
    layout: baseLayout(
      title,
      180 * groups.length,
      {
        xaxis: { ...hidden, range: [-0.3, 1.3] },
        yaxis: { ...hidden, range: [-3 * (groups.length - 1) - 0.6, 2] },
      },
      { l: 8, r: 8, b: 8 },
    ),
    summary: groups
      .map(
        (count, k) =>
          `With ${count} group${count === 1 ? "" : "s"} ${inChannels} inputs and ${outChannels} outputs have ${connections[k]} connections.`,
      )
      .join(" "),
  };
}

function graph(ins: number, outs: number, groups: number, base: number): Attributes[] {
  const x = (index: number, count: number) => (count === 1 ? 0.5 : index / (count - 1));
  const group = (index: number, count: number) => Math.floor((index * groups) / count);
  const color = (g: number) => cycle[g % cycle.length] as string;
  const lines = range(groups).map((g): Attributes => {
    const xs: Json[] = [];
    const ys: Json[] = [];
    for (const i of range(ins).filter((c) => group(c, ins) === g)) {
      for (const o of range(outs).filter((c) => group(c, outs) === g)) {
        xs.push(x(i, ins), x(o, outs), null);
        ys.push(base + 1, base, null);
      }
    }
    return {
      type: "scatter",
      mode: "lines",
      x: xs,
      y: ys,
      line: { color: color(g), width: 2 },
      hoverinfo: "skip",
    };
  });
  const nodes = (name: string, count: number, y: number): Attributes => ({
    type: "scatter",
    mode: "markers+text",
    x: range(count).map((c) => x(c, count)),
    y: range(count).map(() => y),
    text: range(count).map((c) => (count > 4 ? `${c}` : `${name} ${c}`)),
    textposition: y === base ? "bottom center" : "top center",
    textfont: { color: ink },
    marker: { size: 18, color: range(count).map((c) => color(group(c, count))) },
    hovertemplate: "%{text}<extra></extra>",
    cliponaxis: false,
  });
  const caption: Attributes = {
    type: "scatter",
    mode: "text",
    x: [0.5],
    y: [base + 1.65],
    text: [`groups = ${groups}: ${(ins * outs) / groups} connections`],
    textfont: { color: ink, size: 13 },
    hoverinfo: "skip",
  };
  return [...lines, nodes("in", ins, base + 1), nodes("out", outs, base), caption];
}
