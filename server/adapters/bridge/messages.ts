import { z } from 'zod';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { ruleSetRefSchema } from '#core/accounts/account.ts';
import { platformRecordSchema, type PlatformAction } from '#core/accounts/record.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';

/*
 * What a bridge and the server say to each other: lines of JSON in text messages of a WebSocket.
 * resources/bridge/README.md explains it, resources/bridge/messages.schema.json is made from here.
 */

export const BRIDGE_PROTOCOL = 1;

/** What one side may ask of the other; told with every welcome. */
export const BRIDGE_LIMITS = {
  /** Bytes of one WebSocket message, and lines in it. */
  messageBytesMax: 262_144,
  linesPerMessageMax: 1_000,
  /** Messages of a stream that were sent and not acknowledged. */
  unacknowledgedMax: 20_000,
  streamsMax: 8,
  /** Actions sent and not answered; the others wait. */
  unansweredActionsMax: 500,
} as const;

const name = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, 'expected letters, digits, ". _ -"');
const nonce = z.string().regex(/^[0-9a-f]{32,128}$/);
const mac = z.string().regex(/^[0-9a-f]{64}$/);
const seq = z.int().min(1);

/** A stream as its bridge holds it: an epoch is one numbering from 1 on, with a random name. */
export const streamStandingSchema = z.strictObject({
  stream: name,
  epoch: z.string().min(8).max(80),
  /** The first number that can still be sent again, and the next that was not used yet. */
  first: seq,
  next: seq,
});
export type StreamStanding = z.infer<typeof streamStandingSchema>;

const helloSchema = z.strictObject({
  type: z.literal('hello'),
  /** Every version that the bridge speaks. */
  protocols: z.array(z.int()).min(1).max(10),
  bridge: name,
  software: z.strictObject({ name: z.string().min(1).max(80), version: z.string().max(40) }),
  nonce,
});
const proofSchema = z.strictObject({
  type: z.literal('proof'),
  mac,
  streams: z.array(streamStandingSchema).min(1).max(BRIDGE_LIMITS.streamsMax),
});

/** `ifUnknown`: an account told again after a connection; nothing happens when it is known. */
function recordSchemaOf<Record extends z.ZodType>(record: Record) {
  return z.strictObject({
    type: z.literal('record'),
    stream: name,
    seq,
    record,
    ifUnknown: z.literal(true).optional(),
  });
}
const outcomeSchema = z.strictObject({
  type: z.literal('outcome'),
  stream: name,
  seq,
  actionId: z.string().min(1).max(120),
  result: z.enum(['done', 'refused']),
  reason: z.string().max(400),
});
/** The bridge cannot send these any more: said, so that a loss is never silent. */
const lostSchema = z.strictObject({
  type: z.literal('lost'),
  stream: name,
  seq,
  /** The last number that is lost. */
  through: seq,
  reason: z.string().min(1).max(400),
});
const heartbeatSchema = z.strictObject({ type: z.literal('heartbeat') });

/** What a record is, intake judges: one that it refuses must not stop the stream. */
export const fromBridgeSchema = z.discriminatedUnion('type', [
  helloSchema,
  proofSchema,
  recordSchemaOf(z.looseObject({})),
  outcomeSchema,
  lostSchema,
  heartbeatSchema,
]);
export type FromBridge = z.infer<typeof fromBridgeSchema>;
/** A message with a number: it is acknowledged once it is durable. */
export type Numbered = Extract<FromBridge, { readonly seq: number }>;

const accountId = idSchema;
const reason = z.string();
const offerSchema: z.ZodType<ProgramOffer> = z.strictObject({
  programId: idSchema,
  name: z.string(),
  version: z.int(),
  enters: z.enum(['purchasesOnly', 'nextPhases']),
  nominalSize: moneyUnits,
  phases: z.array(
    z.strictObject({
      phaseId: idSchema,
      name: z.string(),
      startBalance: moneyUnits,
      ruleSet: ruleSetRefSchema,
    }),
  ),
});

