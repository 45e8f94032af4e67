// npm run generate: writes what is generated from code into the documents; `--check` only says whether they are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { features } from "../src/resources/feature.ts";
import { readImports, roomOf } from "../test/imports.ts";
import { rooms } from "../test/rooms.ts";
import { reportsFolder, standingTable, tableOfContents } from "./conformance-tables.ts";
import { root } from "./run-command.ts";

const documents: readonly (readonly [file: string, mark: string, text: string])[] = [
  ["README.md", "features", featureTable()],
  ["README.md", "conformance", standingTable()],
  [`${reportsFolder}/README.md`, "reports", tableOfContents()],
  ["src/README.md", "rooms", roomPicture()],
];

const stale = documents.filter(([file, mark, text]) => {
  const path = join(root, file);
  const before = readFileSync(path, "utf8");
  const after = replaceBetween(before, mark, text);
  if (before === after) return false;
  if (!process.argv.includes("--check")) writeFileSync(path, after);
  return true;
});

if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`Out of date: ${stale.map(([file]) => file).join(", ")}. Run: npm run generate`);
  process.exit(1);
}

function replaceBetween(document: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- generated: ${mark} -->`, `<!-- end of ${mark} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`No place for ${mark}: expected "${begin}" and "${end}"`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n${document.slice(to)}`;
}

function featureTable(): string {
  const rows = features.map(({ name, gives }) => `| ${name} | ${gives} |`);
  return ["| Feature (upstream name) | What works |", "| --- | --- |", ...rows, ""].join("\n");
}

/** Who imports whom, as it is; `test/rooms.test.ts` holds it against the table. */
function roomPicture(): string {
  const arrows = new Set<string>();
  for (const { from, to } of readImports(join(root, "src"))) {
    const [fromRoom, toRoom] = [roomOf(from) || "main", roomOf(to)];
    if (fromRoom !== toRoom && toRoom !== "std") arrows.add(`  ${fromRoom} --> ${toRoom}`);
  }
  const duties = Object.entries(rooms).map(([name, { duty, vocabulary }]) =>
    [`| \`${name}/\``, duty, vocabulary === true ? "every file |" : `\`${name}/${name}.ts\` |`].join(" | "),
  );
  return [
    "| Room | Duty | Open to others |",
    "| --- | --- | --- |",
    ...duties,
    "",
    "Imports as they are (`std` is open to all and left out):",
    "",
    "```mermaid",
    "flowchart LR",
    ...[...arrows].sort(),
    "```",
    "",
  ].join("\n");
}
