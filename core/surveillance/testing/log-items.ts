import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { Price } from '../observations.ts';
import type { Surveillance } from '../surveil.ts';

/** One entry of a log as surveillance is fed with it. */
export type LogItem =
  | { readonly type: 'fact'; readonly fact: Fact }
  | { readonly type: 'mark' | 'reference'; readonly price: Price };

export const LOG_START: number = Date.UTC(2026, 0, 5, 12);

export function feed(surveillance: Surveillance, item: LogItem): void {
  if (item.type === 'fact') surveillance.fact(item.fact);
  else if (item.type === 'mark') surveillance.mark(item.price);
  else surveillance.reference(item.price);
}

/** Facts with the places that a log would give them, one after the other. */
export function createFacts(): (draft: FactDraft, at: number) => LogItem {
  const versions = new Map<string, number>();
  let seq = 0;
  return (draft, at) => {
    const accountId = (draft.data as { readonly accountId?: string }).accountId;
    const isFirm = accountId === undefined || draft.kind === 'payoutRequested';
    const stream = isFirm ? 'firm' : `account:${accountId}`;
    seq += 1;
    versions.set(stream, (versions.get(stream) ?? 0) + 1);
    const envelope = {
      partition: 0,
      seq,
      kind: draft.kind,
      version: 1,
      stream,
      streamVersion: versions.get(stream) ?? 1,
      occurredAt: at,
      recordedAt: 0,
      actor: {
        type: 'platform',
        id: 'test',
      },
      causation: { type: 'none' },
      marksBefore: 0,
    };
    return { type: 'fact', fact: { envelope, ...draft } as Fact };
  };
}

export const EURUSD: Instrument = {
  symbol: 'EURUSD',
  assetClass: 'forex',
  digits: 5,
  volumeDecimals: 2,
  contractSize: '100000',
  quoteCurrency: 'USD',
  tickPoints: 1,
};
const USDJPY: Instrument = { ...EURUSD, symbol: 'USDJPY', digits: 3, quoteCurrency: 'JPY' };

export function termsOf(accountId: string, traderId: string): AccountTerms {
  return {
    accountId,
    traderId,
    traderName: traderId,
    platform: 'test',
    currency: 'USD',
    nominalSize: 1e9,
    startBalance: 1e9,
    positionRounding: 'exact',
    program: {
      programId: 'program',
      name: 'Program',
    },
    phase: {
      phaseId: 'funded',
      name: 'Funded',
    },
    ruleSet: {
      ruleSetId: 'rules',
      version: 1,
      hash: '0'.repeat(64),
    },
  };
}

export function dealOf(over: Partial<Deal> & Pick<Deal, 'accountId' | 'at'>): Deal {
  return {
    dealId: 'D1',
    positionId: 'P1',
    symbol: 'EURUSD',
    side: 'buy',
    entry: 'in',
    volume: 100,
    price: 11e4,
    profit: 0,
    commission: 0,
    swap: 0,
    fee: 0,
    ...over,
  };
}

const ACCOUNTS = 6;

/** A log drawn from a seed: many things in the same instants, late ones, silences, a new policy. */
export function randomLog(seed: number, steps: number): LogItem[] {
  const random = createRandom(seed);
  const fact = createFacts();
  const items: LogItem[] = [
    fact({ kind: 'instrumentDefined', data: EURUSD }, 0),
    fact({ kind: 'instrumentDefined', data: USDJPY }, 0),
  ];
  const open: Deal[] = [];
  let at = LOG_START;
  let counter = 0;
  for (let account = 0; account < ACCOUNTS; account += 1) {
    const data = termsOf(`A${account}`, `T${account % 4}`);
    items.push(fact({ kind: 'accountOpened', data }, at));
  }
  for (let step = 0; step < steps; step += 1) {
    at += pause(random);
    counter += 1;
    // Some platforms tell late, or stamp ahead of the prices.
    const told = at + (random.below(5) === 0 ? random.below(3_000) - 1_500 : 0);
    const accountId = `A${random.below(ACCOUNTS)}`;
    const choice = random.below(20);
    if (choice < 8) items.push({ type: 'mark', price: priceAt(random, told) });
    else if (choice < 10) items.push({ type: 'reference', price: priceAt(random, told) });
    else if (choice < 13) {
      const deal = openingOf(random, accountId, counter, told);
      open.push(deal);
      items.push(fact({ kind: 'dealBooked', data: deal }, told));
    } else if (choice < 15 && open.length > 0) {
      const data = closingOf(random, open, counter, told);
      items.push(fact({ kind: 'dealBooked', data }, told));
    } else items.push(fact(otherOf(random, accountId, counter, told), told));
  }
  return items;
}

