import { styleText } from "node:util";

export type Colour = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** What the place is like where text is printed. */
export interface Style {
  /** In characters. */
  readonly width: number;
  paint(colour: Colour, text: string): string;
}

/** Where nobody says otherwise: a file, a pipe. */
const usualWidth = 80;

/** Colours are for terminals whose owner has not set `NO_COLOR` (no-color.org). */
export function styleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const { NO_COLOR = "", TERM } = environment;
  const isColoured = stream.isTTY === true && NO_COLOR === "" && TERM !== "dumb";
  return {
    // A terminal that does not know its size says 0.
    width: Math.max(stream.columns || usualWidth, usualWidth / 2),
    paint: (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text),
  };
}

/** Manifests may hold anything; what they say must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\u{fffd}");
}
