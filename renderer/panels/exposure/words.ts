import type { ExposureMeasure } from '#core/exposure/limits.ts';
import { NO_CURRENCY, SLICES, type SliceName } from '#core/exposure/slices.ts';
import { groupedText, mulDivFloor } from '#core/money/money.ts';

/** Slices that a person switches between; the firm is the line above them. */
export const SLICES_SHOWN: readonly SliceName[] = SLICES.filter((name) => name !== 'firm');

export const SLICE_TITLES: Readonly<Record<SliceName, string>> = {
  firm: 'Firm',
  symbol: 'Symbol',
  assetClass: 'Asset class',
  currency: 'Currency',
  program: 'Program',
  phase: 'Phase',
  stage: 'Stage',
  region: 'Region',
  month: 'Cohort by month',
  week: 'Cohort by week',
};

/** Slices of what is held; by the others, accounts are sorted, and something is owed. */
export const HELD_SLICES: readonly SliceName[] = ['symbol', 'assetClass', 'currency'];

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

/** What a row is called. */
export function keyText(by: SliceName, key: string, programs: ReadonlyMap<string, string>): string {
  if (key === 'unknown') return 'Unknown';
  switch (by) {
    case 'program':
      return programs.get(key) ?? key;
    case 'region':
      // Whatever is no code of a country would be refused, and take the page with it.
      return /^[A-Z]{2}$/.test(key) ? `${key} · ${regionNames.of(key) ?? key}` : key;
    case 'currency':
      return key === NO_CURRENCY ? 'No currency leg' : key;
    case 'assetClass':
    case 'stage':
    case 'phase':
      return `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    case 'week':
      return `Week of ${key}`;
    case 'firm':
      return 'The firm';
    default:
      return key;
  }
}

export const MEASURE_TITLES: Readonly<Record<ExposureMeasure, string>> = {
  net: 'Net',
  gross: 'Gross',
  liability: 'Liability',
  largestAccount: 'Largest account',
};

/** An amount in whole units of the firm's currency: "26,100,319". */
export function whole(amount: number | null): string {
  return amount === null ? '' : groupedText(mulDivFloor(amount, 1, 10_000), 0);
}

export function signedWhole(amount: number): string {
  const text = whole(amount);
  return amount > 0 ? `+${text}` : text;
}

/** "62 %", of thousandths, to the whole percent below. */
export function perMilleText(share: number | null): string {
  return share === null ? '' : `${Math.floor(share / 10)} %`;
}

/** What so much concentration would be if all were equal: "like 12 equal ones". */
export function equalsText(herfindahl: number): string {
  if (herfindahl === 0) return 'spread over many';
  const count = Math.floor(1_000 / herfindahl);
  return count <= 1 ? 'one holds nearly all' : `like ${count} equal ones`;
}
