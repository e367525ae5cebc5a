import type { Book } from '#core/engine/book.ts';
import { cohortIn, productIn, regionIn, type AccountGroups } from './account-groups.ts';
import { createLargest, pricesOf } from './cells.ts';
import type { ExposurePlace } from './limits.ts';
import { bounded, NO_CURRENCY, STAGES } from './slices.ts';
import { unitValueOf } from './unit-value.ts';
import type { ExposureHolder, ExposureHoldersRequest } from './view.ts';

/**
 * The accounts that hold most of one part of the book, the largest gross first. Of a currency it is
 * the accounts that are long or short of it, whatever they hold it through.
 */
export function holdersOf(
  book: Book,
  groups: AccountGroups,
  { place, side }: ExposureHoldersRequest,
  most: number,
): ExposureHolder[] {
  groups.follow();
  const prices = pricesOf(
    book.open.symbols.map(({ instrument, quote }) => ({
      instrument,
      quote: quote && { ...quote },
    })),
  );
  const wanted = book.open.symbols.map(({ instrument }) =>
    sharesOf(place, unitValueOf(instrument, prices), instrument),
  );
  const isWanted = wantedAccounts(place, groups);
  const { slot, symbol, buy, volume } = book.open.positions.column;
  const { number } = book.open.accounts.column;
  const { words } = groups;
  const sides = { long: new Float64Array(book.accounts), short: new Float64Array(book.accounts) };
  const positions = new Int32Array(book.accounts);
  for (let row = 0; row < book.open.positions.length; row += 1) {
    const size = volume[row] as number;
    const share = wanted[symbol[row] as number];
    if (size === 0 || !share) continue;
    const account = number[slot[row] as number] as number;
    if (!isWanted(words[account] as number)) continue;
    const isLong = (buy[row] === 1) === share.sign > 0;
    if (side !== 'both' && isLong !== (side === 'long')) continue;
    const column = isLong ? sides.long : sides.short;
    column[account] = (column[account] as number) + size * share.value;
    positions[account] = (positions[account] as number) + 1;
  }
  const largest = createLargest(most);
  for (let account = 0; account < book.accounts; account += 1) {
    if (positions[account] === 0) continue;
    largest.offer(account, (sides.long[account] as number) + (sides.short[account] as number));
  }
  return largest.numbers().map((account) => ({
    account,
    long: bounded(sides.long[account] as number),
    short: bounded(sides.short[account] as number),
    positions: positions[account] as number,
  }));
}

interface Share {
  /** Of one smallest volume held long. */
  readonly value: number;
  readonly sign: 1 | -1;
}

/** What a symbol adds to the place; null for nothing. */
function sharesOf(
  { by, key }: ExposurePlace,
  { notional, legs }: ReturnType<typeof unitValueOf>,
  { symbol, assetClass }: { readonly symbol: string; readonly assetClass: string },
): Share | null {
  if (by === 'symbol') return symbol === key ? { value: notional, sign: 1 } : null;
  if (by === 'assetClass') return assetClass === key ? { value: notional, sign: 1 } : null;
  if (by !== 'currency') return { value: notional, sign: 1 };
  if (legs === null) return key === NO_CURRENCY ? { value: notional, sign: 1 } : null;
  if (legs.long === key) return { value: legs.longValue, sign: 1 };
  return legs.short === key ? { value: legs.shortValue, sign: -1 } : null;
}

function wantedAccounts(
  { by, key }: ExposurePlace,
  { products, regions, cohorts }: AccountGroups,
): (word: number) => boolean {
  switch (by) {
    case 'program':
      return (word) => products[productIn(word)]?.programId === key;
    case 'phase':
      return (word) => products[productIn(word)]?.phaseId === key;
    case 'stage':
      return (word) => STAGES[`${products[productIn(word)]?.pays ?? false}`] === key;
    case 'region':
      return (word) => regions[regionIn(word)] === key;
    case 'month':
      return (word) => cohorts[cohortIn(word)]?.month === key;
    case 'week':
      return (word) => cohorts[cohortIn(word)]?.week === key;
    case 'firm':
    case 'symbol':
    case 'assetClass':
    case 'currency':
      return () => true;
  }
}
