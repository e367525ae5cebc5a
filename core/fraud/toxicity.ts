import { z } from 'zod';
import { present } from '#core/kernel/assert.ts';
import { mulDivFloor } from '#core/money/money.ts';
import { MARK_OUT_HORIZONS_MS, type Directory, type MarkOut } from './observation.ts';
import { PER_MILLE, perMilleSchema } from './signal.ts';

/*
 * Whose fills the market follows. One lucky fill says nothing; a mean many standard errors above
 * zero does, and within seconds only prices that others saw first give that.
 */

export const TOXICITY_ROWS_MAX = 2_000;
/** Groups that are kept of each kind; the least recently active are forgotten. */
export const TOXICITY_GROUPS_MAX = { trader: 20_000, program: 500, symbol: 500 } as const;
/** With more fills than this a group is halved: what is recent counts more, and sums stay exact. */
const FILLS_HALVED_AT = 1_000_000;
/** A mark-out beyond this is a fault of prices rather than skill, in ppm. */
const PPM_MAX = 50_000;
/** Errors are computed in thousandths of a ppm: of many fills they are below one. */
const FINE = 1_000;
/** Fewer fills have no error worth the name. */
const FILLS_MIN = 20;

export const TOXICITY_GROUPINGS = ['trader', 'program', 'symbol'] as const;
export type ToxicityGrouping = (typeof TOXICITY_GROUPINGS)[number];

/** Mark-outs of one group after one horizon. Above zero is what the fills gained. */
export const toxicityRowSchema = z.strictObject({
  by: z.enum(TOXICITY_GROUPINGS),
  id: z.string().min(1).max(80),
  horizonMs: z.int().min(1),
  fills: z.int().min(1),
  meanPpm: z.int(),
  /** Of a thousand fills so many stood in gain, the spread paid. */
  rightPerMille: perMilleSchema,
  /** The standard error of the mean, rounded up. */
  errorPpm: z.int().min(0),
  /** The mean in thousandths of its standard error: beyond 4,000 chance does not explain it. */
  edgeOverErrors: z.int(),
});
export type ToxicityRow = z.infer<typeof toxicityRowSchema>;

/** The worst first: a row's place is its rank among all groups with enough fills. */
export const toxicityResultSchema = z.array(toxicityRowSchema).max(TOXICITY_ROWS_MAX);
export type ToxicityResult = z.infer<typeof toxicityResultSchema>;

export interface ToxicityQuestion {
  readonly by: ToxicityGrouping;
  readonly horizonMs: number;
  /** Groups with fewer fills are left out; never fewer than 20. */
  readonly fillsMin?: number;
  readonly rowsMax?: number;
}

export interface Toxicity {
  observe(markOut: MarkOut): void;
  /** Ranked by how many standard errors the mean lies above zero. */
  rows(question: ToxicityQuestion): ToxicityResult;
  /** Groups held now. */
  held(): number;
  /** All of it as plain data, to go on from. */
  state(): ToxicityState;
}

/** The sums of a group: fills, sum, sum of squares and gains, for one horizon after another. */
type Sums = number[];
export type ToxicityState = Readonly<
  Record<ToxicityGrouping, readonly (readonly [id: string, sums: readonly number[]])[]>
>;
const WIDTH = 4;

