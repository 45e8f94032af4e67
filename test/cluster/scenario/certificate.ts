import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import * as der from "../../../src/apiserver/auth/der.ts";
import type { Kubectl } from "../kubectl.ts";

/** A CertificateSigningRequest is approved and signed, and the server knows who shows the certificate. */
export async function certificates(kubectl: Kubectl, namespace: string): Promise<void> {
  const user = `someone-${namespace}`;
  const { request, key } = makeRequest(user, "testers");
  await kubectl.create({
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: user },
    spec: {
      request: base64(request),
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
    },
  });
  await kubectl.run("certificate", "approve", user);
  await kubectl.wait(`csr/${user}`, "jsonpath={.status.certificate}");
  const certificate = await kubectl.value(`csr/${user}`, ".status.certificate");

  const config = parse(await kubectl.run("config", "view", "--raw")) as {
    users: readonly { name: string }[];
  };
  const name = config.users[0]?.name;
  config.users = [
    { name, user: { "client-certificate-data": certificate, "client-key-data": base64(key) } } as {
      name: string;
    },
  ];
  const path = join(kubectl.site.folder, `${user}.conf`);
  writeFileSync(path, stringify(config));
  const self = await kubectl
    .as(path)
    .run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username} {.status.userInfo.groups}");
  assert.equal(self, `${user} ["testers","system:authenticated"]`);
  await kubectl.run("delete", "csr", user);
}

/** A request of RFC 2986 and its key, as PEM. */
function makeRequest(user: string, group: string): { readonly request: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const part = (id: string, text: string) => der.set(der.sequence(der.objectId(id), der.utf8String(text)));
  const body = der.sequence(
    der.integer(Uint8Array.of(0)),
    der.sequence(part("2.5.4.10", group), part("2.5.4.3", user)),
    publicKey.export({ type: "spki", format: "der" }),
    der.implicit(0x20, new Uint8Array()), // attributes: none; 0x20 makes the tag a constructed one
  );
  const ecdsaWithSha256 = der.sequence(der.objectId("1.2.840.10045.4.3.2"));
  const bytes = der.sequence(body, ecdsaWithSha256, der.bitString(sign("sha256", body, privateKey)));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  const request = `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
  return { request, key: privateKey.export({ type: "pkcs8", format: "pem" }) };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
