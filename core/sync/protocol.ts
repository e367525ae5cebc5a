import { z } from 'zod';
import { ACCOUNT_STATUSES, accountTermsSchema, dealSchema } from '#core/accounts/account.ts';
import { actOnCaseSchema, takeNextSchema } from '#core/cases/act.ts';
import { alertRulesSchema } from '#core/alerts/alert-rules.ts';
import { goalsSchema, scheduleSchema } from '#core/insight/reports.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { LINK_DAYS_MAX } from '#core/sharing/links.ts';
import { roleSchema } from '#core/people/roles.ts';
import { signedEnvelopeSchema } from '#core/signing/dsse.ts';
import {
  actOnTicketSchema,
  decideDisputeSchema,
  openDisputeSchema,
  openTicketSchema,
  withdrawDisputeSchema,
} from '#core/support/act.ts';
import { actionTypeSchema } from '#core/approvals/action-types.ts';
import { impactResultSchema } from '#core/impact/impact.ts';
import { migrationSchema, previewSummarySchema } from '#core/programs/programs.events.ts';
import { payoutAssessmentSchema } from '#core/payouts/assess.ts';
import { gaugeSchema } from '#core/rules/gauge.ts';
import { NEEDS } from '#core/rules/rule-kind.ts';
import { directiveSchema } from '#core/rules/rules.events.ts';
import { accountStateSchema } from '#core/rules/account-state.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { epochMs } from '#core/time/time.ts';
import {
  actOnWorkSchema,
  changeWorkPolicySchema,
  handOverWorkSchema,
  takeNextWorkSchema,
} from '#core/work/act.ts';

/** Raised when a message changes shape; a server refuses desks of another number with a reason. */
export const PROTOCOL_VERSION = 2;

/** Facts in one message, accounts in one snapshot part, deals in one detail. */
export const FACTS_PER_MESSAGE_MAX = 500;
export const ACCOUNTS_PER_PART_MAX = 1_000;
export const PROGRAMS_MAX = 500;
export const DEALS_PER_DETAIL_MAX = 500;
export const VERDICTS_PER_DETAIL_MAX = 200;
export const SERIES_POINTS_MAX = 2_000;
/** Accounts a desk may ask to be sent first: what its grid shows, and a margin. */
export const LOOK_ACCOUNTS_MAX = 400;
/** Alerts that one command acknowledges: enforcing waits for it no longer than for a batch of records. */
export const ALERTS_PER_ACKNOWLEDGEMENT_MAX = 1_000;
/** Messages of one kind on their way to a desk; the next waits for an acknowledgement. */
export const FACT_MESSAGES_IN_FLIGHT_MAX = 8;
export const ROW_FRAMES_IN_FLIGHT_MAX = 4;

/*
 * Over socket.io, events named as the keys below. "ack" is socket.io's acknowledgement callback.
 *
 *   desk → server   doors (ack), signIn (ack), signOut (ack); and, by a person who is signed in, hello
 *                   (ack: Welcome | Refused), look, command (ack), and questions (ack)
 *   server → desk   governed (ack), accounts (ack), facts (ack), rows (binary RowFrame, ack), pulse,
 *                   presence
 *
 * The handshake's `auth` carries { token, deskId, session }: the machine's secret, and the person's.
 */

export const authSchema = z.strictObject({
  token: z.string().min(16).max(200),
  deskId: idSchema,
  /** Of a person who signed in at this desk before; null when nobody did. */
  session: z.string().min(16).max(200).nullable(),
});

/** A person as desks show one. */
export const profileSchema = z.strictObject({
  personId: idSchema,
  name: z.string().max(120),
  roles: z.array(roleSchema).max(20),
});
export type Profile = z.infer<typeof profileSchema>;

export const signInSchema = z.strictObject({
  login: z.string().min(1).max(200),
  password: z.string().min(1).max(300),
  /** From an authenticator app; null when the person has none. */
  totp: z.string().max(12).nullable(),
});
export const signedInSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('signedIn'), session: z.string(), profile: profileSchema }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
]);
export type SignedIn = z.infer<typeof signedInSchema>;

