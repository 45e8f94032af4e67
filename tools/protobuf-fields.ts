// Writes src/apiserver/protobuf/fields: the numbers that the fields of Kubernetes' built-in types have in protobuf, read
// from the tags of their Go structs. Needs Go; run it when the Kubernetes version changes, then `oxfmt`.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run-command.ts";

const VERSION = "v0.36.3";

/** Packages by the `apiVersion` of their kinds; "" for those that hold no kinds. */
const packages: readonly (readonly [path: string, apiVersion: string])[] = [
  ["k8s.io/apimachinery/pkg/apis/meta/v1", ""],
  ["k8s.io/api/core/v1", "v1"],
  ["k8s.io/api/admissionregistration/v1", "admissionregistration.k8s.io/v1"],
  ["k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1", "apiextensions.k8s.io/v1"],
  ["k8s.io/kube-aggregator/pkg/apis/apiregistration/v1", "apiregistration.k8s.io/v1"],
  ["k8s.io/api/apps/v1", "apps/v1"],
  ["k8s.io/api/authentication/v1", "authentication.k8s.io/v1"],
  ["k8s.io/api/authorization/v1", "authorization.k8s.io/v1"],
  ["k8s.io/api/autoscaling/v1", "autoscaling/v1"],
  ["k8s.io/api/autoscaling/v2", "autoscaling/v2"],
  ["k8s.io/api/batch/v1", "batch/v1"],
  ["k8s.io/api/certificates/v1", "certificates.k8s.io/v1"],
  ["k8s.io/api/certificates/v1beta1", "certificates.k8s.io/v1beta1"],
  ["k8s.io/api/coordination/v1", "coordination.k8s.io/v1"],
  ["k8s.io/api/discovery/v1", "discovery.k8s.io/v1"],
  ["k8s.io/api/events/v1", "events.k8s.io/v1"],
  ["k8s.io/api/flowcontrol/v1", "flowcontrol.apiserver.k8s.io/v1"],
  ["k8s.io/api/networking/v1", "networking.k8s.io/v1"],
  ["k8s.io/api/node/v1", "node.k8s.io/v1"],
  ["k8s.io/api/policy/v1", "policy/v1"],
  ["k8s.io/api/rbac/v1", "rbac.authorization.k8s.io/v1"],
  ["k8s.io/api/resource/v1", "resource.k8s.io/v1"],
  ["k8s.io/api/scheduling/v1", "scheduling.k8s.io/v1"],
  ["k8s.io/api/storage/v1", "storage.k8s.io/v1"],
];

/** Types that have a JSON form of their own; the decoder knows them by these names. */
const special: Readonly<Record<string, string>> = {
  "k8s.io/apimachinery/pkg/apis/meta/v1.Time": "Time",
  "k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime": "MicroTime",
  "k8s.io/apimachinery/pkg/apis/meta/v1.Duration": "Duration",
  "k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1": "RawJson",
  "k8s.io/apimachinery/pkg/api/resource.Quantity": "Quantity",
  "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "IntOrString",
  "k8s.io/apimachinery/pkg/runtime.RawExtension": "RawJson",
  "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON": "RawJson",
  "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool": "SchemaOrBool",
  "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray": "SchemaOrList",
  "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": "SchemaOrStrings",
};

interface Struct {
  readonly fields: readonly (readonly [type: string, tag: string])[];
}

interface Package {
  readonly path: string;
  readonly structs: Map<string, Struct>;
  /** `type A B`, by A. */
  readonly aliases: Map<string, string>;
  readonly imports: Map<string, string>;
  /** Named lists that protobuf wraps in a message. */
  readonly wrapped: Set<string>;
}

const read = new Map(packages.map(([path]) => [path, readPackage(path)]));
const apiVersions = new Map(packages);
const shortNames = new Map(packages.map(([path]) => [path, path.split("/").slice(-2).join("/")]));
const needed = new Map<string, Map<string, string>>();
for (const [path, apiVersion] of packages) {
  for (const [name, struct] of read.get(path)!.structs) {
    const isKind = struct.fields.some(([type]) => /(^|\.)TypeMeta$/.test(type)) && !name.endsWith("List");
    if ((apiVersion !== "" && isKind) || (apiVersion === "" && name === "DeleteOptions")) need(path, name);
  }
}
write();

function readPackage(path: string): Package {
  const module = path.split("/").slice(0, 2).join("/");
  const output = execFileSync("go", ["mod", "download", "-json", `${module}@${VERSION}`], {
    encoding: "utf8",
  });
  const folder = join((JSON.parse(output) as { Dir: string }).Dir, ...path.split("/").slice(2));
  const found: Package = {
    path,
    structs: new Map(),
    aliases: new Map(),
    imports: new Map(),
    wrapped: new Set(),
  };
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".go") || /_test\.go$|^(zz_)?generated|conversion|register/.test(file)) continue;
    readFile(readFileSync(join(folder, file), "utf8"), found);
  }
  return found;
}

