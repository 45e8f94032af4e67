import { latin1 } from "../../../wire/latin1.ts";
import { maxJoinedBytes } from "../../limits.ts";
import type { Transport } from "../../transport/transport.ts";

/** Text that leaves at the end of a turn, in one write. */
export class JoinedOutput {
  text = "";
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** Small pieces go with the text; a large one goes at once, and the text before it. */
  addBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    const { transport } = this;
    if (this.text.length + end - start <= maxJoinedBytes) this.text += latin1(buffer, start, end);
    else if (this.text !== "") {
      transport.cork();
      this.flush();
      transport.writeBytes(buffer, start, end, from);
      transport.uncork();
    } else transport.writeBytes(buffer, start, end, from);
  }

  flush(): void {
    if (this.text === "") return;
    const { text } = this;
    this.text = "";
    this.transport.write(text);
  }
}
