import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority, makeLeaf } from "../../test/blackbox/kit/certificates.ts";
import { makeDirectory } from "../machine/processes.ts";
import { hosts, type CertificateFiles } from "../subject/setup.ts";

/** A certificate for the hosts, ECDSA with P-256 or RSA with 2048 bits, as files that every subject reads. */
export function writeCertificate(keyType: "rsa" | "ec"): CertificateFiles {
  const { certificate, key } = makeLeaf(makeAuthority(), { names: hosts, keyType });
  const directory = makeDirectory();
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    certificate: write("certificate.pem", certificate),
    key: write("key.pem", key),
    both: write("both.pem", certificate + key),
  };
}
