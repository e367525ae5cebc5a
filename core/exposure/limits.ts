import { z } from 'zod';
import { ID_MAX, idSchema } from '#core/kernel/ids.ts';
import { moneyText, mulDivFloor, type Money } from '#core/money/money.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { FIRM_KEY, grossOf, netOf, SLICES, type ExposureRow, type MeasuredBook } from './slices.ts';
import { FIRM_CURRENCY } from './unit-value.ts';

export const EXPOSURE_LIMITS_MAX = 200;
/** Warnings of one limit, on the way to it. */
export const WARNINGS_MAX = 4;
/** Facts of limits that one look at the book leads to; the rest waits for the next. */
export const CROSSINGS_PER_LOOK_MAX = 100;
const PER_MILLE = 1_000;

/** A part of the book: one way to cut it, and one of its rows. */
export const exposurePlaceSchema = z.strictObject({
  by: z.enum(SLICES),
  key: z.string().min(1).max(ID_MAX),
});
export type ExposurePlace = z.output<typeof exposurePlaceSchema>;

export const EXPOSURE_MEASURES = ['net', 'gross', 'liability', 'largestAccount'] as const;
export const exposureMeasureSchema = z.enum(EXPOSURE_MEASURES);
export type ExposureMeasure = z.output<typeof exposureMeasureSchema>;

/** One limit on one part of the book, or on every part of a kind. */
export const exposureLimitSchema = z
  .strictObject({
    limitId: idSchema,
    by: z.enum(SLICES),
    /** Null: the limit holds for each of them by itself. */
    key: z.string().min(1).max(ID_MAX).nullable(),
    /**
     * `net` is long less short, whichever is larger; `gross` both together; `liability` what
     * traders would be owed if everything closed now; `largestAccount` the gross of the largest.
     */
    measure: exposureMeasureSchema,
    /** In the firm's currency; what lies above it is a breach. */
    limit: moneyUnits.refine((limit) => limit > 0, 'a limit is above zero'),
    /** A warning comes above each of these thousandths of it. */
    warnAt: z
      .array(z.int().min(1).max(999))
      .max(WARNINGS_MAX)
      .refine(
        (shares) => shares.every((share, at) => at === 0 || share > (shares[at - 1] ?? 0)),
        'shares rise from one to the next',
      ),
  })
  .refine(
    ({ by, key }) => by !== 'firm' || key === FIRM_KEY,
    `of the firm there is "${FIRM_KEY}" alone`,
  )
  .refine(
    ({ by, measure }) => measure !== 'largestAccount' || by === 'firm',
    'the largest account is of the whole firm',
  )
  .refine(
    ({ by, measure }) => measure !== 'liability' || !HELD_ONLY.includes(by),
    'what is owed belongs to accounts, not to what they hold',
  );
export type ExposureLimit = z.output<typeof exposureLimitSchema>;
/** Ways to cut the book by which nothing is owed. */
const HELD_ONLY: readonly string[] = ['symbol', 'assetClass', 'currency'];

/** All limits of a firm: versioned, and changed by approval only. */
export const exposureLimitsSchema = z
  .strictObject({
    version: z.int().min(1),
    limits: z.array(exposureLimitSchema).max(EXPOSURE_LIMITS_MAX),
    /**
     * What was crossed is left only so many thousandths below where it was entered, so that a value
     * on the line is told of once.
     */
    hysteresis: z.int().min(0).max(500),
  })
  .refine(
    ({ limits }) => new Set(limits.map(({ limitId }) => limitId)).size === limits.length,
    'every limit has an id of its own',
  );
export type ExposureLimits = z.output<typeof exposureLimitsSchema>;

/** What holds in a firm that has decided nothing: no limit, because nobody knows its size. */
export const NO_LIMITS: ExposureLimits = { version: 1, limits: [], hysteresis: 50 };

export const exposureLevelSchema = z.enum(['warning', 'breach']);
export type ExposureLevel = z.output<typeof exposureLevelSchema>;

/** A limit was crossed on the way up, or an outer share of it. */
export const limitCrossingSchema = z.strictObject({
  limitId: idSchema,
  /** Of the limits that it was judged by. */
  version: z.int().min(1),
  slice: exposurePlaceSchema,
  measure: exposureMeasureSchema,
  value: moneyUnits,
  limit: moneyUnits,
  level: exposureLevelSchema,
  /** The share that was crossed, in thousandths: 1,000 is the limit itself. */
  share: z.int().min(1).max(PER_MILLE),
  /** Market time. */
  at: z.int(),
});
export type LimitCrossing = z.output<typeof limitCrossingSchema>;

