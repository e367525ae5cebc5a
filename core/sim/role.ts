import type { NewsRelease } from '#core/market/calendar.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { SessionBreak } from './tick-source.ts';
import type { Style } from './styles.ts';
import type { Holding, Trader } from './trader.ts';

/*
 * To add a behaviour: one file in `behaviours/` that exports a role, and one line in
 * `behaviours/index.ts`. `behaviours.test.ts` states a law for each, measured from records alone.
 */

/** What a perfect officer would call it; the names are those of the detectors. */
export const ABUSE_PATTERNS = [
  'copyTrading',
  'oppositeHedging',
  'accountRolling',
  'sharedIdentity',
  'latencyArbitrage',
  'tickScalping',
  'newsStraddling',
  'martingale',
  'gridTrading',
  'gambling',
  'gapExploitation',
  'styleChange',
  'apiSpam',
  'offMarketFills',
  'payoutSplitting',
  'repeatOffender',
] as const;
export type AbusePattern = (typeof ABUSE_PATTERNS)[number];

/** Something that two accounts can have in common beside their trades. */
export type Thing =
  'device' | 'network' | 'document' | 'address' | 'purchase' | 'affiliate' | 'payee';

/** One way of behaving in a role. */
export interface Variant {
  readonly name: string;
  /** Hard to tell from honest trading, also for an attentive person. */
  readonly hard?: boolean;
  /**
   * Of a hundred looks so many are for ordinary trading, where a role asks; about half of all
   * trades are ordinary then, as an ordinary one takes more looks than one.
   */
  readonly ordinaryPercent?: number;
  /** Things that all members of a group have in common. */
  readonly shares?: readonly Thing[];
  /** All seats trade for one person, under one trader's name. */
  readonly onePerson?: boolean;
  /** One hand trades for all seats, whoever they belong to. */
  readonly oneHand?: boolean;
  /** Another hand trades until the last phase: one for the whole group, or one for each seat. */
  readonly evaluatedBy?: 'service' | 'seller';
  /** The hand leaves no device or network behind by which it could be recognised. */
  readonly disguised?: boolean;
  /** What accounts of the group are bought: anything when left out. */
  readonly programs?: 'same' | 'different' | 'evaluated';
}

/** How accounts of a group, or a single one, come to behave as they do. */
export interface Role<Way extends Variant = Variant> {
  readonly id: string;
  /** What the label says. */
  readonly label: string;
  readonly patterns: readonly AbusePattern[];
  /** Accounts with this role among a thousand honest, or a thousand abusive, ones. */
  readonly share: number;
  /** Fewest and most accounts in a group; one of one is nobody's mate. */
  readonly seats: readonly [least: number, most: number];
  readonly ways: readonly Way[];
  /** How its ordinary trades look. */
  readonly style: (way: Way, at: { readonly seat: number; readonly lastPhase: boolean }) => Style;
  /**
   * Minutes after which the same person buys again when an account has failed. When left out,
   * some do after hours or days, and others take their place.
   */
  readonly buysAgainAfter?: (way: Way) => readonly [least: number, most: number];
  /** Buys again under another name. */
  readonly underAnotherName?: boolean;
  /** Gives an account up itself at a loss of so many basis points of its size. */
  readonly givesUpAt?: number;
  /** Needs a second vendor's prices; without them its accounts trade honestly. */
  readonly needsReference?: boolean;
  /** An account opens, or trades again: what has to be planned ahead. */
  begin?(trader: Trader, way: Way, floor: Floor): void;
  /** It looks at the market. Ordinary trading when left out. */
  look?(trader: Trader, way: Way, floor: Floor): void;
  /** A moment that it planned has come. */
  wake?(trader: Trader, way: Way, note: number, floor: Floor): void;
  /** Another account of its group opened or closed something of its own accord. */
  hears?(trader: Trader, way: Way, heard: Heard, floor: Floor): void;
  /** The other vendor's price of a symbol has moved away from the platform's by so many points. */
  sees?(trader: Trader, way: Way, seen: Seen, floor: Floor): void;
  /** What an account asks of the platform beside its fills, in requests per minute; modest when left out. */
  requests?(trader: Trader, way: Way, floor: Floor): Requests;
}

