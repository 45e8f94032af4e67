import { addressType, HOSTNAME_PATTERN, ROUTABILITY_PATTERN } from "./forms.ts";
import { literal } from "./rule.ts";
import { array, object, optional, string, type Constraint, type Rule } from "../schema/schema.ts";

/** The addresses of a Gateway, wanted and assigned. */
const IP_ADDRESS_VALUE: readonly Constraint[] = [
  {
    properties: {
      type: { enum: ["IPAddress"] },
      value: { anyOf: [{ format: "ipv4" }, { format: "ipv6" }] },
    },
  },
  { properties: { type: { not: { enum: ["IPAddress"] } } } },
];

const type = string({
  ...addressType,
  default: "IPAddress",
  description:
    "What the value is: IPAddress, Hostname, or a type of an implementation such as example.com/pool.",
});

const routability = optional(
  string({
    maxLength: 253,
    description:
      "From where the address can be reached: empty for the implementation's default, Cluster, or a word of an implementation such as example.com/private.",
    rules: [
      {
        rule: `self == '' || self == 'Cluster' || self.matches(${literal(ROUTABILITY_PATTERN)})`,
        message: 'Routability must be empty, "Cluster", or a domain and a path such as example.com/private',
      },
      {
        rule: "!self.matches('^([^/]*[.])?k8s[.]io/')",
        messageExpression: "'The domain ' + self.split('/')[0] + ' is reserved: use one of your own'",
      },
    ],
  }),
);

const hostnameValue: Rule = {
  rule: `self.type != 'Hostname' || !has(self.value) || self.value.matches(${literal(HOSTNAME_PATTERN)})`,
  messageExpression: `'"' + self.value + '" is not a lower-case host name such as a.example.com or *.example.com'`,
  fieldPath: ".value",
};

const addressRules = { oneOf: IP_ADDRESS_VALUE, rules: [hostnameValue] };

const wanted = object(
  {
    type,
    value: optional(string({ maxLength: 253, description: "The address; one is assigned when absent." })),
    routability,
  },
  { description: "An address that the Gateway should have.", ...addressRules },
);

const assigned = object(
  {
    type,
    value: string({ minLength: 1, maxLength: 253, description: "The address." }),
    routability,
  },
  { description: "An address that the Gateway has.", ...addressRules },
);

const named = (address: string) => `${address}.type in ['IPAddress', 'Hostname'] && has(${address}.value)`;
const repeated = "!self.exists_one(b, b.type == a.type && has(b.value) && b.value == a.value)";

const distinctAddresses: Rule = {
  rule: `size(self) < 2 || self.all(a, !(${named("a")} && ${repeated}))`,
  messageExpression: `self.filter(a, ${named("a")} && ${repeated}).map(a, a.type + ' ' + a.value)[0] + ' is in the list more than once'`,
};

const MAX_ADDRESSES = 16;

export const wantedAddresses = optional(
  array(wanted, {
    maxItems: MAX_ADDRESSES,
    description: "Addresses that the Gateway should have; the implementation chooses when absent.",
    rules: [distinctAddresses],
  }),
);

export const assignedAddresses = optional(
  array(assigned, { maxItems: MAX_ADDRESSES, description: "Addresses that the Gateway has." }),
);
