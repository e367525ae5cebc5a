import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { roleSchema } from '#core/people/roles.ts';
import { epochMs } from '#core/time/time.ts';

/** What people are told about, each in words for lists: one and many. */
export const NOTICE_KIND_TEXTS = {
  warning: ['warning', 'warnings'],
  breach: ['breach', 'breaches'],
  conductFlag: ['flag on conduct', 'flags on conduct'],
  objective: ['objective', 'objectives'],
  review: ['request to look', 'requests to look'],
  exposureLimit: ['exposure limit crossed', 'exposure limits crossed'],
  caseOpened: ['case opened', 'cases opened'],
  caseEscalated: ['case escalated', 'cases escalated'],
  payoutOverdue: ['payout overdue', 'payouts overdue'],
  approvalOverdue: ['approval overdue', 'approvals overdue'],
  feedSilent: ['silent feed', 'silent feeds'],
  workOverdue: ['item of work overdue', 'items of work overdue'],
} as const;
export type NoticeKind = keyof typeof NOTICE_KIND_TEXTS;
export const NOTICE_KINDS = Object.keys(NOTICE_KIND_TEXTS) as NoticeKind[];
export const noticeKindSchema = z.enum(NOTICE_KINDS as [NoticeKind, ...NoticeKind[]]);

/** From the least to the worst. */
export const SEVERITIES = ['info', 'warning', 'soft', 'hard'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.output<typeof severitySchema>;

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

export const DOUBTS_MAX = 10;
export const SENTENCE_MAX = 600;

/** Something that people may have to know: what alerts are made of, whatever fact it came from. */
export const noticeSchema = z.strictObject({
  /** Of the fact that it is made of: names it for ever. */
  seq: z.int().min(1),
  kind: noticeKindSchema,
  severity: severitySchema,
  /** When it happened, by the time of what happened: the market's for verdicts. */
  at: epochMs,
  accountId: idSchema.nullable(),
  traderId: idSchema.nullable(),
  traderName: z.string().max(120),
  programId: idSchema.nullable(),
  programName: z.string().max(120),
  /** The kind of rule, limit or case behind it; empty where there is none. */
  ruleKind: z.string().max(60),
  /** The symbol whose price or silence brought it; null where none did. */
  symbol: z.string().max(32).nullable(),
  /** What is at stake: an account's size, a payout's amount, an exposure. 0 for nothing. */
  amount: moneyUnits,
  /** Empty where nothing is at stake. */
  currency: z.string().max(8),
  /** How much of what a limit allows is used, in parts per million; 0 where nothing is measured. */
  used: z.int(),
  sentence: z.string().max(SENTENCE_MAX),
  /** What else it is about, by its own name: a proposal, a case, a symbol; null for nothing else. */
  about: idSchema.nullable(),
  /** Doubts about what it rests on: empty when clean. */
  review: z.array(z.string().max(60)).max(DOUBTS_MAX),
  /** Whom it concerns by itself, whatever the rules say: a case's officer, a payout's next level. */
  addressed: z.strictObject({ role: roleSchema.nullable(), personId: idSchema.nullable() }),
});
export type Notice = z.output<typeof noticeSchema>;

/** Information wants nobody's acknowledgement. */
export function wantsAcknowledgement({ severity }: Pick<Notice, 'severity'>): boolean {
  return severity !== 'info';
}
