import { z } from 'zod';
import { alertRulesSchema, channelSchema } from '#core/alerts/alert-rules.ts';
import { GROUP_KEY_MAX, WORST_MAX } from '#core/alerts/groups.ts';
import { noticeKindSchema, noticeSchema, severitySchema } from '#core/alerts/notice.ts';
import {
  contactRequestSchema,
  deliveriesReplySchema,
  deliveriesRequestSchema,
  historyReplySchema,
  historyRequestSchema,
  retryRequestSchema,
  setupSchema,
  testReplySchema,
  testRequestSchema,
} from '#core/sync/alert-questions.ts';
import { epochMs } from '#core/time/time.ts';

export const ALERTS_PER_CALL_MAX = 1_000;
export const GROUPS_PER_CALL_MAX = 500;

/** A warning, a breach or another notice as a desk shows it. */
export const alertSchema = z.strictObject({
  ...noticeSchema.shape,
  /** As in `accounts.list`; 0 for an alert that concerns no account. */
  accountNumber: z.int().min(0),
  group: z.string().max(GROUP_KEY_MAX),
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

/** Alerts of one minute, kind, rule and symbol or program: one of them is a group as well. */
export const alertGroupSchema = z.strictObject({
  key: z.string().max(GROUP_KEY_MAX),
  kind: noticeKindSchema,
  severity: severitySchema,
  minute: epochMs,
  /** "3,000 warnings: daily loss on EURUSD" */
  title: z.string(),
  /** "1,240 accounts, 155,000,000.00 USD at stake, none acknowledged" */
  figures: z.string(),
  count: z.int().min(1),
  open: z.int().min(0),
  accounts: z.int().min(0),
  firstSeq: z.int().min(1),
  lastSeq: z.int().min(1),
  lastAt: epochMs,
  /** Worst first. */
  worst: z.array(alertSchema).max(WORST_MAX),
  /** Whether the rules tell the person who is signed in of any of it. */
  mine: z.boolean(),
  /** What was said because nobody acknowledged it, the latest last. */
  escalations: z.array(
    z.strictObject({
      level: z.int().min(1),
      at: epochMs,
      /** "senior risk officer" and the like: to whom. */
      to: z.string(),
      ruleName: z.string(),
    }),
  ),
});
export type AlertGroup = z.infer<typeof alertGroupSchema>;

/** How many of all want a person: alerts, the groups that they stand in, and those of the person. */
export const openCountsSchema = z.strictObject({
  unacknowledged: z.int().min(0),
  groups: z.int().min(0),
  mine: z.int().min(0),
});
export type OpenCounts = z.infer<typeof openCountsSchema>;

export const GROUP_FILTERS = ['all', 'open', 'mine', 'breaches'] as const;

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});

/** What came while a desk was away from its server. */
export const awaySchema = z.strictObject({
  /** The desk's last contact, and the first since. */
  from: epochMs,
  to: epochMs,
  counts: z.array(
    z.strictObject({
      kind: noticeKindSchema,
      severity: severitySchema,
      count: z.int().min(1),
      open: z.int().min(0),
    }),
  ),
  /** The worst groups among them. */
  worst: z.array(alertGroupSchema).max(WORST_MAX),
});
export type Away = z.infer<typeof awaySchema>;

/** Breaches and alerts, as a renderer asks its desk for them. */
export const alertCalls = {
  /** One by one, newest first. */
  'alerts.list': {
    input: z.strictObject({
      beforeSeq: z.int().min(1).optional(),
      limit: z.int().min(1).max(ALERTS_PER_CALL_MAX),
    }),
    output: z.strictObject({ alerts: z.array(alertSchema), unacknowledged: z.int().min(0) }),
  },
  'alerts.acknowledge': {
    input: z.strictObject({ alertSeq: z.int().min(1), note: z.string().max(400) }),
    output: sentSchema,
  },
  /** By their first alerts, newest first: a group keeps its place while it grows. */
  'alerts.groups': {
    input: z.strictObject({
      filter: z.enum(GROUP_FILTERS),
      beforeSeq: z.int().min(1).nullable(),
      limit: z.int().min(1).max(GROUPS_PER_CALL_MAX),
    }),
    output: z.strictObject({
      groups: z.array(alertGroupSchema).max(GROUPS_PER_CALL_MAX),
      more: z.boolean(),
      counts: openCountsSchema,
    }),
  },
  /** The alerts of a group, oldest first. */
  'alerts.group': {
    input: z.strictObject({
      key: z.string().max(GROUP_KEY_MAX),
      afterSeq: z.int().min(0),
      limit: z.int().min(1).max(ALERTS_PER_CALL_MAX),
    }),
    output: z.strictObject({ alerts: z.array(alertSchema), more: z.boolean() }),
  },
  /** All of a group that is open, as far as the person has seen it. */
  'alerts.acknowledgeGroup': {
    input: z.strictObject({
      key: z.string().max(GROUP_KEY_MAX),
      /** The last alert that was counted in what the person saw: later ones stay open. */
      lastSeq: z.int().min(1),
      note: z.string().max(400),
    }),
    output: z.strictObject({
      acknowledged: z.int().min(0),
      state: z.enum(['queued', 'accepted']),
    }),
  },
  /** What came while this desk was away; null when nothing did, or the person has seen it. */
  'alerts.away': {
    input: z.strictObject({ seen: z.boolean() }),
    output: z.strictObject({ away: awaySchema.nullable() }),
  },
  'alerts.rules': {
    input: z.strictObject({}),
    output: z.strictObject({
      rules: alertRulesSchema,
      /** 0 until the firm has set rules of its own. */
      version: z.int().min(0),
      changed: z.strictObject({ by: z.string(), at: epochMs, reason: z.string() }).nullable(),
      mayChange: z.boolean(),
    }),
  },
  'alerts.setRules': {
    input: z.strictObject({
      rules: alertRulesSchema,
      baseVersion: z.int().min(0),
      reason: z.string().min(1).max(400),
    }),
    output: sentSchema,
  },
  /** Over everything that the server holds. */
  'alerts.history': { input: historyRequestSchema, output: historyReplySchema },
  'alerts.deliveries': { input: deliveriesRequestSchema, output: deliveriesReplySchema },
  'alerts.setup': { input: z.strictObject({}), output: setupSchema },
  'alerts.test': { input: testRequestSchema, output: testReplySchema },
  'alerts.contact': { input: contactRequestSchema, output: z.strictObject({}) },
  'alerts.retry': { input: retryRequestSchema, output: z.strictObject({}) },
  /** Which announcements the person wants on this desk; kept until it is said otherwise. */
  'alerts.announce': {
    input: z.strictObject({ channels: z.array(channelSchema).max(10) }),
    output: z.strictObject({}),
  },
} as const;

/** What the desk pushes about alerts. */
export const alertStreams = {
  /** Groups that grew or whose acknowledgement changed. */
  alertGroups: z.strictObject({ groups: z.array(alertGroupSchema), counts: openCountsSchema }),
  /** To be heard and shown at once: one signal for however many alerts. */
  announcement: z.strictObject({
    sound: severitySchema.exclude(['info']).nullable(),
    popups: z.array(z.strictObject({ tag: z.string(), title: z.string(), text: z.string() })),
    said: z.string(),
  }),
  away: z.strictObject({ away: awaySchema.nullable() }),
} as const;
