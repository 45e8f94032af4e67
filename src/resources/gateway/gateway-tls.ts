import { portNumber } from "../schema/forms.ts";
import { objectFields, secretReference } from "./reference.ts";
import { described } from "./described.ts";
import { array, integer, object, optional, string, type Infer } from "../schema/schema.ts";

/** TLS of a Gateway as a whole: whom it believes, and as whom it speaks to backends. */
const authority = object(objectFields, {
  description: "A ConfigMap with a ca.crt, or a ClusterTrustBundle.",
  rules: [
    {
      rule: "!has(self.__namespace__) || self.kind != 'ClusterTrustBundle' || self.group != 'certificates.k8s.io'",
      message: "A ClusterTrustBundle lives outside namespaces",
      fieldPath: ".namespace",
    },
  ],
});

const validation = object(
  {
    caCertificateRefs: array(authority, {
      minItems: 1,
      maxItems: 16,
      description:
        "Authorities that client certificates must come from: ConfigMaps with a ca.crt, or ClusterTrustBundles.",
    }),
    mode: string({
      enum: ["AllowValidOnly", "AllowInsecureFallback"],
      default: "AllowValidOnly",
      description:
        "AllowValidOnly refuses clients without a certificate that holds. AllowInsecureFallback lets them connect and leaves the check to the backend.",
    }),
  },
  { description: "Client certificates that are asked for; none without this." },
);

const frontendSettings = (description: string) =>
  object({ validation: optional(validation) }, { description });

export const gatewayTLS = object(
  {
    backend: optional(
      object(
        {
          clientCertificateRef: optional(
            described(
              "Secret with the certificate that is shown to backends that ask for one.",
              secretReference,
            ),
          ),
        },
        { description: "TLS towards backends." },
      ),
    ),
    frontend: optional(
      object(
        {
          default: frontendSettings("For the HTTPS listeners of all ports that perPort does not name."),
          perPort: optional(
            array(
              object(
                {
                  port: integer({ ...portNumber, description: "Port of the listeners." }),
                  tls: frontendSettings("For the HTTPS listeners of this port, in place of the default."),
                },
                { description: "Settings of one port." },
              ),
              {
                mapKeys: ["port"],
                maxItems: 64,
                description: "Settings of single ports, each of them once.",
              },
            ),
          ),
        },
        { description: "TLS towards clients." },
      ),
    ),
  },
  { description: "TLS of the Gateway as a whole." },
);

export type GatewayTLS = Infer<typeof gatewayTLS>;
export type FrontendTLSValidation = Infer<typeof validation>;
