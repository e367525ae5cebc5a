import { z } from 'zod';
import {
  actOnCaseSchema,
  consequenceWishSchema,
  NOTE_MAX,
  REASON_MAX,
  takeNextSchema,
} from '#core/cases/act.ts';
import { CASE_STATES, consequenceSchema, outcomeSchema } from '#core/cases/outcomes.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import { scoringPolicySchema } from '#core/fraud/scoring.ts';
import { perMilleSchema, signalSchema } from '#core/fraud/signal.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { presenceSchema, viewingSchema } from '#core/sync/protocol.ts';
import { epochMs } from '#core/time/time.ts';

export const CASES_PER_CALL_MAX = 10_000;
export const REVIEWS_PER_CALL_MAX = 50;

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});
/** A person as lists show one. */
const personSchema = z.strictObject({ personId: z.string(), name: z.string() });
const patternSchema = z.enum(PATTERNS);

/** What is at stake: a payout that waits, else profit above the start, else about what was paid to begin. */
export const stakeSchema = z.strictObject({
  kind: z.enum(['payout', 'profit', 'fee', 'nothing']),
  amount: moneyUnits,
  /** Empty where the accounts are of several currencies: then it is a sum of numbers alone. */
  currency: z.string(),
});
export type Stake = z.infer<typeof stakeSchema>;

const lockSchema = z.strictObject({
  ...personSchema.shape,
  until: epochMs,
  /** Of the person who is signed in. */
  mine: z.boolean(),
});

/** A payout that a case holds back. */
const holdSchema = z.strictObject({
  since: epochMs,
  by: z.string(),
  accountIds: z.array(z.string()),
});

/** A case as a line of the grid. */
export const caseRowSchema = z.strictObject({
  caseId: idSchema,
  /** In order of opening, from 1: what people call it. */
  number: z.int().min(1),
  /** To be given back with whatever is done to it. */
  version: z.int().min(1),
  state: z.enum(CASE_STATES),
  /** In a few words: the title of its strongest detector. */
  title: z.string(),
  patterns: z.array(patternSchema),
  detectors: z.array(z.strictObject({ detector: z.string(), title: z.string() })),
  score: perMilleSchema,
  /** What the strongest signals say, strongest first, three at the most. */
  reasons: z.array(z.string()).max(3),
  signals: z.int(),
  stake: stakeSchema,
  pendingPayouts: z.array(
    z.strictObject({
      payoutId: z.string(),
      accountId: z.string(),
      amount: moneyUnits,
      currency: z.string(),
    }),
  ),
  openedAt: epochMs,
  lastSignalAt: epochMs,
  changedAt: epochMs,
  /** From opening to now, or to its decision. */
  ageMs: z.int(),
  /** Until when its pattern asks for a decision. */
  dueAt: epochMs,
  overdue: z.boolean(),
  lock: lockSchema.nullable(),
  assignee: personSchema.nullable(),
  /** 0 while it is an officer's matter; each step goes one level up. */
  escalated: z.int().min(0),
  snoozedUntil: epochMs.nullable(),
  traders: z.array(z.strictObject({ traderId: z.string(), name: z.string() })),
  accounts: z.array(
    z.strictObject({
      accountId: z.string(),
      /** As in `accounts.list`; null for an account that this desk does not know. */
      number: z.int().nullable(),
      status: z.string(),
    }),
  ),
  /** Other accounts of the same traders. */
  linkedAccounts: z.array(z.string()),
  programs: z.array(z.strictObject({ programId: z.string(), name: z.string() })),
  /** A whole number; the larger, the sooner. 0 for cases that nobody has to decide. */
  urgency: z.int().min(0),
  /** Its place among the cases that wait, from 1; null when it does not. */
  rank: z.int().min(1).nullable(),
  hold: holdSchema.nullable(),
  decision: z
    .strictObject({ outcome: outcomeSchema, code: z.string(), at: epochMs, by: z.string() })
    .nullable(),
  /** A consequence that waits for others' approval. */
  proposed: z.strictObject({ proposalId: z.string(), consequence: consequenceSchema }).nullable(),
  /** Where it was merged into. */
  mergedInto: z.string().nullable(),
  /** Others who have it on screen now. */
  viewers: z.array(personSchema),
  /** A note names the person who is signed in, since that person last wrote or acted here. */
  mentionsMe: z.boolean(),
  /** It is offered for a blind review: what was decided is left out of here. */
  blind: z.boolean(),
});
export type CaseRow = z.infer<typeof caseRowSchema>;

