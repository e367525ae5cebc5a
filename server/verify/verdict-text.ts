import { NOT_PROVEN, type Step, type Verdict } from './verify-bundle.ts';

const SHOWN_MAX = 100;
const LINE_MAX = 1_000;

/**
 * A sentence with words of others in it, safe to print: what could move the cursor, colour, reverse
 * or hide text is named instead, and a line stays a line.
 */
export function printable(text: string): string {
  const cut = text.length > LINE_MAX ? `${text.slice(0, LINE_MAX)} …` : text;
  return cut.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (hidden) => `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

const SIGNS: Readonly<Record<Step['state'], string>> = { fine: 'ok', wrong: 'NO', open: '--' };
const RESULTS: readonly string[] = [
  'IN ORDER',
  'NOT WHAT WAS SIGNED',
  'A RULE WAS BROKEN',
  'CANNOT BE READ',
];

/** What a person reads of a verification, a line each. */
export function verdictLines(verdict: Verdict, seconds: number): string[] {
  const { steps, problems, findings, notes, missing, firstBadIndex, counts } = verdict;
  const figures = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return [
    ...steps.map(
      ({ title, state, detail }) => `${SIGNS[state]}  ${title}${detail && `: ${detail}`}`,
    ),
    ...some(problems),
    ...(firstBadIndex === null
      ? []
      : [`First entry that differs: index ${firstBadIndex} (seq ${firstBadIndex + 1})`]),
    ...some(
      findings.map(({ seq, rule, sentence, payoutId }) =>
        [`#${seq} ${rule}${payoutId === null ? '' : ` [payout ${payoutId}]`}: ${sentence}`].join(
          '',
        ),
      ),
    ),
    ...some(notes.map((note) => `Note: ${note}`)),
    ...some(missing.map(({ digest, seq }) => `Not kept any more: ${digest} (named by #${seq})`)),
    ...(figures.length === 0 ? [] : [`${figures.join(', ')}; ${seconds.toFixed(1)} s`]),
    'This does not prove:',
    ...NOT_PROVEN.map((sentence) => `  - ${sentence}`),
    RESULTS[verdict.exit] ?? '',
  ].map(printable);
}

function some(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN_MAX) return [...lines];
  return [...lines.slice(0, SHOWN_MAX), `… and ${lines.length - SHOWN_MAX} more`];
}
