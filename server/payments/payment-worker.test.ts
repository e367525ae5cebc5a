import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAYOUT_DUE, ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import type { Submitted } from './payment-provider.ts';
import {
  QUESTION_FIRST_MS,
  QUESTIONS_MAX,
  SENT_QUIET_MAX_MS,
  SUBMIT_WITHIN_MS,
} from './payment-steps.ts';
import { createPaymentWorker } from './payment-worker.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

let paying: PayingFirm;
beforeEach(async () => {
  paying = await openPayingFirm();
});
afterEach(() => paying.close());

const ending = (last4: string) => ({ account: `TEST-ACCOUNT-${last4}` });
const keyOf = (payoutId: string): string =>
  paying.governance.payout(payoutId)?.payment?.instructionId ?? '';
const paidTimes = (payoutId: string): number =>
  paying.rail.payments().filter(({ payment }) => payment.key === keyOf(payoutId)).length;
const exceptions = () => [...paying.governance.exceptions()].map(({ type }) => type);
const reports = (payoutId: string) =>
  paying.governance.payout(payoutId)?.reports.map(({ state }) => state);

describe('the payment worker', () => {
  it('pays what two persons approved, once, and says so in the log', async () => {
    const payoutId = paying.approved('A1');
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('paid');
    for (let tick = 0; tick < 5; tick += 1) await paying.pass(HOUR_MS);
    await paying.rail.idle();
    expect(paidTimes(payoutId)).toBe(1);
    expect(reports(payoutId)).toEqual(['paid']);
    expect(paying.rail.payments()[0]?.payment).toMatchObject({
      amount: '4000.00',
      currency: 'USD',
      payee: { name: 'Tess Trader', account: 'TEST-ACCOUNT-4410' },
    });
    expect(exceptions()).toEqual([]);
  });

  it('pays nothing that was not approved', async () => {
    const payoutId = paying.request('A1');
    paying.firm.as('cleo', paying.firm.desk('cleo').decide(payoutId, 'approve'));
    await paying.pass(HOUR_MS);
    expect(paying.state(payoutId)).toBe('none');
    expect(paying.rail.payments()).toEqual([]);
  });

  it('pays nothing when a breach came after the approvals, and goes on paying others', async () => {
    const stopped = paying.approved('A1');
    const other = paying.approved('A2');
    paying.firm.platform.tell(...ruinousTrade('A1', PAYOUT_DUE + HOUR_MS));
    paying.firm.run();
    await paying.pass(2 * HOUR_MS);
    expect(paying.state(stopped)).toBe('none');
    expect(paying.state(other)).toBe('paid');
  });

  it('pays several at a time, each once', async () => {
    const payouts = ['A1', 'A2', 'A3'].map((accountId) => paying.approved(accountId));
    await Promise.all([paying.worker.tick(), paying.worker.tick()]);
    await paying.worker.tick();
    expect(payouts.map(paying.state)).toEqual(['paid', 'paid', 'paid']);
    expect(payouts.map(paidTimes)).toEqual([1, 1, 1]);
  });

  it('asks, and does not pay again, when the rail works and never answers', async () => {
    const payoutId = paying.approved('A1', ending('0002'));
    paying.rail.tellAt(null);
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('instructed');
    await paying.pass(QUESTION_FIRST_MS);
    expect(paying.state(payoutId)).toBe('paid');
    expect(paidTimes(payoutId)).toBe(1);
    expect(exceptions()).toEqual([]);
  });

  it('hears by an event of a payment whose answer never came', async () => {
    const payoutId = paying.approved('A1', ending('0002'));
    await paying.pass(0);
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('paid');
    expect(paying.heard.map(({ code }) => code)).toEqual(['taken']);
    await paying.pass(HOUR_MS);
    expect(reports(payoutId)).toEqual(['paid']);
  });

  it('takes an event that comes twice once', async () => {
    const payoutId = paying.approved('A1', ending('0004'));
    await paying.pass(0);
    await paying.rail.idle();
    expect(paying.heard).toHaveLength(2);
    expect(reports(payoutId)?.filter((state) => state === 'paid').length).toBeLessThanOrEqual(2);
    expect(paidTimes(payoutId)).toBe(1);
    expect(exceptions()).toEqual([]);
  });

  it('waits for a payment that is answered late', async () => {
    const payoutId = paying.approved('A1', ending('0005'));
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('sent');
    await paying.pass(HOUR_MS);
    expect(paying.state(payoutId)).toBe('sent');
    paying.rail.settle();
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('paid');
    expect(reports(payoutId)).toEqual(['sent', 'paid']);
  });

  it('hears of a late payment by asking when no event arrives', async () => {
    paying.rail.tellAt(null);
    const payoutId = paying.approved('A1', ending('0005'));
    await paying.pass(0);
    paying.rail.settle();
    await paying.pass(HOUR_MS);
    expect(paying.state(payoutId)).toBe('paid');
  });

  it('says that the rail refused a payment after it was approved', async () => {
    const payoutId = paying.approved('A1', ending('0003'));
    await paying.pass(0);
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('declined');
    const { message } = paying.governance.payout(payoutId)?.reports[0] ?? {};
    expect(message).toBe('The rail declined it: AC04');
    await paying.pass(HOUR_MS);
    expect(paidTimes(payoutId)).toBe(1);
  });

  it.each([
    ['amount', '0006'],
    ['payee', '0007'],
  ])('freezes a payment of which the rail echoes another %s', async (_what, last4) => {
    const payoutId = paying.approved('A1', ending(last4));
    await paying.pass(0);
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('unknown');
    expect(exceptions()).toEqual(['paymentUnknown']);
    const before = reports(payoutId);
    for (let tick = 0; tick < 5; tick += 1) await paying.pass(HOUR_MS);
    expect(reports(payoutId)).toEqual(before);
    expect(paidTimes(payoutId)).toBe(1);
    const settled = paying.firm.ask('edda', {
      type: 'settlePayment',
      payoutId,
      state: 'paid',
      reason: 'looked up at the rail',
    });
    expect([settled, paying.state(payoutId)]).toEqual(['accepted', 'paid']);
  });
});

