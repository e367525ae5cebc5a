import { describe, expect, it } from 'vitest';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import {
  findingsIn,
  moneyBack,
  openSellingFirm,
  paid,
  type SellingFirm,
} from './testing/selling-firm.ts';

type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;
type StepOf = FactOf<'orderAdvanced'>['data']['step'];

/** A firm with an order that was led to its end, retried once and charged back. */
async function firmWithOrders(): Promise<SellingFirm> {
  const firm = openSellingFirm();
  await firm.post(paid('o-1', { price: '0.01' }));
  await firm.pass(1_000);
  const { orderId } = firm.order('o-1').data;
  firm.as('sam', { type: 'retryOrder', orderId, reason: 'a gift' });
  await firm.pass(1_000);
  await firm.post(moneyBack('order.disputed', 'o-1', '0.01'));
  return firm;
}

/** The log with the step of one type changed. */
const step =
  <Type extends StepOf['type']>(
    type: Type,
    over: (step: Extract<StepOf, { type: Type }>) => StepOf,
  ) =>
  (facts: readonly Fact[]): Fact[] =>
    facts.map((fact) =>
      fact.kind === 'orderAdvanced' && fact.data.step.type === type
        ? { ...fact, data: { ...fact.data, step: over(fact.data.step as never) } }
        : fact,
    );
const without =
  (isIt: (fact: Fact) => boolean) =>
  (facts: readonly Fact[]): Fact[] =>
    facts.filter((fact) => !isIt(fact));
const isStep = (type: StepOf['type']) => (fact: Fact) =>
  fact.kind === 'orderAdvanced' && fact.data.step.type === type;
const byOther =
  (kind: FactKind, actor: Fact['envelope']['actor']) =>
  (facts: readonly Fact[]): Fact[] =>
    facts.map((fact) =>
      fact.kind === kind ? ({ ...fact, envelope: { ...fact.envelope, actor } } as Fact) : fact,
    );
const twice =
  (isIt: (fact: Fact) => boolean) =>
  (facts: readonly Fact[]): Fact[] =>
    facts.flatMap((fact) => (isIt(fact) ? [fact, fact] : [fact]));

const FORGERIES: readonly (readonly [
  string,
  (facts: readonly Fact[]) => readonly Fact[],
  RegExp,
])[] = [
  [
    'an order that a person wrote',
    byOther('orderReceived', { type: 'operator', id: 'finn' }),
    /was written by operator finn/,
  ],
  ['an order twice', twice(({ kind }) => kind === 'orderReceived'), /was received before/],
  [
    'an order that no shop sent',
    without(({ kind }) => kind === 'orderReceived'),
    /was never received/,
  ],
  ['rules assigned twice', twice(isStep('assigned')), /assigned twice/],
  [
    'an account asked for by other terms',
    step('asked', (one) => ({ ...one, terms: { ...one.terms, nominalSize: 1 } })),
    /other terms than were assigned/,
  ],
  [
    'an account asked for in another name',
    step('asked', (one) => ({ ...one, accountId: 'A000001' })),
    /another account/,
  ],
  ['an attempt left out', step('asked', (one) => ({ ...one, attempt: 2 })), /does not follow/],
  [
    'an account that never opened',
    step('created', (one) => ({ ...one, accountId: 'nobody' })),
    /is not open/,
  ],
  ['a link before the account', without(isStep('created')), /before the account was open/],
  [
    'a retry by somebody without the role',
    step('retried', (one) => ({ ...one, personId: 'finn' })),
    /no role of finn/,
  ],
  [
    'a chargeback that closes',
    (facts) =>
      facts.map((fact) =>
        fact.kind === 'orderReversed'
          ? { ...fact, data: { ...fact.data, consequence: 'close' as const } }
          : fact,
      ),
    /leads to restrict, not to close/,
  ],
  [
    'a closure in the policy’s name',
    (facts) =>
      facts.map((fact) =>
        fact.kind === 'accountDirected'
          ? { ...fact, data: { ...fact.data, directive: { type: 'close' as const } } }
          : fact,
      ),
    /nobody had decided it/,
  ],
];

describe('the verifier', () => {
  it('finds nothing wrong in what the server wrote', async () => {
    expect(findingsIn((await firmWithOrders()).store)).toEqual([]);
  });

  it.each(FORGERIES)('finds %s', async (_what, forge, says) => {
    expect(findingsIn((await firmWithOrders()).store, forge).join('\n')).toMatch(says);
  });
});
