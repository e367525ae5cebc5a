import { defineRole, type Variant } from '../role.ts';
import { STYLES, tradeOrdinarily } from '../styles.ts';
import type { Trader } from '../trader.ts';

interface HandoverWay extends Variant {
  readonly evaluatedBy: 'service' | 'seller';
}

/** Somebody else passes the evaluation; the account's owner trades what follows. */
export const handover = defineRole<HandoverWay>({
  id: 'handover',
  label: 'handed over',
  patterns: ['styleChange', 'sharedIdentity'],
  share: 60,
  seats: [3, 8],
  ways: [{ name: 'passing service', evaluatedBy: 'service', programs: 'evaluated' }],
  style: (_way, { lastPhase, seat }) => (lastPhase ? ownersStyle(seat) : STYLES.passer),
  look: (trader, _way, floor) => {
    // Until then only the service's machine shows, behind all of its customers.
    if (changedHands(trader)) trader.deeds += 1;
    tradeOrdinarily(trader, floor);
  },
});

/** The same one by one: accounts sold after the evaluation, or traded by a hand that hides. */
export const soldAccount = defineRole<HandoverWay>({
  id: 'soldAccount',
  label: 'sold account',
  patterns: ['styleChange'],
  share: 30,
  seats: [1, 1],
  ways: [
    { name: 'sold', evaluatedBy: 'seller', programs: 'evaluated' },
    {
      name: 'hidden hand',
      hard: true,
      evaluatedBy: 'seller',
      disguised: true,
      programs: 'evaluated',
    },
  ],
  style: (_way, { lastPhase, seat }) => (lastPhase ? ownersStyle(seat) : STYLES.passer),
  look: (trader, _way, floor) => {
    if (changedHands(trader)) trader.deeds += 1;
    tradeOrdinarily(trader, floor);
  },
});

function changedHands({ hand, previousAccountId }: Trader): boolean {
  return hand >= 0 && previousAccountId !== null;
}

function ownersStyle(seat: number): (typeof STYLES)['swing' | 'day' | 'slow'] {
  return [STYLES.swing, STYLES.day, STYLES.slow][seat % 3] ?? STYLES.swing;
}
