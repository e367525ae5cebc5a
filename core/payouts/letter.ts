import { assert } from '#core/kernel/assert.ts';
import type { Money } from '#core/money/money.ts';
import { civilOf } from '#core/time/civil.ts';
import { utcText } from '#core/time/time.ts';
import { amountInDigits, amountInWords, exponentOf, minorUnits } from './amount-words.ts';
import { METHOD_TEXTS, shownText, tradesText } from './display.ts';
import { writeSnapshot, type Deduction, type PayoutSnapshot } from './snapshot.ts';

/** What a denial rests on: a clause of the rules with its evidence, or discretion that says so. */
export type LetterGrounds =
  | {
      readonly type: 'clause';
      readonly ruleId: string;
      readonly facts: readonly number[];
      readonly trades: readonly string[];
      readonly quantity: string;
    }
  | { readonly type: 'discretion'; readonly reviewOn: string };

interface LetterBasis {
  readonly snapshot: PayoutSnapshot;
  /** What the person who decided wrote, for the trader to read. */
  readonly reason: string;
  readonly decidedAt: number;
  readonly firmName: string;
  /** Where the decision stands, so that anybody may check it. */
  readonly logOrigin: string;
  readonly entry: number;
  /** How to object, in the firm's own words; a line break begins a paragraph. */
  readonly disputeText: string;
}

interface Payment {
  readonly grounds: LetterGrounds | null;
  readonly paidAt: number;
  readonly instructionId: string;
}

/** A denial says what it rests on, and a payment when it was made: nothing else compiles. */
export type LetterInput = LetterBasis &
  (
    | ({ readonly outcome: 'paid' | 'partlyPaid' } & Payment)
    | {
        readonly outcome: 'approved' | 'held' | 'expired';
        readonly grounds: LetterGrounds | null;
        readonly paidAt: null;
        readonly instructionId: string | null;
      }
    | {
        readonly outcome: 'rejected';
        readonly grounds: LetterGrounds;
        readonly paidAt: null;
        readonly instructionId: null;
      }
  );
export type LetterOutcome = LetterInput['outcome'];

/** The answer to a trader who asked for a payout, as a page that needs nothing else and as text. */
export function payoutLetter(input: LetterInput): { html: string; text: string } {
  assert(input.outcome !== 'rejected' || input.grounds, 'a denial rests on something');
  const isPaid = input.outcome === 'paid' || input.outcome === 'partlyPaid';
  assert(isPaid === (input.paidAt !== null), 'what was paid, and only that, has a day of payment');
  const letter = letterOf(input);
  return { html: htmlOf(letter), text: textOf(letter) };
}

/** A letter before it is a page or a text: all of it made of one line each, with nothing hidden. */
interface Letter {
  readonly firm: string;
  readonly title: string;
  readonly opening: readonly string[];
  readonly sections: readonly Section[];
}

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

type Block =
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'facts'; readonly rows: readonly Row[] };
type Row = readonly [name: string, value: string];

function letterOf(input: LetterInput): Letter {
  return {
    firm: shownText(input.firmName),
    title: TITLES[input.outcome],
    opening: openingOf(input),
    sections: [
      { title: 'Your request', blocks: [facts(requestRows(input))] },
      { title: 'The amount', blocks: [facts(amountRows(input))] },
      { title: 'Why', blocks: reasonBlocks(input) },
      ...deductionSections(input.snapshot),
      { title: 'What you can do', blocks: disputeBlocks(input) },
      { title: 'Dates', blocks: [facts(dateRows(input))] },
      { title: 'Evidence', blocks: evidenceBlocks(input) },
    ],
  };
}

const TITLES: Readonly<Record<LetterOutcome, string>> = {
  paid: 'Your payout has been paid',
  partlyPaid: 'Your payout has been paid in part',
  approved: 'Your payout is approved',
  rejected: 'Your payout is refused',
  held: 'Your payout is on hold',
  expired: 'Your payout request has expired',
};

function openingOf({ outcome, snapshot, decidedAt, paidAt }: LetterInput): string[] {
  const amount = amountInDigits(snapshot.amounts.trader, snapshot.currency);
  const decided = dateText(decidedAt);
  const paid = paidAt === null ? '' : dateText(paidAt);
  const says: Readonly<Record<LetterOutcome, string>> = {
    paid: `We paid you ${amount} on ${paid}.`,
    partlyPaid: `We paid you ${amount} on ${paid}. It is less than you asked for or earned; the reasons are below.`,
    approved: `We approved ${amount} on ${decided}. The money has not been sent yet.`,
    rejected: `We refused this payout on ${decided}. The reasons are below, and what you can do.`,
    held: `We put this payout on hold on ${decided}. It is not decided yet.`,
    expired:
      `Nobody decided in time, and on ${decided} the request ended. ` +
      'That is not a refusal: you may ask again.',
  };
  return [`Dear ${shownText(snapshot.traderName)},`, says[outcome]];
}

