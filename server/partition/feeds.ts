import type { Pulse } from '#core/sync/protocol.ts';
import type { Ingest } from '../ingest/ingest.ts';

/** A feed without a print for so long, in market time, is stale; after the second it is closed. */
export const STALE_MS = 60_000;
export const CLOSED_MS = 30 * 60_000;

/** How every symbol's feed is: its latest quote, its age, and what was doubtful. */
export function feedsOf({ book, quality, marketAt }: Ingest): Pulse['feeds'] {
  const instruments = new Map(
    book.accounts > 0
      ? book.state(0, 0).market.map(({ instrument }) => [instrument.symbol, instrument])
      : [],
  );
  return [...quality()].map(([symbol, feed]) => {
    const ageMs = marketAt === null ? null : Math.max(0, marketAt - feed.at);
    return {
      symbol,
      source: feed.source,
      bid: feed.bid,
      ask: feed.ask,
      digits: instruments.get(symbol)?.digits ?? 0,
      lastAt: feed.at,
      ageMs,
      state: stateOf(ageMs),
      marks: feed.marks,
      crossed: feed.crossed,
      backward: feed.backward,
      offMarket: feed.offMarket,
      gaps: feed.gaps,
    };
  });
}

function stateOf(ageMs: number | null): Pulse['feeds'][number]['state'] {
  if (ageMs === null) return 'silent';
  if (ageMs > CLOSED_MS) return 'closed';
  return ageMs > STALE_MS ? 'stale' : 'live';
}
