import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import type { PlatformRecord } from '#core/accounts/record.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import { parseDecimal } from '#core/money/money.ts';
import { instrumentFor, type Recording } from '#server/market/recorded.ts';
import type { PlatformAdapter } from '../platform-adapter.ts';
import type { Statement, StatementDeal } from './parse.ts';

export interface StatementAdapter {
  readonly adapter: PlatformAdapter;
  readonly records: readonly PlatformRecord[];
  readonly instruments: readonly Instrument[];
}

/**
 * An account's history as a platform: its instruments, the account, and deals, balance operations
 * and prices in order of time. Without a recording every deal's own price is the only price.
 */
export function createStatementAdapter(
  statement: Statement,
  terms: AccountTerms,
  recording: Recording | null,
): Result<StatementAdapter, string> {
  const instruments = instrumentsOf(statement, recording);
  for (const instrument of instruments) {
    const value = pointValue(instrument);
    if (!value.ok) return value;
  }
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const events: PlatformRecord[] = [];
  const openedAt = Math.min(
    statement.deals[0]?.at ?? Infinity,
    statement.balances[0]?.at ?? Infinity,
  );
  for (const deal of statement.deals) {
    const read = readDeal(deal, bySymbol.get(deal.symbol), terms.accountId);
    if (!read.ok) return err(`line ${deal.line}: ${read.error}`);
    if (recording === null) {
      const { symbol, price, at } = read.value;
      events.push({ type: 'mark', symbol, bid: price, ask: price, at, source: 'deal-price' });
    }
    events.push({ type: 'deal', deal: read.value });
  }
  for (const [at, balance] of statement.balances.entries()) {
    if (at === 0) continue; // The first is the starting balance, which the terms hold already.
    const type = balance.amount >= 0 ? 'deposit' : 'withdrawal';
    const { amount, comment, id } = balance;
    const operation = {
      accountId: terms.accountId,
      operationId: id,
      type,
      amount,
      comment,
      at: balance.at,
    } as const;
    events.push({ type: 'balanceOperation', operation });
  }
  const timed = events.map((record, place) => ({ record, place, at: timeOf(record) }));
  timed.sort((one, other) => one.at - other.at || one.place - other.place);
  const records: PlatformRecord[] = [
    ...instruments.map((instrument) => ({ type: 'instrument' as const, instrument })),
    { type: 'accountOpened', terms, at: openedAt },
    ...mergePrices(
      timed.map(({ record }) => record),
      bySymbol,
      recording,
      openedAt,
    ),
  ];
  return ok({ adapter: adapterOf(records), records, instruments });
}

function adapterOf(records: readonly PlatformRecord[]): PlatformAdapter {
  return {
    id: 'statement',
    capabilities: {
      deterministic: true,
      actions: [],
      delivers: [],
      orderMessages: false,
      margin: false,
    },
    open: (cursor) => {
      let place = typeof cursor === 'number' ? cursor : 0;
      return {
        next: () => records[place++] ?? null,
        get ended() {
          return place >= records.length;
        },
        nextAt: () => {
          const record = records[place];
          return record ? timeOf(record) : null;
        },
        execute: () => {}, // The past cannot be told what to do.
        cursor: () => Math.min(place, records.length),
        close: () => {},
      };
    },
  };
}

/** As many decimals as prices in the statement and the recording have. */
function instrumentsOf(statement: Statement, recording: Recording | null): Instrument[] {
  const symbols = [...new Set(statement.deals.map(({ symbol }) => symbol))].sort();
  const known = (symbol: string): Instrument | undefined =>
    recording?.instruments.find((instrument) => instrument.symbol === symbol);
  const held = symbols.map((symbol) => {
    const usual = known(symbol) ?? instrumentFor(symbol);
    const decimals = statement.deals
      .filter((deal) => deal.symbol === symbol)
      .map(({ price }) => (price.split('.')[1] ?? '').replace(/0+$/, '').length);
    return { ...usual, digits: known(symbol) ? usual.digits : Math.max(usual.digits, ...decimals) };
  });
  const others = (recording?.instruments ?? []).filter(({ symbol }) => !symbols.includes(symbol));
  return [...held, ...others];
}

function readDeal(
  deal: StatementDeal,
  instrument: Instrument | undefined,
  accountId: string,
): Result<Deal, string> {
  if (!instrument) return err(`symbol "${deal.symbol}" is unknown`);
  const volume = parseDecimal(deal.lots, instrument.volumeDecimals);
  if (!volume.ok) return err(`lots: ${volume.error}`);
  const price = parseDecimal(deal.price, instrument.digits);
  if (!price.ok) return err(`price: ${price.error}`);
  if (volume.value < 1) return err('lots: a deal needs a volume');
  const { dealId, positionId, symbol, side, entry, profit, commission, swap, fee, at } = deal;
  return ok({
    accountId,
    dealId,
    positionId,
    symbol,
    side,
    entry,
    volume: volume.value,
    price: price.value,
    profit,
    commission,
    swap,
    fee,
    at,
  });
}

function timeOf(record: PlatformRecord): number {
  switch (record.type) {
    case 'deal':
      return record.deal.at;
    case 'balanceOperation':
      return record.operation.at;
    case 'dealBusted':
      return record.bust.at;
    case 'protection':
      return record.change.at;
    case 'identity':
      return record.identity.at;
    case 'session':
      return record.session.at;
    case 'orderActivity':
      return record.activity.at;
    case 'instrument':
    case 'news':
      return -Infinity;
    default:
      return record.at;
  }
}

/** Prices of the statement's time, each before the deals of its own instant. */
function* mergePrices(
  events: readonly PlatformRecord[],
  bySymbol: ReadonlyMap<string, Instrument>,
  recording: Recording | null,
  from: number,
): Generator<PlatformRecord> {
  let tick = 0;
  const last = events.at(-1);
  const until = last ? timeOf(last) : from;
  const prices = function* (before: number): Generator<PlatformRecord> {
    while (recording && tick < recording.count && (recording.at[tick] as number) <= before) {
      const at = recording.at[tick] as number;
      const { symbol } = recording.instruments[recording.symbol[tick] as number] as Instrument;
      // A minute before the opening, so that a first position meets a price.
      if (at >= from - 60_000 && bySymbol.has(symbol)) {
        const bid = recording.bid[tick] as number;
        const ask = recording.ask[tick] as number;
        yield { type: 'mark', symbol, bid, ask, at, source: recording.source };
      }
      tick += 1;
    }
  };
  for (const event of events) {
    yield* prices(timeOf(event));
    yield event;
  }
  yield* prices(until);
}
