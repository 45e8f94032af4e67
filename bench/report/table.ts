/** Cells of a table, header first. The first column is text, the others are numbers. */
export type Table = readonly (readonly string[])[];

/** Columns aligned with spaces. */
export function plainTable(table: Table): string {
  const widths = widthsOf(table);
  return table
    .map((row) =>
      row
        .map((cell, i) => align(cell, widths[i]!, i))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function markdownTable(table: Table): string {
  const [header = [], ...rows] = table;
  const rule = header.map((_, i) => (i === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function widthsOf(table: Table): readonly number[] {
  const columns = table[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
}

function align(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
