import type { JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import type { Registry } from "../registry.ts";
import { parseAccept } from "../http/accept.ts";
import { takes } from "./accept.ts";
import { aggregated, type AggregatedVersion } from "./aggregated.ts";
import { DocumentCache, jsonDocument, type Document } from "./document.ts";
import { groupsOf, type Group, type GroupVersion, type Resource } from "./resources.ts";

type Form = "plain" | AggregatedVersion;

/** The discovery documents of a server: `/api`, `/apis` and what is below, down to resource lists. */
export class Discovery {
  private readonly registry: Registry;
  private readonly address: string;
  private readonly cache: DocumentCache;

  /** `address`: host and port where clients reach this server. */
  constructor(registry: Registry, address: string) {
    this.registry = registry;
    this.address = address;
    this.cache = new DocumentCache(registry);
  }

  /**
   * The document at a path without query and trailing slash, `undefined` when there is none.
   * Throws NotAcceptable when the client takes none of its forms.
   */
  find(path: string, accept: string | undefined): Document | undefined {
    const [root, ...parts] = path.split("/").slice(1);
    if (root === "api" && parts.length <= 1) return this.core(parts[0], accept);
    if (root === "apis" && parts.length <= 2) return this.named(parts[0], parts[1], accept);
    return undefined;
  }

  private core(version: string | undefined, accept: string | undefined): Document | undefined {
    if (version !== undefined) return this.list("", version, accept);
    const form = formOf(accept, ["plain", "v2", "v2beta1"]);
    const key = `/api ${form}`;
    if (form !== "plain") return this.cache.get(key, () => aggregatedDocument(this.some(isCore), form));
    const versions = (this.group("")?.versions ?? []).map((each) => each.version);
    return this.cache.get(key, () =>
      jsonDocument({ kind: "APIVersions", versions, serverAddressByClientCIDRs: this.addresses }),
    );
  }

  private named(
    name: string | undefined,
    version: string | undefined,
    accept: string | undefined,
  ): Document | undefined {
    if (name === "") return undefined;
    if (name !== undefined && version !== undefined) return this.list(name, version, accept);
    if (name !== undefined) {
      const group = this.group(name);
      if (group === undefined) return undefined;
      formOf(accept, ["plain"]);
      return this.cache.get(`/apis/${name}`, () =>
        jsonDocument({ kind: "APIGroup", apiVersion: "v1", ...summary(group, this.addresses) }),
      );
    }
    const form = formOf(accept, ["plain", "v2", "v2beta1"]);
    return this.cache.get(`/apis ${form}`, () => {
      const groups = this.some((group) => !isCore(group));
      if (form !== "plain") return aggregatedDocument(groups, form);
      return jsonDocument({
        kind: "APIGroupList",
        apiVersion: "v1",
        groups: groups.map((group) => summary(group)),
      });
    });
  }

  private list(name: string, version: string, accept: string | undefined): Document | undefined {
    const found = this.group(name)?.versions.find((each) => each.version === version);
    if (found === undefined) return undefined;
    formOf(accept, ["plain"]);
    return this.cache.get(`list ${name}/${version}`, () => jsonDocument(resourceList(name, found)));
  }

  private get addresses(): readonly JsonObject[] {
    return [{ clientCIDR: "0.0.0.0/0", serverAddress: this.address }];
  }

  private group(name: string): Group | undefined {
    return this.groups.find((group) => group.name === name);
  }

  private some(test: (group: Group) => boolean): readonly Group[] {
    return this.groups.filter(test);
  }

  private get groups(): readonly Group[] {
    return this.cache.get("groups", () => groupsOf(this.registry));
  }
}

function isCore(group: Group): boolean {
  return group.name === "";
}

/** The best form that the client takes; aggregated ones are asked for by parameters. */
function formOf(accept: string | undefined, offers: readonly Form[]): Form {
  for (const { type, parameters } of parseAccept(accept)) {
    if (!takes(type, "application/json")) continue;
    if (!parameters.has("as")) return "plain";
    if (parameters.get("as") !== "APIGroupDiscoveryList") continue;
    if (parameters.get("g") !== "apidiscovery.k8s.io") continue;
    const form = offers.find((offer) => offer !== "plain" && offer === parameters.get("v"));
    if (form !== undefined) return form;
  }
  throw new ApiError("NotAcceptable", "only application/json is served here");
}

function aggregatedDocument(groups: readonly Group[], version: AggregatedVersion): Document {
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return jsonDocument(aggregated(groups, version), contentType);
}

function summary({ name, versions }: Group, addresses?: readonly JsonObject[]): JsonObject {
  const named = versions.map(({ version }) => ({ groupVersion: apiVersionOf(name, version), version }));
  return {
    name,
    versions: named,
    preferredVersion: named[0],
    ...(addresses !== undefined && { serverAddressByClientCIDRs: addresses }),
  };
}

function resourceList(group: string, { version, resources }: GroupVersion): JsonObject {
  return {
    kind: "APIResourceList",
    // The core group's list never had one.
    ...(group !== "" && { apiVersion: "v1" }),
    groupVersion: apiVersionOf(group, version),
    resources: resources.flatMap((resource) => entries(group, version, resource)),
  };
}

function entries(group: string, version: string, resource: Resource): readonly JsonObject[] {
  const { plural, namespaced, shortNames, categories, storageVersionHash } = resource;
  return [
    {
      name: plural,
      singularName: resource.singular,
      namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
      ...(storageVersionHash !== undefined && { storageVersionHash }),
    },
    ...resource.subresources.map((sub) => ({
      name: `${plural}/${sub.name}`,
      singularName: "",
      namespaced,
      // Named where it differs from that of the list.
      ...((sub.group !== group || sub.version !== version) && { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ];
}