/** Who may come in by which door: a demonstration names its people, a firm nobody. */
export const doorsSchema = z.strictObject({
  demo: z
    .strictObject({
      password: z.string(),
      people: z.array(z.strictObject({ login: z.string(), ...profileSchema.shape })).max(50),
    })
    .nullable(),
});
export type Doors = z.infer<typeof doorsSchema>;

/** The first password, or another one, by a code that was handed over in person. */
export const acceptSchema = z.strictObject({
  code: z.string().min(1).max(80),
  password: z.string().min(1).max(300),
});
export const acceptedSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
]);

/** Where else a person is signed in. */
export const sessionsReplySchema = z.strictObject({
  hasTotp: z.boolean(),
  sessions: z
    .array(
      z.strictObject({
        sessionId: z.string(),
        deskId: z.string(),
        address: z.string(),
        createdAt: epochMs,
        lastSeenAt: epochMs,
        thisOne: z.boolean(),
      }),
    )
    .max(100),
});
export type SessionsReply = z.infer<typeof sessionsReplySchema>;

export const totpRequestSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('begin'), password: z.string().min(1).max(300) }),
  z.strictObject({ step: z.literal('confirm'), code: z.string().min(1).max(12) }),
]);
export const totpReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('begun'), uri: z.string(), secret: z.string() }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
]);

/** A new person: pseudonym, name and login; what the person may do is a proposal of its own. */
export const newPersonSchema = z.strictObject({
  name: z.string().min(1).max(120),
  login: z.string().min(1).max(120),
});
export const newPersonReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('added'), personId: idSchema, code: z.string() }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
]);

/** Everybody there is, with the names that the log does not know. */
export const peopleReplySchema = z.strictObject({
  people: z.array(z.strictObject({ ...profileSchema.shape, active: z.boolean() })).max(2_000),
});
export type PeopleReply = z.infer<typeof peopleReplySchema>;

export const contentRequestSchema = z.strictObject({ digest: digestSchema });
export const contentReplySchema = z.strictObject({ text: z.string().nullable() });

/** Facts of people, proposals and payouts, before a snapshot of accounts. */
export const GOVERNED_FACTS_PER_PART_MAX = 500;
export const governedPartSchema = z.strictObject({
  part: z.int().min(0),
  parts: z.int().min(1),
  facts: z.array(z.unknown()).max(GOVERNED_FACTS_PER_PART_MAX),
});

export const helloSchema = z.strictObject({
  protocolVersion: z.int(),
  /** The log the cursor belongs to; null for a desk that knows none. */
  logId: z.string().max(80).nullable(),
  /** The last fact this desk keeps; 0 for none. */
  cursor: z.int().min(0),
});

export const welcomeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    /** `tail`: facts follow from the cursor. `snapshot`: accounts first, then facts from their seq. */
    mode: z.enum(['tail', 'snapshot']),
    logId: z.string(),
    lastSeq: z.int().min(0),
    serverAt: epochMs,
    /** Whom a decision signed for this server must name. */
    org: idSchema,
    env: z.enum(['production', 'staging', 'demo', 'test']),
    profile: profileSchema,
  }),
  z.strictObject({
    type: z.literal('refused'),
    reason: z.enum(['protocolTooOld', 'protocolTooNew', 'cursorAhead', 'invalid', 'signIn']),
    message: z.string(),
  }),
]);
export type Welcome = z.infer<typeof welcomeSchema>;

const base64 = z
  .string()
  .max(100)
  .refine((text) => bytesOfBase64(text).ok);
export const PROOF_HASHES_MAX = 128;
/** What a desk asks of the log's tree: how it goes on from the size that the desk has seen. */
export const checkpointRequestSchema = z.strictObject({ size: z.int().min(0) });
export const checkpointReplySchema = z.strictObject({
  /** A signed note: see core/audit/checkpoint. */
  note: z.string().max(4_096),
  publicKey: base64,
  /** That the tree of the size asked for is its beginning; empty when that is larger. */
  proof: z.array(base64).max(PROOF_HASHES_MAX),
});
export type CheckpointReply = z.infer<typeof checkpointReplySchema>;

