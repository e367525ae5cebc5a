import { z } from 'zod';
import { actionTypeSchema } from '#core/approvals/action-types.ts';
import { aboutSchema } from '#core/approvals/approvals.events.ts';
import { DECISIONS, groundsSchema } from '#core/approvals/decision.ts';
import { approvalPolicySchema } from '#core/approvals/policy.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { payoutSnapshotSchema } from '#core/payouts/snapshot.ts';
import { epochMs } from '#core/time/time.ts';
import { directiveSchema } from '#core/rules/rules.events.ts';
import { migrationSchema } from '#core/programs/programs.events.ts';
import { fragileSchema, shockResultSchema, shockSchema } from '#core/what-if/book-shock.ts';
import { scenarioSchema } from '#core/what-if/scenario.ts';
import { whatIfResultSchema } from '#core/what-if/simulate.ts';
import {
  acceptSchema,
  accountDetailSchema,
  accountSummarySchema,
  auditReplySchema,
  auditRequestSchema,
  bankFileRequestSchema,
  doorsSchema,
  impactStateSchema,
  ledgerReplySchema,
  LOOK_ACCOUNTS_MAX,
  newPersonSchema,
  profileSchema,
  sessionsReplySchema,
  signInSchema,
  totpReplySchema,
  totpRequestSchema,
  programListSchema,
  pulseSchema,
  quarantineEntrySchema,
} from '#core/sync/protocol.ts';
import { alertCalls, alertStreams } from './alert-calls.ts';
import { caseCalls, caseStreams } from './case-calls.ts';
import { exposureCalls, exposureStreams } from './exposure-calls.ts';
import { orderCalls } from './order-calls.ts';
import { evidenceCalls } from './evidence-calls.ts';
import { standingCalls } from './standing-calls.ts';
import { kpiCalls } from './kpi-calls.ts';
import { supportCalls } from './support-calls.ts';
import { surveillanceCalls } from './surveillance-calls.ts';
import { workCalls } from './work-calls.ts';

export type { Alert, AlertGroup } from './alert-calls.ts';

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

export const deskKeySchema = z.strictObject({
  keyId: z.string(),
  fingerprint: z.string(),
  state: z.enum(['local', 'enrolled', 'granted', 'revoked', 'frozen']),
});

export const peopleListSchema = z.strictObject({
  people: z.array(
    z.strictObject({
      ...profileSchema.shape,
      active: z.boolean(),
      keys: z.array(z.strictObject({ ...deskKeySchema.shape, deviceId: z.string() })),
    }),
  ),
  policies: z.array(approvalPolicySchema),
});
export type PeopleList = z.infer<typeof peopleListSchema>;

const decisionViewSchema = z.strictObject({
  seq: z.int(),
  decision: z.enum(DECISIONS),
  personId: z.string(),
  personName: z.string(),
  version: z.int(),
  reason: z.string(),
  at: epochMs,
  /** Empty when it counts; else why it does not. */
  notCounted: z.string(),
});

/** A proposal as lists show it. */
export const proposalViewSchema = z.strictObject({
  proposalId: idSchema,
  action: actionTypeSchema,
  title: z.string(),
  about: aboutSchema,
  version: z.int().min(1),
  amount: z.int(),
  currency: z.string(),
  traderName: z.string(),
  programName: z.string(),
  state: z.enum([
    'open',
    'held',
    'contested',
    'approved',
    'executed',
    'rejected',
    'withdrawn',
    'expired',
  ]),
  /** What stands against paying, in the bytes; empty for nothing. */
  against: z.array(z.string()),
  flags: z.int(),
  approvals: z.int(),
  required: z.int(),
  payment: z.enum(['none', 'instructed', 'sent', 'unknown', 'paid', 'declined', 'returned']),
  reconciled: z.boolean(),
  letter: z.boolean(),
  openedAt: epochMs,
  decideBy: epochMs,
  expiresAt: epochMs,
  escalated: z.int(),
  makers: z.array(z.string()),
  reason: z.string(),
  /** Whether the person who is signed in may decide it, and the reason when not. */
  mayDecide: z.boolean(),
  whyNot: z.string(),
  /** Why it waits for people at all. */
  whyHere: z.string(),
});
export type ProposalView = z.infer<typeof proposalViewSchema>;

