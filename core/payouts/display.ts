import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import { MONEY_DECIMALS, type Money } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import { amountInDigits, amountInWords, exponentOf, minorUnits } from './amount-words.ts';
import type { PayeeRef } from './payouts.events.ts';
import { writeSnapshot, type Deduction, type PayoutSnapshot } from './snapshot.ts';

/** What approvers see of a payout, and what of it their signature names once more. */
export interface PayoutDisplay {
  /** Plain text, a line each: every line break in it is ours. */
  readonly text: string;
  readonly money: { readonly ccy: string; readonly exp: number; readonly minor: string };
  readonly payee: { readonly digest: string; readonly last4: string };
}

/**
 * The text of a payout that people sign, from its bytes alone: the same on every machine, whole,
 * and without anything that could make it look like another.
 */
export function displayPayout(snapshot: PayoutSnapshot): PayoutDisplay {
  const { payee, amounts, currency } = snapshot;
  const sections = [
    titleLines(snapshot),
    amountLines(amounts.trader, currency),
    payeeLines(snapshot),
    accountLines(snapshot),
    sumLines(snapshot),
    standingLines(snapshot),
    windowLines(snapshot),
    precedentLines(snapshot),
    basisLines(snapshot),
  ];
  return {
    text: sections.map((lines) => lines.join('\n')).join('\n\n'),
    money: signedAmount(amounts.trader, currency),
    payee: { digest: payee.digest, last4: payee.last4 },
  };
}

/**
 * In whole smallest units of the currency; an amount finer than that, which nobody can pay, is
 * named in units of Money rather than as another amount.
 */
function signedAmount(amount: Money, currency: string): PayoutDisplay['money'] {
  const minor = minorUnits(amount, currency);
  return minor.ok
    ? { ccy: currency, exp: exponentOf(currency), minor: String(minor.value) }
    : { ccy: currency, exp: MONEY_DECIMALS, minor: String(amount) };
}

function titleLines({ payoutId, version }: PayoutSnapshot): string[] {
  return ['Pay a payout', `Payout: ${shownText(payoutId)}, version ${version}`];
}

function amountLines(amount: Money, currency: string): string[] {
  const { exp, minor } = signedAmount(amount, currency);
  const lines = [
    `Amount: ${amountInDigits(amount, currency)}`,
    `In words: ${amountInWords(BigInt(minor), currency, exp)}`,
  ];
  if (amount <= 0) lines.push('Look closely: there is nothing to pay.');
  if (exp !== exponentOf(currency))
    lines.push(`Look closely: this is finer than ${currency} can be paid in.`);
  return lines;
}

export const METHOD_TEXTS: Readonly<Record<PayeeRef['method'], string>> = {
  bankTransfer: 'bank transfer',
  testRail: 'test rail, where no money moves',
  csvExport: 'list for a payment outside this system',
};

function payeeLines({ payee, payeeName, traderName }: PayoutSnapshot): string[] {
  const lines = [`Payee: ${shownText(payeeName)}`];
  const scripts = scriptLine(payeeName);
  if (scripts !== null) lines.push(scripts);
  if (payeeName !== traderName) {
    lines.push('Look closely: the payee is not called as the trader is.');
  }
  lines.push(
    `Method: ${METHOD_TEXTS[payee.method]}`,
    `Account of the payee ends in: ${shownText(payee.last4)}`,
    `Region: ${payee.region ?? 'not known'}`,
    `Payee record: ${groupedHex(payee.digest)}`,
  );
  return lines;
}

function accountLines({ traderName, state, currency }: PayoutSnapshot): string[] {
  const { terms, status } = state;
  const { ruleSet, program, phase } = terms;
  const lines = [
    `Trader: ${shownText(traderName)} (${shownText(terms.traderId)})`,
    `Account: ${shownText(terms.accountId)} on ${shownText(terms.platform)}, ${ACCOUNT_STATUSES[status]}`,
    `Program: ${shownText(program.name)} (${shownText(program.programId)})`,
    `Phase: ${shownText(phase.name)} (${shownText(phase.phaseId)})`,
    `Rules: ${shownText(ruleSet.ruleSetId)}, version ${ruleSet.version}, hash ${groupedHex(ruleSet.hash)}`,
  ];
  if (terms.currency !== currency)
    lines.push(`Look closely: the account is in ${terms.currency}, the payout in ${currency}.`);
  return lines;
}

