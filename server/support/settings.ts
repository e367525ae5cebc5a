import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ownTemplateSchema, TEMPLATES_MAX } from '#core/support/templates.ts';
import { addressSchema, DEMO_DOMAIN, isThisMachine } from '../notify/settings.ts';

const server = {
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  /** `tls` from the first byte, `startTls` before anything is said; `none` on this machine alone. */
  security: z.enum(['tls', 'startTls', 'none']),
  user: z.string().min(1).max(254).nullable(),
};
const isSafe = ({ security, host }: { security: string; host: string }): boolean =>
  security !== 'none' || isThisMachine(host);
const SAFELY = {
  error: 'mail leaves this machine encrypted only: expected "tls" or "startTls"',
  path: ['security'],
};

/** Where traders' mail is read: the password is in `support-imap-password` beside this file. */
const imapSchema = z
  .strictObject({ ...server, mailbox: z.string().min(1).max(200).default('INBOX') })
  .refine(isSafe, SAFELY);
/** How answers leave: the password is in `support-smtp-password`. */
const smtpSchema = z.strictObject({ by: z.literal('smtp'), ...server }).refine(isSafe, SAFELY);
export type ImapSettings = z.output<typeof imapSchema>;
export type SmtpSettings = z.output<typeof smtpSchema>;

export const IGNORED_MAX = 200;

/** How a firm talks with its traders: kept in `support.json` in its data folder. */
export const supportSettingsSchema = z.strictObject({
  /** As answers name the firm. */
  firmName: z.string().min(1).max(120),
  /** Where traders write to; it must take `name+anything@…` too, which answers go back to. */
  address: addressSchema,
  imap: imapSchema.nullable(),
  send: z
    .discriminatedUnion('by', [
      smtpSchema,
      /** Answers are written into a folder instead of being sent: for trying it out. */
      z.strictObject({ by: z.literal('folder') }),
    ])
    .nullable(),
  /** Addresses whose mail is never taken in. */
  ignored: z.array(addressSchema).max(IGNORED_MAX).default([]),
  /** Answers of the firm's own, beside those that come with it. */
  templates: z.array(ownTemplateSchema).max(TEMPLATES_MAX).default([]),
});
export type SupportSettings = z.output<typeof supportSettingsSchema>;

const NOTHING: SupportSettings = {
  firmName: 'The firm',
  address: 'support@firm.invalid',
  imap: null,
  send: null,
  ignored: [],
  templates: [],
};
const DEMO: SupportSettings = {
  ...NOTHING,
  firmName: 'Demonstration Firm',
  address: `support@${DEMO_DOMAIN}`,
  send: { by: 'folder' },
};

/** What the file says; without one no mail is read, and a demonstration writes answers into a folder. */
export function readSupportSettings(file: string, demo: boolean): SupportSettings {
  if (!existsSync(file)) return demo ? DEMO : NOTHING;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: mend it, or remove it to have tickets without mail`);
  }
  const parsed = supportSettingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
