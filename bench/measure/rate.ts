import { type RateResult, sendAtRate, startRateEcho, udpRateAbsence } from "../load/udp-rate.ts";
import { readCpuTime } from "../machine/cpu-time.ts";
import type { Contender, RateScenario } from "../scenario/scenario.ts";
import { Crew } from "./crew.ts";
import type { RateFigure, RateResult as Result, RateRow } from "./result.ts";

/** With a larger share missing a rate is too high. */
const mostLost = 0.01;
/** The generator is behind when it has sent less than this share of what was asked for. */
const leastSent = 0.99;
/** Datagrams a second between which rates are looked for, and how close the two ends come. */
const lowest = 4_000;
const highest = 256_000;
const closeness = 1.03;

interface Target {
  readonly label: string;
  readonly port: number;
  /** Absent: nothing is in between. */
  readonly pid?: number;
}

/** All contenders run the whole time; in each round the highest rate of each is looked for, one after the other. */
export async function measureRate(
  scenario: RateScenario,
  contenders: readonly Contender[],
  { rounds, seconds, say }: { rounds: number; seconds: number; say: (text: string) => void },
): Promise<Result> {
  const crew = new Crew();
  const figures = new Map<string, RateFigure[]>();
  const absent = new Map<string, string>();
  const targets: Target[] = [];
  try {
    const why = udpRateAbsence();
    for (const { label } of contenders) if (why !== undefined) absent.set(label, why);
    if (why === undefined) {
      const echo = await startRateEcho();
      crew.useBackend("udp", echo);
      targets.push({ label: direct, port: echo.port });
    }
    for (const contender of why === undefined ? contenders : []) {
      const { label, subject } = contender;
      if (subject.findVersion() === undefined) absent.set(label, "not installed");
      else
        await crew.start(contender).then(
          ({ port, process }) => targets.push({ label, port, pid: process.pid }),
          (error: Error) => absent.set(label, error.message),
        );
    }
    for (const { label } of targets) figures.set(label, []);
    for (const target of targets) await search(scenario, target, 1);
    for (let round = 0; round < rounds; round++)
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        say(`${scenario.name}: round ${round + 1} of ${rounds}, ${target.label}`);
        figures.get(target.label)!.push(await search(scenario, target, seconds));
      }
  } finally {
    await crew.stopAll();
  }
  const { measures, name, title, wanted } = scenario;
  const labels = [...contenders.map(({ label }) => label), ...(figures.has(direct) ? [direct] : [])];
  const rows = labels.map((label): RateRow => {
    const whyNot = absent.get(label);
    return { label, ...(whyNot !== undefined && { absent: whyNot }), figures: figures.get(label) ?? [] };
  });
  return { measures, name, title, wanted, baseline: scenario.baseline, rows };
}

/** The echo itself: what generator and echo can do is the limit of every figure. */
export const direct = "(no proxy)";

/** By halving the distance, in logarithms. The first tries at every rate warm the subject up, too. */
async function search(scenario: RateScenario, target: Target, seconds: number): Promise<RateFigure> {
  let good: RateFigure = { rate: 0, lost: 0, cpuMicroseconds: 0, isGeneratorBehind: false };
  let low = lowest;
  let high = highest;
  let isGeneratorBehind = false;
  while (high / low > closeness) {
    const rate = Math.round(Math.sqrt(low * high));
    const before = cpuOf(target);
    const result = await sendAtRate(target.port, { ...scenario.load, rate, seconds });
    const lost = 1 - result.answers / result.sent;
    const behind = result.sent < leastSent * rate * seconds;
    if (behind || lost > mostLost) {
      high = rate;
      isGeneratorBehind = behind;
    } else {
      low = rate;
      good = {
        rate,
        lost,
        cpuMicroseconds: (cpuOf(target) - before) / 1000 / datagrams(result),
        isGeneratorBehind,
      };
    }
  }
  return { ...good, isGeneratorBehind };
}

/** There and back. */
function datagrams({ sent, answers }: RateResult): number {
  return sent + answers;
}

/** Nanoseconds. */
function cpuOf({ pid }: Target): number {
  return pid === undefined ? 0 : readCpuTime(pid).nanoseconds;
}
