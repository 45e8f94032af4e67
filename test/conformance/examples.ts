import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { isJsonObject, type JsonObject } from "../../src/resources/json.ts";
import type { Kubectl } from "../cluster/kubectl.ts";
import { completed, type Manifest } from "./example-surroundings.ts";

/** Milliseconds until an example has the conditions that it should have. */
const LIMIT = 20_000;

/** Kinds whose status is ours to write. */
const judged = [
  "GatewayClass",
  "Gateway",
  "ListenerSet",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
  "BackendTLSPolicy",
];

/** Positive ones; the others say what is out of the ordinary when they are true. */
const wished: ReadonlySet<string> = new Set([
  "Accepted",
  "AddressesAssigned",
  "Programmed",
  "ResolvedRefs",
  "SupportedVersion",
]);

/** What upstream's examples should not reach, and why: `examples.yaml`. */
type Exceptions = Readonly<Record<string, readonly string[]>>;

/**
 * Applies upstream's examples, each with what it takes for granted, and waits for their conditions.
 *
 * @returns A sentence for each example that ends up otherwise than it should.
 */
export async function checkExamples(kubectl: Kubectl, gatewayApi: string): Promise<readonly string[]> {
  const root = join(gatewayApi, "examples");
  const exceptions = parse(readFileSync(new URL("examples.yaml", import.meta.url), "utf8")) as Exceptions;
  const start = performance.now();
  const faults: string[] = [];
  const examples = examplesIn(root);
  for (const [name, objects] of examples) {
    const expected = exceptions[name] ?? [];
    const fault = await check(kubectl, objects, expected);
    if (fault !== undefined) faults.push(`example ${name}: ${fault}`);
  }
  for (const name of Object.keys(exceptions)) {
    if (!examples.has(name)) faults.push(`examples.yaml speaks of ${name}, which is not there`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${examples.size} examples of upstream, ${faults.length} not as they should be, ${seconds} s`);
  return faults;
}

/** Folders are one example each, files directly in a channel too. */
function examplesIn(root: string): ReadonlyMap<string, readonly Manifest[]> {
  const found = new Map<string, Manifest[]>();
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".yaml"),
  );
  for (const path of paths.toSorted()) {
    const folder = dirname(path);
    const name = folder.includes("/") ? folder : relative(".", path);
    const documents = parseAllDocuments(readFileSync(join(root, path), "utf8"));
    const objects = documents.map((document) => document.toJS() as unknown).filter(isJsonObject);
    found.set(name, [...(found.get(name) ?? []), ...objects]);
  }
  return found;
}

async function check(
  kubectl: Kubectl,
  example: readonly Manifest[],
  expected: readonly string[],
): Promise<string | undefined> {
  const all = completed(example);
  const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
  const objects = all.filter((object) => !isNamespace(object));
  const keys = new Set(example.filter(({ kind }) => judged.includes(String(kind))).map(keyOf));
  try {
    await kubectl.apply(...all.filter(isNamespace));
    if (objects.length === 0) return undefined;
    await kubectl.apply(...objects);
    const deadline = performance.now() + LIMIT;
    for (;;) {
      const { ready, deviations } = await look(kubectl, keys);
      if (ready && deviations.join("\n") === expected.join("\n")) return undefined;
      if (performance.now() > deadline)
        return `${ready ? "" : "not all conditions are there, "}it has\n${deviations.map((line) => `  - ${line}\n`).join("")}`;
    }
  } finally {
    if (objects.length > 0) await kubectl.feed(["delete", "--ignore-not-found", "-f", "-"], objects);
  }
}

/** What is not as one would wish it, and whether all conditions are about the objects as they are. */
async function look(kubectl: Kubectl, keys: ReadonlySet<string>) {
  const kinds = judged.map((kind) => kind.toLowerCase()).join(",");
  const { items } = JSON.parse(await kubectl.run("get", kinds, "-A", "-o", "json")) as {
    readonly items: readonly JsonObject[];
  };
  const deviations: string[] = [];
  let ready = true;
  for (const object of items.filter((item) => keys.has(keyOf(item)))) {
    const { generation } = object["metadata"] as { readonly generation: number };
    const places = placesOf(object);
    if (places.length === 0) deviations.push(`${keyOf(object)}: no status of ours`);
    for (const [place, conditions] of places) {
      for (const { type, status, reason, observedGeneration } of conditions) {
        if (observedGeneration !== generation || reason === "Pending") ready = false;
        if ((status === "True") !== wished.has(type))
          deviations.push(`${keyOf(object)}${place}: ${type} ${status} ${reason}`);
      }
    }
  }
  return { ready, deviations: deviations.toSorted() };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration?: number;
}

/** All lists of conditions in a status, with where they stand. */
function placesOf(
  object: JsonObject,
): readonly (readonly [place: string, conditions: readonly Condition[]])[] {
  const { conditions, listeners, parents, ancestors } = (object["status"] ?? {}) as Readonly<
    Record<string, readonly JsonObject[]>
  >;
  const own =
    conditions === undefined ? [] : [["", conditions as readonly unknown[] as readonly Condition[]] as const];
  const parts = (list: readonly JsonObject[] | undefined, title: (one: JsonObject) => string) =>
    (list ?? []).map((one) => [` ${title(one)}`, one["conditions"] as readonly Condition[]] as const);
  const refName = (ref: unknown) => String((ref as JsonObject)["name"]);
  return [
    ...own,
    ...parts(listeners, ({ name }) => String(name)),
    ...parts(parents, ({ parentRef }) => `under ${refName(parentRef)}`),
    ...parts(ancestors, ({ ancestorRef }) => `under ${refName(ancestorRef)}`),
  ];
}

function keyOf(object: JsonObject): string {
  const { name, namespace } = object["metadata"] as { readonly name: string; readonly namespace?: string };
  const isWide = object["kind"] === "GatewayClass";
  return [object["kind"], ...(isWide ? [] : [namespace ?? "default"]), name].join("/");
}
