import { describe, expect, it } from 'vitest';
import type { Random } from '#core/kernel/random.ts';
import type { Detector } from '../detector.ts';
import type { Fill, Observation } from '../observation.ts';
import type { Finding } from '../signal.ts';
import * as habits from '../testing/habits.ts';
import { addTrip, addTrips, type Made } from '../testing/habits.ts';
import { honestWorld } from '../testing/honest.ts';
import {
  DAY_MS,
  findingsOf,
  HOUR_MS,
  MINUTE_MS,
  randomFor,
  SECOND_MS,
  START,
  type Stream,
} from '../testing/stream.ts';
import { apiSpam } from './api-spam.ts';
import { gambling } from './gambling.ts';
import { gapExploitation } from './gap-exploitation.ts';
import { gridTrading } from './grid-trading.ts';
import { latencyArbitrage } from './latency-arbitrage.ts';
import { martingale } from './martingale.ts';
import { newsStraddling } from './news-straddling.ts';
import { offMarketFills } from './off-market-fills.ts';
import { styleChange } from './style-change.ts';
import { tickScalping } from './tick-scalping.ts';

/** What is said about somebody among honest traders; the last word of each matter. */
function saidOf(
  detector: Detector,
  add: (stream: Stream, random: Random) => void,
  change: (observation: Observation) => Observation = (same) => same,
): Finding[] {
  const stream = honestWorld({ seed: 5, traders: 40, days: 5 });
  add(stream, randomFor(5, 'habits'));
  const observations = stream.observations().map(change);
  const changed = { directory: stream.directory, observations: () => observations };
  return [...new Map(findingsOf(detector, changed).map((one) => [one.key, one])).values()];
}

function strengthOf(...given: Parameters<typeof saidOf>): number {
  return Math.max(0, ...saidOf(...given).map(({ strength }) => strength));
}

function figureOf(finding: Finding | undefined, name: string): number | undefined {
  return finding?.figures.find((figure) => figure.name === name)?.value;
}

/** Trades of one account with the same surprise nowhere: what an honest twin of an abuser does. */
const twin =
  (make: (random: Random, at: number) => Partial<Made>, count = 60) =>
  (stream: Stream, random: Random): void =>
    addTrips(stream, 'twin', count, (at) => make(random, at));

describe('latency arbitrage', () => {
  const withoutReference = (observation: Observation): Observation =>
    observation.type === 'markOut'
      ? { ...observation, fill: { ...observation.fill, reference: null } }
      : observation;

  it('is seen by the other source at full strength, and by marks alone at less', () => {
    expect(strengthOf(latencyArbitrage, habits.addLatency)).toBe(1_000);
    const alone = strengthOf(latencyArbitrage, habits.addLatency, withoutReference);
    expect(alone).toBeGreaterThanOrEqual(700);
    expect(alone).toBeLessThanOrEqual(850);
  });

  it('is hardly suspected where there was another source and it was not ahead', () => {
    const notAhead = (stream: Stream, random: Random): void =>
      habits.addLatency(stream, random, 60, 0);
    expect(strengthOf(latencyArbitrage, notAhead)).toBeLessThan(500);
  });

  it('is not what a scalper does in a wild market: followed often, and left behind as often', () => {
    const wild = twin((random) => ({ follows: (random.below(2) === 0 ? 1 : -1) * 40, ahead: 0 }));
    expect(saidOf(latencyArbitrage, wild)).toEqual([]);
    expect(saidOf(latencyArbitrage, wild, withoutReference)).toEqual([]);
  });

  it('is not luck: a dozen fills, eight of them right', () => {
    const lucky = twin((_, at) => ({ follows: at % 3 === 0 ? -30 : 30 }), 12);
    expect(saidOf(latencyArbitrage, lucky, withoutReference)).toEqual([]);
  });

  it('measures moves from the market, not from a fill that lay beside it', () => {
    const beside = twin(() => ({ better: 60, follows: 0 }));
    expect(saidOf(latencyArbitrage, beside, withoutReference)).toEqual([]);
  });

  it('takes a source that always lies beside the platform for no source that is ahead', () => {
    const offset = 45;
    const moved = (observation: Observation): Observation => {
      if (observation.type !== 'markOut' || !observation.fill.reference) return observation;
      const { bid, ask, at } = observation.fill.reference;
      const reference = { bid: bid + offset, ask: ask + offset, at };
      return { ...observation, fill: { ...observation.fill, reference } };
    };
    expect(strengthOf(latencyArbitrage, habits.addLatency, moved)).toBeGreaterThanOrEqual(850);
    const honest = twin(() => ({ side: 'buy', follows: 0 }));
    expect(saidOf(latencyArbitrage, honest, moved)).toEqual([]);
  });
});

