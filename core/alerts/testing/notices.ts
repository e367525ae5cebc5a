import fc from 'fast-check';
import { NOTICE_KINDS, SEVERITIES, type Notice } from '../notice.ts';
import type { Zones } from '../quiet-hours.ts';

/** A notice that tests change where it matters to them. */
export function aNotice(over: Partial<Notice> = {}): Notice {
  return {
    seq: 1,
    kind: 'warning',
    severity: 'warning',
    at: Date.UTC(2026, 4, 1, 12, 30, 1),
    accountId: 'A1',
    traderId: 'T1',
    traderName: 'Tess Trader',
    programId: 'two-step',
    programName: 'Two-step 100k',
    ruleKind: 'dailyLoss',
    symbol: 'EURUSD',
    amount: 100_000_0000,
    currency: 'USD',
    used: 800_000,
    sentence: 'Equity 96,000.00 has used 80 % of the daily loss allowance',
    about: null,
    review: [],
    addressed: { role: null, personId: null },
    ...over,
  };
}

const MINUTE_MS = 60_000;

/** Notices of few kinds, accounts and minutes, so that many of them belong together. */
export const someNotices: fc.Arbitrary<Notice[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...NOTICE_KINDS),
      severity: fc.constantFrom(...SEVERITIES),
      at: fc.integer({ min: 0, max: 3 * MINUTE_MS - 1 }),
      accountId: fc.constantFrom(null, 'A1', 'A2', 'A3', 'A4'),
      programId: fc.constantFrom(null, 'p', 'q'),
      ruleKind: fc.constantFrom('', 'dailyLoss'),
      symbol: fc.constantFrom(null, 'EURUSD', 'XAUUSD'),
      amount: fc.constantFrom(0, 50_000_0000, 100_000_0000),
      currency: fc.constantFrom('USD', 'EUR'),
      used: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 60 },
  )
  .map((all) => all.map((one, at) => aNotice({ ...one, seq: at + 1 })));

/** Clocks of zones that stand still at whole hours: "UTC", "UTC+2". Zones that change have tests of their own. */
export const fixedZones: Zones = {
  isZone: (zone) => /^UTC([+-]\d+)?$/.test(zone),
  dateAt: (zone, at) => Math.floor((at + offsetOf(zone)) / (24 * 60 * MINUTE_MS)),
  instantOf: (zone, date, minutes) =>
    date * 24 * 60 * MINUTE_MS + minutes * MINUTE_MS - offsetOf(zone),
};

function offsetOf(zone: string): number {
  return Number(zone.slice(3) || 0) * 60 * MINUTE_MS;
}
