import type { Resource } from "../resource.ts";
import { type Check, type Infer, object, optional, string } from "../schema/schema.ts";
import { column, orNone, part, text } from "./cells.ts";
import { immutable, isSubdomain, shown } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { trustBundleName } from "./names.ts";
import { X509Certificate } from "node:crypto";

const signer: Check<string> = (value, fail) => {
  const [domain = "", ...path] = value.split("/");
  if (
    value !== "" &&
    (path.length !== 1 || !isSubdomain(domain) || !domain.includes(".") || !isSubdomain(path[0]!))
  ) {
    fail(
      `${shown(value)} is not a signer: a domain of several labels and a name, such as example.com/signer`,
    );
  }
};

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;

/** Line by line, so that its cost is that of the length. */
const pemCertificates: Check<string> = (value, fail) => {
  let blocks = 0;
  let type: string | undefined;
  let body = "";
  for (const line of value.split("\n").map((each) => each.trim())) {
    if (type === undefined) {
      type = BEGIN.exec(line)?.[1];
      body = "";
    } else if (line === `-----END ${type}-----`) {
      if (type !== "CERTIFICATE")
        fail(`Only CERTIFICATE blocks are allowed, block ${blocks} is a ${shown(type)}`);
      else if (!isCertificate(body)) fail(`Block ${blocks} is not an X.509 certificate`);
      blocks++;
      type = undefined;
    } else {
      body += line;
    }
  }
  if (type !== undefined) fail(`Block ${blocks} has no end`);
  else if (blocks === 0) fail("No CERTIFICATE block found: the bundle is PEM");
};

function isCertificate(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, "base64")).raw.length > 0;
  } catch {
    return false;
  }
}

interface Bundle {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly signerName?: string };
}

/** `example.com/signer` is in the name as `example.com:signer:`. */
const nameFitsSigner: Check<Bundle> = ({ metadata: { name }, spec: { signerName = "" } }, fail) => {
  const prefix = signerName === "" ? "" : `${signerName.replace("/", ":")}:`;
  const rest = name.slice(prefix.length);
  if (!name.startsWith(prefix) || !isSubdomain(rest)) {
    const wanted = prefix === "" ? "a DNS name" : `${prefix} and a DNS name`;
    fail(`The name of a bundle of this signer is ${wanted}`, ["metadata", "name"]);
  }
};

const clusterTrustBundleSpec = object(
  {
    signerName: optional(
      string({
        description: "Whose certificates they are, such as example.com/signer; it cannot be changed.",
        checks: [signer],
      }),
    ),
    trustBundle: string({ description: "One or more CERTIFICATE blocks in PEM.", checks: [pemCertificates] }),
  },
  { checks: [immutable("signerName")] },
);

const clusterTrustBundleSchema = topLevel(
  { metadata: metadata(trustBundleName), spec: described(clusterTrustBundleSpec, "The certificates.") },
  { description: "Certificates that are trusted as roots.", checks: [nameFitsSigner] },
);

/** In 1.36 it is served as v1beta1 where it is switched on, later as v1; the fields are the same. */
export const clusterTrustBundleKind = builtIn({
  kind: "ClusterTrustBundle",
  group: "certificates.k8s.io",
  versions: ["v1", "v1beta1"],
  plural: "clustertrustbundles",
  namespaced: false,
  schema: clusterTrustBundleSchema,
  selectable: [".spec.signerName"],
  columns: [
    column("SignerName", "Whose certificates.", (bundle) => orNone(text(part(bundle, "spec"), "signerName"))),
  ],
});

export interface ClusterTrustBundle extends Resource {
  readonly kind: "ClusterTrustBundle";
  readonly spec: Infer<typeof clusterTrustBundleSpec>;
}
