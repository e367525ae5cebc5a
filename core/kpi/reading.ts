import { mulDivFloor, PPM_UNIT, type Ppm } from '#core/money/money.ts';
import type { Goals } from '#core/insight/reports.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Figure, Kpi, KpiWindow, Measurement } from './kpi.ts';
import type { KpiRun } from './run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Lengths that a person may look at, each with the pieces of its trend: days, and weeks of a quarter. */
export const PERIODS = [
  { id: 'hour', title: 'Last hour', ms: HOUR_MS, pieceMs: HOUR_MS / 12 },
  { id: 'day', title: 'Last 24 hours', ms: DAY_MS, pieceMs: HOUR_MS },
  { id: 'week', title: 'Last 7 days', ms: 7 * DAY_MS, pieceMs: DAY_MS },
  { id: 'month', title: 'Last 30 days', ms: 30 * DAY_MS, pieceMs: DAY_MS },
  { id: 'quarter', title: 'Last 13 weeks', ms: 91 * DAY_MS, pieceMs: 7 * DAY_MS },
] as const;
export type PeriodId = (typeof PERIODS)[number]['id'];
export type Period = (typeof PERIODS)[number];

export function periodOf(id: PeriodId): Period {
  return PERIODS.find((period) => period.id === id) ?? PERIODS[3];
}

export const JUDGEMENTS = ['better', 'worse', 'same', 'different', 'unknown'] as const;

/** A number with what it is compared with. */
export interface Reading {
  readonly kpiId: string;
  readonly window: KpiWindow;
  readonly measurement: Measurement;
  readonly baseline:
    | (Figure & {
        readonly window: KpiWindow;
        /** The log begins within it: it was measured over less than its length. */
        readonly isPartial: boolean;
      })
    | null;
  /** `value` minus the baseline's, in the same unit; null where either is missing. */
  readonly delta: number | null;
  readonly judgement: (typeof JUDGEMENTS)[number];
  /** Whether the two intervals have nothing in common: a difference that chance hardly makes. */
  readonly isClear: boolean;
  readonly target: { readonly value: number; readonly isMet: boolean | null } | null;
}

/** A KPI in a period that ends at an instant. What is compared was known at the end of its own period. */
export function readingOf(
  run: Pick<KpiRun, 'measure' | 'beganAt' | 'goalsAt'>,
  kpi: Kpi,
  window: KpiWindow,
): Reading {
  const goals = run.goalsAt(window.until);
  const measurement = run.measure(kpi.id, window);
  const baseline = baselineOf(run, kpi.id, window, goals);
  const { value } = measurement;
  const before = baseline?.value ?? null;
  const delta = value === null || before === null ? null : value - before;
  const target = goals.targets[kpi.id];
  return {
    kpiId: kpi.id,
    window,
    measurement,
    baseline,
    delta,
    judgement: judgementOf(kpi, delta),
    isClear: baseline !== null && areApart(measurement, baseline),
    target: target === undefined ? null : { value: target, isMet: isMet(kpi, value, target) },
  };
}

function baselineOf(
  { measure, beganAt }: Pick<KpiRun, 'measure' | 'beganAt'>,
  kpiId: string,
  window: KpiWindow,
  { baseline }: Goals,
): Reading['baseline'] {
  // A declared period that has not passed by then says nothing about this one.
  const declared = baseline && baseline.until <= window.from ? baseline : null;
  const before = declared ?? { from: window.from - lengthOf(window), until: window.from };
  if (beganAt === null || beganAt > before.until) return null;
  const { value, low, high, sample } = measure(kpiId, before);
  return { value, low, high, sample, window: before, isPartial: beganAt > before.from };
}

export function lengthOf({ from, until }: KpiWindow): number {
  return until - from;
}

function judgementOf({ better }: Kpi, delta: number | null): Reading['judgement'] {
  if (delta === null) return 'unknown';
  if (delta === 0) return 'same';
  if (better === 'neither') return 'different';
  return delta < 0 === (better === 'lower') ? 'better' : 'worse';
}

function isMet({ better }: Kpi, value: number | null, target: number): boolean | null {
  if (value === null || better === 'neither') return null;
  return better === 'lower' ? value <= target : value >= target;
}

function areApart(one: Figure, other: Figure): boolean {
  const isAbove = (high: Figure, low: Figure): boolean =>
    high.low !== null && low.high !== null && high.low > low.high;
  return isAbove(one, other) || isAbove(other, one);
}

/** How a delta compares with what was before, in parts per million of it; null from nothing. */
export function changeIn({ delta, baseline }: Pick<Reading, 'delta' | 'baseline'>): Ppm | null {
  const before = baseline?.value ?? null;
  if (delta === null || before === null || before <= 0) return null;
  return mulDivFloor(delta, PPM_UNIT, before);
}

export interface TrendPoint extends Figure {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** Pieces of a period, the oldest first; those before the log began are left out. */
export function trendOf(
  run: Pick<KpiRun, 'measure' | 'beganAt'>,
  kpiId: string,
  window: KpiWindow,
  pieceMs: number,
): TrendPoint[] {
  const points: TrendPoint[] = [];
  for (let { until } = window; until > window.from; until -= pieceMs) {
    const from = Math.max(window.from, until - pieceMs);
    if (run.beganAt === null || run.beganAt > until) break;
    const { value, low, high, sample } = run.measure(kpiId, { from, until });
    points.push({ from, until, value, low, high, sample });
  }
  return points.reverse();
}