describe('tick scalping', () => {
  it('is gains after seconds, not stops that were hit after seconds', () => {
    const [said] = saidOf(tickScalping, habits.addTickScalper);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    expect(figureOf(said, 'gainedOfShort')).toBeGreaterThan(700);
    const stopped = twin((_, at) =>
      at % 3 === 0
        ? { heldMs: 20 * MINUTE_MS, gained: 90 }
        : { heldMs: 9 * SECOND_MS, gained: -20 },
    );
    expect(saidOf(tickScalping, stopped)).toEqual([]);
  });

  it('leaves to latency arbitrage what another source explains', () => {
    const explained = twin(() => ({ heldMs: 9 * SECOND_MS, gained: 30, ahead: 40 }));
    expect(saidOf(tickScalping, explained)).toEqual([]);
  });

  it('says nothing of a few quick targets', () => {
    const few = twin((_, at) =>
      at % 12 === 0 ? { heldMs: 9 * SECOND_MS, gained: 30 } : { heldMs: HOUR_MS, gained: 40 },
    );
    expect(saidOf(tickScalping, few)).toEqual([]);
  });
});

describe('news straddling', () => {
  /** Once each release: so long before or after it, for so long. */
  const around = (made: { fromMs: number; heldMs: number; volume: number }) => (stream: Stream) => {
    addTrips(stream, 'twin', 30, (at) => ({ gained: (at % 5) * 10 - 20 }));
    for (let day = 0; day < 5; day += 1) {
      const openedAt = START + day * DAY_MS + 510 * MINUTE_MS + made.fromMs;
      addTrip(stream, { accountId: 'twin', openedAt, heldMs: made.heldMs, volume: made.volume });
    }
  };

  it('is standing ready on both sides, or with far more than usual on one', () => {
    expect(strengthOf(newsStraddling, habits.addStraddler)).toBeGreaterThanOrEqual(900);
    const bet = around({ fromMs: -MINUTE_MS, heldMs: 4 * MINUTE_MS, volume: 900 });
    const [said] = saidOf(newsStraddling, bet);
    expect(said?.strength).toBeGreaterThanOrEqual(700);
    expect(figureOf(said, 'outsizedBefore')).toBeGreaterThanOrEqual(4);
  });

  it('is not trading after the release, however large', () => {
    const after = around({ fromMs: 5 * SECOND_MS, heldMs: 4 * MINUTE_MS, volume: 900 });
    expect(saidOf(newsStraddling, after)).toEqual([]);
  });

  it('is not being in the market at the usual size, nor holding on for hours', () => {
    const usual = around({ fromMs: -MINUTE_MS, heldMs: 4 * MINUTE_MS, volume: 100 });
    expect(saidOf(newsStraddling, usual)).toEqual([]);
    const held = around({ fromMs: -MINUTE_MS, heldMs: 5 * HOUR_MS, volume: 900 });
    expect(saidOf(newsStraddling, held)).toEqual([]);
  });
});