export const proposalDetailSchema = z.strictObject({
  proposal: proposalViewSchema,
  decisions: z.array(decisionViewSchema),
  questions: z.array(z.strictObject({ by: z.string(), question: z.string(), at: epochMs })),
  /** The text that people sign; null when this desk does not hold the bytes. */
  text: z.string().nullable(),
  /** The bytes of a payout; null for other actions, or when not held. */
  snapshot: payoutSnapshotSchema.nullable(),
  /** The desk assessed it again: empty when the result is the same. */
  recomputed: z.string().nullable(),
  earlier: z.array(
    z.strictObject({ payoutId: z.string(), amount: z.int(), state: z.string(), at: epochMs }),
  ),
  /** Other traders who are paid at the same place. */
  samePayee: z.array(z.string()),
});
export type ProposalDetail = z.infer<typeof proposalDetailSchema>;

/** What was signed on this desk, and what became of it. */
export const signedDecisionSchema = z.strictObject({
  decisionId: z.string(),
  proposalId: z.string(),
  version: z.int(),
  decision: z.enum(DECISIONS),
  personId: z.string(),
  signedAt: epochMs,
  /** `signed`: on this desk, not yet received. `received`: in the log, counted or not. */
  state: z.enum(['signed', 'counted', 'notCounted', 'executed', 'refused']),
  says: z.string(),
});
export type SignedDecision = z.infer<typeof signedDecisionSchema>;

export const paymentsSchema = z.strictObject({
  exceptions: z.array(
    z.strictObject({
      exceptionId: z.string(),
      type: z.string(),
      payoutId: z.string().nullable(),
      sentence: z.string(),
      at: epochMs,
      settled: z.string().nullable(),
    }),
  ),
  balances: ledgerReplySchema.shape.balances,
});
export type Payments = z.infer<typeof paymentsSchema>;

export const SHOCKS_PER_CALL_MAX = 200;

