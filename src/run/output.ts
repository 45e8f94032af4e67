import type { RunOptions } from "./options.ts";
import type { RunEvent } from "./report/event.ts";
import { renderJson } from "./report/json.ts";
import { styleOf } from "./report/style.ts";
import { renderText } from "./report/text.ts";

/** Where events are printed. When the reader goes away (`| head`), serving goes on in silence. */
export class Output {
  private readonly form: RunOptions["output"];
  private readonly stream: NodeJS.WriteStream;
  private isGone = false;

  constructor(form: RunOptions["output"], stream: NodeJS.WriteStream) {
    this.form = form;
    this.stream = stream;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      this.isGone = true;
    });
  }

  print(event: RunEvent): void {
    if (this.isGone) return;
    // The terminal may have been resized since the last event.
    const style = styleOf(this.stream, process.env);
    this.stream.write(this.form === "json" ? renderJson(event) : renderText(event, style));
  }
}
