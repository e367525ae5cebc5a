import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { zones } from '../time/zones.ts';

export const MAILBOXES_MAX = 50;
export const HOOKS_MAX = 20;
export const DOMAINS_MAX = 50;
/** More in an hour to one address, and nobody reads them: what is above waits and is put together. */
const PER_TARGET_PER_HOUR = 30;

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected a name such as "risk-desk"');
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$/;
export const addressSchema = z
  .string()
  .max(254)
  .regex(ADDRESS, 'expected a mail address such as "risk@firm.example"');

const smtpSchema = z
  .strictObject({
    by: z.literal('smtp'),
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
    /** `tls` from the first byte (port 465), `startTls` before anything is said (port 587). */
    security: z.enum(['tls', 'startTls', 'none']),
    /** Null where the server asks for nobody. The password is in `smtp-password` beside this file. */
    user: z.string().min(1).max(254).nullable(),
  })
  .refine(({ security, host }) => security !== 'none' || isThisMachine(host), {
    error: 'mail leaves this machine encrypted only: expected "tls" or "startTls"',
    path: ['security'],
  });

const hookSchema = z.strictObject({
  /** Signed with the secret in `hook-<name>.secret`, which is made at the first start. */
  url: z.url().refine((url) => urlProblem(url) === null, {
    error: 'expected an https address without a user, or an http one on this machine',
  }),
  /** Whether it may lie within the firm's own network. */
  inside: z.boolean().default(false),
});
export type Hook = z.output<typeof hookSchema>;

/** When symbols have no prices by rule: nobody is told of a silence then. */
const breakSchema = z.strictObject({
  /** Empty for all. */
  symbols: z.array(z.string().min(1).max(32)).max(500),
  zone: z
    .string()
    .refine((zone) => zones.isZone(zone), 'expected a zone such as "America/Chicago"'),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  until: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
});
export type MarketBreak = z.output<typeof breakSchema>;

/** How a firm tells people outside its desks: kept in `alerts.json` in its data folder. */
export const notifySettingsSchema = z.strictObject({
  mail: z
    .discriminatedUnion('by', [
      smtpSchema,
      /** Mail is written into a folder instead of being sent: for trying it out. */
      z.strictObject({ by: z.literal('folder') }),
    ])
    .nullable(),
  from: addressSchema,
  /** Domains that mail may go to: nothing leaves for any other. */
  domains: z.array(z.string().regex(/^([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/)).max(DOMAINS_MAX),
  mailboxes: z
    .record(name, addressSchema)
    .refine((all) => Object.keys(all).length <= MAILBOXES_MAX, `at most ${MAILBOXES_MAX}`),
  hooks: z
    .record(name, hookSchema)
    .refine((all) => Object.keys(all).length <= HOOKS_MAX, `at most ${HOOKS_MAX}`),
  /** Whether messages name traders; without it they name accounts alone. */
  names: z.boolean(),
  perTargetPerHour: z.int().min(1).max(1_000).default(PER_TARGET_PER_HOUR),
  breaks: z.array(breakSchema).max(50).default([]),
});
export type NotifySettings = z.output<typeof notifySettingsSchema>;

const NOTHING: NotifySettings = {
  mail: null,
  from: 'propdesk@firm.invalid',
  domains: [],
  mailboxes: {},
  hooks: {},
  names: false,
  perTargetPerHour: PER_TARGET_PER_HOUR,
  breaks: [],
};
/** Nobody has an address under `.invalid`: a demonstration's mail stays in its folder. */
export const DEMO_DOMAIN = 'demo.invalid';
const DEMO: NotifySettings = {
  ...NOTHING,
  mail: { by: 'folder' },
  from: `propdesk@${DEMO_DOMAIN}`,
  domains: [DEMO_DOMAIN],
  mailboxes: { 'risk-desk': `risk@${DEMO_DOMAIN}` },
};

/** What the file says; without one a demonstration writes mail into a folder, and nobody else tells anybody. */
export function readNotifySettings(file: string, demo: boolean): NotifySettings {
  if (!existsSync(file)) return demo ? DEMO : NOTHING;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: mend it, or remove it to tell nobody outside the desks`);
  }
  const parsed = notifySettingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** Why a webhook may not go there; null when it may. */
export function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'it is no address';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '') return 'it names a user';
  if (hash !== '') return 'it names a part of a page';
  if (protocol === 'https:') return null;
  return protocol === 'http:' && isThisMachine(hostname) ? null : 'it is not https';
}

export function isThisMachine(host: string): boolean {
  return ['127.0.0.1', '[::1]', '::1', 'localhost'].includes(host);
}

/** Whether mail may go to an address. */
export function isAllowed(address: string, { domains }: Pick<NotifySettings, 'domains'>): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return addressSchema.safeParse(address).success && domains.includes(domain);
}
