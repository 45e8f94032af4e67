import { readResident } from "../machine/cpu-time.ts";
import { type Held, holdConnections } from "../load/holder.ts";
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

/** Bytes of all processes of the subject together. */
async function measureRound(contender: Contender, scenario: MemoryScenario) {
  const { connections, moreConnections, processes = 1 } = scenario;
  const crew = new Crew();
  const held: Held[] = [];
  try {
    const runners: Runner[] = [];
    for (let i = 0; i < processes; i++) runners.push(await crew.start(contender));
    for (const runner of runners) await crew.warmUp(runner);
    const { load, wire } = contender.work;
    const hold = async (count: number): Promise<void> => {
      for (const { port } of runners) {
        const target = { port, http2: wire?.http2 === true };
        held.push(await holdConnections(target, count / processes, load.requests));
      }
    };
    const before = await readSettled(runners);
    await hold(connections);
    const some = await readSettled(runners);
    await hold(moreConnections);
    const all = await readSettled(runners);
    return { before, some, all };
  } finally {
    for (const connections of held) connections.release();
    await crew.stopAll();
  }
}

async function readSettled(runners: readonly Runner[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settleTime));
  return runners.reduce((sum, { process }) => sum + readResident(process.pid), 0);
}
