import { describe, expect, it } from 'vitest';
import type { RuleSet } from '#core/rules/rule-set.ts';
import { createRandom } from '#core/kernel/random.ts';
import { restoreBook, type Book } from './book.ts';
import { byBook, byReference, firstDifference, WATCHES, type Run } from './testing/equality.ts';
import { randomHistory, type History, type HistoryEvent } from './testing/random-history.ts';

const SEEDS = Array.from({ length: 60 }, (_unused, at) => 20_140_502 + at);
/** Events between two looks at what accounts are worth. */
const LONG = 2_999;
const SIZE = { accounts: 6, events: 500 };

function expectEqualRuns(actual: Run, expected: Run): void {
  expect(firstDifference(actual, expected)).toBeNull();
}

function ruleSetsOf(history: History): Map<string, RuleSet> {
  const named = history.events.filter((event) => event.type === 'open' || event.type === 'rules');
  return new Map(named.map(({ ruleSet }) => [ruleSet.ref.hash, ruleSet]));
}

/** Between two events that concern everybody, those of different accounts change places. */
function inAnotherOrder(events: readonly HistoryEvent[], seed: number): HistoryEvent[] {
  const random = createRandom(seed);
  const ordered: HistoryEvent[] = [];
  let stretch: { readonly account: string; readonly event: HistoryEvent }[] = [];
  const flush = (): void => {
    const accounts = [...new Set(stretch.map(({ account }) => account))];
    while (accounts.length > 0) {
      const [next] = accounts.splice(random.below(accounts.length), 1);
      ordered.push(...stretch.flatMap(({ account, event }) => (account === next ? [event] : [])));
    }
    stretch = [];
  };
  for (const event of events) {
    const account = accountOf(event);
    if (account !== null) stretch.push({ account, event });
    else {
      flush();
      ordered.push(event);
    }
  }
  flush();
  return ordered;
}

/** The account that an event concerns alone; openings keep their order, which numbers accounts. */
function accountOf(event: HistoryEvent): string | null {
  switch (event.type) {
    case 'deal':
      return event.deal.accountId;
    case 'balanceOperation':
      return event.operation.accountId;
    case 'protection':
      return event.change.accountId;
    case 'directive':
    case 'rules':
      return event.accountId;
    default:
      return null;
  }
}

function byAccount(spoken: Run['spoken']): Record<string, unknown[]> {
  const said: Record<string, unknown[]> = {};
  for (const { account, verdicts } of spoken) (said[account] ??= []).push(...verdicts);
  return said;
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

  it.each(SEEDS.slice(0, 8))(
    'over so many marks that the log lets go of some (seed %i)',
    (seed) => {
      const history = randomHistory(seed, {
        accounts: 4,
        events: 3_000,
        marks: 95,
        anotherAfter: 50,
      });
      const expected = byReference(history, LONG);
      for (const watch of Object.values(WATCHES)) {
        const actual = byBook(history, (book) => book, { watch, readEach: LONG });
        expectEqualRuns(actual, expected);
      }
    },
  );

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

  it.each(SEEDS.slice(0, 25))('whichever of several accounts comes first (seed %i)', (seed) => {
    const history = randomHistory(seed, SIZE);
    const reordered = { ...history, events: inAnotherOrder(history.events, seed) };
    expect(reordered.events).not.toEqual(history.events);
    expect(byAccount(byBook(reordered, (book) => book).spoken)).toEqual(
      byAccount(byBook(history, (book) => book).spoken),
    );
  });

  it('when a remembered highest equity is settled on an account with rules on positions', () => {
    // Settling let such a rule look at today's prices as if they were yesterday's: seed 20140538.
    const history = randomHistory(20_140_538, SIZE);
    expectEqualRuns(
      byBook(history, (book) => book),
      byReference(history),
    );
  });

  it('when the rate by which a stop is measured comes, or moves, after the stop was set', () => {
    // The reference measured it anew at every mark of the rate, the book did not: seed 50439.
    const history = randomHistory(50_439, { accounts: 5, events: 80, marks: 68, anotherAfter: 40 });
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
      'reinstated',
      'rollOver',
      'rulesChanged',
    ]);
  });
});
