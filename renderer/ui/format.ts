import { groupedText, moneyText, mulDivFloor } from '#core/money/money.ts';

/** How numbers are written on this screen: what is exported does not ask. */
let marks: { readonly group: string; readonly decimal: string } | null = null;

/** As this machine's language writes them from now on, or with commas and points. */
export function setLocalNumbers(local: boolean): void {
  marks = local ? marksOf(navigator.language) : null;
}

/** The marks between thousands and before decimals in a language. */
export function marksOf(language: string): { readonly group: string; readonly decimal: string } {
  const parts = new Intl.NumberFormat(language).formatToParts(-1_234_567.5);
  const mark = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return { group: mark('group'), decimal: mark('decimal') || '.' };
}

/** A number that was written with commas and points, with other marks; its digits stay. */
export function withMarks(
  text: string,
  to: { readonly group: string; readonly decimal: string },
): string {
  return text.replaceAll(/[,.]/g, (mark) => (mark === ',' ? to.group : to.decimal));
}

/** For what leaves the screen: whatever language it is read in, a file has commas and points. */
export function plainly<Result>(write: () => Result): Result {
  const before = marks;
  marks = null;
  try {
    return write();
  } finally {
    marks = before;
  }
}

function shown(text: string): string {
  return marks === null ? text : withMarks(text, marks);
}

/** Money in cells: two decimals always, so that columns align; the full amount is in the evidence. */
export function cents(amount: number): string {
  if (!Number.isSafeInteger(amount)) return '';
  return shown(groupedText(mulDivFloor(amount, 1, 100), 2));
}

export function signedCents(amount: number): string {
  const text = cents(amount);
  return amount > 0 && text !== '' ? `+${text}` : text;
}

export function money(amount: number): string {
  return shown(moneyText(amount));
}

/** A share for a person: 0.4375 → "43 %"; shares are for looking, never for judging. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${Math.floor(share * 100)} %`;
}

export function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** One instant as others read it: here, and where a rule set has its day. */
export function zonesText(at: number, zone?: string): string {
  const there = (timeZone?: string): string =>
    new Intl.DateTimeFormat(undefined, {
      dateStyle: 'medium',
      timeStyle: 'medium',
      ...(timeZone === undefined ? {} : { timeZone }),
    }).format(at);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const ruled = zone === undefined ? '' : ` · ${there(zone)} in ${zone}, where its day turns`;
  return `${dateTimeText(at)} UTC${ruled} · ${there()} here (${own})`;
}

export function dateTimeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

export function priceText(points: number, digits: number): string {
  return shown(groupedText(points, digits));
}

/** With milliseconds: the instant of a verdict. */
export function instantText(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}

/** What a date and time field holds, read as UTC: "2026-05-02T12:30". */
export function instantOf(field: string): number {
  return Date.parse(`${field}Z`);
}