/** It came back down: to a lower warning, or to nothing. */
export const limitClearingSchema = z.strictObject({
  ...limitCrossingSchema.shape,
  /** What it was before. */
  level: exposureLevelSchema,
  /** The share that still stands; 0 for none. */
  share: z.int().min(0).max(PER_MILLE),
});
export type LimitClearing = z.output<typeof limitClearingSchema>;

/** What a limit measures now. */
export interface LimitReading {
  readonly limitId: string;
  readonly key: string;
  readonly value: Money;
}

/** How a limit stands in one part of the book. */
export interface LimitStanding extends LimitCrossing {
  readonly seq: number;
}

export type LimitChange =
  | { readonly kind: 'exposureLimitCrossed'; readonly data: LimitCrossing }
  | { readonly kind: 'exposureLimitCleared'; readonly data: LimitClearing };

/** The limits in force and those that are crossed, as the log tells them: the same everywhere. */
export interface LimitBook {
  readonly limits: ExposureLimits;
  /** Whether the firm has ever decided on limits. */
  readonly decided: boolean;
  /** Those crossed now, in the order in which they were. */
  standings(): Iterable<LimitStanding>;
  standing(limitId: string, key: string): LimitStanding | undefined;
  changed(limits: ExposureLimits): void;
  crossed(crossing: LimitCrossing, seq: number): void;
  cleared(clearing: LimitClearing): void;
}

export function createLimitBook(): LimitBook {
  let limits = NO_LIMITS;
  let decided = false;
  const standings = new Map<string, LimitStanding>();
  return {
    get limits() {
      return limits;
    },
    get decided() {
      return decided;
    },
    standings: () => standings.values(),
    standing: (limitId, key) => standings.get(nameOf(limitId, key)),
    changed: (next) => {
      limits = next;
      decided = true;
      // Another limit under an old name is another limit: what stood against it is told anew.
      for (const [name, { limitId, measure, slice, limit }] of standings) {
        const now = next.limits.find((one) => one.limitId === limitId);
        const isSame =
          now?.measure === measure &&
          now.limit === limit &&
          now.by === slice.by &&
          (now.key === null || now.key === slice.key);
        if (!isSame) standings.delete(name);
      }
    },
    crossed: (crossing, seq) => {
      const name = nameOf(crossing.limitId, crossing.slice.key);
      standings.set(name, { ...crossing, seq });
    },
    cleared: ({ limitId, slice, share, value, at }) => {
      const name = nameOf(limitId, slice.key);
      const before = standings.get(name);
      if (share === 0 || !before) standings.delete(name);
      else standings.set(name, { ...before, value, share, level: levelOf(share), at });
    },
  };
}

function nameOf(limitId: string, key: string): string {
  return `${limitId} ${key}`;
}

export function levelOf(share: number): ExposureLevel {
  return share === PER_MILLE ? 'breach' : 'warning';
}

/**
 * What every limit measures in a book: a limit without a key once for each part, and once for every
 * part where it is crossed and nothing is held any more.
 */
export function readLimits(
  book: Pick<LimitBook, 'limits' | 'standings'>,
  measuredBook: Pick<MeasuredBook, 'slices'> & { readonly largestAccount: Money },
): LimitReading[] {
  const readings = book.limits.limits.flatMap((limit) => {
    const { limitId, by, key } = limit;
    const rows = measuredBook.slices[by].filter((row) => key === null || row.key === key);
    const found = rows.map((row) => ({
      limitId,
      key: row.key,
      value: measured(limit, row, measuredBook.largestAccount),
    }));
    // Where nothing is held, the limit measures nothing, and says so.
    return found.length === 0 && key !== null ? [{ limitId, key, value: 0 }] : found;
  });
  const read = new Set(readings.map(({ limitId, key }) => nameOf(limitId, key)));
  const gone = [...book.standings()]
    .filter(({ limitId, slice }) => !read.has(nameOf(limitId, slice.key)))
    .map(({ limitId, slice }) => ({ limitId, key: slice.key, value: 0 }));
  return [...readings, ...gone];
}

function measured({ measure }: ExposureLimit, row: ExposureRow, largest: Money): Money {
  switch (measure) {
    case 'net':
      return Math.abs(netOf(row));
    case 'gross':
      return grossOf(row);
    case 'liability':
      return row.ifClosed ?? 0;
    case 'largestAccount':
      return row.key === FIRM_KEY ? largest : 0;
  }
}

