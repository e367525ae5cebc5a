import { describe, expect, it } from 'vitest';
import { createMarketView, type MarketView } from '#core/accounts/market-view.ts';
import { createCalendar, type Calendar } from '#core/market/calendar.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { gaugeAt } from '#core/rules/judge.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { createLinearWatch } from './linear-watch.ts';
import { createBandWatch } from './band-watch.ts';
import type { CreatePriceWatch } from './price-watch.ts';
import { createBook, restoreBook, type Book } from './book.ts';
import { randomHistory, type History, type HistoryEvent } from './testing/random-history.ts';

const SEEDS = Array.from({ length: 60 }, (_unused, at) => 20_140_502 + at);
const SIZE = { accounts: 6, events: 500 };

interface Spoken {
  readonly at: number;
  readonly account: string;
  readonly verdicts: readonly VerdictDraft[];
}

interface Run {
  readonly spoken: readonly Spoken[];
  readonly standings: readonly string[];
}

/** What every account says and is worth, event by event, by the reference evaluator alone. */
function byReference(history: History): Run {
  const market = createMarketView(history.instruments);
  const calendar = createCalendar();
  const accounts: ReferenceAccount[] = [];
  const spoken: Spoken[] = [];
  const standings: string[] = [];
  for (const [at, event] of history.events.entries()) {
    for (const [account, verdicts] of applyToReference(
      event,
      accounts,
      { market, calendar },
      history,
    )) {
      if (verdicts.length > 0) spoken.push({ at, account, verdicts });
    }
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
  history: History,
): (readonly [string, readonly VerdictDraft[]])[] {
  const named = (id: string): ReferenceAccount =>
    accounts.find((account) => account.judged.terms.accountId === id) as ReferenceAccount;
  const idOf = (account: ReferenceAccount): string => account.judged.terms.accountId;
  switch (event.type) {
    case 'open':
      accounts.push(openReferenceAccount({ ...event, market, calendar, day: history.firstDay }));
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
    case 'rollOver':
      return accounts.map(
        (account) => [idOf(account), account.rollOver(event.clockId, event.day)] as const,
      );
  }
}

function applyToBook(book: Book, event: HistoryEvent, history: History): Spoken[] {
  const spoken: Spoken[] = [];
  const hear = (account: string, verdicts: readonly VerdictDraft[]): void => {
    if (verdicts.length > 0) spoken.push({ at: 0, account, verdicts });
  };
  const hearNumber = (account: number, verdicts: readonly VerdictDraft[]): void =>
    hear(book.terms(account).accountId, verdicts);
  if (event.type === 'open') {
    expect(book.openAccount({ ...event, day: history.firstDay }).ok).toBe(true);
  } else if (event.type === 'mark') {
    book.mark(event.mark, hearNumber);
  } else if (event.type === 'rollOver') {
    book.rollOver(event.clockId, event.day, hearNumber);
  } else if (event.type === 'news') {
    book.scheduleNews(event.release);
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
const WATCHES: Readonly<Record<string, CreatePriceWatch>> = {
  'safe bands': (holdings) => createBandWatch(holdings, MARKS_KEPT),
  'the linear pass': createLinearWatch,
};

/**
 * Runs the columnar book; `disturb` may replace it between events. Standings are read after every
 * `readEach`th event: reading one brings the account up to date, which must change nothing.
 */
function byBook(
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
    spoken.push(...applyToBook(book, event, history).map((said) => ({ ...said, at })));
    if (at % readEach === 0) standings.push(standingsOf(book));
  }
  return { spoken, standings };
}

/** Compares the first event that differs, so that a failure can be read. */
function expectEqualRuns(actual: Run, expected: Run): void {
  const standing = expected.standings.findIndex((text, at) => text !== actual.standings[at]);
  const verdict = expected.spoken.findIndex(
    (said, at) => canonicalText(said) !== canonicalText(actual.spoken[at] ?? null),
  );
  expect(actual.spoken[verdict], 'first verdict that differs').toEqual(expected.spoken[verdict]);
  expect(actual.standings[standing], `standing after event ${standing}`).toBe(
    expected.standings[standing],
  );
  expect(actual.spoken.length).toBe(expected.spoken.length);
}

function ruleSetsOf(history: History): Map<string, RuleSet> {
  const opened = history.events.filter((event) => event.type === 'open');
  return new Map(opened.map(({ ruleSet }) => [ruleSet.ref.hash, ruleSet]));
}

describe('the columnar book equals the reference evaluator', () => {
  it.each(SEEDS)('at every event of a random history, byte for byte (seed %i)', (seed) => {
    const history = randomHistory(seed, SIZE);
    const expected = byReference(history);
    for (const watch of Object.values(WATCHES)) {
      expectEqualRuns(
        byBook(history, (book) => book, { watch }),
        expected,
      );
    }
  });

  it.each(SEEDS.slice(0, 30))('when nobody reads what accounts are worth (seed %i)', (seed) => {
    const history = randomHistory(seed, SIZE);
    const expected = byReference(history);
    const readEach = 97;
    const standings = expected.standings.filter((_text, at) => at % readEach === 0);
    for (const watch of Object.values(WATCHES)) {
      expectEqualRuns(
        byBook(history, (book) => book, { watch, readEach }),
        { spoken: expected.spoken, standings },
      );
    }
  });

  it.each(SEEDS.slice(0, 15))('when packed again and again (seed %i)', (seed) => {
    const history = randomHistory(seed, SIZE);
    const actual = byBook(history, (book, at) => {
      if (at % 37 === 0) book.pack();
      return book;
    });
    expectEqualRuns(actual, byReference(history));
  });

  it.each(SEEDS.slice(0, 15))('when restored from snapshots on the way (seed %i)', (seed) => {
    const history = randomHistory(seed, SIZE);
    const ruleSets = ruleSetsOf(history);
    const actual = byBook(history, (book, at) => {
      if (at % 61 !== 0) return book;
      const snapshot = JSON.parse(JSON.stringify(book.snapshot())) as ReturnType<Book['snapshot']>;
      return restoreBook(snapshot, (ref) => ruleSets.get(ref.hash) as RuleSet);
    });
    expectEqualRuns(actual, byReference(history));
  });

  it('when a remembered highest equity is settled on an account with rules on positions', () => {
    // Settling let such a rule look at today's prices as if they were yesterday's: seed 20140538.
    const history = randomHistory(20_140_538, SIZE);
    expectEqualRuns(
      byBook(history, (book) => book),
      byReference(history),
    );
  });

  it('and these histories hold every kind of verdict, from every kind of cause', () => {
    const kinds = new Set<string>();
    const causes = new Set<string>();
    for (const seed of SEEDS) {
      for (const { verdicts } of byBook(randomHistory(seed, SIZE), (book) => book).spoken) {
        for (const verdict of verdicts) {
          kinds.add(verdict.kind);
          if ('cause' in verdict.data) causes.add(verdict.data.cause.type);
        }
      }
    }
    expect([...kinds].sort()).toEqual([
      'accountStatusChanged',
      'breachDetected',
      'conductFlagged',
      'objectiveLost',
      'objectiveMet',
      'warningRaised',
    ]);
    expect([...causes].sort()).toEqual([
      'balanceOperation',
      'deal',
      'mark',
      'protection',
      'rollOver',
    ]);
  });
});
