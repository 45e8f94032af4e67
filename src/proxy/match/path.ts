/**
 * The one place where a request target is brought to its normal form, before anything is matched. The
 * result is both matched and forwarded, so gateway and backend cannot see different paths.
 * The policy and its reasons: docs/decisions, "Path normalization".
 */

const OTHER = 0;
const QUESTION_MARK = 1;
const REFUSED = 2;
const REFUSED_IN_PATH = 3;
const PERCENT = 4;
const DOT = 5;

const SLASH_CODE = 47;

/** What each character of a target means to the first scan. */
const kinds = new Uint8Array(256);
kinds.fill(REFUSED, 0x00, 0x21);
kinds[0x7f] = REFUSED;
kinds["#".charCodeAt(0)] = REFUSED;
kinds["\\".charCodeAt(0)] = REFUSED_IN_PATH;
kinds["?".charCodeAt(0)] = QUESTION_MARK;
kinds["%".charCodeAt(0)] = PERCENT;
kinds[".".charCodeAt(0)] = DOT;

/**
 * The normal form of a target in origin-form (`/path?query`); the same string when it is normal already.
 * `undefined`: answer 400.
 */
export function normalizeTarget(target: string): string | undefined {
  if (target.charCodeAt(0) !== SLASH_CODE) return undefined;
  const length = target.length;
  let normal = true;
  let i = 1;
  for (; i < length; i++) {
    const kind = kinds[target.charCodeAt(i)];
    if (kind === OTHER) continue;
    if (kind === DOT) {
      if (target.charCodeAt(i - 1) === SLASH_CODE && mayEndDots(target, i + 1)) normal = false;
    } else if (kind === PERCENT) {
      normal = false;
    } else if (kind === QUESTION_MARK) {
      break;
    } else {
      return undefined;
    }
  }
  const pathEnd = i;
  for (; i < length; i++) if (kinds[target.charCodeAt(i)] === REFUSED) return undefined;
  if (normal) return target;
  const path = resolve(target.slice(0, pathEnd));
  return path === undefined ? undefined : path + target.slice(pathEnd);
}

/** After `/.`: can this still be a segment of dots? Not in `/.well-known`. */
function mayEndDots(target: string, at: number): boolean {
  return at === target.length || "/.;?%".includes(target.charAt(at));
}

/** A `.` or `..` that servers see which decode `%2F`, turn `\` into `/`, or strip `;parameters`. */
const DISGUISED_DOTS = /(?:^|%2F|%5C)\.\.?(?:%2F|%5C|;|$)/;

/** RFC 3986 §5.2.4 on segments, but climbing above the root is refused. */
function resolve(path: string): string | undefined {
  const escaped = normalizeEscapes(path);
  if (escaped === undefined) return undefined;
  const segments = escaped.split("/");
  const last = segments.length - 1;
  const kept: string[] = [];
  for (let i = 1; i <= last; i++) {
    const segment = segments[i] ?? "";
    if (segment === "." || segment === "..") {
      if (segment === ".." && kept.pop() === undefined) return undefined;
      if (i === last) kept.push("");
    } else if (DISGUISED_DOTS.test(segment)) {
      return undefined;
    } else {
      kept.push(segment);
    }
  }
  return `/${kept.join("/")}`;
}

/**
 * RFC 3986 §6.2.2: escapes in upper case, and none for unreserved characters. `undefined` for a percent
 * sign that begins no escape, and for `%00`, which ends a string in some servers.
 */
function normalizeEscapes(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(path)) return undefined;
  return path.replace(/%../g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
}
