import { duration } from "../schema/forms.ts";
import { fieldName } from "./forms.ts";
import { union } from "./rule.ts";
import { object, optional, string, type Infer } from "../schema/schema.ts";

/** Keeps the requests of one session on one endpoint. */
export const sessionPersistence = object(
  {
    type: string({
      enum: ["Cookie", "Header"],
      default: "Cookie",
      description: "What carries the session: a cookie, or a header field.",
    }),
    absoluteTimeout: optional(
      string({ ...duration, description: "How long a session lives at most, however busy it is." }),
    ),
    cookie: optional(
      object(
        {
          name: optional(
            string({ ...fieldName, description: "Name of the cookie; chosen for you when absent." }),
          ),
          path: string({ maxLength: 1024, default: "/", description: "Path attribute of the cookie." }),
          lifetimeType: string({
            enum: ["Permanent", "Session"],
            default: "Session",
            description:
              "Session: the cookie goes when the browser is closed. Permanent: it lives until absoluteTimeout.",
          }),
        },
        { description: "Goes with type Cookie." },
      ),
    ),
    header: optional(
      object(
        { name: string({ ...fieldName, description: "Name of the header field." }) },
        { description: "Goes with type Header." },
      ),
    ),
  },
  {
    description: "Keeps the requests of one session on one endpoint of a backend.",
    rules: [
      ...union("type", { Cookie: "cookie", Header: "header" }),
      {
        rule: "!has(self.cookie) || self.cookie.lifetimeType != 'Permanent' || has(self.absoluteTimeout)",
        message: "A Permanent cookie needs an absoluteTimeout",
        fieldPath: ".cookie.lifetimeType",
      },
    ],
  },
);

export type SessionPersistence = Infer<typeof sessionPersistence>;
