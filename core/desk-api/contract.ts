import { z } from 'zod';
import { idSchema } from '#core/accounts/account.ts';
import { epochMs } from '#core/time/time.ts';
import { directiveSchema } from '#core/rules/rules.events.ts';
import { migrationSchema } from '#core/programs/programs.events.ts';
import { fragileSchema, shockResultSchema, shockSchema } from '#core/what-if/book-shock.ts';
import { scenarioSchema } from '#core/what-if/scenario.ts';
import { whatIfResultSchema } from '#core/what-if/simulate.ts';
import {
  accountDetailSchema,
  accountSummarySchema,
  impactStateSchema,
  LOOK_ACCOUNTS_MAX,
  programListSchema,
  pulseSchema,
  quarantineEntrySchema,
} from '#core/sync/protocol.ts';

/** How the desk stands with its server, as every screen shows it. */
export const connectionSchema = z.strictObject({
  state: z.enum(['connecting', 'live', 'stale', 'offline', 'refused']),
  /** When what is shown was last true; null before anything was ever received. */
  asOf: epochMs.nullable(),
  /** The instant the present state began. */
  since: epochMs,
  lastSeq: z.int().min(0),
  /** Server clock minus desk clock, from the latest pulse; null before one. */
  clockOffsetMs: z.int().nullable(),
  message: z.string(),
  /** True when only starting over (`session.startOver`) can connect this desk again. */
  otherLog: z.boolean(),
});
export type Connection = z.infer<typeof connectionSchema>;

