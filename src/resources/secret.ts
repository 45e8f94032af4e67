import { metadata } from "./metadata.ts";
import { map, open, optional, string } from "./schema.ts";

/** Base64, checked without ever repeating the value in a message. */
const bytes = string({
  format: "byte",
  checks: [
    (value, fail) => {
      const text = value.replace(/[\r\n]/g, "");
      if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
        fail("Value is not base64: encode it, or put the plain text in stringData");
      }
    },
  ],
});

export const secretSchema = open({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(),
  type: string({ default: "Opaque" }),
  data: map(bytes, { default: {} }),
  /** Plain text; wins over `data` of the same name. */
  stringData: optional(map(string())),
});
