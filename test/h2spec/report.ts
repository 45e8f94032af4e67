/** A test that has failed. */
export interface Failure {
  /** Section and title. */
  readonly test: string;
  readonly reason: string;
}

export interface Report {
  readonly count: number;
  readonly failures: readonly Failure[];
}

/** What a JUnit report of h2spec says: it has no nested elements but one per failure, and no comments. */
export function readReport(xml: string): Report {
  const failures: Failure[] = [];
  let count = 0;
  for (const [, attributes = "", body = ""] of xml.matchAll(
    /<testcase ([^>]*?)(?:\/>|>([^]*?)<\/testcase>)/g,
  )) {
    count++;
    const [fault, kind] = /<(failure|error)\b/.exec(body) ?? [];
    if (fault === undefined) continue;
    const reason = plain(body.replaceAll(/<[^>]*>/g, " "))
      .replaceAll(/\s+/g, " ")
      .trim();
    const test = `${attribute(attributes, "package")} ${attribute(attributes, "classname")}`;
    failures.push({ test, reason: `${kind}: ${reason}` });
  }
  return { count, failures };
}

function attribute(attributes: string, name: string): string {
  return plain(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#34;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#xA;", " ")
    .replaceAll("&amp;", "&");
}
