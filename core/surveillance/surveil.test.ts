import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector } from '#core/fraud/detector.ts';
import type { Observation, Observed, ObservationType } from '#core/fraud/observation.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { createRandom } from '#core/kernel/random.ts';
import { createSurveillance, type Surveillance, type SurveillanceState } from './surveil.ts';
import { createInsister, createWitness, echo, faulty } from './testing/fake-detectors.ts';
import {
  createFacts,
  dealOf,
  EURUSD,
  feed,
  LOG_START,
  randomLog,
  termsOf,
  type LogItem,
} from './testing/log-items.ts';

const SEED = 20_260_105;
const MINUTE = 60_000;

function begin(detectors: readonly Detector[], resume?: SurveillanceState): Surveillance {
  return createSurveillance({ policy: DEFAULT_SCORING, isFunded: () => true, detectors, resume });
}

function signalsOf(items: readonly LogItem[]): Signal[] {
  const surveillance = begin([echo]);
  for (const item of items) feed(surveillance, item);
  surveillance.settle();
  return surveillance.drain();
}

describe('the same log gives the same signals', () => {
  it('however often it is stopped, kept as JSON and resumed, and whenever signals are fetched', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.integer({ min: 1, max: 40 })), (seed, pieces) => {
        const items = randomLog(seed, 250);
        const whole = signalsOf(items);
        let surveillance = begin([echo]);
        const found: Signal[] = [];
        let left = pieces[0] ?? 7;
        let piece = 0;
        for (const item of items) {
          feed(surveillance, item);
          left -= 1;
          if (left > 0) continue;
          piece += 1;
          left = pieces[piece % Math.max(1, pieces.length)] ?? 7;
          if (piece % 2 === 0) found.push(...surveillance.drain());
          const kept = JSON.parse(JSON.stringify(surveillance.state())) as SurveillanceState;
          surveillance = begin([echo], kept);
        }
        surveillance.settle();
        found.push(...surveillance.drain());
        expect(JSON.stringify(found)).toBe(JSON.stringify(whole));
        compared += whole.length;
      }),
      { seed: SEED, numRuns: 30 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('in whichever order the accounts tell of one instant', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, shuffle) => {
        const items = randomLog(seed, 250);
        const signals = signalsOf(items);
        expect(signalsOf(reordered(items, shuffle))).toEqual(signals);
        compared += signals.length;
      }),
      { seed: SEED, numRuns: 30 },
    );
    expect(compared).toBeGreaterThan(500);
  });
});

/** Swaps neighbours of one instant that come from different streams. */
function reordered(items: readonly LogItem[], seed: number): LogItem[] {
  const random = createRandom(seed);
  const shuffled = [...items];
  for (let at = 1; at < shuffled.length; at += 1) {
    const [one, other] = [shuffled[at - 1], shuffled[at]];
    if (one?.type !== 'fact' || other?.type !== 'fact') continue;
    const [first, second] = [one.fact.envelope, other.fact.envelope];
    const areApart = first.stream !== second.stream && first.stream !== 'firm';
    if (!areApart || second.stream === 'firm') continue;
    if (first.occurredAt !== second.occurredAt || random.below(2) === 0) continue;
    shuffled[at - 1] = other;
    shuffled[at] = one;
  }
  return shuffled;
}

/** A log with one account and what is added to it. */
function observe(
  tell: (fact: ReturnType<typeof createFacts>) => readonly LogItem[],
): Observation[] {
  const fact = createFacts();
  const { detector, seen } = createWitness();
  const surveillance = begin([detector]);
  const opening = [
    fact({ kind: 'instrumentDefined', data: EURUSD }, 0),
    fact({ kind: 'accountOpened', data: termsOf('A1', 'T1') }, LOG_START),
  ];
  for (const item of [...opening, ...tell(fact)]) feed(surveillance, item);
  surveillance.settle();
  return seen;
}

function only<Type extends ObservationType>(
  seen: readonly Observation[],
  type: Type,
): Observed<Type>[] {
  return seen.filter((one): one is Observed<Type> => one.type === type);
}

const mark = (bid: number, at: number): LogItem => ({
  type: 'mark',
  price: { symbol: 'EURUSD', bid, ask: bid + 10, at },
});

