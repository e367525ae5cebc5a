import type { Tick, TickSource } from '#core/sim/tick-source.ts';

/**
 * Two vendors' prices of the same days as one source: the first vendor prices every symbol, the
 * other's come along for the symbols that the first one has printed. Plays once, from the beginning.
 */
export function playTwoVendors(first: TickSource, other: TickSource): TickSource {
  const places = other.instruments.map(({ symbol }) =>
    first.instruments.findIndex((instrument) => instrument.symbol === symbol),
  );
  const printed = new Set<number>();
  const [one, two] = [emptyTick(), emptyTick()];
  let hasOne = first.next(one);
  const nextOfOther = (): boolean => {
    while (other.next(two)) {
      const place = places[two.symbol] ?? -1;
      if (place < 0) continue;
      two.symbol = place;
      return true;
    }
    return false;
  };
  let hasTwo = nextOfOther();
  return {
    instruments: first.instruments,
    hasReference: true,
    next: (into) => {
      while (hasTwo && hasOne && two.at < one.at) {
        const isKnown = printed.has(two.symbol);
        if (isKnown) Object.assign(into, two, { source: nameBeside(one.source, two.source) });
        hasTwo = nextOfOther();
        if (isKnown) return true;
      }
      if (!hasOne) return false;
      Object.assign(into, one);
      printed.add(one.symbol);
      hasOne = first.next(one);
      return true;
    },
    state: () => null,
  };
}

/** Recordings are named after their folders, and two vendors' folders may have one name. */
function nameBeside(first: string, other: string): string {
  return other === first ? `${other} of another vendor` : other;
}

/**
 * The same prices so much later: a platform that is slow to show them, where its vendor was not.
 * Plays as its source does.
 */
export function playBehind(source: TickSource, lagMs: number): TickSource {
  return {
    ...source,
    next: (into) => {
      if (!source.next(into)) return false;
      into.at += lagMs;
      return true;
    },
  };
}

/** Leaves out what was before an instant. Plays once, from there. */
export function playFrom(source: TickSource, from: number): TickSource {
  return {
    ...source,
    next: (into) => {
      while (source.next(into)) if (into.at >= from) return true;
      return false;
    },
  };
}

function emptyTick(): Tick {
  return { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
}
