import { decimalText, MONEY_DECIMALS, type Money } from '#core/money/money.ts';
import { utcText, type EpochMs } from '#core/time/time.ts';
import type { Language } from './catalogue/index.ts';

/** How a language writes numbers and dates (Unicode CLDR, numbers and calendars). */
interface Habits {
  readonly decimal: string;
  readonly group: string;
  /** Digits before the first group from which on groups are written at all. */
  readonly groupsFrom: number;
  /** Of year, month and day. */
  date(year: string, month: string, day: string): string;
}

const NARROW_SPACE = '\u202f';
const NO_BREAK_SPACE = '\u00a0';

const HABITS: Readonly<Record<Language, Habits>> = {
  en: {
    decimal: '.',
    group: ',',
    groupsFrom: 4,
    date: (year, month, day) => `${year}-${month}-${day}`,
  },
  de: {
    decimal: ',',
    group: '.',
    groupsFrom: 4,
    date: (year, month, day) => `${day}.${month}.${year}`,
  },
  es: {
    decimal: ',',
    group: '.',
    groupsFrom: 5,
    date: (year, month, day) => `${day}/${month}/${year}`,
  },
  fr: {
    decimal: ',',
    group: NARROW_SPACE,
    groupsFrom: 4,
    date: (year, month, day) => `${day}/${month}/${year}`,
  },
};

/** Money as a language writes it: two decimals, and more only where there is more. Exact. */
export function localMoney(amount: Money, currency: string, language: Language): string {
  const { decimal, group, groupsFrom } = HABITS[language];
  const [whole = '0', fraction = ''] = decimalText(Math.abs(amount), MONEY_DECIMALS).split('.');
  const grouped =
    whole.length < groupsFrom ? whole : whole.replace(/\B(?=(\d{3})+$)/g, () => group);
  const cents = fraction.replace(/0{1,2}$/, '');
  const sign = amount < 0 ? '-' : '';
  return `${sign}${grouped}${decimal}${cents}${NO_BREAK_SPACE}${currency}`;
}

export function localCount(value: number, language: Language): string {
  const { group, groupsFrom } = HABITS[language];
  const text = String(Math.abs(value));
  const grouped = text.length < groupsFrom ? text : text.replace(/\B(?=(\d{3})+$)/g, () => group);
  return `${value < 0 ? '-' : ''}${grouped}`;
}

/** A date and time of UTC, to the second. */
export function localTime(at: EpochMs, language: Language): string {
  const [date = '', time = ''] = utcText(at).split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${HABITS[language].date(year, month, day)}, ${time.slice(0, 8)}${NO_BREAK_SPACE}UTC`;
}

/** A date of UTC. */
export function localDate(at: EpochMs, language: Language): string {
  const [year = '', month = '', day = ''] = utcText(at).slice(0, 10).split('-');
  return HABITS[language].date(year, month, day);
}
