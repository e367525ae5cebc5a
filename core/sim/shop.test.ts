import { expect, it } from 'vitest';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { createShop } from './shop.ts';

const offer = (version: number, enters: ProgramOffer['enters']): ProgramOffer => ({
  programId: 'program',
  version,
  enters,
  name: 'Program',
  nominalSize: 100_000_0000,
  phases: [],
});

it('lets a person go on under the version bought, unless a later one asks for its next phase', () => {
  const shop = createShop([offer(1, 'purchasesOnly')]);
  shop.put(offer(2, 'purchasesOnly'));
  expect(shop.onSale.map(({ version }) => version)).toEqual([2]);
  expect(shop.goesOnUnder('program', 1).version).toBe(1);
  expect(shop.goesOnUnder('program', 2).version).toBe(2);
  shop.put(offer(3, 'nextPhases'));
  expect(shop.goesOnUnder('program', 1).version).toBe(3);
  expect(shop.goesOnUnder('program', 2).version).toBe(3);
});
