import type { Example } from './example.ts';
import { units, Unreadable } from './stage.ts';

/** A number of `given` under any of these names. */
export function find(example: Example, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = example.given[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

export function amountOf(example: Example, ...names: readonly string[]): number | undefined {
  const value = find(example, ...names);
  return value === undefined ? undefined : units(value);
}

export const money = (amount: number): number => amount / 10_000;
export const moneyText = (amount: number): string => String(money(amount));
/** A share such as 0.05 or 5 (percent) as the text that programs use. */
export function percentText(share: number): string {
  const percent = share <= 1 ? share * 100 : share;
  return String(Math.round(percent * 10_000) / 10_000);
}

/** Touching breaches where the page says so in words or signs. */
export function operatorOf(example: Example): 'below' | 'atOrBelow' {
  const sign = `${String(example.given.operator ?? '')} ${String(example.given.op ?? '')}`;
  if (/<=|>=/.test(sign)) return 'atOrBelow';
  const words = `${example.as_published} ${sign}`;
  const touching =
    /reach|touch|\bhits?\b|or (falls? )?(below|lower|under|exceed)|at or below|to or below|equal/i;
  const said = /drops to|counts|treated as a breach|when balance <=|at \d[\d,]* the limit/i;
  return touching.test(words) || said.test(words) ? 'atOrBelow' : 'below';
}

/** A list of numbers of `given` under any of these names. */
export function listOf(
  example: Example,
  ...names: readonly string[]
): readonly number[] | undefined {
  for (const name of names) {
    const value = example.given[name];
    if (Array.isArray(value) && value.every((one) => typeof one === 'number')) return value;
  }
  return undefined;
}

/** A number that must be there; its absence is named. */
export function need(example: Example, ...names: readonly string[]): number {
  const value = find(example, ...names);
  if (value === undefined) throw new Unreadable(`given: no ${names.join(', ')}`);
  return value;
}

export function needAmount(example: Example, ...names: readonly string[]): number {
  return units(need(example, ...names));
}

/** A number said in the wording, by what stands around it: "within (\\d+) h". */
export function said(example: Example, pattern: RegExp): number | undefined {
  const found = pattern.exec(example.as_published)?.[1];
  return found === undefined ? undefined : Number(found.replaceAll(',', ''));
}
