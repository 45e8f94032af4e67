import { judge } from "../testing.ts";

judge("semantic versions", {
  yes: [
    "semver('1.0.0').major() == 1",
    "semver('v1.0.0', true).minor() == 0",
    "semver('1.0', true) == semver('1.0.0')",
    "semver('01.01.01', true) == semver('1.1.1')",
    "isSemver('1.0.0')",
    "isSemver('v1.0', true)",
    "isSemver('1.0.0-alpha.1+b.01')",
    "isSemver('1.0.0--')",
    "isSemver('1.0.0-a', true)",
    "isSemver('00', true)",
    "semver('1.2.3').compareTo(semver('2.0.0')) == -1",
    "semver('1.2.3-alpha').isLessThan(semver('1.2.3'))",
    "semver('1.2.3-alpha.1').isLessThan(semver('1.2.3-alpha.beta'))",
    "semver('1.2.3-alpha.2').isLessThan(semver('1.2.3-alpha.10'))",
    "semver('1.2.3+a') == semver('1.2.3+b')",
  ],
  no: [
    "isSemver('1.0')",
    "isSemver('1.0.0-alpha.01')",
    "isSemver('1.0.0-')",
    "isSemver('1.0.0+')",
    "isSemver('99999999999999999999.0.0')",
    "isSemver('1.0-a', true)",
    "isSemver('vv1', true)",
    "isSemver('', true)",
  ],
  fails: ["semver('v1.0.0')"],
  refused: ["type(semver('1.0.0')) == kubernetes.Semver"],
});
