import { describe, expect, it } from 'vitest';
import { noticeSchema } from '#core/alerts/notice.ts';
import type { Fact } from '#core/facts/registry.ts';
import { NOTICE_FACTS, noticeOf, settlementOf, type NoticeWorld } from './notices.ts';

const AT = Date.UTC(2026, 4, 1, 12, 30);
const WORLD: NoticeWorld = {
  terms: (accountId) =>
    accountId === 'A1'
      ? {
          traderId: 'T1',
          traderName: 'Tess Trader',
          program: { programId: 'p', name: 'Two-step' },
          nominalSize: 100_000_0000,
          currency: 'USD',
        }
      : undefined,
  proposal: (proposalId) =>
    proposalId === 'po-1'
      ? {
          action: 'payPayout',
          amount: 1_234_0000,
          about: { accountId: 'A1', traderId: 'T1', programId: 'p', region: null, personId: null },
        }
      : proposalId === 'p-2'
        ? {
            action: 'changeRole',
            amount: 0,
            about: {
              accountId: null,
              traderId: null,
              programId: null,
              region: null,
              personId: 'finn',
            },
          }
        : undefined,
};

function factOf(kind: string, data: object): Fact {
  return { envelope: { seq: 7, occurredAt: AT, recordedAt: AT }, kind, data } as unknown as Fact;
}
const verdict = {
  accountId: 'A1',
  ruleSet: { ruleSetId: 's', version: 1, hash: 'a'.repeat(64) },
  ruleId: 'daily',
  ruleKind: 'dailyLoss',
  at: AT,
  cause: {
    type: 'mark',
    mark: {
      index: 1,
      symbol: 'EURUSD',
      bid: 110_000,
      ask: 110_002,
      at: AT,
      source: 's',
      quality: 0,
    },
    digits: 5,
  },
  dayKey: '2026-05-01',
  balance: 100_000_0000,
  equity: 96_000_0000,
  figures: [
    { name: 'measured', unit: 'money', value: 96_000_0000 },
    { name: 'floor', unit: 'money', value: 95_000_0000 },
    { name: 'headroom', unit: 'money', value: 1_000_0000 },
    { name: 'allowance', unit: 'money', value: 5_000_0000 },
  ],
  positionCount: 0,
  positions: [],
  engineVersion: '3',
  review: ['crossed'],
};
const feed = {
  symbol: 'EURUSD',
  source: 's',
  state: 'silent',
  lastAt: AT,
  silentMs: 245_000,
  at: AT,
};
const crossing = {
  limitId: 'gold',
  version: 1,
  slice: { by: 'symbol', key: 'XAUUSD' },
  measure: 'net',
  value: 60_000_000_0000,
  limit: 50_000_000_0000,
  level: 'breach',
  share: 1_000,
  at: AT,
};

/** One of each kind that may be an alert. */
const overdueWork = {
  itemId: 'fraudCase/c-1',
  level: 1,
  personId: 'finn',
  title: 'Case 1',
  at: AT,
};
const SAMPLES: readonly (readonly [string, object, object])[] = [
  [
    'warningRaised',
    { ...verdict, level: 1, share: 800_000 },
    { kind: 'warning', severity: 'warning', used: 800_000, symbol: 'EURUSD', amount: 100_000_0000 },
  ],
  [
    'breachDetected',
    { ...verdict, consequence: 'fail', alsoCrossed: [] },
    { kind: 'breach', severity: 'hard', traderName: 'Tess Trader', review: ['crossed'] },
  ],
  [
    'breachDetected',
    {
      ...verdict,
      consequence: 'pauseForDay',
      alsoCrossed: [],
      cause: { type: 'deal', dealId: 'D' },
    },
    { severity: 'soft', symbol: null, programId: 'p' },
  ],
  [
    'conductFlagged',
    { ...verdict, effect: 'review', strike: 1 },
    { kind: 'conductFlag', severity: 'warning' },
  ],
  ['objectiveMet', verdict, { kind: 'objective', severity: 'info' }],
  ['objectiveLost', verdict, { kind: 'objective', severity: 'info' }],
  [
    'reviewRequested',
    { accountId: 'A1', at: AT, reason: 'lateDeal', about: 'D1', sentence: 'A deal came late' },
    { kind: 'review', severity: 'warning', about: 'D1', review: ['lateDeal'] },
  ],
  [
    'proposalEscalated',
    { proposalId: 'po-1', level: 1, at: AT },
    {
      kind: 'payoutOverdue',
      severity: 'soft',
      amount: 1_234_0000,
      sentence: 'A payout over 1,234.00 USD has waited too long for a decision: po-1, level 1',
    },
  ],
  [
    'proposalEscalated',
    { proposalId: 'p-2', level: 2, at: AT },
    { kind: 'approvalOverdue', severity: 'warning', addressed: { role: null, personId: 'finn' } },
  ],
  [
    'exposureLimitCrossed',
    crossing,
    { kind: 'exposureLimit', severity: 'hard', symbol: 'XAUUSD', used: 1_200_000, currency: 'USD' },
  ],
  ['exposureLimitCrossed', { ...crossing, level: 'warning', share: 800 }, { severity: 'warning' }],
  [
    'feedStateObserved',
    feed,
    {
      kind: 'feedSilent',
      severity: 'soft',
      sentence: 'EURUSD from s has been silent for 4 min while its market is open',
    },
  ],
  ['feedStateObserved', { ...feed, state: 'live' }, { severity: 'info' }],
  [
    'feedStateObserved',
    { ...feed, symbol: '*', source: '' },
    { symbol: null, sentence: 'Every symbol has been silent for 4 min while its market is open' },
  ],
  [
    'caseOpened',
    {
      caseId: 'c-1',
      signals: [{ signalId: 's', pattern: 'copyTrading' }],
      score: 640,
      earlier: [],
      because: null,
      at: AT,
    },
    { kind: 'caseOpened', severity: 'warning', about: 'c-1' },
  ],
  [
    'caseWorked',
    {
      caseId: 'c-1',
      personId: 'finn',
      change: { type: 'escalated', level: 1, reason: 'large' },
      at: AT,
    },
    {
      kind: 'caseEscalated',
      severity: 'soft',
      addressed: { role: 'seniorRiskOfficer', personId: null },
    },
  ],
  [
    'workEscalated',
    { ...overdueWork, tell: 'owner' },
    { kind: 'workOverdue', severity: 'info', addressed: { role: null, personId: 'finn' } },
  ],
  [
    'workEscalated',
    { ...overdueWork, level: 4, tell: 'manager' },
    {
      severity: 'soft',
      about: 'c-1',
      sentence: 'Its time passes, step 4: Case 1',
      addressed: { role: 'manager', personId: null },
    },
  ],
];

