import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountTerms } from '#core/accounts/account.ts';
import { nextStep } from './next-step.ts';
import {
  accountIdFor,
  createOrders,
  isReversed,
  orderIdOf,
  stageOf,
  stateOf,
  type Order,
  type Orders,
} from './orders.ts';
import {
  ATTEMPTS_MAX,
  consequenceOf,
  isPlausiblePrice,
  OPENS_WITHIN_MS,
  REVERSAL_POLICY,
  retryDelay,
} from './policy.ts';
import {
  orderAdvanced,
  orderReversed,
  type OrderData,
  type OrderStep,
} from './provisioning.events.ts';
import { percentile, spanFigures, spanMs } from './timing.ts';

const NOW = 1_700_000_000_000;
const orderId = orderIdOf('shop', 'o-1');
const accountId = accountIdFor(orderId);
const terms: AccountTerms = {
  accountId,
  traderId: 'TB-1',
  traderName: 'Buyer 1',
  platform: 'demo',
  currency: 'USD',
  nominalSize: 100_000_0000,
  startBalance: 100_000_0000,
  program: { programId: 'two-step-100k', name: 'Two-step 100k' },
  phase: { phaseId: 'evaluation-1', name: 'Evaluation 1' },
  ruleSet: { ruleSetId: 'set', version: 1, hash: 'a'.repeat(64) },
  positionRounding: 'exact',
};
const data: OrderData = {
  orderId,
  source: 'shop',
  externalId: 'o-1',
  kind: 'purchase',
  traderId: 'TB-1',
  contact: 'b'.repeat(64),
  programId: 'two-step-100k',
  forAccount: null,
  addOns: [],
  price: 499_0000,
  currency: 'USD',
  affiliateId: null,
  orderedAt: NOW - 1_500,
  at: NOW,
};
const STEPS: readonly OrderStep[] = [
  { type: 'assigned', terms },
  { type: 'asked', accountId, attempt: 1, terms },
  { type: 'created', accountId },
  { type: 'credentialsSent', accountId },
  { type: 'credentialsOpened', accountId },
  { type: 'firstTraded', accountId },
];

/** A fold that took an order and these steps, a second apart. */
function withSteps(...steps: readonly OrderStep[]): { orders: Orders; order: Order } {
  const orders = createOrders();
  orders.receive(data, 1);
  for (const [at, step] of steps.entries()) {
    orders.advance({ orderId, step, at: NOW + 1_000 * (at + 1) }, at + 2);
  }
  return { orders, order: orders.order(orderId) as Order };
}
const failed = (over: Partial<Extract<OrderStep, { type: 'failed' }>> = {}): OrderStep => ({
  type: 'failed',
  stage: 'deliver',
  attempt: 1,
  sentence: 'The mail could not be handed over',
  retryAt: null,
  ...over,
});
const retried: OrderStep = { type: 'retried', personId: 'sam', reason: 'again' };

