import type { Fact } from '#core/facts/registry.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import type { Actor } from '#core/kernel/event.ts';
import { createSurveillance, type Surveillance } from '#core/surveillance/surveil.ts';
import type { MixtureName } from '#core/sim/cast.ts';
import { createMarketModel } from '#core/sim/market-model.ts';
import type { TickSource } from '#core/sim/tick-source.ts';
import { createWorld, type WorldState } from '#core/sim/world.ts';
import { createIngest, type Intake } from '../ingest/ingest.ts';
import { createCatalogue, fundedIn } from '../partition/catalogue.ts';
import { loadPrograms, offersOf } from '../programs.ts';
import { createPayoutSeekers } from './payout-seekers.ts';

/** A Monday; the modelled market begins here. */
const START = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const SITE: Actor = { type: 'client', id: 'site' };

export interface WorldToPump {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  readonly activityPercent: number;
  readonly mixture: MixtureName;
  readonly policy: ScoringPolicy;
  /** Recorded prices to trade on; null for the market model. */
  readonly recorded: TickSource | null;
}

export interface Pumped {
  readonly surveillance: Surveillance;
  /** Where the world stands in the end. */
  readonly world: WorldState;
  readonly counts: { facts: number; marks: number; references: number; refused: number };
  /** Traders who asked for money. */
  readonly askers: ReadonlySet<string>;
  /** Market days that passed. */
  readonly days: number;
}

/**
 * A demo firm through the same intake as live, with surveillance behind it, and no store: nothing
 * is kept but what surveillance holds. Signals are handed over as they are found.
 */
export function pumpWorld(
  options: WorldToPump,
  hear: (signals: readonly Signal[]) => void,
): Pumped {
  const { seed, accounts, activityPercent, mixture, policy, days } = options;
  const programs = loadPrograms();
  const catalogue = createCatalogue(programs);
  const { ruleSets } = catalogue;
  const ingest = createIngest({ partition: 0, platform: 'demo', ruleSets, now: () => 0 });
  const ticks = options.recorded ?? createMarketModel({ seed, startAt: START });
  const world = createWorld(
    {
      seed,
      accounts,
      activityPercent,
      mixture,
      platform: 'demo',
      programs: offersOf(programs),
    },
    ticks,
  );
  const isFunded = fundedIn(catalogue);
  const surveillance = createSurveillance({ policy, isFunded });
  const seekers = createPayoutSeekers({ seed, accounts, mixture }, isFunded);
  const counts = { facts: 0, marks: 0, references: 0, refused: 0 };
  const begunAt = world.nextAt() ?? START;
  const endsAt = begunAt + days * DAY_MS;
  const take = (intake: Intake): void => {
    count(counts, intake);
    feed(surveillance, intake);
    if (intake.facts.length > 0) hear(surveillance.drain());
  };
  for (let at: number | null = begunAt; at !== null && at <= endsAt; at = world.nextAt()) {
    const record = world.next();
    if (record === null) break;
    const intake = ingest.accept(record);
    take(intake);
    for (const action of intake.actions) {
      if (action.type !== 'offerVersion') world.execute(action);
    }
    for (const draft of seekers.ask(ingest.book, at)) {
      take(ingest.decided(draft, { actor: SITE, commandId: 'site', at }));
    }
  }
  surveillance.settle();
  hear(surveillance.drain());
  const passed = ((surveillance.at ?? begunAt) - begunAt) / DAY_MS;
  const askers = seekers.traders;
  return { surveillance, counts, askers, days: passed, world: world.state() };
}

/** Facts that came before the mark of an intake, the mark, and what followed from it. */
export function feed(surveillance: Surveillance, { facts, mark, reference }: Intake): void {
  const isBefore = ({ envelope }: Fact): boolean =>
    mark !== null && envelope.marksBefore <= mark.index;
  for (const fact of facts) if (isBefore(fact)) surveillance.fact(fact);
  if (mark) surveillance.mark(mark);
  if (reference) surveillance.reference(reference);
  for (const fact of facts) if (!isBefore(fact)) surveillance.fact(fact);
}

function count(counts: Pumped['counts'], { facts, mark, reference, refused }: Intake): void {
  counts.facts += facts.length;
  if (mark) counts.marks += 1;
  if (reference) counts.references += 1;
  if (refused !== null) counts.refused += 1;
}
