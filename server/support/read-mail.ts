import { createHash } from 'node:crypto';
import { parse } from 'node-html-parser';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { FILE_BYTES_MAX } from '#core/support/act.ts';
import { FILES_PER_MESSAGE_MAX } from '#core/support/support.events.ts';
import { SUBJECT_MAX, trimmed } from '#core/support/words.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { addressSchema } from '../notify/settings.ts';

/** Larger mails are refused before they are fetched. */
export const MAIL_BYTES_MAX: number = 10 * 1024 * 1024;
export const HEADER_BYTES_MAX: number = 64 * 1024;
export const PARTS_DEPTH_MAX = 20;
/** Of a thread's message ids, so many are looked at: the newest. */
export const REFERENCES_MAX = 30;
/** Letters of a page that is read for its text, where a mail has no other. */
const PAGE_MAX = 1_000_000;
const HEADER_ID_MAX = 250;
const FILE_NAME_MAX = 200;
const MEDIA_TYPE_MAX = 100;

/** Above this line of an answer is what is new: see answers. */
export const REPLY_LINE = '— please write above this line —';

/** Why a mail is not taken in: a name for counting, a sentence for people. */
export interface MailRefusal {
  readonly code: 'tooLarge' | 'unreadable' | 'noSender' | 'ownMail' | 'automatic' | 'ignored';
  readonly sentence: string;
}

export interface ReadFile {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  readonly bytes: string | null;
}

/** A mail as far as anybody looks at it; nothing in it is believed. */
export interface ReadMail {
  /** The same mail has the same name, whichever way it came. */
  readonly name: string;
  /** "<…>", or empty. */
  readonly headerId: string;
  /** Message ids that it answers, the nearest first. */
  readonly answers: readonly string[];
  readonly from: string;
  /** Everything that may hold a token: addresses it went to, ids that it answers, its subject. */
  readonly named: string;
  readonly subject: string;
  readonly text: string;
  readonly files: readonly ReadFile[];
}

export interface MailRules {
  /** The firm's own address: what comes from it goes round in a circle. */
  readonly address: string;
  readonly ignored: readonly string[];
}

/** Reads a mail as it came over the wire, and refuses what no person wrote to the firm. */
export async function readMail(
  raw: Uint8Array,
  rules: MailRules,
): Promise<Result<ReadMail, MailRefusal>> {
  if (raw.length > MAIL_BYTES_MAX) {
    return refuse('tooLarge', `it has ${raw.length} bytes, of ${MAIL_BYTES_MAX} at the most`);
  }
  let mail: Email;
  try {
    mail = await PostalMime.parse(raw, {
      maxNestingDepth: PARTS_DEPTH_MAX,
      maxHeadersSize: HEADER_BYTES_MAX,
      // A mail within a mail is a file of it: it must not speak for itself.
      forceRfc822Attachments: true,
      attachmentEncoding: 'arraybuffer',
    });
  } catch (error) {
    return refuse(
      'unreadable',
      error instanceof Error ? error.message.slice(0, 200) : 'it is no mail',
    );
  }
  const from = addressOf(mail.from);
  if (from === null) return refuse('noSender', 'it does not say from whom it is');
  const problem = robotProblem(mail, from, rules);
  return problem ?? ok(readOf(mail, from));
}

function refuse(code: MailRefusal['code'], sentence: string): Result<never, MailRefusal> {
  return err({ code, sentence });
}

function addressOf(address: Address | undefined): string | null {
  const found = address?.address?.trim().toLowerCase() ?? '';
  return addressSchema.safeParse(found).success ? found : null;
}

/** Mailboxes of programs: nobody reads what is answered there. */
const ROBOTS = /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.-].*)?$/;
const BULK = /^(bulk|junk|list|auto_reply)$/i;

/** What programs send: taking it in would answer answers, for ever (RFC 3834). */
function robotProblem(
  mail: Email,
  from: string,
  { address, ignored }: MailRules,
): Result<never, MailRefusal> | null {
  const header = (name: string): string =>
    mail.headers.find(({ key }) => key === name)?.value.trim() ?? '';
  const [local = '', domain = ''] = from.split('@');
  const [ownLocal = '', ownDomain = ''] = address.toLowerCase().split('@');
  if (domain === ownDomain && (local === ownLocal || local.startsWith(`${ownLocal}+`))) {
    return refuse('ownMail', 'it comes from the address that it was sent to');
  }
  if (header('x-propdesk-ticket') !== '') {
    return refuse('ownMail', 'it is an answer of ours that came back');
  }
  if (ignored.includes(from)) return refuse('ignored', `mail of ${from} is not taken in`);
  const automatic =
    (header('auto-submitted') !== '' && !/^no\b/i.test(header('auto-submitted'))) ||
    BULK.test(header('precedence')) ||
    header('x-autoreply') !== '' ||
    header('x-autorespond') !== '' ||
    header('list-id') !== '' ||
    header('return-path') === '<>' ||
    /^multipart\/report\b/i.test(header('content-type')) ||
    ROBOTS.test(local);
  return automatic ? refuse('automatic', 'a program wrote it') : null;
}

