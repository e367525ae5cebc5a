import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import { createBook, restoreBook, type Book } from '#core/engine/book.ts';
import { randomHistory, type History } from '#core/engine/testing/random-history.ts';
import { present } from '#core/kernel/assert.ts';
import { createRandom } from '#core/kernel/random.ts';
import { payoutPolicySchema, type PayoutPolicy } from '#core/payouts/policy.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';
import { createAccountGroups, regionIn, type AccountGroups } from './account-groups.ts';
import { collectCells, createLargest, type BookCells } from './cells.ts';
import { holdersOf } from './holders.ts';
import { grossOf, measureBook, netOf, SLICES, type ExposureRow } from './slices.ts';
import { floatingOfRow, referenceSlices, type ReferencePorts } from './testing/reference.ts';

const DAY_MS = 86_400_000;
const REGIONS = ['CZ', 'DE', 'unknown'] as const;
const policy = payoutPolicySchema.parse({ share: '90', split: { byNumber: ['80', '90'] } });
const tiers = payoutPolicySchema.parse({
  split: { byPaid: [{ upTo: '500', percent: '50' }, { percent: '85' }] },
});

interface Played {
  readonly book: Book;
  readonly groups: AccountGroups;
  readonly ports: ReferencePorts;
}

function apply(book: Book, history: History): void {
  for (const instrument of history.instruments) book.defineInstrument(instrument);
  for (const event of history.events) {
    if (event.type === 'open') book.openAccount(event);
    else if (event.type === 'mark') book.mark(event.mark, () => {});
    else if (event.type === 'deal') book.deal(event.deal);
    else if (event.type === 'balanceOperation') book.balanceOperation(event.operation);
    else if (event.type === 'protection') book.protect(event.change);
    else if (event.type === 'directive') book.direct(event.accountId, event.directive, event.at);
    else if (event.type === 'rules') book.changeRules(event.accountId, event.ruleSet, event.at);
    else if (event.type === 'rollOver') book.rollOver(event.clockId, event.day, () => {});
  }
}

/** Traders with several accounts, in several programs and places; some with nothing known of them. */
function played(
  seed: number,
  after: (book: Book, history: History) => Book = (book) => book,
): Played {
  const original = randomHistory(seed, { accounts: 14, events: 160 });
  const random = createRandom(seed);
  let opened = 0;
  const events = original.events.map((event) => {
    if (event.type !== 'open') return event;
    opened += 1;
    const { openedAt: _openedAt, ...terms } = event.terms;
    const day = random.below(40);
    return {
      ...event,
      terms: {
        ...terms,
        traderId: `trader-${opened % 6}`,
        program: { programId: `program-${opened % 3}`, name: `Program ${opened % 3}` },
        phase: { phaseId: opened % 2 === 0 ? 'funded' : 'test', name: 'Phase' },
        ...(day < 5 ? {} : { openedAt: Date.UTC(2026, 0, 1) + day * DAY_MS + random.below(1_000) }),
      },
    };
  });
  const history = { ...original, events };
  const first = createBook();
  apply(first, history);
  const book = after(first, history);
  const policyOf: ReferencePorts['policyOf'] = ({ phase, program }): PayoutPolicy | undefined =>
    phase.phaseId !== 'funded' ? undefined : program.programId === 'program-1' ? tiers : policy;
  const groups = createAccountGroups(book, { policyOf, openedAt: () => null });
  groups.follow();
  const regions = new Map<string, string>();
  for (let trader = 0; trader < 6; trader += 1) {
    const region = random.pick(REGIONS);
    regions.set(`trader-${trader}`, region);
    if (region !== 'unknown') groups.locate(`trader-${trader}`, region);
  }
  const days = new Map<string, string>();
  for (let number = 0; number < book.accounts; number += 1) {
    const { traderId, openedAt } = book.terms(number);
    if (days.has(traderId)) continue;
    const day = openedAt === undefined ? 'unknown' : new Date(openedAt).toISOString().slice(0, 10);
    days.set(traderId, day);
  }
  const ports: ReferencePorts = {
    policyOf,
    regionOf: (traderId) => present(regions.get(traderId), traderId),
    firstDayOf: (traderId) => present(days.get(traderId), traderId),
    at: 0,
  };
  return { book, groups, ports };
}