export interface Heard {
  readonly from: Trader;
  readonly holding: Holding;
  readonly entry: 'in' | 'out';
}

export interface Seen {
  readonly symbol: number;
  /** Above zero when the other vendor's price is higher. */
  readonly leadPoints: number;
}

export interface Requests {
  readonly perMinute: number;
  readonly modificationsPerMinute: number;
}

export interface Order {
  readonly symbol: number;
  readonly side: 'buy' | 'sell';
  /** Loss in an hour's usual move, in basis points of the balance. */
  readonly riskBasisPoints?: number;
  /** Or whole smallest volumes. */
  readonly volume?: number;
  /** Left out: as its hand usually does. */
  readonly protected?: boolean;
  /**
   * How much better than the platform's quote at that moment it is filled, in percent of the
   * spread: at 100 a purchase is made at the bid, and beyond it at a price that nobody quoted.
   */
  readonly betterPercent?: number;
  /** What the position belongs to; 0 and left out for an ordinary one. */
  readonly tag?: number;
  /** Closed after so long. */
  readonly holdMs?: number;
  /** The same for the way out, when it is closed so. */
  readonly betterOutPercent?: number;
  /** Part of what the role is named after. */
  readonly deed?: boolean;
  /** Not passed on to the group. */
  readonly quiet?: boolean;
}

export interface Price {
  readonly bid: number;
  readonly ask: number;
  /** The bid before it. */
  readonly before: number;
  readonly at: number;
}

/** What traders may see and do. Nothing here knows a price before it was quoted. */
export interface Floor {
  readonly now: number;
  /** How lively the world is: 100 is as in life. */
  readonly activityPercent: number;
  readonly instruments: readonly Instrument[];
  /** A number below `limit`, fixed by the trader, its turn and `salt`. */
  dice(trader: Trader, salt: number, limit: number): number;
  /** The platform's price; null while the symbol is not traded. */
  price(symbol: number): Price | null;
  /** How far the symbol usually goes in an hour, in points. */
  hourMove(symbol: number): number;
  /** Whole smallest volumes that lose so much in an hour's usual move, as its hand rounds them. */
  sizeFor(trader: Trader, symbol: number, riskBasisPoints: number): number;
  open(trader: Trader, order: Order): Holding | null;
  close(trader: Trader, holding: Holding, betterPercent?: number): void;
  /** Not at the desk at this hour. */
  absent(trader: Trader): boolean;
  /** What closing it now would give. */
  floating(holding: Holding): number;
  /** Plans an order, an exit or a waking for later; forgotten when the account stops trading. */
  openLater(trader: Trader, at: number, order: Order): void;
  closeLater(trader: Trader, at: number, holding: Holding, betterPercent?: number): void;
  wakeLater(trader: Trader, at: number, note: number): void;
  /** Wakes it once the price to buy at has fallen, or the one to sell at risen, to `price`. */
  wakeAt(
    trader: Trader,
    when: 'below' | 'above',
    symbol: number,
    price: number,
    note: number,
  ): void;
  /** The trading accounts of its group, one for each seat that has one, itself included. */
  mates(trader: Trader): readonly Trader[];
  nextRelease(): NewsRelease;
  nextBreak(symbol: number): SessionBreak | null;
}

/** Whether it acts this time: of a hundred times `percent` in a lively world, fewer in a quiet one. */
export function takesPart(trader: Trader, salt: number, percent: number, floor: Floor): boolean {
  const share = Math.min(percent, (percent * floor.activityPercent) / 100);
  return floor.dice(trader, salt, 10_000) < share * 100;
}

/** Types of roles differ in their ways; the world knows each only as a role. */
export function defineRole<Way extends Variant>(role: Role<Way>): Role {
  return role as unknown as Role;
}
