import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReversed, stateOf } from '#core/provisioning/orders.ts';
import {
  moneyBack,
  openSellingFirm,
  paid,
  signed,
  type SellingFirm,
} from './testing/selling-firm.ts';

/** All that two orders may lead a shop to send, each signed once. */
const EVENTS: readonly object[] = [
  paid('o-1'),
  paid('o-2', { buyer: { address: 'o-1@buyers.example', name: null } }),
  moneyBack('order.refunded', 'o-1', '100.00', 'part'),
  moneyBack('order.refunded', 'o-1', '499.00', 'all'),
  moneyBack('order.disputed', 'o-2', '499.00', 'dispute'),
  moneyBack('dispute.won', 'o-2', '499.00', 'dispute'),
];
/** Orders without what depends on when they came: numbers of entries and times of ours. */
const essence = (firm: SellingFirm): unknown =>
  [...firm.orders().all()]
    .map((order) => ({
      data: order.data,
      state: stateOf(order),
      reversed: isReversed(order),
      reversals: order.reversals
        .map(({ type, externalId, amount }) => `${type} ${externalId} ${amount}`)
        .sort(),
    }))
    .sort((one, other) => (one.data.orderId < other.data.orderId ? -1 : 1));

const inOrder = async (): Promise<unknown> => {
  const firm = openSellingFirm();
  for (const event of EVENTS) await firm.post(event);
  return essence(firm);
};

describe('deliveries of shops', () => {
  it(
    'give the same orders in any order and however often each is sent',
    { timeout: 300_000 },
    async () => {
      const wanted = await inOrder();
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(
            EVENTS.flatMap((_, at) => [at, at, at]),
            { minLength: EVENTS.length * 2 + 1 },
          ),
          async (sequence) => {
            const firm = openSellingFirm();
            for (const at of sequence) {
              const said = await firm.post(EVENTS[at] ?? {});
              expect(said.status).toBe(200);
            }
            // Whatever was left out comes late.
            for (const event of EVENTS) await firm.post(event);
            expect(essence(firm)).toEqual(wanted);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it('give the same orders when many come at the same time', async () => {
    const wanted = await inOrder();
    const firm = openSellingFirm();
    await Promise.all(
      [...EVENTS, ...EVENTS.toReversed(), ...EVENTS].map((event) => firm.post(event)),
    );
    expect(essence(firm)).toEqual(wanted);
  });

  it('that are not signed, old, or of no shop leave nothing behind', async () => {
    const firm = openSellingFirm();
    const before = firm.partition.ingest.lastSeq;
    const good = signed(paid('o-1'), firm.clock);
    expect(await firm.webhooks.receive('nobody', good)).toMatchObject({ status: 404 });
    expect(await firm.webhooks.receive('own', { ...good, headers: {} })).toMatchObject({
      status: 401,
    });
    expect(await firm.post(paid('o-1'), firm.clock - 6 * 60_000)).toMatchObject({ code: 'stale' });
    expect(await firm.post({ type: 'order.paid', order: {} })).toMatchObject({ status: 422 });
    expect(await firm.post({ type: 'newsletter.sent' })).toMatchObject({
      status: 200,
      code: 'notOurs',
    });
    expect(firm.partition.ingest.lastSeq).toBe(before);
  });

  it('of money that went back of an order that never comes are kept apart and change nothing', async () => {
    const firm = openSellingFirm();
    expect(await firm.post(moneyBack('order.refunded', 'nobody'))).toMatchObject({ status: 200 });
    expect(firm.orders().size).toBe(0);
  });
});
