import { z } from 'zod';
import { PATTERNS } from '#core/fraud/detector.ts';
import { perMilleSchema } from '#core/fraud/signal.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';
import {
  ACCOUNTS_PER_CONSEQUENCE_MAX,
  DEALS_PER_DEDUCTION_MAX,
  MENTIONS_MAX,
  NOTE_MAX,
  REASON_MAX,
  SIGNALS_PER_SPLIT_MAX,
} from './act.ts';
import { outcomeSchema } from './outcomes.ts';

/** Signals with which a case opens; more come one by one. */
export const SIGNALS_AT_OPENING_MAX = 200;
export const EARLIER_MAX = 20;
export const ESCALATIONS_MAX = 3;

const patternSchema = z.enum(PATTERNS);
const reason = z.string().min(1).max(REASON_MAX);
/** A signal with the pattern that its detector had then. */
const joiningSchema = z.strictObject({ signalId: idSchema, pattern: patternSchema });

/** Signals about the same people together say enough for a person to look. */
export const caseOpened = defineEvent({
  kind: 'caseOpened',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    signals: z.array(joiningSchema).min(1).max(SIGNALS_AT_OPENING_MAX),
    /** By the scoring policy of then. */
    score: perMilleSchema,
    /** Decided cases about the same people, newest first. */
    earlier: z.array(idSchema).max(EARLIER_MAX),
    /** The decided case whose matter went on; null for a new matter. */
    because: idSchema.nullable(),
    at: epochMs,
  }),
});

export const caseSignalAdded = defineEvent({
  kind: 'caseSignalAdded',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    ...joiningSchema.shape,
    /** With it. */
    score: perMilleSchema,
    at: epochMs,
  }),
});

/** What a person did to a case that decides nothing about anybody. */
export const caseChangeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('claimed'), until: epochMs }),
  z.strictObject({ type: z.literal('released') }),
  z.strictObject({ type: z.literal('assigned'), to: idSchema.nullable() }),
  z.strictObject({ type: z.literal('snoozed'), until: epochMs, reason }),
  z.strictObject({
    type: z.literal('noted'),
    text: z.string().min(1).max(NOTE_MAX),
    mentions: z.array(idSchema).max(MENTIONS_MAX),
  }),
  z.strictObject({
    type: z.literal('attached'),
    name: z.string().min(1).max(200),
    mediaType: z.string().max(100),
    size: z.int().min(1),
    /** Of the file's bytes. */
    digest: digestSchema,
    /** Of their base64, as it is kept beside the log; null where it is not. */
    content: digestSchema.nullable(),
  }),
  z.strictObject({
    type: z.literal('checked'),
    item: z.string().min(1).max(400),
    done: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('escalated'),
    level: z.int().min(1).max(ESCALATIONS_MAX),
    reason,
  }),
]);
export type CaseChange = z.infer<typeof caseChangeSchema>;

export const caseWorked = defineEvent({
  kind: 'caseWorked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    personId: idSchema,
    change: caseChangeSchema,
    at: epochMs,
  }),
});

/** All of one case is part of another from now on. */
export const caseMerged = defineEvent({
  kind: 'caseMerged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    into: idSchema,
    personId: idSchema,
    reason,
    /** Of the case that goes on. */
    score: perMilleSchema,
    at: epochMs,
  }),
});

/** Some signals of a case are a case of their own from now on. */
export const caseSplit = defineEvent({
  kind: 'caseSplit',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    newCaseId: idSchema,
    signalIds: z.array(idSchema).min(1).max(SIGNALS_PER_SPLIT_MAX),
    personId: idSchema,
    reason,
    score: perMilleSchema,
    newScore: perMilleSchema,
    at: epochMs,
  }),
});

/**
 * What a person decided, or several agreed. A dismissal and a warning are one person's; everything
 * else names the approved proposal that it carries out. `payoutHold` and `releaseHold` leave the case
 * as it is, everything else ends it.
 */
export const caseDecided = defineEvent({
  kind: 'caseDecided',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    outcome: outcomeSchema,
    /** A DISMISS_CODES or FOUND_CODES name. */
    code: z.string().min(1).max(40),
    /** Who decided it, or proposed it. */
    personId: idSchema,
    proposalId: idSchema.nullable(),
    reason,
    /** Why otherwise than nearly all similar cases; null where it is not. */
    departure: z.string().max(REASON_MAX).nullable(),
    accountIds: z.array(idSchema).max(ACCOUNTS_PER_CONSEQUENCE_MAX),
    dealIds: z.array(idSchema).max(DEALS_PER_DEDUCTION_MAX),
    /** Deducted; 0 for everything else. */
    amount: moneyUnits,
    /** Of the text that the trader is told; null where the trader is told nothing. */
    letter: digestSchema.nullable(),
    at: epochMs,
  }),
});

/** It is to be decided again; a hold that it had put on is lifted. */
export const caseReopened = defineEvent({
  kind: 'caseReopened',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ caseId: idSchema, personId: idSchema, reason, at: epochMs }),
});

/** What a second person would have decided, said before being shown what was. */
export const caseReviewed = defineEvent({
  kind: 'caseReviewed',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    caseId: idSchema,
    /** The decision that was looked at again: its entry. */
    decisionSeq: z.int().min(1),
    personId: idSchema,
    outcome: outcomeSchema,
    reason,
    at: epochMs,
  }),
});

type DataOf<Definition> = Definition extends { readonly data: z.ZodType<infer Data> }
  ? Data
  : never;
export type CaseOpened = DataOf<typeof caseOpened>;
export type CaseSignalAdded = DataOf<typeof caseSignalAdded>;
export type CaseWorked = DataOf<typeof caseWorked>;
export type CaseMerged = DataOf<typeof caseMerged>;
export type CaseSplit = DataOf<typeof caseSplit>;
export type CaseDecided = DataOf<typeof caseDecided>;
export type CaseReopened = DataOf<typeof caseReopened>;
export type CaseReviewed = DataOf<typeof caseReviewed>;