/** What changes rarely about an account; the rest comes in row frames. */
export const accountSummarySchema = z.strictObject({
  /** Dense, from 0, in the order in which accounts opened: names the account in row frames. */
  number: z.int().min(0),
  terms: accountTermsSchema,
  status: z.enum(ACCOUNT_STATUSES),
  openedAt: epochMs,
  /** `seq` of the latest verdict, 0 for none, and its sentence. */
  lastVerdict: z
    .strictObject({
      seq: z.int().min(1),
      kind: z.string(),
      at: epochMs,
      sentence: z.string(),
      severity: z.enum(['info', 'warning', 'soft', 'hard']),
      needsReview: z.boolean(),
    })
    .nullable(),
});
export type AccountSummary = z.infer<typeof accountSummarySchema>;

export const accountsPartSchema = z.strictObject({
  /** The snapshot is as of this fact; facts after it follow. */
  seq: z.int().min(0),
  part: z.int().min(0),
  parts: z.int().min(1),
  accounts: z.array(accountSummarySchema).max(ACCOUNTS_PER_PART_MAX),
  /** Facts that a desk shows and that precede `seq`: recent warnings and breaches. Last part only. */
  recentFacts: z.array(z.unknown()).max(FACTS_PER_MESSAGE_MAX),
});

/**
 * Every fact from `fromSeq` to `toSeq` that desks keep. Kinds that desks do not keep (deals and
 * balance operations: asked for by account) are left out, so the range proves completeness.
 */
export const factsMessageSchema = z.strictObject({
  fromSeq: z.int().min(1),
  toSeq: z.int().min(1),
  facts: z.array(z.unknown()).max(FACTS_PER_MESSAGE_MAX),
});
export const DESK_LEAVES_OUT: readonly string[] = [
  'dealBooked',
  'balanceOperationBooked',
  'protectionSet',
  'identityRecorded',
  'sessionObserved',
  'orderActivityObserved',
];

/** Once a second: how the server and its feeds are. */
export const pulseSchema = z.strictObject({
  serverAt: epochMs,
  /** The time of the latest mark; differs from serverAt when recorded prices are replayed. */
  marketAt: epochMs.nullable(),
  lastSeq: z.int().min(0),
  marksPerSecond: z.number().min(0),
  platform: z.string(),
  feeds: z
    .array(
      z.strictObject({
        symbol: z.string(),
        source: z.string(),
        bid: z.int().nullable(),
        ask: z.int().nullable(),
        digits: z.int(),
        lastAt: epochMs.nullable(),
        /** Market milliseconds since this symbol's last mark; null before the first. */
        ageMs: z.int().nullable(),
        state: z.enum(['live', 'stale', 'closed', 'silent']),
        marks: z.int(),
        crossed: z.int(),
        backward: z.int(),
        offMarket: z.int(),
        gaps: z.int(),
      }),
    )
    .max(500),
  quarantined: z.int().min(0),
  /** How far surveillance is behind the log; left out before it was heard of. */
  surveillance: z
    .strictObject({
      factsBehind: z.int().min(0),
      /** Market time that it has reached; null before the first price. */
      marketAt: epochMs.nullable(),
      /** Detectors that stopped or spoke wrongly. */
      faults: z.int().min(0),
    })
    .optional(),
});
export type Pulse = z.infer<typeof pulseSchema>;

export const lookSchema = z.strictObject({
  accounts: z.array(z.int().min(0)).max(LOOK_ACCOUNTS_MAX),
});

const decisionSchema = z.strictObject({
  seq: z.int(),
  at: epochMs,
  by: z.string(),
  says: z.string(),
});
export const lifeSchema = z.strictObject({
  status: z.enum(ACCOUNT_STATUSES),
  origin: z.string(),
  /** Newest first: status changes, directives, exceptions, changes of rules, void deals. */
  events: z.array(decisionSchema).max(200),
  /** The account that follows this one was asked for. */
  followed: z.boolean(),
  /** Why it may not begin again; empty when it may. */
  reset: z.array(z.string()),
  /** The window of assessment; null where the phase is not scaled. */
  scaling: z
    .strictObject({
      beganAt: epochMs,
      endsAt: epochMs,
      /** Empty when the window, as it stands, would scale the account. */
      reasons: z.array(z.string()),
      nextSize: z.int(),
    })
    .nullable(),
  /** Later versions of its program, and what each makes harder for it. */
  offers: z
    .array(z.strictObject({ version: z.int(), harder: z.array(z.string()), hash: z.string() }))
    .max(50),
});
export type LifeView = z.infer<typeof lifeSchema>;

