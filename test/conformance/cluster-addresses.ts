import assert from "node:assert/strict";
import { BlockList } from "node:net";
import type { JsonObject } from "../../src/resources/json.ts";
import type { Kubectl } from "../cluster/kubectl.ts";
import { job } from "../cluster/scenario/objects.ts";
import { SERVICE_RANGE } from "../cluster/site.ts";
import { until } from "../cluster/until.ts";
import { gatewayClass } from "./suite.ts";

/** `addresses` of the spec → what the status says of them, by the scenarios of GEP-5093. `IN` and `ANY` stand for some address inside and outside. */
interface Scenario {
  readonly name: string;
  readonly addresses: readonly JsonObject[];
  /** `VALUE ROUTABILITY`, sorted. */
  readonly assigned: readonly string[];
  readonly reason: "Assigned" | "PartiallyAssigned" | "NotAssigned";
  readonly programmed: string;
}

const cluster = { type: "IPAddress", routability: "Cluster" };
const outside = { ...cluster, value: "192.0.2.9" };

const scenarios: readonly Scenario[] = [
  { name: "default", addresses: [], assigned: ["ANY "], reason: "Assigned", programmed: "Programmed" },
  {
    name: "sentinel",
    addresses: [{ type: "IPAddress", routability: "testing.x-k8s.io/sentinel" }],
    assigned: ["ANY testing.x-k8s.io/sentinel"],
    reason: "Assigned",
    programmed: "Programmed",
  },
  {
    name: "cluster",
    addresses: [cluster],
    assigned: ["IN Cluster"],
    reason: "Assigned",
    programmed: "Programmed",
  },
  {
    name: "both",
    addresses: [cluster, { type: "IPAddress", routability: "" }],
    assigned: ["ANY ", "IN Cluster"],
    reason: "Assigned",
    programmed: "Programmed",
  },
  {
    name: "given",
    addresses: [{ ...cluster, value: "10.96.200.7" }],
    assigned: ["10.96.200.7 Cluster"],
    reason: "Assigned",
    programmed: "Programmed",
  },
  {
    name: "partial",
    addresses: [outside, { type: "IPAddress" }],
    assigned: ["ANY "],
    reason: "PartiallyAssigned",
    programmed: "Programmed",
  },
  {
    name: "none",
    addresses: [outside],
    assigned: [],
    reason: "NotAssigned",
    programmed: "AddressNotAssigned",
  },
];

const NAMESPACE = "gatewright-addresses";

/** Asked from a pod; a Service may not be known to kube-proxy yet. The Job's deadline ends it. */
const asking = (address: string) => `(async () => { for (;;) try {
  const answer = await fetch("http://${address}:8080/old", { redirect: "manual" });
  if (answer.status === 302 && answer.headers.get("location") === "http://${address}:8080/new") return;
  console.log(answer.status, answer.headers.get("location")); process.exit(1);
} catch { await new Promise((again) => setTimeout(again, 100)); } })()`;

/**
 * Addresses of Gateways in a real cluster, for which the suite has no test: what is assigned, that a pod reaches the ClusterIP, and that nothing is
 * left behind.
 *
 * @returns What is wrong.
 */
export async function checkClusterAddresses(all: Kubectl): Promise<readonly string[]> {
  const start = performance.now();
  const kubectl = all.within(NAMESPACE);
  const faults: string[] = [];
  await all.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  try {
    await kubectl.apply(...scenarios.map(gateway), redirect);
    for (const scenario of scenarios) {
      try {
        await check(kubectl, scenario);
      } catch (error) {
        faults.push(`addresses, ${scenario.name}: ${(error as Error).message}`);
      }
    }
    await kubectl.run("delete", "gateways", "--all");
    const services = async () =>
      (await kubectl.names("services")).length + (await kubectl.names("endpointslices")).length;
    await until("the Services of the Gateways are gone", async () => (await services()) === 0);
  } catch (error) {
    faults.push(`addresses: ${(error as Error).message}`);
  } finally {
    await all.run("delete", "namespace", NAMESPACE, "--wait=false");
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${scenarios.length} scenarios of addresses, ${faults.length} faults, ${seconds} s`);
  return faults;
}

function gateway({ name, addresses }: Scenario): JsonObject {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name },
    spec: {
      gatewayClassName: gatewayClass,
      ...(addresses.length > 0 && { addresses }),
      infrastructure: { labels: { team: "edge" } },
      listeners: [{ name: "http", protocol: "HTTP", port: 8080 }],
    },
  };
}

const redirect = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "redirect" },
  spec: {
    parentRefs: scenarios.map(({ name }) => ({ name })),
    rules: [
      {
        filters: [
          {
            type: "RequestRedirect",
            requestRedirect: { path: { type: "ReplaceFullPath", replaceFullPath: "/new" } },
          },
        ],
      },
    ],
  },
};

async function check(kubectl: Kubectl, scenario: Scenario): Promise<void> {
  const { name, assigned, reason, programmed } = scenario;
  let said = "";
  const isAsWanted = async () => {
    const status = JSON.parse(await kubectl.run("get", "gateway", name, "-o", "json")) as GatewayStatus;
    const { addresses = [], conditions = [] } = status.status;
    const reasonOf = (type: string) => conditions.find((one) => one.type === type)?.reason;
    said = JSON.stringify({
      assigned: addresses
        .map(({ value, routability }) => `${nameOf(value, assigned)} ${routability}`)
        .toSorted(),
      reason: reasonOf("AddressesAssigned"),
      programmed: reasonOf("Programmed"),
    });
    return said === JSON.stringify({ assigned, reason, programmed });
  };
  await until("it has its addresses", isAsWanted).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${said}`);
  });
  const address = await kubectl.value(
    `gateway ${name}`,
    '.status.addresses[?(@.routability=="Cluster")].value',
  );
  if (address === "") return;
  const service = `service -l gateway.networking.k8s.io/gateway-name=${name}`;
  assert.equal(await kubectl.value(service, ".items[0].spec.clusterIP"), address);
  assert.equal(await kubectl.value(service, ".items[0].metadata.labels.team"), "edge");
  await kubectl.apply(job(`ask-${name}`, "node:26", asking(address), { activeDeadlineSeconds: 30 }));
  await kubectl.wait(`job/ask-${name}`, "condition=Complete");
}

interface GatewayStatus {
  readonly status: {
    readonly addresses?: readonly { readonly value: string; readonly routability?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
}

const [network = "", bits = ""] = SERVICE_RANGE.split("/");
const serviceRange = new BlockList();
serviceRange.addSubnet(network, Number(bits));

/** An address that is named in the scenario as it is, any other as `IN` the range of Services or as `ANY`. */
function nameOf(address: string, named: readonly string[]): string {
  if (named.some((one) => one.startsWith(`${address} `))) return address;
  return serviceRange.check(address) ? "IN" : "ANY";
}
