import { readResident } from "../machine/cpu-time.ts";
import { holdConnections } from "../load/holder.ts";
import type { Contender, MemoryScenario } from "../scenario/scenario.ts";
import { Crew, type Runner } from "./crew.ts";
import type { MemoryResult, MemoryRow } from "./result.ts";

/** Milliseconds until what the connections set off is over. */
const settleTime = 1_000;

/** Rounds with a fresh process each: where in its cycle a garbage collector stands is a matter of chance. */
export async function measureMemory(
  scenario: MemoryScenario,
  contenders: readonly Contender[],
  rounds: number,
  say: (text: string) => void,
): Promise<MemoryResult> {
  const rows: MemoryRow[] = [];
  for (const contender of contenders) {
    const { label, subject } = contender;
    const first: number[] = [];
    const further: number[] = [];
    const before: number[] = [];
    let absent = subject.findVersion() === undefined ? "not installed" : undefined;
    for (let round = 0; round < rounds && absent === undefined; round++) {
      say(`${scenario.name}: round ${round + 1} of ${rounds}, ${label}`);
      try {
        const resident = await measureRound(contender, scenario);
        before.push(resident.before);
        first.push((resident.some - resident.before) / scenario.connections);
        further.push((resident.all - resident.some) / scenario.moreConnections);
      } catch (error) {
        absent = (error as Error).message;
      }
    }
    rows.push({ label, first, further, before, ...(absent !== undefined && { absent }) });
  }
  const { measures, name, title } = scenario;
  return { measures, name, title, rows };
}

async function measureRound(contender: Contender, { connections, moreConnections }: MemoryScenario) {
  const crew = new Crew();
  try {
    const runner = await crew.start(contender);
    await crew.warmUp(runner);
    const { load, wire } = contender.work;
    const target = { port: runner.port, http2: wire?.http2 === true };
    const before = await readSettled(runner);
    const held = await holdConnections(target, connections, load.requests);
    const some = await readSettled(runner);
    const heldToo = await holdConnections(target, moreConnections, load.requests);
    const all = await readSettled(runner);
    held.release();
    heldToo.release();
    return { before, some, all };
  } finally {
    await crew.stopAll();
  }
}

async function readSettled({ process }: Runner): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settleTime));
  return readResident(process.pid);
}
