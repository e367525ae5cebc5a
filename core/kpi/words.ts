import {
  decimalText,
  groupedText,
  MONEY_DECIMALS,
  mulDivFloor,
  percentText,
} from '#core/money/money.ts';
import type { Unit } from './kpi.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PPM_PER_HUNDREDTH_PERCENT = 100;

/** A figure for people; a dash where there is none. */
export function figureText(unit: Unit, value: number | null, currency = ''): string {
  if (value === null) return '–';
  switch (unit) {
    case 'ms':
      return durationText(value);
    case 'ppm':
      return percentText(toHundredth(value));
    case 'perThousand':
      return decimalText(mulDivFloor(value, 1, 10), 2);
    case 'money':
      return `${groupedText(mulDivFloor(value, 1, 100), MONEY_DECIMALS - 2)} ${currency}`.trim();
    case 'count':
      return groupedText(value, 0);
  }
}

/** As figureText, with a sign before what is above nothing. */
export function deltaText(unit: Unit, value: number | null, currency = ''): string {
  const text = figureText(unit, value, currency);
  return value !== null && value > 0 ? `+${text}` : text;
}

function toHundredth(ppm: number): number {
  return mulDivFloor(ppm, 1, PPM_PER_HUNDREDTH_PERCENT) * PPM_PER_HUNDREDTH_PERCENT;
}

/** The two largest parts: "3 d 4 h", "12 min 30 s". */
export function durationText(ms: number): string {
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms < SECOND_MS) return `${ms} ms`;
  if (ms < MINUTE_MS) return `${decimalText(mulDivFloor(ms, 1, 100), 1)} s`;
  const parts: readonly (readonly [number, string])[] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [SECOND_MS, 's'],
  ];
  const first = parts.findIndex(([size]) => ms >= size);
  let left = ms;
  const words: string[] = [];
  for (const [size, name] of parts.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(' ');
}
