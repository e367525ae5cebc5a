import type { ToxicityQuestion, ToxicityResult } from '#core/fraud/toxicity.ts';
import type { Standing } from '#core/surveillance/detecting.ts';
import type { Raising } from './follower.ts';

/** How the surveillance worker is started. */
export interface SurveillanceWorkerOptions {
  /** The log, opened for reading only. */
  readonly log: string;
  /** The worker's own snapshot. */
  readonly snapshot: string;
}

export type ToSurveillance =
  /** The log has grown. */
  | { readonly type: 'committed' }
  /** A command that brought signals into the log was decided. */
  | { readonly type: 'raised'; readonly commandId: string }
  | { readonly type: 'toxicity'; readonly id: number; readonly question: ToxicityQuestion }
  | { readonly type: 'stop' };

export type FromSurveillance =
  | { readonly type: 'raise'; readonly raising: Raising }
  | { readonly type: 'toxicity'; readonly id: number; readonly rows: ToxicityResult }
  | { readonly type: 'standing'; readonly standing: SurveillanceStanding }
  /** Something went wrong that surveillance goes on without. */
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'stopped' };

/** How surveillance stands, told once in a while. */
export interface SurveillanceStanding {
  /** The last fact that it has seen. */
  readonly seq: number;
  /** Market time that it has reached; null before the first price. */
  readonly marketAt: number | null;
  readonly factsBehind: number;
  readonly marksBehind: number;
  readonly policyVersion: number;
  /** Of a thousand milliseconds it worked so many. */
  readonly busyPerMille: number;
  /** Entries held, of all detectors and of what they share. */
  readonly held: number;
  readonly detectors: readonly Standing[];
}
