// The embedded API server. Argument: its data folder; without one it keeps everything in memory. Over IPC it says where
// it is, and answers every message with the memory it uses after a collection of garbage.
import { ApiServer } from "../../src/apiserver/apiserver.ts";
import { collect } from "../../src/std/testing.ts";

const [dataDir] = process.argv.slice(2);
const server = await ApiServer.open({ version: "0.0.0-bench", ...(dataDir !== undefined && { dataDir }) });
process.on("message", () => {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  // `external` includes array buffers.
  process.send?.({ live: heapUsed + external, resident: rss });
});
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send?.({ url: server.url, ca: server.ca, token: server.token });
