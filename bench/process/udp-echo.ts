// The upstream for UDP: sends every datagram back to where it came from.
import { createSocket } from "node:dgram";
import { receiveBuffer } from "../load/udp-socket.ts";

const socket = createSocket({
  type: "udp4",
  recvBufferSize: receiveBuffer,
  lookup: (address, family, callback) => callback(null, address, family as number),
});
socket.on("message", (datagram, { port, address }) => socket.send(datagram, port, address));
socket.bind(Number(process.argv[2]), "127.0.0.1");
