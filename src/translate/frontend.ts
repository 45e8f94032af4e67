import type { ClientValidation } from "../program/program.ts";
import type { FrontendTLSValidation, GatewayTLS } from "../resources/gateway/gateway-tls.ts";
import { resolveAuthorities } from "./authorities.ts";
import { clientAuthorityProblem, noValidClientAuthority } from "./condition/listener.ts";
import type { Referrer } from "./grants.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** Certificates of clients, on one HTTPS listener. */
export interface Frontend {
  /** Absent when clients need none. */
  readonly clients?: ClientValidation;
  readonly refProblems: readonly Problem[];
  /** There is nothing to verify clients with, and so nobody is let in. */
  readonly problem?: Problem;
}

/**
 * What a Gateway asks of the clients of its HTTPS listeners, those of its ListenerSets among them: "perPort [...]
 * overrides the default configuration for all Listeners handling HTTPS traffic that match this port".
 *
 * @param gateway Who refers, whose grants count: also for a listener of a ListenerSet.
 */
export function translateFrontend(
  tls: GatewayTLS | undefined,
  port: number,
  gateway: Referrer,
  sight: Sight,
): Frontend {
  const settings = tls?.frontend?.perPort?.find((one) => one.port === port)?.tls ?? tls?.frontend?.default;
  const validation = settings?.validation;
  if (validation === undefined) return { refProblems: [] };
  const { pem, faults } = resolveAuthorities(validation.caCertificateRefs, gateway, sight);
  const refProblems = faults.map(clientAuthorityProblem);
  if (pem === "") return { refProblems, problem: noValidClientAuthority };
  return { clients: { authorities: pem, optional: isInsecure(validation) }, refProblems };
}

/** Whether clients get in somewhere without a certificate that holds. */
export function hasInsecureFrontend(tls: GatewayTLS | undefined): boolean {
  const settings = [tls?.frontend?.default, ...(tls?.frontend?.perPort ?? []).map((one) => one.tls)];
  return settings.some((one) => one?.validation !== undefined && isInsecure(one.validation));
}

function isInsecure({ mode }: FrontendTLSValidation): boolean {
  return mode === "AllowInsecureFallback";
}
