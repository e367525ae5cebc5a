import { describe, expect, it } from 'vitest';
import { EVERY_SYMBOL } from '#core/alerts/alerts.events.ts';
import type { Fact } from '#core/facts/registry.ts';
import { zones } from '../time/zones.ts';
import {
  ALL_SILENT_MS,
  createFeedWatch,
  OBSERVED_AGAIN_MS,
  SILENT_MS,
  type FeedWatch,
} from './feed-watch.ts';
import type { MarketBreak } from './settings.ts';

const WEDNESDAY = Date.UTC(2026, 3, 29, 12);
const MINUTE_MS = 60_000;

/** Feeds that a test moves by hand, and what the watch says of them, as the log would keep it. */
function watched(breaks: readonly MarketBreak[] = []): {
  readonly watch: FeedWatch;
  look(marketAt: number, lastAt: Readonly<Record<string, number>>, now?: number): string[];
} {
  const watch = createFeedWatch(zones, breaks);
  return {
    watch,
    look: (marketAt, lastAt, now = marketAt) => {
      const feeds = Object.entries(lastAt).map(([symbol, at]) => ({
        symbol,
        source: 's',
        lastAt: at,
      }));
      const seen = watch.look({ feeds: feeds as never, marketAt, marksPerSecond: 1 }, now);
      for (const data of seen) watch.heard({ kind: 'feedStateObserved', data } as unknown as Fact);
      return seen.map(({ symbol, state, silentMs }) => `${symbol} ${state} ${silentMs / 1_000}`);
    },
  };
}

describe('a feed', () => {
  it('is silent when it had no print for so long while others had, and is told once', () => {
    const { look } = watched();
    const silent = WEDNESDAY - SILENT_MS;
    expect(look(WEDNESDAY - 1, { A: WEDNESDAY - 1, B: silent })).toEqual([]);
    expect(look(WEDNESDAY, { A: WEDNESDAY, B: silent })).toEqual([`B silent ${SILENT_MS / 1_000}`]);
    expect(look(WEDNESDAY + 5 * MINUTE_MS, { A: WEDNESDAY + 5 * MINUTE_MS, B: silent })).toEqual(
      [],
    );
  });

  it('delivers again, and says for how long it had not', () => {
    const { look } = watched();
    const silent = WEDNESDAY - SILENT_MS;
    look(WEDNESDAY, { A: WEDNESDAY, B: silent });
    const back = WEDNESDAY + 2 * MINUTE_MS;
    expect(look(back, { A: back, B: back })).toEqual([
      `B live ${(SILENT_MS + 2 * MINUTE_MS) / 1_000}`,
    ]);
  });

  it('that comes and goes is told of no more often than so', () => {
    const { look } = watched();
    const silent = WEDNESDAY - SILENT_MS;
    look(WEDNESDAY, { A: WEDNESDAY, B: silent });
    const soon = WEDNESDAY + OBSERVED_AGAIN_MS - 1;
    expect(look(soon, { A: soon, B: soon })).toEqual([]);
    expect(look(soon + 1, { A: soon + 1, B: soon })).toHaveLength(1);
  });

  it('is not silent over the weekend, and is once markets are open again', () => {
    const { look } = watched();
    const friday = Date.UTC(2026, 4, 1, 20, 59);
    const saturday = friday + 12 * 3_600_000;
    expect(look(saturday, { BTC: saturday, EURUSD: friday })).toEqual([]);
    // Sunday, 17:16 in New York.
    const sunday = Date.UTC(2026, 4, 3, 21, 16);
    expect(look(sunday, { BTC: sunday, EURUSD: friday })).toHaveLength(1);
  });

  it('that trades over the weekend is silent on a Saturday, too', () => {
    const { look } = watched();
    const saturday = Date.UTC(2026, 4, 2, 12);
    const silent = saturday - SILENT_MS;
    expect(look(saturday, { BTC: silent, ETH: saturday })).toHaveLength(1);
  });

  it('is not silent in its own break', () => {
    const { look } = watched([
      {
        symbols: ['ES'],
        zone: 'America/Chicago',
        from: '16:00',
        until: '17:00',
        days: [1, 2, 3, 4, 5],
      },
    ]);
    // Wednesday, 16:30 in Chicago.
    const at = Date.UTC(2026, 3, 29, 21, 30);
    expect(look(at, { EURUSD: at, ES: at - 30 * MINUTE_MS })).toEqual([]);
    const later = at + 31 * MINUTE_MS;
    expect(look(later, { EURUSD: later, ES: at - 30 * MINUTE_MS })).toHaveLength(1);
  });

  it('is one word for all of them when no price of any comes, by the server’s own clock', () => {
    const { look } = watched();
    const feeds = { A: WEDNESDAY, B: WEDNESDAY };
    expect(look(WEDNESDAY, feeds, 1_000_000)).toEqual([]);
    expect(look(WEDNESDAY, feeds, 1_000_000 + ALL_SILENT_MS)).toEqual([
      `${EVERY_SYMBOL} silent ${ALL_SILENT_MS / 1_000}`,
    ]);
    expect(look(WEDNESDAY, feeds, 1_000_000 + 2 * ALL_SILENT_MS)).toEqual([]);
    const back = WEDNESDAY + 10 * MINUTE_MS;
    expect(look(back, { A: back, B: back }, 1_000_000 + 3 * ALL_SILENT_MS)).toEqual([
      `${EVERY_SYMBOL} live 600`,
    ]);
  });
});
