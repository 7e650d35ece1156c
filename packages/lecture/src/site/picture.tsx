import type { VNode } from "preact";
import { pictureNumbers } from "./picture-numbers.js";
import type { PictureWords } from "./site-words.js";

type Plane = readonly (readonly number[])[];

/** In units of the drawing. */
const cell = 28;
const width = 460;
const height = 360;
const inputAt = { x: 12, y: 34 };
const fusedAt = { x: 210, y: 76 };
const outputAt = { x: 336, y: 62 };
const branchesTop = 256;
const branchLefts = [45, 188, 331];

/**
 * Seconds of the whole; a half shows the branches, a half the one kernel. In each, the window takes its
 * steps, then all rests for a while. The style sheet has the keyframes that are the same for all numbers, in
 * percents of these.
 */
const seconds = 20;
const stepsPart = 0.8;

/**
 * Three branches that slide over an input, become one kernel, and give the same output again: one picture,
 * moved by CSS alone.
 */
export function Picture({ words, pause }: { readonly words: PictureWords; readonly pause: string }): VNode {
  const { padded, branches, fused, output } = pictureNumbers();
  const names = ["3 × 3", "1 × 1", words.shortcut];
  return (
    <figure class="picture">
      <input type="checkbox" id="picture-pause" />
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="picture-title picture-description">
        <title id="picture-title">{words.title}</title>
        <desc id="picture-description">
          {words.description({ fused: shown(fused), output: shown(output) })}
        </desc>
        <style>{windowKeyframes(output)}</style>
        <Label x={inputAt.x} y={inputAt.y - 12} text={words.input} />
        <Grid plane={padded} at={inputAt} />
        <Label x={fusedAt.x} y={fusedAt.y - 12} text={words.fused} />
        <g class="fused">
          <Grid plane={fused} at={fusedAt} class="kernel" />
        </g>
        <Frame at={fusedAt} size={3} class="slot" />
        <Label x={outputAt.x} y={outputAt.y - 12} text={words.output} />
        <Grid plane={output} at={outputAt} class="written" />
        {branches.map((plane, i) => {
          const at = { x: branchLefts[i] as number, y: branchesTop };
          const [dx, dy] = [fusedAt.x - at.x, fusedAt.y - at.y];
          return (
            <>
              <Label x={at.x} y={at.y - 10} text={names[i] as string} />
              {i > 0 && <text class="sign" x={at.x - 30} y={at.y + 1.5 * cell} children="+" />}
              <g class="branch">
                <Grid plane={plane} at={at} class="kernel" />
              </g>
              <g class="moving" style={`--to: translate(${dx}px, ${dy}px)`}>
                <Grid plane={plane} at={at} class="kernel" />
              </g>
            </>
          );
        })}
        <g class="window">
          <Frame at={inputAt} size={3} class="outline" />
        </g>
        <g class="place">
          <Frame at={outputAt} size={1} class="outline" />
        </g>
      </svg>
      <label for="picture-pause" class="button">
        {pause}
      </label>
      <figcaption>{words.caption}</figcaption>
    </figure>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A plane's numbers in squares, with `--step` on each: when the window comes to it. */
function Grid({
  plane,
  at,
  class: name = "",
}: {
  readonly plane: Plane;
  readonly at: Point;
  readonly class?: string;
}): VNode {
  const columns = plane[0]?.length ?? 0;
  return (
    <g class={`grid ${name}`}>
      {plane.flatMap((row, i) =>
        row.map((value, j) => (
          <g class={tone(value)} style={name === "written" ? `--step: ${i * columns + j}` : undefined}>
            <rect x={at.x + j * cell} y={at.y + i * cell} width={cell - 1} height={cell - 1} rx="2" />
            <text x={at.x + (j + 0.5) * cell - 0.5} y={at.y + (i + 0.5) * cell}>
              {minus(value)}
            </text>
          </g>
        )),
      )}
    </g>
  );
}

function Frame({
  at,
  size,
  class: name,
}: {
  readonly at: Point;
  readonly size: number;
  readonly class: string;
}): VNode {
  const side = size * cell + 1;
  return <rect class={name} x={at.x - 1} y={at.y - 1} width={side} height={side} rx="3" />;
}

function Label({ x, y, text }: { readonly x: number; readonly y: number; readonly text: string }): VNode {
  return (
    <text class="label" x={x} y={y}>
      {text}
    </text>
  );
}

function tone(value: number): string {
  if (value === 0) return "zero";
  return value > 0 ? "plus" : "less";
}

function minus(value: number): string {
  return String(value).replace("-", "−");
}

function shown(plane: Plane): string {
  return `[${plane.map((row) => `[${row.map(minus).join(", ")}]`).join(", ")}]`;
}

/** Where window and place stand: one after the other over every output, a short glide between two. */
function windowKeyframes(output: Plane): string {
  const places = output.flatMap((row, i) => row.map((_, j) => `translate(${j * cell}px, ${i * cell}px)`));
  const each = (100 * stepsPart) / places.length;
  const frames = places.map((place, i) => {
    const from = (i * each).toFixed(2);
    const to = i === places.length - 1 ? "100" : ((i + 0.75) * each).toFixed(2);
    return `${from}%, ${to}% { transform: ${place} }`;
  });
  return `@keyframes slide { ${frames.join(" ")} } .picture { --seconds: ${seconds}s; --each: ${((seconds / 2) * stepsPart) / places.length}s }`;
}
