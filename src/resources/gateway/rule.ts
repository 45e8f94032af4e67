import type { Rule } from "../schema/schema.ts";

/** Pieces of CEL that several kinds share. */

/** The CEL source of a string. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** The field as a string, `''` when it is absent: no field that this is used on may be empty. */
export function orEmpty(variable: string, field: string): string {
  return `(has(${variable}.${field}) ? ${variable}.${field} : '')`;
}

/**
 * The API's way to write a union: a discriminator names the one member field that must be there, and the other
 * members must not.
 *
 * @param members value of the discriminator → field
 */
export function union(discriminator: string, members: Readonly<Record<string, string>>): readonly Rule[] {
  return Object.entries(members).map(([name, field]) => {
    const goesWith = `"${field}" goes with ${discriminator} ${name}`;
    const missing = `${discriminator} ${name} needs the field "${field}"`;
    return {
      rule: `has(self.${field}) == (self.${discriminator} == '${name}')`,
      message: `${goesWith} and with no other`,
      messageExpression: `has(self.${field}) ? ${literal(`${goesWith}, but ${discriminator} is `)} + self.${discriminator} : ${literal(missing)}`,
      fieldPath: `.${field}`,
    };
  });
}

/**
 * True when no two entries of a list are the same. Lists of one, which most are, cost nothing.
 *
 * @param same CEL that compares the entries in two variables
 */
export function distinct(same: (a: string, b: string) => string): string {
  return `size(self) < 2 || self.all(a, self.exists_one(b, ${same("a", "b")}))`;
}

/** Rules of routes have names of their own. */
export const distinctRuleNames: Rule = {
  rule: "size(self) < 2 || self.all(a, !has(a.name) || self.exists_one(b, has(b.name) && b.name == a.name))",
  messageExpression:
    "'Rule name \"' + self.filter(a, has(a.name) && !self.exists_one(b, has(b.name) && b.name == a.name))[0].name + '\" is used more than once in the route'",
};

/**
 * At most 128 matches in all rules of a route. Two rules cannot have more.
 *
 * @param count of the matches of one rule `r`
 */
export function matchCount(count: string): Rule {
  const sum = `self.map(r, ${count}).sum()`;
  return {
    rule: `size(self) <= 2 || ${sum} <= 128`,
    messageExpression: `'Too many matches in all rules together: ' + string(${sum}) + ', at most 128'`,
  };
}
