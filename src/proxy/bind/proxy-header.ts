import type { Socket } from "node:net";
import { Timer } from "../../std/timer-wheel.ts";
import { reportBug } from "../../std/bug.ts";
import { readProxyHeader } from "../../wire/proxy-protocol/reader.ts";
import { headTimeout } from "../limits.ts";
import { coarseTimers } from "../timers.ts";
import { type Handle, socketOf, takeHandle } from "../transport/handle.ts";
import { Accepted } from "./accepted.ts";

/**
 * Reads the PROXY header that a connection begins with. One without it, or with a wrong one, is reset: "The receiver MUST be configured
 * to only receive the protocol described in this specification and MUST NOT try to guess whether the protocol header is present or
 * not" (HAProxy's specification, section 2).
 */
export function acceptProxied(handle: Handle, onAccepted: (accepted: Accepted) => void): void {
  new HeaderWait(socketOf(handle), onAccepted);
}

class HeaderWait {
  private readonly socket: Socket;
  private readonly onAccepted: (accepted: Accepted) => void;
  private readonly timer = new Timer(this);
  private bytes: Buffer | undefined = undefined;
  private readonly onData = (bytes: Buffer): void => {
    try {
      this.read(bytes);
    } catch (error) {
      reportBug(error);
      this.socket.destroy();
    }
  };

  constructor(socket: Socket, onAccepted: (accepted: Accepted) => void) {
    this.socket = socket;
    this.onAccepted = onAccepted;
    socket.on("data", this.onData);
    socket.on("error", () => undefined);
    // Who says no more says no header.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.timer.disarm());
    coarseTimers.arm(this.timer, headTimeout);
    socket.resume();
  }

  private read(bytes: Buffer): void {
    const all = this.bytes === undefined ? bytes : Buffer.concat([this.bytes, bytes]);
    this.bytes = all;
    const header = readProxyHeader(all);
    if (header.state === "more") return;
    if (header.state === "refused") {
      this.socket.resetAndDestroy();
      return;
    }
    this.timer.disarm();
    const rest = header.length < all.length ? all.subarray(header.length) : undefined;
    this.socket.pause();
    this.onAccepted(new Accepted(takeHandle(this.socket), rest, header.connection));
  }

  onTimer(): void {
    this.socket.resetAndDestroy();
  }
}
