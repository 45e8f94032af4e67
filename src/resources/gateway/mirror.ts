import { backendReference } from "./reference.ts";
import { integer, object, optional, type Infer } from "../schema/schema.ts";
import { described } from "./described.ts";

/** A part of a whole, such as 1/1000 of all requests. */
export const fraction = object(
  {
    numerator: integer({ format: "int32", min: 0, description: "The part: at most the denominator." }),
    denominator: integer({ format: "int32", min: 1, default: 100, description: "The whole." }),
  },
  {
    description: "A share given as numerator/denominator.",
    rules: [
      {
        rule: "self.numerator <= self.denominator",
        messageExpression:
          "'The fraction ' + string(self.numerator) + '/' + string(self.denominator) + ' is more than the whole'",
        fieldPath: ".numerator",
      },
    ],
  },
);

export const requestMirror = object(
  {
    backendRef: described("Where the copies go; what comes back from there is dropped.", backendReference),
    percent: optional(
      integer({
        format: "int32",
        min: 0,
        max: 100,
        description: "Share of the requests in percent; all of them without percent and fraction.",
      }),
    ),
    fraction: optional(described("Share of the requests as a fraction, finer than percent.", fraction)),
  },
  {
    description: "Sends copies of requests to another backend and drops the answers.",
    rules: [
      {
        rule: "!has(self.percent) || !has(self.fraction)",
        message: 'Give either "percent" or "fraction", not both',
        fieldPath: ".fraction",
      },
    ],
  },
);

export type HTTPRequestMirrorFilter = Infer<typeof requestMirror>;
