import type { Kubectl } from "./kubectl.ts";
import { certificates } from "./scenario/certificate.ts";
import { deployments } from "./scenario/deployment.ts";
import { disruption } from "./scenario/disruption.ts";
import { garbage } from "./scenario/garbage.ts";
import { jobs } from "./scenario/job.ts";
import { namespaces } from "./scenario/namespace.ts";
import { scheduling } from "./scenario/scheduling.ts";
import { services } from "./scenario/service.ts";
import { sets } from "./scenario/sets.ts";
import { tokens } from "./scenario/token.ts";
import { upkeep } from "./scenario/upkeep.ts";

/** Plays in a namespace of its own; rejects when the cluster does not do what it should. */
type Scenario = (kubectl: Kubectl, namespace: string) => Promise<void>;

export const scenarios: Readonly<Record<string, Scenario>> = {
  certificates,
  deployments,
  disruption,
  garbage,
  jobs,
  namespaces,
  scheduling,
  services,
  sets,
  tokens,
  upkeep,
};
