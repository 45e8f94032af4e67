import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { coreKinds } from "../resources/core/core-kinds.ts";
import { gatewayKinds } from "../resources/gateway/gateway-kinds.ts";
import type { JsonObject } from "../resources/json.ts";
import { reportBug } from "../std/bug.ts";
import { PolicyAdmission } from "./admission/policy-admission.ts";
import { AdminToken } from "./auth/admin-token.ts";
import { authenticate } from "./auth/authenticate.ts";
import { Certificates } from "./auth/certificates.ts";
import { kubeconfigOf, writeKubeconfig } from "./auth/kubeconfig.ts";
import { Rbac } from "./auth/rbac.ts";
import { rbacSource } from "./auth/rbac-source.ts";
import { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import { bootstrap } from "./bootstrap/bootstrap.ts";
import { managerControllers, serverControllers, type Controller } from "./controller/controllers.ts";
import { documentsOf } from "./documents.ts";
import { FieldOwner, type Ownership } from "./field-owner.ts";
import { listen, type Listening } from "./http/server.ts";
import { Objects } from "./objects/objects.ts";
import { metaOf } from "./objects/meta.ts";
import { Registry } from "./registry.ts";
import { Reviews } from "./review/reviews.ts";
import { Router } from "./router.ts";
import { MemoryStore } from "./storage/memory-store.ts";
import { openSqliteStore } from "./storage/sqlite-store.ts";
import type { Store } from "./storage/store.ts";
import { builtInStrategies } from "./strategy/built-in.ts";
import { ServiceAllocator } from "./strategy/service.ts";
import { versionDocument } from "./version.ts";
import { PodLogs } from "./verbs/pod-log.ts";
import { Watches } from "./verbs/watch.ts";

export { ApiError } from "./error.ts";
export type { ObjectName, Ownership } from "./field-owner.ts";

export interface ApiServerOptions {
  /** Keeps objects, certificates and tokens; without one everything is in memory and gone at the end. */
  readonly dataDir?: string;
  /** Loopback unless given. */
  readonly address?: string;
  /** Any that is free unless given. */
  readonly port?: number;
  /** Names and addresses by which clients know the server, besides those of loopback. */
  readonly names?: readonly string[];
  /** IPv4 range of Services' cluster addresses. */
  readonly serviceRange?: string;
  /** Version of the program. */
  readonly version: string;
  /** Garbage collection, namespaces, service accounts; false where kube-controller-manager does that. */
  readonly controllers?: boolean;
  /** PEM of keys that sign further service account tokens. */
  readonly tokenKeys?: readonly string[];
  now?(): Date;
}

const LOOPBACK = "127.0.0.1";
/** Loopback addresses can be bound without asking anyone, so these can really be served. */
const SERVICE_RANGE = "127.96.0.0/16";
/** What kubelets call an API server: as clusters made by kubeadm have it. */
const KUBELET_CLIENT = { user: "kube-apiserver-kubelet-client", groups: ["kubeadm:cluster-admins"] };
const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** A Kubernetes API on this machine. */
export class ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** Lets its bearer do everything. */
  readonly token: string;
  private readonly certificates: Certificates;
  private readonly objects: Objects;
  private readonly store: Store;
  private readonly watches: Watches;
  private readonly listening: Listening;
  private readonly controllers: readonly Controller[];

  /** Rejects when the folder cannot be used or the port is taken. */
  static async open(options: ApiServerOptions): Promise<ApiServer> {
    const { dataDir, address = LOOPBACK, port = 0 } = options;
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const store =
      dataDir === undefined ? new MemoryStore() : openSqliteStore(join(dataDir, "objects.sqlite"));
    try {
      const parts = assemble(options, store);
      const { key, certificate } = parts.certificates.server;
      const listening = await listen(
        { address, port, key, certificate, clientAuthority: parts.certificates.ca },
        (request, response) => parts.router().handle(request, response),
      );
      return new ApiServer(options, store, parts, listening);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  private constructor(options: ApiServerOptions, store: Store, parts: Parts, listening: Listening) {
    const { address, port } = listening;
    this.url = `https://${address.includes(":") ? `[${address}]` : address}:${port}`;
    this.ca = parts.certificates.ca;
    this.token = parts.admin.text;
    this.certificates = parts.certificates;
    this.objects = parts.objects;
    this.store = store;
    this.watches = parts.watches;
    this.listening = listening;
    bootstrap(parts.objects, parts.services, { version: options.version, address, port, ca: this.ca });
    parts.open(`${address}:${port}`, this.url);
    const managers = options.controllers === false ? [] : managerControllers(parts.objects, this.ca);
    this.controllers = [...serverControllers(parts.objects), ...managers];
  }

  /** The revision of the last write: everything that is listed or watched now shows it. */
  get revision(): number {
    return this.store.revision;
  }

  /** A kubeconfig that may do everything, or that is somebody by a client certificate. */
  kubeconfig(identity?: { readonly user: string; readonly groups: readonly string[] }): string {
    const credentials =
      identity === undefined
        ? { token: this.token }
        : { client: this.certificates.client(identity.user, identity.groups) };
    return kubeconfigOf({ server: this.url, caPem: this.ca, credentials });
  }

  /** Rejects to overwrite a file that is no kubeconfig of ours. */
  writeKubeconfig(path: string): void {
    writeKubeconfig(path, this.kubeconfig());
  }

  /** Writes objects as one manager of fields, in this process: as server-side apply with force. */
  ownership(manager: string): Ownership {
    return new FieldOwner(this.objects, manager);
  }

  /** Ends watches, finishes what is being answered, closes the store. */
  async close(): Promise<void> {
    for (const controller of this.controllers) controller.stop();
    this.watches.end();
    await this.listening.close();
    this.store.close();
  }
}

interface Parts {
  readonly certificates: Certificates;
  readonly admin: AdminToken;
  readonly objects: Objects;
  readonly services: ServiceAllocator;
  readonly watches: Watches;
  /** Ready once `open` was told where the server is. */
  readonly router: () => Router;
  open(hostPort: string, url: string): void;
}

function assemble(options: ApiServerOptions, store: Store): Parts {
  const { dataDir, names = [], address = LOOPBACK, version, tokenKeys = [] } = options;
  const now = () => options.now?.() ?? new Date();
  const at = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name));
  const folder = at("pki");
  const certificates = new Certificates({
    names: [...names, address],
    ...(folder !== undefined && { folder }),
  });
  const admin = new AdminToken(at("admin-token"));
  const keyPath = at("service-account.key");
  const tokens = new ServiceAccountTokens({
    issuer: ISSUER,
    otherKeys: tokenKeys,
    ...(keyPath !== undefined && { keyPath }),
    find: (kind, namespace, name) => uidOf(store, `${kind.toLowerCase()}s`, namespace, name),
  });
  const registry = new Registry([...coreKinds, ...gatewayKinds]);
  const rbac = new Rbac(rbacSource(store));
  const services = new ServiceAllocator(options.serviceRange ?? SERVICE_RANGE);
  const admission = new PolicyAdmission(store, registry);
  const objects = new Objects({
    store,
    registry,
    strategies: builtInStrategies(registry, rbac, services),
    admission,
    now,
  });
  const watches = new Watches();
  objects.observe((change) => watches.note(change));
  const authenticators = { admin, serviceAccounts: tokens };
  const reviews = new Reviews({
    rbac,
    tokens,
    userOf: (token) =>
      authenticate({ authorization: `Bearer ${token}`, certificate: undefined }, authenticators),
  });
  let router: Router | undefined;
  return {
    certificates,
    admin,
    objects,
    services,
    watches,
    router: () => {
      if (router === undefined) throw new Error("a request came before the server knew its address");
      return router;
    },
    open: (hostPort, url) => {
      router = new Router({
        objects,
        watches,
        authenticators,
        rbac,
        reviews,
        services: { tokens },
        podLogs: new PodLogs(
          certificates.client(KUBELET_CLIENT.user, KUBELET_CLIENT.groups),
          certificates.ca,
        ),
        documents: documentsOf(registry, tokens, { hostPort, url }),
        version: versionDocument(version),
        reportBug,
      });
    },
  };
}

function uidOf(store: Store, resource: string, namespace: string, name: string): string | undefined {
  const row = store.read(resource, namespace, name);
  if (row === undefined) return undefined;
  const { uid, deletionTimestamp } = metaOf(JSON.parse(row.text) as JsonObject);
  return deletionTimestamp === undefined ? uid : undefined;
}
