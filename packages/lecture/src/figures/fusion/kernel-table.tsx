import type { TargetedEvent, VNode } from "preact";
import { NumberGrid } from "../number-grid.js";
import type { FigureWords } from "../words.js";
import { mostWeight, weightStep } from "./model.js";
import { type WeightName, weightName } from "./weight-name.js";

export interface KernelTableProps {
  readonly title: string;
  /** What stands before it in the equation. Default: nothing. */
  readonly sign?: string;
  readonly channels: number;
  /** [channels, channels, 3, 3], row-major */
  readonly weights: readonly number[];
  /** Whose weights they are; none: they cannot be changed. */
  readonly branch?: WeightName["branch"];
  readonly chosen: WeightName;
  readonly words: FigureWords["fusion"];
  readonly onChoose: (weight: WeightName) => void;
  readonly onChange: (weight: WeightName, value: number) => void;
}

/** The kernels from every input to every output channel, a row of them for each output. */
export function KernelTable(props: KernelTableProps): VNode {
  const { title, sign, channels, weights, branch, chosen, words, onChoose, onChange } = props;
  /** The weight in a cell, where it can be changed: of a 1 × 1 branch only the middle. */
  const weightAt = (pair: number, row: number, column: number): WeightName | undefined => {
    if (branch === "three") return { branch, at: 9 * pair + 3 * row + column };
    return branch === "one" && row === 1 && column === 1 ? { branch, at: pair } : undefined;
  };
  return (
    <section class="kernels">
      <p class="stage">{title}</p>
      {sign !== undefined && <span class="sign">{sign}</span>}
      <div class="pairs">
        {Array.from({ length: channels * channels }, (_, pair) => {
          const [out, channel] = [Math.floor(pair / channels), pair % channels];
          const at = (row: number, column: number): number => weights[9 * pair + 3 * row + column] ?? 0;
          return (
            <NumberGrid
              label={`${title}, ${words.pair(out, channel)}`}
              rows={[0, 1, 2].map((row) => [0, 1, 2].map((column) => at(row, column)))}
              most={mostWeight}
              cellName={() => ""}
              cellClass={(row, column) => {
                const weight = weightAt(pair, row, column);
                if (weight?.branch === chosen.branch && weight.at === chosen.at) return "window";
                return isMadeOf(chosen, pair, row, column) && branch === undefined ? "made" : "";
              }}
              cellContent={(row, column) => {
                const weight = weightAt(pair, row, column);
                return (
                  weight && (
                    <input
                      type="number"
                      min={-mostWeight}
                      max={mostWeight}
                      step={weightStep}
                      value={at(row, column)}
                      aria-label={`${words.chosen} ${weightName(weight, channels)}`}
                      onFocus={() => onChoose(weight)}
                      onChange={(event: TargetedEvent<HTMLInputElement>) => {
                        onChange(weight, Number(event.currentTarget.value));
                      }}
                      onInput={(event: TargetedEvent<HTMLInputElement>) => {
                        const typed = event.currentTarget.value;
                        if (/^-?\d+(\.\d+)?$/.test(typed)) onChange(weight, Number(typed));
                      }}
                    />
                  )
                );
              }}
            />
          );
        })}
      </div>
    </section>
  );
}

/** True for the tap of a kernel that the chosen weight is a part of. */
function isMadeOf({ branch, at }: WeightName, pair: number, row: number, column: number): boolean {
  return branch === "three" ? at === 9 * pair + 3 * row + column : at === pair && row === 1 && column === 1;
}
