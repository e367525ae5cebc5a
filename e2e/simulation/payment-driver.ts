import type { PaymentState } from '#core/governance/governance.ts';
import { HOUR_MS, MINUTE_MS } from './kernel.ts';

/** What is known of one payment when its next step is decided. */
export interface PaymentView {
  readonly state: PaymentState;
  readonly instructedAt: number;
  readonly at: number;
  /** When this process handed it over, or tried to; null when it has not, as after a restart. */
  readonly triedAt: number | null;
  /** Whether an answer to this process is still awaited. */
  readonly isWaiting: boolean;
  /** When the rail was last asked. */
  readonly askedAt: number | null;
  /** What the rail said when it was last asked whether it knows the key. */
  readonly lastWord: 'notKnown' | 'known' | null;
}

export type PaymentStep = 'submit' | 'query' | 'doubt' | 'wait' | 'leave';

export interface PaymentLimits {
  readonly askAgainMs: number;
  /** For so long after the instruction the rail surely knows its key: only then it is sent again. */
  readonly keySafeMs: number;
}
export const PAYMENT_LIMITS: PaymentLimits = { askAgainMs: HOUR_MS / 2, keySafeMs: 4 * HOUR_MS };

/**
 * What a payment worker does next with one payment. It is handed over once by the process that
 * instructed it. Whoever cannot know whether that happened asks first; and only a rail that says
 * that it knows nothing of the key is sent the same key again, while it would know a repetition.
 * After that it becomes a person's matter.
 */
export function nextPaymentStep(
  view: PaymentView,
  limits: PaymentLimits = PAYMENT_LIMITS,
): PaymentStep {
  const { state, at, askedAt, triedAt, isWaiting, lastWord, instructedAt } = view;
  if (state === 'none' || state === 'paid' || state === 'declined' || state === 'returned')
    return 'leave';
  if (isWaiting) return 'wait';
  const isFresh = state === 'instructed' && triedAt === null && askedAt === null;
  if (isFresh && at - instructedAt < MINUTE_MS) return 'submit';
  if (lastWord === 'notKnown' && at - instructedAt < limits.keySafeMs) return 'submit';
  if (lastWord === 'notKnown' && state !== 'unknown') return 'doubt';
  const lastTouch = Math.max(askedAt ?? -Infinity, triedAt ?? -Infinity);
  return at - lastTouch >= limits.askAgainMs ? 'query' : 'wait';
}
