import { groupedText, moneyText, mulDivFloor } from '#core/money/money.ts';

/** Money in cells: two decimals always, so that columns align; the full amount is in the evidence. */
export function cents(amount: number): string {
  if (!Number.isSafeInteger(amount)) return '';
  return groupedText(mulDivFloor(amount, 1, 100), 2);
}

export function signedCents(amount: number): string {
  const text = cents(amount);
  return amount > 0 && text !== '' ? `+${text}` : text;
}

export function money(amount: number): string {
  return moneyText(amount);
}

/** A share for a person: 0.4375 → "43 %"; shares are for looking, never for judging. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${Math.floor(share * 100)} %`;
}

export function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

export function dateTimeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

export function priceText(points: number, digits: number): string {
  return groupedText(points, digits);
}

/** With milliseconds: the instant of a verdict. */
export function instantText(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}

/** What a date and time field holds, read as UTC: "2026-05-02T12:30". */
export function instantOf(field: string): number {
  return Date.parse(`${field}Z`);
}
