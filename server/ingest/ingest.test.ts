import { describe, expect, it } from 'vitest';
import { sampleTerms } from '#core/programs/compile.ts';
import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import { present } from '#core/kernel/assert.ts';
import { loadPrograms, ruleSetsByHash } from '../programs.ts';
import { openDemoFirm } from '../partition/testing/demo-firm.ts';
import type { Store } from '../store/store.ts';
import { verifyLog } from '../verify/verify.ts';
import { createIngest, type Ingest } from './ingest.ts';

const programs = loadPrograms();
const ruleSets = ruleSetsByHash(programs);
const START = Date.UTC(2014, 4, 2, 9);
const gold = {
  symbol: 'XAUUSD',
  assetClass: 'metal',
  digits: 3,
  volumeDecimals: 2,
  contractSize: '100',
  quoteCurrency: 'USD',
  tickPoints: 1,
};
const loaded = present(
  programs.find((one) => one.program.programId === 'two-step-100k'),
  'the two-step program',
);
const terms: AccountTerms = {
  ...sampleTerms(loaded.program, 0),
  accountId: 'A1',
  ruleSet: present(loaded.ruleSets[0], 'its first rule set').ref,
};
const mark = (over: object = {}): object => ({
  type: 'mark',
  symbol: 'XAUUSD',
  bid: 1_288_000,
  ask: 1_288_300,
  at: START + 1_000,
  source: 'one',
  ...over,
});
const deal = (over: Partial<Deal> = {}): object => ({
  type: 'deal',
  deal: {
    accountId: 'A1',
    dealId: 'D1',
    positionId: 'P1',
    symbol: 'XAUUSD',
    side: 'buy',
    entry: 'in',
    volume: 100,
    price: 1_288_300,
    profit: 0,
    commission: 0,
    swap: 0,
    fee: 0,
    at: START + 2_000,
    ...over,
  },
});

function opened(): Ingest {
  const ingest = createIngest({ partition: 0, platform: 'test', ruleSets, now: () => 0 });
  ingest.accept({ type: 'instrument', instrument: gold });
  ingest.accept({ type: 'accountOpened', terms, at: START });
  expect(ingest.accept(mark()).refused).toBeNull();
  return ingest;
}

describe('a mark of a second vendor', () => {
  it('prices nobody, and is handed out with its place among marks and facts', () => {
    const ingest = opened();
    const facts = ingest.lastSeq;
    const intake = ingest.accept(mark({ source: 'two', bid: 1_288_100, at: START + 1_500 }));
    expect(intake).toMatchObject({ facts: [], mark: null, refused: null });
    expect(intake.reference).toEqual({
      index: 0,
      symbol: 'XAUUSD',
      bid: 1_288_100,
      ask: 1_288_300,
      at: START + 1_500,
      source: 'two',
      marksBefore: 1,
      seqBefore: facts,
    });
    expect(ingest.book.quote('XAUUSD')).toMatchObject({ bid: 1_288_000 });
    expect(ingest.accept(mark({ source: 'two', at: START + 1_600 })).reference?.index).toBe(1);
  });
});

describe('intake refuses with the place, and loses nothing else', () => {
  it.each([
    ['garbage', 'not a record at all', /malformed/],
    ['a mark that is no number', mark({ bid: 'cheap' }), /bid/],
    [
      'a mark of an unknown symbol',
      mark({ symbol: 'MOON' }),
      /mark\.symbol: "MOON" is not defined/,
    ],
    ['a mark older than the last', mark({ at: START }), /mark\.at: older than the last print/],
    ['a deal for an unknown account', deal({ accountId: 'nobody' }), /account nobody is unknown/],
    ['a deal in an unknown symbol', deal({ symbol: 'MOON' }), /symbol "MOON" is not defined/],
    ['closing what is not open', deal({ entry: 'out', side: 'sell' }), /position P1 is not open/],
    ['a volume that is not exact', deal({ volume: 1e13 }), /too large to be kept exactly/],
    [
      'an account with an unpublished rule set',
      {
        type: 'accountOpened',
        terms: { ...terms, accountId: 'A2', ruleSet: { ...terms.ruleSet, hash: 'f'.repeat(64) } },
        at: START,
      },
      /no published rule set has the hash/,
    ],
    [
      'an account that is open already',
      { type: 'accountOpened', terms, at: START },
      /A1 is open already/,
    ],
    [
      'an instrument that needs finer money',
      { type: 'instrument', instrument: { ...gold, symbol: 'FINE', volumeDecimals: 8 } },
      /fraction of 0\.0001 USD/,
    ],
  ])('%s', (_what, record, reason) => {
    const ingest = opened();
    const before = ingest.lastSeq;
    const intake = ingest.accept(record);
    expect(intake.refused).toMatch(reason);
    expect([intake.facts, ingest.lastSeq]).toEqual([[], before]);
    expect(ingest.accept(deal()).facts.map(({ kind }) => kind)).toContain('dealBooked');
  });

  it('a deal told twice is booked once', () => {
    const ingest = opened();
    expect(ingest.accept(deal()).refused).toBeNull();
    expect(ingest.accept(deal()).refused).toMatch(/deal\.dealId: deal D1 was booked already/);
  });

  it('a verdict on a crossed print falls at once, and asks for review', () => {
    const ingest = opened();
    ingest.accept(deal());
    const intake = ingest.accept(mark({ at: START + 3_000, bid: 1_200_000, ask: 1_199_000 }));
    const breach = intake.facts.find(({ kind }) => kind === 'breachDetected');
    expect(breach?.kind === 'breachDetected' ? breach.data.review : null).toContain('crossed');
    expect(intake.actions.map(({ type }) => type)).toEqual(['closePositions', 'disableTrading']);
  });
});

