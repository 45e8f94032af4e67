import { findH2loadVersion } from "../load/h2load.ts";
import type { Contender, CpuScenario } from "../scenario/scenario.ts";
import { measureBlock, type Sample } from "./block.ts";
import { Crew, type Runner } from "./crew.ts";
import type { CpuResult } from "./result.ts";

export interface Pace {
  readonly blocks: number;
  /** Of every subject in every block; whole. */
  readonly seconds: number;
  /** Seconds; less than a subject needs gives figures for a first look only. */
  readonly mostWarmUp: number;
  readonly say: (text: string) => void;
}

/** All contenders run the whole time, on ports of their own; one after the other is under load. */
export async function measureCpu(
  scenario: CpuScenario,
  contenders: readonly Contender[],
  pace: Pace,
): Promise<CpuResult> {
  const crew = new Crew();
  const absent = new Map<Contender, string>();
  const samples = new Map<Contender, Sample[]>();
  try {
    const runners: Runner[] = [];
    for (const contender of contenders) {
      samples.set(contender, []);
      if (contender.subject.findVersion() === undefined) absent.set(contender, "not installed");
      else if (needsH2load(contender) && findH2loadVersion() === undefined)
        absent.set(contender, "needs h2load");
      else
        await crew.start(contender).then(
          (runner) => runners.push(runner),
          (error: Error) => absent.set(contender, error.message),
        );
    }
    for (const runner of runners) {
      pace.say(`${scenario.name}: warm-up, ${runner.contender.label}`);
      await crew.warmUp(runner, pace.mostWarmUp);
    }
    for (let block = 0; block < pace.blocks; block++) {
      // A B C, C B A: what changes steadily over time changes all alike.
      for (const runner of block % 2 === 0 ? runners : runners.toReversed()) {
        pace.say(`${scenario.name}: block ${block + 1} of ${pace.blocks}, ${runner.contender.label}`);
        samples.get(runner.contender)!.push(await measure(runner, block, pace.seconds));
      }
    }
  } finally {
    await crew.stopAll();
  }
  const { measures, name, title, wanted } = scenario;
  return {
    measures,
    name,
    title,
    ...(wanted !== undefined && { wanted }),
    rows: contenders.map((contender) => {
      const { label, baseline } = contender;
      const why = absent.get(contender);
      return { label, baseline, ...(why !== undefined && { absent: why }), samples: samples.get(contender)! };
    }),
  };
}

function needsH2load({ work }: Contender): boolean {
  return work.wire?.http2 === true || work.load.handshakes === true;
}

function measure(runner: Runner, block: number, seconds: number): Promise<Sample> {
  const { process, backend, run } = runner;
  return measureBlock({ block, subject: process.pid, backend: backend.process.pid, run, seconds });
}
