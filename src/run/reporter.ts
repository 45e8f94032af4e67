import type { Program } from "../program/program.ts";
import type { ResourceKey } from "../resources/resource.ts";
import type { Played } from "./overlay/played-services.ts";
import { curlLines } from "./report/curl.ts";
import type { ChangeEvent, Fault, ReadyEvent } from "./report/event.ts";
import { faultName } from "./report/faults.ts";
import type { View } from "./view.ts";

export interface ReporterSources {
  readonly view: View;
  readonly program: () => Program;
  readonly played: () => readonly Played[];
  readonly notices: () => readonly string[];
}

type WholeReport = Pick<ReadyEvent, "gateways" | "routes" | "backends" | "conditions" | "notices" | "try">;
type Difference = Pick<
  ChangeEvent,
  "gateways" | "routes" | "removed" | "backends" | "conditions" | "cleared" | "notices"
>;

/** Remembers what was said, so that each change says only what is new. */
export class Reporter {
  private readonly sources: ReporterSources;
  private readonly faults = new Map<ResourceKey, readonly Fault[]>();
  private told = new Set<string>();

  constructor(sources: ReporterSources) {
    this.sources = sources;
  }

  whole(): WholeReport {
    const { view, program } = this.sources;
    const keys = [...view.gateways.keys(), ...view.routes.keys(), ...view.statuses.keys()];
    const gateways = [...view.gateways.keys()].flatMap((key) => view.gateway(key) ?? []);
    const serving = new Set(
      gateways.flatMap(({ namespace, name, listeners }) =>
        listeners.map((one) => `${namespace}/${name}/${one.name}`),
      ),
    );
    return {
      gateways,
      routes: [...view.routes.keys()].flatMap((key) => view.route(key) ?? []),
      conditions: this.compareFaults(new Set(keys)).conditions,
      ...this.tellNew(),
      try: curlLines(program(), (listener) => serving.has(listener)),
    };
  }

  /** `touched`: objects whose status or spec is not what it was. */
  difference(touched: ReadonlySet<ResourceKey>): Difference {
    const { view } = this.sources;
    const keys = [...touched];
    const gateways = new Set(keys.map((key) => view.gatewayOf(key)));
    return {
      gateways: [...gateways].flatMap((key) => view.gateway(key) ?? []),
      routes: keys.flatMap((key) => view.route(key) ?? []),
      removed: keys.filter((key) => isReported(key) && !view.gateways.has(key) && !view.routes.has(key)),
      ...this.compareFaults(new Set([...touched, ...view.orphans])),
      ...this.tellNew(),
    };
  }

  private compareFaults(keys: ReadonlySet<ResourceKey>): {
    conditions: readonly Fault[];
    cleared: readonly Fault[];
  } {
    const conditions: Fault[] = [];
    const cleared: Fault[] = [];
    for (const key of keys) {
      const before = this.faults.get(key) ?? [];
      const now = this.sources.view.faults(key);
      const known = new Set(before.map(faultName));
      conditions.push(...now.filter((fault) => !known.has(faultName(fault))));
      const isThere = this.sources.view.exists(key);
      const left = new Set(now.map(({ subject, type }) => `${subject} ${type}`));
      if (isThere) cleared.push(...before.filter(({ subject, type }) => !left.has(`${subject} ${type}`)));
      if (now.length === 0) this.faults.delete(key);
      else this.faults.set(key, now);
    }
    return { conditions, cleared };
  }

  /** What is to be told about the surroundings and was not told with the last report. */
  private tellNew(): { backends: readonly Played[]; notices: readonly string[] } {
    const played = new Map(this.sources.played().map((one) => [JSON.stringify(one), one]));
    const notices = this.sources.notices();
    const told = this.told;
    this.told = new Set([...played.keys(), ...notices]);
    return {
      backends: [...played].filter(([name]) => !told.has(name)).map(([, one]) => one),
      notices: notices.filter((notice) => !told.has(notice)),
    };
  }
}

function isReported(key: ResourceKey): boolean {
  return /^(Gateway|(HTTP|GRPC|TLS|TCP|UDP)Route)\//.test(key);
}