describe('martingale', () => {
  it('is multiplying after losses and falling back after gains, row after row', () => {
    const [said] = saidOf(martingale, habits.addMartingale);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    expect(figureOf(said, 'raisesInARow')).toBeGreaterThanOrEqual(3);
    expect(said?.oneIn).toBeGreaterThan(10_000);
  });

  it('is not sizes that vary as much after gains as after losses', () => {
    const varied = twin((random) => ({
      volume: [50, 80, 120, 200][random.below(4)] ?? 50,
      gained: random.below(2) === 0 ? 60 : -40,
    }));
    expect(saidOf(martingale, varied)).toEqual([]);
  });

  it('is doubling into a losing position as well, more than once in a row', () => {
    const doubling = (levels: number) => (stream: Stream) => {
      stream.open({ accountId: 'twin' });
      for (let day = 0; day < 10; day += 1) {
        for (let level = 0; level < levels; level += 1) {
          const openedAt = START + day * DAY_MS + (480 + level * 9) * MINUTE_MS;
          const mid = 130_000 - level * (40 + day);
          const heldMs = HOUR_MS - level * 9 * MINUTE_MS;
          const volume = 20 * 2 ** level;
          addTrip(stream, { accountId: 'twin', openedAt, heldMs, mid, volume, gained: 80 });
        }
      }
    };
    const [said] = saidOf(martingale, doubling(4));
    expect(figureOf(said, 'raisedIntoLoss')).toBeGreaterThanOrEqual(8);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    // One and twice as much is no plan yet, however often.
    expect(strengthOf(martingale, doubling(2))).toBeLessThanOrEqual(700);
  });

  it('does not take a booking of the platform for a position that is added to', () => {
    const booked = (stream: Stream): void => {
      addTrips(stream, 'twin', 20, (at) => ({ mid: 130_000 - at, gained: -20, heldMs: HOUR_MS }));
      // A correction: in and out at one instant and one price.
      const openedAt = START + HOUR_MS;
      addTrip(stream, { accountId: 'twin', openedAt, heldMs: 0, volume: 1, better: 14 });
    };
    expect(saidOf(martingale, booked)).toEqual([]);
    expect(saidOf(gridTrading, booked)).toEqual([]);
  });
});

describe('grid trading', () => {
  /** Five entries a day, so far below each other, closed together. */
  const ladder = (distances: readonly number[]) => (stream: Stream) => {
    stream.open({ accountId: 'twin' });
    for (let day = 0; day < 5; day += 1) {
      const closesAt = START + day * DAY_MS + 12 * HOUR_MS;
      let mid = 130_000;
      for (const [level, distance] of distances.entries()) {
        mid -= distance + (level + day) * (distance >> 3);
        const openedAt = closesAt - 5 * HOUR_MS + level * 40 * MINUTE_MS;
        const heldMs = closesAt - openedAt;
        addTrip(stream, { accountId: 'twin', openedAt, heldMs, mid, gained: 60 });
      }
    }
  };

  it('is entries at one distance, many in a direction', () => {
    const [said] = saidOf(gridTrading, habits.addGrid);
    expect(said?.strength).toBeGreaterThanOrEqual(850);
    expect(figureOf(said, 'deepest')).toBe(6);
  });

  it('is not averaging in twice at distances that differ', () => {
    expect(saidOf(gridTrading, ladder([40, 95, 230]))).toEqual([]);
  });

  it('is not one order that was filled in parts', () => {
    expect(saidOf(gridTrading, ladder([2, 2, 2, 2, 2]))).toEqual([]);
  });
});

describe('gambling', () => {
  it('is putting many times the usual on single trades', () => {
    const [said] = saidOf(gambling, habits.addGambler);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
  });

  it('is not large results at the usual size, nor one slip of a digit', () => {
    const large = twin((random) => ({ gained: random.below(2) === 0 ? 900 : -800 }));
    expect(saidOf(gambling, large)).toEqual([]);
    const slip = twin((_, at) => ({ volume: at === 30 ? 1_000 : 100 }));
    expect(saidOf(gambling, slip)).toEqual([]);
  });
});

