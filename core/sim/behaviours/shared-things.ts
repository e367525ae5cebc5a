import { defineRole, type Variant } from '../role.ts';
import { STYLES, tradeOrdinarily } from '../styles.ts';
import type { Floor } from '../role.ts';
import type { Trader } from '../trader.ts';

/** Several names, one person: what stands behind the accounts is the same. */
export const accountSharer = defineRole({
  id: 'accountSharer',
  label: 'shared accounts',
  patterns: ['sharedIdentity'],
  share: 80,
  seats: [2, 5],
  ways: [
    { name: 'device', oneHand: true, shares: ['device', 'network'] },
    { name: 'document', shares: ['document', 'device'] },
    { name: 'card and payee', shares: ['purchase', 'payee', 'device'] },
    { name: 'document only', hard: true, shares: ['document'] },
    { name: 'card and address', hard: true, shares: ['purchase', 'address'] },
  ],
  style: () => STYLES.day,
  look: tradeOpenly,
});

/** What one trader earned is asked for in parts, under several names, and paid to one place. */
export const payoutSplitter = defineRole({
  id: 'payoutSplitter',
  label: 'payout splitter',
  patterns: ['payoutSplitting', 'sharedIdentity'],
  share: 30,
  seats: [3, 6],
  ways: [
    { name: 'one payee', shares: ['payee', 'network'], programs: 'same' },
    { name: 'payee only', hard: true, shares: ['payee'] },
  ],
  style: () => STYLES.swing,
  look: tradeOpenly,
});

/** Their trades are ordinary: what gives them away shows as soon as they are connected. */
function tradeOpenly(trader: Trader, _way: Variant, floor: Floor): void {
  trader.deeds += 1;
  tradeOrdinarily(trader, floor);
}
