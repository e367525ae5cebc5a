import { describe, expect, it } from 'vitest';
import type { ApprovalPolicy } from '#core/approvals/policy.ts';
import { present } from '#core/kernel/assert.ts';
import { restoreFromTwin } from '#desk/signing/restore.ts';
import { openDeskStore } from '#desk/store/store.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { fundedAccount } from '#server/partition/testing/scripted-firm.ts';

const DAY_MS = 86_400_000;
const approve = (firm: GovernedFirm, payoutId: string, ...people: string[]): void => {
  for (const person of people) firm.as(person, firm.desk(person).decide(payoutId, 'approve'));
};
const pay = (firm: GovernedFirm, ...payouts: string[]): string[] => {
  firm.system({ type: 'runPayments' });
  return payouts.map((payoutId) => firm.partition.governance.paymentState(payoutId));
};
const paidOut = (firm: GovernedFirm): { payoutId: string; instructionId: string } => {
  const payoutId = firm.request('A1');
  approve(firm, payoutId, 'cleo', 'dario');
  pay(firm, payoutId);
  const { instructionId } = present(
    firm.partition.governance.payout(payoutId)?.payment,
    'the payment',
  );
  return { payoutId, instructionId };
};
const report = (
  firm: GovernedFirm,
  of: ReturnType<typeof paidOut>,
  state: 'paid' | 'declined',
): string =>
  firm.system({
    type: 'reportPayment',
    report: { ...of, state, reportId: `report-${state}`, providerReference: '', message: '' },
  });
const exceptions = (firm: GovernedFirm): string[] =>
  [...firm.partition.governance.exceptions()].map(({ type }) => type);

describe('what the simulator has found', () => {
  it('a decision that came before the one it follows counts when it is sent again', () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const actor = { type: 'operator', id: 'cleo' } as const;
    const send = (commandId: string, intent: ReturnType<typeof desk.decide>): string => {
      const { result } = firm.partition.command({ commandId, actor, intent });
      return result.type === 'accepted' ? 'accepted' : result.code;
    };
    const [first, second] = [desk.decide(payoutId, 'hold'), desk.decide(payoutId, 'release')];
    expect(send('second', second)).toBe('needSequence');
    expect(send('first', first)).toBe('accepted');
    expect(send('second', second)).toBe('accepted');
    expect(firm.verdictOn(payoutId)).toBe('counted');
  });

  it('an old payout and a new one of the same trader count together when one run pays both', () => {
    const policy: Partial<ApprovalPolicy> = {
      action: 'payPayout',
      windowDays: 1,
      steps: [{ above: 5_000_0000, approvals: 3, oneOf: [] }],
      expiresAfterMs: 30 * DAY_MS,
      receiptAgeMaxMs: 30 * DAY_MS,
    };
    const firm = openGovernedFirm({ policies: [policy] });
    firm.platform.tell(...fundedAccount('A9', 'T1', 5_000_0000));
    firm.run();
    const oldOne = firm.request('A1');
    firm.clock += 3 * DAY_MS;
    const newOne = firm.request('A9');
    approve(firm, oldOne, 'cleo', 'dario', 'ezra');
    approve(firm, newOne, 'cleo', 'dario');
    expect(pay(firm, oldOne, newOne)).toEqual(['instructed', 'none']);
    approve(firm, newOne, 'ezra');
    expect(pay(firm, newOne)).toEqual(['instructed']);
  });

  it('a payment said to be paid and then declined is a person’s matter, whichever came first', () => {
    const firm = openGovernedFirm();
    const payment = paidOut(firm);
    expect(report(firm, payment, 'paid')).toBe('accepted');
    expect(report(firm, payment, 'declined')).toBe('accepted');
    expect(exceptions(firm)).toContain('paidTwice');
  });

  it('money that left although the rail had declined it is a person’s matter', () => {
    const firm = openGovernedFirm();
    const payment = paidOut(firm);
    report(firm, payment, 'declined');
    const entry = {
      entryId: 'line-1',
      file: '0'.repeat(64),
      direction: 'out' as const,
      amount: 4_000_0000,
      currency: 'USD',
      endToEndId: payment.instructionId,
      payeeLast4: '4410',
      fee: false,
      bookedOn: '2026-01-21',
    };
    firm.system({ type: 'bookEntries', entries: [entry] });
    expect(exceptions(firm)).toContain('paidAfterStop');
  });

  it('what a device signs for another log does not take the place of what it signs here', () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const aud = { org: 'test-firm', env: 'staging', log: 'propdesk/staging' } as const;
    const elsewhere = desk.decide(payoutId, 'approve', { aud });
    desk.chain = null;
    const here = desk.decide(payoutId, 'approve');
    expect(firm.ask('dario', elsewhere)).toMatch(/^forbidden: it was signed for/);
    firm.as('cleo', here);
    expect(firm.verdictOn(payoutId)).toBe('counted');
    expect(firm.partition.governance.people.key(desk.keyId)?.frozen).toBe(false);
  });

  it('a decision that waits without a second copy gets one at the next start', () => {
    const store = openDeskStore(':memory:');
    const lines: string[] = [];
    const twin = { keep: (line: string) => void lines.push(line), lines: () => lines };
    const firm = openGovernedFirm();
    const { logId } = firm.store;
    const { envelope } = firm.desk('cleo').decide(firm.request('A1'), 'hold');
    const id = '0'.repeat(32);
    const command = {
      commandId: id,
      operatorId: 'cleo',
      issuedAt: 1,
      intent: { type: 'decide', envelope },
    } as const;
    const entry = {
      decisionId: id,
      personId: 'cleo',
      keyId: 'k',
      chainSeq: 1,
      digest: 'd',
      decision: '{}',
      signedAt: 1,
    };
    store.apply({ cursor: { logId, seq: 0 }, accounts: [], alerts: [], governed: [] });
    store.keepSigned(entry, command, logId);
    restoreFromTwin(store, twin, () => false);
    restoreFromTwin(store, twin, () => false);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ logId, command }]);
    store.close();
  });
});
