import { connect, type Socket } from "node:net";
import { greeting, IdleReader } from "./idle-http2.ts";
import type { LoadRequest } from "./wrk.ts";

/** Connections that are opened at the same time. */
const opened = 32;
/** Milliseconds for one connection and one answer. */
const answerTimeout = 5_000;

export interface Held {
  release(): void;
}

/** Where connections are opened, and what is spoken on them. */
export interface HoldTarget {
  readonly port: number;
  readonly http2: boolean;
}

/** Opens connections, sends a request over each, reads the answer, and keeps them. Rejects if the proxy closes one. */
export async function holdConnections(
  target: HoldTarget,
  count: number,
  requests: readonly LoadRequest[],
): Promise<Held> {
  const sockets: Socket[] = [];
  const release = (): void => sockets.forEach((socket) => socket.destroy());
  try {
    while (sockets.length < count) {
      const from = sockets.length;
      const batch = Array.from({ length: Math.min(opened, count - from) }, (_, i) =>
        open(target, requests[(from + i) % requests.length]!),
      );
      sockets.push(...(await Promise.all(batch)));
    }
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function open({ port, http2 }: HoldTarget, request: LoadRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let answer = "";
    const frames = http2 ? new IdleReader(socket) : undefined;
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(answerTimeout, () => fail(new Error("an idle connection got no answer in time")));
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("an idle connection was closed")));
    socket.on("data", (bytes: Buffer) => {
      if (frames === undefined) answer += bytes.toString("latin1");
      if (frames === undefined ? !isComplete(answer) : !frames.read(bytes)) return;
      socket.setTimeout(0);
      resolve(socket);
    });
    const { method, host, path } = request;
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;
    socket.write(http2 ? greeting(head) : head, "latin1");
  });
}

/** The backend's answers have a Content-Length, and no subject takes that away. */
function isComplete(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, end + 2))?.[1];
  return end >= 0 && length !== undefined && answer.length >= end + 4 + Number(length);
}
