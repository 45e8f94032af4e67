import { latin1 } from "../latin1.ts";
import { type ConnectionFault, ErrorCode, faults, floods } from "./fault.ts";
import { Flag, maxWindow, settingsAck } from "./frame.ts";
import type { Http2Session } from "./session.ts";

/** Frames that are about the connection as a whole. Each returns what ends it. */

/** RFC 9113 section 6.5. */
export function readSettings(
  session: Http2Session,
  flags: number,
  buffer: Buffer,
  start: number,
  end: number,
): ConnectionFault | undefined {
  if ((flags & Flag.ack) !== 0) return end > start ? faults.settingsSize : undefined;
  const before = session.peer.initialWindow;
  const fault = session.peer.read(buffer, start, end, !session.isServer);
  if (fault !== undefined) return fault;
  const change = session.peer.initialWindow - before;
  for (const stream of change === 0 ? [] : session.streams.all()) {
    stream.sendWindow += change;
    if (stream.sendWindow > maxWindow) return faults.windowOverflow;
  }
  session.add(settingsAck);
  if (change > 0) session.flushBlocked();
  session.owner.onSettings();
  return session.gauge.add() ? floods.settings : undefined;
}

/** RFC 9113 section 6.7. */
export function readPing(
  session: Http2Session,
  flags: number,
  buffer: Buffer,
  start: number,
  end: number,
): ConnectionFault | undefined {
  if ((flags & Flag.ack) !== 0) session.owner.onPong();
  else session.pong(latin1(buffer, start, end));
  return session.gauge.add() ? floods.ping : undefined;
}

/** RFC 9113 section 6.8. Streams above `lastStream` were not processed: they can be sent elsewhere. */
export function readGoaway(session: Http2Session, lastStream: number): ConnectionFault | undefined {
  // A client that says it opens no streams for us takes nothing away: a server opens none.
  if (!session.isServer) {
    session.closing = true;
    for (const stream of session.streams.all())
      if (stream.id > lastStream) stream.fail(ErrorCode.refusedStream, true);
  }
  session.owner.onGoaway();
  return session.gauge.add() ? floods.goaway : undefined;
}
