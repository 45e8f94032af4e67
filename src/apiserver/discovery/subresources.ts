import { resourceName } from "../../resources/kind.ts";
import type { ServedKind } from "../registry.ts";

export interface Subresource {
  /** Last part of the path: `status`. */
  readonly name: string;
  readonly verbs: readonly string[];
  /** Of what is sent and answered. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const readWrite = ["get", "patch", "update"];
const stream = ["create", "get"];

interface BuiltIn {
  readonly name: string;
  readonly verbs: readonly string[];
  /** The type of its parent unless given. */
  readonly type?: readonly [group: string, version: string, kind: string];
}

/** Besides status and scale, which the kinds themselves declare. Key: `resourceName(kind)`. */
const builtIn: Readonly<Record<string, readonly BuiltIn[]>> = {
  pods: [
    { name: "attach", verbs: stream, type: ["", "v1", "PodAttachOptions"] },
    { name: "binding", verbs: ["create"], type: ["", "v1", "Binding"] },
    { name: "ephemeralcontainers", verbs: readWrite },
    { name: "eviction", verbs: ["create"], type: ["policy", "v1", "Eviction"] },
    { name: "exec", verbs: stream, type: ["", "v1", "PodExecOptions"] },
    { name: "log", verbs: ["get"] },
    { name: "resize", verbs: readWrite },
  ],
  namespaces: [{ name: "finalize", verbs: ["update"] }],
  serviceaccounts: [
    { name: "token", verbs: ["create"], type: ["authentication.k8s.io", "v1", "TokenRequest"] },
  ],
  "certificatesigningrequests.certificates.k8s.io": [{ name: "approval", verbs: readWrite }],
};

/** All subresources of a kind, by name. */
export function subresourcesOf({ kind, version }: ServedKind): readonly Subresource[] {
  const own = { group: kind.group, version: version.name, kind: kind.kind };
  const found: Subresource[] = [];
  const name = resourceName(kind);
  for (const { type, ...rest } of Object.hasOwn(builtIn, name) ? builtIn[name]! : []) {
    found.push(
      type === undefined ? { ...own, ...rest } : { ...rest, group: type[0], version: type[1], kind: type[2] },
    );
  }
  if (version.status) found.push({ ...own, name: "status", verbs: readWrite });
  if (version.scale !== undefined) {
    found.push({ name: "scale", verbs: readWrite, group: "autoscaling", version: "v1", kind: "Scale" });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** Kinds that cannot be deleted many at a time. */
const singly: ReadonlySet<string> = new Set(["namespaces"]);

export function verbsOf({ kind }: ServedKind): readonly string[] {
  return singly.has(resourceName(kind)) ? all.filter((verb) => verb !== "deletecollection") : all;
}
