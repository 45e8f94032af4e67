import type { TestContext } from "node:test";
import type { Backend, Endpoint, L4Destination, L4Route, Listener } from "../../../src/program/program.ts";
import { listener } from "./program.ts";
import { Scene } from "./scene.ts";

export interface UdpScene {
  readonly scene: Scene;
  /** Where clients send to. */
  readonly at: { readonly host: string; readonly port: number };
}

export const udpListenerKey = "default/gateway/udp";

/** All flows go to the backend `main`, which has these endpoints. */
export async function startUdp(t: TestContext, ...endpoints: readonly Endpoint[]): Promise<UdpScene> {
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [udpListener(scene)],
    l4Routes: [udpRoute([{ weight: 1, backend: "main" }])],
    backends: [udpBackend("main", ...endpoints)],
  });
  return { scene, at: { host: scene.address, port: scene.port } };
}

export function udpListener({ address, port }: { address: string; port: number }): Listener {
  return listener(address, port, { key: udpListenerKey, protocol: "UDP" });
}

export function udpRoute(destinations: readonly L4Destination[]): L4Route {
  return {
    key: "UDPRoute/default/route",
    namespace: "default",
    name: "route",
    created: 0,
    attachments: [{ listener: udpListenerKey, hostnames: [""] }],
    destinations,
  };
}

export function udpBackend(key: string, ...endpoints: readonly Endpoint[]): Backend {
  return { key, protocol: "UDP", endpoints: endpoints.map(({ host, port }) => ({ host, port })) };
}
