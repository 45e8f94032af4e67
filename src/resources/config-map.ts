import { metadata } from "./metadata.ts";
import { map, open, optional, string } from "./schema.ts";

export const configMapSchema = open({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(),
  data: map(string(), { default: {} }),
  binaryData: optional(map(string({ format: "byte" }))),
});
