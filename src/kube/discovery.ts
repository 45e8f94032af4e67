import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { KubeClient } from "./client.ts";
import { KubeError } from "./error.ts";
import type { ResourceType } from "./target.ts";

/** A kind in the versions that we can read, the best first. */
export interface WantedType {
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
}

const document = "as=APIGroupDiscoveryList";
const accept = [
  `application/json;g=apidiscovery.k8s.io;v=v2;${document}`,
  `application/json;g=apidiscovery.k8s.io;v=v2beta1;${document}`,
  "application/json",
].join(",");

/** Plural names by `GROUP/VERSION`. */
type Served = Map<string, ReadonlySet<string>>;

interface Known {
  readonly served: Served;
  /** `GROUP/VERSION` of servers behind this one that did not answer it. */
  readonly stale: ReadonlySet<string>;
}

interface Asked<T> {
  readonly answer: Promise<T>;
  /** When the answer came; never too old before that. */
  at: number;
}

/** Which kinds a server has, in which versions. One question for all, however many ask at a time. */
export class Discovery {
  private readonly client: KubeClient;
  private readonly fresh: number;
  private readonly signal: AbortSignal | undefined;
  private readonly asked = new Map<string, Asked<Known | undefined>>();

  /** @param fresh Milliseconds for which an answer counts: the kinds of a set ask one after the other. */
  constructor(client: KubeClient, fresh: number, signal?: AbortSignal) {
    this.client = client;
    this.fresh = fresh;
    this.signal = signal;
  }

  /** The first of the wanted versions that is served; `undefined` when none is. */
  async find(wanted: WantedType): Promise<ResourceType | undefined> {
    const { group, plural } = wanted;
    const { served, stale } = await this.look(group, wanted.versions);
    for (const version of wanted.versions) {
      const name = `${group}/${version}`;
      if (served.get(name)?.has(plural) === true) return { group, version, plural };
      if (stale.has(name)) {
        throw new KubeError(503, "ServiceUnavailable", `The server behind ${name} does not answer`);
      }
    }
    return undefined;
  }

  private async look(group: string, versions: readonly string[]): Promise<Known> {
    const path = group === "" ? "/api" : "/apis";
    const known = await this.cached(path, () => this.readAll(path));
    if (known !== undefined) return known;
    const each = await Promise.all(
      versions.map((version) => {
        const name = `${group}/${version}`;
        return this.cached(name, () => this.readVersion(group, version));
      }),
    );
    return { served: new Map(each.flatMap(({ served }) => [...served])), stale: new Set() };
  }

  private cached<T extends Known | undefined>(key: string, read: () => Promise<T>): Promise<T> {
    const asked = this.asked as Map<string, Asked<T>>;
    const kept = asked.get(key);
    if (kept !== undefined && performance.now() - kept.at < this.fresh) return kept.answer;
    const fresh: Asked<T> = { answer: read(), at: Infinity };
    asked.set(key, fresh);
    fresh.answer.then(
      () => (fresh.at = performance.now()),
      () => asked.delete(key),
    );
    return fresh.answer;
  }

  /** All groups at once; `undefined` from servers that cannot do that. */
  private async readAll(path: string): Promise<Known | undefined> {
    const answer = await this.read(path, accept);
    if (answer?.["kind"] !== "APIGroupDiscoveryList") return undefined;
    const served: Served = new Map();
    const stale = new Set<string>();
    for (const group of objectsOf(answer["items"])) {
      const { metadata } = group;
      const groupName = isJsonObject(metadata) ? textOf(metadata["name"]) : "";
      for (const version of objectsOf(group["versions"])) {
        const name = `${groupName}/${textOf(version["version"])}`;
        if (version["freshness"] === "Stale") stale.add(name);
        served.set(name, new Set(objectsOf(version["resources"]).map((each) => textOf(each["resource"]))));
      }
    }
    return { served, stale };
  }

  private async readVersion(group: string, version: string): Promise<Known> {
    const answer = await this.read(group === "" ? `/api/${version}` : `/apis/${group}/${version}`);
    const names = objectsOf(answer?.["resources"]).map((each) => textOf(each["name"]));
    const served: Served = new Map([[`${group}/${version}`, new Set(names)]]);
    return { served, stale: new Set() };
  }

  private async read(path: string, accepted?: string): Promise<JsonObject | undefined> {
    try {
      return await this.client.transport.send({
        method: "GET",
        path,
        tries: 1,
        signal: this.signal,
        ...(accepted !== undefined && { accept: accepted }),
      });
    } catch (error) {
      if (error instanceof KubeError && (error.code === 404 || error.code === 406)) return undefined;
      throw error;
    }
  }
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
