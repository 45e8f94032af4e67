import type { FloodCount } from "../../delivery/delivery.ts";
import type { Condition } from "../../resources/condition.ts";
import type { ResourceKey } from "../../resources/resource.ts";
import type { ParentReference } from "../../resources/wanted-status.ts";
import type { SkippedKind } from "../../source/source.ts";
import type { Played } from "../overlay/played-services.ts";

/**
 * All that a run has to say. `--output json` prints these objects as they are, one a line (docs/run.md
 * describes them to users); text is a rendering of the same.
 */
export type RunEvent =
  | ReadyEvent
  | ChangeEvent
  | ProblemEvent
  | WorkerExitEvent
  | FloodEvent
  | StoppingEvent
  | StoppedEvent;

/** Every worker serves the first program. */
export interface ReadyEvent {
  readonly event: "ready";
  /** Of Gatewright. */
  readonly gatewright: string;
  /** Of the program. */
  readonly version: number;
  readonly workers: number;
  /** Whether edits of the files are followed. */
  readonly follow: boolean;
  /** From the start of the process. */
  readonly elapsedMs: number;
  readonly gateways: readonly GatewayReport[];
  readonly routes: readonly RouteReport[];
  /** Services that something on this machine stands in for. */
  readonly backends: readonly Played[];
  readonly conditions: readonly Fault[];
  readonly problems: readonly ProblemReport[];
  readonly skipped: readonly SkippedKind[];
  readonly notices: readonly string[];
  /** Requests that reach the routes, ready for a shell. */
  readonly try: readonly string[];
  /** Of the API server that the run has opened: what `kubectl --kubeconfig` takes. */
  readonly kubeconfig?: string;
}

/** Every worker serves what somebody edited. Lists hold what is new or different; `removed` is gone. */
export interface ChangeEvent {
  readonly event: "change";
  readonly version: number;
  /**
   * From the moment the files were read to the last worker's acknowledgement. Absent when no edit was the
   * cause: a port that another program held has become free.
   */
  readonly elapsedMs?: number;
  readonly files: readonly string[];
  readonly changed: readonly ChangedObject[];
  readonly gateways: readonly GatewayReport[];
  readonly routes: readonly RouteReport[];
  readonly removed: readonly string[];
  /** Services that are played by somebody else than before. */
  readonly backends: readonly Played[];
  readonly conditions: readonly Fault[];
  /** Conditions that were reported and are as wished now. */
  readonly cleared: readonly Fault[];
  readonly notices: readonly string[];
  readonly skipped: readonly SkippedKind[];
}

/** The list of problems in the files has changed. What was good before an edit goes on being served. */
export interface ProblemEvent {
  readonly event: "problem";
  readonly problems: readonly ProblemReport[];
  readonly fixed: readonly ProblemReport[];
}

export interface WorkerExitEvent {
  readonly event: "worker-exit";
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Connections of HTTP/2 were ended for floods. At most once in ten seconds, with all since the last time. */
export interface FloodEvent {
  readonly event: "flood";
  readonly floods: readonly FloodReport[];
}

export interface FloodReport extends FloodCount {
  /** Keys of the listeners on the socket; none for a backend. */
  readonly listeners: readonly string[];
}

export interface StoppingEvent {
  readonly event: "stopping";
  readonly signal: string;
  readonly deadlineMs: number;
}

export interface StoppedEvent {
  readonly event: "stopped";
  /** Connections that were cut with a request under way. */
  readonly cut: number;
}

export interface GatewayReport {
  readonly namespace: string;
  readonly name: string;
  readonly class: string;
  /** As the status has them. */
  readonly addresses: readonly string[];
  readonly programmed: boolean;
  /** Those that serve. */
  readonly listeners: readonly ListenerReport[];
  readonly idle: readonly IdleListener[];
}

export interface ListenerReport {
  readonly name: string;
  readonly protocol: string;
  /** The port that is bound. */
  readonly port: number;
  /** The port in the manifest. */
  readonly specPort: number;
  readonly hostname: string;
  readonly attachedRoutes: number;
}

/** A listener that does not serve; its conditions say why. */
export interface IdleListener {
  readonly name: string;
  readonly protocol: string;
  readonly specPort: number;
  readonly hostname: string;
  readonly attachedRoutes: number;
}

export interface RouteReport {
  readonly kind: "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute";
  readonly namespace: string;
  readonly name: string;
  readonly hostnames: readonly string[];
  readonly rules: number;
  readonly parents: readonly {
    readonly parentRef: ParentReference;
    readonly conditions: readonly Condition[];
  }[];
}

/** A condition that is not as one wishes it. */
export interface Fault {
  /** `Gateway shop/web, listener http`. */
  readonly subject: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A mistake in a file, or in somebody's wish for a Service. */
export interface ProblemReport {
  /** The whole of it as it is printed; several lines. */
  readonly text: string;
  readonly message: string;
  readonly severity: "error" | "warning";
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly object?: ResourceKey;
}

export interface ChangedObject {
  readonly change: "added" | "changed" | "removed";
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
