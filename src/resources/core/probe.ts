import { array, integer, intOrString, object, optional, string } from "../schema/schema.ts";
import { exactlyOne, portOrName } from "./checks.ts";
import { optionalCount, optionalString, port } from "./fields.ts";
import { headerName } from "./names.ts";

const execAction = object({ command: array(string(), { minItems: 1 }) });

const httpHeader = object({ name: string(headerName), value: string() });

const httpGetAction = object({
  host: optionalString,
  httpHeaders: optional(array(httpHeader)),
  path: string({ default: "/" }),
  port: intOrString({ checks: [portOrName] }),
  scheme: string({ enum: ["HTTP", "HTTPS"], default: "HTTP" }),
});

const sleepAction = object({ seconds: integer({ format: "int64", min: 0 }) });

const tcpSocketAction = object({ host: optionalString, port: intOrString({ checks: [portOrName] }) });

const grpcAction = object({ port, service: string({ default: "" }) });

const lifecycleHandler = object(
  {
    exec: optional(execAction),
    httpGet: optional(httpGetAction),
    sleep: optional(sleepAction),
    tcpSocket: optional(tcpSocketAction),
  },
  { checks: [exactlyOne("exec", "httpGet", "sleep", "tcpSocket")] },
);

export const lifecycle = object({
  postStart: optional(lifecycleHandler),
  preStop: optional(lifecycleHandler),
  stopSignal: optionalString,
});

export const probe = object(
  {
    exec: optional(execAction),
    failureThreshold: integer({ format: "int32", default: 3, min: 1 }),
    grpc: optional(grpcAction),
    httpGet: optional(httpGetAction),
    initialDelaySeconds: optionalCount,
    periodSeconds: integer({ format: "int32", default: 10, min: 1 }),
    successThreshold: integer({ format: "int32", default: 1, min: 1 }),
    tcpSocket: optional(tcpSocketAction),
    terminationGracePeriodSeconds: optional(integer({ format: "int64", min: 1 })),
    timeoutSeconds: integer({ format: "int32", default: 1, min: 1 }),
  },
  { checks: [exactlyOne("exec", "httpGet", "tcpSocket", "grpc")] },
);
