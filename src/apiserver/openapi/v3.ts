import type { JsonObject } from "../../resources/json.ts";
import type { ServedKind } from "../registry.ts";
import { definitionsOf } from "./definitions.ts";
import { metaDefinitions } from "./meta.ts";
import { pathsOf } from "./operations.ts";

/** The OpenAPI v3 document of one group version: paths and schemas of its kinds and what they refer to. */
export function openApiV3(kinds: readonly ServedKind[]): JsonObject {
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "unversioned" },
    paths: Object.assign({}, ...kinds.map(pathsOf)) as JsonObject,
    components: { schemas: Object.assign({}, metaDefinitions, ...kinds.map(definitionsOf)) as JsonObject },
  };
}
