import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import {
  any,
  array,
  integer,
  map,
  object,
  type ObjectSchema,
  open,
  optional,
  string,
} from "../../resources/schema/schema.ts";
import { serverSideApply } from "./apply.ts";
import { eachPath } from "./field-set.ts";
import { decodeFields } from "./fields-v1.ts";
import { pathText } from "./path-element.ts";
import { trackUpdate } from "./update.ts";

/** For tests: a kind with a field for each way of owning, all of them optional. */
const pair = object({ x: optional(string()), y: optional(string()) });
const port = object({
  port: integer(),
  protocol: string({ default: "TCP" }),
  name: optional(string()),
});
const item = object({
  name: string(),
  value: optional(string()),
  pair: optional(pair),
  tags: optional(array(string(), { set: true })),
});

export const thingSchema: ObjectSchema = object({
  apiVersion: string(),
  kind: string(),
  metadata: open({}),
  spec: optional(
    object({
      a: optional(string()),
      b: optional(string()),
      pair: optional(pair),
      atom: optional(object({ x: optional(string()), y: optional(string()) }, { atomic: true })),
      map: optional(map(string())),
      pairs: optional(map(pair)),
      set: optional(array(string(), { set: true })),
      list: optional(array(item, { mapKeys: ["name"] })),
      ports: optional(array(port, { mapKeys: ["port", "protocol"] })),
      atomic: optional(array(item)),
      open: optional(open({})),
      any: optional(any()),
    }),
  ),
  status: optional(object({ phase: optional(string()), reason: optional(string()) })),
});

export const VERSION = "example.com/v1";

export function thing(spec: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion: VERSION, kind: "Thing", metadata: { name: "t" }, spec, ...more };
}

/** One object as several managers write it. The clock goes on by a second with every write. */
export class Written {
  live: JsonObject | undefined;
  schema = thingSchema;
  private seconds = 0;

  private get base() {
    const now = new Date(this.seconds++ * 1000).toISOString().replace(".000Z", "Z");
    const { live, schema } = this;
    return {
      ...(live !== undefined && { live }),
      schema,
      apiVersion: VERSION,
      now,
      resetFields: [["status"]],
    };
  }

  apply(manager: string, spec: JsonObject, force = false): this {
    return this.applyObject(manager, thing(spec), force);
  }

  applyObject(manager: string, applied: JsonObject, force = false): this {
    this.live = serverSideApply({ ...this.base, manager, applied, force });
    return this;
  }

  /** What the manager writes over the spec; everything else stays. */
  update(manager: string, spec: JsonObject): this {
    return this.updateObject(manager, this.live === undefined ? thing(spec) : { ...this.live, spec });
  }

  updateObject(manager: string, updated: JsonObject): this {
    this.live = trackUpdate({ ...this.base, manager, updated });
    return this;
  }

  /** Writes the status subresource; `more` is what else the request says. */
  updateStatus(manager: string, status: JsonObject, more: JsonObject = {}): this {
    const updated = { ...this.live, ...more, status };
    this.live = trackUpdate({
      ...this.base,
      manager,
      updated,
      subresource: "status",
      resetFields: [["spec"], ["metadata"]],
    });
    return this;
  }

  get spec(): unknown {
    return this.live?.["spec"];
  }

  get entries(): readonly JsonObject[] {
    const metadata = this.live?.["metadata"];
    return isJsonObject(metadata) ? ((metadata["managedFields"] ?? []) as readonly JsonObject[]) : [];
  }

  /** `A applies`: the paths that each entry owns. */
  get owners(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      this.entries.map((entry) => {
        const subresource = entry["subresource"] === undefined ? "" : ` ${entry["subresource"] as string}`;
        const verb = entry["operation"] === "Apply" ? "applies" : "updates";
        const paths: string[] = [];
        eachPath(decodeFields(entry["fieldsV1"]), (path) => paths.push(pathText(path)));
        return [`${String(entry["manager"])} ${verb}${subresource}`, paths.sort()];
      }),
    );
  }
}