describe('a past that changes is for a person to look at, and flips nothing by itself', () => {
  const DAY_MS = 86_400_000;
  const bust = (over: object = {}): object => ({
    type: 'dealBusted',
    bust: {
      accountId: 'A1',
      dealId: 'D1',
      amount: -50_000_000,
      reason: 'the venue cancelled it',
      at: START + 9_000,
      ...over,
    },
  });
  const kindsOf = (intake: ReturnType<Ingest['accept']>): string[] =>
    intake.facts.map(({ kind }) => kind);
  const reviewOf = (intake: ReturnType<Ingest['accept']>): unknown =>
    intake.facts.find(({ kind }) => kind === 'reviewRequested')?.data;
  const close = (over: Partial<Deal> = {}): object =>
    deal({ dealId: 'D2', side: 'sell', entry: 'out', price: 1_288_000, ...over });

  it('a deal of a trading day that has closed is booked, and asked about', () => {
    const ingest = opened();
    ingest.accept(deal());
    ingest.accept({ type: 'time', at: START + DAY_MS });
    const late = ingest.accept(close({ at: START + 60_000, profit: -300_000 }));
    expect(late.refused).toBeNull();
    expect(kindsOf(late)).toContain('dealBooked');
    expect(reviewOf(late)).toMatchObject({ reason: 'lateDeal', about: 'D2' });
  });

  it('a deal in time is asked about by nobody', () => {
    const ingest = opened();
    expect(reviewOf(ingest.accept(deal()))).toBeUndefined();
    expect(reviewOf(ingest.accept(close()))).toBeUndefined();
  });

  it('a position opened on an account that has failed is asked about, its closing is not', () => {
    const ingest = opened();
    ingest.accept(deal());
    ingest.accept(mark({ at: START + 3_000, bid: 1_200_000, ask: 1_200_300 }));
    expect(ingest.book.status(0)).toBe(2);
    expect(reviewOf(ingest.accept(close({ price: 1_200_000 })))).toBeUndefined();
    const again = ingest.accept(deal({ dealId: 'D3', positionId: 'P3', at: START + 9_000 }));
    expect(reviewOf(again)).toMatchObject({ reason: 'dealAfterEnd', about: 'D3' });
  });

  it('a void deal is booked back and asked about, once; an unknown one is refused', () => {
    const ingest = opened();
    ingest.accept(deal());
    ingest.accept(close({ profit: 50_000_000 }));
    const balance = ingest.book.balance(0);
    expect(ingest.accept(bust({ dealId: 'D9' })).refused).toMatch(/no deal D9/);
    const intake = ingest.accept(bust({ dealId: 'D2' }));
    expect(ingest.book.balance(0)).toBe(balance - 50_000_000);
    expect(reviewOf(intake)).toMatchObject({ reason: 'dealBusted', about: 'D2' });
    expect(ingest.accept(bust({ dealId: 'D2' })).refused).toMatch(/declared void already/);
  });

  it('a deal declared void after a pass leaves the pass standing, and says that it is in question', () => {
    const ingest = opened();
    // Four trading days with a trade each, and the target with the last.
    for (let day = 0; day < 4; day += 1) {
      const at = START + day * DAY_MS + 5_000;
      const positionId = `P${day}`;
      ingest.accept(deal({ dealId: `in-${day}`, positionId, at }));
      const profit = day === 3 ? 120_000_000 : 0;
      ingest.accept(close({ dealId: `out-${day}`, positionId, at: at + 60_000, profit }));
    }
    expect(ingest.book.status(0)).toBe(3);
    const at = START + 4 * DAY_MS;
    const intake = ingest.accept(bust({ dealId: 'out-3', amount: -120_000_000, at }));
    expect(ingest.book.status(0)).toBe(3);
    expect(kindsOf(intake)).not.toContain('accountStatusChanged');
    expect(reviewOf(intake)).toMatchObject({
      reason: 'dealBusted',
      sentence: expect.stringContaining('the account is passed') as string,
    });
  });
});

describe('the log of a run', () => {
  const run = (): Store => {
    const firm = openDemoFirm(programs, { seed: 4, accounts: 60, activityPercent: 800 });
    firm.run(60_000);
    return firm.store;
  };

  it('is derived again by the reference evaluator, every verdict equal', () => {
    const verified = verifyLog(run(), 0);
    expect(verified.derived).toBeGreaterThan(50);
    expect(verified.differences).toEqual([]);
  });

  it('with one verdict bent is found out, by its number', () => {
    const store = run();
    const bent = [...store.facts(0, 1, Infinity)].find(({ kind }) => kind === 'warningRaised');
    const facts = store.facts.bind(store);
    const tampered = {
      ...store,
      *facts(partition: number, from: number, to: number) {
        for (const fact of facts(partition, from, to)) {
          if (fact.kind === 'warningRaised' && fact.envelope.seq === bent?.envelope.seq) {
            yield { ...fact, data: { ...fact.data, equity: fact.data.equity + 1 } };
          } else yield fact;
        }
      },
    };
    const { differences } = verifyLog(tampered, 0);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toContain(`seq ${bent?.envelope.seq} (warningRaised`);
  });
});
