import { parseArgs } from "node:util";
import { scenarios } from "./scenario/scenarios.ts";

export interface Options {
  readonly blocks: number;
  readonly seconds: number;
  /** Seconds. */
  readonly mostWarmUp: number;
  readonly memoryRounds: number;
  readonly scenarios: readonly string[];
  readonly peers: readonly string[];
  readonly save: boolean;
  readonly quick: boolean;
}

export const peerNames = ["nginx", "haproxy", "envoy", "node:http"] as const;

export const usage = `npm run bench -- [options]
  --quick             a first look in about a minute; not for publishing
  --only NAME,...     of: ${scenarios.map(({ name }) => name).join(", ")}
  --peers NAME,...    of: ${peerNames.join(", ")}
  --blocks N          blocks per scenario, rounds of udp-rate (8; even numbers cancel steady drift)
  --seconds S         whole seconds per subject and block (1)
  --save              write bench/results/YYYY-MM-DD.json and .md, or -2, -3 ...`;

/** What a look in a minute holds. */
const quickScenarios = ["keepalive", "body-1m", "routes"];

/** An even number, so that each subject is as often early as late in its block. */
const usualBlocks = 8;
const quickBlocks = 2;

/** Throws with a message for the user. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      peers: { type: "string" },
      blocks: { type: "string" },
      seconds: { type: "string" },
      save: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { quick, save } = values;
  const all = scenarios.map(({ name }) => name);
  return {
    quick,
    save,
    blocks: readCount("--blocks", values.blocks, quick ? quickBlocks : usualBlocks),
    seconds: readCount("--seconds", values.seconds, 1),
    mostWarmUp: quick ? 1 : 60,
    memoryRounds: quick ? 1 : 3,
    scenarios: readNames("--only", values.only, all, quick ? quickScenarios : all),
    peers: readNames("--peers", values.peers, peerNames, peerNames),
  };
}

function readCount(option: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new Error(`${option} "${text}" is not a whole number from 1 to 9999`);
  return Number(text);
}

function readNames(
  option: string,
  text: string | undefined,
  allowed: readonly string[],
  usual: readonly string[],
): readonly string[] {
  if (text === undefined) return usual;
  const names = text.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new Error(`${option} "${unknown}" is not one of ${allowed.join(", ")}`);
  return allowed.filter((name) => names.includes(name));
}
