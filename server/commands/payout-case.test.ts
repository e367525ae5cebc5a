import { describe, expect, it } from 'vitest';
import { createBook } from '#core/engine/book.ts';
import type { Fact } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { sampleTerms } from '#core/programs/compile.ts';
import type { BalanceOperation, Deal } from '#core/accounts/account.ts';
import { loadPrograms } from '../programs.ts';
import { payoutHistoryOf, payoutNow } from '#core/governance/payout-case.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5, 12);
const program = present(
  loadPrograms().find((one) => one.program.programId === 'ftmo-2-step-100k'),
  'the program',
);
const FUNDED = 2;

/** A funded account that made a profit on its first day, and the facts that say so. */
function funded(profit: number, over: { paid?: number; daysLater: number }) {
  const ruleSet = present(program.ruleSets[FUNDED], 'rule set');
  const terms = { ...sampleTerms(program.program, FUNDED), accountId: 'A1', ruleSet: ruleSet.ref };
  const book = createBook();
  book.defineInstrument({
    symbol: 'EURUSD',
    assetClass: 'forex',
    digits: 5,
    volumeDecimals: 2,
    contractSize: '100000',
    quoteCurrency: 'USD',
    tickPoints: 1,
  });
  book.openAccount({ terms, ruleSet, day: null });
  const facts: Fact[] = [];
  const tell = (kind: string, data: unknown, occurredAt: number): void =>
    void facts.push({ kind, data, envelope: { occurredAt } } as unknown as Fact);
  tell('accountOpened', terms, START);
  const deal = (entry: 'in' | 'out', gained: number): void => {
    const booked: Deal = {
      accountId: 'A1',
      dealId: `${entry}${facts.length}`,
      positionId: 'P1',
      symbol: 'EURUSD',
      side: entry === 'in' ? 'buy' : 'sell',
      entry,
      volume: 1,
      price: 100_000,
      profit: gained * 10_000,
      commission: 0,
      swap: 0,
      fee: 0,
      at: START,
    };
    book.deal(booked);
    tell('dealBooked', booked, START);
  };
  deal('in', 0);
  deal('out', profit);
  if (over.paid !== undefined) {
    const operation: BalanceOperation = {
      accountId: 'A1',
      operationId: 'payout',
      type: 'payout',
      amount: -over.paid * 10_000,
      traderShare: over.paid * 8_000,
      comment: '',
      at: START + DAY_MS,
    };
    book.balanceOperation(operation);
    tell('balanceOperationBooked', operation, operation.at);
  }
  const policy = present(program.program.phases[FUNDED]?.payout, 'policy');
  const state = book.state(0, START + over.daysLater * DAY_MS);
  return { facts, now: present(payoutNow(state, policy, facts), 'an assessment') };
}

describe('a payout asked for now', () => {
  it('waits for its day, then pays the share of what was made', () => {
    expect(funded(5_000, { daysLater: 13 }).now).toMatchObject({ eligible: false });
    expect(funded(5_000, { daysLater: 14 }).now).toMatchObject({
      eligible: true,
      gross: 5_000_0000,
      trader: 4_000_0000,
      firm: 1_000_0000,
    });
  });

  it('is nothing without profit, and says so', () => {
    const { now } = funded(-500, { daysLater: 30 });
    expect(now).toMatchObject({ eligible: false, gross: 0 });
    expect(now.reasons.join()).toMatch(/no profit/);
  });

  it('counts again from the last payout, which is no longer there to be paid', () => {
    const { facts, now } = funded(5_000, { paid: 2_000, daysLater: 10 });
    expect(payoutHistoryOf(facts)).toMatchObject({ payouts: 1, paidToTrader: 1_600_0000 });
    expect(now).toMatchObject({ eligible: false, withdrawable: 3_000_0000 });
    expect(funded(5_000, { paid: 2_000, daysLater: 15 }).now.eligible).toBe(true);
  });
});
