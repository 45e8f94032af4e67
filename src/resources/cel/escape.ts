/** Words that the grammar keeps for itself; a property of that name is written `__word__`. */
const RESERVED = new Set(
  (
    "true false null in as break const continue else for function if import let loop package namespace return " +
    "var void while"
  ).split(" "),
);

const ESCAPED: Readonly<Record<string, string>> = {
  __: "__underscores__",
  ".": "__dot__",
  "-": "__dash__",
  "/": "__slash__",
};

/** How expressions write a property's name, undefined when they cannot name it. */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) {
    return undefined;
  }
  return RESERVED.has(name) ? `__${name}__` : name.replace(/__|[./-]/g, (part) => ESCAPED[part]!);
}

export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}
