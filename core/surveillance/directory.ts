import { conversionBetween } from '#core/accounts/market-view.ts';
import { convert, type Conversion } from '#core/accounts/positions.ts';
import type { Directory, Quoted, SurveyedAccount } from '#core/fraud/observation.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';

/** An account that has ended is remembered for so long: longer than any detector looks back. */
const ENDED_REMEMBERED_MS = 120 * 86_400_000;

/** What surveillance knows of accounts and prices; detectors see the part that is a Directory. */
export interface SharedDirectory extends Directory {
  define(instrument: Instrument): void;
  open(account: SurveyedAccount): void;
  /** The balance now; null for an account that is not known. */
  balance(accountId: string): Money | null;
  book(accountId: string, amount: Money): void;
  ended(accountId: string, at: EpochMs | null): void;
  setQuote(symbol: string, quoted: Quoted): void;
  reference(symbol: string): Quoted | undefined;
  setReference(symbol: string, quoted: Quoted): void;
  /** Volume times price in an account's currency; 0 while a rate is unknown. */
  notional(symbol: string, volumePoints: number, currency: string): Money;
  /** Forgets accounts that ended long ago. */
  sweep(at: EpochMs): void;
  state(): DirectoryState;
}

interface Known {
  readonly account: SurveyedAccount;
  balance: Money;
  endedAt: EpochMs | null;
}

export interface DirectoryState {
  readonly accounts: readonly Known[];
  readonly instruments: readonly Instrument[];
  readonly quotes: readonly (readonly [string, Quoted])[];
  readonly references: readonly (readonly [string, Quoted])[];
}

export function createDirectory(resume?: DirectoryState): SharedDirectory {
  const accounts = new Map<string, Known>();
  const byTrader = new Map<string, string[]>();
  const instruments = new Map(resume?.instruments.map((one) => [one.symbol, one]));
  const quotes = new Map(resume?.quotes);
  const references = new Map(resume?.references);
  const values = new Map<string, Valuation>();
  const add = (known: Known): void => {
    const { accountId, traderId } = known.account;
    if (accounts.has(accountId)) return;
    accounts.set(accountId, known);
    const others = byTrader.get(traderId);
    if (others) others.push(accountId);
    else byTrader.set(traderId, [accountId]);
  };
  for (const known of resume?.accounts ?? []) add({ ...known });
  const forget = ({ account: { accountId, traderId } }: Known): void => {
    accounts.delete(accountId);
    const others = byTrader.get(traderId)?.filter((one) => one !== accountId) ?? [];
    if (others.length > 0) byTrader.set(traderId, others);
    else byTrader.delete(traderId);
  };
  const valuation = (symbol: string, currency: string): Valuation => {
    const key = `${symbol} ${currency}`;
    const known = values.get(key);
    if (known) return known;
    const found = valuationOf(instruments.get(symbol), currency, (name) => instruments.get(name));
    values.set(key, found);
    return found;
  };
  return {
    account: (accountId) => accounts.get(accountId)?.account,
    accountsOf: (traderId) => byTrader.get(traderId) ?? [],
    instrument: (symbol) => instruments.get(symbol),
    quote: (symbol) => quotes.get(symbol),
    define: (instrument) => {
      instruments.set(instrument.symbol, instrument);
      // A new pair may be the rate that another one waited for.
      values.clear();
    },
    open: (account) => add({ account, balance: account.startBalance, endedAt: null }),
    balance: (accountId) => accounts.get(accountId)?.balance ?? null,
    book: (accountId, amount) => {
      const known = accounts.get(accountId);
      if (known) known.balance += amount;
    },
    ended: (accountId, at) => {
      const known = accounts.get(accountId);
      if (known) known.endedAt = at;
    },
    setQuote: (symbol, quoted) => void quotes.set(symbol, quoted),
    reference: (symbol) => references.get(symbol),
    setReference: (symbol, quoted) => void references.set(symbol, quoted),
    notional: (symbol, volumePoints, currency) => {
      const { point, conversion } = valuation(symbol, currency);
      if (point === 0 || !conversion) return 0;
      const amount = volumePoints * point;
      if (conversion.type === 'none') return amount;
      const rate = quotes.get(conversion.symbol);
      return rate ? convert(amount, conversion, rate) : 0;
    },
    sweep: (at) => {
      for (const known of accounts.values()) {
        const { endedAt } = known;
        if (endedAt !== null && endedAt + ENDED_REMEMBERED_MS < at) forget(known);
      }
    },
    state: () => ({
      accounts: [...accounts.values()].map((known) => ({ ...known })),
      instruments: [...instruments.values()],
      quotes: [...quotes],
      references: [...references],
    }),
  };
}

/** How volume times points becomes money of an account. */
interface Valuation {
  /** Money per point of the smallest volume; 0 where it is not a whole number. */
  readonly point: Money;
  readonly conversion: Conversion | undefined;
}

function valuationOf(
  instrument: Instrument | undefined,
  currency: string,
  instrumentOf: (symbol: string) => Instrument | undefined,
): Valuation {
  if (!instrument) return { point: 0, conversion: undefined };
  const value = pointValue(instrument);
  const conversion = conversionBetween(instrument.quoteCurrency, currency, instrumentOf);
  return { point: value.ok ? value.value : 0, conversion };
}
