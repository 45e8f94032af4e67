import type { L4Destination } from "../program/program.ts";
import { resolveBackend, type BackendReferrer, type BackendTarget, type Way } from "./backends.ts";
import type { Problem } from "./problem.ts";
import type { RouteBody } from "./route-body.ts";
import type { StreamForm } from "./route-form.ts";
import type { Sight } from "./sight.ts";

/** The destinations of connections or flows. A reference that is invalid keeps its share, which is turned away. */
export function translateStreamRules(
  { kind, protocol, streamRules }: StreamForm,
  namespace: string,
  way: Way,
  sight: Sight,
): RouteBody {
  const referrer: BackendReferrer = { ...kind, namespace, protocol, ...way };
  const [first, ...others] = streamRules;
  const destinations: L4Destination[] = [];
  const targets: BackendTarget[] = [];
  const refProblems: Problem[] = [];
  for (const ref of first?.backendRefs ?? []) {
    const resolved = resolveBackend(ref, referrer, sight);
    if ("problem" in resolved) {
      destinations.push({ weight: ref.weight });
      refProblems.push(resolved.problem);
    } else {
      destinations.push({ weight: ref.weight, backend: resolved.target.key });
      targets.push(resolved.target);
    }
  }
  // Alpha versions let users write rules that nothing can tell from the first.
  const dropped = others.map(
    (_rule, index) => `Dropped Rule rules[${index + 1}]: ${kind.kind}s have one rule`,
  );
  return { served: { destinations }, targets, refProblems, dropped };
}
