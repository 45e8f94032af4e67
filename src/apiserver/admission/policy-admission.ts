import { Budget } from "../../resources/cel/budget.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { ApiError, type Reason } from "../error.ts";
import { storedAs } from "../objects/codec.ts";
import { metaOf, objectIn } from "../objects/meta.ts";
import type { Registry } from "../registry.ts";
import type { Store } from "../storage/store.ts";
import type { Admission, AdmissionRequest } from "./admission.ts";
import { matchesLabels } from "../selector/label-match.ts";
import { matches } from "./match.ts";
import { Policy, type PolicyInput } from "./policy.ts";

const GROUP = "admissionregistration.k8s.io";
const POLICIES = `validatingadmissionpolicies.${GROUP}`;
const BINDINGS = `validatingadmissionpolicybindings.${GROUP}`;

/** Policies and bindings as they are stored now, policies compiled. */
interface Loaded {
  readonly revision: number;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly bindings: readonly JsonObject[];
}

/** Evaluates the ValidatingAdmissionPolicies that are bound. */
export class PolicyAdmission implements Admission {
  private readonly store: Store;
  private readonly registry: Registry;
  private loaded: Loaded = { revision: -1, policies: new Map(), bindings: [] };
  private changed = 0;

  constructor(store: Store, registry: Registry) {
    this.store = store;
    this.registry = registry;
    for (const resource of [POLICIES, BINDINGS]) {
      store.watch(resource, store.revision, ({ revision }) => (this.changed = revision));
    }
  }

  admit(request: AdmissionRequest): void {
    const { policies, bindings } = this.load();
    // Nothing may make the policies themselves unreachable.
    if (bindings.length === 0 || request.served.kind.group === GROUP) return;
    const namespace = this.namespaceOf(request);
    for (const binding of bindings) {
      const spec = objectIn(binding, "spec");
      const policy = policies.get(String(spec["policyName"]));
      if (policy === undefined) continue;
      if (
        !matches(policy.constraints, request, namespace) ||
        !matches(spec["matchResources"], request, namespace)
      )
        continue;
      this.enforce(policy, binding, request, namespace);
    }
  }

  private enforce(
    policy: Policy,
    binding: JsonObject,
    request: AdmissionRequest,
    namespace: JsonObject | undefined,
  ): void {
    const spec = objectIn(binding, "spec");
    const { name = "" } = metaOf(binding);
    const actions = Array.isArray(spec["validationActions"])
      ? (spec["validationActions"] as readonly unknown[])
      : [];
    const act = (message: string, reason: Reason) => {
      const text = `ValidatingAdmissionPolicy '${policy.name}' with binding '${name}' denied request: ${message}`;
      if (actions.includes("Deny")) throw refusal(request, text, reason);
      if (actions.includes("Warn")) {
        request.write.warn(
          `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${name}': ${message}`,
        );
      }
    };
    const fail = (message: string) => {
      if (policy.failurePolicy !== "Ignore") act(message, "Invalid");
    };
    for (const params of this.paramsOf(policy, spec, request, fail)) {
      const budget = new Budget();
      const input = inputOf(request, params, namespace);
      try {
        if (!policy.takes(input, budget)) continue;
        for (const { message, reason } of policy.judge(input, budget)) act(message, reason);
      } catch (error) {
        if (error instanceof ApiError) throw error;
        fail((error as Error).message);
      }
    }
  }

  /** The parameter objects, one evaluation each; null for a policy without parameters. */
  private paramsOf(
    { paramKind }: Policy,
    spec: JsonObject,
    request: AdmissionRequest,
    fail: (message: string) => void,
  ): readonly (JsonObject | null)[] {
    const reference = spec["paramRef"];
    if (paramKind === undefined || !isJsonObject(reference)) return [null];
    const served = this.registry.findType(String(paramKind["apiVersion"]), String(paramKind["kind"]));
    if (served === undefined) {
      fail(
        `failed to find resource referenced by paramKind: ${String(paramKind["apiVersion"])} ${String(paramKind["kind"])}`,
      );
      return [];
    }
    const given = typeof reference["namespace"] === "string" ? reference["namespace"] : request.namespace;
    const namespace = served.kind.namespaced ? given : "";
    const { name, selector } = reference;
    const rows =
      this.store.page(storedAs(served.kind), served.kind.namespaced ? { namespace } : {})?.rows ?? [];
    const found = rows
      .filter((row) => typeof name !== "string" || row.name === name)
      .map((row) => JSON.parse(row.text) as JsonObject)
      .filter((object) => !isJsonObject(selector) || matchesLabels(selector, metaOf(object).labels ?? {}));
    if (found.length === 0 && reference["parameterNotFoundAction"] !== "Allow") {
      fail("no params found for policy binding with `Deny` parameterNotFoundAction");
    }
    return found;
  }

  private namespaceOf({ namespace, served }: AdmissionRequest): JsonObject | undefined {
    const row = served.kind.namespaced ? this.store.read("namespaces", "", namespace) : undefined;
    return row === undefined ? undefined : (JSON.parse(row.text) as JsonObject);
  }

  private load(): Loaded {
    if (this.loaded.revision === this.changed) return this.loaded;
    const policies = new Map<string, Policy>();
    for (const object of this.objectsOf(POLICIES)) {
      try {
        const policy = new Policy(object);
        policies.set(policy.name, policy);
      } catch {
        // One that does not compile is refused when it is written, so this is one of an older version.
      }
    }
    this.loaded = { revision: this.changed, policies, bindings: this.objectsOf(BINDINGS) };
    return this.loaded;
  }

  private objectsOf(resource: string): readonly JsonObject[] {
    return (this.store.page(resource, {})?.rows ?? []).map((row) => JSON.parse(row.text) as JsonObject);
  }
}

function refusal({ served: { kind }, name }: AdmissionRequest, message: string, reason: Reason): ApiError {
  const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
  const details = {
    name,
    group: kind.group,
    kind: kind.plural,
    causes: [{ reason: "", message, field: "" }],
  };
  return new ApiError(reason, `${resource} "${name}" is forbidden: ${message}`, details);
}

function inputOf(
  request: AdmissionRequest,
  params: JsonObject | null,
  namespace: JsonObject | undefined,
): PolicyInput {
  const { served, object, oldObject, operation, name, write } = request;
  const { kind, version } = served;
  const type = { group: kind.group, version: version.name, kind: kind.kind };
  const resource = { group: kind.group, version: version.name, resource: kind.plural };
  const apiVersion = apiVersionOf(kind.group, version.name);
  const { user } = write;
  return {
    object: object === undefined ? null : { ...object, apiVersion, kind: kind.kind },
    oldObject: oldObject ?? null,
    params,
    namespaceObject: namespace ?? null,
    request: {
      kind: type,
      resource,
      subResource: write.subresource ?? "",
      requestKind: type,
      requestResource: resource,
      requestSubResource: write.subresource ?? "",
      name,
      namespace: request.namespace,
      operation,
      userInfo: { username: user.name, groups: user.groups, uid: user.uid ?? "", extra: user.extra ?? {} },
      dryRun: write.dryRun,
      options: {},
    },
  };
}
