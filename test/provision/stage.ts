import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { Api } from "../../src/apiserver/testing.ts";
import { until } from "../../src/apiserver/testing-until.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { connectToServer, openCluster, type Cluster, type Target } from "../../src/kube/kube.ts";
import { Provisioner, readService, serviceName } from "../../src/provision/provision.ts";
import type { ServiceWanted } from "../../src/resources/wanted-service.ts";
import type { JsonObject } from "../../src/resources/json.ts";

export const services = "/api/v1/namespaces/default/services";
export const slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
const gateways = "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways";

const watched = [
  { kind: "Service", group: "", plural: "services", versions: ["v1"] },
  { kind: "EndpointSlice", group: "discovery.k8s.io", plural: "endpointslices", versions: ["v1"] },
];

/** A client that notes what it asks for: `VERB PLURAL/NAME`. */
class NotingClient extends KubeClient {
  readonly asked: string[] = [];
  /** Something that happens before a request is sent. */
  meanwhile: ((asked: string) => Promise<void>) | undefined;

  override async get(...all: Parameters<KubeClient["get"]>): Promise<JsonObject> {
    await this.note("get", all[0]);
    return super.get(...all);
  }

  override async create(...all: Parameters<KubeClient["create"]>): Promise<JsonObject> {
    await this.note("create", all[0]);
    return super.create(...all);
  }

  override async patch(...all: Parameters<KubeClient["patch"]>): Promise<JsonObject> {
    await this.note("patch", all[0]);
    return super.patch(...all);
  }

  override async delete(...all: Parameters<KubeClient["delete"]>): Promise<JsonObject> {
    await this.note("delete", all[0]);
    return super.delete(...all);
  }

  private async note(verb: string, { plural, name }: Target): Promise<void> {
    const asked = `${verb} ${plural}/${name}`;
    this.asked.push(asked);
    await this.meanwhile?.(asked);
  }
}

export interface StageOptions {
  readonly token?: string;
  readonly retryFirst?: number;
  readonly retryMost?: number;
  /** Instead of a server of its own. */
  readonly api?: Api;
  /** Kinds of which the watch shows it nothing. */
  readonly hidden?: readonly string[];
}

type Meta = JsonObject & { readonly uid: string; readonly resourceVersion: string } & Readonly<
    Record<"labels" | "annotations", Readonly<Record<string, string>>>
  >;

/** A real server with Gateways, and a provisioner that follows it. */
export class Stage {
  readonly api: Api;
  readonly client: NotingClient;
  readonly provisioner: Provisioner;
  /** `SERVICE: MESSAGE`; a message that is over is `well`. */
  readonly faults: string[] = [];
  private readonly cluster: Cluster;

  static async open(context: TestContext, options: StageOptions = {}): Promise<Stage> {
    const api = options.api ?? (await Api.open(context));
    const stage = new Stage(context, api, options);
    await stage.cluster.synced;
    return stage;
  }

  private constructor(context: TestContext, api: Api, options: StageOptions) {
    this.api = api;
    const { url, ca, token } = api.server;
    this.client = new NotingClient(connectToServer({ server: url, ca, token: options.token ?? token }));
    const eye = new KubeClient(connectToServer({ server: url, ca, token }));
    this.cluster = openCluster({
      client: eye,
      kinds: watched,
      onChanges: ({ changes }) => changes.forEach(({ key }) => this.provisioner.seen(key)),
    });
    const { retryFirst, retryMost } = options;
    this.provisioner = new Provisioner({
      client: this.client,
      find: (key) => {
        const [kind = "", namespace = "", name = ""] = key.split("/");
        if (options.hidden?.includes(kind)) return undefined;
        return this.cluster.cache(kind).get(namespace, name);
      },
      onFault: (service, message) => this.faults.push(`${service}: ${message ?? "well"}`),
      ...(retryFirst !== undefined && { retryFirst }),
      ...(retryMost !== undefined && { retryMost }),
    });
    context.after(() => this.close());
  }

  /** The uid of a Gateway that is there from now on. */
  async gateway(name: string): Promise<string> {
    const listeners = [{ name: "http", port: 80, protocol: "HTTP" }];
    const { code, body, text } = await this.api.post(gateways, {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name },
      spec: { gatewayClassName: "gatewright", listeners },
    });
    assert.equal(code, 201, text);
    return (body["metadata"] as Meta).uid;
  }

  async deleteGateway(name: string): Promise<void> {
    assert.equal((await this.api.delete(`${gateways}/${name}`)).code, 200);
  }

  /** Says what is wanted, and waits until nothing is left to do. */
  async want(gateway: string, ...wanted: readonly ServiceWanted[]): Promise<void> {
    this.provisioner.want(`Gateway/default/${gateway}`, wanted);
    await this.settled();
  }

  /** Everything has been seen, and what follows from it is done. */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.api.server.revision;) {
      before = this.api.server.revision;
      await this.provisioner.idle();
      await this.seen();
      await this.provisioner.idle();
    }
  }

  async service(name: string): Promise<JsonObject | undefined> {
    return this.read(`${services}/${name}`);
  }

  async slice(name: string): Promise<JsonObject | undefined> {
    return this.read(`${slices}/${name}`);
  }

  /** The address of the Service that is there. */
  async addressOf(name: string): Promise<string | undefined> {
    const service = await this.service(name);
    return service && readService(service)?.clusterIP;
  }

  async change(path: string, patch: JsonObject): Promise<void> {
    const { code, text } = await this.api.patch(path, "merge", patch);
    assert.equal(code, 200, text);
    await this.seen();
  }

  async remove(path: string): Promise<void> {
    assert.equal((await this.api.delete(path)).code, 200);
    await this.seen();
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, holds);
  }

  async close(): Promise<void> {
    this.provisioner.close();
    await this.cluster.close();
    this.client.close();
  }

  /** The watch is where the server is, and has told all. */
  private async seen(): Promise<void> {
    await until("the watch has caught up", async () => {
      const there = [...(await this.versions(services)), ...(await this.versions(slices))];
      const known = watched.flatMap(({ kind }) =>
        [...this.cluster.cache(kind).values()]
          .filter(({ metadata }) => metadata.namespace === "default")
          .map(({ metadata }) => metadata.resourceVersion!),
      );
      return there.sort().join() === known.sort().join();
    });
    // A batch is told in the turn after.
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  }

  private async versions(path: string): Promise<string[]> {
    const { body } = await this.api.get(path);
    return (body["items"] as readonly JsonObject[]).map(({ metadata }) => (metadata as Meta).resourceVersion);
  }

  private async read(path: string): Promise<JsonObject | undefined> {
    const { code, body } = await this.api.get(path);
    return code === 404 ? undefined : body;
  }
}

export const http = { name: "http", transport: "TCP", port: 80, targetPort: 8080 } as const;
export const dns = { name: "dns", transport: "UDP", port: 53, targetPort: 5353 } as const;

export function wanted(name: string, uid: string, more: Partial<ServiceWanted> = {}): ServiceWanted {
  return {
    gateway: { namespace: "default", name, uid },
    gatewayClass: "gatewright",
    ordinal: 0,
    labels: {},
    annotations: {},
    ports: [http],
    address: "192.0.2.7",
    ...more,
  };
}

export const nameOf = (gateway: string, ordinal = 0): string => serviceName(gateway, "gatewright", ordinal);

export function metaOf(object: JsonObject | undefined): Meta {
  assert.ok(object, "it is not there");
  return object["metadata"] as Meta;
}