/** Everything the account page shows. */
export const accountDetailSchema = z.strictObject({
  number: z.int().min(0),
  asOfSeq: z.int().min(0),
  marketAt: epochMs.nullable(),
  /** The state a what-if starts from. */
  state: accountStateSchema,
  rules: z.array(
    z.strictObject({
      ruleId: z.string(),
      kind: z.string(),
      title: z.string(),
      description: z.string(),
      latch: z.enum(['none', 'warned', 'breached', 'met']),
      gauge: gaugeSchema,
    }),
  ),
  /** How it came to be, what people decided about it, and how it can go on. */
  life: lifeSchema,
  /** What a payout asked for now would be; null where the phase pays nothing out. */
  payout: payoutAssessmentSchema.nullable(),
  deals: z.array(dealSchema).max(DEALS_PER_DETAIL_MAX),
  /** Facts of this account that carry verdicts, newest first, each a full fact with evidence. */
  verdicts: z.array(z.unknown()).max(VERDICTS_PER_DETAIL_MAX),
  /** Equity over time with the floors, oldest first; thinned so that extremes are kept. */
  series: z
    .array(
      z.strictObject({
        at: epochMs,
        equity: z.int(),
        balance: z.int(),
        dailyFloor: z.int().nullable(),
        overallFloor: z.int().nullable(),
        /** Where an overall floor would stand under each common reading of "trailing". */
        readings: z
          .strictObject({ equityPeak: z.int(), closedBalance: z.int(), endOfDay: z.int() })
          .nullable(),
      }),
    )
    .max(SERIES_POINTS_MAX),
});
export type AccountDetail = z.infer<typeof accountDetailSchema>;

export const detailRequestSchema = z.strictObject({ accountId: idSchema });
export const detailReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('detail'), detail: accountDetailSchema }),
  z.strictObject({ type: z.literal('rejected'), reason: z.string() }),
]);

/** Cases that people look at now; beyond it the last are left out. */
export const PRESENCE_CASES_MAX = 200;
/** Which case a desk has on screen; null for none. */
export const viewingSchema = z.strictObject({ caseId: idSchema.nullable() });
/** Who looks at which case now: told to desks whenever it changes, and kept nowhere. */
export const presenceSchema = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        caseId: idSchema,
        people: z
          .array(z.strictObject({ personId: idSchema, name: z.string().max(120) }))
          .min(1)
          .max(200),
      }),
    )
    .max(PRESENCE_CASES_MAX),
});
export type Presence = z.infer<typeof presenceSchema>;

