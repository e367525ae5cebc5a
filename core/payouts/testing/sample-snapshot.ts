import { payoutSnapshotSchema, type PayoutSnapshot } from '../snapshot.ts';

const OPENED_AT = 1_793_750_400_000;

/** A payout of 1,250.00 USD against which nothing stands, changed as a test asks. */
export function sampleSnapshot(changes: Partial<PayoutSnapshot> = {}): PayoutSnapshot {
  return payoutSnapshotSchema.parse({ ...plainSnapshot(), ...changes });
}

function plainSnapshot(): PayoutSnapshot {
  return {
    schema: 'payout-snapshot/1',
    payoutId: 'PO-812',
    version: 3,
    traderName: 'Maya Lindqvist',
    requested: 17_000_000,
    currency: 'USD',
    payee: { digest: 'ab12'.repeat(16), last4: '4410', method: 'bankTransfer', region: 'SE' },
    payeeName: 'Maya Lindqvist',
    basis: { seq: 18_211, at: OPENED_AT + 1_209_600_000 },
    state: sampleState(),
    policy: {},
    history: {
      payouts: 2,
      paidToTrader: 42_001_200,
      openedAt: OPENED_AT,
      firstTradeAt: OPENED_AT + 3_600_000,
      lastPayoutAt: OPENED_AT + 86_400_000,
    },
    identity: 'passed',
    assessment: {
      eligible: true,
      reasons: [],
      profit: 23_450_700,
      withheld: 0,
      withdrawable: 23_450_700,
      gross: 16_875_000,
      trader: 13_500_000,
      firm: 3_375_000,
      deleted: 0,
      balanceAfter: 506_575_700,
      floors: [],
      breaches: false,
      eligibleFrom: null,
    },
    window: {
      fromAt: OPENED_AT + 86_400_000,
      toAt: OPENED_AT + 1_209_600_000,
      trades: 41,
      profit: 23_110_300,
      verdicts: ['warningRaised', 'conductFlagged', 'warningRaised'].map((kind, at) => ({
        seq: 17_000 + at,
        kind,
        ruleId: 'news-window',
        at: OPENED_AT + 90_000_000,
        sentence: 'Close to a floor',
      })),
      openReviews: [],
    },
    deductions: [
      {
        dealIds: ['T-77', 'T-78'],
        amount: 1_250_000,
        ruleId: 'news-window',
        reason: 'Opened within two minutes of a release',
        by: 'person-7',
      },
    ],
    amounts: { gross: 15_625_000, deducted: 1_250_000, trader: 12_500_000, firm: 3_125_000 },
    against: [],
    precedents: [
      { payoutId: 'PO-640', outcome: 'executed', at: OPENED_AT, reason: 'Same release, same rule' },
    ],
    salt: '5a17'.repeat(16),
  };
}

function sampleState(): PayoutSnapshot['state'] {
  return {
    terms: {
      accountId: 'ACC-31',
      traderId: 'TR-9',
      traderName: 'Maya Lindqvist',
      platform: 'metatrader5',
      currency: 'USD',
      nominalSize: 500_000_000,
      startBalance: 500_000_000,
      program: { programId: 'two-step', name: 'Two Step' },
      phase: { phaseId: 'funded', name: 'Funded' },
      ruleSet: { ruleSetId: 'two-step-funded', version: 14, hash: 'c0de'.repeat(16) },
      positionRounding: 'exact',
    },
    ruleSet: {
      ruleSetId: 'two-step-funded',
      name: 'Funded',
      dayClock: { zone: 'America/New_York', rollOver: '17:00', weekend: 'separate' },
      rules: [{ ruleId: 'news-window', kind: 'newsWindow', params: {} }],
    },
    status: 0,
    balance: 523_450_700,
    day: null,
    at: OPENED_AT + 1_209_600_000,
    positions: [],
    protections: [],
    states: [{}],
    latches: [0],
    exceptions: [0],
    market: [],
  };
}
