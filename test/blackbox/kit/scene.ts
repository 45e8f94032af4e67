import { connect } from "node:net";
import type { TestContext } from "node:test";
import type { Endpoint } from "../../../src/program/program.ts";
import { type ListenerFailure, Proxy } from "../../../src/proxy/proxy.ts";
import { backend, change, type Edit, listener, route, rule } from "./program.ts";
import { connected, type Peer } from "./peer.ts";
import { unusedEndpoint } from "./unused-endpoint.ts";

/** A proxy that serves in this process, on an address and a port of its own. */
export class Scene {
  readonly address: string;
  readonly port: number;
  readonly proxy: Proxy;
  private readonly t: TestContext;
  private version = 0;

  private constructor(t: TestContext, address: string, port: number, secret: Buffer | undefined) {
    this.t = t;
    this.proxy = new Proxy(secret === undefined ? {} : { secret });
    this.address = address;
    this.port = port;
    t.after(() => this.proxy.drain(0));
  }

  /** Everything goes to the backend `main`, which has these endpoints. */
  static async start(t: TestContext, ...endpoints: readonly Endpoint[]): Promise<Scene> {
    return Scene.with(t, {
      routes: [route([rule("/", "main")])],
      backends: [backend("main", ...endpoints)],
    });
  }

  /** The listener is there already unless the edit says otherwise. @param secret Of the proxy; a random one if absent. */
  static async with(t: TestContext, edit: Edit, secret?: Buffer): Promise<Scene> {
    const address = ownAddress();
    const scene = new Scene(t, address, (await unusedEndpoint(address)).port, secret);
    await scene.edit({ listeners: [listener(address, scene.port)], ...edit });
    return scene;
  }

  edit(edit: Edit): Promise<readonly ListenerFailure[]> {
    return this.proxy.apply(change(++this.version, edit));
  }

  /** A client's connection to the proxy. */
  async connect(): Promise<Peer> {
    const socket = connect({ host: this.address, port: this.port, allowHalfOpen: true });
    this.t.after(() => socket.destroy());
    return connected(socket);
  }

  /** Resolves when the proxy has no client any more. */
  async left(): Promise<void> {
    while (this.proxy["context"].connections.size > 0) await new Promise(setImmediate);
  }

  get origin(): string {
    return `http://${this.address}:${this.port}`;
  }
}

/** Tests run side by side; on Linux each can have a loopback address of its own. */
function ownAddress(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  const part = () => 1 + Math.floor(Math.random() * 253);
  return `127.${part()}.${part()}.${part()}`;
}