describe('what is observed', () => {
  it('never goes back in time', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { detector, seen } = createWitness();
        const surveillance = begin([detector]);
        for (const item of randomLog(seed, 300)) feed(surveillance, item);
        surveillance.settle();
        const times = seen.map(({ at }) => at);
        expect(times).toEqual([...times].sort((one, other) => one - other));
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it('a fill carries the latest prices of both sources and the balance before it', () => {
    const at = LOG_START + 1_000;
    const seen = observe((fact) => [
      mark(110_000, at),
      { type: 'reference', price: { symbol: 'EURUSD', bid: 110_020, ask: 110_030, at } },
      fact({ kind: 'dealBooked', data: dealOf({ accountId: 'A1', at, commission: -7_0000 }) }, at),
      fact(
        {
          kind: 'dealBooked',
          data: dealOf({ accountId: 'A1', dealId: 'D2', at, entry: 'out', side: 'sell' }),
        },
        at,
      ),
      // Later in the order of arrival, and yet of the same instant: prices come first.
      mark(110_005, at),
    ]);
    const [opening, closing] = only(seen, 'fill');
    expect(opening).toMatchObject({
      quote: { bid: 110_005, ask: 110_015 },
      reference: { bid: 110_020, ask: 110_030 },
      balance: 1_000_000_000,
      realised: -7_0000,
      lots: 1_000_000,
      notional: 1_100_000_000,
      side: 'buy',
    });
    expect(closing).toMatchObject({ side: 'buy', balance: 1_000_000_000 - 7_0000 });
  });

  it('a round trip ends when nothing is left, with average prices and its largest volume', () => {
    const deal = (over: Partial<Parameters<typeof dealOf>[0]>, second: number) => ({
      kind: 'dealBooked' as const,
      data: dealOf({ accountId: 'A1', at: LOG_START + second * 1_000, ...over }),
    });
    const seen = observe((fact) => [
      mark(110_000, LOG_START),
      fact(deal({ volume: 100, price: 110_000 }, 1), LOG_START + 1_000),
      fact(
        {
          kind: 'protectionSet',
          data: {
            accountId: 'A1',
            positionId: 'P1',
            stopLoss: 109e3,
            takeProfit: null,
            at: LOG_START + 1500,
          },
        },
        LOG_START + 1_500,
      ),
      fact(deal({ dealId: 'D2', volume: 300, price: 110_040 }, 2), LOG_START + 2_000),
      fact(
        deal({ dealId: 'D3', volume: 300, entry: 'out', side: 'sell', price: 110_100 }, 3),
        LOG_START + 3_000,
      ),
      fact(
        deal(
          ...([
            { dealId: 'D4', volume: 100, entry: 'out', side: 'sell', price: 110_060, profit: 5 },
            4,
          ] as const),
        ),
        LOG_START + 4_000,
      ),
    ]);
    expect(only(seen, 'trade')).toEqual([
      {
        type: 'trade',
        at: LOG_START + 4e3,
        openedAt: LOG_START + 1e3,
        accountId: 'A1',
        positionId: 'P1',
        symbol: 'EURUSD',
        side: 'buy',
        lots: 4e6,
        notional: 44012e5,
        profit: 5,
        balance: 1e9,
        openPrice: 110030,
        closePrice: 110090,
        protected: true,
        additions: 1,
      },
    ]);
  });

  it('a mark-out is made of the first price from its horizon on', () => {
    const seen = observe((fact) => [
      mark(109_990, LOG_START),
      fact({ kind: 'dealBooked', data: dealOf({ accountId: 'A1', at: LOG_START }) }, LOG_START),
      mark(109_000, LOG_START + 999),
      mark(110_105, LOG_START + 1_200),
      mark(108_000, LOG_START + 1_300),
    ]);
    expect(only(seen, 'markOut')).toMatchObject([
      // From 1.10000 to a mid of 1.10110; the spread of 10 points is 91 millionths.
      { horizonMs: 1_000, at: LOG_START + 1_200, ppm: 1_000, spreadPpm: 91 },
    ]);
  });

  it('a mark-out whose price comes too late is dropped, and the later ones are made', () => {
    const seen = observe((fact) => [
      mark(109_990, LOG_START),
      fact(
        { kind: 'dealBooked', data: dealOf({ accountId: 'A1', at: LOG_START, side: 'sell' }) },
        LOG_START,
      ),
      mark(110_105, LOG_START + 58 * MINUTE),
      mark(110_105, LOG_START + 64 * MINUTE),
    ]);
    expect(only(seen, 'markOut')).toMatchObject([{ horizonMs: 3_600_000, ppm: -1_000 }]);
  });

  it('every whole minute is told once, before what happens at it', () => {
    const seen = observe(() => [mark(1, LOG_START + 2 * MINUTE), mark(1, LOG_START + 2 * MINUTE)]);
    expect(seen.map(({ type, at }) => [type, at])).toEqual([
      ['account', LOG_START],
      ['clock', LOG_START + MINUTE],
      ['clock', LOG_START + 2 * MINUTE],
      ['quote', LOG_START + 2 * MINUTE],
      ['quote', LOG_START + 2 * MINUTE],
    ]);
  });

  it('a request for a payout happens at the present, whatever the server’s clock says', () => {
    const payee = { digest: 'b'.repeat(64), last4: '1', method: 'testRail', region: null } as const;
    const seen = observe((fact) => [
      mark(1, LOG_START + 5),
      fact(
        {
          kind: 'payoutRequested',
          data: {
            payoutId: 'p1',
            accountId: 'A1',
            traderId: 'T1',
            requested: 9,
            currency: 'USD',
            payee,
            requestKey: 'key-of-it',
            at: LOG_START + 1e11,
          },
        },
        LOG_START + 1e11,
      ),
      mark(1, LOG_START + 6),
    ]);
    expect(only(seen, 'payout')).toEqual([
      {
        type: 'payout',
        at: LOG_START + 5,
        payoutId: 'p1',
        accountId: 'A1',
        amount: 9,
        payeeId: 'b'.repeat(64),
      },
    ]);
  });
});

/** Fills of one account, a minute apart, under a detector. */
function insist(detector: Detector, fills: number, everyMs = MINUTE): Signal[] {
  const fact = createFacts();
  const surveillance = begin([detector]);
  feed(surveillance, fact({ kind: 'accountOpened', data: termsOf('A1', 'T1') }, LOG_START));
  for (let fill = 0; fill < fills; fill += 1) {
    const at = LOG_START + fill * everyMs;
    const data = dealOf({ accountId: 'A1', dealId: `D${fill}`, positionId: `P${fill}`, at });
    feed(surveillance, fact({ kind: 'dealBooked', data }, at));
  }
  surveillance.settle();
  return surveillance.drain();
}

describe('signals', () => {
  it('say who is behind the accounts, and are numbered by matter', () => {
    const signals = insist(
      createInsister((fills) => fills * 100),
      3,
    );
    expect(signals.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(signals[0]).toMatchObject({
      traders: ['T1'],
      programs: ['program'],
      mode: 'live',
      policyVersion: 1,
    });
    expect(new Set(signals.map(({ signalId }) => signalId)).size).toBe(3);
  });

  it('repeat no matter that stays as it is, but tell after hours that it goes on', () => {
    expect(
      insist(
        createInsister(() => 500),
        300,
      ),
    ).toHaveLength(1);
    expect(
      insist(
        createInsister(() => 500),
        8,
        3_600_000,
      ),
    ).toHaveLength(2);
  });

  it('about one trader stay few, whatever becomes of strength and however many accounts follow', () => {
    const hours = 24 * 60;
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40 }),
        (strengths) => {
          const fact = createFacts();
          const known: string[] = [];
          const detector = createInsister((fills) => strengths[fills % strengths.length] ?? 0, {
            key: 'one trader',
            accounts: known,
          });
          const surveillance = begin([detector]);
          for (let hour = 0; hour < hours; hour += 1) {
            const at = LOG_START + hour * 3_600_000;
            const accountId = `A${Math.floor(hour / 20)}`;
            if (hour % 20 === 0) {
              known.push(accountId);
              const data = termsOf(accountId, 'T1');
              feed(surveillance, fact({ kind: 'accountOpened', data }, at));
            }
            const data = dealOf({ accountId, dealId: `D${hour}`, positionId: `P${hour}`, at });
            feed(surveillance, fact({ kind: 'dealBooked', data }, at));
          }
          surveillance.settle();
          // Ten steps of strength, accounts doubled, time doubled from six hours to a week, then weeks.
          const weeks = hours / 24 / 7;
          expect(surveillance.drain().length).toBeLessThanOrEqual(
            1 + 10 + Math.log2(known.length) + 5 + weeks,
          );
        },
      ),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('of a faulty finding are not raised, and the fault is told', () => {
    const detector = createInsister(() => 500, { sentence: '' });
    const fact = createFacts();
    const surveillance = begin([detector]);
    feed(surveillance, fact({ kind: 'accountOpened', data: termsOf('A1', 'T1') }, LOG_START));
    const data = dealOf({ accountId: 'A1', at: LOG_START });
    feed(surveillance, fact({ kind: 'dealBooked', data }, LOG_START));
    surveillance.settle();
    expect(surveillance.drain()).toEqual([]);
    expect(surveillance.standings()[0]?.fault).toContain('sentence');
  });

  it('of other detectors come, when one of them throws', () => {
    const fact = createFacts();
    const detectors = [faulty, createInsister(() => 500)];
    let surveillance = begin(detectors);
    feed(surveillance, fact({ kind: 'accountOpened', data: termsOf('A1', 'T1') }, LOG_START));
    const data = dealOf({ accountId: 'A1', at: LOG_START });
    feed(surveillance, fact({ kind: 'dealBooked', data }, LOG_START));
    surveillance.settle();
    surveillance = begin(detectors, surveillance.state());
    expect(surveillance.drain()).toHaveLength(1);
    expect(surveillance.standings().map(({ fault }) => fault)).toEqual(['it cannot count', null]);
  });

  it('are found on with what was held when a new policy changes nothing of a detector', () => {
    const items = randomLog(5, 200).filter(
      (item) => item.type !== 'fact' || item.fact.kind !== 'scoringChanged',
    );
    const change = createFacts()(
      { kind: 'scoringChanged', data: { policy: { ...DEFAULT_SCORING, version: 2 } } },
      LOG_START,
    );
    const changed = [...items.slice(0, 100), change, ...items.slice(100)];
    const plain = ({ signalId: _id, policyVersion: _version, ...rest }: Signal) => rest;
    expect(signalsOf(changed).map(plain)).toEqual(signalsOf(items).map(plain));
    expect(new Set(signalsOf(changed).map(({ policyVersion }) => policyVersion))).toEqual(
      new Set([1, 2]),
    );
  });
});
