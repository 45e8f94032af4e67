import { urlPath } from "../schema/forms.ts";
import { backendReference } from "./reference.ts";
import { described } from "./described.ts";
import { union } from "./rule.ts";
import { array, integer, object, optional, string, type Infer } from "../schema/schema.ts";

const fieldNames = (description: string) =>
  optional(array(string(), { set: true, maxItems: 64, description }));

/** Asks another server whether a request may pass; a filter of routes and of listeners (experimental). */
export const externalAuth = object(
  {
    protocol: string({
      enum: ["HTTP", "GRPC"],
      description: "How the server is asked: by HTTP, or by gRPC in the protocol ext_authz of Envoy.",
    }),
    backendRef: described(
      "The server that is asked. When it cannot be reached the request is refused.",
      backendReference,
    ),
    grpc: optional(
      object(
        {
          allowedHeaders: fieldNames(
            "Header fields of the request that the server gets; all of them when absent or empty.",
          ),
        },
        { description: "Goes with protocol GRPC." },
      ),
    ),
    http: optional(
      object(
        {
          path: optional(
            string({
              ...urlPath,
              description: "Put before the path of the request when the server is asked.",
            }),
          ),
          allowedHeaders: fieldNames(
            "Further header fields of the request that the server gets; Host, method, path, Content-Length and Authorization always go along.",
          ),
          allowedResponseHeaders: fieldNames(
            "Header fields of the server's answer that the request carries on to its backend; all but Host when absent or empty.",
          ),
        },
        { description: "Goes with protocol HTTP: 200 lets the request pass, any other status refuses it." },
      ),
    ),
    forwardBody: optional(
      object(
        {
          maxSize: optional(
            integer({
              format: "int32",
              min: 0,
              description:
                "Bytes of the body that the server gets at most, the rest is cut off; 0 for no body.",
            }),
          ),
        },
        { description: "Whether the server gets the body of the request too; it does not without this." },
      ),
    ),
  },
  {
    description: "Asks another server whether a request may pass.",
    rules: union("protocol", { GRPC: "grpc", HTTP: "http" }),
  },
);

export type HTTPExternalAuthFilter = Infer<typeof externalAuth>;
