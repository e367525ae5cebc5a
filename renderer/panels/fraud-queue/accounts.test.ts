import { expect, it } from 'vitest';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { accountsByTrades, accountsInOrder } from './accounts.ts';

const detail = {
  row: {
    accounts: [
      { accountId: 'A1', number: 1, status: 'failed' },
      { accountId: 'A2', number: 2, status: 'active' },
      { accountId: 'A3', number: 3, status: 'restricted' },
      { accountId: 'A4', number: 4, status: 'active' },
    ],
    linkedAccounts: ['A9'],
    pendingPayouts: [{ accountId: 'A4' }],
  },
  signals: [
    {
      latest: true,
      signal: { trades: [{ accountId: 'A1' }, { accountId: 'A1' }, { accountId: 'A3' }] },
    },
    { latest: false, signal: { trades: [{ accountId: 'A2' }] } },
  ],
} as unknown as CaseDetail;

it('accounts come with a waiting payout first, ended ones last, most trades first among equals', () => {
  expect(accountsInOrder(detail).map(({ accountId }) => accountId)).toEqual([
    'A4',
    'A3',
    'A2',
    'A1',
  ]);
});

it('side by side the ones that signals show trades of come first, linked ones last', () => {
  expect(accountsByTrades(detail)).toEqual(['A1', 'A3', 'A4', 'A2', 'A9']);
});
