import { z } from 'zod';
import { ownTemplateSchema, TEMPLATES, TEMPLATES_MAX } from '#core/support/templates.ts';

/** What desks ask their server about support, and about everything that can be found. */

export const REFUSALS_MAX = 20;

/** By which ways traders reach this firm at all. */
export const supportSetupSchema = z.strictObject({
  address: z.string(),
  /** "imap.firm.example:993"; empty where no mailbox is read. */
  reads: z.string(),
  /** "smtp.firm.example:587", or a folder; empty where nothing leaves. */
  sends: z.string(),
  /** Answers that have not left yet. */
  waiting: z.int().min(0),
  /** Mails that were not taken in, by why. */
  refused: z.array(z.strictObject({ code: z.string(), count: z.int().min(1) })).max(REFUSALS_MAX),
  templates: z.array(ownTemplateSchema).max(TEMPLATES.length + TEMPLATES_MAX),
});
export type SupportSetup = z.output<typeof supportSetupSchema>;

export const FIND_TEXT_MAX = 200;
export const FOUND_MAX = 100;

/** What can be found. The order is that of equal ranks. */
export const FOUND_KINDS = [
  'account',
  'trader',
  'ticket',
  'dispute',
  'case',
  'payout',
  'order',
  'verdict',
  'program',
] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

export const findRequestSchema = z.strictObject({
  text: z.string().max(FIND_TEXT_MAX),
  limit: z.int().min(1).max(FOUND_MAX),
});
export type FindRequest = z.output<typeof findRequestSchema>;

export const foundSchema = z.strictObject({
  kind: z.enum(FOUND_KINDS),
  id: z.string(),
  title: z.string(),
  /** What else is known of it, in a line. */
  detail: z.string(),
  /** Where the window goes: "support/tickets/t-1". */
  link: z.string(),
  /** The smaller, the better it fits; whole, and of one search alone. */
  rank: z.int(),
});
export type Found = z.output<typeof foundSchema>;

export const foundReplySchema = z.strictObject({ hits: z.array(foundSchema).max(FOUND_MAX) });
