// Compares the kinds of the Gateway API with the official CustomResourceDefinitions: the same objects are shown to
// both schemas, which must give the same verdict, the same defaults and the same unknown fields.
//
//   node test/official/compare.ts [--kind HTTPRoute] [--channel experimental] [--seed N] [--random N] [FOLDER]
import { parseArgs } from "node:util";
import { gatewayKinds } from "../../src/resources/gateway/gateway-kinds.ts";
import { kindFromCrd } from "../../src/resources/crd/kind-from-crd.ts";
import type { Kind } from "../../src/resources/kind.ts";
import { Comparison } from "./comparison.ts";
import { officialCrds } from "./crds.ts";

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: "string" },
    channel: { type: "string" },
    seed: { type: "string" },
    random: { type: "string", default: "300" },
    show: { type: "string", default: "200" },
  },
});
const seed = given.seed === undefined ? Date.now() % 2 ** 31 : Number(given.seed);
/** Our kinds have the experimental channel: in the standard one, fewer fields are known. */
const channels = given.channel === undefined ? ["experimental", "inference"] : [given.channel];
const folder = positionals[0] ?? process.env["GATEWAY_API_CRDS"];
console.log(`seed ${seed}`);

let differing = 0;
for (const { channel, crd } of readCrds()) {
  if (!channels.includes(channel)) continue;
  const { kind: official, errors } = kindFromCrd(crd);
  if (official === undefined) {
    console.log(`official CRD refused: ${JSON.stringify(errors.slice(0, 3))}`);
    differing++;
    continue;
  }
  if (given.kind !== undefined && given.kind !== official.kind) continue;
  const ours = gatewayKinds.find((kind) => kind.kind === official.kind && kind.group === official.group);
  if (ours === undefined) console.log(`${official.group} ${official.kind}: not one of our kinds, left out`);
  else differing += compareKinds(ours, official, channel);
}
console.log(differing === 0 ? "no differences" : `${differing} differences (seed ${seed})`);
process.exitCode = differing === 0 ? 0 : 1;

function readCrds(): ReturnType<typeof officialCrds> {
  try {
    return officialCrds(folder);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function compareKinds(ours: Kind, official: Kind, channel: string): number {
  let count = compareDefinitions(ours, official);
  for (const version of official.versions) {
    const same = ours.versions.find(({ name }) => name === version.name);
    if (same === undefined) {
      console.log(`${official.kind} ${version.name}: not one of our versions`);
      count++;
      continue;
    }
    const started = performance.now();
    const pair = { ours: same.schema, official: version.schema };
    const comparison = new Comparison(pair, { seed, several: Number(given.random) });
    comparison.run();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { differences, objects, unreached, unbroken } = comparison;
    const title = `${channel} ${official.kind} ${version.name}`;
    console.log(`${title}: ${objects} objects, ${differences.size} differences, ${seconds} s`);
    for (const [what, example] of [...differences].slice(0, Number(given.show))) {
      console.log(`  ${what}\n    ${example}`);
    }
    for (const path of unreached) console.log(`  no valid object with ${path} was found`);
    for (const message of unbroken) console.log(`  no object broke the rule: ${message}`);
    count += differences.size;
  }
  return count;
}

/** Names, columns and what else a definition says beside its schemas. */
function compareDefinitions(ours: Kind, official: Kind): number {
  const said = ({ versions, ...kind }: Kind) =>
    JSON.stringify(
      {
        ...kind,
        shortNames: [...kind.shortNames].toSorted(),
        versions: versions.map((version) => ({
          ...version,
          schema: undefined,
          deprecated: version.deprecated !== undefined,
        })),
      },
      (_, value: unknown) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(
              Object.entries(value)
                .filter(([name]) => name !== "description")
                .toSorted(([a], [b]) => (a < b ? -1 : 1)),
            )
          : value,
      1,
    ).split("\n");
  const [left, right] = [said(ours), said(official)];
  const lines = [
    ...left.filter((line) => !right.includes(line)).map((line) => `  ours:     ${line.trim()}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `  official: ${line.trim()}`),
  ];
  if (lines.length > 0) console.log(`${official.kind}: the definitions differ\n${lines.join("\n")}`);
  return lines.length;
}