/** An intent. The id is the desk's; sending it twice does it once. */
export const commandSchema = z.strictObject({
  commandId: idSchema,
  operatorId: idSchema,
  issuedAt: epochMs,
  intent: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('acknowledgeAlert'),
      alertSeq: z.int().min(1),
      note: z.string().max(400),
    }),
    /** Many at once, as a person saw them in one group; those that somebody has seen are passed over. */
    z.strictObject({
      type: z.literal('acknowledgeAlerts'),
      alertSeqs: z.array(z.int().min(1)).min(1).max(ALERTS_PER_ACKNOWLEDGEMENT_MAX),
      note: z.string().max(400),
    }),
    /** Who is told of what, from now on. */
    z.strictObject({
      type: z.literal('setAlertRules'),
      rules: alertRulesSchema,
      /** The version that was changed: of two people who change the same one, the second is told. */
      baseVersion: z.int().min(0),
      reason: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('publishProgram'),
      /** The draft as people wrote it. */
      content: z.json(),
      /** Market time; null for at once. */
      effectiveFrom: epochMs.nullable(),
      migration: migrationSchema,
      /** How many accounts the author was shown to be hurt, when it reaches into running phases. */
      confirmedHurt: z.int().min(0).nullable(),
      /** Of the preview that was looked at; the server must hold it. */
      previewHash: z.string(),
      reason: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('directAccount'),
      accountId: idSchema,
      directive: directiveSchema,
      reason: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('acceptChange'),
      accountId: idSchema,
      version: z.int().min(1),
      evidence: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('requestSuccessor'),
      accountId: idSchema,
      successor: z.enum(['reset', 'scaledUp']),
      reason: z.string().min(1).max(400),
    }),
    /** A device shows that it holds a key: see ENROLMENT_PAYLOAD. */
    z.strictObject({ type: z.literal('enrolKey'), envelope: signedEnvelopeSchema }),
    /** A signed decision on a proposal: see DECISION_PAYLOAD. */
    z.strictObject({ type: z.literal('decide'), envelope: signedEnvelopeSchema }),
    z.strictObject({
      type: z.literal('propose'),
      action: actionTypeSchema.exclude(['payPayout', 'publishProgram', 'grantKey']),
      params: z.json(),
      reason: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('withdraw'),
      proposalId: idSchema,
      reason: z.string().min(1).max(400),
    }),
    /** Assesses a payout again; `deductions` null leaves them as they are. */
    z.strictObject({
      type: z.literal('revisePayout'),
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
    z.strictObject({
      type: z.literal('askInformation'),
      payoutId: idSchema,
      question: z.string().min(1).max(400),
    }),
    /** A person says what became of a payment that nobody knew of. */
    z.strictObject({
      type: z.literal('settlePayment'),
      payoutId: idSchema,
      state: z.enum(['paid', 'declined']),
      reason: z.string().min(1).max(400),
    }),
    z.strictObject({
      type: z.literal('settleException'),
      exceptionId: idSchema,
      reason: z.string().min(1).max(400),
    }),
    /** An order that stands still is tried again, or was looked at. */
    z.strictObject({
      type: z.literal('retryOrder'),
      orderId: idSchema,
      reason: z.string().min(1).max(400),
    }),
    /** An order is given up before it has an account. */
    z.strictObject({
      type: z.literal('cancelOrder'),
      orderId: idSchema,
      reason: z.string().min(1).max(400),
    }),
    /** What the firm wants of its numbers, from now on. */
    z.strictObject({
      type: z.literal('setKpiGoals'),
      goals: goalsSchema,
      /** The version that was changed: of two people who change the same one, the second is told. */
      baseVersion: z.int().min(0),
      reason: z.string().min(1).max(400),
    }),
    /** To whom numbers are sent, and when; null ends it. */
    z.strictObject({
      type: z.literal('scheduleReport'),
      scheduleId: idSchema,
      schedule: scheduleSchema.nullable(),
      reason: z.string().min(1).max(400),
    }),
    /** What a person does to a case, and which version of it was on screen. */
    z.strictObject({ type: z.literal('actOnCase'), ...actOnCaseSchema.shape }),
    /** The most urgent case that nobody has, taken in hand. */
    z.strictObject({ type: z.literal('takeNextCase'), ...takeNextSchema.shape }),
    /** What a person does with an item of work, and which version of it was on screen. */
    z.strictObject({ type: z.literal('actOnWork'), ...actOnWorkSchema.shape }),
    /** The most urgent item that nobody has, taken in hand. */
    z.strictObject({ type: z.literal('takeNextWork'), ...takeNextWorkSchema.shape }),
    z.strictObject({ type: z.literal('handOverWork'), ...handOverWorkSchema.shape }),
    z.strictObject({ type: z.literal('changeWorkPolicy'), ...changeWorkPolicySchema.shape }),
    /** What a trader said, written down by a person. */
    z.strictObject({ type: z.literal('openTicket'), ...openTicketSchema.shape }),
    /** What a person does to a ticket, and which version of it was on screen. */
    z.strictObject({ type: z.literal('actOnTicket'), ...actOnTicketSchema.shape }),
    z.strictObject({ type: z.literal('openDispute'), ...openDisputeSchema.shape }),
    z.strictObject({ type: z.literal('decideDispute'), ...decideDisputeSchema.shape }),
    z.strictObject({ type: z.literal('withdrawDispute'), ...withdrawDisputeSchema.shape }),
    /** A trader gets a link to where the account stands. */
    z.strictObject({
      type: z.literal('shareStanding'),
      accountId: idSchema,
      days: z.int().min(1).max(LINK_DAYS_MAX),
    }),
    z.strictObject({
      type: z.literal('revokeStanding'),
      linkId: idSchema,
      reason: z.string().min(1).max(400),
    }),
  ]),
});
export type Intent = z.infer<typeof commandSchema>['intent'];
export type Command = z.infer<typeof commandSchema>;