type Plain = Omit<ExposureRow, 'key' | 'floating'> & { readonly floating: number };

/** What the reference and the columns both say of every row, by slice and key. */
function expected({ book, ports }: Played): Record<string, Plain> {
  const said: Record<string, Plain> = {};
  for (const [by, rows] of referenceSlices(book, ports)) {
    const isHeld = ['symbol', 'assetClass', 'currency'].includes(by);
    const isShared = by === 'assetClass' || by === 'currency';
    for (const [key, row] of rows) {
      if (row.positions === 0 && row.payable === 0 && row.ifClosed === 0 && by !== 'firm') continue;
      said[`${by} ${key}`] = {
        long: row.long,
        short: row.short,
        positions: row.positions,
        accounts: isShared ? null : row.accounts.size,
        floating: floatingOfRow(row, book),
        payable: isHeld ? null : row.payable,
        ifClosed: isHeld ? null : row.ifClosed,
      };
    }
  }
  return said;
}

function measured({ book, groups }: Played): Record<string, Plain> {
  const { slices } = measureBook(collectCells(book, groups));
  const said: Record<string, Plain> = {};
  for (const by of SLICES) for (const { key, ...row } of slices[by]) said[`${by} ${key}`] = row;
  return said;
}

/** Floating profit of a phase is rounded once for each phase of a program it is made of. */
function withoutFloating(rows: Record<string, Plain>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { floating: _floating, ...row }]) => [name, row]),
  );
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe('cells of the book', () => {
  it('equal what every account’s state adds up to, on random books, by every slice', () => {
    let positions = 0;
    let owed = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = played(seed);
        const [actual, wanted] = [measured(world), expected(world)];
        expect(withoutFloating(actual)).toEqual(withoutFloating(wanted));
        // Each part of a merged row rounds once for each symbol and side; what is not merged, alike.
        const off = Object.keys(wanted).filter((name) => {
          const difference = (actual[name]?.floating ?? 0) - (wanted[name]?.floating ?? 0);
          const most = /^(symbol|region|firm) /.test(name) ? 0 : 80;
          return Math.abs(difference) > most;
        });
        expect(off).toEqual([]);
        positions += actual['firm firm']?.positions ?? 0;
        owed += actual['firm firm']?.ifClosed ?? 0;
      }),
      { numRuns: 60 },
    );
    expect(positions).toBeGreaterThan(100);
    expect(owed).toBeGreaterThan(0);
  });

  it('are the same after the book was packed, and after it was restored from a snapshot', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const plain = measured(played(seed));
        const packed = played(seed, (book) => {
          book.pack();
          return book;
        });
        const restored = played(seed, (book, history) => {
          const ruleSets = new Map<string, RuleSet>();
          for (const event of history.events)
            if (event.type === 'open' || event.type === 'rules')
              ruleSets.set(event.ruleSet.ref.hash, event.ruleSet);
          return restoreBook(book.snapshot(), (ref) => present(ruleSets.get(ref.hash), ref.hash));
        });
        expect(measured(packed)).toEqual(plain);
        expect(measured(restored)).toEqual(plain);
      }),
      { numRuns: 25 },
    );
  });

  it('leave verdicts and equity as they were: looking changes nothing', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { book, groups } = played(seed);
        const standings = (): unknown[] =>
          Array.from({ length: book.accounts }, (_unused, number) => {
            const { balance, equity, status } = book.standing(number);
            return { balance, equity, status: ACCOUNT_STATUSES[status] };
          });
        const before = standings();
        collectCells(book, groups);
        expect(standings()).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('add up to the same total by every slice whose parts do not overlap', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { book, groups } = played(seed);
        const { slices, firm } = measureBook(collectCells(book, groups));
        for (const by of [
          'symbol',
          'assetClass',
          'program',
          'phase',
          'stage',
          'region',
          'week',
        ] as const) {
          const sum = (of: (row: ExposureRow) => number): number =>
            slices[by].reduce((total, row) => total + of(row), 0);
          expect([by, sum(netOf), sum(grossOf)]).toEqual([by, netOf(firm), grossOf(firm)]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('count an account once among the holders of a symbol, however many positions it has', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { book, groups } = played(seed);
        const { crowds } = measureBook(collectCells(book, groups));
        const holders = new Map<string, Set<number>>();
        for (let number = 0; number < book.accounts; number += 1) {
          for (const { symbol, side } of book.positions(number)) {
            const name = `${symbol} ${side === 'buy' ? 'long' : 'short'}`;
            holders.set(name, (holders.get(name) ?? new Set()).add(number));
          }
        }
        const counted = crowds.map(({ symbol, side, accounts }) => [`${symbol} ${side}`, accounts]);
        expect(Object.fromEntries(counted)).toEqual(
          Object.fromEntries([...holders].map(([name, accounts]) => [name, accounts.size])),
        );
        const sizes = crowds.map(({ accounts }) => accounts);
        expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
      }),
      { numRuns: 25 },
    );
  });

  it('name the accounts with the largest gross first', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { book, groups, ports } = played(seed);
        const { largest } = collectCells(book, groups);
        const sizes = largest.map(({ long, short }) => long + short);
        expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
        const firm = referenceSlices(book, ports).get('firm')?.get('firm');
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(total).toBe((firm?.long ?? 0) + (firm?.short ?? 0));
      }),
      { numRuns: 25 },
    );
  });

  it('lead to the accounts that hold a part of the book, and those hold all of it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { book, groups } = played(seed);
        const { slices } = measureBook(collectCells(book, groups));
        const held = SLICES.flatMap((by) => slices[by].map((row) => ({ by, row })));
        const wrong = held.filter(({ by, row }) => {
          const place = { by, key: row.key };
          const holders = holdersOf(book, groups, { place, side: 'both' }, 1_000);
          const sum = (of: 'long' | 'short') => holders.reduce((all, one) => all + one[of], 0);
          const longs = holdersOf(book, groups, { place, side: 'long' }, 1_000);
          return (
            sum('long') !== row.long ||
            sum('short') !== row.short ||
            longs.some(({ short }) => short !== 0)
          );
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('count a later payout by its own split, and the whole profit by the share that may leave', () => {
    const { book, groups } = played(3);
    const one = [...groups.paying][0];
    const account = present(one, 'an account that is paid').account;
    const { accountId } = book.terms(account);
    const before = present(groups.payingAt(account), accountId).before;
    groups.paid(accountId, 5_000);
    groups.paid(accountId, 2_000);
    groups.rulesChanged(accountId);
    expect([before, groups.payingAt(account)?.before]).toEqual([
      { payouts: 0, paidToTrader: 0 },
      { payouts: 2, paidToTrader: 7_000 },
    ]);
  });

  it('follow a trader who moves, and accounts that open later', () => {
    const { book, groups } = played(11);
    const regionsNow = (): string[] => regionsOf(collectCells(book, groups));
    groups.locate('trader-0', 'FR');
    groups.locate('trader-1', 'FR');
    groups.locate('trader-2', 'FR');
    groups.locate('trader-3', 'FR');
    groups.locate('trader-4', 'FR');
    groups.locate('trader-5', 'FR');
    expect(regionsNow()).toEqual(['FR']);
    const terms = { ...book.terms(0), accountId: 'later', traderId: 'trader-0' };
    const opened = randomHistory(11, { accounts: 1, events: 0 }).events[0];
    if (opened?.type !== 'open') throw new Error('the first event opens an account');
    expect(book.openAccount({ ...opened, terms }).ok).toBe(true);
    collectCells(book, groups);
    const number = present(book.numberOf('later'), 'later');
    expect(groups.regions[regionIn(groups.words[number] ?? 0)]).toBe('FR');
  });
});

function regionsOf({ regions, cells, symbols, products }: BookCells): string[] {
  const stride = symbols.length * 2 * 3;
  return regions.filter((_region, at) => {
    const from = (products.length + at) * stride;
    return cells.subarray(from, from + stride).some((value) => value !== 0);
  });
}

describe('the largest of many', () => {
  it('are those that sorting all would put first, of equals the lower number', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (sizes) => {
        const largest = createLargest(5);
        for (const [account, size] of sizes.entries()) largest.offer(account, size);
        const sorted = [...sizes.entries()]
          .filter(([, size]) => size > 0)
          .sort((one, other) => other[1] - one[1] || one[0] - other[0]);
        expect(largest.numbers()).toEqual(sorted.slice(0, 5).map(([account]) => account));
      }),
    );
  });
});
