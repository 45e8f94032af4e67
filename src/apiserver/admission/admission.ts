import type { JsonObject } from "../../resources/json.ts";
import type { Write } from "../objects/write.ts";
import type { ServedKind } from "../registry.ts";

export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly served: ServedKind;
  /** Absent on DELETE. */
  readonly object?: JsonObject;
  /** Absent on CREATE. */
  readonly oldObject?: JsonObject;
  readonly namespace: string;
  readonly name: string;
  readonly write: Write;
}

/** The last word on a valid write: throws an `ApiError` to refuse it, warns through `write.warn`. */
export interface Admission {
  admit(request: AdmissionRequest): void;
}
