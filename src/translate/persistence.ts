import type { SessionPersistence } from "../program/program.ts";
import { digest } from "../resources/digest.ts";
import { milliseconds } from "../resources/gateway/duration.ts";
import type { SessionPersistence as Spec } from "../resources/gateway/session-persistence.ts";

/**
 * Sessions as a backend keeps them. A cookie without a name gets one of its own for each backend: two backends of one
 * host would take each other's cookies away.
 *
 * @param backend Key of the backend, without what is said here.
 */
export function translatePersistence(spec: Spec, backend: string): SessionPersistence {
  const { type, absoluteTimeout = "0s", cookie, header } = spec;
  const timeout = milliseconds(absoluteTimeout);
  const limit = timeout > 0 && { absoluteTimeout: timeout };
  if (type === "Header") return { type, name: header?.name ?? "", ...limit };
  return {
    type,
    name: cookie?.name ?? `session-${digest(`${backend} ${JSON.stringify(spec)}`)}`,
    path: cookie?.path ?? "/",
    ...limit,
    ...(cookie?.lifetimeType === "Permanent" && { permanent: true }),
  };
}
