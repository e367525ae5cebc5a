import { describe, expect, it } from 'vitest';
import { kpis } from './kpis/index.ts';
import { readingOf, trendOf } from './reading.ts';
import { createKpiRun, type KpiRun } from './run.ts';
import {
  caseOf,
  createLog,
  decisionOf,
  disputeOf,
  instructionOf,
  isFundedThere,
  orderOf,
  payoutOf,
  remedyOf,
  reportOf,
  signalOf,
  termsOf,
} from './testing/history.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = 1_000 * DAY;
const WEEK = { from: START, until: START + 7 * DAY };

type Told = readonly [draft: Parameters<ReturnType<typeof createLog>['add']>[0], at: number];

function runOf(...told: readonly Told[]): KpiRun {
  const log = createLog();
  const run = createKpiRun({ isFunded: isFundedThere });
  for (const [draft, at] of told) run.apply(log.add(draft, at));
  return run;
}
const refundOf = (externalId: string, amount: number): Told[0] => ({
  kind: 'orderReversed',
  data: {
    orderId: 'o',
    type: 'refund',
    externalId,
    amount,
    currency: 'USD',
    consequence: 'none',
    at: 0,
  },
});
const madeOf = (orderId: string): Told[0] => ({
  kind: 'orderAdvanced',
  data: { orderId, step: { type: 'created', accountId: `of-${orderId}` }, at: 0 },
});
const ticketOf = (ticketId: string): Told[0] => ({
  kind: 'ticketOpened',
  data: {
    ticketId,
    channel: 'email',
    topic: 'payout',
    traderId: null,
    forAccount: null,
    personId: null,
    at: 0,
  },
});
const solvedOf = (ticketId: string, type: 'solved' | 'reopened'): Told[0] => ({
  kind: 'ticketChanged',
  data: { ticketId, personId: null, change: { type, reason: 'because' }, at: 0 },
});

describe('what counts, and how often', () => {
  it('an order that a shop tells twice is one order', () => {
    const order = orderOf({ orderId: 'o', orderedAt: START + HOUR });
    const run = runOf(
      [order, START + HOUR],
      [order, START + 2 * HOUR],
      [madeOf('o'), START + 3 * HOUR],
    );
    const { value, sample, facts } = run.measure('purchaseToAccount', WEEK);
    expect({ value, sample, facts }).toEqual({ value: 2 * HOUR, sample: 1, facts: 2 });
  });

  it('a purchase whose account is not made yet makes the middle unknown, and is said', () => {
    const run = runOf(
      [orderOf({ orderId: 'a', orderedAt: START }), START + HOUR],
      [orderOf({ orderId: 'b', orderedAt: START }), START + HOUR],
      [orderOf({ orderId: 'c', orderedAt: START }), START + HOUR],
      [madeOf('a'), START + 2 * HOUR],
    );
    const { value, sample, open } = run.measure('purchaseToAccount', WEEK);
    expect({ value, sample, open }).toEqual({ value: null, sample: 3, open: 2 });
  });

  it('refunds in parts tell all that was given back so far, and are subtracted once', () => {
    const run = runOf(
      [orderOf({ orderId: 'o', price: 1_000_000, orderedAt: START }), START + HOUR],
      [refundOf('r-1', 200_000), START + 2 * HOUR],
      [refundOf('r-2', 500_000), START + 3 * HOUR],
      [refundOf('r-2', 500_000), START + 4 * HOUR],
    );
    expect(run.measure('firmResult', WEEK).value).toBe(500_000);
    expect(run.measure('refundRate', WEEK).value).toBe(1_000_000);
  });

  it('a ticket that is opened again counts once, and lasts until it is solved for good', () => {
    const run = runOf(
      [ticketOf('t'), START + HOUR],
      [solvedOf('t', 'solved'), START + 2 * HOUR],
      [solvedOf('t', 'reopened'), START + 3 * HOUR],
      [solvedOf('t', 'solved'), START + 5 * HOUR],
    );
    const { value, sample } = run.measure('timeToResolve', WEEK);
    expect({ value, sample }).toEqual({ value: 4 * HOUR, sample: 1 });
    const before = run.measure('timeToResolve', { from: START, until: START + 4 * HOUR });
    expect({ value: before.value, open: before.open }).toEqual({ value: null, open: 1 });
  });

  it('a rate is on distinct traders, however many accounts each has', () => {
    const accountOf = (accountId: string, traderId: string): Told => [
      { kind: 'accountOpened', data: termsOf({ accountId, traderId }) },
      START - DAY,
    ];
    const gone: Told = [
      {
        kind: 'accountStatusChanged',
        data: {
          accountId: 'a-3',
          at: 0,
          from: 'active',
          to: 'failed',
          ruleId: null,
          reason: 'breached',
        },
      },
      START - HOUR,
    ];
    const run = runOf(
      accountOf('a-1', 't-1'),
      accountOf('a-2', 't-1'),
      accountOf('a-3', 't-2'),
      gone,
      [disputeOf('d', 'a-1', 'other', 0), START + HOUR],
    );
    const { value, exposure } = run.measure('disputeRate', WEEK);
    expect({ value, exposure }).toEqual({ value: 1_000_000, exposure: 1 });
  });

  it('a payment that came back is paid no more: not in the cycle, and a failure', () => {
    const run = runOf(
      [payoutOf('p', 'a-1', 0), START + HOUR],
      [instructionOf('p', 3_000_000, 0), START + 2 * HOUR],
      [reportOf('p', 'paid', 'r-1', 0), START + 3 * HOUR],
      [reportOf('p', 'returned', 'r-2', 0), START + 9 * HOUR],
    );
    const early = { from: START, until: START + 4 * HOUR };
    expect(run.measure('payoutCycleTime', early).value).toBe(2 * HOUR);
    expect(run.measure('payoutCycleTime', WEEK).leftOut).toEqual([
      { says: 'the payment failed', count: 1 },
    ]);
    expect(run.measure('payoutFailureRate', early).value).toBe(0);
    expect(run.measure('payoutFailureRate', WEEK).value).toBe(1_000_000);
    expect(run.measure('firmResult', early).value).toBe(-3_000_000);
    expect(run.measure('firmResult', WEEK).value).toBe(0);
  });

  it('a case that was opened again counts by its latest decision alone', () => {
    const run = runOf(
      [signalOf('s', ['t-1'], 0), START + HOUR],
      [caseOf('c', 's', 0), START + HOUR],
      [decisionOf('c', 'dismiss', 'coincidence', 0), START + 2 * HOUR],
      [
        { kind: 'caseReopened', data: { caseId: 'c', personId: 'p', reason: 'why', at: 0 } },
        START + 3 * HOUR,
      ],
      [decisionOf('c', 'close', 'copiedTrades', 0), START + 4 * HOUR],
    );
    const early = { from: START, until: START + 2.5 * HOUR };
    const between = { from: START, until: START + 3.5 * HOUR };
    const hits = [early, between, WEEK].map((window) => run.measure('fraudHitRate', window).value);
    expect(hits).toEqual([0, null, 1_000_000]);
    expect(run.measure('fraudHitRate', WEEK).sample).toBe(1);
  });

  it('what is given back without a clause, or because of a rule, is a gap in the policy', () => {
    const given = (id: string, reason: 'other' | 'ruleUnclear', clause: string | null): Told[] => [
      [disputeOf(id, 'a-1', reason, 0), START + HOUR],
      [remedyOf(id, 'refunded', { clause, amount: 10_000 }), START + 2 * HOUR],
    ];
    const run = runOf(
      ...given('a', 'other', null),
      ...given('b', 'ruleUnclear', '4.2'),
      ...given('c', 'other', '4.2'),
    );
    const { value, sample } = run.measure('policyGapLosses', WEEK);
    expect({ value, sample }).toEqual({ value: 20_000, sample: 2 });
  });
});

