import { expect, it } from 'vitest';
import { STATUS, type AccountTerms } from '#core/accounts/account.ts';
import { castOf } from '#core/sim/cast.ts';
import { createPayoutSeekers } from './payout-seekers.ts';

const DAY = 86_400_000;
const WORLD = { seed: 3, accounts: 600 };
const SIZE = 100_000_0000;

/** One account for each trader, all of one size. */
function accountsOf(people: readonly number[], gain: number, status: number = STATUS.active) {
  const all = people.map((person) => ({
    accountId: `A${person}`,
    traderId: `T${person + 1}`,
    currency: 'USD',
    nominalSize: SIZE,
    startBalance: SIZE,
    openedAt: 0,
  }));
  return {
    accounts: all.length,
    status: () => status,
    terms: (account: number) => all[account] as AccountTerms,
    balance: () => SIZE + gain,
  };
}

function ask(book: ReturnType<typeof accountsOf>, at: number, isFunded = true) {
  return createPayoutSeekers(WORLD, () => isFunded).ask(book, at);
}

it('who stands in profit on an account that pays out asks for it, after a day', () => {
  const rich = accountsOf([1], 500_0000);
  expect(ask(rich, DAY)).toMatchObject([
    { kind: 'payoutRequested', data: { accountId: 'A1', traderId: 'T2', requested: 500_0000 } },
  ]);
  expect(ask(rich, DAY - 1)).toEqual([]);
  expect(ask(rich, DAY, false)).toEqual([]);
  expect(ask(accountsOf([1], 100_0000), DAY)).toEqual([]);
  expect(ask(accountsOf([1], 500_0000, STATUS.failed), DAY)).toEqual([]);
});

it('nobody asks again within a week, and it is known who asked', () => {
  const seekers = createPayoutSeekers(WORLD, () => true);
  const rich = accountsOf([1, 2], 500_0000);
  const asked = Array.from({ length: 9 * 24 }, (_, hour) => seekers.ask(rich, hour * 3_600_000));
  expect(asked.flat()).toHaveLength(4);
  expect([...seekers.traders]).toEqual(['T2', 'T3']);
});

it('those who split payouts are paid to one place, and all others to their own', () => {
  const parts = castOf({ ...WORLD, hasReference: true });
  const everybody = parts.map(({ slot }) => slot);
  const groupOf = new Map<string, Set<number>>();
  for (const draft of ask(accountsOf(everybody, 500_0000), DAY)) {
    if (draft.kind !== 'payoutRequested') throw new Error(draft.kind);
    const { payee, accountId } = draft.data;
    const part = parts[Number(accountId.slice(1))];
    const shares = part?.group.way.shares?.includes('payee') ?? false;
    const group = shares ? (part?.group.number ?? 0) : -1 - Number(accountId.slice(1));
    groupOf.set(payee.digest, (groupOf.get(payee.digest) ?? new Set()).add(group));
  }
  expect([...groupOf.values()].every((groups) => groups.size === 1)).toBe(true);
  const splitters = parts.filter(({ group }) => group.role.id === 'payoutSplitter');
  expect(splitters.length).toBeGreaterThan(0);
  expect(groupOf.size).toBeLessThanOrEqual(everybody.length - splitters.length / 2);
});
