import { readFileSync } from "node:fs";
import type { Program } from "../../src/program/program.ts";
import { keyOf, resourceKey, type Resource, type ResourceKey } from "../../src/resources/resource.ts";
import type { WantedStatus } from "../../src/resources/wanted-status.ts";
import { Translator, type Placement } from "../../src/translate/translate.ts";
import type { Case } from "./case.ts";
import { loadResources } from "./load.ts";

/** What every case may use without saying so: a class and some Services. */
const shared = new URL("../cases/shared/shared.yaml", import.meta.url);

export interface CaseResult {
  /** The objects of the case, without the shared ones. */
  readonly resources: readonly Resource[];
  readonly program: Program;
  /** Of the case's own objects. */
  readonly statuses: ReadonlyMap<ResourceKey, WantedStatus>;
}

/** Features that a case's GatewayClass is said to support; the real list is generated elsewhere. */
const supportedFeatures = ["HTTPRoute", "Gateway", "GatewayAddressRoutability"];

export function translateCase({ inputs, placement }: Case): CaseResult {
  const resources = loadResources(inputs);
  const all = [...loadResources(readFileSync(shared, "utf8")), ...resources];
  const translator = new Translator({ accepts: (name) => name === ourController, supportedFeatures });
  const { statuses } = translator.apply({
    changes: all.map((object) => ({ key: keyOf(object), object })),
    placements: placeGateways(resources, placement),
  });
  const own = new Set(resources.map(keyOf));
  return {
    resources,
    program: translator.program,
    statuses: new Map(statuses.filter(({ key }) => own.has(key)).map((status) => [status.key, status])),
  };
}

const ourController = "gatewright.example/controller";

/** Each Gateway gets the next of 127.0.0.1, 127.0.0.2 ...; the case may say otherwise. */
function placeGateways(resources: readonly Resource[], placement: Case["placement"]): readonly Placement[] {
  const gateways = resources.filter((object) => object.kind === "Gateway");
  return gateways.map(({ metadata: { namespace, name } }, index) => {
    const said = placement[`${namespace}/${name}`];
    const gateway = resourceKey("Gateway", namespace, name);
    const usual = { addresses: [`127.0.0.${index + 1}`], portOffset: 0 };
    return { gateway, ...(said !== null && { place: { ...usual, ...said } }) };
  });
}
