// Load for UDP: so many flows, each with so many datagrams under way; an answer is followed by the next datagram.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { resultMark } from "../load/udp-socket.ts";

const [port = 0, flows = 0, window = 0, bytes = 0, seconds = 0] = process.argv.slice(2).map(Number);

/** Milliseconds of silence after which what a flow has under way is lost: twenty times what an answer takes. */
const silence = 200;

const datagram = Buffer.alloc(bytes, "x");
let answers = 0;
let lost = 0;
let wrong = 0;

class Client {
  private readonly socket: Socket;
  private under = 0;
  private heard = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("message", (answer) => {
      if (answer.length !== bytes) wrong++;
      answers++;
      this.under--;
      this.heard = now;
      this.send();
    });
  }

  fill(): void {
    this.heard = now;
    while (this.under < window) this.send();
  }

  look(): void {
    if (now - this.heard < silence) return;
    lost += this.under;
    this.under = 0;
    this.fill();
  }

  private send(): void {
    this.under++;
    this.socket.send(datagram);
  }
}

const started = performance.now();
let now = started;
const clients: Client[] = [];
for (let i = 0; i < flows; i++) {
  const socket = createSocket("udp4");
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  clients.push(new Client(socket));
}
for (const client of clients) client.fill();
setInterval(() => {
  now = performance.now();
  if (now - started < seconds * 1000) for (const client of clients) client.look();
  else {
    console.log(resultMark + JSON.stringify({ answers, lost, wrong, seconds: (now - started) / 1000 }));
    process.exit(0);
  }
}, 20);
