import type { KpiCard, KpiList, KpiRows, KpiWish } from '#core/kpi/answers.ts';

/** How the thread of numbers is started. */
export interface KpiWorkerOptions {
  /** The log, opened for reading only. */
  readonly log: string;
  /** The thread's own snapshot. */
  readonly snapshot: string;
}

/** `until` is null for now. */
type Wish = Pick<KpiWish, 'period'> & { readonly until: number | null };
export type KpiQuestion =
  | (Wish & { readonly type: 'list'; readonly kpiIds: readonly string[] | null })
  | (Wish & { readonly type: 'detail'; readonly kpiId: string })
  | (Wish & { readonly type: 'rows'; readonly kpiId: string; readonly limit: number });
export type KpiAnswer =
  | { readonly type: 'list'; readonly list: KpiList }
  | { readonly type: 'detail'; readonly asOf: number; readonly seq: number; readonly card: KpiCard }
  | { readonly type: 'rows'; readonly rows: KpiRows }
  | { readonly type: 'rejected'; readonly reason: string };

export type ToKpi =
  /** The log has grown. */
  | { readonly type: 'committed' }
  | { readonly type: 'ask'; readonly id: number; readonly question: KpiQuestion }
  | { readonly type: 'stop' };

export type FromKpi =
  | { readonly type: 'answer'; readonly id: number; readonly answer: KpiAnswer }
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'stopped' };
