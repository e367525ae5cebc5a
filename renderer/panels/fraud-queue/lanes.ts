/** A trade as a bar in the lane of its account. */
export interface LaneTrade {
  readonly key: string;
  readonly openedAt: number;
  /** Null while it is open: it reaches to the end of what is shown. */
  readonly closedAt: number | null;
  /** Trades of one number were matched with each other; 0 for none. */
  readonly match: number;
}

export interface Lane<One extends LaneTrade> {
  readonly accountId: string;
  readonly trades: readonly One[];
}

/** Stretches of nothing longer than this are folded away. */
const FOLD_MS = 15 * 60_000;
/** Pixels of a fold, and the least of a stretch that is shown. */
const FOLD_PX = 12;
const STRETCH_PX_MIN = 26;
const BAR_PX_MIN = 3;
/** Bars of one lane above each other; further ones lie on the last. */
const ROWS_MAX = 4;

/** A part of time that is drawn, and where. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly width: number;
}

/**
 * Time folded: stretches in which something happened, side by side, with the idle time between them
 * taken out. Seconds stay visible although the trades lie days apart.
 */
export function foldTime(
  spans: readonly { readonly from: number; readonly to: number }[],
  width: number,
): Stretch[] {
  const busy: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = busy.at(-1);
    if (last && from - last.to <= FOLD_MS) last.to = Math.max(last.to, to);
    else busy.push({ from, to });
  }
  if (busy.length === 0) return [];
  const room = Math.max(0, width - FOLD_PX * (busy.length - 1));
  const least = Math.min(STRETCH_PX_MIN, Math.floor(room / busy.length));
  const spread = room - least * busy.length;
  // By the root of their length: one trade that was held for a day leaves the seconds their room.
  const weigh = ({ from, to }: { from: number; to: number }): number => Math.sqrt(to - from);
  const total = busy.reduce((sum, stretch) => sum + weigh(stretch), 0);
  let left = 0;
  return busy.map(({ from, to }) => {
    const share = total === 0 ? 1 / busy.length : weigh({ from, to }) / total;
    const stretch = { from, to, left: Math.round(left), width: Math.floor(least + spread * share) };
    left += least + spread * share + FOLD_PX;
    return stretch;
  });
}

/** Where an instant is drawn; one in a fold stands at the edge of the stretch before it. */
export function placeOf(stretches: readonly Stretch[], at: number): number {
  let place = stretches[0]?.left ?? 0;
  for (const { from, to, left, width } of stretches) {
    if (at < from) return place;
    const share = to === from ? 0 : Math.min(1, (at - from) / (to - from));
    place = left + Math.round(width * share);
  }
  return place;
}

export interface Bar<One extends LaneTrade> {
  readonly trade: One;
  readonly lane: number;
  /** Within its lane, from 0. */
  readonly row: number;
  readonly left: number;
  readonly width: number;
}

/** A line between two bars of different lanes that belong together. */
export interface Tie {
  readonly match: number;
  readonly from: number;
  readonly to: number;
}

export interface Drawing<One extends LaneTrade> {
  readonly stretches: readonly Stretch[];
  readonly bars: readonly Bar<One>[];
  /** Between bars, by their places in `bars`. */
  readonly ties: readonly Tie[];
  /** Rows of bars that each lane needs. */
  readonly rows: readonly number[];
}

/** Bars of all lanes on one scale: what happened at the same instant stands at the same place. */
export function drawLanes<One extends LaneTrade>(
  lanes: readonly Lane<One>[],
  width: number,
): Drawing<One> {
  const all = lanes.flatMap(({ trades }) => trades);
  const end = Math.max(0, ...all.map(({ openedAt, closedAt }) => closedAt ?? openedAt));
  const spans = all.map(({ openedAt, closedAt }) => ({
    from: openedAt,
    to: Math.max(openedAt, closedAt ?? end),
  }));
  const stretches = foldTime(spans, width);
  const bars = lanes.flatMap(({ trades }, lane) => barsOf(trades, lane, stretches, end));
  const rows = lanes.map((_lane, at) =>
    Math.max(1, ...bars.filter(({ lane }) => lane === at).map(({ row }) => row + 1)),
  );
  return { stretches, bars, ties: tiesOf(bars), rows };
}

function barsOf<One extends LaneTrade>(
  trades: readonly One[],
  lane: number,
  stretches: readonly Stretch[],
  end: number,
): Bar<One>[] {
  const freeFrom: number[] = [];
  return [...trades]
    .sort((one, other) => one.openedAt - other.openedAt)
    .map((trade) => {
      const left = placeOf(stretches, trade.openedAt);
      const right = placeOf(stretches, Math.max(trade.openedAt, trade.closedAt ?? end));
      const width = Math.max(BAR_PX_MIN, right - left);
      const free = freeFrom.findIndex((from) => from <= left);
      const row = free >= 0 ? free : Math.min(freeFrom.length, ROWS_MAX - 1);
      freeFrom[row] = Math.max(freeFrom[row] ?? 0, left + width + 1);
      return { trade, lane, row, left, width };
    });
}

/** Each match as a chain through its lanes, top to bottom. */
function tiesOf(bars: readonly Bar<LaneTrade>[]): Tie[] {
  const byMatch = new Map<number, number[]>();
  for (const [at, { trade }] of bars.entries()) {
    if (trade.match > 0) byMatch.set(trade.match, [...(byMatch.get(trade.match) ?? []), at]);
  }
  return [...byMatch].flatMap(([match, places]) => {
    const ordered = places.sort((one, other) => (bars[one]?.lane ?? 0) - (bars[other]?.lane ?? 0));
    return ordered
      .slice(1)
      .map((to, at) => ({ match, from: ordered[at] ?? to, to }))
      .filter(({ from, to }) => bars[from]?.lane !== bars[to]?.lane);
  });
}
