import type { TestContext } from "node:test";
import type { Backend, Endpoint, L4Destination, L4Route, Listener } from "../../../src/program/program.ts";
import { listener } from "./program.ts";
import { Scene } from "./scene.ts";

/** A route for connections on the scene's listener. A backend by its key, with weight 1, or several destinations. */
export function l4Route(
  to: string | readonly L4Destination[],
  { name = "route", created = 0, hostnames = [""], on = "default/gateway/tcp" } = {},
): L4Route {
  const destinations = typeof to === "string" ? [{ weight: 1, backend: to }] : to;
  const attachments = [{ listener: on, hostnames }];
  return { key: `TCPRoute/default/${name}`, namespace: "default", name, created, attachments, destinations };
}

export function tcpBackend(
  key: string,
  endpoints: readonly Endpoint[],
  more: Partial<Backend> = {},
): Backend {
  return {
    key,
    protocol: "TCP",
    endpoints: endpoints.map(({ host, port }) => ({ host, port })),
    ...more,
  };
}

export function tcpListener(
  scene: { address: string; port: number },
  more: Partial<Listener> = {},
): Listener {
  return listener(scene.address, scene.port, { key: "default/gateway/tcp", protocol: "TCP", ...more });
}

/** Every connection goes to the backend `main`, which has these endpoints. */
export async function relayScene(
  t: TestContext,
  endpoints: readonly Endpoint[],
  { backend = {}, on = {} }: { backend?: Partial<Backend>; on?: Partial<Listener> } = {},
): Promise<Scene> {
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [tcpListener(scene, on)],
    l4Routes: [l4Route("main")],
    backends: [tcpBackend("main", endpoints, backend)],
  });
  return scene;
}