function requestRows({ snapshot }: LetterInput): Row[] {
  const { state, payee, requested, currency } = snapshot;
  const { terms } = state;
  const asked = requested === null ? 'as much as there was' : amountInDigits(requested, currency);
  return [
    ['Payout', `${shownText(snapshot.payoutId)}, version ${snapshot.version}`],
    ['You asked for', asked],
    ['Account', shownText(terms.accountId)],
    ['Program', `${shownText(terms.program.name)}, ${shownText(terms.phase.name)}`],
    ['Payee', shownText(snapshot.payeeName)],
    [
      'Way of payment',
      `${METHOD_TEXTS[payee.method]}, to the account that ends in ${shownText(payee.last4)}`,
    ],
  ];
}

function amountRows({ snapshot, outcome }: LetterInput): Row[] {
  const { amounts, assessment, currency } = snapshot;
  const shown = (amount: Money): string => amountInDigits(amount, currency);
  return [
    ['Profit on the account', shown(assessment.profit)],
    ['Before deductions', shown(assessment.gross)],
    ['Deducted', shown(amounts.deducted)],
    ['After deductions', shown(amounts.gross)],
    ['The firm’s part of it', shown(amounts.firm)],
    [PART_NAMES[outcome], shown(amounts.trader)],
    ['In words', wordsOf(amounts.trader, currency)],
  ];
}

/** An amount that nobody pays must not read as a promise. */
const PART_NAMES: Readonly<Record<LetterOutcome, string>> = {
  paid: 'Paid to you',
  partlyPaid: 'Paid to you',
  approved: 'To be paid to you',
  rejected: 'Your part, which is not paid',
  held: 'Your part, if it is approved',
  expired: 'Your part, which was not paid',
};

function wordsOf(amount: Money, currency: string): string {
  const minor = minorUnits(amount, currency);
  return minor.ok
    ? amountInWords(minor.value, currency, exponentOf(currency))
    : amountInDigits(amount, currency);
}

function reasonBlocks({ outcome, snapshot, reason, grounds }: LetterInput): Block[] {
  const { reasons } = snapshot.assessment;
  const numbers = outcome !== 'paid' && reasons.length > 0 ? [list(reasons)] : [];
  const given = [...paragraphsOf(reason), ...(grounds === null ? [] : groundsBlocks(grounds))];
  const blocks = [...given, ...numbers];
  return blocks.length > 0 ? blocks : [paragraph(PLAIN_REASONS[outcome])];
}

const PLAIN_REASONS: Readonly<Record<LetterOutcome, string>> = {
  paid: 'The rules of your program allow this payout, and nothing stands against it.',
  partlyPaid: 'The rules of your program allow this much; what was deducted stands below.',
  approved: 'The rules of your program allow this payout, and nothing stands against it.',
  rejected: 'Below is what the refusal rests on.',
  held: 'Somebody has to look at it first. You need not do anything unless we ask you.',
  expired: 'The time to decide ended before enough people had agreed.',
};

function groundsBlocks(grounds: LetterGrounds): Block[] {
  if (grounds.type === 'discretion') return [paragraph(discretionText(grounds.reviewOn))];
  const { ruleId, quantity, trades, facts: entries } = grounds;
  return [
    facts([
      ['Rule', shownText(ruleId)],
      ['What was found', shownText(quantity)],
      ['Trades', trades.length === 0 ? 'none in particular' : trades.map(shownText).join(', ')],
      ['Entries of the log that show it', entries.join(', ')],
    ]),
  ];
}

function discretionText(reviewOn: string): string {
  return (
    'No single rule decides this. People of the firm decided at their discretion, two of them at ' +
    `least, and the decision is reviewed on ${shownText(reviewOn)}.`
  );
}

function deductionSections({ deductions, currency }: PayoutSnapshot): Section[] {
  if (deductions.length === 0) return [];
  const items = deductions.map((one) => deductionText(one, currency));
  return [{ title: 'Deductions', blocks: [{ type: 'list', items }] }];
}

/** Without the person who deducted: the firm answers for it. */
function deductionText({ dealIds, amount, ruleId, reason }: Deduction, currency: string): string {
  const rule = ruleId === null ? '' : ` (rule ${shownText(ruleId)})`;
  return `${amountInDigits(amount, currency)} of ${tradesText(dealIds)}${rule}: ${shownText(reason)}`;
}

function disputeBlocks({ outcome, snapshot, entry, disputeText }: LetterInput): Block[] {
  const again =
    outcome === 'expired' ? 'You may ask for the payout again, as you did before. ' : '';
  const name = `the payout ${shownText(snapshot.payoutId)} and entry ${entry} of the log`;
  return [...paragraphsOf(disputeText), paragraph(`${again}When you write to us, name ${name}.`)];
}

