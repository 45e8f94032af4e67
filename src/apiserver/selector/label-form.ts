/** What label keys and values look like (apimachinery `validation`): the end of a sentence that says what is wrong. */

const NAME = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const NAME_MAX = 63;
const PREFIX_MAX = 253;

/** `name`, or `dns.subdomain/name`. */
export function keyFault(key: string): string | undefined {
  const parts = key.split("/");
  if (parts.length > 2) return 'has more than one "/"';
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix.length > PREFIX_MAX) return `has more than ${PREFIX_MAX} characters before "/"`;
    if (!prefix.split(".").every((label) => LABEL.test(label))) return 'has no DNS name before "/"';
  }
  if (name.length > NAME_MAX) return `is too long: a name has at most ${NAME_MAX} characters`;
  if (!NAME.test(name))
    return "is not made of letters, digits, -, _ and . with a letter or digit at both ends";
  return undefined;
}

export function valueFault(value: string): string | undefined {
  if (value.length > NAME_MAX) return `is longer than ${NAME_MAX} characters`;
  if (value !== "" && !NAME.test(value)) {
    return "is not made of letters, digits, -, _ and . with a letter or digit at both ends";
  }
  return undefined;
}
