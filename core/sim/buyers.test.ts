import { describe, expect, it } from 'vitest';
import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { createMarketModel } from './market-model.ts';
import { payeesOf } from './things.ts';
import { createWorld, type World, type WorldState } from './world.ts';

const START = Date.UTC(2026, 10, 20, 9);
const SEED = 5;
const phase = (phaseId: string) => ({
  phaseId,
  name: phaseId,
  startBalance: 100_000_0000,
  ruleSet: { ruleSetId: phaseId, version: 1, hash: 'a'.repeat(64) },
});
const offer: ProgramOffer = {
  programId: 'two-step',
  name: 'Two-step',
  version: 1,
  enters: 'purchasesOnly',
  nominalSize: 100_000_0000,
  phases: [phase('one'), phase('two')],
};
const OPENING = 400;

function open(state?: WorldState): World {
  return createWorld(
    { seed: SEED, accounts: 10, activityPercent: 1_000, platform: 'demo', programs: [offer] },
    createMarketModel({ seed: SEED, startAt: START, ...(state ? { resume: state.ticks } : {}) }),
    state,
  );
}
const take = (world: World, count: number): PlatformRecord[] =>
  Array.from({ length: count }, () => world.next()).filter((record) => record !== null);
const buys = (
  accountId: string,
  traderId: string,
  over: Partial<Extract<PlatformAction, { type: 'createAccount' }>['terms']> = {},
): PlatformAction => ({
  type: 'createAccount',
  accountId,
  credential: 'or-1',
  terms: {
    accountId,
    traderId,
    traderName: 'Buyer 1',
    platform: 'demo',
    currency: 'USD',
    nominalSize: 100_000_0000,
    startBalance: 100_000_0000,
    program: { programId: 'two-step', name: 'Two-step' },
    phase: { phaseId: 'one', name: 'one' },
    ruleSet: { ruleSetId: 'one', version: 1, hash: 'a'.repeat(64) },
    positionRounding: 'exact',
    origin: 'purchase',
    ...over,
  },
});
const openings = (records: readonly PlatformRecord[]) =>
  records.flatMap((record) => (record.type === 'accountOpened' ? [record.terms] : []));

describe('buyers of the demo world', () => {
  it('open one account under the terms that were bought, however often it is asked for, and trade', () => {
    const world = open();
    take(world, OPENING);
    for (let times = 0; times < 3; times += 1) world.execute(buys('B1', 'TB-1'));
    const records = take(world, 20_000);
    const bought = openings(records).filter(({ accountId }) => accountId === 'B1');
    expect(bought).toMatchObject([
      { traderId: 'TB-1', traderName: 'Buyer 1', phase: { phaseId: 'one' } },
    ]);
    const deals = records.filter(
      (record) => record.type === 'deal' && record.deal.accountId === 'B1',
    );
    expect(deals.length).toBeGreaterThan(0);
  });

  it('go on as the same trader in the next phase, and leave everybody else’s accounts their names', () => {
    const world = open();
    const before = openings(take(world, OPENING)).map(({ accountId }) => accountId);
    world.execute(buys('B1', 'TB-1'));
    take(world, 10);
    world.execute({ type: 'closePositions', accountId: 'B1', reason: 'passed' });
    world.execute({ type: 'disableTrading', accountId: 'B1', reason: 'passed' });
    const after = openings(take(world, 60_000)).filter(
      ({ previousAccountId }) => previousAccountId === 'B1',
    );
    expect(after).toMatchObject([
      { traderId: 'TB-1', phase: { phaseId: 'two' }, origin: 'nextPhase' },
    ]);
    expect(before).not.toContain(after[0]?.accountId);
  });

  it('do not come back by themselves: who has failed buys again in the shop', () => {
    const world = open();
    take(world, OPENING);
    world.execute(buys('B1', 'TB-1'));
    take(world, 10);
    world.execute({ type: 'disableTrading', accountId: 'B1', reason: 'failed' });
    expect(openings(take(world, 60_000)).filter(({ traderId }) => traderId === 'TB-1')).toEqual([]);
  });

  it('are there again after a restart at any place', () => {
    const whole = open();
    take(whole, OPENING);
    whole.execute(buys('B1', 'TB-1'));
    const wanted = take(whole, 6_000).map(canonicalText);
    for (const cut of [0, 3, 2_500]) {
      const world = open();
      take(world, OPENING);
      world.execute(buys('B1', 'TB-1'));
      const first = take(world, cut).map(canonicalText);
      const state = JSON.parse(JSON.stringify(world.state())) as WorldState;
      const rest = take(open(state), 6_000 - cut).map(canonicalText);
      expect([...first, ...rest].join('\n') === wanted.join('\n')).toBe(true);
    }
  });

  it('have hands and payees of their own: two buyers share nothing', () => {
    const payeeOf = payeesOf({ seed: SEED, accounts: 10 });
    const payees = Array.from({ length: 50 }, (_, at) =>
      payeeOf(`TB-${String(at).padStart(12, '0')}`),
    );
    expect(new Set(payees).size).toBe(50);
    const world = open();
    take(world, OPENING);
    for (const number of [1, 2, 3, 4]) world.execute(buys(`B${number}`, `TB-${number}`));
    const identities = take(world, 100).flatMap((record) =>
      record.type === 'identity' && record.identity.traderId.startsWith('TB')
        ? [record.identity]
        : [],
    );
    expect(new Set(identities.map(({ addressId }) => addressId)).size).toBe(4);
  });

  it('wait where nobody trades yet: asked too early nothing opens, and asked again it does', () => {
    const world = open();
    world.execute(buys('B1', 'TB-1'));
    const early = openings(take(world, OPENING)).map(({ accountId }) => accountId);
    expect(early).not.toContain('B1');
    expect(early[0]).toBe('A000001');
    world.execute(buys('B1', 'TB-1'));
    expect(openings(take(world, 10))[0]?.accountId).toBe('B1');
  });
});
