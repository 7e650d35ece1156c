import type { Tensor } from "@convfuse/core";
import type { TargetedEvent, VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { NumberGrid } from "../number-grid.js";
import { numberText } from "../number-text.js";
import type { FigureWords } from "../words.js";
import { KernelTable } from "./kernel-table.js";
import {
  allowedWeight,
  type FusionSettings,
  firstFusionSettings,
  fusionModel,
  mostWeight,
  weightStep,
} from "./model.js";
import { type WeightName, weightName } from "./weight-name.js";

export interface FusionFigureProps {
  readonly settings: FusionSettings;
  readonly words: FigureWords;
}

/** Three branches whose weights a reader changes, the kernel that is their sum, and the outputs of both. */
export function FusionFigure({ settings: first, words: all }: FusionFigureProps): VNode {
  const words = all.fusion;
  const [settings, setSettings] = useState(first);
  const [chosen, choose] = useState<WeightName>({ branch: "three", at: 4 });
  const model = useMemo(() => fusionModel(settings), [settings]);
  const { channels, shortcut, three, one } = settings;

  const change = ({ branch, at }: WeightName, value: number): void =>
    setSettings((old) => ({ ...old, [branch]: old[branch].with(at, allowedWeight(value)) }));
  const restart = (count: 1 | 2): void => {
    choose({ branch: "three", at: 4 });
    setSettings((old) => ({ ...firstFusionSettings(count), shortcut: old.shortcut }));
  };
  const centre = (weights: readonly number[]): number[] =>
    weights.flatMap((w) => [0, 0, 0, 0, w, 0, 0, 0, 0]);
  const identity = Array.from({ length: channels ** 2 }, (_, k) =>
    shortcut && k % (channels + 1) === 0 ? 1 : 0,
  );
  const value = settings[chosen.branch][chosen.at] ?? 0;
  const shared = { channels, words, chosen, onChoose: choose, onChange: change };
  return (
    <>
      <p class="hint">{words.hint}</p>
      <div class="settings">
        <label class="check">
          <input
            type="checkbox"
            checked={channels === 2}
            onChange={(event: TargetedEvent<HTMLInputElement>) =>
              restart(event.currentTarget.checked ? 2 : 1)
            }
          />
          {words.twoChannels}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={shortcut}
            onChange={(event: TargetedEvent<HTMLInputElement>) => {
              const { checked } = event.currentTarget;
              setSettings((old) => ({ ...old, shortcut: checked }));
            }}
          />
          {words.shortcut}
        </label>
      </div>
      <div class="handles">
        <label class="slider">
          <span>
            {words.chosen} {weightName(chosen, channels)}
          </span>
          <input
            type="range"
            min={-mostWeight}
            max={mostWeight}
            step={weightStep}
            value={value}
            aria-valuetext={numberText(value)}
            onInput={(event: TargetedEvent<HTMLInputElement>) =>
              change(chosen, Number(event.currentTarget.value))
            }
          />
          <span class="shown" aria-hidden="true">
            {numberText(value)}
          </span>
        </label>
        <button type="button" onClick={() => restart(channels)}>
          {words.reset}
        </button>
      </div>
      <div class={`equation channels-${channels}`}>
        <KernelTable {...shared} title={words.three} weights={three} branch="three" />
        <KernelTable {...shared} sign="+" title={words.one} weights={centre(one)} branch="one" />
        <KernelTable {...shared} sign="+" title={words.identity} weights={centre(identity)} />
        <KernelTable {...shared} sign="=" title={words.fused} weights={[...model.fused.data]} />
      </div>
      <div class="stages few">
        <Images title={words.input} name="x" tensor={model.x} words={words} />
        <Images title={words.branches} name="y" tensor={model.branches} words={words} />
        <Images title={words.single} name="y" tensor={model.single} words={words} />
      </div>
      <p class="formula" role="status">
        {words.difference} <b class="value">{numberText(model.difference)}</b>
      </p>
    </>
  );
}

function Images(props: {
  readonly title: string;
  readonly name: string;
  readonly tensor: Tensor;
  readonly words: FigureWords["fusion"];
}): VNode {
  const { title, name, tensor, words } = props;
  const [channels = 0, height = 0, width = 0] = tensor.shape;
  const most = Math.max(...tensor.data.map(Math.abs), 1);
  return (
    <section>
      <p class="stage">{title}</p>
      <div class="stack">
        {Array.from({ length: channels }, (_, c) => (
          <NumberGrid
            label={`${title}, ${words.channel(c)}`}
            caption={`${name}[${c}]`}
            rows={Array.from({ length: height }, (_row, i) =>
              Array.from({ length: width }, (_cell, j) => tensor.get(c, i, j)),
            )}
            most={most}
            cellName={(row, column) => `${name}[${c}, ${row}, ${column}]`}
          />
        ))}
      </div>
    </section>
  );
}