describe('the fold of orders', () => {
  it('goes from step to step and tells each milestone once', () => {
    const states = STEPS.map((_, at) => stateOf(withSteps(...STEPS.slice(0, at + 1)).order));
    expect(states).toEqual([
      'assigned',
      'asked',
      'created',
      'credentialsSent',
      'credentialsOpened',
      'firstTraded',
    ]);
    expect(withSteps(...STEPS, ...STEPS).order.milestones).toEqual(
      withSteps(...STEPS).order.milestones,
    );
  });

  it('takes steps told twice, or out of their order, as if they had come once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STEPS.length - 1), { maxLength: 20 }), (picked) => {
        const { order } = withSteps(...picked.flatMap((at) => STEPS[at] ?? []));
        // Whatever came, the way is walked in order: the furthest step that all before it led to.
        let reached = 0;
        for (const at of picked) if (at === reached && at < 5) reached += 1;
        expect(['received', ...STEPS.slice(0, 5).map(({ type }) => type)][reached]).toBe(
          order.progress,
        );
      }),
    );
  });

  it('knows an account by its order, and has one name for one order of one shop', () => {
    const { orders } = withSteps(...STEPS.slice(0, 2));
    expect(orders.ofAccount(accountId)?.data.orderId).toBe(orderId);
    expect(orderIdOf('shop', 'o-1')).toBe(orderId);
    expect(
      new Set([orderIdOf('a', 'bc'), orderIdOf('ab', 'c'), orderIdOf('other', 'o-1')]).size,
    ).toBe(3);
  });

  it('lets go of orders for which nothing is left to do, and of no other', () => {
    for (let count = 0; count <= STEPS.length; count += 1) {
      const { orders } = withSteps(...STEPS.slice(0, count));
      expect([count, [...orders.live()].length]).toEqual([count, count === STEPS.length ? 0 : 1]);
    }
    const cancelled: OrderStep = { type: 'cancelled', personId: 'sam', reason: 'a mistake' };
    expect([...withSteps(cancelled).orders.live()]).toEqual([]);
    // The platform may yet open what it was asked for.
    expect([...withSteps(...STEPS.slice(0, 2), cancelled).orders.live()]).toHaveLength(1);
  });

  it('goes on where it stood after a retry; a link that ran out begins with another password', () => {
    const waits = withSteps(...STEPS.slice(0, 3), failed(), retried).order;
    expect([waits.progress, waits.failure]).toEqual(['created', null]);
    const ranOut = withSteps(...STEPS.slice(0, 4), failed(), retried).order;
    expect([ranOut.progress, nextStep(ranOut, NOW)]).toEqual(['assigned', 'ask']);
    const doubted = withSteps(failed({ stage: 'assign' }), retried).order;
    expect([doubted.confirmed, nextStep(doubted, NOW)]).toEqual([true, 'assign']);
  });

  it('keeps what a person has to look at until somebody says so, whatever happens meanwhile', () => {
    const review = failed({ stage: 'review' });
    const { order } = withSteps(...STEPS.slice(0, 3), review, ...STEPS.slice(3));
    expect([order.progress, order.review?.stage, stateOf(order)]).toEqual([
      'credentialsOpened',
      'review',
      'failed',
    ]);
    expect(withSteps(...STEPS.slice(0, 3), review, retried).order.review).toBeNull();
  });
});

describe('what is done next', () => {
  it('waits for the next try, asks in vain not for ever, and does nothing for what was stopped', () => {
    const later = failed({ stage: 'create', retryAt: NOW + 60_000 });
    const { order } = withSteps(...STEPS.slice(0, 2), later);
    expect(nextStep(order, NOW + 59_999)).toBe('look');
    expect(nextStep(order, NOW + 60_000)).toBe('ask');
    const asked = withSteps(...STEPS.slice(0, 2)).order;
    expect(nextStep(asked, (asked.askedAt ?? 0) + OPENS_WITHIN_MS)).toBe('look');
    expect(nextStep(asked, (asked.askedAt ?? 0) + OPENS_WITHIN_MS + 1)).toBe('lookInVain');
    const { orders } = withSteps();
    const back = { orderId, type: 'refund', externalId: 'r', currency: 'USD', at: NOW } as const;
    orders.reverse({ ...back, amount: data.price, consequence: 'stop' }, 9);
    expect(nextStep(orders.order(orderId) as Order, NOW)).toBe('nothing');
  });

  it('is tried again ever later, so often and no more', () => {
    const waits = Array.from({ length: ATTEMPTS_MAX }, (_, at) => retryDelay(at + 1));
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, null]);
  });
});

