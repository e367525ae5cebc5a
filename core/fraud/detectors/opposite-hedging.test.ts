import { describe, expect, it } from 'vitest';
import { addOpposite, addRing, ideas } from '../testing/abuse.ts';
import { honestWorld } from '../testing/honest.ts';
import {
  findingsOf,
  HOUR_MS,
  lastWords,
  MINUTE_MS,
  randomFor,
  SECOND_MS,
  START,
  type Stream,
} from '../testing/stream.ts';
import { oppositeHedging } from './opposite-hedging.ts';

const world = (seed: number): Stream => honestWorld({ seed, traders: 80, days: 5 });
const other = { buy: 'sell', sell: 'buy' } as const;

describe('opposite positions', () => {
  it.each([
    ['of strangers', { trades: 10 }],
    ['of one trader', { trades: 10, oneTrader: true }],
    ['of one against three', { trades: 12, others: 3 }],
    ['by way of the inverse pair', { trades: 10, inverse: 'USDEUR' }],
  ])('are found %s, with everybody and nobody else', (_, pair) => {
    const stream = world(31);
    const accounts = addOpposite(stream, pair, randomFor(31, 'pair'));
    const found = lastWords(findingsOf(oppositeHedging, stream));
    expect(found.map((finding) => finding.accounts)).toEqual([[...accounts].sort()]);
    expect(found[0]?.strength).toBeGreaterThanOrEqual(700);
  });

  it('are found where the loser of each pair is stopped out long before the winner leaves', () => {
    const stream = world(32);
    const random = randomFor(32, 'pair');
    for (const accountId of ['left', 'right']) stream.open({ accountId });
    for (const idea of ideas(12, random)) {
      const heldMs = 5 * MINUTE_MS + random.below(idea.heldMs);
      const openedAt = idea.openedAt + random.below(4 * SECOND_MS);
      // An odd size, the same on both sides.
      const volume = 61 + random.below(90);
      stream.trip({ ...idea, accountId: 'left', volume });
      const side = other[idea.side ?? 'buy'];
      stream.trip({ ...idea, accountId: 'right', volume, side, openedAt, heldMs });
    }
    const [finding] = lastWords(findingsOf(oppositeHedging, stream));
    expect(finding?.accounts).toEqual(['left', 'right']);
    expect(finding?.sentence).toContain('at equal sizes');
  });

  it('are found on two sides of one currency, by way of different symbols', () => {
    const stream = world(33);
    const random = randomFor(33, 'pair');
    for (const accountId of ['euro', 'kiwi']) stream.open({ accountId });
    for (const idea of ideas(16, random)) {
      const openedAt = idea.openedAt + random.below(5 * SECOND_MS);
      const side = other[idea.side ?? 'buy'];
      stream.trip({ ...idea, accountId: 'euro', symbol: 'EURUSD' });
      const heldMs = idea.heldMs - 3 * SECOND_MS;
      const volume = 30 + random.below(200);
      stream.trip({ ...idea, accountId: 'kiwi', symbol: 'NZDUSD', side, openedAt, heldMs, volume });
    }
    const found = lastWords(findingsOf(oppositeHedging, stream));
    expect(found.map(({ accounts }) => accounts)).toEqual([['euro', 'kiwi']]);
    const apart = lastWords(findingsOf(oppositeHedging, stream, { byCurrency: false }));
    expect(apart).toEqual([]);
  });

  it('shows a trade that has ended as ended, with what both sides made', () => {
    const stream = world(34);
    addOpposite(stream, { trades: 10, delayMsMax: 3_000 }, randomFor(34, 'pair'));
    const [finding] = lastWords(findingsOf(oppositeHedging, stream));
    const ended = finding?.trades.filter(({ closedAt }) => closedAt !== null) ?? [];
    expect(ended.length).toBeGreaterThanOrEqual((finding?.trades.length ?? 0) - 2);
    const gained = finding?.figures.find(({ name }) => name === 'gained')?.value ?? 0;
    const lost = finding?.figures.find(({ name }) => name === 'lost')?.value ?? 0;
    expect(gained).toBeGreaterThan(0);
    expect(lost).toBeLessThan(0);
  });

  it('are not seen in the crowd that takes both sides of a release', () => {
    const stream = world(35);
    const random = randomFor(35, 'release');
    for (let trader = 0; trader < 40; trader += 1) {
      const accountId = `news-${trader}`;
      stream.open({ accountId });
      for (let day = 0; day < 5; day += 1) {
        const openedAt = START + (day * 24 + 13) * HOUR_MS + random.below(20 * SECOND_MS);
        const side = trader % 2 === 0 ? 'buy' : 'sell';
        const heldMs = 10 * MINUTE_MS + random.below(20 * SECOND_MS);
        stream.trip({ accountId, openedAt, heldMs, side, volume: 100 });
      }
    }
    expect(findingsOf(oppositeHedging, stream)).toEqual([]);
  });

  it('are not seen where two always differ and never act at the same time', () => {
    const stream = world(36);
    const random = randomFor(36, 'later');
    for (const accountId of ['early', 'late']) stream.open({ accountId });
    for (const idea of ideas(30, random)) {
      stream.trip({ ...idea, accountId: 'early' });
      const openedAt = idea.openedAt + 2 * MINUTE_MS + random.below(9 * MINUTE_MS);
      const side = other[idea.side ?? 'buy'];
      stream.trip({ ...idea, accountId: 'late', side, openedAt });
    }
    expect(findingsOf(oppositeHedging, stream)).toEqual([]);
  });

  it('are not seen in those who copy each other', () => {
    const stream = world(37);
    addRing(stream, { followers: 4, trades: 20 }, randomFor(37, 'ring'));
    expect(findingsOf(oppositeHedging, stream)).toEqual([]);
  });

  it('are nothing within one account: that is a rule of its program', () => {
    const stream = world(38);
    const random = randomFor(38, 'own');
    stream.open({ accountId: 'both' });
    for (const idea of ideas(15, random)) {
      stream.trip({ ...idea, accountId: 'both' });
      stream.trip({ ...idea, accountId: 'both', side: other[idea.side ?? 'buy'] });
    }
    expect(findingsOf(oppositeHedging, stream)).toEqual([]);
  });
});
