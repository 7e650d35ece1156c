import { escaped } from "../shown.js";
import { forEachOffset } from "../tensor/layout.js";
import type { Tensor } from "../tensor/tensor.js";

/** More rows say nothing to a reader. */
const mostRows = 24;

/** A module for a notebook: as PyTorch prints it, and its tensors as a table. */
export function moduleHtml(text: string, tensors: ReadonlyMap<string, Tensor>): string {
  const printed = `<pre>${escaped(text)}</pre>`;
  if (tensors.size === 0) return printed;
  const head = ["tensor", "shape", "values", "smallest", "largest"]
    .map((name) => `<th>${name}</th>`)
    .join("");
  const rows = [...tensors].slice(0, mostRows).map(([name, tensor]) => {
    const cells = [escaped(name), `[${tensor.shape.join(", ")}]`, String(tensor.size), ...extremes(tensor)];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  if (tensors.size > mostRows) rows.push(`<tr><td>... ${tensors.size - mostRows} more</td></tr>`);
  return `${printed}<table><tr>${head}</tr>${rows.join("")}</table>`;
}

function extremes(x: Tensor): readonly [string, string] {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  // NaN wins in both.
  forEachOffset(x, (offset) => {
    smallest = Math.min(smallest, x.data[offset] as number);
    largest = Math.max(largest, x.data[offset] as number);
  });
  return [smallest, largest].map((value) => String(Number(value.toPrecision(4)))) as [string, string];
}
