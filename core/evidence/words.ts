import { NOT_PROVEN, type PackVerdict } from './verify-pack.ts';

const FINDINGS_SHOWN_MAX = 50;
const LINE_MAX = 600;

/**
 * A sentence with words of others in it, safe for a terminal: what could move the cursor, colour,
 * reverse or hide text is named instead, and a line stays a line.
 */
export function printable(text: string): string {
  const cut = text.length > LINE_MAX ? `${text.slice(0, LINE_MAX)} …` : text;
  return cut.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (hidden) => `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

const SIGNS = { fine: 'ok', wrong: 'NO', open: '--' } as const;
const ENDS = ['IT FOLLOWS', 'NOT WHAT WAS SIGNED', 'IT DOES NOT FOLLOW', 'CANNOT BE READ'] as const;

/** What a person reads of a verification, a line each. */
export function packLines(verdict: PackVerdict, about: string): string[] {
  const { steps, findings, exit, sentence } = verdict;
  const shown = findings.slice(0, FINDINGS_SHOWN_MAX);
  return [
    ...(about === '' ? [] : [about]),
    ...steps.map(
      ({ title, state, detail }) => `${SIGNS[state]}  ${title}${detail && `: ${detail}`}`,
    ),
    ...shown.map(({ place, sentence: what }) => `    ${place}: ${what}`),
    ...(findings.length > shown.length ? [`    … and ${findings.length - shown.length} more`] : []),
    ...(exit === 0 ? ['This does not prove:', ...NOT_PROVEN.map((one) => `  - ${one}`)] : []),
    sentence,
    ENDS[exit],
  ].map(printable);
}
