import * as fc from "fast-check";
import { stringFault } from "../../src/resources/schema/scalar.ts";
import type { StringSchema } from "../../src/resources/schema/schema.ts";
import type { Random } from "../../fuzz/random.ts";

const long = "a".repeat(63);

/** Texts that mean something to one rule or another, good and bad. */
export const telling: readonly string[] = [
  ..."a|A|0|-|_|.|/|*|#|?|%|:| |é|~|a |\ta|a\n| a|a  b|a b|a,b|a;b".split("|"),
  ..."example|example.com|Example.com|a.b.c|*.example.com|*.com|*|a.*.com|-a|a-|a..b|.a|a.|a_b|1.2.3.4".split(
    "|",
  ),
  ..."127.0.0.1|256.0.0.1|::1|fe80::1|2001:db8::1|::ffff:1.2.3.4|1.2.3|01.2.3.4|10.0.0.0/8|localhost".split(
    "|",
  ),
  ..."/|/a|/a/b|//|/a//b|/./a|/a/..|/a/.|/../|/%2F|/%2f|/%zz|/%20|/a#b|/a?b|a/b|/é|/~a:@!$&'()*+,;=".split(
    "|",
  ),
  ..."0s|1s|10s|500ms|1h|1h30m|1h2m3s4ms|99999h|100000h|1.5h|-1s|1|s|1d|1us|24h|0ms|00001s".split("|"),
  ..."example.com/a|example.com/A-b_c.d|example.com/|/x|k8s.io/x|a.k8s.io/x|networking.k8s.io/Thing|a/b/c".split(
    "|",
  ),
  ..."HTTP|HTTPS|TLS|TCP|UDP|GRPC|http|Core|GatewayClass|Gateway|HTTPRoute|Service|Secret|ConfigMap".split(
    "|",
  ),
  ..."X-Header|x-header|Content-Type|:path|host|Host|a!b|set-cookie|Cluster|Same|All|None|Selector".split(
    "|",
  ),
  ..."https://example.com|http://a.b:80|https://*.example.com|https://a|ftp://a|https://|http://*|null".split(
    "|",
  ),
  ..."gateway.networking.k8s.io|gateway.networking.x-k8s.io|ServiceImport|XBackend|ListenerSet|IPAddress".split(
    "|",
  ),
  ..."Hostname|NamedAddress|spiffe://a/b|spiffe://|a:b|URI|DNS|System|50%|0|1|100|101|v1|True|False|Unknown".split(
    "|",
  ),
  ..."ClusterTrustBundle|EndpointPickerNotFound|2026-01-31T12:00:00Z|2026-13-31T12:00:00Z|2026-01-31".split(
    "|",
  ),
  "",
  long,
  `${long}a`,
  `${long}.${long}.${long}.${"a".repeat(61)}`,
  `${long}.${long}.${long}.${"a".repeat(62)}`,
  `example.com/${"a".repeat(241)}`,
  "a".repeat(256),
  "a".repeat(1025),
];

const found = new WeakMap<StringSchema, readonly string[]>();

/** Texts that a schema accepts. */
export function accepted(schema: StringSchema): readonly string[] {
  let texts = found.get(schema);
  if (texts === undefined) {
    texts = schema.enum ?? telling.filter((text) => stringFault(schema, text) === undefined);
    if (texts.length === 0) texts = made(schema);
    found.set(schema, texts);
  }
  return texts;
}

function made(schema: StringSchema): readonly string[] {
  const arbitrary =
    schema.pattern === undefined
      ? fc.string({ minLength: schema.minLength ?? 0, maxLength: schema.maxLength ?? 20 })
      : fc.stringMatching(new RegExp(schema.pattern, "u"));
  const texts = fc.sample(arbitrary, { seed: 1, numRuns: 200 });
  return texts.filter((text) => stringFault(schema, text) === undefined).slice(0, 20);
}

/** Mostly a short one. */
export function text(schema: StringSchema, random: Random): string {
  const texts = accepted(schema);
  const short = texts.filter((each) => each.length < 30);
  return random.pick(short.length > 0 && random.chance(0.9) ? short : texts) ?? "";
}
