import { describe, expect, it } from 'vitest';
import { addOpposite, addRing, ideas } from '../testing/abuse.ts';
import type { Observation } from '../observation.ts';
import { honestWorld } from '../testing/honest.ts';
import {
  createStream,
  findingsOf,
  HOUR_MS,
  lastWords,
  MINUTE_MS,
  randomFor,
  SECOND_MS,
  START,
  type Stream,
} from '../testing/stream.ts';
import { copyTrading } from './copy-trading.ts';

const world = (seed: number): Stream => honestWorld({ seed, traders: 80, days: 5 });

describe('copy trading', () => {
  it.each([
    ['tight', { followers: 3, trades: 14, delayMsMax: 300 }],
    ['with delays of up to 20 seconds', { followers: 4, trades: 14 }],
    ['of half of the trades', { followers: 5, trades: 24, copiedPercent: 50 }],
    ['beside as many trades of their own', { followers: 3, trades: 20, own: 14 }],
    ['by a pair alone', { followers: 1, trades: 12 }],
  ])('is found %s, as one group with everybody and nobody else', (_, ring) => {
    const stream = world(21);
    const accounts = addRing(stream, ring, randomFor(21, 'ring'));
    const found = lastWords(findingsOf(copyTrading, stream));
    expect(found.map((finding) => finding.accounts)).toEqual([[...accounts].sort()]);
    expect(found[0]?.strength).toBeGreaterThanOrEqual(700);
  });

  it('keeps its key while the group grows, and never loses a member', () => {
    const stream = world(22);
    addRing(stream, { followers: 4, trades: 20, copiedPercent: 60 }, randomFor(22, 'ring'));
    const found = findingsOf(copyTrading, stream);
    expect(found.length).toBeGreaterThan(2);
    for (const [at, finding] of found.entries()) {
      expect(finding.key).toBe(found[0]?.key);
      const before = found[at - 1]?.accounts ?? [];
      expect(finding.accounts).toEqual(expect.arrayContaining([...before]));
    }
  });

  it('numbers the trades by what they were matched with, and shows each once', () => {
    const stream = world(23);
    addRing(stream, { followers: 2, trades: 14 }, randomFor(23, 'ring'));
    const [finding] = lastWords(findingsOf(copyTrading, stream));
    const trades = finding?.trades ?? [];
    const positions = trades.map(({ accountId, positionId }) => `${accountId} ${positionId}`);
    expect(new Set(positions).size).toBe(positions.length);
    for (const trade of trades) {
      const others = trades.filter(({ match }) => match === trade.match);
      expect(others.length).toBeGreaterThan(1);
      const apart = others.map(({ openedAt }) => Math.abs(openedAt - trade.openedAt));
      expect(Math.max(...apart)).toBeLessThanOrEqual(2 * 25 * SECOND_MS);
    }
  });

  it('is not seen in readers of one public signal, who come and go as it says', () => {
    const stream = world(24);
    const random = randomFor(24, 'readers');
    const readers = Array.from({ length: 40 }, (_, reader) => `reader-${reader}`);
    for (const accountId of readers) stream.open({ accountId });
    for (const idea of ideas(20, random)) {
      for (const accountId of readers) {
        if (random.below(100) >= 45) continue;
        const openedAt = idea.openedAt + random.below(25 * SECOND_MS);
        const closedAt = idea.openedAt + idea.heldMs + random.below(25 * SECOND_MS);
        stream.trip({ accountId, ...idea, openedAt, heldMs: closedAt - openedAt });
      }
    }
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });

  it('is not seen where everybody trades the minute of a release, day after day', () => {
    const stream = world(25);
    const random = randomFor(25, 'release');
    for (let trader = 0; trader < 30; trader += 1) {
      const accountId = `news-${trader}`;
      stream.open({ accountId });
      for (let day = 0; day < 5; day += 1) {
        const openedAt = START + (day * 24 + 13) * HOUR_MS + random.below(20 * SECOND_MS);
        const heldMs = 10 * MINUTE_MS + random.below(3 * HOUR_MS);
        stream.trip({ accountId, openedAt, heldMs });
      }
    }
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });

  it('is nothing to a trader who copies between accounts of their own', () => {
    const stream = world(26);
    const random = randomFor(26, 'own');
    for (const accountId of ['own-1', 'own-2']) stream.open({ accountId, traderId: 'own' });
    for (const idea of ideas(15, random)) {
      for (const accountId of ['own-1', 'own-2']) stream.trip({ accountId, ...idea });
    }
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });

  it('is not acting at once on another source’s price that went first', () => {
    const stream = world(26);
    const accounts = addRing(stream, { followers: 2, trades: 14 }, randomFor(26, 'ring'));
    const ahead = (observation: Observation): Observation => {
      if (observation.type !== 'fill' || !accounts.includes(observation.accountId)) {
        return observation;
      }
      const { quote, side } = observation;
      const points = side === 'buy' ? 40 : -40;
      const reference = quote && { ...quote, bid: quote.bid + points, ask: quote.ask + points };
      return { ...observation, reference };
    };
    const led = stream.observations().map(ahead);
    const { directory } = stream;
    expect(findingsOf(copyTrading, stream)).not.toEqual([]);
    expect(findingsOf(copyTrading, { directory, observations: () => led })).toEqual([]);
  });

  it('leaves the halves of one hedge to those who look for hedges', () => {
    const stream = world(27);
    addOpposite(stream, { trades: 14, others: 3 }, randomFor(27, 'hedge'));
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });

  it('says nothing of two trades that coincide', () => {
    const stream = world(28);
    addRing(stream, { followers: 1, trades: 2, delayMsMax: 500 }, randomFor(28, 'ring'));
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });

  it('does not call them opposite: the other side of the same moment is no copy', () => {
    const stream = createStream(29);
    addOpposite(stream, { trades: 20 }, randomFor(29, 'hedge'));
    expect(findingsOf(copyTrading, stream)).toEqual([]);
  });
});
