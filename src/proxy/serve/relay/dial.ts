import { Timer } from "../../../std/timer-wheel.ts";
import { connectTimeout } from "../../limits.ts";
import { fineTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";

export interface Dialer {
  /** The connection stands. The callee becomes `transport.owner`. */
  onDialed(transport: Transport): void;
  onDialFailed(): void;
}

/** One attempt to connect to an endpoint: it calls back once. */
export class Dial implements TransportOwner {
  private readonly dialer: Dialer;
  private readonly transport: Transport;
  private readonly timer = new Timer(this);
  private givenUp = false;

  constructor(endpoint: Endpoint, dialer: Dialer) {
    this.dialer = dialer;
    fineTimers.arm(this.timer, connectTimeout);
    this.transport = endpoint.open(this, () => {
      this.timer.disarm();
      dialer.onDialed(this.transport);
    });
  }

  /** Nobody is called back. */
  giveUp(): void {
    this.givenUp = true;
    this.transport.destroy();
  }

  onTimer(): void {
    this.transport.destroy();
  }

  onClose(): void {
    this.timer.disarm();
    if (!this.givenUp) this.dialer.onDialFailed();
  }

  onBytes(): void {
    // Whoever takes the connection over does so before the first read.
  }

  onEnd(): void {
    this.transport.destroy();
  }

  onDrain(): void {
    // Nothing is written here.
  }
}
