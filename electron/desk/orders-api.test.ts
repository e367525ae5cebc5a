import { describe, expect, it } from 'vitest';
import { orderCalls } from '#core/desk-api/order-calls.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { createGovernance } from '#core/governance/governance.ts';
import { EVERYWHERE, type Role } from '#core/people/roles.ts';
import { accountIdFor, orderIdOf } from '#core/provisioning/orders.ts';
import type { OrderStep } from '#core/provisioning/provisioning.events.ts';
import type { Command } from '#core/sync/protocol.ts';
import { createOrdersApi } from './orders-api.ts';

const NOW = 1_700_000_000_000;

/** A desk that holds some facts of orders, with somebody signed in. */
function deskWith(role: Role) {
  const governance = createGovernance();
  const queued: Command[] = [];
  const sent: Command['intent'][] = [];
  let seq = 0;
  const apply = (draft: FactDraft): void => {
    seq += 1;
    governance.apply({ ...draft, envelope: { seq, recordedAt: NOW } } as unknown as Fact);
  };
  apply({ kind: 'personAdded', data: { personId: 'p-1', at: NOW } });
  apply({ kind: 'roleGranted', data: { personId: 'p-1', role, scope: EVERYWHERE, at: NOW } });
  const receive = (externalId: string, at: number): string => {
    const orderId = orderIdOf('shop', externalId);
    apply({
      kind: 'orderReceived',
      data: {
        orderId,
        source: 'shop',
        externalId,
        kind: 'purchase',
        traderId: 'TB-1',
        contact: 'b'.repeat(64),
        programId: 'two-step-100k',
        forAccount: null,
        addOns: [],
        price: 499_0000,
        currency: 'USD',
        affiliateId: null,
        orderedAt: at,
        at,
      },
    });
    return orderId;
  };
  const advance = (orderId: string, step: OrderStep, at: number): void =>
    apply({ kind: 'orderAdvanced', data: { orderId, step, at } });
  const api = createOrdersApi({
    state: { governance },
    personId: () => 'p-1',
    nameOf: () => 'Ines Corvel',
    send: (intent) => {
      sent.push(intent);
      return Promise.resolve({ commandId: 'c-1', state: 'queued' as const });
    },
    queued: () => queued,
    now: () => NOW,
  });
  return { api, receive, advance, queued, sent };
}

const terms = (orderId: string) => ({
  accountId: accountIdFor(orderId),
  traderId: 'TB-1',
  traderName: 'Buyer 1',
  platform: 'demo',
  currency: 'USD',
  nominalSize: 100_000_0000,
  startBalance: 100_000_0000,
  program: { programId: 'two-step-100k', name: 'Two-step 100k' },
  phase: { phaseId: 'one', name: 'Evaluation 1' },
  ruleSet: { ruleSetId: 'set', version: 1, hash: 'a'.repeat(64) },
  positionRounding: 'exact' as const,
});
const failed = (retryAt: number | null): OrderStep => ({
  type: 'failed',
  stage: 'assign',
  attempt: 1,
  sentence: 'No program is published',
  retryAt,
});

describe('orders at a desk', () => {
  it('come with those first that wait for a person, then those tried again, then the latest', async () => {
    const { api, receive, advance } = deskWith('supportAgent');
    const [done, later, under, stuck] = ['done', 'later', 'under', 'stuck'].map((name, at) =>
      receive(name, NOW - 10_000 + at * 1_000),
    ) as [string, string, string, string];
    for (const step of [
      { type: 'assigned', terms: terms(done) },
      { type: 'asked', accountId: accountIdFor(done), attempt: 1, terms: terms(done) },
      { type: 'created', accountId: accountIdFor(done) },
      { type: 'credentialsSent', accountId: accountIdFor(done) },
    ] as const) {
      advance(done, step, NOW - 8_000);
    }
    advance(later, failed(NOW + 5_000), NOW);
    advance(stuck, failed(null), NOW);
    const list = await api['orders.list']({ limit: 10 });
    expect(orderCalls['orders.list'].output.parse(list)).toEqual(list);
    expect(list.orders.map(({ externalId }) => externalId)).toEqual([
      'stuck',
      'later',
      'under',
      'done',
    ]);
    expect(list.counts).toEqual({ all: 4, failed: 2, underWay: 1 });
    expect(list.orders[3]).toMatchObject({
      state: 'credentialsSent',
      accountId: accountIdFor(done),
      spans: { created: 2_000, firstTraded: null },
      mayRetry: false,
      mayCancel: false,
    });
    expect(list.figures[0]).toMatchObject({
      span: 'created',
      count: 1,
      p50: { value: 2_000, baseline: null },
    });
    expect((await api['orders.get']({ orderId: under })).row.mayCancel).toBe(true);
  });

  it('say every step with the number of its fact, and who did what a person did', async () => {
    const { api, receive, advance, sent } = deskWith('supportAgent');
    const orderId = receive('o-1', NOW - 10_000);
    advance(orderId, failed(null), NOW - 9_000);
    advance(orderId, { type: 'retried', personId: 'p-1', reason: 'it is right' }, NOW - 4_000);
    const detail = await api['orders.get']({ orderId });
    expect(orderCalls['orders.get'].output.parse(detail)).toEqual(detail);
    expect(detail.steps.map(({ seq, afterMs, says }) => [seq, afterMs, says])).toEqual([
      [3, 0, 'Received from shop as o-1'],
      [4, 1_000, 'No program is published'],
      [5, 6_000, 'Ines Corvel: it is right'],
    ]);
    await api['orders.cancel']({ orderId, reason: 'a mistake' });
    expect(sent).toEqual([{ type: 'cancelOrder', orderId, reason: 'a mistake' }]);
    await expect(api['orders.get']({ orderId: 'nothing' })).rejects.toThrow(
      'knows no order nothing',
    );
  });

  it('offer nothing to those whose roles do not allow it, and say what waits to be received', async () => {
    const { api, receive, advance, queued } = deskWith('riskOfficer');
    const orderId = receive('o-1', NOW);
    advance(orderId, failed(null), NOW);
    queued.push({
      commandId: 'c-1',
      operatorId: 'p-1',
      issuedAt: NOW,
      intent: { type: 'retryOrder', orderId, reason: 'again' },
    });
    const { row } = await api['orders.get']({ orderId });
    expect([row.mayRetry, row.mayCancel, row.waits]).toEqual([false, false, true]);
  });
});
