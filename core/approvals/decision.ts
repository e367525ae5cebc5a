import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { keyIdSchema } from '#core/people/people.events.ts';
import { actionTypeSchema } from './action-types.ts';

/** What a signature is over: a decision under another type is no decision. */
export const DECISION_PAYLOAD = 'application/vnd.propdesk.decision.v1+json';
export const ENROLMENT_PAYLOAD = 'application/vnd.propdesk.enrolment.v1+json';

export const DECISIONS = ['approve', 'reject', 'hold', 'release'] as const;
export type DecisionType = (typeof DECISIONS)[number];

const audienceSchema = z.strictObject({
  org: idSchema,
  /** A staging system's decisions count for nothing here. */
  env: z.enum(['production', 'staging', 'demo', 'test']),
  log: z.string().min(1).max(120),
});
export type Audience = z.output<typeof audienceSchema>;

/**
 * Why something is refused. A clause of the rules, with the facts, the trades and the quantity that
 * it rests on; or discretion, which says so, needs two persons, and names the day of its review.
 */
export const groundsSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('clause'),
    ruleId: idSchema,
    /** Facts of the log that show it. */
    facts: z.array(z.int().min(1)).min(1).max(100),
    trades: z.array(idSchema).max(100),
    /** What was computed: "4 trades under 120 s, 31 % of the profit". */
    quantity: z.string().min(1).max(200),
  }),
  z.strictObject({
    type: z.literal('discretion'),
    reviewOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  }),
]);
export type Grounds = z.output<typeof groundsSchema>;

/** An amount as people sign it: whole minor units in a decimal text, so that nothing can round it. */
export const signedMoneySchema = z.strictObject({
  ccy: z.string().regex(/^[A-Z]{3,5}$/),
  exp: z.int().min(0).max(4),
  minor: z.string().regex(/^(0|[1-9]\d{0,17})$/),
});

/** What a person signs. Its canonical bytes are what is stored, sent and checked. */
export const decisionSchema = z.strictObject({
  v: z.literal(1),
  type: z.enum(DECISIONS),
  aud: audienceSchema,
  /** Made and kept before signing: the same decision counts once, for ever. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  subject: z.strictObject({ id: idSchema, action: actionTypeSchema, ver: z.int().min(1) }),
  /** Of the bytes that were shown, and of the text that they were shown as. */
  snapshot: digestSchema,
  display: digestSchema,
  money: signedMoneySchema.nullable(),
  payee: z.strictObject({ digest: digestSchema, last4: z.string().max(8) }).nullable(),
  reason: z.string().max(400),
  grounds: groundsSchema.nullable(),
  actor: z.strictObject({ person: idSchema, device: idSchema, key: keyIdSchema }),
  /** The device's own chain: a gap or a fork shows. */
  chain: z.strictObject({ prev: digestSchema.nullable(), seq: z.int().min(1) }),
  /** The newest checkpoint that this desk had seen. */
  base: z.strictObject({ root: digestSchema, size: z.int().min(1) }),
  /** The desk's clock: a claim, for reading only. */
  clock: epochMs,
  auth: z.enum(['passphrase', 'osPresence']),
});
export type Decision = z.output<typeof decisionSchema>;

/** A device's word that it holds a key. */
export const enrolmentSchema = z.strictObject({
  v: z.literal(1),
  type: z.literal('key.enrol'),
  aud: audienceSchema,
  person: idSchema,
  device: idSchema,
  publicKey: z.string().max(60),
  /** Sent by the server, for this once. */
  challenge: z.string().min(16).max(100),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

/** Why a decision that was well signed did not count: a closed set, each with a sentence of its own. */
export const NOT_COUNTED = [
  'stale',
  'blocked',
  'moot',
  'expired',
  'revoked',
  'notPermitted',
  'maker',
  'duplicatePerson',
  'coolingOff',
  'limit',
  'grounds',
  'otherAudience',
  'displayDiffers',
  'amountDiffers',
] as const;
export type NotCounted = (typeof NOT_COUNTED)[number];

export const verdictSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('counted') }),
  z.strictObject({
    type: z.literal('notCounted'),
    code: z.enum(NOT_COUNTED),
    message: z.string().max(400),
  }),
]);
export type DecisionVerdict = z.output<typeof verdictSchema>;
