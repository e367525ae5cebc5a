import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfText } from '#core/kernel/digest.ts';
import { groupedText, MONEY_UNIT } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Outgoing } from '../notify/outgoing.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'resources', 'mail');
/** What a template may name; anything else in double braces is a mistake in it. */
const FIELDS = [
  'program',
  'phase',
  'name',
  'account',
  'size',
  'currency',
  'link',
  'until',
] as const;
type Fields = Readonly<Record<(typeof FIELDS)[number], string>>;
const NAME_SHOWN_MAX = 80;

/** Makes the mail that leads a buyer to the credentials: never with the password in it. */
export type CredentialMail = (given: {
  readonly orderId: string;
  readonly orderedAt: number;
  readonly name: string | null;
  readonly terms: AccountTerms;
  readonly link: string;
  readonly until: number;
}) => Outgoing;

/** Reads the template once; throws where it names what there is not. */
export function credentialMail(folder: string = FOLDER): CredentialMail {
  const file = join(folder, 'account-ready.txt');
  const text = readFileSync(file, 'utf8');
  const found = /^Subject: (.+)\n\n([^]+)$/.exec(text);
  if (!found) throw new Error(`${file}: expected "Subject: …", an empty line, and the text`);
  for (const [, name = ''] of text.matchAll(/\{\{(\w*)\}\}/g)) {
    if (!FIELDS.includes(name as (typeof FIELDS)[number])) {
      throw new Error(`${file}: knows no {{${name}}}; there are ${FIELDS.join(', ')}`);
    }
  }
  const [, subject = '', body = ''] = found;
  return ({ orderId, orderedAt, name, terms, link, until }) => {
    const fields: Fields = {
      program: terms.program.name,
      phase: terms.phase.name,
      name: name === null ? '' : ` ${plain(name)}`,
      account: terms.accountId,
      size: groupedText(Math.floor(terms.nominalSize / MONEY_UNIT), 0),
      currency: terms.currency,
      link,
      until: utcText(until).slice(0, 16),
    };
    // The same for the same link: sent again after a crash it is one mail, and its name sorts by age.
    const digest = digestOfText(`${orderId}\n${link}`).slice(0, 20);
    return {
      messageId: `${orderedAt.toString(36).padStart(9, '0')}-${digest}`,
      thread: digestOfText(orderId).slice(0, 24),
      subject: filled(subject, fields),
      text: filled(body, fields),
      body: '{}',
    };
  };
}

function filled(template: string, fields: Fields): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: keyof Fields) => fields[name]);
}

/** What a buyer calls itself may not look like lines or links of ours. */
function plain(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/https?:\S*|www\.\S*/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, NAME_SHOWN_MAX);
}