function readOf(mail: Email, from: string): ReadMail {
  const files = filesOf(mail);
  const text = newTextOf(clean(mail.text ?? textOfPage(mail.html ?? '')));
  const words = trimmed(clean(mail.subject ?? '').slice(0, SUBJECT_MAX * 2), text);
  const headerId = idsIn(mail.messageId ?? '')[0] ?? '';
  const answers = [
    ...idsIn(mail.inReplyTo ?? ''),
    ...idsIn(mail.references ?? '').toReversed(),
  ].slice(0, REFERENCES_MAX);
  const to = [...(mail.to ?? []), ...(mail.cc ?? [])].flatMap(mailboxes).slice(0, REFERENCES_MAX);
  return {
    name: nameOf({ headerId, from, ...words, files }),
    headerId,
    answers,
    from,
    named: [...to, mail.deliveredTo ?? '', ...answers, words.subject].join('\n'),
    ...words,
    files,
  };
}

function mailboxes(address: Address): readonly string[] {
  return address.group?.map((one) => one.address) ?? [address.address ?? ''];
}

/**
 * Of what the sender made, and of nothing that is added on the way: the same mail that comes twice,
 * by two ways, is one; another mail that borrows its id is another.
 */
function nameOf(what: Pick<ReadMail, 'headerId' | 'from' | 'subject' | 'text' | 'files'>): string {
  const { headerId, from, subject, text, files } = what;
  const parts = [headerId, from, subject, text, ...files.map(({ digest }) => digest)];
  return `m-${digestOfText(JSON.stringify(parts)).slice(0, 24)}`;
}

function idsIn(header: string): string[] {
  return [...header.matchAll(/<[^<>\s]{1,250}>/g)].map(([id]) => id.slice(0, HEADER_ID_MAX));
}

/** Without what would turn, hide or break lines of a page: controls, and marks of direction. */
function clean(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\p{Cc}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, (one) =>
      one === '\n' || one === '\t' ? one : '',
    )
    .normalize('NFC');
}

/** What a page says, of one that is not too long to be read; what it would do is nobody's concern. */
function textOfPage(html: string): string {
  if (html.length > PAGE_MAX) return '';
  const nothing = { script: false, style: false, noscript: false, pre: true };
  return parse(html, { blockTextElements: nothing }).structuredText;
}

/** Without our own words, which mail programs put below what is new. */
function newTextOf(text: string): string {
  const at = text.indexOf(REPLY_LINE);
  const above = at < 0 ? text : withoutQuoteMark(text.slice(0, at));
  return (above.trim() === '' ? text : above).trim();
}

/** The lines that a mail program writes before what it quotes: "On … wrote:", and bare marks. */
function withoutQuoteMark(text: string): string {
  const lines = text.split('\n');
  while (lines.length > 0 && /^[>\s]*$/.test(lines.at(-1) ?? '')) lines.pop();
  if (/:\s*$/.test(lines.at(-1) ?? '') && /\d/.test(lines.slice(-2).join(' '))) {
    lines.pop();
    // A long one is broken in two.
    if (/^(>\s*)?(On|Am|Le|El|Il|W dniu)\b/.test(lines.at(-1) ?? '')) lines.pop();
  }
  return lines.join('\n');
}

function filesOf({ attachments }: Email): ReadFile[] {
  return attachments.slice(0, FILES_PER_MESSAGE_MAX).map(({ filename, mimeType, content }, at) => {
    const bytes =
      typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
    const name = clean(filename ?? '')
      .replaceAll(/[\\/\n\t]/g, '_')
      .slice(0, FILE_NAME_MAX);
    return {
      name: name === '' ? `file ${at + 1}` : name,
      mediaType: mimeType.slice(0, MEDIA_TYPE_MAX),
      size: bytes.length,
      digest: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length > FILE_BYTES_MAX ? null : bytes.toString('base64'),
    };
  });
}