describe('what people may have to know of a fact', () => {
  it.each(SAMPLES)('%s', (kind, data, wanted) => {
    const notice = noticeOf(factOf(kind, data), WORLD);
    expect(notice).toMatchObject({ seq: 7, at: AT, ...wanted });
    expect(noticeSchema.safeParse(notice).success).toBe(true);
  });

  it('is written for every kind of fact that the feed is made of', () => {
    expect(new Set(SAMPLES.map(([kind]) => kind))).toEqual(new Set(NOTICE_FACTS));
  });

  it('is nothing where there is nothing to say', () => {
    const noted = { caseId: 'c', personId: 'p', change: { type: 'released' }, at: AT };
    expect(noticeOf(factOf('caseWorked', noted), WORLD)).toBeNull();
    expect(
      noticeOf(factOf('proposalEscalated', { proposalId: '?', level: 1, at: AT }), WORLD),
    ).toBeNull();
    expect(noticeOf(factOf('personAdded', { personId: 'p', at: AT }), WORLD)).toBeNull();
  });

  it('says what it can of an account that nobody knows', () => {
    const notice = noticeOf(factOf('objectiveMet', { ...verdict, accountId: 'A9' }), WORLD);
    expect(notice).toMatchObject({ accountId: 'A9', traderName: '', programId: null, amount: 0 });
  });
});

describe('what settles alerts by itself', () => {
  it.each([
    [
      'a proposal that is closed',
      'proposalClosed',
      { proposalId: 'po-1', version: 1, outcome: 'executed', reason: '', at: AT },
      'po-1',
    ],
    ['a feed that delivers again', 'feedStateObserved', { ...feed, state: 'live' }, 'EURUSD'],
    [
      'an exposure that came back',
      'exposureLimitCleared',
      { ...crossing, share: 0 },
      'gold/symbol/XAUUSD',
    ],
    ['a case that was dismissed', 'caseDecided', { caseId: 'c-1', outcome: 'dismiss' }, 'c-1'],
    ['a case that is part of another', 'caseMerged', { caseId: 'c-1', into: 'c-2' }, 'c-1'],
  ])('%s', (_what, kind, data, about) => {
    expect(settlementOf(factOf(kind, data))?.about).toBe(about);
  });

  it.each([
    ['a feed that falls silent', 'feedStateObserved', feed],
    [
      'an exposure that is still above a warning',
      'exposureLimitCleared',
      { ...crossing, share: 800 },
    ],
    [
      'a hold, after which a case is still to be decided',
      'caseDecided',
      { caseId: 'c-1', outcome: 'payoutHold' },
    ],
    ['anything else', 'personAdded', { personId: 'p', at: AT }],
  ])('not %s', (_what, kind, data) => {
    expect(settlementOf(factOf(kind, data))).toBeNull();
  });

  it('settles what it names: the alert and its end are about the same', () => {
    const alert = noticeOf(factOf('exposureLimitCrossed', crossing), WORLD);
    const end = settlementOf(factOf('exposureLimitCleared', { ...crossing, share: 0 }));
    expect([end?.about, end?.kinds]).toEqual([alert?.about, [alert?.kind]]);
  });
});
