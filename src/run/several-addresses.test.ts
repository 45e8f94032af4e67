import assert from "node:assert/strict";
import { test } from "node:test";
import { Folder, gatewayYaml, get, routeYaml, Running, serviceIn, serviceYaml } from "./running.ts";

const spec = "spec:\n  gatewayClassName: prod\n";

/** The Gateway with these entries in `spec.addresses`. */
function asking(addresses: string): string {
  return gatewayYaml.replace(spec, `${spec}  addresses: ${addresses}\n`).replace("port: 80 ", "port: 8080 ");
}

test("a Gateway serves on each address that it asks for, and on no other one", async (context) => {
  const folder = new Folder(context, {
    "gateway.yaml": asking("[{}, { value: 127.77.0.1 }]"),
    "route.yaml": [routeYaml("/", "a"), serviceYaml("a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  assert.deepEqual(ready.conditions, []);
  const { addresses, listeners } = ready.gateways[0]!;
  assert.equal(addresses.length, 2);
  assert.equal(addresses[1], "127.77.0.1");
  const { port } = listeners[0]!;
  for (const host of addresses) assert.equal(serviceIn(await get({ host, port }, "/")), "a");

  folder.write("gateway.yaml", asking("[{ value: 127.77.0.1 }, { value: 192.0.2.1 }]"));
  const change = await running.next("change", ({ gateways }) => gateways[0]?.addresses.length === 1);
  assert.deepEqual(change.gateways[0]!.addresses, ["127.77.0.1"]);
  assert.deepEqual(
    change.conditions.map(({ type, reason, message }) => [type, reason, message]),
    [
      ["Programmed", "AddressNotUsable", "Cannot be used: 192.0.2.1"],
      ["AddressesAssigned", "PartiallyAssigned", "Not assigned: 192.0.2.1"],
    ],
  );
  assert.equal(serviceIn(await get({ host: "127.77.0.1", port }, "/")), "a");
  await assert.rejects(get({ host: addresses[0]!, port }, "/"), /ECONNREFUSED/);
});