/** Every call the renderer may make of its desk. */
export const deskCalls = {
  ...alertCalls,
  ...caseCalls,
  ...exposureCalls,
  ...orderCalls,
  ...supportCalls,
  ...surveillanceCalls,
  ...kpiCalls,
  ...workCalls,
  ...evidenceCalls,
  ...standingCalls,
  'session.get': {
    input: z.strictObject({}),
    output: z.strictObject({
      host: z.enum(['electron', 'loopback']),
      /** Who is signed in at this desk; null while nobody is. */
      person: profileSchema.nullable(),
      deskId: z.string(),
      version: z.string(),
      connection: connectionSchema,
      pulse: pulseSchema.nullable(),
    }),
  },
  /** By which doors people come in: a demonstration names them. Null without a server. */
  'session.doors': {
    input: z.strictObject({}),
    output: z.strictObject({ doors: doorsSchema.nullable() }),
  },
  'session.signIn': { input: signInSchema, output: z.strictObject({ person: profileSchema }) },
  'session.signOut': {
    input: z.strictObject({ everywhere: z.boolean() }),
    output: z.strictObject({}),
  },
  /** Sets a password by a code that was handed over in person. */
  'session.accept': { input: acceptSchema, output: z.strictObject({}) },
  'session.list': { input: z.strictObject({}), output: sessionsReplySchema },
  /** A second factor: begun with the password again, confirmed with its first code. */
  'session.totp': { input: totpRequestSchema, output: totpReplySchema },
  'people.add': {
    input: newPersonSchema,
    output: z.strictObject({ personId: z.string(), code: z.string() }),
  },
  /** The key of the person who is signed in, on this desk. */
  'key.get': {
    input: z.strictObject({}),
    output: z.strictObject({ key: deskKeySchema.nullable() }),
  },
  /** Makes a key, seals it with the secret, and enrols it; it counts once it was granted. */
  'key.enrol': {
    input: z.strictObject({ secret: z.string().max(300) }),
    output: z.strictObject({ fingerprint: z.string() }),
  },
  'people.list': { input: z.strictObject({}), output: peopleListSchema },
  'proposals.list': {
    input: z.strictObject({}),
    output: z.strictObject({ proposals: z.array(proposalViewSchema) }),
  },
  'proposals.get': {
    input: z.strictObject({ proposalId: idSchema }),
    output: proposalDetailSchema,
  },
  'proposals.propose': {
    input: z.strictObject({
      action: z.enum([
        'overrideVerdict',
        'adjustBalance',
        'changeRole',
        'revokeKey',
        'changePolicy',
        'changeExposureLimits',
        'changeScoring',
      ]),
      params: z.json(),
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'proposals.withdraw': {
    input: z.strictObject({ proposalId: idSchema, reason: z.string().min(1).max(400) }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  /**
   * Shows what would be signed: the desk renders the bytes themselves. A renderer names an item, a
   * version and a decision, and nothing else.
   */
  'decision.prepare': {
    input: z.strictObject({
      proposalId: idSchema,
      version: z.int().min(1),
      decision: z.enum(DECISIONS),
      reason: z.string().max(400),
      grounds: groundsSchema.nullable(),
    }),
    output: z.strictObject({
      preparedId: z.string(),
      text: z.string(),
      fingerprint: z.string(),
      /** How long it must stay on screen. */
      dwellMs: z.int(),
      presence: z.enum(['passphrase', 'osPresence']),
    }),
  },
  /** Signs what was prepared. When it returns, it is on this desk's disk twice. */
  'decision.sign': {
    input: z.strictObject({ preparedId: z.string().max(80), secret: z.string().max(300) }),
    output: z.strictObject({ decisionId: z.string() }),
  },
  'decision.list': {
    input: z.strictObject({}),
    output: z.strictObject({ decisions: z.array(signedDecisionSchema) }),
  },
  'payout.revise': {
    input: z.strictObject({
      payoutId: idSchema,
      deductions: z
        .array(
          z.strictObject({
            dealIds: z.array(idSchema).min(1).max(100),
            amount: z.int().min(1),
            ruleId: idSchema.nullable(),
            reason: z.string().min(1).max(400),
          }),
        )
        .max(50)
        .nullable(),
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'payout.ask': {
    input: z.strictObject({ payoutId: idSchema, question: z.string().min(1).max(400) }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'payout.settle': {
    input: z.strictObject({
      payoutId: idSchema,
      state: z.enum(['paid', 'declined']),
      reason: z.string().min(1).max(400),
    }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'exception.settle': {
    input: z.strictObject({ exceptionId: idSchema, reason: z.string().min(1).max(400) }),
    output: z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) }),
  },
  'payments.get': { input: z.strictObject({}), output: paymentsSchema },
  'payments.importFile': {
    input: bankFileRequestSchema,
    output: z.strictObject({ entries: z.int(), problems: z.array(z.string()) }),
  },
  'letter.get': {
    input: z.strictObject({ payoutId: idSchema }),
    output: z.strictObject({ html: z.string().nullable() }),
  },
  'audit.list': { input: auditRequestSchema, output: auditReplySchema },
  /** One entry with its proof, which this desk has walked itself. */
  'audit.proof': {
    input: z.strictObject({ seq: z.int().min(1) }),
    output: z.strictObject({
      verified: z.boolean(),
      says: z.string(),
      leaf: z.string(),
      index: z.int(),
      size: z.int(),
      root: z.string(),
      path: z.array(z.string()),
      note: z.string(),
    }),
  },
  /** All accounts; live numbers follow as `rows` frames. */
  'accounts.list': {
    input: z.strictObject({}),
    output: z.strictObject({ accounts: z.array(accountSummarySchema) }),
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
  ...alertStreams,
  ...caseStreams,
  ...exposureStreams,
  connection: connectionSchema,
  pulse: pulseSchema,
  /** Accounts that are new or whose summary changed. */
  accounts: z.array(accountSummarySchema),
  /** Proposals, payouts, people or keys changed: what shows them reads them again. */
  governed: z.strictObject({ lastSeq: z.int().min(0) }),
  /** Who is signed in here changed. */
  person: z.strictObject({ person: profileSchema.nullable() }),
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
