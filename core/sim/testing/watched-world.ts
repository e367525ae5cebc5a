import type { Deal } from '#core/accounts/account.ts';
import type { PlatformRecord } from '#core/accounts/record.ts';
import type { OrderActivity, TraderIdentity, TraderSession } from '#core/accounts/trader.ts';
import { labelsOf, type Label } from '../labels.ts';
import { createMarketModel, MODEL_SOURCE } from '../market-model.ts';
import { createWorld, type World, type WorldOptions } from '../world.ts';

export const WATCHED_FROM: number = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const phase = (phaseId: string) => ({
  phaseId,
  name: phaseId,
  startBalance: 100_000_0000,
  ruleSet: { ruleSetId: 'set', version: 1, hash: 'a'.repeat(64) },
});

export const watchedOptions = (over: Partial<WorldOptions>): WorldOptions => ({
  seed: 1,
  accounts: 600,
  activityPercent: 120,
  platform: 'demo',
  standsAlone: true,
  programs: ['first', 'second', 'third'].map((programId) => ({
    programId,
    name: programId,
    version: 1,
    enters: 'purchasesOnly',
    nominalSize: 100_000_0000,
    phases: [phase('evaluation'), phase('funded')],
  })),
  ...over,
});

/** The platform's and the other vendor's quote as a deal was made. */
export interface Seen {
  readonly deal: Deal;
  readonly bid: number;
  readonly ask: number;
  /** Twice the other vendor's latest middle, and when it came. */
  readonly other2: number | null;
  readonly otherAt: number;
}

export interface RoundTrip {
  readonly accountId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly volume: number;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly openPrice: number;
  readonly closePrice: number;
  readonly profit: number;
  readonly opening: Seen;
  readonly closing: Seen;
}

export interface OpenedAccount {
  readonly accountId: string;
  readonly traderId: string;
  readonly previousAccountId: string | null;
  readonly at: number;
}

/** What anybody sees of a world who reads its records, and the labels beside it. */
export interface Watched {
  readonly accounts: ReadonlyMap<string, OpenedAccount>;
  readonly trips: ReadonlyMap<string, readonly RoundTrip[]>;
  readonly sessions: ReadonlyMap<string, readonly TraderSession[]>;
  readonly identities: ReadonlyMap<string, TraderIdentity>;
  readonly activity: ReadonlyMap<string, readonly OrderActivity[]>;
  readonly releases: readonly number[];
  readonly labels: readonly Label[];
  readonly records: number;
  readonly until: number;
}

export function watch(over: Partial<WorldOptions>, days: number): Watched {
  const options = watchedOptions(over);
  const model = createMarketModel({ seed: options.seed, startAt: WATCHED_FROM });
  const world = createWorld(options, model);
  const until = WATCHED_FROM + days * DAY_MS;
  return { ...read(world, until), labels: labelsOf(world), until };
}

function read(world: World, until: number): Omit<Watched, 'labels' | 'until'> {
  const accounts = new Map<string, OpenedAccount>();
  const trips = new Map<string, RoundTrip[]>();
  const sessions = new Map<string, TraderSession[]>();
  const identities = new Map<string, TraderIdentity>();
  const activity = new Map<string, OrderActivity[]>();
  const releases: number[] = [];
  const quotes = new Map<string, Omit<Seen, 'deal'>>();
  const opened = new Map<string, Seen>();
  let records = 0;
  const take = (record: PlatformRecord): void => {
    if (record.type === 'mark') noteQuote(quotes, record);
    else if (record.type === 'news') releases.push(record.release.at);
    else if (record.type === 'identity') identities.set(record.identity.accountId, record.identity);
    else if (record.type === 'session') push(sessions, record.session.accountId, record.session);
    else if (record.type === 'orderActivity') {
      push(activity, record.activity.accountId, record.activity);
    } else if (record.type === 'accountOpened') {
      const { accountId, traderId, previousAccountId = null } = record.terms;
      accounts.set(accountId, { accountId, traderId, previousAccountId, at: record.at });
    } else if (record.type === 'deal') {
      const { deal } = record;
      const quote = quotes.get(deal.symbol);
      if (!quote || deal.positionId.endsWith('-past')) return;
      const seen = { ...quote, deal };
      const opening = opened.get(deal.positionId);
      if (deal.entry === 'in') opened.set(deal.positionId, seen);
      else if (opening) push(trips, deal.accountId, tripOf(opening, seen));
    }
  };
  for (let at = world.nextAt(); at !== null && at < until; at = world.nextAt()) {
    const record = world.next();
    if (!record) break;
    records += 1;
    take(record);
  }
  return { accounts, trips, sessions, identities, activity, releases, records };
}

function noteQuote(
  quotes: Map<string, Omit<Seen, 'deal'>>,
  { symbol, bid, ask, at, source }: Extract<PlatformRecord, { type: 'mark' }>,
): void {
  const before = quotes.get(symbol);
  if (source === MODEL_SOURCE) {
    quotes.set(symbol, { other2: null, otherAt: 0, ...before, bid, ask });
  } else if (before && bid <= ask) {
    quotes.set(symbol, { ...before, other2: bid + ask, otherAt: at });
  }
}

function tripOf(opening: Seen, closing: Seen): RoundTrip {
  const { accountId, positionId, symbol, side, volume, at, price, commission } = opening.deal;
  return {
    accountId,
    positionId,
    symbol,
    side,
    volume,
    openedAt: at,
    openPrice: price,
    closedAt: closing.deal.at,
    closePrice: closing.deal.price,
    profit: closing.deal.profit + commission,
    opening,
    closing,
  };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
