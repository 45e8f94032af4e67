import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Endpoint } from "../../../src/program/program.ts";

/** An address where nobody listens. */
export async function unusedEndpoint(host = "127.0.0.1"): Promise<Endpoint> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host, port };
}
