import { z } from 'zod';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { digestSchema } from '#core/kernel/ids.ts';

/*
 * What somebody wrote, as it lies beside the log. Without the salt, short words could be guessed
 * from the digest that the log keeps of them.
 */

/** Longer mails are cut there, and say so. */
export const TEXT_MAX = 20_000;
export const SUBJECT_MAX = 200;

export const wordsSchema = z.strictObject({
  subject: z.string().max(SUBJECT_MAX),
  text: z.string().max(TEXT_MAX),
  /** `other`: from an address that is not the one that the ticket began with. */
  sender: z.enum(['trader', 'other', 'firm']),
  salt: digestSchema,
});
export type Words = z.infer<typeof wordsSchema>;

/** Bytes to keep beside the log, and their digest for the fact. */
export function writeWords(words: Words): { readonly digest: string; readonly text: string } {
  const text = canonicalText(words);
  return { digest: digestOfText(text), text };
}

/** Null for bytes that are not those of the digest, or are no words. */
export function readWords(text: string, digest: string): Words | null {
  if (digestOfText(text) !== digest) return null;
  try {
    return wordsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Only what the fact can bear: a subject on one line, a text of a length that has a name. */
export function trimmed(subject: string, text: string): Pick<Words, 'subject' | 'text'> {
  const line = subject.replaceAll(/\s+/g, ' ').trim();
  return { subject: cut(line, SUBJECT_MAX), text: cut(text, TEXT_MAX) };
}

const CUT = '\n[… cut: it was longer]';

function cut(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  const room = Math.max(0, max - CUT.length);
  return `${text.slice(0, room).toWellFormed()}${CUT}`.slice(0, max);
}
