import { createCalendar, type Calendar } from '#core/market/calendar.ts';
import { createMarketView, type MarketView } from '#core/accounts/market-view.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { gaugeAt } from '#core/rules/judge.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { createBandWatch } from '../band-watch.ts';
import { createBook, type Book } from '../book.ts';
import { createLinearWatch } from '../linear-watch.ts';
import type { CreatePriceWatch } from '../price-watch.ts';
import type { History, HistoryEvent } from './random-history.ts';

/*
 * The same history through each evaluator, and what is told of it: every verdict, and what every
 * account stands at.
 */
export interface Spoken {
  readonly at: number;
  readonly account: string;
  readonly verdicts: readonly VerdictDraft[];
}

export interface Run {
  readonly spoken: readonly Spoken[];
  readonly standings: readonly string[];
}

/** What every account says and is worth, event by event, by the reference evaluator alone. */
export function byReference(history: History, readEach = 1): Run {
  const market = createMarketView(history.instruments);
  const calendar = createCalendar();
  const accounts: ReferenceAccount[] = [];
  const spoken: Spoken[] = [];
  const standings: string[] = [];
  for (const [at, event] of history.events.entries()) {
    for (const [account, verdicts] of applyToReference(event, accounts, { market, calendar })) {
      if (verdicts.length > 0) spoken.push({ at, account, verdicts });
    }
    if (at % readEach !== 0) continue;
    standings.push(
      canonicalText(
        accounts.map((account) => ({
          balance: account.balance,
          equity: account.equity(),
          status: account.judged.status,
          gauges: account.judged.ruleSet.rules.map((_rule, index) =>
            gaugeAt(account.judged, account.moment(0), index),
          ),
        })),
      ),
    );
  }
  return { spoken, standings };
}

function applyToReference(
  event: HistoryEvent,
  accounts: ReferenceAccount[],
  { market, calendar }: { readonly market: MarketView; readonly calendar: Calendar },
): (readonly [string, readonly VerdictDraft[]])[] {
  const named = (id: string): ReferenceAccount =>
    accounts.find((account) => account.judged.terms.accountId === id) as ReferenceAccount;
  const idOf = (account: ReferenceAccount): string => account.judged.terms.accountId;
  switch (event.type) {
    case 'open':
      accounts.push(openReferenceAccount({ ...event, market, calendar }));
      return [];
    case 'mark':
      market.apply(event.mark);
      return accounts.map((account) => [idOf(account), account.mark(event.mark)] as const);
    case 'deal':
      return [[event.deal.accountId, named(event.deal.accountId).deal(event.deal)]];
    case 'balanceOperation': {
      const { operation } = event;
      return [[operation.accountId, named(operation.accountId).balanceOperation(operation)]];
    }
    case 'protection':
      return [[event.change.accountId, named(event.change.accountId).protect(event.change)]];
    case 'news':
      calendar.schedule(event.release);
      return [];
    case 'directive': {
      const said = named(event.accountId).direct(event.directive, event.at);
      return [[event.accountId, said.ok ? said.value : []]];
    }
    case 'rules':
      return [[event.accountId, named(event.accountId).changeRules(event.ruleSet, event.at)]];
    case 'rollOver':
      return accounts.map(
        (account) => [idOf(account), account.rollOver(event.clockId, event.day)] as const,
      );
  }
}

function applyToBook(book: Book, event: HistoryEvent): Spoken[] {
  const spoken: Spoken[] = [];
  const hear = (account: string, verdicts: readonly VerdictDraft[]): void => {
    if (verdicts.length > 0) spoken.push({ at: 0, account, verdicts });
  };
  const hearNumber = (account: number, verdicts: readonly VerdictDraft[]): void =>
    hear(book.terms(account).accountId, verdicts);
  if (event.type === 'open') {
    const opened = book.openAccount(event);
    if (!opened.ok) throw new Error(opened.error);
  } else if (event.type === 'mark') {
    book.mark(event.mark, hearNumber);
  } else if (event.type === 'rollOver') {
    book.rollOver(event.clockId, event.day, hearNumber);
  } else if (event.type === 'news') {
    book.scheduleNews(event.release);
  } else if (event.type === 'directive') {
    const said = book.direct(event.accountId, event.directive, event.at);
    hear(event.accountId, said.ok ? said.value : []);
  } else if (event.type === 'rules') {
    const changed = book.changeRules(event.accountId, event.ruleSet, event.at);
    if (!changed.ok) throw new Error(changed.error);
    hear(event.accountId, changed.value);
  } else if (event.type === 'protection') {
    const said = book.protect(event.change);
    if (!said.ok) throw new Error(said.error);
    hear(event.change.accountId, said.value);
  } else {
    const result =
      event.type === 'deal' ? book.deal(event.deal) : book.balanceOperation(event.operation);
    if (!result.ok) throw new Error(result.error);
    const { accountId } = event.type === 'deal' ? event.deal : event.operation;
    hear(accountId, result.value);
  }
  return spoken;
}

function standingsOf(book: Book): string {
  return canonicalText(
    Array.from({ length: book.accounts }, (_unused, account) => {
      const { balance, equity, status, gauges } = book.standing(account);
      return { balance, equity, status, gauges };
    }),
  );
}

/** A log so short that marks fall out of it on the way. */
const MARKS_KEPT = 2_048;
export const WATCHES: Readonly<Record<string, CreatePriceWatch>> = {
  'safe bands': (holdings) => createBandWatch(holdings, MARKS_KEPT),
  'the linear pass': createLinearWatch,
};

/**
 * Runs the columnar book; `disturb` may replace it between events. Standings are read after every
 * `readEach`th event: reading one brings the account up to date, which must change nothing.
 */
export function byBook(
  history: History,
  disturb: (book: Book, at: number) => Book,
  { watch = createBandWatch as CreatePriceWatch, readEach = 1 } = {},
): Run {
  let book = createBook(watch);
  for (const instrument of history.instruments) book.defineInstrument(instrument);
  const spoken: Spoken[] = [];
  const standings: string[] = [];
  for (const [at, event] of history.events.entries()) {
    book = disturb(book, at);
    spoken.push(...applyToBook(book, event).map((said) => ({ ...said, at })));
    if (at % readEach === 0) standings.push(standingsOf(book));
  }
  return { spoken, standings };
}

/** Where two runs part: the first verdict or standing that differs; null when they are equal. */
export function firstDifference(actual: Run, expected: Run): string | null {
  const most = Math.max(actual.spoken.length, expected.spoken.length);
  for (let at = 0; at < most; at += 1) {
    const [one, other] = [actual.spoken[at] ?? null, expected.spoken[at] ?? null];
    if (canonicalText(one) !== canonicalText(other)) {
      return `verdict ${at}: ${canonicalText(one)} instead of ${canonicalText(other)}`;
    }
  }
  const standing = expected.standings.findIndex((text, at) => text !== actual.standings[at]);
  if (standing < 0) return null;
  return `standing ${standing}: ${actual.standings[standing]} instead of ${expected.standings[standing]}`;
}