/** A warning, a breach or another verdict as the feed shows it. */
export const alertSchema = z.strictObject({
  seq: z.int().min(1),
  accountId: idSchema,
  accountNumber: z.int().min(0),
  traderName: z.string(),
  programName: z.string(),
  severity: z.enum(['info', 'warning', 'soft', 'hard']),
  kind: z.string(),
  at: epochMs,
  sentence: z.string(),
  /** Doubts about the print behind it: empty when clean. */
  review: z.array(z.string()),
  acknowledgement: z
    .strictObject({
      operatorId: z.string(),
      at: epochMs,
      note: z.string(),
      /** `queued` on this desk, not yet received; `accepted` by the server. */
      state: z.enum(['queued', 'accepted']),
    })
    .nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

export const ALERTS_PER_CALL_MAX = 1_000;
export const SHOCKS_PER_CALL_MAX = 200;

/** Every call the renderer may make of its desk. */
export const deskCalls = {
  'session.get': {
    input: z.strictObject({}),
    output: z.strictObject({
      host: z.enum(['electron', 'loopback']),
      operatorId: z.string(),
      deskId: z.string(),
      version: z.string(),
      connection: connectionSchema,
      pulse: pulseSchema.nullable(),
    }),
  },
  /** All accounts; live numbers follow as `rows` frames. */
  'accounts.list': {
    input: z.strictObject({}),
    output: z.strictObject({ accounts: z.array(accountSummarySchema) }),
  },
  /** Newest first. */
  'alerts.list': {
    input: z.strictObject({
      beforeSeq: z.int().min(1).optional(),
      limit: z.int().min(1).max(ALERTS_PER_CALL_MAX),
    }),
    output: z.strictObject({ alerts: z.array(alertSchema), unacknowledged: z.int().min(0) }),
  },
  'alerts.acknowledge': {
    input: z.strictObject({ alertSeq: z.int().min(1), note: z.string().max(400) }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'account.detail': {
    input: z.strictObject({ accountId: idSchema }),
    output: z.strictObject({
      /** `live` from the server now; `cache` as this desk last saw it. */
      source: z.enum(['live', 'cache']),
      asOf: epochMs,
      detail: accountDetailSchema,
    }),
  },
  /** Computed on the desk, by the engine the server runs. */
  'whatIf.run': {
    input: z.strictObject({ accountId: idSchema, scenario: scenarioSchema }),
    output: whatIfResultSchema,
  },
  /** Which accounts are on screen: they are sent first and most often. */
  'view.look': {
    input: z.strictObject({ accounts: z.array(z.int().min(0)).max(LOOK_ACCOUNTS_MAX) }),
    output: z.strictObject({}),
  },
  /**
   * The server has another log than the one this desk kept: forget what was kept and follow the
   * new one. Commands that waited for the old log are set aside, never sent.
   */
  'session.startOver': {
    input: z.strictObject({}),
    output: z.strictObject({ setAside: z.int().min(0) }),
  },
  'programs.list': { input: z.strictObject({}), output: programListSchema },
  /**
   * Replays the firm's history under a draft, on the server; watch it by its id. A shadow run
   * follows the log from there on, beside the published version, until it is cancelled.
   */
  'impact.start': {
    input: z.strictObject({
      content: z.json(),
      follows: z.boolean(),
      /** One account alone, or null for all of the program's. */
      accountId: idSchema.nullable(),
    }),
    output: z.strictObject({ runId: z.string() }),
  },
  'impact.state': { input: z.strictObject({ runId: z.string() }), output: impactStateSchema },
  'impact.cancel': { input: z.strictObject({ runId: z.string() }), output: z.strictObject({}) },
  'programs.publish': {
    input: z.strictObject({
      content: z.json(),
      migration: migrationSchema,
      /** Market time; null for at once. */
      effectiveFrom: epochMs.nullable(),
      /** How many accounts were shown to be hurt, for a version that reaches into running phases. */
      confirmedHurt: z.int().min(0).nullable(),
      previewHash: z.string(),
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  /** Restricts, lifts, closes, or excepts one rule until an instant. */
  'account.direct': {
    input: z.strictObject({
      accountId: idSchema,
      directive: directiveSchema,
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  /** Records that its trader accepted another version of the program. */
  'account.acceptChange': {
    input: z.strictObject({
      accountId: idSchema,
      version: z.int().min(1),
      evidence: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  /** Asks for the account that follows: its phase again, or a larger size. */
  'account.successor': {
    input: z.strictObject({
      accountId: idSchema,
      successor: z.enum(['reset', 'scaledUp']),
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  /** What sudden moves of prices do to the whole book, computed on the desk. */
  'book.shock': {
    input: z.strictObject({ shocks: z.array(shockSchema).min(1).max(SHOCKS_PER_CALL_MAX) }),
    output: z.strictObject({
      asOf: epochMs,
      milliseconds: z.number(),
      symbols: z.array(
        z.strictObject({ symbol: z.string(), digits: z.int(), bid: z.int(), ask: z.int() }),
      ),
      results: z.array(shockResultSchema),
      fragile: z.array(fragileSchema),
    }),
  },
  'quarantine.list': {
    input: z.strictObject({ limit: z.int().min(1).max(500) }),
    output: z.strictObject({ entries: z.array(quarantineEntrySchema) }),
  },
} as const;

/** What the desk pushes, unasked. `rows` is a binary frame: see sync/row-frame. */
export const deskStreams = {
  connection: connectionSchema,
  pulse: pulseSchema,
  /** Accounts that are new or whose summary changed. */
  accounts: z.array(accountSummarySchema),
  /** Alerts that are new or whose acknowledgement changed, and how many of all are open. */
  alerts: z.strictObject({ alerts: z.array(alertSchema), unacknowledged: z.int().min(0) }),
  /** Everything was replaced: read accounts and alerts again. */
  reset: z.strictObject({}),
} as const;
export const ROWS_FRAME = 'rows';

export type DeskCallName = keyof typeof deskCalls;
export type DeskStreamName = keyof typeof deskStreams;
export type DeskCallInput<Name extends DeskCallName> = z.infer<(typeof deskCalls)[Name]['input']>;
export type DeskCallOutput<Name extends DeskCallName> = z.infer<(typeof deskCalls)[Name]['output']>;
export type DeskStreamItem<Name extends DeskStreamName> = z.infer<(typeof deskStreams)[Name]>;

/** What a desk implements; it stops compiling until every call exists. */
export type DeskApi = {
  readonly [Name in DeskCallName]: (input: DeskCallInput<Name>) => Promise<DeskCallOutput<Name>>;
};
