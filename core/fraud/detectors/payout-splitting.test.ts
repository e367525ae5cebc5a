import { expect, it } from 'vitest';
import { addPayouts, addSharers, type Things } from '../testing/abuse.ts';
import { honestWorld } from '../testing/honest.ts';
import { findingsOf, lastWords, type Stream } from '../testing/stream.ts';
import { payoutSplitting } from './payout-splitting.ts';

/** The strongest word on an affiliate, 0 for none. */
function onAffiliate(add: (stream: Stream) => void): number {
  const stream = honestWorld({ seed: 31, traders: 120, days: 5 });
  add(stream);
  const found = lastWords(findingsOf(payoutSplitting, stream));
  return Math.max(
    0,
    ...found.filter(({ key }) => key === 'affiliate school').map(({ strength }) => strength),
  );
}

/** Traders of one affiliate, so many of whom have things in common. */
const school =
  (shared: Things, others = 0) =>
  (stream: Stream): void => {
    const affiliateId = 'school';
    addSharers(stream, 4, { ...shared, affiliateId }, { name: 'pupil' });
    addSharers(stream, 8, { affiliateId }, { name: 'sent' });
    addSharers(stream, others, shared, { name: 'neighbour' });
  };

it('an affiliate whose traders share a machine is spoken of; one room alone opens no case', () => {
  expect(onAffiliate(school({ deviceId: 'one machine' }))).toBeGreaterThanOrEqual(700);
  const room = onAffiliate(school({ networkId: 'one room' }));
  expect(room).toBeGreaterThan(0);
  expect(room).toBeLessThan(700);
});

it('what an office shares says nothing of an affiliate that sent some of it', () => {
  expect(onAffiliate(school({ networkId: 'office' }, 5))).toBe(0);
});

it('payouts of several traders to one place are one matter', () => {
  const stream = honestWorld({ seed: 32, traders: 40, days: 3 });
  const accounts = addPayouts(stream, [900_0000, 800_0000, 700_0000]);
  const found = lastWords(findingsOf(payoutSplitting, stream));
  expect(found.map((finding) => finding.accounts)).toEqual([accounts]);
  expect(found[0]?.strength).toBeGreaterThanOrEqual(700);
});
