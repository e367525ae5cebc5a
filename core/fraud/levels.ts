import type { Fill, Trade } from './observation.ts';

/** Symbols, sides and accounts of one trader that are followed at a time. */
const LANES_MAX = 10;
/** Open positions of a lane that are looked at: the latest. */
export const LEVELS_MAX = 24;

/** One opening in one direction. */
export interface Level {
  readonly positionId: string;
  readonly price: number;
  readonly lots: number;
}

/** What is open in one direction of a symbol on an account, from the first opening to the latest. */
export interface Lane {
  readonly key: string;
  open: Level[];
}

/** Takes an opening in; gives what was open in its direction before. Lanes are plain data. */
export function openLevel(lanes: Lane[], fill: Fill): readonly Level[] {
  const key = keyOf(fill);
  let lane = lanes.find((known) => known.key === key);
  if (!lane) {
    lane = { key, open: [] };
    // A lane without positions is not missed; of busy ones the oldest goes.
    if (lanes.length === LANES_MAX) {
      const idle = lanes.findIndex(({ open }) => open.length === 0);
      lanes.splice(Math.max(0, idle), 1);
    }
    lanes.push(lane);
  }
  const before = lane.open;
  const { positionId, price, lots } = fill;
  lane.open = [...before, { positionId, price, lots }].slice(-LEVELS_MAX);
  return before;
}

/** Takes out what a round trip closed. */
export function closeLevels(lanes: readonly Lane[], trade: Trade): void {
  const key = keyOf(trade);
  const lane = lanes.find((known) => known.key === key);
  if (!lane) return;
  lane.open = lane.open.filter(({ positionId }) => positionId !== trade.positionId);
}

/** Whether a fill is at a worse price than all that is open: every one of them is losing. */
export function isAgainst(before: readonly Level[], { side, price }: Fill): boolean {
  if (before.length === 0) return false;
  return before.every((level) => (side === 'buy' ? price < level.price : price > level.price));
}

function keyOf(of: Pick<Fill, 'accountId' | 'symbol' | 'side'>): string {
  return `${of.accountId} ${of.symbol} ${of.side}`;
}
