import { describe, expect, it } from 'vitest';
import { PAYOUT_DUE, ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';

const HOUR_MS = 3_600_000;
const approve = (firm: GovernedFirm, payoutId: string, ...people: string[]): void => {
  for (const person of people) firm.as(person, firm.desk(person).decide(payoutId, 'approve'));
};
const pay = (firm: GovernedFirm, payoutId: string): string => {
  firm.system({ type: 'runPayments' });
  return firm.partition.governance.paymentState(payoutId);
};

describe('a payout', () => {
  it('is paid once two persons have signed it, and leaves the account', () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    expect(pay(firm, payoutId)).toBe('none');
    approve(firm, payoutId, 'dario');
    expect(pay(firm, payoutId)).toBe('instructed');
    expect(pay(firm, payoutId)).toBe('instructed');
    firm.run();
    const { payment } = firm.partition.governance.payout(payoutId) ?? {};
    expect(payment).toMatchObject({ amount: 4_000_0000, gross: 5_000_0000, currency: 'USD' });
    expect(firm.partition.ingest.book.balance(0)).toBe(100_000_0000);
    expect(firm.partition.governance.proposal(payoutId)?.closed?.outcome).toBe('executed');
  });

  it('survives a restart at every step', () => {
    let firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    firm = firm.reopen();
    approve(firm, payoutId, 'cleo');
    firm = firm.reopen();
    approve(firm, payoutId, 'dario');
    firm = firm.reopen();
    expect(pay(firm, payoutId)).toBe('instructed');
    firm = firm.reopen();
    firm.run();
    expect(firm.reopen().partition.governance.paymentState(payoutId)).toBe('instructed');
    expect(firm.partition.ingest.book.balance(0)).toBe(100_000_0000);
  });

  it('is not paid when the account breaches between the approvals and the payment', () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    firm.platform.tell(...ruinousTrade('A1', PAYOUT_DUE + HOUR_MS));
    firm.run();
    expect(pay(firm, payoutId)).toBe('none');
  });
});