/** A published version as a desk lists it. */
export const programVersionSchema = z.strictObject({
  version: z.int().min(1),
  hash: z.string(),
  effectiveFrom: epochMs.nullable(),
  /** Null for a version that came with the server. */
  author: z.string().nullable(),
  reason: z.string(),
  preview: previewSummarySchema.nullable(),
  content: z.json(),
  /** Accounts that are judged by it. */
  accounts: z.int().min(0),
});
export const programListSchema = z.strictObject({
  programs: z
    .array(
      z.strictObject({
        programId: idSchema,
        versions: z.array(programVersionSchema).min(1).max(500),
      }),
    )
    .max(PROGRAMS_MAX),
  /** What the connected platform delivers: rules that need more are refused. */
  delivers: z.array(z.enum(NEEDS)),
});
export type ProgramList = z.infer<typeof programListSchema>;

export const impactStateSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('running'), facts: z.int(), ofFacts: z.int() }),
  z.strictObject({
    type: z.literal('done'),
    summary: previewSummarySchema,
    result: impactResultSchema,
    seconds: z.number(),
    /** A shadow run: the result goes on growing with the log. */
    follows: z.boolean(),
  }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);
export type ImpactState = z.infer<typeof impactStateSchema>;

export const commandResultSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('accepted'), commandId: idSchema, seq: z.int().min(1) }),
  z.strictObject({
    type: z.literal('rejected'),
    commandId: idSchema,
    code: z.enum([
      'notFound',
      'notAnAlert',
      'alreadyAcknowledged',
      'noPreview',
      'notConfirmed',
      'invalid',
      'forbidden',
      'needSequence',
      'conflict',
      'notApproved',
    ]),
    message: z.string(),
  }),
]);
export type CommandResult = z.infer<typeof commandResultSchema>;

/** A record from outside that was refused: kept whole, with the reason, for a person to read. */
export const quarantineEntrySchema = z.strictObject({
  id: z.int().min(1),
  receivedAt: epochMs,
  source: z.string(),
  reason: z.string(),
  /** The record as it came, as text, cut at 4,000 characters. */
  excerpt: z.string().max(4_000),
});
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;

/** What the audit browser asks: facts by who did it, to which account, of which kind; newest first. */
export const AUDIT_LINES_MAX = 200;
export const auditRequestSchema = z.strictObject({
  actor: z.string().max(80).nullable(),
  accountId: z.string().max(80).nullable(),
  kind: z.string().max(60).nullable(),
  /** Everything but what the rules and the platform did by themselves. */
  byPeople: z.boolean(),
  beforeSeq: z.int().min(1).nullable(),
  limit: z.int().min(1).max(AUDIT_LINES_MAX),
});
export const auditReplySchema = z.strictObject({
  facts: z.array(z.unknown()).max(AUDIT_LINES_MAX),
  lastSeq: z.int().min(0),
});
/** One entry with its way to a signed root: see core/audit/tree. */
export const auditProofRequestSchema = z.strictObject({ seq: z.int().min(1) });
export const auditProofSchema = z.strictObject({
  fact: z.unknown(),
  leaf: base64,
  index: z.int().min(0),
  note: z.string().max(4_096),
  publicKey: base64,
  proof: z.array(base64).max(PROOF_HASHES_MAX),
});
export type AuditProof = z.infer<typeof auditProofSchema>;

export const bankFileRequestSchema = z.strictObject({
  name: z.string().min(1).max(200),
  text: z.string().min(1).max(220_000),
});
export const bankFileReplySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('booked'),
    entries: z.int().min(0),
    problems: z.array(z.string()).max(200),
  }),
  z.strictObject({ type: z.literal('rejected'), reason: z.string() }),
]);

export const ledgerReplySchema = z.strictObject({
  balances: z
    .array(
      z.strictObject({
        account: z.string(),
        currency: z.string(),
        debit: z.int(),
        credit: z.int(),
      }),
    )
    .max(100),
});
