import { RE2JS } from "re2js";

type Matcher = (text: string) => boolean;

/** Ours are few and known to be linear; a user's live as long as the schema that has them. */
const own = new Map<string, Matcher>();
const foreign = new WeakMap<object, Matcher>();

/** Whether a pattern of this project is found in the text. */
export function matchesOwn(pattern: string, text: string): boolean {
  let matcher = own.get(pattern);
  if (matcher === undefined) {
    const expression = new RegExp(pattern, "u");
    matcher = (each) => expression.test(each);
    own.set(pattern, matcher);
  }
  return matcher(text);
}

/**
 * Whether a user's pattern is found in the text, in linear time.
 *
 * @param holder The schema that the pattern stands in.
 */
export function matchesForeign(holder: object, pattern: string, text: string): boolean {
  let matcher = foreign.get(holder);
  if (matcher === undefined) {
    const expression = RE2JS.compile(pattern);
    matcher = (each) => expression.test(each);
    foreign.set(holder, matcher);
  }
  return matcher(text);
}

/** What is wrong with a pattern as RE2 syntax, if anything is. */
export function patternError(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
