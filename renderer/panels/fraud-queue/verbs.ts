import type { CaseDetail } from '#core/desk-api/case-calls.ts';

/** What opens a form before it is done. */
export type Form =
  | 'assign'
  | 'snooze'
  | 'merge'
  | 'split'
  | 'escalate'
  | 'dismiss'
  | 'warn'
  | 'propose'
  | 'note'
  | 'reopen'
  | 'review';

export type VerbName = Form | 'takeNext' | 'hold';

export interface Verb {
  readonly name: VerbName;
  /** One small letter; unique, and none of the window's own. */
  readonly key: string;
  readonly title: string;
  /** Stands in the first row of buttons. */
  readonly main: boolean;
}

/** `hold` takes a case in hand, or gives it back. */
export const VERBS: readonly Verb[] = [
  { name: 'takeNext', key: 'g', title: 'Take next', main: true },
  { name: 'hold', key: 'c', title: 'Claim', main: true },
  { name: 'dismiss', key: 'd', title: 'Dismiss', main: true },
  { name: 'warn', key: 'w', title: 'Warn', main: true },
  { name: 'propose', key: 'x', title: 'Propose', main: true },
  { name: 'review', key: 'v', title: 'Answer', main: true },
  { name: 'note', key: 'n', title: 'Note', main: true },
  { name: 'assign', key: 's', title: 'Assign', main: false },
  { name: 'snooze', key: 'z', title: 'Snooze', main: false },
  { name: 'escalate', key: 'e', title: 'Escalate', main: false },
  { name: 'merge', key: 'm', title: 'Merge', main: false },
  { name: 'split', key: 'p', title: 'Split', main: false },
  { name: 'reopen', key: 'r', title: 'Reopen', main: false },
];

/** What stands against a verb now, in a sentence; empty when nothing does. */
export function whyNotOf(detail: CaseDetail, verb: VerbName): string {
  const { whyNot, row } = detail;
  if (verb === 'takeNext') return '';
  if (verb === 'hold') return row.lock?.mine === true ? whyNot.release : whyNot.claim;
  // A hold is released by a proposal, too: one of the two is enough for the form to open.
  if (verb === 'propose') return whyNot.propose === '' ? '' : whyNot.releaseHold && whyNot.propose;
  return whyNot[verb];
}

/** Whether a button for it makes sense on this case at all. */
export function isShown(detail: CaseDetail, verb: VerbName): boolean {
  const { row } = detail;
  const ended = row.state === 'decided' || row.state === 'merged';
  if (verb === 'review') return row.blind;
  if (row.blind) return verb === 'takeNext' || verb === 'note';
  if (verb === 'reopen') return row.state === 'decided';
  if (verb === 'propose') return !ended || row.hold !== null;
  return verb === 'takeNext' || verb === 'note' ? true : !ended;
}

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The verb of a key, for which nobody must be typing. */
export function verbOf({ key, ctrlKey, metaKey, altKey }: Pressed): Verb | null {
  if (ctrlKey || metaKey || altKey) return null;
  return VERBS.find((verb) => verb.key === key) ?? null;
}

/** Which neighbour of the open case `J` and `K` go to; null where there is none. */
export function neighbourOf(
  caseIds: readonly string[],
  open: string | undefined,
  key: string,
): string | null {
  const step = key === 'j' || key === 'ArrowDown' ? 1 : -1;
  const at = open === undefined ? -1 : caseIds.indexOf(open);
  if (at < 0) return caseIds[0] ?? null;
  return caseIds[at + step] ?? null;
}

/** Text is being written there: letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}
