import type { Style } from "./style.ts";
import { printable } from "./style.ts";

const gap = 2;
/** A column that is narrower says nothing any more; then the table may be wider than the screen. */
const narrowest = 10;

/** Lines of a table with a heading. Cells wrap, the widest first, when the table is wider than the screen. */
export function renderTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  indent: number,
  style: Style,
): readonly string[] {
  const cells = [heading, ...rows].map((row) => row.map(printable));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  shrink(widths, style.width - indent - gap * (widths.length - 1));
  const laidOut = cells.map((row) => widths.map((width, column) => wrap(row[column] ?? "", width)));
  // Words rarely fill a column that was made narrower.
  for (const column of widths.keys()) {
    widths[column] = Math.max(...laidOut.flatMap((row) => row[column]!.map((line) => line.length)));
  }
  return laidOut.flatMap((wrapped, index) => {
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const text = wrapped
        .map((lines, column) => (lines[line] ?? "").padEnd(widths[column]!))
        .join(" ".repeat(gap));
      const full = `${" ".repeat(indent)}${text}`.trimEnd();
      return index === 0 ? style.paint("dim", full) : full;
    });
  });
}

function shrink(widths: number[], room: number): void {
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) return;
    widths[widest]! -= 1;
  }
}

/** Breaks after a space where there is one, else anywhere. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
