import type { TargetedEvent, VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { factorText, numberText } from "../number-text.js";
import type { FigureWords } from "../words.js";
import { ConvolutionGrids } from "./grids.js";
import {
  type ConvolutionModel,
  channelsOf,
  convolutionModel,
  inputSize,
  meetingsOf,
  type OutputPlace,
  onBorder,
  placeOf,
  stepsOf,
  termsOf,
  type WeightPlace,
} from "./model.js";
import {
  type ConvolutionSettings,
  possibleGroups,
  settingNames,
  settingRanges,
  withSetting,
} from "./settings.js";

type Words = FigureWords["convolution"];

export interface ConvolutionFigureProps {
  readonly settings: ConvolutionSettings;
  readonly words: FigureWords;
}

/**
 * A convolution whose settings a reader chooses, output by output, with the numbers that make each of them.
 */
export function ConvolutionFigure({ settings: first, words: all }: ConvolutionFigureProps): VNode {
  const words = all.convolution;
  const [settings, setSettings] = useState(first);
  const [wanted, setStep] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(2);
  const [probe, setProbe] = useState<WeightPlace | undefined>(undefined);
  const model = useMemo(() => convolutionModel(settings), [settings]);
  const steps = stepsOf(model);
  const step = Math.min(wanted, Math.max(steps - 1, 0));
  const place = placeOf(model, step);

  useEffect(() => {
    if (!playing || steps === 0) return;
    const timer = setInterval(() => setStep((at) => (at + 1) % steps), 1000 / speed);
    return () => clearInterval(timer);
  }, [playing, speed, steps]);

  const goTo = (to: number): void => {
    setPlaying(false);
    setProbe(undefined);
    setStep(to);
  };
  const change = (name: keyof ConvolutionSettings, value: number): void => {
    setProbe(undefined);
    setSettings((old) => withSetting(old, name, value));
  };
  return (
    <>
      <p class="hint">{words.hint}</p>
      <div class="settings">
        {settingNames.map((name) => (
          <Setting name={name} settings={settings} words={words} onChange={change} />
        ))}
      </div>
      <div class="handles">
        <button type="button" onClick={() => goTo((step + steps - 1) % steps)} disabled={steps === 0}>
          {words.back}
        </button>
        <button type="button" onClick={() => setPlaying(!playing)} disabled={steps === 0}>
          {playing ? words.pause : words.play}
        </button>
        <button type="button" onClick={() => goTo((step + 1) % steps)} disabled={steps === 0}>
          {words.forward}
        </button>
        <Slider
          label={words.place}
          range={[0, Math.max(steps - 1, 0)]}
          value={step}
          text={steps === 0 ? "" : outputName(place)}
          onInput={goTo}
        />
        <Slider
          label={words.speed}
          range={[1, 8]}
          value={speed}
          text={words.perSecond(speed)}
          onInput={setSpeed}
        />
      </div>
      {model.y === undefined ? (
        <p role="status" class="formula">
          {words.nothing} <code>{model.problem}</code>
        </p>
      ) : (
        <>
          <ConvolutionGrids
            model={model}
            place={place}
            probe={probe}
            words={words}
            onOutput={(to) => goTo(to)}
            onWeight={setProbe}
          />
          <div class="formula" aria-live={playing ? "off" : "polite"}>
            {probe === undefined ? (
              <OutputFormula model={model} place={place} words={words} />
            ) : (
              <WeightFormula model={model} weight={probe} words={words} />
            )}
          </div>
          <p class="facts">{sizeText(model, words)}</p>
        </>
      )}
    </>
  );
}

/** As the formula names it. */
export function outputName({ filter, row, column }: OutputPlace): string {
  return `y[${filter}, ${row}, ${column}]`;
}

function Setting(props: {
  readonly name: keyof ConvolutionSettings;
  readonly settings: ConvolutionSettings;
  readonly words: Words;
  readonly onChange: (name: keyof ConvolutionSettings, value: number) => void;
}): VNode {
  const { name, settings, words, onChange } = props;
  const [from, to] = settingRanges[name];
  const possible =
    name === "groups" ? possibleGroups(settings) : Array.from({ length: to - from + 1 }, (_, k) => from + k);
  return (
    <label>
      {words.settings[name]}
      <select
        value={settings[name]}
        onChange={(event: TargetedEvent<HTMLSelectElement>) =>
          onChange(name, Number(event.currentTarget.value))
        }
      >
        {possible.map((value) => (
          <option value={value} selected={value === settings[name]}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}

function Slider(props: {
  readonly label: string;
  readonly range: readonly [from: number, to: number];
  readonly value: number;
  readonly text: string;
  readonly onInput: (value: number) => void;
}): VNode {
  const { label, range, value, text, onInput } = props;
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        min={range[0]}
        max={range[1]}
        value={value}
        aria-valuetext={text}
        onInput={(event: TargetedEvent<HTMLInputElement>) => onInput(Number(event.currentTarget.value))}
      />
      <span class="shown" aria-hidden="true">
        {text}
      </span>
    </label>
  );
}

function OutputFormula(props: {
  readonly model: ConvolutionModel;
  readonly place: OutputPlace;
  readonly words: Words;
}): VNode {
  const { model, place, words } = props;
  const { first, count } = channelsOf(model, place.filter);
  const terms = termsOf(model, place);
  const perChannel = terms.length / count;
  const value = model.y?.get(place.filter, place.row, place.column) ?? 0;
  return (
    <>
      {Array.from({ length: count }, (_, channel) => {
        const own = terms.slice(channel * perChannel, (channel + 1) * perChannel);
        const sum = own.reduce((total, { factor, pixel }) => total + factor * pixel, 0);
        return (
          <p>
            <span class="caption">{words.channelSum(first + channel)}</span>{" "}
            {own.map(({ factor, pixel }) => `${factorText(factor)}·${numberText(pixel)}`).join(" + ")} ={" "}
            <b>{numberText(sum)}</b>
          </p>
        );
      })}
      <p>
        {outputName(place)} = <b class="value">{numberText(value)}</b>
      </p>
    </>
  );
}

function WeightFormula(props: {
  readonly model: ConvolutionModel;
  readonly weight: WeightPlace;
  readonly words: Words;
}): VNode {
  const { model, weight, words } = props;
  const { filter, channel, row, column } = weight;
  const { stride, padding, dilation } = model.settings;
  const meetings = meetingsOf(model, weight);
  const zeros = meetings.filter((at) => onBorder(model.settings, at.row, at.column)).length;
  const index = (name: string, tap: number): string => `${name}·${stride} + ${tap * dilation} − ${padding}`;
  const { first } = channelsOf(model, filter);
  return (
    <>
      <p>
        w[{filter}, {channel}, {row}, {column}] ={" "}
        <b>{numberText(model.weight.get(filter, channel, row, column))}</b>
        {" · "}x[{first + channel}, {index("r", row)}, {index("s", column)}]
      </p>
      <p>{words.uses(meetings.length, zeros)}</p>
    </>
  );
}

/** The sizes as the formula of lesson 4 gives them, the weight's shape and the cost. */
function sizeText({ settings, y, weight }: ConvolutionModel, words: Words): string {
  const { kernel, stride, padding, dilation } = settings;
  const [, height = 0, width = 0] = y?.shape ?? [];
  const size = (name: string, input: number, out: number): string =>
    `${name} ⌊(${input} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = ${out}`;
  return [
    size(words.height, inputSize[0], height),
    size(words.width, inputSize[1], width),
    `${words.weight} [${weight.shape.join(", ")}]`,
    words.macs(weight.size * height * width),
  ].join(" · ");
}
