import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** One import of one file by another, both relative to `src/`, with `/`. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every relative import between the files of `src/`, tests left out. */
export function readImports(src: string): Import[] {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(src, file), "utf8");
    const specifiers = text.matchAll(/(?:from|import\(|^import)\s*"(\.{1,2}\/[^"]+)"/gm);
    return [...specifiers].map(([, specifier = ""]) => ({
      from: slashes(file),
      to: slashes(relative(src, join(src, dirname(file), specifier))),
    }));
  });
}

/** The room that a file lives in; `""` for files at the top. */
export function roomOf(file: string): string {
  const cut = file.indexOf("/");
  return cut < 0 ? "" : file.slice(0, cut);
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}