/** Accounts that were bought open at the platform's own console: see BRIDGE_ACTIONS. */
export type BridgeAction = Exclude<PlatformAction, { readonly type: 'createAccount' }>;
const actionSchema: z.ZodType<BridgeAction> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('closePositions'), accountId, reason }),
  z.strictObject({ type: z.literal('disableTrading'), accountId, reason }),
  z.strictObject({ type: z.literal('resumeTrading'), accountId, reason }),
  z.strictObject({
    type: z.literal('bookOperation'),
    accountId,
    operation: z.strictObject({
      type: z.enum(['deposit', 'withdrawal', 'payout', 'adjustment', 'fee', 'swap', 'bonus']),
      operationId: idSchema,
      amount: moneyUnits,
      comment: z.string().max(200),
      traderShare: moneyUnits.exactOptional(),
    }),
  }),
  z.strictObject({
    type: z.literal('openAccount'),
    accountId,
    origin: z.enum(['reset', 'scaledUp']),
    nominalSize: moneyUnits,
    startBalance: moneyUnits,
  }),
  z.strictObject({ type: z.literal('offerProgram'), offer: offerSchema }),
]);

/** Why a connection was ended. A bridge decides by the code; the sentence is for people. */
export const BRIDGE_ERRORS = [
  'badMessage',
  'badProtocol',
  'badProof',
  'unexpected',
  'tooLarge',
  'tooSlow',
  'sequenceGap',
  'sequenceBehind',
  'windowExceeded',
  'unknownStream',
  'replaced',
  'silent',
  'stopping',
] as const;
export type BridgeError = (typeof BRIDGE_ERRORS)[number];

export const toBridgeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('challenge'), protocol: z.int(), nonce }),
  z.strictObject({
    type: z.literal('welcome'),
    /** The server's own proof. */
    mac,
    log: z.string(),
    /** By stream: everything up to this number is durable here; go on behind it. */
    resume: z.record(name, z.int().min(0)),
    heartbeatMs: z.int().min(1),
    limits: z.strictObject({
      messageBytesMax: z.int(),
      linesPerMessageMax: z.int(),
      unacknowledgedMax: z.int(),
      streamsMax: z.int(),
      unansweredActionsMax: z.int(),
    }),
    /** What is on sale: the rule sets that accounts open under. */
    offers: z.array(offerSchema),
  }),
  /** By stream: everything up to this number is durable and may be forgotten. */
  z.strictObject({ type: z.literal('ack'), streams: z.record(name, z.int().min(0)) }),
  z.strictObject({ type: z.literal('action'), actionId: z.string(), action: actionSchema }),
  /** Kept in quarantine with this reason; it is acknowledged all the same. */
  z.strictObject({ type: z.literal('refused'), stream: name, seq, reason: z.string() }),
  heartbeatSchema,
  z.strictObject({
    type: z.literal('error'),
    code: z.enum(BRIDGE_ERRORS),
    message: z.string(),
    stream: name.optional(),
    expected: z.int().optional(),
    got: z.int().optional(),
  }),
]);
export type ToBridge = z.infer<typeof toBridgeSchema>;

/** Every message in both directions, for writers of plugins in other languages. */
export function bridgeJsonSchema(): unknown {
  const fromBridge = z.discriminatedUnion('type', [
    helloSchema,
    proofSchema,
    recordSchemaOf(platformRecordSchema),
    outcomeSchema,
    lostSchema,
    heartbeatSchema,
  ]);
  const { $schema, ...fromSchema } = z.toJSONSchema(fromBridge, { io: 'input' });
  const { $schema: _same, ...toSchema } = z.toJSONSchema(toBridgeSchema, { io: 'input' });
  return {
    $schema,
    title: `Propdesk bridge protocol ${BRIDGE_PROTOCOL}: one line of a WebSocket text message`,
    $defs: { fromBridge: fromSchema, toBridge: toSchema },
    anyOf: [{ $ref: '#/$defs/fromBridge' }, { $ref: '#/$defs/toBridge' }],
  };
}
