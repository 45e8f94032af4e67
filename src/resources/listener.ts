import { externalAuth } from "./external-auth.ts";
import { dnsSubdomain, group, hostname, kindName, portNumber } from "./forms.ts";
import { labelSelector } from "./label-selector.ts";
import { GATEWAY_GROUP, localReference, secretReference } from "./reference.ts";
import { array, integer, map, object, optional, string, type Check, type Infer } from "./schema.ts";
import { union } from "./union.ts";

/** The listeners of a Gateway. */
const tls = object(
  {
    mode: string({ enum: ["Terminate", "Passthrough"], default: "Terminate" }),
    certificateRefs: optional(array(secretReference, { maxItems: 64 })),
    options: optional(map(string({ maxLength: 4096 }), { maxProperties: 16 })),
  },
  {
    checks: [
      ({ mode, certificateRefs = [], options = {} }, fail) => {
        if (mode === "Terminate" && certificateRefs.length === 0 && Object.keys(options).length === 0) {
          fail("TLS mode Terminate needs certificateRefs (or options)", ["certificateRefs"], "key");
        }
      },
    ],
  },
);

const allowedRoutes = object(
  {
    namespaces: object(
      {
        from: string({ enum: ["All", "Selector", "Same"], default: "Same" }),
        selector: optional(labelSelector),
      },
      { default: { from: "Same" } },
    ),
    kinds: optional(
      array(object({ group: string({ ...group, default: GATEWAY_GROUP }), kind: string(kindName) }), {
        maxItems: 8,
      }),
    ),
  },
  { default: { namespaces: { from: "Same" } } },
);

const filter = object(
  {
    type: string({ enum: ["ExternalAuth", "ExtensionRef"] }),
    externalAuth: optional(externalAuth),
    extensionRef: optional(localReference),
  },
  { checks: [union("type", { ExternalAuth: "externalAuth", ExtensionRef: "extensionRef" })] },
);

const listenerFields = object({
  name: string(dnsSubdomain),
  hostname: optional(string(hostname)),
  port: integer(portNumber),
  protocol: string({
    pattern: `^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?|${dnsSubdomain.pattern.slice(1, -1)}/[A-Za-z0-9]+)$`,
    form: "a protocol: HTTP, HTTPS, TLS, TCP, UDP, or one of an implementation such as example.com/bar",
    minLength: 1,
    maxLength: 255,
  }),
  tls: optional(tls),
  allowedRoutes,
  filters: optional(object({ requests: optional(array(filter, { maxItems: 16 })) })),
});
export type Listener = Infer<typeof listenerFields>;

const protocolFields: Check<Listener> = (listener, fail) => {
  const { protocol } = listener;
  if (["HTTP", "TCP", "UDP"].includes(protocol) && listener.tls !== undefined) {
    fail(`A listener of protocol ${protocol} must not have tls`, ["tls"], "key");
  }
  if (protocol === "HTTPS" && listener.tls !== undefined && listener.tls.mode !== "Terminate") {
    fail("A listener of protocol HTTPS must have TLS mode Terminate", ["tls", "mode"]);
  }
  if (protocol === "TLS" && listener.tls === undefined) {
    fail("A listener of protocol TLS needs tls", ["tls"], "key");
  }
  if (["TCP", "UDP"].includes(protocol) && listener.hostname !== undefined) {
    fail(`A listener of protocol ${protocol} must not have a hostname`, ["hostname"], "key");
  }
  if (listener.filters !== undefined && protocol !== "HTTP" && protocol !== "HTTPS") {
    fail(`A listener of protocol ${protocol} must not have filters`, ["filters"], "key");
  }
};

const listener: typeof listenerFields = { ...listenerFields, checks: [protocolFields] };

const distinctListeners: Check<readonly Listener[]> = (listeners, fail) => {
  const first = new Map<string, Listener>();
  listeners.forEach((each, index) => {
    const identity = JSON.stringify([each.port, each.protocol, each.hostname]);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, each);
    else
      fail(`Listeners "${other.name}" and "${each.name}" have the same port, protocol and hostname`, [index]);
  });
};

export const listeners = array(listener, {
  minItems: 1,
  maxItems: 64,
  mapKeys: ["name"],
  checks: [distinctListeners],
});