/** Mostly the same instant again; now and then a night. */
function pause(random: Random): number {
  const drawn = random.below(100);
  if (drawn < 40) return 0;
  if (drawn < 80) return random.below(2_000);
  return drawn < 97 ? random.below(120_000) : random.below(4 * 3_600_000);
}

function priceAt(random: Random, at: number): Price {
  const symbol = random.pick(['EURUSD', 'USDJPY']);
  const bid = 110_000 + random.below(400);
  return { symbol, bid, ask: bid + 1 + random.below(20), at };
}

function openingOf(random: Random, accountId: string, counter: number, at: number): Deal {
  const symbol = random.pick(['EURUSD', 'USDJPY']);
  const price = 110_000 + random.below(400);
  return dealOf({
    accountId,
    dealId: `D${counter}`,
    positionId: `P${counter}`,
    symbol,
    price,
    at,
    side: random.pick(['buy', 'sell']),
    volume: 1 + random.below(300),
  });
}

function closingOf(random: Random, open: Deal[], counter: number, at: number): Deal {
  const place = random.below(open.length);
  const [opening] = open.splice(place, 1) as [Deal];
  const isPart = opening.volume > 1 && random.below(3) === 0;
  const volume = isPart ? 1 + random.below(opening.volume - 1) : opening.volume;
  if (isPart) open.push({ ...opening, volume: opening.volume - volume });
  return {
    ...opening,
    dealId: `D${counter}`,
    entry: 'out',
    volume,
    at,
    side: opening.side === 'buy' ? 'sell' : 'buy',
    profit: random.below(2e6) - 1e6,
  };
}

function otherOf(random: Random, accountId: string, counter: number, at: number): FactDraft {
  const id = `${counter}`;
  switch (random.below(8)) {
    case 0:
      return {
        kind: 'sessionObserved',
        data: {
          accountId,
          sessionId: id,
          deviceId: `d${random.below(3)}`,
          networkId: 'n',
          at,
          country: 'DE',
          client: 'web',
        },
      };
    case 1:
      return {
        kind: 'protectionSet',
        data: {
          accountId,
          positionId: `P${random.below(counter)}`,
          stopLoss: 1,
          takeProfit: 2,
          at,
        },
      };
    case 2:
      return {
        kind: 'balanceOperationBooked',
        data: { accountId, operationId: id, type: 'adjustment', amount: 1_000, comment: '', at },
      };
    case 3:
      return {
        kind: 'orderActivityObserved',
        data: {
          accountId,
          fromAt: at - 1,
          at,
          requests: random.below(9),
          modifications: 0,
          cancellations: 0,
          rejections: 0,
        },
      };
    case 4:
      return {
        kind: 'newsScheduled',
        data: {
          releaseId: id,
          name: 'Release',
          impact: 'high',
          currencies: ['USD'],
          at: at + 6e4,
          endsAt: at + 6e4,
        },
      };
    case 5:
      return {
        kind: 'payoutRequested',
        data: {
          payoutId: id,
          accountId,
          traderId: 'T',
          requested: null,
          currency: 'USD',
          payee: {
            digest: 'a'.repeat(64),
            last4: '1234',
            method: 'testRail',
            region: 'DE',
          },
          requestKey: `request-${id}`,
          at: at + 1e11,
        },
      };
    case 6:
      return {
        kind: 'dealBusted',
        data: { accountId, dealId: id, amount: -500, reason: 'void', at },
      };
    default:
      return {
        kind: 'scoringChanged',
        data: {
          policy: {
            ...DEFAULT_SCORING,
            version: 1 + random.below(5),
            detectors: [
              {
                detector: 'echo',
                weight: 1e3,
                params: { every: 2 + random.below(3) },
                mode: random.pick(['live', 'shadow', 'off']),
              },
            ],
          },
        },
      };
  }
}
