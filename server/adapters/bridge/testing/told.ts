import type { PlatformRecord } from '#core/accounts/record.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';

/** What a test's bridge tells: record `at` is a function of its number and of nothing else. */
const STARTED: number = Date.UTC(2026, 0, 5, 12);
export const ACCOUNTS = 20;

export const TOLD_INSTRUMENT: PlatformRecord = {
  type: 'instrument',
  instrument: {
    symbol: 'EURUSD',
    assetClass: 'forex',
    digits: 5,
    volumeDecimals: 2,
    contractSize: '100000',
    quoteCurrency: 'USD',
    tickPoints: 1,
  },
};

export function toldAccount(number: number, offer: ProgramOffer): PlatformRecord {
  const [phase] = offer.phases;
  if (phase === undefined) throw new Error('the offer has no phase');
  return {
    type: 'accountOpened',
    at: STARTED,
    terms: {
      accountId: `acc-${number}`,
      traderId: `trader-${number}`,
      traderName: `Trader ${number}`,
      platform: 'bridge',
      currency: 'USD',
      nominalSize: offer.nominalSize,
      startBalance: phase.startBalance,
      program: { programId: offer.programId, name: offer.name },
      phase: { phaseId: phase.phaseId, name: phase.name },
      ruleSet: phase.ruleSet,
      positionRounding: 'exact',
    },
  };
}

/** Three prices, then a deal: each opens a small position, or closes it four records later. */
export function toldRecord(at: number): PlatformRecord {
  const time = STARTED + at * 10;
  if (at % 4 !== 0) {
    const bid = 110_000 + ((at * 7919) % 40);
    return { type: 'mark', symbol: 'EURUSD', bid, ask: bid + 2, at: time, source: 'bridge' };
  }
  const trade = Math.ceil(at / 8);
  return {
    type: 'deal',
    deal: {
      accountId: `acc-${trade % ACCOUNTS}`,
      dealId: `deal-${at}`,
      positionId: `position-${trade}`,
      symbol: 'EURUSD',
      side: at % 8 === 4 ? 'buy' : 'sell',
      entry: at % 8 === 4 ? 'in' : 'out',
      volume: 1,
      price: 110_000,
      profit: at % 8 === 4 ? 0 : (trade % 3) - 1,
      commission: 0,
      swap: 0,
      fee: 0,
      at: time,
    },
  };
}
