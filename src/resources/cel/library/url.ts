import { isIPv6 } from "node:net";

import { CelError } from "../error.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, list, map, STRING, URL_TYPE } from "../types.ts";
import { MapBuilder, Opaque } from "../values.ts";

/** Parts of an absolute URI or an absolute path (RFC 3986), with the leniency of Go's parser. */
class Url extends Opaque {
  readonly typeName = URL_TYPE.name;
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(text: string, scheme: string, host: string, path: string, query: string) {
    super();
    this.text = text;
    this.scheme = scheme;
    this.host = host;
    this.path = path;
    this.query = query;
  }

  equals(other: Url): boolean {
    return this.text === other.text;
  }
}

const ESCAPES = /%(?![0-9a-fA-F]{2})/;
const PATH_ALLOWED = /^[-A-Za-z0-9_.~$&+,/:;=@!'()*[\]%]*$/;
const USER_ALLOWED = /^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/;
const HOST_ALLOWED = /^(?:[-A-Za-z0-9_.~!$&'()*+,;=:[\]<>"]|[^\u0000-\u007f]|%25|%[89a-fA-F][0-9a-fA-F])*$/;

/** Undefined for what is no URL. With `fragment`, `#` ends the path and the query. */
function parse(text: string, fragment: boolean): Url | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text === "" || /[\u0000-\u001f\u007f]/.test(text)) {
    return undefined;
  }
  if (text === "*") {
    return new Url(text, "", "", "*", "");
  }
  const hash = fragment ? text.indexOf("#") : -1;
  const whole = hash === -1 ? text : text.slice(0, hash);
  if (hash !== -1 && ESCAPES.test(text.slice(hash))) {
    return undefined;
  }
  const scheme = /^([A-Za-z][-A-Za-z0-9+.]*):/.exec(whole);
  if (scheme === null && whole.startsWith(":")) {
    return undefined;
  }
  const rest = scheme === null ? whole : whole.slice(scheme[0].length);
  const mark = rest.indexOf("?");
  const query = mark === -1 ? "" : rest.slice(mark + 1);
  let path = mark === -1 ? rest : rest.slice(0, mark);
  const name = (scheme?.[1] ?? "").toLowerCase();
  if (!path.startsWith("/")) {
    return name === "" ? undefined : new Url(text, name, "", "", query);
  }
  let host: string | undefined = "";
  if (name !== "" && path.startsWith("//")) {
    const slash = path.indexOf("/", 2);
    const authority = slash === -1 ? path.slice(2) : path.slice(2, slash);
    path = slash === -1 ? "" : path.slice(slash);
    host = hostOf(name, authority);
  }
  return host === undefined || ESCAPES.test(path) ? undefined : new Url(text, name, host, path, query);
}

function hostOf(scheme: string, authority: string): string | undefined {
  const at = authority.lastIndexOf("@");
  const user = at === -1 ? "" : authority.slice(0, at);
  if (!USER_ALLOWED.test(user) || ESCAPES.test(user)) {
    return undefined;
  }
  const host = authority.slice(at + 1);
  const bracket = host.lastIndexOf("[");
  let port: string;
  if (bracket > 0) {
    return undefined;
  } else if (bracket === 0) {
    const close = host.lastIndexOf("]");
    const [address] = host.slice(1, close).split("%25");
    if (close === -1 || !isIPv6(address!)) {
      return undefined;
    }
    port = host.slice(close + 1);
  } else {
    const colon = scheme === "http" || scheme === "https" ? host.indexOf(":") : host.lastIndexOf(":");
    port = colon === -1 ? "" : host.slice(colon);
  }
  return /^(?::\d*)?$/.test(port) && HOST_ALLOWED.test(host) ? decoded(host) : undefined;
}

/** Percent-escapes resolved; bytes that are no UTF-8 become U+FFFD. */
function decoded(text: string): string {
  return text.includes("%")
    ? text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString())
    : text;
}

function escapedPath(path: string): string {
  if (path === "*" || PATH_ALLOWED.test(path)) {
    return path;
  }
  return decoded(path).replace(/[^-A-Za-z0-9_.~$&+,/:;=@]/gu, (char) =>
    Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

function portOf(host: string): string {
  return /:(\d*)$/.exec(host.slice(host.lastIndexOf("]") + 1))?.[1] ?? "";
}

function hostname(host: string): string {
  const end = host.lastIndexOf("]");
  if (host.startsWith("[") && end !== -1) {
    return host.slice(1, end);
  }
  return host.replace(/:\d*$/, "");
}

function queryOf(query: string): MapBuilder {
  const values = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "" || pair.includes(";") || ESCAPES.test(pair)) {
      continue;
    }
    const equals = pair.indexOf("=");
    const [key, value] = [
      equals === -1 ? pair : pair.slice(0, equals),
      equals === -1 ? "" : pair.slice(equals + 1),
    ].map((part) => decoded(part.replaceAll("+", " "))) as [string, string];
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const builder = new MapBuilder();
  for (const [key, all] of values) {
    builder.set(key, all);
  }
  return builder;
}

/** An absolute URI or an absolute path. */
export function isUrl(text: string): boolean {
  return parse(text, false) !== undefined;
}

const part = (name: string, read: (url: Url) => string): Overload =>
  method(name, [URL_TYPE], STRING, (_, url: Url) => read(url));

export function urls(): Overload[] {
  return [
    fn("url", [STRING], URL_TYPE, (frame, text: string) => {
      frame.spendText(text.length * 2);
      const url = isUrl(text) ? parse(text, true) : undefined;
      if (url === undefined) {
        throw new CelError(`${JSON.stringify(text.slice(0, 100))} is not a URL`);
      }
      return url;
    }),
    fn("isURL", [STRING], BOOL, (frame, text: string) => {
      frame.spendText(text.length);
      return isUrl(text);
    }),
    part("getScheme", (url) => url.scheme),
    part("getHost", (url) => url.host),
    part("getHostname", (url) => hostname(url.host)),
    part("getPort", (url) => portOf(url.host)),
    part("getEscapedPath", (url) => escapedPath(url.path)),
    method("getQuery", [URL_TYPE], map(STRING, list(STRING)), (frame, url: Url) => {
      frame.spend(url.query.length);
      return queryOf(url.query).build();
    }),
  ];
}
