import type { JsonObject } from "../../resources/json.ts";
import { subresourcesOf, verbsOf, type Subresource } from "../discovery/subresources.ts";
import type { ServedKind } from "../registry.ts";
import { DELETE_OPTIONS, gvk, PATCH, ref, SCALE, STATUS } from "./meta.ts";
import { definitionName, isBuiltInGroup } from "./packages.ts";
import {
  deleting,
  deletingMany,
  listing,
  patching,
  pathParameter,
  queryParameters,
  writing,
} from "./parameters.ts";

type PathItem = JsonObject;

const JSON_TYPES = ["application/json"];
const WATCH_TYPES = [...JSON_TYPES, "application/json;stream=watch"];
const CUSTOM_PATCHES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
];
const PATCHES = [...CUSTOM_PATCHES, "application/strategic-merge-patch+json"];

/** What one operation is, besides what it has from its kind. */
interface Plan {
  /** `x-kubernetes-action`. */
  readonly action: string;
  /** `operationId` begins with it. */
  readonly verb: string;
  readonly collection?: "Collection";
  readonly query?: readonly string[];
  readonly body?: readonly [schema: string, types: readonly string[]];
  readonly answer: string;
  readonly codes?: readonly string[];
  readonly types?: readonly string[];
}

const OUTCOMES: Readonly<Record<string, string>> = { 200: "OK", 201: "Created", 202: "Accepted" };

/** The paths of a kind with their operations, in the form of OpenAPI v3. */
export function pathsOf(served: ServedKind): Readonly<Record<string, PathItem>> {
  return new Paths(served).all();
}

class Paths {
  private readonly served: ServedKind;
  private readonly name: string;
  private readonly paths: Record<string, PathItem> = {};

  constructor(served: ServedKind) {
    this.served = served;
    this.name = definitionName(served.kind.group, served.version.name, served.kind.kind);
  }

  all(): Readonly<Record<string, PathItem>> {
    const { group, namespaced, plural, listKind } = this.served.kind;
    const version = this.served.version.name;
    const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const many = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
    const list = definitionName(group, version, listKind);
    const listPlan: Plan = { action: "list", verb: "list", query: listing, answer: list, types: WATCH_TYPES };
    if (namespaced) {
      this.add(`${root}/${plural}`, [], { get: this.operation(listPlan, "", "ForAllNamespaces") });
    }
    this.add(many, this.inNamespace, this.collection(listPlan));
    const one = `${many}/{name}`;
    this.add(one, this.named, this.single());
    for (const sub of subresourcesOf(this.served)) {
      const operations = this.subresource(sub);
      if (operations !== undefined) this.add(`${one}/${sub.name}`, this.named, operations);
    }
    return this.paths;
  }

  private collection(list: Plan): JsonObject {
    const { body } = this;
    const codes = ["200", "201", "202"];
    return {
      get: this.operation(list),
      post: this.operation({
        action: "post",
        verb: "create",
        query: writing,
        body,
        answer: this.name,
        codes,
      }),
      ...(verbsOf(this.served).includes("deletecollection") && {
        delete: this.operation({
          action: "deletecollection",
          verb: "delete",
          collection: "Collection",
          query: deletingMany,
          body: [DELETE_OPTIONS, ["*/*"]],
          answer: STATUS,
        }),
      }),
    };
  }

  private single(): JsonObject {
    return {
      ...this.readWrite(this.name),
      delete: this.operation({
        action: "delete",
        verb: "delete",
        query: deleting,
        body: [DELETE_OPTIONS, ["*/*"]],
        answer: STATUS,
        codes: ["200", "202"],
      }),
    };
  }

  /** Of those subresources whose type the document has. */
  private subresource(sub: Subresource): JsonObject | undefined {
    const { kind, group } = this.served.kind;
    const own = sub.kind === kind && sub.group === group;
    if ((!own && sub.name !== "scale") || !sub.verbs.includes("update")) return undefined;
    const operations = this.readWrite(own ? this.name : SCALE, sub);
    return sub.verbs.includes("get") ? operations : { put: operations["put"] };
  }

  private readWrite(schema: string, sub?: Subresource): JsonObject {
    const codes = ["200", "201"];
    const body = [schema, ["*/*"]] as const;
    const patches = isBuiltInGroup(this.served.kind.group) ? PATCHES : CUSTOM_PATCHES;
    const suffix = sub === undefined ? "" : camel(sub.name);
    const plans: Readonly<Record<string, Plan>> = {
      get: { action: "get", verb: "read", answer: schema },
      put: { action: "put", verb: "replace", query: writing, body, answer: schema, codes },
      patch: {
        action: "patch",
        verb: "patch",
        query: patching,
        body: [PATCH, patches],
        answer: schema,
        codes,
      },
    };
    return Object.fromEntries(
      Object.entries(plans).map(([method, plan]) => [method, this.operation(plan, suffix, "", sub)]),
    );
  }

  private operation(plan: Plan, suffix = "", scope = "", type?: Subresource): JsonObject {
    const { kind, group, namespaced } = this.served.kind;
    const version = this.served.version.name;
    const { action, verb, query = [], body, answer, codes = ["200"], types = JSON_TYPES } = plan;
    const home = `${camel(shortGroup(group))}${camel(version)}`;
    const place = namespaced && scope === "" ? "Namespaced" : "";
    return {
      description: `${action} ${kind}${suffix === "" ? "" : ` (${suffix.toLowerCase()})`}`,
      operationId: `${verb}${home}${plan.collection ?? ""}${place}${kind}${suffix}${scope}`,
      tags: [`${lower(camel(shortGroup(group)))}_${version}`],
      ...(query.length > 0 && { parameters: queryParameters(query) }),
      ...(body !== undefined && { requestBody: { content: content(body[0], body[1]), required: true } }),
      responses: {
        ...Object.fromEntries(
          codes.map((code) => [code, { description: OUTCOMES[code]!, content: content(answer, types) }]),
        ),
        401: { description: "Unauthorized" },
      },
      "x-kubernetes-action": action,
      "x-kubernetes-group-version-kind":
        type === undefined ? gvk(group, version, kind) : gvk(type.group, type.version, type.kind),
    };
  }

  private add(path: string, parameters: readonly JsonObject[], operations: JsonObject): void {
    this.paths[path] = { parameters: [...parameters, ...queryParameters(["pretty"])], ...operations };
  }

  private get body(): readonly [string, readonly string[]] {
    return [this.name, ["*/*"]];
  }

  private get inNamespace(): readonly JsonObject[] {
    return this.served.kind.namespaced
      ? [pathParameter("namespace", "The namespace of the object, or of the objects.")]
      : [];
  }

  private get named(): readonly JsonObject[] {
    return [pathParameter("name", `The name of the ${this.served.kind.kind}.`), ...this.inNamespace];
  }
}

function content(schema: string, types: readonly string[]): JsonObject {
  return Object.fromEntries(types.map((type) => [type, { schema: ref(schema) }]));
}

/** `gateway.networking` of `gateway.networking.k8s.io`, `core` of the core group. */
function shortGroup(group: string): string {
  return group === "" ? "core" : group.replace(/\.k8s\.io$/, "");
}

function camel(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
