import type { RunEvent } from "./event.ts";

/** One object a line. */
export function renderJson(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}
