import type { ComponentChildren, TargetedKeyboardEvent, VNode } from "preact";
import { useRef } from "preact/hooks";
import { numberText } from "./number-text.js";

/** How a cell is marked, by class names that the style sheet knows. */
export type CellClass = "border" | "window" | "met" | "current" | "made" | "quiet" | "";

export interface NumberGridProps {
  /** What the grid shows, for readers of the screen. */
  readonly label: string;
  /** Shown above it. Default: nothing. */
  readonly caption?: string;
  readonly rows: readonly (readonly number[])[];
  /** The number that has the full colour. */
  readonly most: number;
  /** A cell's own name, as the formula has it: `y[0, 1, 2]`. */
  readonly cellName: (row: number, column: number) => string;
  readonly cellClass?: (row: number, column: number) => CellClass;
  /** What a cell shows. Default: its number. */
  readonly cellContent?: (row: number, column: number) => ComponentChildren;
  /**
   * Called with the cell that is pointed at or has the focus; a grid with it is moved through by arrow keys.
   */
  readonly onPoint?: (row: number, column: number) => void;
  /** Called when no cell is pointed at any more. */
  readonly onLeave?: () => void;
  /** The cell that Tab leads to. Default: the first. */
  readonly current?: readonly [row: number, column: number];
}

const arrows: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** A table of coloured numbers: blue below zero, orange above. */
export function NumberGrid(props: NumberGridProps): VNode {
  const { label, caption, rows, most, cellName, cellClass, cellContent, onPoint, onLeave } = props;
  const [currentRow, currentColumn] = props.current ?? [0, 0];
  const table = useRef<HTMLTableElement>(null);
  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    const by = arrows[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [row, column] = [currentRow + by[0], currentColumn + by[1]];
    table.current?.rows[row]?.cells[column]?.focus();
  };
  const interactive = onPoint !== undefined;
  return (
    <div class="grid">
      {caption !== undefined && (
        <span class="caption" aria-hidden="true">
          {caption}
        </span>
      )}
      <table
        ref={table}
        role={interactive ? "grid" : undefined}
        aria-label={label}
        class="numbers"
        onKeyDown={interactive ? move : undefined}
        onPointerLeave={onLeave}
        onFocusOut={onLeave}
      >
        <tbody>
          {rows.map((row, i) => (
            <tr>
              {row.map((value, j) => {
                const point = onPoint && (() => onPoint(i, j));
                return (
                  <td
                    role={interactive ? "gridcell" : undefined}
                    class={`${value < 0 ? "negative" : "positive"} ${cellClass?.(i, j) ?? ""}`}
                    style={`--strength: ${Math.round((100 * Math.min(Math.abs(value), most)) / most)}%`}
                    aria-label={interactive ? `${cellName(i, j)} = ${numberText(value)}` : undefined}
                    tabIndex={interactive ? (i === currentRow && j === currentColumn ? 0 : -1) : undefined}
                    onPointerEnter={point}
                    onFocus={point}
                  >
                    {cellContent?.(i, j) ?? numberText(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
