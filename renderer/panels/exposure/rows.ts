import { grossOf, type ExposureRow, type SliceName } from '#core/exposure/slices.ts';
import { rowOfWire, type ExposureView, type LimitUsage } from '#core/exposure/view.ts';
import type { ExposureLimit } from '#core/exposure/limits.ts';

/** A row of the grid: what is held, beside the fullest of the limits on it. */
export interface SliceRow extends ExposureRow {
  readonly usage: RowUsage | null;
  /** The larger side of the largest row: what bars are drawn against. */
  readonly scale: number;
}

export interface RowUsage {
  readonly limit: ExposureLimit;
  readonly usage: LimitUsage;
  /** In thousandths of the limit. */
  readonly share: number;
}

/** The rows of one slice, the largest gross first. */
export function rowsOf(view: ExposureView, by: SliceName): SliceRow[] {
  const usages = fullest(usagesOf(view).filter(({ limit }) => limit.by === by));
  const rows = view.slices[by].map(rowOfWire);
  const scale = Math.max(1, ...rows.map(({ long, short }) => Math.max(long, short)));
  return rows.map((row) => ({ ...row, usage: usages.get(row.key) ?? null, scale }));
}

/** Every part of the book that a limit is on, the fullest first. */
export function usagesOf({ limits }: Pick<ExposureView, 'limits'>): RowUsage[] {
  const byId = new Map(limits.inForce.limits.map((limit) => [limit.limitId, limit]));
  return limits.usages.flatMap((usage) => {
    const limit = byId.get(usage.limitId);
    return limit ? [{ limit, usage, share: Math.floor((usage.value / usage.limit) * 1_000) }] : [];
  });
}

/** Of several limits on one row, what is crossed comes before what is only full. */
function fullest(usages: readonly RowUsage[]): Map<string, RowUsage> {
  const found = new Map<string, RowUsage>();
  for (const one of usages) {
    const before = found.get(one.usage.key);
    if (!before || weightOf(one) > weightOf(before)) found.set(one.usage.key, one);
  }
  return found;
}

function weightOf({ usage, share }: RowUsage): number {
  const levels = { breach: 2_000_000, warning: 1_000_000 } as const;
  return (usage.level === null ? 0 : levels[usage.level]) + Math.min(share, 999_999);
}

/** What a bar and its words are coloured by: never by the colour alone. */
export function toneOf({ usage, share }: RowUsage): 'calm' | 'watch' | 'critical' {
  if (usage.level === 'breach') return 'critical';
  return usage.level === 'warning' || share >= 1_000 ? 'watch' : 'calm';
}

export const TONE_GLYPH = { calm: '', watch: '▲', critical: '✖' } as const;

/** Two equal halves of nothing are nothing. */
export function isFlat(row: ExposureRow): boolean {
  return grossOf(row) === 0;
}
