import type { Random } from '#core/kernel/random.ts';
import type { Fill, MarkOut, Observation, Trade } from '../observation.ts';
import { DAY_MS, instruments, MINUTE_MS, randomFor, SECOND_MS, START } from './stream.ts';

const STATUSES = ['active', 'paused', 'failed', 'passed', 'restricted', 'closed'] as const;

/**
 * What nobody would send who means well: endless new names, one thing that everybody has, thousands
 * at one instant, prices and amounts at the edge of what fits. In order of time, minutes included.
 */
export function adversarial(seed: number, count: number): Observation[] {
  const random = randomFor(seed, 'adversarial');
  const all: Observation[] = [];
  let at = START;
  let minute = Math.ceil(at / MINUTE_MS);
  for (let step = 0; all.length < count; step += 1) {
    // Bursts at one instant, then jumps of up to a day.
    const jump = random.below(1_000);
    if (jump < 600) at += random.below(4) * SECOND_MS;
    else if (jump < 605) at += random.below(DAY_MS / 4);
    for (; minute * MINUTE_MS <= at; minute += 1)
      all.push({ type: 'clock', at: minute * MINUTE_MS });
    all.push(...anything(step, at, random));
  }
  return all.slice(0, count);
}

function anything(step: number, at: number, random: Random): Observation[] {
  // One account in three is never seen again; a hundred do everything.
  const known = random.below(3) > 0;
  const number = known ? random.below(100) : 1_000 + step;
  const accountId = `account-${number}`;
  const traderId = `trader-${known ? number % 60 : number}`;
  const thing = (name: string): string =>
    `${name}-${random.below(3) === 0 ? 'of-all' : random.below(2) === 0 ? step : number % 17}`;
  switch (random.below(12)) {
    case 0: {
      const account = {
        accountId,
        traderId,
        programId: `program-${step % 9}`,
        phaseId: 'phase',
        funded: random.below(2) === 0,
        currency: 'USD',
        nominalSize: 1,
        startBalance: 0,
        openedAt: at,
        previousAccountId: known ? `account-${number + 1}` : null,
      };
      return [{ type: 'account', at, account }];
    }
    case 1:
      return [{ type: 'status', at, accountId, status: random.pick(STATUSES) }];
    case 2:
      return [
        {
          type: 'session',
          at,
          accountId,
          sessionId: `s${step}`,
          deviceId: thing('device'),
          networkId: thing('network'),
          country: 'XX',
          client: 'api',
        },
      ];
    case 3:
      return [
        {
          type: 'identity',
          at,
          accountId,
          traderId,
          documentId: thing('document'),
          addressId: thing('address'),
          region: 'XX',
          purchaseId: thing('card'),
          affiliateId: thing('affiliate'),
        },
      ];
    case 4:
      return [
        {
          type: 'payout',
          at,
          payoutId: `payout-${step}`,
          accountId,
          payeeId: thing('payee'),
          amount: random.below(2) === 0 ? null : random.below(2e9),
        },
      ];
    case 5:
      return [
        {
          type: 'activity',
          accountId,
          fromAt: at - 1,
          at,
          requests: 1e9,
          modifications: 1e9,
          cancellations: 0,
          rejections: step,
        },
      ];
    case 6:
      return [
        { type: 'protection', at, accountId, positionId: `P${step}` },
        { type: 'quote', symbol: symbolOf(random), bid: 1, ask: 1_000_000_000, at },
      ];
    case 7:
      return [
        {
          type: 'news',
          at,
          release: {
            releaseId: `release-${step}`,
            name: 'Any',
            impact: 'high',
            at,
            endsAt: at,
            currencies: ['USD', 'EUR'],
          },
        },
      ];
    default:
      return trading(step, at, accountId, random);
  }
}

function trading(step: number, at: number, accountId: string, random: Random): Observation[] {
  const symbol = symbolOf(random);
  const side = random.pick(['buy', 'sell'] as const);
  const price = random.below(3) === 0 ? 1 + random.below(10) : 100_000 + random.below(100_000);
  const quote = random.below(4) === 0 ? null : { bid: price - 5, ask: price + 5, at };
  const fill: Fill = {
    type: 'fill',
    at,
    accountId,
    dealId: `D${step}`,
    positionId: `P${step}`,
    symbol,
    side,
    entry: random.pick(['in', 'out'] as const),
    lots: random.below(1e8),
    price,
    notional: random.below(3) * 1e9,
    balance: random.below(2) * 1e9,
    realised: random.below(2e9) - 1e9,
    quote,
    reference: quote,
  };
  const heldMs = random.below(3) === 0 ? 0 : random.below(5 * DAY_MS);
  const trade: Trade = {
    type: 'trade',
    at,
    accountId,
    positionId: `P${step}`,
    symbol,
    side,
    lots: fill.lots,
    notional: fill.notional,
    openedAt: at - heldMs,
    openPrice: price,
    closePrice: price + 9,
    profit: fill.realised,
    balance: fill.balance,
    protected: false,
    additions: step % 90,
  };
  const markOut: MarkOut = {
    type: 'markOut',
    at,
    fill,
    horizonMs: random.pick([1e3, 6e4, 36e5] as const),
    ppm: random.below(2e6) - 1e6,
    spreadPpm: random.below(1e3),
  };
  return [fill, trade, markOut];
}

function symbolOf(random: Random): string {
  const any = random.pick(instruments).symbol;
  return random.below(20) === 0 ? `X${random.below(100_000)}` : any;
}
