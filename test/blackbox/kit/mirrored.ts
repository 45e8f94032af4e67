import type { TestContext } from "node:test";
import type { Filter, MirrorFilter, Rule } from "../../../src/program/program.ts";
import { backend as backendOf, route, rule } from "./program.ts";
import { RawBackend } from "./raw-backend.ts";
import { Scene } from "./scene.ts";

/** A filter that copies this share of the requests, all of them unless said. */
export function copyTo(backend: string, numerator = 1, denominator = 1): MirrorFilter {
  return { type: "RequestMirror", backend, numerator, denominator };
}

/** Everything goes to `main`, and a copy of it where the filters say. */
export function mirrored(filters: readonly Filter[] = [copyTo("mirror")], more: Partial<Rule> = {}): Rule {
  return rule("/", "main", { filters, ...more });
}

export const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** `main` answers with `ok`; `mirror` does what the test has it do. */
export async function startMirrored(
  t: TestContext,
  mirror: RawBackend,
  rules: readonly Rule[] = [mirrored()],
): Promise<[Scene, RawBackend]> {
  const main = await RawBackend.answering(t, ok);
  const scene = await Scene.with(t, {
    routes: [route(rules)],
    backends: [backendOf("main", main), backendOf("mirror", mirror)],
  });
  return [scene, main];
}
