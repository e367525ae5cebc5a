import { defineRole } from '../role.ts';
import { STYLES } from '../styles.ts';

const alone = [1, 1] as const;
const plain = [{ name: 'plain' }] as const;

export const swing = defineRole({
  id: 'swing',
  label: 'swing trader',
  patterns: [],
  share: 270,
  seats: alone,
  ways: plain,
  style: () => STYLES.swing,
});

export const day = defineRole({
  id: 'day',
  label: 'day trader',
  patterns: [],
  share: 220,
  seats: alone,
  ways: plain,
  style: () => STYLES.day,
});

export const scalper = defineRole({
  id: 'scalper',
  label: 'scalper',
  patterns: [],
  share: 90,
  seats: alone,
  ways: plain,
  style: () => STYLES.scalper,
});

/** As fast as anybody, and without any edge. */
export const fastScalper = defineRole({
  id: 'fastScalper',
  label: 'fast scalper',
  patterns: [],
  share: 40,
  seats: alone,
  ways: plain,
  style: () => STYLES.fastScalper,
});

/** A program that trades one size round the clock, through an interface or from a hosted machine. */
export const machine = defineRole({
  id: 'machine',
  label: 'expert advisor',
  patterns: [],
  share: 90,
  seats: alone,
  ways: plain,
  style: () => STYLES.machine,
});

/** A household: one network and one address, and everybody trades in their own way. */
export const family = defineRole({
  id: 'family',
  label: 'family',
  patterns: [],
  share: 50,
  seats: [2, 4],
  ways: [
    { name: 'house', shares: ['network', 'address'] },
    { name: 'couple', shares: ['network', 'address', 'purchase'] },
  ],
  style: (_way, { seat }) => (seat === 0 ? STYLES.day : seat === 1 ? STYLES.swing : STYLES.slow),
});

/** Strangers behind one network: an office, a university, a house of traders. */
export const office = defineRole({
  id: 'office',
  label: 'shared network',
  patterns: [],
  share: 60,
  seats: [5, 16],
  ways: [{ name: 'network', shares: ['network'] }],
  style: (_way, { seat }) => [STYLES.day, STYLES.swing, STYLES.scalper][seat % 3] ?? STYLES.day,
});
