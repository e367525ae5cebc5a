import type { WorkRow, WorkFiguresView } from '#core/desk-api/work-calls.ts';
import { PRIORITIES, type Priority, type WorkKind } from '#core/work/policy.ts';

const MINUTE_MS = 60_000;

/** Never by colour alone: each has a sign of its own. */
export const PRIORITY_TEXT: Readonly<Record<Priority, string>> = {
  urgent: '▲ urgent',
  high: '△ high',
  normal: '○ normal',
  low: '· low',
};

export const KIND_TEXT: Readonly<Record<WorkKind, string>> = {
  breachReview: 'Breach reviews',
  fraudCase: 'Fraud cases',
  payoutException: 'Payout exceptions',
  dispute: 'Disputes',
  ticket: 'Tickets',
  provisioningFailure: 'Provisioning failures',
  dataQuality: 'Data quality',
};

export const TELL_TEXT = {
  owner: 'who has it',
  team: 'the team',
  lead: 'leads',
  manager: 'managers',
} as const;

/** "3 h 20 min", "2 d 4 h": two parts, and no more. */
export function spanText(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ''}`;
  const days = Math.floor(hours / 24);
  return `${days} d${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`;
}

type Promise = NonNullable<WorkRow['service']>['settle'];

/** Of the promise that is to be kept next: being taken in hand, then being settled. */
export function nextPromise({
  service,
}: WorkRow): { readonly what: string; readonly promise: Promise } | null {
  if (!service) return null;
  const { firstTouch, settle } = service;
  const waits = firstTouch.state === 'running' || firstTouch.state === 'overdue';
  return waits
    ? { what: 'to be taken', promise: firstTouch }
    : { what: 'to be settled', promise: settle };
}

/** In working time: what is left, or how long it has been over. */
export function leftText(row: WorkRow): string {
  if (row.queue === 'settled') {
    if (!row.service) return 'settled';
    return row.service.settle.state === 'kept' ? '● in time' : '▲ late';
  }
  const next = nextPromise(row);
  if (!next) return 'nothing promised';
  const { ranMs, owedMs } = next.promise;
  const left = owedMs - ranMs;
  if (row.queue === 'paused') return `Ⅱ ${spanText(left)} left`;
  return left < 0 ? `▲ ${spanText(left)} over` : `${spanText(left)}`;
}

export function toneOf(row: WorkRow): 'calm' | 'watch' | 'serious' | 'critical' {
  const next = nextPromise(row);
  if (!next || row.queue === 'settled' || row.queue === 'paused') return 'calm';
  const { ranMs, owedMs } = next.promise;
  if (ranMs > owedMs) return 'critical';
  if (ranMs * 10 >= owedMs * 8) return 'serious';
  return ranMs * 2 >= owedMs ? 'watch' : 'calm';
}

/** How much of the promised time has run, per cent: 100 when it is over. */
export function ranShare(row: WorkRow): number {
  const next = nextPromise(row);
  if (!next || next.promise.owedMs === 0) return 0;
  return Math.min(100, Math.floor((next.promise.ranMs * 100) / next.promise.owedMs));
}

export function handsText(row: WorkRow): string {
  if (row.queue === 'mine') return '● yours';
  if (row.owner) return `■ ${row.owner.name}`;
  return '– nobody';
}

export interface Figure {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly was: string;
  readonly delta: string;
  readonly tone: 'gain' | 'loss' | 'quiet-text';
}

/** Four figures of the last seven days, against the seven before. */
export function figuresText(now: WorkFiguresView, before: WorkFiguresView): readonly Figure[] {
  return [
    figure('attainment', 'Settled in time', now.attainment, before.attainment, {
      text: (value) => `${Math.floor(value / 10)} %`,
      better: 'more',
    }),
    figure('overdue', 'Overdue', now.overdue, before.overdue, { text: String, better: 'less' }),
    figure('age', 'Median age', now.medianAgeMs, before.medianAgeMs, {
      text: spanText,
      better: 'less',
    }),
    figure('settled', 'Settled', now.settled, before.settled, { text: String, better: 'more' }),
  ];
}

function figure(
  id: string,
  name: string,
  value: number | null,
  was: number | null,
  { text, better }: { readonly text: (value: number) => string; readonly better: 'more' | 'less' },
): Figure {
  const shown = value === null ? '–' : text(value);
  if (value === null || was === null || value === was) {
    const same = value !== null && value === was ? '=' : '';
    return {
      id,
      name,
      value: shown,
      was: was === null ? '' : text(was),
      delta: same,
      tone: 'quiet-text',
    };
  }
  const isMore = value > was;
  const isBetter = isMore === (better === 'more');
  return {
    id,
    name,
    value: shown,
    was: text(was),
    delta: `${isMore ? '▲' : '▼'} ${text(Math.abs(value - was))}`,
    tone: isBetter ? 'gain' : 'loss',
  };
}

/** Monday is 1. */
export const WEEKDAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** Minutes of a day as a clock shows them; the end of the day is 24:00. */
export function clockText(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** "Mon–Fri 09:00–18:00": stretches of equal hours together. */
export function hoursText(
  open: readonly { readonly weekday: number; readonly from: number; readonly until: number }[],
): string {
  const byHours = new Map<string, number[]>();
  for (const { weekday, from, until } of open) {
    const hours = `${clockText(from)}–${clockText(until)}`;
    byHours.set(hours, [...(byHours.get(hours) ?? []), weekday]);
  }
  return [...byHours].map(([hours, days]) => `${daysText(days)} ${hours}`).join(', ');
}

function daysText(days: readonly number[]): string {
  const sorted = [...days].sort((one, other) => one - other);
  const [first = 1, last = 1] = [sorted[0], sorted.at(-1)];
  const isRun = sorted.length > 2 && last - first === sorted.length - 1;
  if (isRun) return `${WEEKDAYS[first]}–${WEEKDAYS[last]}`;
  return sorted.map((day) => WEEKDAYS[day]).join(' ');
}

const WEEKDAY_OF: Readonly<Record<string, number>> = Object.fromEntries(
  WEEKDAYS.map((name, day) => [name.toLowerCase(), day]),
);

type Stretch = { weekday: number; from: number; until: number };

/** What `hoursText` writes, read back; a sentence where it cannot be. */
export function readHours(text: string): readonly Stretch[] | string {
  const open: Stretch[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const found = /^(.*?)\s*(\d{1,2}):(\d{2})\s*[–-]\s*(\d{1,2}):(\d{2})$/.exec(part);
    if (!found) return `"${part}": write it as "Mon–Fri 09:00–18:00"`;
    const [, days = '', fromHour, fromMinute, untilHour, untilMinute] = found;
    const weekdays = readDays(days);
    if (weekdays === null) return `"${days}": name days as Mon Tue Wed Thu Fri Sat Sun`;
    const from = Number(fromHour) * 60 + Number(fromMinute);
    const until = Number(untilHour) * 60 + Number(untilMinute);
    if (from >= until || until > 1_440) return `"${part}": it has to end after it begins, by 24:00`;
    open.push(...weekdays.map((weekday) => ({ weekday, from, until })));
  }
  return open;
}

function readDays(text: string): readonly number[] | null {
  const days: number[] = [];
  for (const part of text.trim().toLowerCase().split(/\s+/)) {
    const [first = '', last = first] = part.split(/[–-]/);
    const [from, until] = [WEEKDAY_OF[first], WEEKDAY_OF[last]];
    if (from === undefined || until === undefined || from < 1 || until < from) return null;
    for (let day = from; day <= until; day += 1) days.push(day);
  }
  return days;
}

export function isPriority(value: string): value is Priority {
  return (PRIORITIES as readonly string[]).includes(value);
}
