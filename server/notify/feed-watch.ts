import { EVERY_SYMBOL, type FeedState } from '#core/alerts/alerts.events.ts';
import { quietUntil, type Zones } from '#core/alerts/quiet-hours.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Pulse } from '#core/sync/protocol.ts';
import type { MarketBreak } from './settings.ts';

/** A symbol without a print for so long, in market time, while others have prints. */
export const SILENT_MS = 3 * 60_000;
/** No print of any symbol for so long, by the server's clock. */
export const ALL_SILENT_MS = 2 * 60_000;
/** Between two observations of one symbol: a feed that comes and goes is told of no more often. */
export const OBSERVED_AGAIN_MS = 60_000;

type Feed = Pulse['feeds'][number];
type Observed = Omit<FeedState, 'at'>;

/** Tells when a feed falls silent, and when it delivers again. */
export interface FeedWatch {
  /** What the log says of feeds: the last word of each. */
  heard(fact: Fact): void;
  /** What has to be put into the log now, at the server's time. */
  look(pulse: Pick<Pulse, 'feeds' | 'marketAt' | 'marksPerSecond'>, now: number): Observed[];
}

/** Between Friday and Sunday evening in New York most markets are closed. */
const WEEKEND = {
  zone: 'America/New_York',
  breaksThrough: { severity: null, escalations: false },
} as const;
const WEEKEND_HOURS = [
  { ...WEEKEND, from: '16:45', until: '00:00', days: [5] },
  { ...WEEKEND, from: '00:00', until: '00:00', days: [6] },
  { ...WEEKEND, from: '00:00', until: '17:15', days: [7] },
];
/** A symbol that had a print later than so long before the end has no such weekend. */
const WEEKEND_PRINT_MS = 46.5 * 3_600_000;

export function createFeedWatch(zones: Zones, breaks: readonly MarketBreak[] = []): FeedWatch {
  const silent = new Map<string, { readonly at: number }>();
  const observedAt = new Map<string, number>();
  let heardMarketAt: number | null = null;
  let heardAt = 0;
  const isClosed = (symbol: string, lastAt: number, marketAt: number): boolean => {
    const ends = quietUntil(WEEKEND_HOURS, marketAt, zones);
    if (ends !== null && lastAt < ends - WEEKEND_PRINT_MS) return true;
    const hours = breaks
      .filter(({ symbols }) => symbols.length === 0 || symbols.includes(symbol))
      .map((one) => ({ ...one, breaksThrough: WEEKEND.breaksThrough }));
    return quietUntil(hours, marketAt, zones) !== null;
  };
  const may = (symbol: string, now: number): boolean =>
    now - (observedAt.get(symbol) ?? -Infinity) >= OBSERVED_AGAIN_MS;
  const observe = (feed: Observed, now: number): Observed => {
    observedAt.set(feed.symbol, now);
    return feed;
  };
  const lookAt = (feed: Feed, marketAt: number, now: number): Observed | null => {
    const { symbol, source, lastAt } = feed;
    if (lastAt === null || !may(symbol, now)) return null;
    const ageMs = Math.max(0, marketAt - lastAt);
    const known = silent.get(symbol);
    if (ageMs >= SILENT_MS) {
      if (known || isClosed(symbol, lastAt, marketAt)) return null;
      return observe({ symbol, source, state: 'silent', lastAt, silentMs: ageMs }, now);
    }
    if (!known) return null;
    const silentMs = Math.max(0, lastAt - known.at);
    return observe({ symbol, source, state: 'live', lastAt, silentMs }, now);
  };
  /** All of them at once: then market time itself stands still. */
  const lookAtAll = (marketAt: number, now: number): Observed | null => {
    if (!may(EVERY_SYMBOL, now)) return null;
    const known = silent.get(EVERY_SYMBOL);
    const silentMs = now - heardAt;
    const shared = { symbol: EVERY_SYMBOL, source: '', lastAt: marketAt };
    if (!known && silentMs >= ALL_SILENT_MS && !isClosed(EVERY_SYMBOL, marketAt, marketAt)) {
      return observe({ ...shared, state: 'silent', silentMs }, now);
    }
    if (!known || silentMs >= ALL_SILENT_MS) return null;
    return observe({ ...shared, state: 'live', silentMs: Math.max(0, marketAt - known.at) }, now);
  };
  return {
    heard: (fact) => {
      if (fact.kind !== 'feedStateObserved') return;
      const { symbol, state, lastAt } = fact.data;
      if (state === 'silent') silent.set(symbol, { at: lastAt });
      else silent.delete(symbol);
    },
    look: ({ feeds, marketAt }, now) => {
      if (marketAt === null) return [];
      if (marketAt !== heardMarketAt) {
        heardMarketAt = marketAt;
        heardAt = now;
      }
      const all = lookAtAll(marketAt, now);
      // While nothing at all comes, no symbol is silent by itself.
      if (all?.state === 'silent' || now - heardAt >= ALL_SILENT_MS) return all ? [all] : [];
      const one = feeds.flatMap((feed) => lookAt(feed, marketAt, now) ?? []);
      return all ? [all, ...one] : one;
    },
  };
}
