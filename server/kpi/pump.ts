import { createKpiRun, type KpiRun } from '#core/kpi/run.ts';
import { createMarketModel } from '#core/sim/market-model.ts';
import { createWorld } from '#core/sim/world.ts';
import { createIngest } from '../ingest/ingest.ts';
import { createCatalogue, fundedIn } from '../partition/catalogue.ts';
import { loadPrograms, offersOf } from '../programs.ts';

/** A Monday; the modelled market begins here. */
const START = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

/**
 * The numbers of an invented firm after some days of market, through the same intake as live and
 * with no store. Its clock is the market's. With `until` it stops there.
 */
export function pumpKpis(wish: {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  readonly until: number | null;
}): KpiRun {
  const { seed, accounts, days } = wish;
  const programs = loadPrograms();
  const catalogue = createCatalogue(programs);
  const { ruleSets } = catalogue;
  let clock = START;
  const ingest = createIngest({ partition: 0, platform: 'demo', ruleSets, now: () => clock });
  const world = createWorld(
    { seed, accounts, activityPercent: 100, platform: 'demo', programs: offersOf(programs) },
    createMarketModel({ seed, startAt: START }),
  );
  const run = createKpiRun({ isFunded: fundedIn(catalogue) });
  const endsAt = Math.min(START + days * DAY_MS, wish.until ?? Number.MAX_SAFE_INTEGER);
  for (let at = world.nextAt(); at !== null && at <= endsAt; at = world.nextAt()) {
    const record = world.next();
    if (record === null) break;
    clock = Math.max(clock, at);
    const { facts, actions } = ingest.accept(record);
    for (const fact of facts) run.apply(fact);
    for (const action of actions) if (action.type !== 'offerVersion') world.execute(action);
  }
  return run;
}
