import type { WorkDetail } from '#core/desk-api/work-calls.ts';
import type { WorkVerbName } from '#core/work/act.ts';

/** What opens a form before it is done. */
export type Form = 'assign' | 'note' | 'prioritise' | 'pause' | 'settle' | 'reopen';
export type VerbName = Form | 'take' | 'resume' | 'open';

export interface Verb {
  readonly name: VerbName;
  /** One small letter; unique, and none of the window's own. */
  readonly key: string;
  readonly title: string;
  /** Which act it is, for why it cannot be done; null for what changes nothing. */
  readonly act: WorkVerbName | null;
}

export const VERBS: readonly Verb[] = [
  { name: 'open', key: 'o', title: 'Open its page', act: null },
  { name: 'take', key: 'c', title: 'Take', act: 'assign' },
  { name: 'settle', key: 'd', title: 'Settle', act: 'settle' },
  { name: 'pause', key: 'z', title: 'Pause', act: 'pause' },
  { name: 'resume', key: 'u', title: 'Go on', act: 'resume' },
  { name: 'assign', key: 's', title: 'Assign', act: 'assign' },
  { name: 'prioritise', key: 'p', title: 'Priority', act: 'prioritise' },
  { name: 'note', key: 'n', title: 'Note', act: 'note' },
  { name: 'reopen', key: 'r', title: 'Reopen', act: 'reopen' },
];

/** Why a verb is not for this person now; empty where it is. */
export function whyNotOf({ whyNot }: WorkDetail, { act }: Verb): string {
  return act === null ? '' : (whyNot[act] ?? '');
}

/** Only what an item can come to next is shown. */
export function isShown({ row }: WorkDetail, { name }: Verb): boolean {
  if (name === 'open' || name === 'note') return true;
  if (name === 'reopen') return row.queue === 'settled';
  if (row.queue === 'settled') return false;
  return name === 'pause' || name === 'resume'
    ? (name === 'resume') === (row.queue === 'paused')
    : true;
}
