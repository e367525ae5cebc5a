import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { epochMs } from '#core/time/time.ts';

/**
 * Which existing accounts a new version reaches, and when: none; as they enter their next phase; at
 * their next payout after it takes effect; or all at once on that day. Within a phase a version
 * reaches only accounts for which nothing gets harder; any other moves when its trader accepts.
 */
export const migrationSchema = z.enum([
  'newPurchasesOnly',
  'fromNextPhase',
  'fromNextPayout',
  'fromDate',
]);
export type Migration = z.output<typeof migrationSchema>;

/** Whether a version reaches into phases that were sold under another. */
export function isRetroactive(migration: Migration): boolean {
  return migration === 'fromNextPayout' || migration === 'fromDate';
}

/** What an impact preview found, in numbers; its result is kept under its hash. */
export const previewSummarySchema = z.strictObject({
  /** Of the canonical bytes of the whole result. */
  hash: digestSchema,
  /** Of the draft it was run with: another draft needs another preview. */
  draftHash: digestSchema,
  accounts: z.int().min(0),
  /** Would have failed only under the draft, or only under the published version. */
  failedOnlyDraft: z.int().min(0),
  failedOnlyPublished: z.int().min(0),
  passedOnlyDraft: z.int().min(0),
  passedOnlyPublished: z.int().min(0),
  fromSeq: z.int().min(0),
  toSeq: z.int().min(0),
});
export type PreviewSummary = z.output<typeof previewSummarySchema>;

/** A version of a program: immutable from here on. */
export const programPublished = defineEvent({
  kind: 'programPublished',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    programId: idSchema,
    version: z.int().min(1),
    /** Of content and version. */
    hash: digestSchema,
    /** The program as people wrote it, amounts in quotes. */
    content: z.json(),
    effectiveFrom: epochMs,
    migration: migrationSchema,
    /** What its author looked at before publishing. */
    preview: previewSummarySchema,
    /** For a version that reaches into running phases: whom its author was shown that it would end. */
    confirmedHurt: z.int().min(0).nullable(),
    author: idSchema,
    reason: z.string().min(1).max(400),
  }),
});
