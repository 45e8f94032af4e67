import { hostname, preciseHostname } from "../schema/forms.ts";
import { uri, wellKnownCertificates } from "./forms.ts";
import { localReference } from "./reference.ts";
import { union } from "./rule.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

/** How the certificate of a backend is checked. */
const subjectAltName = object(
  {
    type: string({ enum: ["Hostname", "URI"], description: "What the name is: a host name or a URI." }),
    hostname: optional(
      string({ ...hostname, description: "Host name in the certificate. Goes with type Hostname." }),
    ),
    uri: optional(
      string({ ...uri, description: "URI in the certificate, such as a SPIFFE ID. Goes with type URI." }),
    ),
  },
  {
    description: "A name that the certificate may be for.",
    rules: union("type", { Hostname: "hostname", URI: "uri" }),
  },
);

export const backendValidation = object(
  {
    caCertificateRefs: optional(
      array(localReference, {
        minItems: 1,
        maxItems: 8,
        description:
          "Authorities that the certificate must come from: ConfigMaps with a ca.crt in the same namespace, or ClusterTrustBundles.",
      }),
    ),
    wellKnownCACertificates: optional(
      string({
        ...wellKnownCertificates,
        description: "A set of authorities that is there already: System for those of the operating system.",
      }),
    ),
    hostname: string({
      ...preciseHostname,
      description:
        "Name that is asked for in the handshake (SNI), and that the certificate must be for unless subjectAltNames says otherwise.",
    }),
    subjectAltNames: optional(
      array(subjectAltName, {
        maxItems: 5,
        description: "Names of which the certificate must be for one, in place of hostname.",
      }),
    ),
  },
  {
    description: "How the certificate of the backend is checked.",
    rules: [
      {
        rule: "has(self.caCertificateRefs) != has(self.wellKnownCACertificates)",
        message: "Give exactly one of caCertificateRefs and wellKnownCACertificates",
      },
    ],
  },
);

export type BackendValidation = Infer<typeof backendValidation>;
