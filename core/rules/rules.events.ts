import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { ACCOUNT_STATUSES, ruleSetRefSchema } from '#core/accounts/account.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { markSchema } from '#core/market/mark.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';
import { STATUS_REASONS } from './judge.ts';
import { FLAG_EFFECTS } from './rule-kind.ts';
import { ruleSetContentSchema } from './rule-set.ts';

export const POSITIONS_IN_EVIDENCE_MAX = 20;

export const ruleSetPublished = defineEvent({
  kind: 'ruleSetPublished',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ruleSet: ruleSetRefSchema,
    content: ruleSetContentSchema,
    effectiveFrom: epochMs,
    approvedBy: z.string().min(1).max(80),
  }),
});

/** What made the account be looked at when a verdict fell. */
export const causeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('mark'),
    mark: markSchema,
    /** Decimals of the prices, so that the evidence can be read on its own. */
    digits: z.int().min(0).max(8),
  }),
  z.strictObject({ type: z.literal('deal'), dealId: idSchema }),
  z.strictObject({ type: z.literal('balanceOperation'), operationId: idSchema }),
  z.strictObject({ type: z.literal('protection'), positionId: idSchema }),
  z.strictObject({ type: z.literal('rollOver'), clockId: idSchema, dayKey: z.string() }),
  /** The account came under another version of its rules. */
  z.strictObject({ type: z.literal('rulesChanged'), version: z.int().min(1) }),
  /** People put it back after a verdict that does not stand. */
  z.strictObject({ type: z.literal('reinstated'), ruleId: idSchema }),
]);
export type VerdictCause = z.infer<typeof causeSchema>;

const figuresSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1).max(40),
      unit: z.enum(['money', 'ppm', 'count', 'lots', 'seconds']),
      value: z.int(),
    }),
  )
  .max(20);

const positionSchema = z.strictObject({
  positionId: idSchema,
  symbol: z.string().min(1).max(32),
  side: z.enum(['buy', 'sell']),
  volume: z.int(),
  /** Σ volume × entry price in points. */
  openValue: z.int(),
  bid: z.int().nullable(),
  ask: z.int().nullable(),
  floating: moneyUnits,
});

/** The evidence that every verdict carries: enough to check it by hand, and to find it again. */
const verdictShape = {
  accountId: idSchema,
  ruleSet: ruleSetRefSchema,
  ruleId: idSchema,
  ruleKind: z.string().min(1).max(60),
  at: epochMs,
  cause: causeSchema,
  /** The trading day's key; empty before the first roll-over. */
  dayKey: z.string(),
  balance: moneyUnits,
  equity: moneyUnits,
  figures: figuresSchema,
  positionCount: z.int().min(0),
  positions: z.array(positionSchema).max(POSITIONS_IN_EVIDENCE_MAX),
  engineVersion: z.string(),
  /**
   * Doubts about the print that the verdict rests on, or an objective met at the same moment as a
   * breach; a person reviews when there are any.
   */
  review: z.array(
    z.enum(['crossed', 'offMarket', 'afterGap', 'vendorsDisagree', 'objectiveMetToo']),
  ),
};

export const warningRaised = defineEvent({
  kind: 'warningRaised',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject({
    ...verdictShape,
    level: z.int().min(1),
    /** Share of the allowance used at which this warning is given, in parts per million. */
    share: z.int(),
  }),
});

export const breachDetected = defineEvent({
  kind: 'breachDetected',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject({
    ...verdictShape,
    consequence: z.enum(['fail', 'pauseForDay']),
    alsoCrossed: z.array(
      z.strictObject({ ruleId: idSchema, ruleKind: z.string(), figures: figuresSchema }),
    ),
  }),
});

/** Conduct that people look at, or that costs something short of the account. */
export const conductFlagged = defineEvent({
  kind: 'conductFlagged',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject({
    ...verdictShape,
    effect: z.enum(FLAG_EFFECTS),
    /** How often this rule has flagged this account, this time included. */
    strike: z.int().min(1),
  }),
});

