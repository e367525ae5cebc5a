import type { CaseDetail, CaseRow, Kpi } from '#core/desk-api/case-calls.ts';
import type { CaseOutcome, CaseState } from '#core/cases/outcomes.ts';
import type { Pattern } from '#core/fraud/detector.ts';
import type { Figure } from '#core/fraud/signal.ts';
import { decimalText, groupedText, percentText } from '#core/money/money.ts';
import { cents } from '#renderer/ui/format.ts';

export const PATTERN_TEXT: Readonly<Record<Pattern, string>> = {
  together: 'Traded as one',
  opposite: 'Opposite trades',
  identity: 'One person behind several',
  prices: 'Late or wrong prices',
  style: 'Bets, not a strategy',
  events: 'Around releases',
  handover: 'Somebody else trades',
  platform: 'Use of the platform',
};

export const STATE_TEXT: Readonly<Record<CaseState, string>> = {
  open: '○ Open',
  snoozed: '❚❚ Snoozed',
  decided: '● Decided',
  merged: '– Merged',
};

export const OUTCOME_TEXT: Readonly<Record<CaseOutcome, string>> = {
  dismiss: 'Dismiss',
  warn: 'Warn the trader',
  restrict: 'Restrict the account',
  payoutHold: 'Hold the payout',
  profitDeduction: 'Deduct profit',
  close: 'Close the account',
  releaseHold: 'Release the hold',
};

export const KPI_TEXT: Readonly<Record<Kpi['id'], string>> = {
  openCases: 'Open cases',
  overdueCases: 'Overdue',
  medianAge: 'Median age',
  decided: 'Decided',
  timeToDecide: 'Time to decide',
  falsePositives: 'False positives',
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time in its two largest units: "3 h 20 min", "2 d 4 h", "40 s". */
export function spanText(milliseconds: number): string {
  const span = Math.abs(milliseconds);
  if (span < 10_000) return `${decimalText(Math.round(span / 100), 1)} s`;
  if (span < MINUTE_MS) return `${Math.round(span / 1000)} s`;
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)} min`;
  if (span < DAY_MS) {
    return `${Math.floor(span / HOUR_MS)} h ${Math.floor((span % HOUR_MS) / MINUTE_MS)} min`;
  }
  return `${Math.floor(span / DAY_MS)} d ${Math.floor((span % DAY_MS) / HOUR_MS)} h`;
}

/** Minutes and seconds that count down: "14:05". */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Detectors count no further. */
const RAREST = 1_000_000_000;

/** How rarely honest traders show it: never a bare score. */
export function chanceText(oneIn: number | null): string {
  if (oneIn === null) return 'no comparable cases to tell chance from';
  const rarely = `1 in ${groupedText(oneIn, 0)} comparable cases`;
  return oneIn >= RAREST ? `by chance ${rarely}, or rarer` : `by chance about ${rarely}`;
}

export function shareText(perMille: number): string {
  return `${decimalText(perMille, 1).replace(/\.0$/, '')} %`;
}

const LOT_DECIMALS = 6;
/** Millionths of a lot, without needless zeros: "0.25 lots". */
export function lotsText(millionths: number): string {
  const text = groupedText(millionths, LOT_DECIMALS).replace(/\.?0+$/, '');
  return `${text} ${text === '1' ? 'lot' : 'lots'}`;
}

/** A measured number with its unit. */
export function figureText(unit: Figure['unit'], value: number): string {
  switch (unit) {
    case 'count':
      return groupedText(value, 0);
    case 'perMille':
      return shareText(value);
    case 'milliseconds':
      return value < 1000 ? `${value} ms` : spanText(value);
    case 'seconds':
      return spanText(value * 1000);
    case 'money':
      return cents(value);
    case 'ppm':
      return percentText(value);
    case 'lots':
      return lotsText(value);
  }
}

export function kpiText({ unit }: Kpi, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'milliseconds') return spanText(value);
  return unit === 'perMille' ? shareText(value) : groupedText(value, 0);
}

/** A KPI against what it was: signed, and whether that is for the better. */
export function deltaText(kpi: Kpi): { readonly text: string; readonly tone: Tone } {
  const { delta, better } = kpi;
  if (delta === null) return { text: 'no baseline', tone: 'quiet' };
  if (delta === 0) return { text: '= as before', tone: 'quiet' };
  const text = `${delta > 0 ? '▲ +' : '▼ −'}${kpiText(kpi, Math.abs(delta))}`;
  if (better === 'neither') return { text, tone: 'quiet' };
  return { text, tone: delta > 0 === (better === 'higher') ? 'gain' : 'loss' };
}
export type Tone = 'gain' | 'loss' | 'quiet';

/** How much of the time that its pattern allows has passed, per mille, 1,000 at the most. */
export function ageShare({ openedAt, dueAt }: CaseRow, now: number): number {
  if (dueAt <= openedAt) return 1000;
  const share = Math.floor(((now - openedAt) * 1000) / (dueAt - openedAt));
  return Math.max(0, Math.min(1000, share));
}

export function ageTone(row: CaseRow, now: number): 'calm' | 'watch' | 'serious' | 'critical' {
  const share = ageShare(row, now);
  if (share >= 1000) return 'critical';
  return share >= 750 ? 'serious' : share >= 500 ? 'watch' : 'calm';
}

/** As `dueText`, for a column: ▲ is over. Brief is the largest unit alone. */
export function shortDueText(row: CaseRow, now: number, brief: boolean): string {
  const text = dueText(row, now).replace(/ (left|over)$/, '');
  return brief ? text.replace('back in', '❚❚').replace(/^(.*?\d+ \w+) .*$/, '$1') : text;
}

/** What there is left of its time, or by how much it is over; for what has ended, how long it took. */
export function dueText(row: CaseRow, now: number): string {
  if (row.state === 'decided' || row.state === 'merged') return spanText(row.ageMs);
  if (row.state === 'snoozed' && row.snoozedUntil !== null) {
    return `back in ${spanText(Math.max(0, row.snoozedUntil - now))}`;
  }
  const left = row.dueAt - now;
  return left >= 0 ? `${spanText(left)} left` : `▲ ${spanText(left)} over`;
}

/** What is at stake, most pressing first: a payout that waits. */
export function stakeText({ stake }: CaseRow, withCurrency = true): string {
  if (stake.kind === 'nothing') return '–';
  const amount = withCurrency
    ? `${cents(stake.amount)} ${stake.currency}`.trim()
    : cents(stake.amount);
  return stake.kind === 'payout' ? `● ${amount}` : amount;
}
export const STAKE_TEXT: Readonly<Record<CaseRow['stake']['kind'], string>> = {
  payout: 'payout that waits',
  profit: 'profit not yet paid',
  fee: 'paid to begin',
  nothing: 'nothing at stake',
};

/** In whose hands it is, in a few words. */
export function handsText({ lock, assignee }: Pick<CaseRow, 'lock' | 'assignee'>): string {
  if (lock) return lock.mine ? '● you' : `■ ${lock.name}`;
  return assignee ? `→ ${assignee.name}` : '';
}

/** What a majority of near precedents came to, in words. */
export function majorityText(majority: NonNullable<CaseDetail['majority']>): string {
  const outcome = OUTCOME_TEXT[majority.outcome].toLowerCase();
  return `${shareText(majority.share)} of ${majority.of} similar cases came to: ${outcome}`;
}

/** A size of a file: "12 kB". */
export function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${groupedText(Math.ceil(bytes / 1000), 0)} kB`;
}
