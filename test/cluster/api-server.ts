// The embedded API server as a program of its own, at an address of the namespace. Arguments: its data folder, and a file
// with a further key that signs service account tokens.
import { readFileSync } from "node:fs";
import { ApiServer } from "../../src/apiserver/apiserver.ts";
import { API_SERVICE, NODE_ADDRESS, SERVICE_RANGE } from "./site.ts";

const [dataDir = "", tokenKey = ""] = process.argv.slice(2);
const server = await ApiServer.open({
  version: "0.0.0-test",
  dataDir,
  address: NODE_ADDRESS,
  port: 6443,
  names: [API_SERVICE],
  serviceRange: SERVICE_RANGE,
  controllers: false,
  tokenKeys: [readFileSync(tokenKey, "utf8")],
});
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
