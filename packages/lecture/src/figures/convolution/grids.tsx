import type { VNode } from "preact";
import { type CellClass, NumberGrid } from "../number-grid.js";
import type { FigureWords } from "../words.js";
import {
  type ConvolutionModel,
  channelsOf,
  inputSize,
  meetingsOf,
  type OutputPlace,
  onBorder,
  paddedPixel,
  stepOf,
  termsOf,
  type WeightPlace,
} from "./model.js";

/** The largest numbers of the input and of the weights. */
const mostPixel = 4;
const mostWeight = 2;

export interface ConvolutionGridsProps {
  readonly model: ConvolutionModel;
  readonly place: OutputPlace;
  /** The weight that is pointed at. */
  readonly probe: WeightPlace | undefined;
  readonly words: FigureWords["convolution"];
  readonly onOutput: (step: number) => void;
  readonly onWeight: (weight: WeightPlace | undefined) => void;
}

/** Input channels, the kernels of one filter, and output channels. */
export function ConvolutionGrids(props: ConvolutionGridsProps): VNode {
  const { model, place, probe, words, onOutput, onWeight } = props;
  const { settings, weight, y } = model;
  const { padding, inChannels, outChannels, kernel } = settings;
  const { filter } = place;
  const { first, count } = channelsOf(model, filter);
  const [, outHeight = 0, outWidth = 0] = y?.shape ?? [];

  /** Cells of the padded input that the current output, or the weight that is pointed at, reads. */
  const read = new Set<string>();
  const key = (channel: number, row: number, column: number): string => `${channel} ${row} ${column}`;
  if (probe === undefined) {
    for (const { weight: own, row, column } of termsOf(model, place))
      read.add(key(first + own.channel, row, column));
  } else {
    for (const { row, column } of meetingsOf(model, probe)) read.add(key(first + probe.channel, row, column));
  }
  const inputClass =
    (channel: number) =>
    (row: number, column: number): CellClass => {
      if (read.has(key(channel, row, column))) return probe === undefined ? "window" : "met";
      if (channel < first || channel >= first + count) return "quiet";
      return onBorder(settings, row, column) ? "border" : "";
    };
  const outputClass =
    (channel: number) =>
    (row: number, column: number): CellClass => {
      if (channel !== filter) return "";
      if (probe !== undefined) return "made";
      return row === place.row && column === place.column ? "current" : "";
    };
  const mostOutput = Math.max(...(y?.data ?? []).map(Math.abs), 1);
  return (
    <div class={`stages ${Math.max(inChannels, outChannels) <= 2 ? "few" : ""}`}>
      <section>
        <p class="stage">{words.inputs}</p>
        <div class="stack">
          {Array.from({ length: inChannels }, (_, c) => (
            <NumberGrid
              label={words.input(c)}
              caption={`x[${c}]`}
              rows={table(inputSize[0] + 2 * padding, inputSize[1] + 2 * padding, (row, column) =>
                paddedPixel(model, c, row, column),
              )}
              most={mostPixel}
              cellName={(row, column) => `x[${c}, ${row - padding}, ${column - padding}]`}
              cellClass={inputClass(c)}
            />
          ))}
        </div>
      </section>
      <section>
        <p class="stage">{words.filter(filter)}</p>
        <div class="stack">
          {Array.from({ length: count }, (_, c) => (
            <NumberGrid
              key={`${filter} ${kernel} ${c}`}
              label={words.kernel(filter, first + c)}
              caption={`w[${filter}, ${c}]`}
              rows={table(kernel, kernel, (row, column) => weight.get(filter, c, row, column))}
              most={mostWeight}
              cellName={(row, column) => `w[${filter}, ${c}, ${row}, ${column}]`}
              cellClass={(row, column) =>
                probe?.channel === c && probe.row === row && probe.column === column ? "met" : ""
              }
              onPoint={(row, column) => onWeight({ filter, channel: c, row, column })}
              onLeave={() => onWeight(undefined)}
              current={probe?.channel === c ? [probe.row, probe.column] : [0, 0]}
            />
          ))}
        </div>
      </section>
      <section>
        <p class="stage">{words.outputs}</p>
        <div class="stack">
          {Array.from({ length: outChannels }, (_, o) => (
            <NumberGrid
              label={words.output(o)}
              caption={`y[${o}]`}
              rows={table(outHeight, outWidth, (row, column) => y?.get(o, row, column) ?? 0)}
              most={mostOutput}
              cellName={(row, column) => `y[${o}, ${row}, ${column}]`}
              cellClass={outputClass(o)}
              onPoint={(row, column) => onOutput(stepOf(model, { filter: o, row, column }))}
              current={o === filter ? [place.row, place.column] : [0, 0]}
            />
          ))}
        </div>
      </section>
    </div>
  );
}

function table(height: number, width: number, value: (row: number, column: number) => number): number[][] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => value(row, column)),
  );
}
