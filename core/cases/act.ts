import { z } from 'zod';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import {
  consequenceSchema,
  DISMISS_CODE_NAMES,
  FOUND_CODE_NAMES,
  outcomeSchema,
} from './outcomes.ts';

/** What the server says to who asks for the next case when none is free. */
export const NO_CASE_IS_FREE = 'no case is free';
export const NOTE_MAX = 4_000;
export const REASON_MAX = 400;
export const MENTIONS_MAX = 20;
/** Larger files are named in the case, with their digest, and kept elsewhere. */
export const ATTACHMENT_BYTES_MAX = 256_000;
const ATTACHMENT_TEXT_MAX = Math.ceil(ATTACHMENT_BYTES_MAX / 3) * 4;
export const DEALS_PER_DEDUCTION_MAX = 100;
export const SIGNALS_PER_SPLIT_MAX = 200;
export const ACCOUNTS_PER_CONSEQUENCE_MAX = 100;

const reason = z.string().min(1).max(REASON_MAX);
/** Why it is decided otherwise than nearly all similar cases; null where it is not. */
const departure = z.string().min(1).max(REASON_MAX).nullable();

/** What a person does to a case. */
export const caseVerbSchema = z.discriminatedUnion('verb', [
  /** Takes the case in hand for a while; the same again keeps it. */
  z.strictObject({ verb: z.literal('claim') }),
  z.strictObject({ verb: z.literal('renew') }),
  z.strictObject({ verb: z.literal('release') }),
  /** Null takes it from whoever has it. */
  z.strictObject({ verb: z.literal('assign'), to: idSchema.nullable() }),
  z.strictObject({ verb: z.literal('snooze'), until: epochMs, reason }),
  z.strictObject({
    verb: z.literal('note'),
    text: z.string().min(1).max(NOTE_MAX),
    mentions: z.array(idSchema).max(MENTIONS_MAX),
  }),
  z.strictObject({
    verb: z.literal('attach'),
    name: z.string().min(1).max(200),
    mediaType: z.string().max(100),
    size: z.int().min(1),
    /** Of the file's bytes. */
    digest: digestSchema,
    /** The bytes in base64; null for a file that is kept elsewhere. */
    bytes: z
      .string()
      .max(ATTACHMENT_TEXT_MAX)
      .refine((text) => bytesOfBase64(text).ok, 'expected base64')
      .nullable(),
  }),
  /** One item of the detectors' checklists, by its text. */
  z.strictObject({ verb: z.literal('check'), item: z.string().min(1).max(400), done: z.boolean() }),
  /** Everything of this case goes into another one; this one ends. */
  z.strictObject({ verb: z.literal('merge'), into: idSchema, reason }),
  /** Some of its signals become a case of their own. */
  z.strictObject({
    verb: z.literal('split'),
    signalIds: z.array(idSchema).min(1).max(SIGNALS_PER_SPLIT_MAX),
    reason,
  }),
  z.strictObject({ verb: z.literal('escalate'), reason }),
  z.strictObject({
    verb: z.literal('dismiss'),
    code: z.enum(DISMISS_CODE_NAMES),
    reason,
    departure,
  }),
  z.strictObject({ verb: z.literal('warn'), code: z.enum(FOUND_CODE_NAMES), reason, departure }),
  z.strictObject({ verb: z.literal('reopen'), reason }),
  /** What a second person would have decided, asked before being told what was. */
  z.strictObject({ verb: z.literal('review'), outcome: outcomeSchema, reason }),
]);
export type CaseVerb = z.infer<typeof caseVerbSchema>;
export type CaseVerbName = CaseVerb['verb'];
export const CASE_VERBS = caseVerbSchema.options.map(({ shape }) => shape.verb.value);

/** A verb with the case it is about, and the version that the person had on screen. */
export const actOnCaseSchema = z.strictObject({
  caseId: idSchema,
  version: z.int().min(1),
  act: caseVerbSchema,
});
export type ActOnCase = z.infer<typeof actOnCaseSchema>;

/** Which of the free cases the next one is taken from. */
export const takeNextSchema = z.strictObject({
  pattern: z.enum(PATTERNS).nullable(),
  programId: idSchema.nullable(),
});
export type TakeNext = z.infer<typeof takeNextSchema>;

/** A consequence as a person fills it in; what it needs beside follows from the case. */
export const consequenceWishSchema = z.strictObject({
  consequence: consequenceSchema,
  code: z.enum(FOUND_CODE_NAMES),
  /** What it reaches: accounts of this case. */
  accountIds: z.array(idSchema).min(1).max(ACCOUNTS_PER_CONSEQUENCE_MAX),
  /** For `profitDeduction`: the trades that it rests on, of the one account named. */
  dealIds: z.array(idSchema).max(DEALS_PER_DEDUCTION_MAX),
  /** For `profitDeduction`: how much, above 0; 0 for the others. */
  amount: moneyUnits,
  departure,
});
export type ConsequenceWish = z.infer<typeof consequenceWishSchema>;