export const objectiveMet = defineEvent({
  kind: 'objectiveMet',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject(verdictShape),
});

export const objectiveLost = defineEvent({
  kind: 'objectiveLost',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject(verdictShape),
});

export const accountStatusChanged = defineEvent({
  kind: 'accountStatusChanged',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    from: z.enum(ACCOUNT_STATUSES),
    to: z.enum(ACCOUNT_STATUSES),
    /** The rule that brought it; null when no single one did. */
    ruleId: idSchema.nullable(),
    reason: z.enum(STATUS_REASONS),
  }),
});

/** See Directive: what one officer may decide alone. */
export const directiveSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('restrict') }),
  z.strictObject({ type: z.literal('lift') }),
  z.strictObject({ type: z.literal('close') }),
  z.strictObject({ type: z.literal('except'), ruleId: idSchema, until: epochMs }),
]);
/** Follows from an approved override alone. */
const reinstateSchema = z.strictObject({ type: z.literal('reinstate'), ruleId: idSchema });

/** A person decided about one account. */
export const accountDirected = defineEvent({
  kind: 'accountDirected',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    directive: z.union([directiveSchema, reinstateSchema]),
    operatorId: idSchema,
    reason: z.string().min(1).max(400),
  }),
});

/** The platform is to book an amount on an account; what it books is a fact of its own. */
export const adjustmentOrdered = defineEvent({
  kind: 'adjustmentOrdered',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    amount: moneyUnits,
    reference: idSchema,
    reason: z.string().min(1).max(400),
  }),
});

/** An account is to be followed by another: its phase again, or a larger size. */
export const successorRequested = defineEvent({
  kind: 'successorRequested',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    successor: z.enum(['reset', 'scaledUp']),
    nominalSize: moneyUnits,
    startBalance: moneyUnits,
    operatorId: idSchema,
    reason: z.string().min(1).max(400),
  }),
});

/** The trader agreed to be judged by another version of the program. */
export const changeAccepted = defineEvent({
  kind: 'changeAccepted',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    programId: idSchema,
    version: z.int().min(1),
    operatorId: idSchema,
    /** How and when the trader said so. */
    evidence: z.string().min(1).max(400),
  }),
});

/** From here on an account is judged by another version of its rules. */
export const rulesChanged = defineEvent({
  kind: 'rulesChanged',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    from: ruleSetRefSchema,
    to: ruleSetRefSchema,
    /** Why it may be: nothing got harder for this account, or its trader accepted. */
    basis: z.enum(['favourable', 'accepted']),
  }),
});

export const REVIEW_REASONS = ['lateDeal', 'dealAfterEnd', 'dealBusted'] as const;

/** Something that no rule decides: a person has to look. */
export const reviewRequested = defineEvent({
  kind: 'reviewRequested',
  version: 1,
  stream: 'account',
  origin: 'derived',
  data: z.strictObject({
    accountId: idSchema,
    at: epochMs,
    reason: z.enum(REVIEW_REASONS),
    /** What it is about: a deal's id. */
    about: idSchema,
    sentence: z.string().min(1).max(400),
  }),
});
export type ReviewData = z.infer<typeof reviewRequested.data>;

/** A person has seen a warning or a breach. */
export const alertAcknowledged = defineEvent({
  kind: 'alertAcknowledged',
  version: 1,
  stream: 'account',
  origin: 'input',
  data: z.strictObject({
    accountId: idSchema,
    /** The fact that was acknowledged. */
    alertSeq: z.int().min(1),
    operatorId: idSchema,
    note: z.string().max(400),
  }),
});

export type WarningData = z.infer<typeof warningRaised.data>;
export type BreachData = z.infer<typeof breachDetected.data>;
export type FlagData = z.infer<typeof conductFlagged.data>;
export type ObjectiveData = z.infer<typeof objectiveMet.data>;
export type StatusData = z.infer<typeof accountStatusChanged.data>;
export type EvidencePosition = z.infer<typeof positionSchema>;