describe('gap exploitation', () => {
  it('is being in just before a break and out just after it, again and again', () => {
    const [said] = saidOf(gapExploitation, habits.addGaps);
    expect(figureOf(said, 'breaks')).toBeGreaterThanOrEqual(4);
    expect(said?.strength).toBeGreaterThanOrEqual(850);
  });

  it('is not holding over a break what was opened hours before, or holding on after', () => {
    const holder = (openedHour: number, hours: number) => (stream: Stream, random: Random) => {
      habits.addGaps(stream, random);
      addTrips(stream, 'twin', 5, (day) => ({
        openedAt: START + day * DAY_MS + openedHour * HOUR_MS - 5 * MINUTE_MS,
        heldMs: hours * HOUR_MS + 9 * MINUTE_MS,
        volume: 400,
      }));
    };
    for (const holds of [holder(17, 5), holder(21, 9)]) {
      expect(saidOf(gapExploitation, holds).map(({ key }) => key)).toEqual(['T-gap']);
    }
  });
});

describe('other hands', () => {
  const now = {
    traderId: 'same',
    deviceId: 'laptop',
    country: 'DE',
    symbol: 'EURUSD',
    hour: 9,
    heldMs: HOUR_MS,
    volume: 50,
    trades: 30,
  };
  const before = { ...now, accountId: 'same-1', funded: false, fromDay: 0 };
  const later = { ...now, accountId: 'same-2', funded: true, fromDay: 12 };
  const moves = (over: Partial<habits.Hands>) => (stream: Stream, random: Random) => {
    habits.addHands(stream, before, random);
    habits.addHands(stream, { ...later, ...over }, random);
  };

  it('are other devices in another country and another way of trading', () => {
    const [said] = saidOf(styleChange, (stream, random) => habits.addHandover(stream, random));
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    expect(said?.accounts).toEqual(['bought-1', 'bought-2']);
    expect(said?.picture.type).toBe('histogram');
  });

  it('are not a new device, a move, a new strategy or smaller sizes alone', () => {
    const honest: Partial<habits.Hands>[] = [
      { deviceId: 'telephone' },
      { deviceId: 'telephone', country: 'ES' },
      { symbol: 'XAUUSD', hour: 15, heldMs: 5 * MINUTE_MS },
      { volume: 10 },
      { deviceId: 'telephone', volume: 10 },
    ];
    expect(honest.map((over) => strengthOf(styleChange, moves(over)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('are one machine for the evaluations of many who have nothing in common', () => {
    const said = saidOf(styleChange, (stream, random) => habits.addService(stream, random));
    const service = said.find(({ key }) => key === 'device service');
    expect(service?.accounts).toHaveLength(5);
    expect(service?.strength).toBeGreaterThanOrEqual(900);
    expect(service?.picture.type).toBe('graph');
  });

  it('are not a family on one machine, or friends who go on using it', () => {
    const home = (stream: Stream, random: Random): void => {
      for (let seat = 0; seat < 5; seat += 1) {
        const accountId = `home-${seat}`;
        stream.add({
          type: 'identity',
          at: START,
          accountId,
          traderId: accountId,
          purchaseId: null,
          documentId: `document of ${seat}`,
          addressId: 'one address',
          region: 'DE',
          affiliateId: null,
        });
        habits.addHands(stream, { ...before, accountId, traderId: accountId }, random);
      }
    };
    expect(saidOf(styleChange, home)).toEqual([]);
    const friends = (stream: Stream, random: Random): void => {
      for (let seat = 0; seat < 6; seat += 1) {
        const traderId = `friend-${seat}`;
        habits.addHands(stream, { ...before, accountId: `${traderId}-1`, traderId }, random);
        habits.addHands(stream, { ...later, accountId: `${traderId}-2`, traderId }, random);
      }
    };
    expect(strengthOf(styleChange, friends)).toBeLessThan(700);
  });
});

describe('order spam', () => {
  const busy = (perHour: number, name: string) => (stream: Stream) => {
    addTrips(stream, name, 40, () => ({}));
    for (let hour = 0; hour < 40; hour += 1) {
      const fromAt = START + hour * HOUR_MS;
      stream.add({
        type: 'activity',
        accountId: name,
        fromAt,
        at: fromAt + HOUR_MS,
        rejections: 0,
        requests: perHour,
        modifications: 0,
        cancellations: 0,
      });
    }
  };

  it('is far beyond what the busiest programs of others send', () => {
    const [said] = saidOf(apiSpam, habits.addSpammer);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    expect(figureOf(said, 'perMinute')).toBeGreaterThan(200);
  });

  it('is not a program that trails its stops every other second', () => {
    expect(saidOf(apiSpam, busy(1_800, 'twin'))).toEqual([]);
  });

  it('is no longer said where many are as busy', () => {
    const said = saidOf(apiSpam, (stream) => {
      for (let other = 0; other < 12; other += 1) busy(9_000, `busy-${other}`)(stream);
    });
    expect(said.filter(({ strength }) => strength >= 700)).toEqual([]);
  });
});

describe('off-market fills', () => {
  it('are better than the price beyond slippage, and hardly ever worse', () => {
    const [said] = saidOf(offMarketFills, habits.addOffMarket);
    expect(said?.strength).toBeGreaterThanOrEqual(900);
    expect(figureOf(said, 'worse')).toBe(0);
  });

  it('are not slippage that falls either way', () => {
    const slips = twin((random) => ({ better: (random.below(2) === 0 ? 1 : -1) * 40 }));
    expect(strengthOf(offMarketFills, slips)).toBeLessThan(700);
  });

  it('are not looked for beside a quote that is late or crossed: that is no fault of a trader', () => {
    const spoilt = (spoil: (fill: Fill) => Fill['quote']) => (observation: Observation) =>
      observation.type === 'fill' ? { ...observation, quote: spoil(observation) } : observation;
    const late = spoilt(({ quote, at }) => quote && { ...quote, at: at - 40 * SECOND_MS });
    const crossed = spoilt(({ quote }) => quote && { ...quote, bid: quote.ask, ask: quote.bid });
    for (const change of [late, crossed, spoilt(() => null)]) {
      expect(saidOf(offMarketFills, habits.addOffMarket, change)).toEqual([]);
    }
  });
});

describe('every habit', () => {
  it('grows with its evidence, and is said again only when it grew', () => {
    const counts = [12, 20, 40, 80, 160, 320];
    const strengths = counts.map((count) =>
      strengthOf(tickScalping, (stream, random) => habits.addTickScalper(stream, random, count)),
    );
    expect(strengths).toEqual([...strengths].sort((one, other) => one - other));
    const stream = honestWorld({ seed: 5, traders: 40, days: 5 });
    habits.addTickScalper(stream, randomFor(5, 'habits'), 320);
    const findings = findingsOf(tickScalping, stream);
    expect(findings.length).toBeLessThanOrEqual(12);
    expect(new Set(findings.map(({ key }) => key)).size).toBe(1);
  });

  it('is about a trader, over all accounts of that name', () => {
    const said = saidOf(martingale, (stream) => {
      const random = randomFor(5, 'accounts');
      for (const accountId of ['first', 'second']) {
        stream.open({ accountId, traderId: 'one' });
        let volume = 20;
        for (let at = 0; at < 30; at += 1) {
          const wins = random.below(2) === 0;
          const openedAt = START + at * 3 * HOUR_MS + (accountId === 'first' ? 0 : HOUR_MS);
          const heldMs = 30 * MINUTE_MS;
          addTrip(stream, { accountId, openedAt, heldMs, volume, gained: wins ? 60 : -40 });
          volume = wins ? 20 : volume * 2;
        }
      }
    });
    expect(said.map(({ key, accounts }) => ({ key, accounts: [...accounts].sort() }))).toEqual([
      { key: 'one', accounts: ['first', 'second'] },
    ]);
  });
});