describe('a crash between submitting and reporting', () => {
  it('is resolved by asking under the same key', async () => {
    const payoutId = paying.approved('A1');
    paying.rail.tellAt(null);
    await paying.command({
      commandId: 'run',
      actor: { type: 'system', id: 'test' },
      intent: { type: 'runPayments' },
    });
    const instruction = paying.governance.payout(payoutId)?.payment;
    const payee = paying.vault.find(instruction?.payee.digest ?? '');
    if (!instruction || !payee.ok) throw new Error('no instruction');
    await paying.provider.submit({ instruction, payee: payee.value });
    paying.restart();
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('paid');
    expect(paidTimes(payoutId)).toBe(1);
  });

  it('is resolved at every point of a payment, with one payment and one key', async () => {
    for (const point of [0, 1, 2, 3, 4]) {
      const one = await openPayingFirm();
      const payoutId = one.approved('A1', ending('0002'));
      const submits: string[] = [];
      const crashing = createPaymentWorker({
        governance: () => one.governance,
        command: one.command,
        payee: one.vault.find,
        cutOffs: [],
        now: () => one.firm.clock,
        log: { info: () => {}, warn: () => {}, error: () => {} },
        providers: new Map([['testRail', crashingAt(one, point, submits)]]),
      });
      await crashing.tick();
      one.restart();
      await one.pass(0);
      await one.pass(10 * SECOND_MS);
      await one.pass(10 * SECOND_MS);
      await one.rail.idle();
      expect([point, one.state(payoutId)]).toEqual([point, 'paid']);
      expect(one.rail.payments()).toHaveLength(1);
      expect(new Set(submits).size).toBeLessThanOrEqual(1);
      await one.close();
    }
  });

  it('is not resolved by paying again when the rail may have forgotten the key', async () => {
    const payoutId = paying.approved('A1');
    await paying.command({
      commandId: 'run',
      actor: { type: 'system', id: 'test' },
      intent: { type: 'runPayments' },
    });
    paying.firm.clock += SUBMIT_WITHIN_MS;
    paying.restart();
    await paying.pass(0);
    await paying.pass(SECOND_MS);
    expect(paying.state(payoutId)).toBe('unknown');
    expect(exceptions()).toEqual(['paymentUnknown']);
    expect(paying.rail.payments()).toEqual([]);
  });
});