function readFile(source: string, found: Package): void {
  for (const [, alias, path = ""] of source.matchAll(/^(?:import )?\s*(\w+)? ?"(k8s\.io\/[^"]+)"$/gm)) {
    found.imports.set(alias ?? path.split("/").at(-1)!, path);
  }
  for (const [, name = ""] of source.matchAll(/\+protobuf\.nullable=true\n(?:\/\/[^\n]*\n|\n)*type (\w+)/g)) {
    found.wrapped.add(name);
  }
  for (const [, name = "", body = ""] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = [...body.matchAll(/^\t(?:(\w+)\s+)?([\w.*[\]]+)\s+`([^`]+)`/gm)];
    found.structs.set(name, { fields: fields.map(([, , type = "", tag = ""]) => [type, tag] as const) });
  }
  for (const [, name = ""] of source.matchAll(/^type (\w+) struct ?\{\}$/gm))
    found.structs.set(name, { fields: [] });
  for (const [, name = "", type = ""] of source.matchAll(/^type (\w+) =? ?([\w.*[\]]+)$/gm)) {
    found.aliases.set(name, type);
  }
}

/** The name by which the tables refer to a message, which is read if it has not been. */
function need(path: string, name: string): string {
  let messages = needed.get(path);
  if (messages === undefined) needed.set(path, (messages = new Map()));
  if (!messages.has(name)) {
    messages.set(name, "");
    messages.set(name, fieldsOf(read.get(path)!, read.get(path)!.structs.get(name)!));
  }
  return `${shortNames.get(path)}.${name}`;
}

function fieldsOf(from: Package, struct: Struct): string {
  const fields: string[] = [];
  for (const [type, tag] of struct.fields) {
    const [json = "", ...options] = (/json:"([^"]*)"/.exec(tag)?.[1] ?? "").split(",");
    const [wire, number] = (/protobuf:"([^"]*)"/.exec(tag)?.[1] ?? "").split(",");
    if (wire === undefined || number === undefined || (json === "" && !options.includes("inline"))) continue;
    const isKept = type.startsWith("*") || !(options.includes("omitempty") || options.includes("omitzero"));
    const name = json === "" ? "" : json;
    fields.push(`${name}:${number}:${isKept && json !== "" ? "!" : ""}${typeOf(from, type, wire)}`);
  }
  return fields.join(" ");
}

function typeOf(from: Package, type: string, wire: string): string {
  if (type.startsWith("*")) return typeOf(from, type.slice(1), wire);
  if (type === "[]byte") return "bytes";
  if (type.startsWith("[]")) return `[]${typeOf(from, type.slice(2), wire)}`;
  const map = /^map\[[\w.]+\](.+)$/.exec(type);
  if (map !== null) return `{}${typeOf(from, map[1]!, wire)}`;
  if (type === "string" || type === "bool") return type;
  if (/^u?int\d*$|^byte$/.test(type)) return "int";
  if (type === "float64") return "double";
  return namedType(from, type, wire);
}

function namedType(from: Package, type: string, wire: string): string {
  const [first = "", second] = type.split(".");
  const path = second === undefined ? from.path : (from.imports.get(first) ?? first);
  const name = second ?? first;
  const known = special[`${path}.${name}`];
  if (known !== undefined) return known;
  const home = read.get(path);
  // Scalars of packages that are not read: the kind of number on the wire tells which.
  if (home === undefined) return wire === "varint" ? "int" : "string";
  if (home.structs.has(name)) return need(path, name);
  const alias = home.aliases.get(name);
  if (alias === undefined) throw new Error(`${path} has no type ${name}`);
  return home.wrapped.has(name) ? `Wrapped${typeOf(home, alias, wire)}` : typeOf(home, alias, wire);
}

function write(): void {
  const folder = join(root, "src/apiserver/protobuf/fields");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (const [path, messages] of needed) {
    const short = shortNames.get(path)!;
    const file = short.replace("/", "-");
    files.push(file);
    const lines = [...messages]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, fields]) => `  ${JSON.stringify(`${short}.${name}`)}: ${JSON.stringify(fields)},`);
    const text = [
      "// Generated by tools/protobuf-fields.ts: edit that.",
      `export const messages: Readonly<Record<string, string>> = {\n${lines.join("\n")}\n};\n`,
    ];
    writeFileSync(join(folder, `${file}.ts`), text.join("\n"));
  }
  const imports = files.map((file, at) => `import { messages as part${at} } from "./${file}.ts";`);
  const roots = packages
    .filter(([, apiVersion]) => apiVersion !== "")
    .map(([path]) => `  ${JSON.stringify(apiVersions.get(path))}: ${JSON.stringify(shortNames.get(path))},`);
  const index = [
    "// Generated by tools/protobuf-fields.ts: edit that.",
    ...imports,
    "",
    "/** The fields of every message, as `name:number:type` one after the other. */",
    `export const messages: Readonly<Record<string, string>> = { ${files.map((_, at) => `...part${at}`).join(", ")} };`,
    "",
    "/** Where the kinds of an `apiVersion` are. */",
    `export const packages: Readonly<Record<string, string>> = {\n${roots.join("\n")}\n};\n`,
  ];
  writeFileSync(join(folder, "fields.ts"), index.join("\n"));
}
