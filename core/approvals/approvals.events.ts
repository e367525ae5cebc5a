import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { keyIdSchema } from '#core/people/people.events.ts';
import { epochMs } from '#core/time/time.ts';
import { actionTypeSchema } from './action-types.ts';
import { DECISIONS, groundsSchema, verdictSchema } from './decision.ts';
import { approvalPolicySchema } from './policy.ts';

/** What a proposal is about: left null where it concerns none. */
export const aboutSchema = z.strictObject({
  accountId: idSchema.nullable(),
  traderId: idSchema.nullable(),
  programId: idSchema.nullable(),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  personId: idSchema.nullable(),
});
export type ProposalAbout = z.output<typeof aboutSchema>;

/** One state of what is proposed: what people look at, and sign. */
const versionShape = {
  proposalId: idSchema,
  version: z.int().min(1),
  params: z.json(),
  /** Of the bytes that are shown and signed; they are kept beside the log. */
  snapshot: digestSchema,
  /** What counts against limits; 0 where no money moves. */
  amount: moneyUnits,
  at: epochMs,
};

export const proposalOpened = defineEvent({
  kind: 'proposalOpened',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ...versionShape,
    action: actionTypeSchema,
    about: aboutSchema,
    /** Persons who made it; none where a trader or a device asked for it. */
    makers: z.array(idSchema).max(20),
    reason: z.string().max(400),
    expiresAt: epochMs,
    decideBy: epochMs,
    /** Before it, nobody's approval counts: the payee has just changed. */
    coolingUntil: epochMs.nullable(),
  }),
});

/** It changed: signatures on what it was are void. */
export const proposalRevised = defineEvent({
  kind: 'proposalRevised',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ...versionShape,
    /** Who changed it is a maker from now on; null when facts did. */
    maker: idSchema.nullable(),
    reason: z.string().max(400),
    coolingUntil: epochMs.nullable(),
  }),
});

/** A decision that was well signed by an enrolled key: kept for ever, counted or not. */
export const decisionReceived = defineEvent({
  kind: 'decisionReceived',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    decisionId: z.string().max(40),
    proposalId: idSchema,
    version: z.int().min(1),
    decision: z.enum(DECISIONS),
    personId: idSchema,
    keyId: keyIdSchema,
    grounds: groundsSchema.nullable(),
    reason: z.string().max(400),
    /** Its place in the device's chain, and the digest that the next one names. */
    chain: z.strictObject({ seq: z.int().min(1), digest: digestSchema }),
    /** The signed envelope, as it came. */
    envelope: z.string().max(50_000),
    verdict: verdictSchema,
    at: epochMs,
  }),
});

/** Enough distinct persons agree on one version. */
export const proposalApproved = defineEvent({
  kind: 'proposalApproved',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    proposalId: idSchema,
    version: z.int().min(1),
    /** Empty where the policy lets nobody need to approve. */
    by: z.array(idSchema).max(20),
    required: z.int().min(0),
    executableFrom: epochMs,
    at: epochMs,
  }),
});

export const OUTCOMES = ['executed', 'rejected', 'withdrawn', 'expired'] as const;
export const proposalClosed = defineEvent({
  kind: 'proposalClosed',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    proposalId: idSchema,
    version: z.int().min(1),
    outcome: z.enum(OUTCOMES),
    reason: z.string().max(400),
    at: epochMs,
  }),
});

/** Nobody has decided in time: it concerns the next level. */
export const proposalEscalated = defineEvent({
  kind: 'proposalEscalated',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ proposalId: idSchema, level: z.int().min(1).max(9), at: epochMs }),
});

export const policyChanged = defineEvent({
  kind: 'policyChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ policy: approvalPolicySchema, at: epochMs }),
});
