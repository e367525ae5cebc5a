import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroup, groupKeyOf, groupNotices, WORST_MAX, type GroupSummary } from './groups.ts';
import { wantsAcknowledgement, type Notice } from './notice.ts';
import { aNotice, someNotices } from './testing/notices.ts';
import { groupFigures, groupTitle } from './words.ts';

const SEED = 20_260_501;
const RUNS = { seed: SEED, numRuns: 300 };

/** Every account of a storm, each with a warning of its own. */
function storm(count: number): Notice[] {
  return Array.from({ length: count }, (_unused, at) =>
    aNotice({
      seq: at + 1,
      accountId: `A${at % (count - 10)}`,
      used: 700_000 + ((at * 7_919) % 300_000),
    }),
  );
}

describe('notices of a storm', () => {
  it('are one group that says how many, of how many accounts, with what at stake, and the worst ten', () => {
    const notices = storm(3_000);
    const [group, ...others] = groupNotices(notices);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ count: 3_000, open: 3_000, accounts: 2_990 });
    expect(group?.atStake).toEqual([{ currency: 'USD', amount: 2_990 * 100_000_0000 }]);
    const used = new Map(notices.map((notice) => [notice.seq, notice.used]));
    const worst = (group?.worst ?? []).map((seq) => used.get(seq) ?? 0);
    const sorted = [...used.values()].sort((one, other) => other - one);
    expect(worst).toEqual(sorted.slice(0, WORST_MAX));
    expect(groupTitle(group as GroupSummary)).toBe('3,000 warnings: daily loss on EURUSD');
    expect(groupFigures(group as GroupSummary)).toBe(
      '2,990 accounts, 299,000,000.00 USD at stake, none acknowledged',
    );
  });

  it('stay apart where the minute, the kind, the severity, the rule or the symbol differ', () => {
    const one = aNotice();
    const others = [
      { at: one.at + 60_000 },
      { kind: 'breach' as const },
      { severity: 'hard' as const },
      { ruleKind: 'staticLoss' },
      { symbol: 'XAUUSD' },
      { symbol: null },
      { symbol: null, programId: 'another' },
    ].map((over, at) => aNotice({ seq: at + 2, ...over }));
    expect(groupNotices([one, ...others])).toHaveLength(others.length + 1);
  });

  it('belong together over programs where one symbol brought them', () => {
    const notices = ['p', 'q', 'r'].map((programId, at) => aNotice({ seq: at + 1, programId }));
    expect(groupNotices(notices)).toHaveLength(1);
  });

  it('are one when feeds fall silent together, whatever their symbols', () => {
    const notices = ['EURUSD', 'XAUUSD'].map((symbol, at) =>
      aNotice({ seq: at + 1, kind: 'feedSilent', severity: 'soft', symbol }),
    );
    expect(groupNotices(notices)).toHaveLength(1);
  });
});

describe('grouping', () => {
  it(`puts every notice into one group, and none into two (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        const groups = groupNotices(notices);
        expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(notices.length);
        expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
        for (const group of groups) {
          const members = notices.filter((notice) => groupKeyOf(notice) === group.key);
          expect(group.count).toBe(members.length);
          expect(group.open).toBe(members.filter(wantsAcknowledgement).length);
          expect(group.firstSeq).toBe(Math.min(...members.map(({ seq }) => seq)));
          expect(group.lastSeq).toBe(Math.max(...members.map(({ seq }) => seq)));
        }
      }),
      RUNS,
    ));

  it(`comes to the same in whatever order notices come, and however often (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        const shuffled = [...notices].sort(
          (one, other) => ((one.seq * 37) % 61) - ((other.seq * 37) % 61),
        );
        expect(groupNotices([...shuffled, ...notices])).toEqual(groupNotices(notices));
      }),
      RUNS,
    ));

  it(`grows in place: after each notice a group is what all of them together make (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        const [first] = notices;
        if (!first) return;
        const group = createGroup(first);
        const taken: Notice[] = [];
        for (const notice of notices.filter((one) => groupKeyOf(one) === groupKeyOf(first))) {
          group.add(notice);
          taken.push(notice);
          expect([group.summary()]).toEqual(groupNotices(taken));
        }
      }),
      RUNS,
    ));

  it(`counts an account once, by the largest that it has at stake (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        for (const { key, atStake, accounts } of groupNotices(notices)) {
          const members = notices.filter((notice) => groupKeyOf(notice) === key);
          const named = new Set(members.flatMap(({ accountId }) => accountId ?? []));
          expect(accounts).toBe(named.size);
          const most = [...named].map((id) =>
            Math.max(
              ...members.filter(({ accountId }) => accountId === id).map(({ amount }) => amount),
            ),
          );
          const unnamed = members.filter(({ accountId }) => accountId === null);
          const total = [...most, ...unnamed.map(({ amount }) => amount)].reduce(
            (sum, one) => sum + one,
            0,
          );
          expect(atStake.reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
        }
      }),
      RUNS,
    ));

  it(`keeps the ten that nobody in the group is worse than (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        const bySeq = new Map(notices.map((notice) => [notice.seq, notice]));
        for (const { key, worst } of groupNotices(notices)) {
          const members = notices.filter((notice) => groupKeyOf(notice) === key);
          expect(worst).toHaveLength(Math.min(WORST_MAX, members.length));
          const least = bySeq.get(worst.at(-1) ?? 0)?.used ?? 0;
          const left = members.filter(({ seq }) => !worst.includes(seq));
          expect(left.filter(({ used }) => used > least)).toEqual([]);
        }
      }),
      RUNS,
    ));

  it(`opens and closes what is acknowledged, one by one (seed ${SEED})`, () =>
    fc.assert(
      fc.property(someNotices, (notices) => {
        const [first] = notices;
        if (!first) return;
        const group = createGroup(first);
        const members = notices.filter((one) => groupKeyOf(one) === groupKeyOf(first));
        for (const notice of members) group.add(notice);
        for (const seq of group.openSeqs()) {
          const before = group.summary().open;
          group.setOpen(seq, false);
          group.setOpen(seq, false);
          expect(group.summary().open).toBe(before - 1);
        }
        expect(group.openSeqs()).toEqual([]);
      }),
      RUNS,
    ));
});