export function createToxicity(directory: Directory, resume?: ToxicityState): Toxicity {
  const groups = {
    trader: groupsOf(resume?.trader),
    program: groupsOf(resume?.program),
    symbol: groupsOf(resume?.symbol),
  };
  const add = (by: ToxicityGrouping, id: string, horizon: number, ppm: number): void => {
    const held = groups[by];
    const sums = held.get(id) ?? noSums();
    // Moved to the end: the first is the one that has been quiet for longest.
    held.delete(id);
    held.set(id, sums);
    if (held.size > TOXICITY_GROUPS_MAX[by]) held.delete(present(held.keys().next().value, 'id'));
    book(sums, horizon * WIDTH, ppm);
  };
  return {
    observe: ({ fill, horizonMs, ppm }) => {
      const horizon = MARK_OUT_HORIZONS_MS.findIndex((known) => known === horizonMs);
      if (horizon < 0) return;
      const kept = Math.max(-PPM_MAX, Math.min(PPM_MAX, ppm));
      const account = directory.account(fill.accountId);
      add('trader', account?.traderId ?? fill.accountId, horizon, kept);
      if (account) add('program', account.programId, horizon, kept);
      add('symbol', fill.symbol, horizon, kept);
    },
    rows: ({ by, horizonMs, fillsMin = FILLS_MIN, rowsMax = TOXICITY_ROWS_MAX }) => {
      const horizon = MARK_OUT_HORIZONS_MS.findIndex((known) => known === horizonMs);
      if (horizon < 0) return [];
      const enough = Math.max(fillsMin, FILLS_MIN);
      return [...groups[by]]
        .filter(([, sums]) => (sums[horizon * WIDTH] ?? 0) >= enough)
        .map(([id, sums]) => rowOf(by, id, horizonMs, sums.slice(horizon * WIDTH)))
        .sort((one, other) => other.edgeOverErrors - one.edgeOverErrors || byId(one, other))
        .slice(0, Math.min(rowsMax, TOXICITY_ROWS_MAX));
    },
    held: () => groups.trader.size + groups.program.size + groups.symbol.size,
    state: () => ({
      trader: stateOf(groups.trader),
      program: stateOf(groups.program),
      symbol: stateOf(groups.symbol),
    }),
  };
}

function noSums(): Sums {
  return Array.from({ length: MARK_OUT_HORIZONS_MS.length * WIDTH }, () => 0);
}

function groupsOf(saved: ToxicityState[ToxicityGrouping] = []): Map<string, Sums> {
  return new Map(saved.map(([id, sums]) => [id, [...sums]]));
}

function stateOf(groups: ReadonlyMap<string, Sums>): [string, number[]][] {
  return [...groups].map(([id, sums]) => [id, [...sums]]);
}

function byId(one: ToxicityRow, other: ToxicityRow): number {
  return one.id < other.id ? -1 : 1;
}

function book(sums: Sums, at: number, ppm: number): void {
  if ((sums[at] ?? 0) >= FILLS_HALVED_AT) {
    for (let one = at; one < at + WIDTH; one += 1) sums[one] = Math.floor((sums[one] ?? 0) / 2);
  }
  sums[at] = (sums[at] ?? 0) + 1;
  sums[at + 1] = (sums[at + 1] ?? 0) + ppm;
  sums[at + 2] = (sums[at + 2] ?? 0) + ppm * ppm;
  if (ppm > 0) sums[at + 3] = (sums[at + 3] ?? 0) + 1;
}

function rowOf(
  by: ToxicityGrouping,
  id: string,
  horizonMs: number,
  [fills = 0, sum = 0, squares = 0, right = 0]: readonly number[],
): ToxicityRow {
  const variance = Math.floor(Math.max(0, squares - mulDivFloor(sum, sum, fills)) / (fills - 1));
  // Never none at all: equal mark-outs only mean that prices come in steps.
  const fineError = Math.max(1, wholeRoot(mulDivFloor(variance, FINE * FINE, fills)));
  return {
    by,
    id,
    horizonMs,
    fills,
    meanPpm: mulDivFloor(sum, 1, fills),
    rightPerMille: mulDivFloor(right, PER_MILLE, fills),
    errorPpm: Math.ceil(fineError / FINE),
    edgeOverErrors: mulDivFloor(sum, PER_MILLE * FINE, fills * fineError),
  };
}

/** The largest whole number whose square is not above. Exact: below 2^52 a root is rounded right. */
function wholeRoot(value: number): number {
  const root = Math.floor(Math.sqrt(value));
  return root * root > value ? root - 1 : root;
}
