// Started by stop.test.ts: follows, writes, closes, and has to exit without being told.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { connectToServer, openClient, openCluster, openStatusQueue } from "../../src/kube/kube.ts";
import { bookmarkLine, eventLine } from "./server.ts";

const server = http.createServer(({ url = "", method }, answer) => {
  if (method === "PATCH") answer.writeHead(500).end("{}");
  else if (url === "/apis/example.test/v1") answer.end(JSON.stringify({ resources: [{ name: "widgets" }] }));
  else if (!url.includes("watch=true")) answer.writeHead(404).end("{}");
  else {
    for (const name of ["a", "b", "c"]) {
      answer.write(eventLine("ADDED", { metadata: { name, namespace: "default", resourceVersion: "5" } }));
    }
    answer.write(bookmarkLine(9, true));
  }
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const widgets = { group: "example.test", version: "v1", plural: "widgets" };
const client = openClient(connectToServer({ server: address }));
const statuses = openStatusQueue({ client, onRefused: () => undefined });
const cluster = openCluster({
  client,
  kinds: [{ ...widgets, kind: "Widget", versions: ["v1"] }],
  onChanges: async ({ changes }) => {
    console.log(`followed ${changes.length}`);
    statuses.put({ target: { ...widgets, name: "a" }, patch: { type: "merge", body: {} } });
    await client.list(widgets, { tries: 1, limit: 1 }).catch(() => undefined);
  },
});
await cluster.synced;
await new Promise(setImmediate);
await new Promise(setImmediate);
statuses.close();
await cluster.close();
client.close();
server.close();
server.closeAllConnections();
console.log("closed");