function dateRows({ snapshot, decidedAt, paidAt }: LetterInput): Row[] {
  const rows: Row[] = [
    ['Considered from', instantText(snapshot.window.fromAt)],
    ['Considered to', instantText(snapshot.window.toAt)],
    ['Decided', instantText(decidedAt)],
  ];
  return paidAt === null ? rows : [...rows, ['Paid', instantText(paidAt)]];
}

function evidenceBlocks({
  snapshot,
  grounds,
  instructionId,
  logOrigin,
  entry,
}: LetterInput): Block[] {
  const { ruleSetId, version, hash } = snapshot.state.terms.ruleSet;
  const rows: Row[] = [
    ['Log', shownText(logOrigin)],
    ['Entry of the decision', String(entry)],
    ['Assessed at entry', String(snapshot.basis.seq)],
    ['Digest of what was decided on', writeSnapshot(snapshot).digest],
    ['Rules', `${shownText(ruleSetId)}, version ${version}`],
    ['Digest of the rules', hash],
  ];
  if (grounds?.type === 'clause')
    rows.push(['Entries that the decision names', grounds.facts.join(', ')]);
  if (instructionId !== null) rows.push(['Payment reference', shownText(instructionId)]);
  return [paragraph(EVIDENCE_TEXT), facts(rows)];
}

const EVIDENCE_TEXT =
  'The decision is an entry of a log that nobody can change unseen. With these numbers, an auditor ' +
  'finds it and checks it.';

/** What people wrote as running text: its line breaks begin paragraphs, its blanks are one each. */
function paragraphsOf(prose: string): Block[] {
  return prose
    .split(/[\n\r\u2028\u2029]+/)
    .map((line) => line.replace(/[\t\u00a0 ]+/g, ' ').trim())
    .filter((line) => line !== '')
    .map((line) => paragraph(shownText(line)));
}

function paragraph(text: string): Block {
  return { type: 'paragraph', text };
}

function list(items: readonly string[]): Block {
  return { type: 'list', items: items.map(shownText) };
}

function facts(rows: readonly Row[]): Block {
  return { type: 'facts', rows };
}

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const DAY_MS = 86_400_000;

/** "20 November 2026": no order of numbers that another country reads otherwise. */
function dateText(at: number): string {
  const { year, month, day } = civilOf(Math.floor(at / DAY_MS));
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

function instantText(at: number): string {
  return `${dateText(at)}, ${utcText(at).slice(-12, -4)} UTC`;
}

function textOf({ firm, title, opening, sections }: Letter): string {
  const parts = [firm, title, ...opening, ...sections.map(sectionText)];
  return `${parts.join('\n\n')}\n`;
}

function sectionText({ title, blocks }: Section): string {
  return [`${title}\n${'-'.repeat(title.length)}`, ...blocks.map(blockText)].join('\n');
}

function blockText(block: Block): string {
  if (block.type === 'paragraph') return block.text;
  if (block.type === 'list') return block.items.map((item) => `- ${item}`).join('\n');
  return block.rows.map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** Black on white and in one column: it prints on A4, and a phone shows it without zooming. */
const STYLE = `
  @page { size: A4; margin: 20mm; }
  body { margin: 0 auto; padding: 1.5rem; max-width: 42rem; background: #fff; color: #1a1a1a;
    font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  header { border-bottom: 2px solid #1a1a1a; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 1rem; }
  h2 { font-size: 1.125rem; margin: 1.5rem 0 0.5rem; break-after: avoid; }
  dl { margin: 0; }
  dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0.25rem 0;
    border-bottom: 1px solid #ccc; break-inside: avoid; }
  dt { flex: 1 1 12rem; color: #4a4a4a; }
  dd { flex: 2 1 18rem; margin: 0; }
  li { break-inside: avoid; }
  @media print { body { max-width: none; padding: 0; font-size: 10.5pt; } }
`;

function htmlOf({ firm, title, opening, sections }: Letter): string {
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
  ];
  const body = [
    `<header><p>${escaped(firm)}</p><h1>${escaped(title)}</h1></header>`,
    '<main>',
    ...opening.map(paragraphHtml),
    ...sections.map(sectionHtml),
    '</main>',
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    ...head,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionHtml({ title, blocks }: Section): string {
  return `<section>\n<h2>${escaped(title)}</h2>\n${blocks.map(blockHtml).join('\n')}\n</section>`;
}

function blockHtml(block: Block): string {
  if (block.type === 'paragraph') return paragraphHtml(block.text);
  if (block.type === 'list') {
    return `<ul>\n${block.items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>`;
  }
  const rows = block.rows.map(
    ([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl>\n${rows.join('\n')}\n</dl>`;
}

function paragraphHtml(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);

/** Texts stand between tags only, never within one; quotes are escaped all the same. */
function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ESCAPES.get(character) ?? '');
}