describe('money that went back', () => {
  const reversal = fc.record({
    type: fc.constantFrom('refund' as const, 'chargeback' as const, 'won' as const),
    externalId: fc.constantFrom('r-1', 'r-2'),
    amount: fc.constantFrom(100_0000, 499_0000),
  });

  it('means the same in whatever order it is told, and however often', () => {
    fc.assert(
      fc.property(fc.array(reversal, { maxLength: 8 }), fc.integer(), (told, seed) => {
        // One name is one amount: as no shop says twice different things of one refund.
        const once = told.map((one) => ({
          ...one,
          amount: one.externalId === 'r-1' ? 499_0000 : 100_0000,
        }));
        const shuffled = [...once, ...once].toSorted(
          (one, other) =>
            hash(`${seed}${one.type}${one.externalId}`) -
            hash(`${seed}${other.type}${other.externalId}`),
        );
        const reversedAfter = (events: typeof once): boolean => {
          const { orders } = withSteps();
          for (const [at, event] of events.entries()) {
            const rest = { orderId, currency: 'USD', consequence: 'none', at: NOW } as const;
            orders.reverse({ ...event, ...rest }, at + 2);
          }
          return isReversed(orders.order(orderId) as Order);
        };
        expect(reversedAfter(shuffled)).toBe(reversedAfter(once));
      }),
    );
  });

  it('never closes an account that somebody has used, and part of the price changes nothing', () => {
    for (const policy of Object.values(REVERSAL_POLICY)) expect(policy.traded).not.toBe('close');
    expect(REVERSAL_POLICY.chargeback.untraded).toBe('restrict');
    expect(consequenceOf('refund', 'traded', { amount: 1, price: 2 })).toBe('none');
    expect(stageOf(withSteps(...STEPS.slice(0, 2)).order)).toBe('beforeAccount');
    expect(stageOf(withSteps(...STEPS.slice(0, 4)).order)).toBe('untraded');
    expect(stageOf(withSteps(...STEPS).order)).toBe('traded');
  });
});

describe('prices and times', () => {
  it('tell a price from a slip of the decimal point', () => {
    const size = 100_000_0000;
    expect([499_0000, 20_0000, 15_000_0000].map((price) => isPlausiblePrice(price, size))).toEqual([
      true,
      true,
      true,
    ]);
    expect([0, 4_9900, 49_900_0000].map((price) => isPlausiblePrice(price, size))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('count from the purchase, and a shop’s clock that is ahead makes nothing faster', () => {
    expect(spanMs(withSteps(...STEPS).order, 'created')).toBe(4_500);
    const ahead = { ...withSteps(...STEPS).order, data: { ...data, orderedAt: NOW + 60_000 } };
    expect(spanMs(ahead, 'created')).toBe(3_000);
  });

  it('give percentiles by nearest rank, with the time before beside them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const found = percentile(values, percent) ?? -1;
          const notAbove = values.filter((value) => value <= found).length;
          const below = values.filter((value) => value < found).length;
          expect(notAbove * 100 >= percent * values.length).toBe(true);
          expect(below * 100 < percent * values.length).toBe(true);
        },
      ),
    );
    const { order } = withSteps(...STEPS);
    const earlier = { ...order, data: { ...data, at: NOW - 10_000, orderedAt: NOW - 10_000 } };
    const [created] = spanFigures([order, earlier], { now: NOW, windowMs: 8_000 });
    expect(created).toMatchObject({
      span: 'created',
      count: 1,
      p50: { value: 4_500, baseline: 13_000 },
    });
  });
});

describe('the forms of order facts', () => {
  it('take what the fold is tested with, and no address', () => {
    for (const step of [...STEPS, failed(), retried]) {
      expect(orderAdvanced.data.safeParse({ orderId, step, at: NOW }).success).toBe(true);
    }
    const back = {
      orderId,
      type: 'refund',
      externalId: 'r',
      amount: 1,
      currency: 'USD',
      consequence: 'none',
      at: NOW,
    };
    expect(orderReversed.data.safeParse(back).success).toBe(true);
    expect(orderReversed.data.safeParse({ ...back, address: 'bea@x.example' }).success).toBe(false);
  });
});

function hash(text: string): number {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum;
}