/** The rail, with a process before it that dies at one of its calls. */
function crashingAt(one: PayingFirm, point: number, submits: string[]): PayingFirm['provider'] {
  let calls = 0;
  const dies = (): boolean => {
    calls += 1;
    return calls === point;
  };
  const died = (): never => {
    throw new Error('the process died');
  };
  return {
    id: 'crashing',
    batches: false,
    close: () => {},
    submit: async (order) => {
      if (dies()) died();
      submits.push(order.instruction.instructionId);
      const said = await one.provider.submit(order);
      return dies() ? died() : said;
    },
    query: async (instruction, payee) => {
      if (dies()) died();
      const said = await one.provider.query(instruction, payee);
      return dies() ? died() : said;
    },
  };
}

describe('a rail that does not answer', () => {
  const silent = (said: Submitted, known: boolean): PayingFirm['provider'] => ({
    id: 'silent',
    batches: false,
    close: () => {},
    submit: () => Promise.resolve(said),
    query: () => Promise.resolve(known ? said : ({ type: 'notKnown' } as const)),
  });

  it('is asked so often, then a person is told, and nothing is sent again', async () => {
    const open: Submitted = { type: 'unknown', message: 'no answer', freeze: false };
    let [submits, questions] = [0, 0];
    const provider = silent(open, true);
    const counting: PayingFirm['provider'] = {
      ...provider,
      batches: false,
      submit: (order) => {
        submits += 1;
        return provider.submit(order);
      },
      query: (instruction, payee) => {
        questions += 1;
        return submits === 0
          ? Promise.resolve({ type: 'notKnown' })
          : provider.query(instruction, payee);
      },
    };
    const one = await openPayingFirm({ providers: new Map([['testRail', counting]]) });
    const payoutId = one.approved('A1');
    for (let tick = 0; tick < 400; tick += 1) await one.pass(3 * SECOND_MS);
    expect(one.state(payoutId)).toBe('unknown');
    expect([...one.governance.exceptions()].map(({ type }) => type)).toEqual(['paymentUnknown']);
    expect(submits).toBe(1);
    expect(questions).toBeLessThan(2 * QUESTIONS_MAX);
    await one.close();
  });

  it('is waited for while nothing was submitted', async () => {
    paying.rail.tellAt(null);
    const down: PayingFirm['provider'] = silent(
      { type: 'unknown', message: 'it is down', freeze: false },
      true,
    );
    const one = await openPayingFirm({ providers: new Map([['testRail', down]]) });
    const payoutId = one.approved('A1');
    for (let hour = 0; hour < 11; hour += 1) await one.pass(HOUR_MS);
    expect(one.state(payoutId)).toBe('instructed');
    for (let hour = 0; hour < 2; hour += 1) await one.pass(HOUR_MS);
    expect(one.state(payoutId)).toBe('unknown');
    await one.close();
  });

  it('tells a person of what was sent and never heard of again', async () => {
    const payoutId = paying.approved('A1', ending('0005'));
    await paying.pass(0);
    await paying.pass(SENT_QUIET_MAX_MS);
    expect(paying.state(payoutId)).toBe('unknown');
    await paying.pass(HOUR_MS);
    expect(reports(payoutId)).toEqual(['sent', 'unknown']);
    paying.rail.settle();
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('paid');
  });
});

describe('a payee', () => {
  it('who was erased is not paid, and a person is told', async () => {
    const payoutId = paying.approved('A1');
    expect(paying.vault.erase('T1')).toBe(1);
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('unknown');
    expect(paying.rail.payments()).toEqual([]);
  });

  it('is never named where the worker says what it does', async () => {
    paying.approved('A1', ending('0006'));
    paying.approved('A2', ending('0003'));
    await paying.pass(0);
    await paying.rail.idle();
    const told = paying.logged.join('\n') + JSON.stringify([...paying.governance.payouts()]);
    expect(paying.logged.length).toBeGreaterThan(0);
    expect(told).not.toContain('Tess');
    expect(told).not.toContain('TEST-ACCOUNT');
  });
});
