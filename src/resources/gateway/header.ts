import { fieldName, fieldValue } from "./forms.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

/** Header fields, and how filters of requests and responses edit them. */
export const headerField = object(
  {
    name: string({ ...fieldName, description: "Name of the header field; case makes no difference." }),
    value: string({ ...fieldValue, description: "Value of the header field." }),
  },
  { description: "A header field." },
);

const fields = (description: string) =>
  optional(array(headerField, { mapKeys: ["name"], maxItems: 16, description }));

export const headerModifier = object(
  {
    set: fields("Fields that get this value in place of any that they have."),
    add: fields("Values that are appended to those that the fields have."),
    remove: optional(
      array(string(), {
        set: true,
        maxItems: 16,
        description: "Names of fields that are taken out; case makes no difference.",
      }),
    ),
  },
  { description: "Edits of header fields." },
);
export type HTTPHeaderModifier = Infer<typeof headerModifier>;
