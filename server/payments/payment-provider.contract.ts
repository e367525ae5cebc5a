import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentOrder, PaymentProvider, Queried } from './payment-provider.ts';
import { orderOf, TESS } from './testing/orders.ts';

/** A provider with the other side of it, which a test can look at and break. */
export interface ProviderRig {
  readonly provider: PaymentProvider;
  /** How many times an order has left, by its key. */
  paid(instructionId: string): Promise<number>;
  /** From now on the other side cannot be reached. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

/** The laws of a payment provider. Each implementation's test runs them over itself. */
export function describePaymentProvider(name: string, open: () => Promise<ProviderRig>): void {
  describe(`provider ${name}`, () => {
    let rig: ProviderRig;
    beforeEach(async () => {
      rig = await open();
    });
    afterEach(() => rig.close());
    const query = ({ instruction, payee }: PaymentOrder): Promise<Queried> =>
      rig.provider.query(instruction, payee);
    const paid = ({ instruction }: PaymentOrder) => rig.paid(instruction.instructionId);

    it('pays once, however often the same key is submitted', async () => {
      const order = orderOf('once');
      const answers = [await rig.provider.submit(order), await rig.provider.submit(order)];
      answers.push(...(await Promise.all([1, 2, 3].map(() => rig.provider.submit(order)))));
      expect(new Set(answers.map(({ type }) => type)).size).toBe(1);
      expect(await paid(order)).toBe(1);
    });

    it('pays once under one key when several are submitted together', async () => {
      if (!rig.provider.batches) return;
      const [one, two] = [orderOf('one'), orderOf('two')];
      const answers = await rig.provider.submitBatch([one, two, one]);
      expect([...answers.values()].map(({ type }) => type)).toEqual(['sent', 'sent']);
      expect([await paid(one), await paid(two)]).toEqual([1, 1]);
    });

    it('says of a key that was never submitted that it is not known', async () => {
      expect(await query(orderOf('never'))).toEqual({ type: 'notKnown' });
    });

    it('tells of a payment what it told when it was submitted', async () => {
      const order = orderOf('same');
      const said = await rig.provider.submit(order);
      expect(['sent', 'paid']).toContain(said.type);
      expect(await query(order)).toEqual(said);
      expect(await rig.provider.query(order.instruction, null)).toEqual(said);
    });

    it.each([
      ['amount', { amount: 5_000_0000 }],
      ['currency', { currency: 'EUR' }],
      ['payee', { payee: { iban: 'GB29NWBK60161331926819' } }],
    ])('freezes a key under which another %s stands, and pays neither again', async (_, change) => {
      await rig.provider.submit(orderOf('key'));
      const other = orderOf('key', change);
      expect(await rig.provider.submit(other)).toMatchObject({ type: 'unknown', freeze: true });
      expect(await query(other)).toMatchObject({ type: 'unknown', freeze: true });
      expect(await paid(other)).toBe(1);
    });

    it('says that it does not know when it cannot be reached, and never throws', async () => {
      const before = orderOf('before');
      await rig.provider.submit(before);
      await rig.breakDown();
      for (const order of [before, orderOf('after')]) {
        for (const said of [await rig.provider.submit(order), await query(order)]) {
          expect(said).toMatchObject({ type: 'unknown', freeze: false });
        }
      }
    });

    it('pays nothing for what cannot be paid exactly, and says so', async () => {
      for (const amount of [4_000_0001, 0, -10_000]) {
        const order = orderOf(`odd-${amount}`, { amount });
        expect((await rig.provider.submit(order)).type).toBe('declined');
        expect(await paid(order)).toBe(0);
      }
    });

    it('names no payee in what it tells, because that is kept for ever', async () => {
      const odd = { payee: { name: 'Tëss <Trader>', bic: 'NOT-A-BIC' } };
      const answers = [
        await rig.provider.submit(orderOf('names', odd)),
        await rig.provider.submit(orderOf('cents', { amount: 1 })),
        await rig.provider.submit(orderOf('key')),
        await rig.provider.submit(orderOf('key', { amount: 10_000 })),
      ];
      await rig.breakDown();
      answers.push(await rig.provider.submit(orderOf('broken')));
      const told = JSON.stringify(answers);
      for (const name of ['Tess', 'Tëss', 'Trader', TESS.iban ?? '', 'NOT-A-BIC']) {
        expect(told).not.toContain(name);
      }
    });

    it('keeps references and messages within what a fact may hold', async () => {
      const said = await rig.provider.submit(orderOf('lengths'));
      expect('reference' in said && said.reference.length).toBeLessThanOrEqual(120);
      await rig.breakDown();
      const broken = await rig.provider.submit(orderOf('lengths-2'));
      expect('message' in broken && broken.message.length).toBeLessThanOrEqual(400);
    });
  });
}
