import type { Overload } from "../overload.ts";
import { conversions } from "./conversions.ts";
import { formats } from "./formats.ts";
import { lists } from "./lists.ts";
import { addresses } from "./net.ts";
import { operators } from "./operators.ts";
import { optionals } from "./optionals.ts";
import { quantities } from "./quantity.ts";
import { regularExpressions } from "./regex.ts";
import { semvers } from "./semver.ts";
import { sets } from "./sets.ts";
import { strings } from "./text.ts";
import { times } from "./times.ts";
import { urls } from "./url.ts";

/** All functions of kube-apiserver 1.36 but `authorizer`, which rules of CRDs do not have. */
export function functions(): Overload[] {
  return [
    ...operators(),
    ...conversions(),
    ...strings(),
    ...regularExpressions(),
    ...lists(),
    ...sets(),
    ...optionals(),
    ...times(),
    ...urls(),
    ...addresses(),
    ...quantities(),
    ...semvers(),
    ...formats(),
  ];
}