/**
 * What readings change: a higher share is crossed at once, a lower one is left only when the value
 * has fallen by the hysteresis. The most urgent come first. Pure: the server decides by it, and
 * asks it whether there is anything to decide.
 */
export function judgeLimits(
  book: LimitBook,
  readings: readonly LimitReading[],
  at: number,
): LimitChange[] {
  const { limits, hysteresis, version } = book.limits;
  const changes: (LimitChange & { readonly weight: number })[] = [];
  for (const { limitId, key, value } of readings) {
    const limit = limits.find((one) => one.limitId === limitId);
    if (!limit) continue;
    const before = book.standing(limitId, key)?.share ?? 0;
    const after = shareNow(limit, value, before, hysteresis);
    if (after === before) continue;
    const place = { by: limit.by, key };
    const said = { limitId, version, slice: place, measure: limit.measure, value, at };
    changes.push(
      after > before
        ? {
            kind: 'exposureLimitCrossed',
            data: { ...said, limit: limit.limit, level: levelOf(after), share: after },
            weight: after,
          }
        : {
            kind: 'exposureLimitCleared',
            data: { ...said, limit: limit.limit, level: levelOf(before), share: after },
            weight: 0,
          },
    );
  }
  return changes
    .sort((one, other) => other.weight - one.weight)
    .slice(0, CROSSINGS_PER_LOOK_MAX)
    .map(({ weight: _weight, ...change }) => change);
}

/** The highest share that the value lies above; one that stands holds a little longer. */
function shareNow(limit: ExposureLimit, value: Money, before: number, hysteresis: number): number {
  const shares = [...limit.warnAt, PER_MILLE];
  const reached = shares.findLast((share) => value > lineAt(limit.limit, share)) ?? 0;
  if (reached >= before) return reached;
  const held = shares.findLast(
    (share) =>
      share <= before &&
      value > mulDivFloor(lineAt(limit.limit, share), PER_MILLE - hysteresis, PER_MILLE),
  );
  return Math.max(reached, held ?? 0);
}

/** Where a share of a limit lies: rounded down, so that it is never passed unnoticed. */
function lineAt(limit: Money, share: number): Money {
  return mulDivFloor(limit, share, PER_MILLE);
}

const MEASURE_TEXT: Readonly<Record<ExposureMeasure, string>> = {
  net: 'net exposure',
  gross: 'gross exposure',
  liability: 'payout liability',
  largestAccount: 'largest account',
};
const SLICE_TEXT: Readonly<Record<ExposurePlace['by'], string>> = {
  firm: 'the firm',
  symbol: 'symbol',
  assetClass: 'asset class',
  currency: 'currency',
  program: 'program',
  phase: 'phase',
  stage: 'stage',
  region: 'region',
  month: 'traders since',
  week: 'traders since the week of',
};

export function placeText({
  by,
  key,
}: {
  readonly by: ExposurePlace['by'];
  readonly key: string | null;
}): string {
  if (by === 'firm') return SLICE_TEXT.firm;
  return key === null ? `each ${SLICE_TEXT[by]}` : `${SLICE_TEXT[by]} ${key}`;
}

export function measureText(measure: ExposureMeasure): string {
  return MEASURE_TEXT[measure];
}

/** "Net exposure of symbol XAUUSD is 41,230,000.00 USD: above 80 % of its limit of 50,000,000.00." */
export function crossingSentence({ slice, measure, value, limit, share }: LimitCrossing): string {
  const what = `${capital(measureText(measure))} of ${placeText(slice)}`;
  const where = share === PER_MILLE ? 'above its limit' : `above ${shareText(share)} of its limit`;
  return `${what} is ${moneyText(value)} ${FIRM_CURRENCY}: ${where} of ${moneyText(limit)}`;
}

export function clearingSentence({ slice, measure, value, limit, share }: LimitClearing): string {
  const what = `${capital(measureText(measure))} of ${placeText(slice)}`;
  const still = share === 0 ? '' : `, still above ${shareText(share)}`;
  return `${what} has come back to ${moneyText(value)} ${FIRM_CURRENCY} of ${moneyText(limit)}${still}`;
}

/** "80 %", "82.5 %" */
export function shareText(share: number): string {
  const tenths = share % 10;
  return `${Math.floor(share / 10)}${tenths === 0 ? '' : `.${tenths}`} %`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
