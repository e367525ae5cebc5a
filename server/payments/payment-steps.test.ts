import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paymentStateOf, type Payout } from '#core/governance/governance.ts';
import type { PaymentReport } from '#core/payouts/payouts.events.ts';
import type { Queried } from './payment-provider.ts';
import {
  afterQuery,
  afterSubmit,
  giveUp,
  nextStep,
  NO_ATTEMPTS,
  QUESTION_FIRST_MS,
  reportOf,
  SENT_QUIET_MAX_MS,
  statementReport,
  SUBMIT_WITHIN_MS,
  SUBMITS_MAX,
  type Attempts,
} from './payment-steps.ts';
import { orderOf } from './testing/orders.ts';

const { instruction } = orderOf('one');
const AT = instruction.at;
const fresh: Payout = {
  payoutId: instruction.payoutId,
  request: {
    ...instruction,
    traderId: 'T1',
    requested: null,
    requestKey: 'site/one-one-one',
  },
  requestedSeq: 1,
  payment: instruction,
  reports: [],
  entries: [],
  questions: [],
  letter: null,
};
const withReports = (...states: PaymentReport['state'][]): Payout => ({
  ...fresh,
  reports: states.map((state, at) => ({
    payoutId: fresh.payoutId,
    instructionId: instruction.instructionId,
    state,
    reportId: `report-${at}`,
    providerReference: '',
    message: '',
    at: AT,
  })),
});
const stepOf = (payout: Payout, attempts: Attempts = NO_ATTEMPTS, after = 0, readyAt = AT) =>
  nextStep({ payout, state: paymentStateOf(payout), attempts, readyAt, now: AT + after });
const missing: Queried = { type: 'notKnown' };

describe('the next step of a payment', () => {
  it('is to ask, before anything is submitted', () => {
    expect(stepOf(fresh)).toBe('query');
  });

  it('is to submit once the rail said that it does not know it', () => {
    expect(stepOf(fresh, afterQuery(NO_ATTEMPTS, missing, AT))).toBe('submit');
  });

  it('is to wait for the cut-off', () => {
    expect(stepOf(fresh, NO_ATTEMPTS, 0, AT + 1)).toBe('wait');
    expect(stepOf(fresh, NO_ATTEMPTS, 1, AT + 1)).toBe('query');
  });

  it.each(['paid', 'declined', 'returned'] as const)('is none when it is %s', (state) => {
    expect(stepOf(withReports(state), NO_ATTEMPTS, SENT_QUIET_MAX_MS)).toBe('wait');
  });

  it('is none for what was never instructed', () => {
    expect(stepOf({ ...fresh, payment: null })).toBe('wait');
  });

  it('is a person’s after so many submissions that never arrived', () => {
    let attempts = NO_ATTEMPTS;
    for (let count = 0; count < SUBMITS_MAX; count += 1) {
      attempts = afterQuery(attempts, missing, AT);
      expect(stepOf(fresh, attempts)).toBe('submit');
      attempts = afterSubmit(attempts, { type: 'unknown', message: '', freeze: false }, AT);
      expect(stepOf(fresh, attempts)).toBe('wait');
      expect(stepOf(fresh, attempts, QUESTION_FIRST_MS)).toBe('query');
    }
    expect(stepOf(fresh, afterQuery(attempts, missing, AT))).toBe('person');
  });

  it('is never to submit after it was not known for long, or a person was told', () => {
    const attempts = afterQuery(NO_ATTEMPTS, missing, AT);
    expect(stepOf(fresh, attempts, SUBMIT_WITHIN_MS - 1)).toBe('submit');
    expect(stepOf(fresh, attempts, SUBMIT_WITHIN_MS)).toBe('person');
    expect(stepOf(fresh, NO_ATTEMPTS, SUBMIT_WITHIN_MS)).toBe('query');
    expect(stepOf(withReports('unknown'), attempts)).not.toBe('submit');
    expect(stepOf(withReports('sent'), attempts)).not.toBe('submit');
  });

  it('is to submit only right after "not known", whatever came before', () => {
    const said = fc.constantFrom<Queried>(
      missing,
      { type: 'sent', reference: 'r' },
      { type: 'unknown', message: '', freeze: false },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), said), { maxLength: 20 }),
        fc.array(fc.constantFrom('sent', 'unknown', 'paid', 'declined'), { maxLength: 3 }),
        fc.integer({ min: 0, max: 2 * SUBMIT_WITHIN_MS }),
        (moves, states, after) => {
          let attempts = NO_ATTEMPTS;
          for (const [submits, answer] of moves) {
            attempts = submits
              ? afterSubmit(attempts, answer.type === 'notKnown' ? UNKNOWN : (answer as never), AT)
              : afterQuery(attempts, answer, AT);
          }
          const payout = withReports(...states);
          if (stepOf(payout, attempts, after) !== 'submit') return;
          expect(states).toEqual([]);
          expect(moves.at(-1)).toEqual([false, missing]);
          expect(after).toBeLessThan(SUBMIT_WITHIN_MS);
        },
      ),
      { numRuns: 500 },
    );
  });
});
const UNKNOWN = { type: 'unknown', message: '', freeze: false } as const;

describe('a report', () => {
  const paid: Queried = { type: 'paid', reference: 'rail-1' };
  it('is the same when it is made again from the same facts', () => {
    expect(reportOf(fresh, 'instructed', paid)).toEqual(reportOf(fresh, 'instructed', paid));
  });

  it('is made of news alone', () => {
    expect(reportOf(withReports('paid'), 'paid', paid)).toBeNull();
    const sent: Queried = { type: 'sent', reference: 'rail-1' };
    expect(reportOf(withReports('sent'), 'sent', sent)).toBeNull();
    expect(reportOf(withReports('sent', 'unknown'), 'unknown', sent)).toBeNull();
    expect(reportOf(withReports('sent', 'unknown'), 'unknown', paid)?.state).toBe('paid');
    expect(reportOf(fresh, 'instructed', UNKNOWN)).toBeNull();
    expect(reportOf(fresh, 'instructed', missing)).toBeNull();
  });

  it('tells a person once that the rail has no such payment', () => {
    const open = withReports('unknown');
    const first = reportOf(open, 'unknown', missing);
    expect(first?.message).toBe('The rail says that it has no such payment');
    const told = { ...open, reports: [...open.reports, { ...first, at: AT } as PaymentReport] };
    expect(reportOf(told, 'unknown', missing)).toBeNull();
  });

  it('of a freeze keeps every later step from being taken', () => {
    const freeze = reportOf(fresh, 'instructed', { ...UNKNOWN, freeze: true });
    const froze = { ...fresh, reports: [{ ...freeze, at: AT } as PaymentReport] };
    expect(stepOf(froze, afterQuery(NO_ATTEMPTS, missing, AT), SENT_QUIET_MAX_MS)).toBe('wait');
  });

  it('of the bank’s own line says that it was paid, also where the rail declined', () => {
    const matched = { ...withReports('declined'), entries: ['entry-1'] };
    expect(statementReport(matched, 'declined')?.state).toBe('paid');
    expect(statementReport(matched, 'paid')).toBeNull();
    expect(statementReport(withReports('sent'), 'sent')).toBeNull();
  });

  it('has a new id each time a person is told', () => {
    const first = giveUp(fresh, 'instructed', 'why');
    const later = giveUp(withReports('unknown', 'sent'), 'sent', 'why');
    expect(first.reportId).not.toBe(later.reportId);
  });
});
