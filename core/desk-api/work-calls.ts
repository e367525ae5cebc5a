import { z } from 'zod';
import { LINK_PAGES } from '#core/board/work-source.ts';
import { epochMs } from '#core/time/time.ts';
import {
  actOnWorkSchema,
  changeWorkPolicySchema,
  handOverWorkSchema,
  itemIdSchema,
  takeNextWorkSchema,
  WORK_VERBS,
} from '#core/work/act.ts';
import { PRIORITIES, WORK_KINDS, workPolicySchema } from '#core/work/policy.ts';

/** Items in one answer, most urgent first; the counts say how many there are. */
export const WORK_PER_CALL_MAX = 5_000;
/** Of what was settled, the latest so many are listed. */
export const SETTLED_PER_CALL_MAX = 500;

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});
const personSchema = z.strictObject({ personId: z.string(), name: z.string() });

/** One promise: by when, and how it stands. Times of working hours in milliseconds. */
const promisedSchema = z.strictObject({
  dueAt: epochMs.nullable(),
  state: z.enum(['running', 'overdue', 'kept', 'missed']),
  ranMs: z.int().min(0),
  owedMs: z.int().min(0),
});

export const QUEUES = ['mine', 'unassigned', 'others', 'paused', 'settled'] as const;

/** An item of work as a line of a board. */
export const workRowSchema = z.strictObject({
  itemId: itemIdSchema,
  kind: z.enum(WORK_KINDS),
  kindName: z.string(),
  /** To be given back with whatever is done to it. */
  version: z.int().min(1),
  title: z.string(),
  priority: z.enum(PRIORITIES),
  /** A person said so, not its source's rule. */
  prioritised: z.boolean(),
  owner: personSchema.nullable(),
  queue: z.enum(QUEUES),
  pausedUntil: epochMs.nullable(),
  pausedFor: z.string(),
  openedAt: epochMs,
  settledAt: epochMs.nullable(),
  ageMs: z.int().min(0),
  /** Null where nothing was promised for its kind and priority. */
  service: z.strictObject({ firstTouch: promisedSchema, settle: promisedSchema }).nullable(),
  escalated: z.int().min(0),
  accountId: z.string().nullable(),
  traderName: z.string(),
  programName: z.string(),
  link: z.strictObject({ page: z.enum(LINK_PAGES), id: z.string() }),
  /** Whether the person who is signed in may work on it. */
  mayWork: z.boolean(),
});
export type WorkRow = z.infer<typeof workRowSchema>;

const figuresSchema = z.strictObject({
  settled: z.int().min(0),
  promised: z.int().min(0),
  /** Per mille. */
  attainment: z.int().min(0).max(1_000).nullable(),
  open: z.int().min(0),
  overdue: z.int().min(0),
  medianAgeMs: z.int().min(0).nullable(),
});
export type WorkFiguresView = z.infer<typeof figuresSchema>;

/** What one person has in hand; null for what nobody has. */
const loadSchema = z.strictObject({
  person: personSchema.nullable(),
  items: z.int().min(0),
  paused: z.int().min(0),
  overdue: z.int().min(0),
  /** Working time until all of it has to be settled. */
  owedMs: z.int().min(0),
});

export const workDetailSchema = z.strictObject({
  row: workRowSchema,
  /** Newest first. */
  deeds: z.array(z.strictObject({ seq: z.int(), at: epochMs, by: z.string(), says: z.string() })),
  /** Why a verb is not for this person now; empty where it is. */
  whyNot: z.record(z.enum(WORK_VERBS), z.string()),
  /** Who may be given it. */
  people: z.array(personSchema),
  /** What waits on this desk for its server. */
  waiting: z.array(z.strictObject({ commandId: z.string(), verb: z.string(), at: epochMs })),
});
export type WorkDetail = z.infer<typeof workDetailSchema>;

export const workCalls = {
  /** All work that the person may see: what is open, and the latest that was settled. */
  'work.list': {
    input: z.strictObject({ settled: z.boolean() }),
    output: z.strictObject({
      asOf: epochMs,
      items: z.array(workRowSchema).max(WORK_PER_CALL_MAX + SETTLED_PER_CALL_MAX),
      counts: z.strictObject({
        mine: z.int().min(0),
        unassigned: z.int().min(0),
        others: z.int().min(0),
        paused: z.int().min(0),
        overdue: z.int().min(0),
      }),
      loads: z.array(loadSchema),
      /** The last seven days, and the seven before. */
      kpis: z.strictObject({ now: figuresSchema, before: figuresSchema }),
      mayAssign: z.boolean(),
      mayWork: z.boolean(),
    }),
  },
  'work.get': { input: z.strictObject({ itemId: itemIdSchema }), output: workDetailSchema },
  'work.act': { input: actOnWorkSchema, output: sentSchema },
  /** Null where nothing is free. */
  'work.takeNext': {
    input: takeNextWorkSchema,
    output: z.strictObject({ itemId: itemIdSchema.nullable() }),
  },
  'work.handOver': { input: handOverWorkSchema, output: sentSchema },
  /** People who may be handed something at all. */
  'work.people': {
    input: z.strictObject({}),
    output: z.strictObject({ people: z.array(personSchema) }),
  },
  'work.policy': {
    input: z.strictObject({}),
    output: z.strictObject({
      policy: workPolicySchema,
      earlier: z.array(
        z.strictObject({
          version: z.int(),
          by: z.string(),
          reason: z.string(),
          at: epochMs,
        }),
      ),
      mayChange: z.boolean(),
    }),
  },
  /** What would be wrong with a policy, before it is sent; empty where nothing is. */
  'work.checkPolicy': {
    input: changeWorkPolicySchema.pick({ policy: true }),
    output: z.strictObject({ problem: z.string() }),
  },
  'work.changePolicy': { input: changeWorkPolicySchema, output: sentSchema },
} as const;