/** A number for the head of the page, with what it was in the 30 days before. */
export const kpiSchema = z.strictObject({
  id: z.enum([
    'openCases',
    'overdueCases',
    'medianAge',
    'decided',
    'timeToDecide',
    'falsePositives',
  ]),
  unit: z.enum(['count', 'milliseconds', 'perMille']),
  /** Null where there is nothing to count from. */
  value: z.int().nullable(),
  baseline: z.int().nullable(),
  /** `value` minus `baseline`. */
  delta: z.int().nullable(),
  better: z.enum(['lower', 'higher', 'neither']),
});
export type Kpi = z.infer<typeof kpiSchema>;

const caseSignalSchema = z.strictObject({
  signal: signalSchema,
  /** When it joined. */
  joinedAt: epochMs,
  title: z.string(),
  pattern: patternSchema.nullable(),
  describes: z.string(),
  /** Who shows the same without having done anything. */
  honestReasons: z.string(),
  /** False for one that a later revision of the same matter replaced. */
  latest: z.boolean(),
  /** Strength as the policy in force counts it: by weight and program; 0 for replaced or allowed ones. */
  counts: perMilleSchema,
  /** The allowance that makes it count for nothing, in words; empty for none. */
  allowed: z.string(),
});

const precedentSchema = z.strictObject({
  caseId: z.string(),
  number: z.int(),
  similarity: perMilleSchema,
  outcome: outcomeSchema,
  code: z.string(),
  reason: z.string(),
  decidedAt: epochMs,
  /** What is alike and what is not: "same detectors", "smaller amount". */
  why: z.array(z.string()),
});

const caseDecisionSchema = z.strictObject({
  seq: z.int(),
  at: epochMs,
  outcome: outcomeSchema,
  code: z.string(),
  by: z.string(),
  /** Who agreed, for consequences. */
  approvedBy: z.array(z.string()),
  reason: z.string(),
  departure: z.string().nullable(),
  accountIds: z.array(z.string()),
  amount: moneyUnits,
  proposalId: z.string().nullable(),
  /** What the trader is told; null when nothing is, or when this desk does not hold it. */
  letter: z.string().nullable(),
  /** Of the letter, as the log keeps it. */
  letterDigest: digestSchema.nullable(),
});

/** Why a person cannot do it, in a sentence; empty when nothing stands against it. */
const whyNotSchema = z.string();

/** Everything the page of a case shows. */
export const caseDetailSchema = z.strictObject({
  row: caseRowSchema,
  /** Strongest first, latest revisions before replaced ones. */
  signals: z.array(caseSignalSchema),
  /** All that happened, oldest first. */
  timeline: z.array(
    z.strictObject({
      seq: z.int(),
      at: epochMs,
      /** `queued` on this desk: seq is 0, and the server has not seen it. */
      state: z.enum(['logged', 'queued']),
      kind: z.string(),
      by: z.string(),
      says: z.string(),
    }),
  ),
  notes: z.array(
    z.strictObject({
      seq: z.int(),
      at: epochMs,
      by: personSchema,
      text: z.string(),
      mentions: z.array(personSchema),
    }),
  ),
  attachments: z.array(
    z.strictObject({
      seq: z.int(),
      at: epochMs,
      by: personSchema,
      name: z.string(),
      mediaType: z.string(),
      size: z.int(),
      digest: digestSchema,
      /** Whether `cases.attachment` can give the bytes. */
      kept: z.boolean(),
    }),
  ),
  checklist: z.array(
    z.strictObject({
      item: z.string(),
      detectors: z.array(z.string()),
      done: z.strictObject({ by: personSchema, at: epochMs }).nullable(),
    }),
  ),
  precedents: z.array(precedentSchema),
  /** What nearly all close precedents came to; null when there are too few, or they differ. */
  majority: z
    .strictObject({ outcome: outcomeSchema, share: perMilleSchema, of: z.int() })
    .nullable(),
  /** Cases about the same people before this one, newest first. */
  earlier: z.array(
    z.strictObject({
      caseId: z.string(),
      number: z.int(),
      state: z.enum(CASE_STATES),
      outcome: outcomeSchema.nullable(),
      openedAt: epochMs,
      /** True when this case was opened because of what came after that one. */
      linked: z.boolean(),
    }),
  ),
  decisions: z.array(caseDecisionSchema),
  reviews: z.array(
    z.strictObject({
      by: personSchema,
      at: epochMs,
      outcome: outcomeSchema,
      reason: z.string(),
      agrees: z.boolean(),
    }),
  ),
  proposals: z.array(
    z.strictObject({
      proposalId: z.string(),
      consequence: consequenceSchema,
      state: z.string(),
      amount: moneyUnits,
      by: z.string(),
      at: epochMs,
      reason: z.string(),
    }),
  ),
  /** What the trader would be told for each outcome that tells the trader anything. */
  letters: z.array(z.strictObject({ outcome: outcomeSchema, text: z.string() })),
  /** What the person who is signed in cannot do now, and why; empty sentences for what can be done. */
  whyNot: z.strictObject({
    claim: whyNotSchema,
    release: whyNotSchema,
    assign: whyNotSchema,
    snooze: whyNotSchema,
    note: whyNotSchema,
    check: whyNotSchema,
    merge: whyNotSchema,
    split: whyNotSchema,
    escalate: whyNotSchema,
    dismiss: whyNotSchema,
    warn: whyNotSchema,
    propose: whyNotSchema,
    releaseHold: whyNotSchema,
    reopen: whyNotSchema,
    review: whyNotSchema,
  }),
  /** Who may be asked, assigned or mentioned. */
  people: z.array(z.strictObject({ ...personSchema.shape, mayWork: z.boolean() })),
  /** What this desk sent and the server has not yet taken. */
  waiting: z.array(z.strictObject({ commandId: z.string(), verb: z.string(), at: epochMs })),
});
export type CaseDetail = z.infer<typeof caseDetailSchema>;

