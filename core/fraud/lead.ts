import type { EpochMs } from '#core/time/time.ts';
import { usualOf, type Usual } from './stakes.ts';
import type { Fill } from './observation.ts';
import { PER_MILLE } from './signal.ts';

/** Another source's price that is older than the platform's by more is no news. */
const REFERENCE_LATE_MS = 10_000;

/** By symbol: how far the other source usually lies from the platform, in half points. */
export type Offsets = Record<string, Usual>;

/**
 * How far another source was ahead of the platform in the direction of a fill that opens, beyond
 * its usual offset, in thousandths of the spread; null where there was no other source.
 */
export function leadOf(fill: Fill, offsets: Offsets, now: EpochMs): number | null {
  const { quote, reference, symbol, side } = fill;
  if (!quote || !reference || quote.at - reference.at > REFERENCE_LATE_MS) return null;
  const apart = reference.bid + reference.ask - quote.bid - quote.ask;
  const usual = usualOf(offsets, symbol, now, () => apart) ?? 0;
  const spread = Math.max(1, quote.ask - quote.bid);
  const ahead = side === 'buy' ? apart - usual : usual - apart;
  return Math.floor((ahead * PER_MILLE) / (2 * spread));
}
