import { type ConnectionFault, faults } from "./fault.ts";
import { defaultWindow, maxWindow, Setting } from "./frame.ts";

/** What the peer has said of itself; the values that hold before it has said anything (RFC 9113 section 6.5.2). */
export class PeerSettings {
  /** Whether its SETTINGS have come. */
  known = false;
  maxConcurrentStreams = Infinity;
  initialWindow = defaultWindow;
  /** RFC 8441: extended CONNECT may be used. */
  connectProtocol = false;

  /** Takes in the payload of a SETTINGS frame. `isServer`: whether the peer is one. */
  read(buffer: Buffer, start: number, end: number, isServer: boolean): ConnectionFault | undefined {
    if ((end - start) % 6 !== 0) return faults.settingsSize;
    for (let at = start; at < end; at += 6) {
      const value = buffer.readUInt32BE(at + 2);
      const fault = this.set(buffer.readUInt16BE(at), value, isServer);
      if (fault !== undefined) return fault;
    }
    this.known = true;
    return undefined;
  }

  private set(setting: number, value: number, isServer: boolean): ConnectionFault | undefined {
    switch (setting) {
      case Setting.enablePush:
        return value > 1 || (isServer && value === 1) ? faults.settingsPush : undefined;
      case Setting.maxConcurrentStreams:
        this.maxConcurrentStreams = value;
        return undefined;
      case Setting.initialWindowSize:
        if (value > maxWindow) return faults.settingsWindow;
        this.initialWindow = value;
        return undefined;
      case Setting.maxFrameSize:
        // Larger frames than the least are never sent, so what it says beyond being sound does not matter.
        return value < 16_384 || value > 16_777_215 ? faults.settingsFrame : undefined;
      case Setting.enableConnectProtocol:
        if (value > 1 || (value === 0 && this.connectProtocol)) return faults.settingsConnect;
        this.connectProtocol = value === 1;
        return undefined;
      default:
        // Nothing is ever put into the peer's table, so its size does not matter; unknown settings are ignored.
        return undefined;
    }
  }
}
