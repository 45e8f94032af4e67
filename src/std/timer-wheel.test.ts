import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Timer, TimerWheel } from "./timer-wheel.ts";

const tick = 5;

/** Notes when it fires. */
class Bell {
  readonly rings: number[] = [];
  readonly timer = new Timer(this);
  act: () => void = () => undefined;
  private readonly waiting: (() => void)[] = [];

  onTimer(): void {
    this.rings.push(performance.now());
    this.act();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  rung(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** The wheel keeps no process alive, a test that waits for it must. */
function stayAlive(t: TestContext): void {
  const interval = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(interval));
}

test("a timer fires once, never early, and about when it is due", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(tick);
  const started = performance.now();
  const bells = [0, 1, 7, 20, 33, 60].map((delay) => {
    const bell = new Bell();
    wheel.arm(bell.timer, delay);
    assert.equal(bell.timer.armed, true);
    return { bell, delay };
  });
  await bells.at(-1)!.bell.rung();
  for (const { bell, delay } of bells) {
    assert.equal(bell.rings.length, 1, `delay ${delay}`);
    assert.ok(bell.rings[0]! - started >= delay, `early: ${bell.rings[0]! - started} of ${delay}`);
    assert.equal(bell.timer.armed, false);
  }
});

test("a disarmed timer does not fire, a moved one fires at its new time only", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(tick);
  const [gone, moved, last] = [new Bell(), new Bell(), new Bell()];
  const started = performance.now();
  wheel.arm(gone.timer, 10);
  wheel.arm(moved.timer, 10);
  wheel.arm(moved.timer, 40);
  wheel.arm(last.timer, 60);
  gone.timer.disarm();
  gone.timer.disarm();
  assert.equal(gone.timer.armed, false);
  await last.rung();
  assert.deepEqual(gone.rings, []);
  assert.equal(moved.rings.length, 1);
  assert.ok(moved.rings[0]! - started >= 40);
});

test("a timer that needs more rounds than one waits for its own", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(1);
  const [far, near] = [new Bell(), new Bell()];
  const started = performance.now();
  wheel.arm(far.timer, 300);
  wheel.arm(near.timer, 300 - 256);
  await near.rung();
  assert.deepEqual(far.rings, []);
  await far.rung();
  assert.ok(far.rings[0]! - started >= 300);
});

test("what a timer does may disarm, move and arm others and itself", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(tick);
  const bells = Array.from({ length: 20 }, () => new Bell());
  // All in one slot: whichever is first disarms its neighbours.
  for (const bell of bells) {
    wheel.arm(bell.timer, 10);
    bell.act = () => {
      for (const other of bells) if (other !== bell) other.timer.disarm();
    };
  }
  const again = new Bell();
  again.act = () => {
    if (again.rings.length < 3) wheel.arm(again.timer, 0);
  };
  wheel.arm(again.timer, 20);
  while (again.rings.length < 3) await again.rung();
  assert.equal(bells.filter((bell) => bell.rings.length > 0).length, 1);
});

test("after a long stall everything that is due fires once, and nothing else", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(1);
  const due = Array.from({ length: 300 }, (_, delay) => {
    const bell = new Bell();
    wheel.arm(bell.timer, delay);
    return bell;
  });
  const later = new Bell();
  wheel.arm(later.timer, 5000);
  const end = performance.now() + 400;
  while (performance.now() < end);
  await due.at(-1)!.rung();
  assert.deepEqual(
    due.map((bell) => bell.rings.length),
    due.map(() => 1),
  );
  assert.deepEqual(later.rings, []);
  later.timer.disarm();
});

test("the wheel starts again after it ran empty", async (t) => {
  stayAlive(t);
  const wheel = new TimerWheel(tick);
  const bell = new Bell();
  for (let round = 1; round <= 3; round++) {
    const started = performance.now();
    wheel.arm(bell.timer, 12);
    await bell.rung();
    assert.equal(bell.rings.length, round);
    assert.ok(bell.rings.at(-1)! - started >= 12);
    // Long enough for the wheel to find itself empty and stop.
    await new Promise((resolve) => setTimeout(resolve, 3 * tick));
  }
});
