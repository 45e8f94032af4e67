import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../../resources/json.ts";
import type { User } from "../auth/user.ts";
import type { Objects } from "../objects/objects.ts";
import type { ServedKind } from "../registry.ts";
import type { Negotiated } from "./accept.ts";
import type { Target } from "./target.ts";

/** One authenticated and authorised request for a kind that is served. */
export interface Call extends Negotiated {
  readonly method: string;
  readonly target: Target;
  readonly served: ServedKind;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly user: User;
  readonly objects: Objects;
  /** For the `Warning` fields of the answer. */
  readonly warnings: string[];
}

/** An answer. Lists come as pieces that are written one after the other. */
export interface Reply {
  readonly code: number;
  readonly body: JsonObject | Iterable<string>;
}

/** `true`, `1` and the bare name, as API servers read it. */
export function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "false" && value !== "0";
}