/** What a person has begun to write about a case: kept on this desk alone, for that person alone. */
export const caseDraftSchema = z.strictObject({
  outcome: outcomeSchema.nullable(),
  code: z.string().max(40),
  reason: z.string().max(REASON_MAX),
  departure: z.string().max(REASON_MAX),
  note: z.string().max(NOTE_MAX),
  accountIds: z.array(idSchema).max(100),
  dealIds: z.array(idSchema).max(100),
  amount: moneyUnits,
  savedAt: epochMs,
});
export type CaseDraft = z.infer<typeof caseDraftSchema>;

/** A share of decided cases with the interval that holds it in 95 of 100 (Wilson's). */
const shareSchema = z.strictObject({
  of: z.int(),
  count: z.int(),
  perMille: z.int().nullable(),
  low: z.int().nullable(),
  high: z.int().nullable(),
});
const rateSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Of a detector; null where all versions are counted, or for reviewers. */
  version: z.int().nullable(),
  hits: shareSchema,
  falsePositives: shareSchema,
  /** Of all decided cases it was part of, in milliseconds; null without any. */
  medianTimeToDecide: z.int().nullable(),
});

/** How well cases are opened and decided, from decided cases alone. */
export const learningSchema = z.strictObject({
  asOf: epochMs,
  /** Decided cases that all of it counts. */
  decided: z.int(),
  kpis: z.array(kpiSchema),
  detectors: z.array(rateSchema),
  versions: z.array(rateSchema),
  reviewers: z.array(rateSchema),
  dismissed: z.array(z.strictObject({ code: z.string(), words: z.string(), count: z.int() })),
  timeToDecide: z.array(
    z.strictObject({
      pattern: patternSchema,
      count: z.int(),
      median: z.int(),
      /** Nine of ten took no longer. */
      ninetieth: z.int(),
      /** Within the time that the pattern allows. */
      inTime: shareSchema,
    }),
  ),
  agreement: z.strictObject({
    /** Blind reviews that were answered. */
    n: z.int(),
    agreed: shareSchema,
    /** Cohen's kappa in thousandths, from -1,000 to 1,000; null where it is undefined. */
    kappa: z.int().nullable(),
  }),
  /** For each detector: what a threshold on its strength would have caught, from decided cases. */
  curves: z.array(
    z.strictObject({
      detector: z.string(),
      title: z.string(),
      points: z.array(
        z.strictObject({
          threshold: perMilleSchema,
          caught: z.int(),
          precision: perMilleSchema.nullable(),
          recall: perMilleSchema.nullable(),
        }),
      ),
    }),
  ),
});
export type CaseLearning = z.infer<typeof learningSchema>;

