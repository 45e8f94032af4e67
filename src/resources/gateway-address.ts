import { dnsSubdomain, hostname } from "./forms.ts";
import { array, object, optional, string, type Check, type Infer } from "./schema.ts";

const HOSTNAME = new RegExp(hostname.pattern);
const DOMAIN = new RegExp(dnsSubdomain.pattern);
const IPV4 = /^(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}$/;

function isAddress(value: string): boolean {
  return IPV4.test(value) || (/^[0-9a-fA-F:.]+$/.test(value) && URL.canParse(`http://[${value}]/`));
}

const address = object(
  {
    type: string({
      pattern: `^(Hostname|IPAddress|NamedAddress|${dnsSubdomain.pattern.slice(1, -1)}/[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+)$`,
      form: "Hostname, IPAddress, or a type of an implementation such as example.com/pool",
      minLength: 1,
      maxLength: 253,
      default: "IPAddress",
    }),
    value: optional(string({ maxLength: 253 })),
    routability: optional(
      string({
        maxLength: 253,
        checks: [
          (value, fail) => {
            if (value === "" || value === "Cluster") return;
            const slash = value.indexOf("/");
            const domain = value.slice(0, slash);
            if (slash < 0 || slash === value.length - 1 || !DOMAIN.test(domain)) {
              fail(
                'Routability must be empty, "Cluster", or a domain and a path such as example.com/private',
              );
            } else if (domain === "k8s.io" || domain.endsWith(".k8s.io")) {
              fail(`The domain ${domain} is reserved: use one of your own`);
            }
          },
        ],
      }),
    ),
  },
  {
    checks: [
      ({ type, value }, fail) => {
        if (value === undefined) return;
        if (type === "IPAddress" && !isAddress(value)) fail(`"${value}" is not an IP address`, ["value"]);
        if (type === "Hostname" && !HOSTNAME.test(value))
          fail(`"${value}" is not ${hostname.form}`, ["value"]);
      },
    ],
  },
);
type GatewayAddress = Infer<typeof address>;

const distinctAddresses: Check<readonly GatewayAddress[]> = (addresses, fail) => {
  const seen = new Set<string>();
  addresses.forEach(({ type, value }, index) => {
    if (value === undefined || (type !== "IPAddress" && type !== "Hostname")) return;
    const identity = `${type} ${value}`;
    if (seen.has(identity)) fail(`${identity} is in the list already`, [index, "value"]);
    seen.add(identity);
  });
};

export const gatewayAddresses = optional(array(address, { maxItems: 16, checks: [distinctAddresses] }));