function sumLines(snapshot: PayoutSnapshot): string[] {
  const { amounts, assessment, deductions, requested, currency } = snapshot;
  const { gross, deducted, trader, firm } = amounts;
  const shown = (amount: Money): string => amountInDigits(amount, currency);
  const lines = [
    `Requested: ${requested === null ? 'as much as there is' : shown(requested)}`,
    `Assessed: ${shown(assessment.gross)}`,
    `Deducted: ${shown(deducted)}`,
    `Gross, which leaves the account: ${shown(gross)}`,
    `To the trader: ${shown(trader)}`,
    `To the firm: ${shown(firm)}`,
  ];
  if (assessment.gross - deducted !== gross || trader + firm !== gross)
    lines.push('Look closely: these amounts do not add up.');
  if (deductions.length === 0) return [...lines, 'Deductions: none'];
  return [...lines, 'Deductions:', ...deductions.map((one) => deductionLine(one, currency))];
}

function deductionLine(deduction: Deduction, currency: string): string {
  const { dealIds, amount, ruleId, reason, by } = deduction;
  const rule = ruleId === null ? 'no rule named' : `rule ${shownText(ruleId)}`;
  return (
    `- ${amountInDigits(amount, currency)} of ${tradesText(dealIds)}, ${rule}, ` +
    `by ${shownText(by)}: ${shownText(reason)}`
  );
}

/** "trade 7", "trades 7, 9". */
export function tradesText(dealIds: readonly string[]): string {
  return `${dealIds.length === 1 ? 'trade' : 'trades'} ${dealIds.map(shownText).join(', ')}`;
}

function standingLines({ identity, against }: PayoutSnapshot): string[] {
  const lines = [`Identity check: ${identity}`];
  if (against.length === 0) return [...lines, 'Nothing stands against it.'];
  return [...lines, 'Stands against it:', ...against.map(itemLine)];
}

function windowLines({ window, history, currency }: PayoutSnapshot): string[] {
  const { fromAt, toAt, trades, profit, openReviews } = window;
  const before = `${history.payouts}, ${amountInDigits(history.paidToTrader, currency)} to the trader`;
  return [
    `Window: ${instantText(fromAt)} to ${instantText(toAt)}`,
    `Trades in it: ${trades}, profit ${amountInDigits(profit, currency)}`,
    `Verdicts in it: ${verdictCounts(window.verdicts)}`,
    `Payouts before: ${before}`,
    ...(openReviews.length === 0
      ? ['Nobody has a matter left to look at.']
      : ['Nobody has looked at yet:', ...openReviews.map(itemLine)]),
  ];
}

const VERDICT_NAMES: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['warningRaised', ['warning', 'warnings']],
  ['breachDetected', ['breach', 'breaches']],
  ['conductFlagged', ['flag of conduct', 'flags of conduct']],
]);

