import { bookStatement, planDays } from './activities.ts';
import { check, type Heard } from './checkers.ts';
import { HOUR_MS, MINUTE_MS, RUN_START } from './kernel.ts';
import { observe } from './observed.ts';
import type { Plant } from './planted.ts';
import type { Situation } from './situations.ts';
import type { Swarm } from './swarm.ts';
import { rememberStatements } from './statements.ts';
import { createWorld, found, type World } from './world.ts';

rememberStatements();

const DAY_MS = 24 * HOUR_MS;
const FOUNDING_MS = 2 * HOUR_MS;
/** For so long nothing fails any more: what still waits at its end waits for ever. */
const HEALING_MS = DAY_MS;
const DESK_EVERY_MS = 5 * HOUR_MS;

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly situations: readonly Situation[];
  /** Of the whole trace: the same seed has the same, always. */
  readonly hash: string;
  readonly steps: number;
  readonly facts: number;
  readonly paid: number;
  readonly trace: readonly string[];
}

export interface SimulationOptions {
  readonly plant?: Plant;
  readonly verbose?: boolean;
  readonly over?: Partial<Swarm>;
}

/** One firm, from its founding through its bad days until all is well again; then everything is checked. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Outcome> {
  const world = createWorld(seed, options.plant ?? {}, options.verbose ?? false, options.over);
  const { kernel, server } = world;
  const wire: string[] = [];
  world.network.heard((name, text) => {
    if (name !== 'content answered') wire.push(text);
  });
  found(world);
  every(world, 'server', 3 * HOUR_MS, () => server.tick());
  every(world, 'payment run', world.drawn.paymentEveryMs, () => {
    world.system({ type: 'runPayments' });
    world.payments.tick();
  });
  every(world, 'payments', HOUR_MS, () => world.payments.tick());
  every(world, 'a bank statement', DAY_MS, () => bookStatement(world));
  every(world, 'desks', DESK_EVERY_MS, () => tickDesks(world));
  kernel.after(10 * MINUTE_MS, 'desks', () => tickDesks(world));
  await kernel.runUntil(RUN_START + FOUNDING_MS);
  world.isRough = true;
  planDays(world);
  await kernel.runUntil(RUN_START + FOUNDING_MS + world.drawn.days * DAY_MS);
  heal(world);
  await kernel.runUntil(kernel.now + HEALING_MS);
  world.isEnding = true;
  bookStatement(world);
  tickDesks(world);
  await kernel.runUntil(kernel.now + HOUR_MS);
  return outcomeOf(world, { wire });
}

function every(world: World, name: string, ms: number, act: () => void): void {
  const again = (): void => {
    if (world.isEnding) return;
    act();
    world.kernel.after(ms, name, again);
  };
  world.kernel.after(ms, name, again);
}

function tickDesks({ desks, kernel }: World): void {
  for (const [at, desk] of desks.entries()) {
    kernel.after(at * MINUTE_MS, `${desk.deskId} looks`, () => desk.tick());
  }
}

function heal(world: World): void {
  world.kernel.note('faults end');
  world.isRough = false;
  world.network.heal();
  world.server.open();
  for (const desk of world.desks) desk.open();
}

function outcomeOf(world: World, heard: Heard): Outcome {
  const { kernel, server } = world;
  server.open();
  for (const desk of world.desks) desk.open();
  const { violations, reference } = check(world, heard);
  observe(world, reference);
  for (const desk of world.desks) desk.store().close();
  const facts = server.size();
  kernel.note(`root ${reference.root(facts)}`);
  server.store.close();
  return {
    seed: kernel.seed,
    violations: [...new Set(violations)],
    situations: world.situations.all(),
    hash: kernel.hash(),
    steps: kernel.steps,
    facts,
    paid: reference.instructed.length,
    trace: kernel.lines(),
  };
}
