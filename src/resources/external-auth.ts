import { urlPath } from "./forms.ts";
import { backendReference } from "./reference.ts";
import { array, integer, object, optional, string } from "./schema.ts";
import { union } from "./union.ts";

const fieldNames = optional(array(string(), { set: true, maxItems: 64 }));

/** Asks another server whether a request may pass; a filter of routes and of listeners (experimental). */
export const externalAuth = object(
  {
    protocol: string({ enum: ["HTTP", "GRPC"] }),
    backendRef: backendReference,
    grpc: optional(object({ allowedHeaders: fieldNames })),
    http: optional(
      object({
        path: optional(string(urlPath)),
        allowedHeaders: fieldNames,
        allowedResponseHeaders: fieldNames,
      }),
    ),
    forwardBody: optional(object({ maxSize: optional(integer({ format: "int32", min: 0 })) })),
  },
  { checks: [union("protocol", { GRPC: "grpc", HTTP: "http" })] },
);