describe('what a number is compared with', () => {
  const orders = (count: number, refunds: number, at: number): Told[] =>
    Array.from({ length: count }, (_, place): Told[] => {
      const orderId = `o-${at}-${place}`;
      const order: Told = [orderOf({ orderId, orderedAt: at }), at];
      const [kind, data] = ['orderReversed', refundOf('r', 1).data] as const;
      const back: Told = [{ kind, data: { ...data, orderId } } as Told[0], at];
      return place < refunds ? [order, back] : [order];
    }).flat();
  const kpi = kpis.get('refundRate');
  const goalsOf = (over: object): Told[0] => ({
    kind: 'kpiGoalsChanged',
    data: {
      version: 1,
      goals: { currency: 'USD', targets: {}, baseline: null, ...over },
      personId: 'p',
      reason: 'a test',
      at: 0,
    },
  });

  it('is the period before of the same length, and a difference is clear when intervals are apart', () => {
    const run = runOf(
      ...orders(1, 0, START - 8 * DAY),
      ...orders(100, 50, START - 3 * DAY),
      ...orders(100, 10, START + DAY),
    );
    const reading = readingOf(run, kpi, WEEK);
    expect(reading).toMatchObject({
      delta: -400_000,
      judgement: 'better',
      isClear: true,
      baseline: { value: 500_000, sample: 100, isPartial: false },
    });
  });

  it('is nothing before the log began, and partial where it began within', () => {
    const late = runOf(...orders(3, 1, START + DAY));
    expect(readingOf(late, kpi, WEEK)).toMatchObject({ baseline: null, judgement: 'unknown' });
    const within = runOf(...orders(3, 1, START - DAY), ...orders(3, 1, START + DAY));
    expect(readingOf(within, kpi, WEEK)).toMatchObject({
      baseline: { isPartial: true },
      judgement: 'same',
      isClear: false,
    });
  });

  it('is the declared period from when it was declared, and a target is judged by what is better', () => {
    const declared = { from: START - 30 * DAY, until: START - 20 * DAY };
    const run = runOf(
      ...orders(10, 9, START - 25 * DAY),
      ...orders(10, 2, START - 2 * DAY),
      ...orders(10, 1, START + DAY),
      [goalsOf({ baseline: declared, targets: { refundRate: 50_000 } }), START + 6 * DAY],
    );
    const before = readingOf(run, kpi, { from: START, until: START + 5 * DAY });
    expect(before).toMatchObject({ baseline: { value: 200_000 }, target: null });
    expect(readingOf(run, kpi, WEEK)).toMatchObject({
      baseline: { value: 900_000, window: declared },
      target: { value: 50_000, isMet: false },
    });
  });

  it('has a trend of pieces that cover the period, each as it was known then', () => {
    const run = runOf(...orders(4, 1, START + DAY), ...orders(4, 4, START + 3 * DAY));
    const points = trendOf(run, 'refundRate', WEEK, DAY);
    expect(points.map(({ value }) => value)).toEqual([
      250_000,
      null,
      1_000_000,
      null,
      null,
      null,
      null,
    ]);
    expect(points.at(-1)).toMatchObject({ from: WEEK.until - DAY, until: WEEK.until });
  });
});
