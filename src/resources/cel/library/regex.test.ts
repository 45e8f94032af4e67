import { judge } from "../testing.ts";

judge("regular expressions", {
  yes: [
    "'foo'.matches('^f.*o$')",
    "'foobar'.matches('o+b')",
    "matches('foo', 'o$')",
    "'foo'.matches('(?i)FOO')",
    "'abc 123'.find('[0-9]+') == '123'",
    "'abc'.find('[0-9]+') == ''",
    "'abc 123'.find('[0-9]*') == \"\"",
    "'123 abc 456'.findAll('[0-9]+') == ['123','456']",
    "'123 abc 456'.findAll('[0-9]*', 1) == ['123']",
    "'123 abc 456'.findAll('x', 0) == []",
    "'a'.matches(dyn('a'))",
  ],
  refused: ["'foo'.matches('(')"],
});