export type Presence = z.infer<typeof presenceSchema>;

/** Cases of surveillance, as a renderer asks its desk for them. After `governed` they are read again. */
export const caseCalls = {
  'cases.list': {
    /** Cases that wait come first, most urgent first; then the others, last changed first. */
    input: z.strictObject({
      states: z.array(z.enum(CASE_STATES)).min(1).max(CASE_STATES.length),
      limit: z.int().min(1).max(CASES_PER_CALL_MAX),
    }),
    output: z.strictObject({
      asOf: epochMs,
      cases: z.array(caseRowSchema),
      /** Of all cases, whatever was asked for. */
      counts: z.strictObject({
        open: z.int(),
        snoozed: z.int(),
        decided: z.int(),
        merged: z.int(),
        overdue: z.int(),
        mine: z.int(),
        reviews: z.int(),
      }),
      kpis: z.array(kpiSchema),
    }),
  },
  'cases.get': { input: z.strictObject({ caseId: idSchema }), output: caseDetailSchema },
  /** Without a server it waits on this desk, like any command; `cases.get` shows what waits. */
  'cases.act': { input: actOnCaseSchema, output: sentSchema },
  /** The most urgent case that nobody has, locked for the person; null when none is free. */
  'cases.takeNext': {
    input: takeNextSchema,
    output: z.strictObject({ caseId: z.string().nullable() }),
  },
  /** Opens the proposal of a consequence; other persons approve it by signing, as any proposal. */
  'cases.propose': {
    input: z.strictObject({
      caseId: idSchema,
      version: z.int().min(1),
      wish: consequenceWishSchema,
      reason: z.string().min(1).max(REASON_MAX),
    }),
    output: sentSchema,
  },
  /** The letter for a consequence as filled in, before it is proposed. */
  'cases.letter': {
    input: z.strictObject({
      caseId: idSchema,
      outcome: outcomeSchema,
      code: z.string().max(40),
      accountIds: z.array(idSchema).max(100),
      amount: moneyUnits,
    }),
    output: z.strictObject({ text: z.string() }),
  },
  /** Bytes in base64; null when they are not kept. */
  'cases.attachment': {
    input: z.strictObject({ caseId: idSchema, digest: digestSchema }),
    output: z.strictObject({ bytes: z.string().nullable() }),
  },
  'cases.draft': {
    input: z.strictObject({ caseId: idSchema }),
    output: z.strictObject({ draft: caseDraftSchema.nullable() }),
  },
  /** Null forgets it. */
  'cases.saveDraft': {
    input: z.strictObject({ caseId: idSchema, draft: caseDraftSchema.nullable() }),
    output: z.strictObject({}),
  },
  'cases.learning': {
    /** Cases decided in so many days up to now; null for all. */
    input: z.strictObject({ days: z.int().min(1).max(3_660).nullable() }),
    output: learningSchema,
  },
  /** Decided cases that the person is asked about again; `cases.get` shows them without the decision. */
  'cases.reviewSample': {
    input: z.strictObject({}),
    output: z.strictObject({ cases: z.array(caseRowSchema).max(REVIEWS_PER_CALL_MAX) }),
  },
  /** Tells others which case is on screen here; null when none is. */
  'cases.viewing': { input: viewingSchema, output: z.strictObject({}) },
  /** How findings are scored now, and with which detectors. */
  'cases.scoring': {
    input: z.strictObject({}),
    output: z.strictObject({
      policy: scoringPolicySchema,
      /** Whole versions before it, newest first. */
      earlier: z.array(z.strictObject({ policy: scoringPolicySchema, at: epochMs })),
      detectors: z.array(
        z.strictObject({
          detector: z.string(),
          version: z.int(),
          title: z.string(),
          pattern: patternSchema,
          describes: z.string(),
          honestReasons: z.string(),
          mode: z.enum(['live', 'shadow', 'off']),
          weight: perMilleSchema,
          /** The detector's own, which a policy's go over. */
          defaults: z.json(),
          params: z.json(),
        }),
      ),
    }),
  },
} as const;

/** What the desk pushes about cases; their facts come with `governed`. */
export const caseStreams = {
  /** Who looks at which case now, this desk's own person left out. */
  presence: presenceSchema,
} as const;
