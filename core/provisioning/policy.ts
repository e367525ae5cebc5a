import type { Money } from '#core/money/money.ts';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import type { Consequence, Reversal } from './provisioning.events.ts';

/** How far an order had come when its money went back. */
export type ReversalStage = 'beforeAccount' | 'untraded' | 'traded';

/**
 * What follows by itself when money goes back. It is process and no verdict: an account that
 * somebody uses is restricted and looked at by a person, never closed; one that nobody has used is
 * closed when its price was given back in full.
 */
export const REVERSAL_POLICY: Readonly<
  Record<Reversal, Readonly<Record<ReversalStage, Consequence>>>
> = {
  refund: { beforeAccount: 'stop', untraded: 'close', traded: 'restrict' },
  chargeback: { beforeAccount: 'stop', untraded: 'restrict', traded: 'restrict' },
  /** What was stopped goes on; what a chargeback restricted is free again. */
  won: { beforeAccount: 'none', untraded: 'lift', traded: 'lift' },
};

/** Part of the price given back is a courtesy, and changes nothing. */
export function consequenceOf(
  type: Reversal,
  stage: ReversalStage,
  { amount, price }: { readonly amount: Money; readonly price: Money },
): Consequence {
  if (type === 'refund' && amount < price) return 'none';
  return REVERSAL_POLICY[type][stage];
}

/** Who decided, where the policy above did: the name stands in the account's facts. */
export const POLICY_ACTOR = 'order-policy';

/** What a program is sold for lies between these shares of its size; a person confirms any other. */
export const PRICE_PPM: { readonly least: number; readonly most: number } = {
  least: 200,
  most: 150_000,
};

/** Whether a price is one that a program of this size may have been sold for. */
export function isPlausiblePrice(price: Money, nominalSize: Money): boolean {
  const share = (ppm: number): Money => mulDivFloor(nominalSize, ppm, PPM_UNIT);
  return price >= share(PRICE_PPM.least) && price <= share(PRICE_PPM.most);
}

/** Tried so often by itself; after that a person decides. */
export const ATTEMPTS_MAX = 6;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** Twice as long every time, from two seconds to ten minutes; null when it is not tried again. */
export function retryDelay(attempt: number): number | null {
  if (attempt >= ATTEMPTS_MAX) return null;
  let wait = FIRST_WAIT_MS;
  for (let doubled = 1; doubled < attempt; doubled += 1) wait *= 2;
  return Math.min(wait, LONGEST_WAIT_MS);
}

/** A platform that has not opened an account by then is asked again. */
export const OPENS_WITHIN_MS = 30_000;