/** "2 warnings, 1 breach": kinds in the order of their names, so that no other order says the same. */
function verdictCounts(verdicts: PayoutSnapshot['window']['verdicts']): string {
  const counts = new Map<string, number>();
  for (const { kind } of verdicts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size === 0) return 'none';
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([kind, count]) => {
      const [one, many] = VERDICT_NAMES.get(kind) ?? [shownText(kind), shownText(kind)];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(', ');
}

function precedentLines({ precedents }: PayoutSnapshot): string[] {
  if (precedents.length === 0) return ['Cases like it: none decided'];
  const lines = precedents.map(
    ({ payoutId, outcome, at, reason }) =>
      `- ${shownText(payoutId)}, ${shownText(outcome)} at ${instantText(at)}: ` +
      (reason === '' ? 'no reason given' : shownText(reason)),
  );
  return ['Cases like it:', ...lines];
}

function basisLines(snapshot: PayoutSnapshot): string[] {
  const { seq, at } = snapshot.basis;
  return [
    `Assessed at entry ${seq} of the log, market time ${instantText(at)}`,
    `Fingerprint: ${groupedHex(writeSnapshot(snapshot).digest)}`,
  ];
}

function itemLine(sentence: string): string {
  return `- ${shownText(sentence)}`;
}

function instantText(at: number): string {
  return `${utcText(at)} UTC`;
}

/** Enough of a digest to compare by eye or by voice: "09af 4410 77e2 c0de". */
export function groupedHex(digest: string): string {
  return digest.slice(0, 16).replace(/.{4}/g, '$& ').trim();
}

/**
 * Characters that would hide, move, break or space out the text around them: controls, blanks other
 * than a space, marks of direction, fillers, selectors, halves, private ones. A table and not
 * Unicode's properties: what is signed must not depend on a machine's version of Unicode. The
 * brackets that name such characters are in it, so that no text can pretend to have one.
 */
const NAMED = rangesOf(
  '0-1f 7f-a0 ad 34f 61c 115f-1160 1680 17b4-17b5 180b-180f 2000-200f 2028-202f 205f-206f ' +
    '27e8-27e9 2800 3000 3164 d800-f8ff fdd0-fdef fe00-fe0f feff ffa0 fff0-ffff ' +
    '1bca0-1bca3 1d173-1d17a e0000-10ffff',
);

/** A text of others within one of our lines: what cannot be seen is named instead, nothing is cut. */
export function shownText(text: string): string {
  if (text === '') return '⟨empty⟩';
  const named = [...text].map((character) => {
    const code = codeOf(character);
    return isWithin(NAMED, code) ? `⟨${codeText(code)}⟩` : character;
  });
  return named
    .join('')
    .replace(/ {2,}|^ | $/g, ({ length }) => `⟨${length} ${length === 1 ? 'space' : 'spaces'}⟩`);
}

/** Scripts whose letters have look-alikes in each other. */
const SCRIPTS = [
  [
    'Latin',
    rangesOf('41-5a 61-7a aa ba c0-d6 d8-f6 f8-2af 1e00-1eff 2c60-2c7f a722-a7ff ab30-ab5a'),
  ],
  ['Greek', rangesOf('370-373 376-377 37a-37d 37f-3ff 1f00-1fff')],
  ['Cyrillic', rangesOf('400-52f 1c80-1c8f 2de0-2dff a640-a69f')],
] as const;

/** Digits, punctuation, blanks and accents, which belong to every script. */
const COMMON = rangesOf(
  '0-bf d7 f7 2b0-36f 1dc0-1dff 2000-20cf 27e8-27e9 3000-3003 fe00-fe0f feff e0000-e0fff',
);

function scriptOf(code: number): string | null {
  const script = SCRIPTS.find(([, ranges]) => isWithin(ranges, code));
  if (script) return script[0];
  return isWithin(COMMON, code) ? null : 'other';
}

/**
 * Says of which scripts a name is when it is not of Latin letters alone: "Alеx" with a Cyrillic "е"
 * is another payee than "Alex". Nothing is refused, because many true names are mixed.
 */
export function scriptLine(name: string): string | null {
  const letters = [...name].flatMap((character) => {
    const script = scriptOf(codeOf(character));
    return script === null ? [] : [{ character, script }];
  });
  const scripts = [...new Set(letters.map(({ script }) => script))].sort();
  if (scripts.length === 0 || (scripts.length === 1 && scripts[0] === 'Latin')) return null;
  if (scripts.length === 1) return `Script of the payee's name: ${scripts[0]}`;
  const foreign = letters.filter(
    ({ script }) => script !== (scripts.includes('Latin') ? 'Latin' : scripts[0]),
  );
  const named = foreign.map(
    ({ character, script }) => `${shownText(character)} ${codeText(codeOf(character))} ${script}`,
  );
  return `Look closely: the payee's name mixes scripts, ${scripts.join(' and ')}: ${named.join(', ')}`;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** "U+202E". */
function codeText(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

type Ranges = readonly (readonly [first: number, last: number])[];

/** "0-1f 7f": code points in hexadecimal digits, alone or from one to another. */
function rangesOf(text: string): Ranges {
  return text.split(' ').map((range) => {
    const [first = '', last = first] = range.split('-');
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  });
}

function isWithin(ranges: Ranges, code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}
