import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Certificates } from "../../src/apiserver/auth/certificates.ts";
import { kubeconfigOf } from "../../src/apiserver/auth/kubeconfig.ts";
import { API_SERVICE, NODE_ADDRESS } from "./site.ts";

const PORT = 6443;
const FOLDER = "keys";

/** Who connects to the API server, by the name of its kubeconfig file. */
const clients = {
  admin: { user: "kubernetes-admin", groups: ["system:masters"] },
  "kube-controller-manager": { user: "system:kube-controller-manager", groups: [] },
  "kube-scheduler": { user: "system:kube-scheduler", groups: [] },
  "kube-proxy": { user: "system:kube-proxy", groups: [] },
  node: { user: "cluster-node", groups: ["system:masters"] },
};

/** Certificates, keys and kubeconfigs of one cluster, as files. */
export class Keys {
  /** What our API server takes as its data folder. */
  readonly data: string;
  readonly folder: string;

  constructor(folder: string) {
    this.data = join(folder, "data");
    this.folder = join(folder, FOLDER);
    mkdirSync(this.data, { mode: 0o700 });
    mkdirSync(this.folder, { mode: 0o700 });
    const certificates = new Certificates({
      folder: join(this.data, "pki"),
      names: [NODE_ADDRESS, API_SERVICE],
    });
    this.writePair("ca", readFileSync(join(this.data, "pki", "ca.pem"), "utf8"));
    const { certificate, key } = certificates.server;
    this.writePair("server", certificate + key);
    const kubelet = certificates.client("kube-apiserver-kubelet-client", ["kubeadm:cluster-admins"]);
    this.writePair("kubelet-client", kubelet.certificate + kubelet.key);
    // The node asks for its certificate under this name.
    this.writePair("kubelet", certificate + key);
    for (const [name, { user, groups }] of Object.entries(clients)) {
      const client = certificates.client(user, groups);
      const server = `https://${NODE_ADDRESS}:${PORT}`;
      writeFileSync(
        this.kubeconfig(name),
        kubeconfigOf({ server, caPem: certificates.ca, credentials: { client } }),
      );
    }
    const tokens = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(
      this.file("service-account.key"),
      tokens.privateKey.export({ type: "pkcs8", format: "pem" }),
    );
    writeFileSync(this.file("service-account.pub"), tokens.publicKey.export({ type: "spki", format: "pem" }));
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  kubeconfig(client: string): string {
    return this.file(`${client}.conf`);
  }

  /** Of a cluster that stands already. */
  static kubeconfigIn(folder: string, client: keyof typeof clients): string {
    return join(folder, FOLDER, `${client}.conf`);
  }

  private writePair(name: string, text: string): void {
    const [certificate = "", key = ""] = text.match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----\n/g) ?? [];
    writeFileSync(this.file(`${name}.crt`), certificate);
    writeFileSync(this.file(`${name}.key`), key, { mode: 0o600 });
  }
}
