import { defineRole } from '../role.ts';
import { STYLES } from '../styles.ts';

/** Fails, or is shut out, and comes back under another name from where it was before. */
export const repeatOffender = defineRole({
  id: 'repeatOffender',
  label: 'repeat offender',
  patterns: ['repeatOffender', 'sharedIdentity'],
  share: 50,
  seats: [1, 1],
  givesUpAt: 800,
  underAnotherName: true,
  ways: [
    { name: 'same device' },
    { name: 'same card', shares: ['purchase'] },
    { name: 'same network and habits', hard: true, disguised: true, shares: ['network'] },
  ],
  buysAgainAfter: () => [30, 600],
  style: () => STYLES.reckless,
});
