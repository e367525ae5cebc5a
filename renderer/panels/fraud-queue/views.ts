import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { CASE_STATES, type CaseState } from '#core/cases/outcomes.ts';

/** Views that a person keeps; beyond it an old one is to be deleted first. */
export const OWN_VIEWS_MAX = 20;
export const VIEW_NAME_MAX = 40;

const HANDS = ['anyone', 'mine', 'nobody', 'others'] as const;

/** Which cases are shown. Empty texts ask for nothing. */
export interface CaseFilter {
  readonly states: readonly CaseState[];
  readonly hands: (typeof HANDS)[number];
  readonly pattern: string;
  readonly programId: string;
  readonly text: string;
  readonly payoutWaits: boolean;
  readonly overdue: boolean;
  readonly mentionsMe: boolean;
  /** Of 1,000. */
  readonly scoreMin: number;
}

export interface CaseView {
  readonly id: string;
  readonly name: string;
  readonly filter: CaseFilter;
}

const all: CaseFilter = {
  states: ['open'],
  hands: 'anyone',
  pattern: '',
  programId: '',
  text: '',
  payoutWaits: false,
  overdue: false,
  mentionsMe: false,
  scoreMin: 0,
};

export const BUILT_IN_VIEWS: readonly [CaseView, ...CaseView[]] = [
  { id: 'waiting', name: 'Waiting', filter: all },
  { id: 'mine', name: 'Mine', filter: { ...all, states: ['open', 'snoozed'], hands: 'mine' } },
  { id: 'unassigned', name: 'Unassigned', filter: { ...all, hands: 'nobody' } },
  { id: 'payouts', name: 'Payout waiting', filter: { ...all, payoutWaits: true } },
  { id: 'overdue', name: 'Overdue', filter: { ...all, overdue: true } },
  {
    id: 'mentions',
    name: 'Mentions me',
    filter: { ...all, states: ['open', 'snoozed', 'decided'], mentionsMe: true },
  },
  { id: 'snoozed', name: 'Snoozed', filter: { ...all, states: ['snoozed'] } },
  { id: 'decided', name: 'Decided', filter: { ...all, states: ['decided', 'merged'] } },
];

/** Of the person who is signed in: locked now, or given to. */
export function isMine({ lock, assignee }: CaseRow, personId: string): boolean {
  return lock?.mine === true || assignee?.personId === personId;
}

export function keeps(filter: CaseFilter, row: CaseRow, personId: string): boolean {
  const free = row.lock === null && row.assignee === null;
  const mine = isMine(row, personId);
  const inHands = { anyone: true, mine, nobody: free, others: !free && !mine };
  return (
    filter.states.includes(row.state) &&
    inHands[filter.hands] &&
    (filter.pattern === '' || row.patterns.some((one) => one === filter.pattern)) &&
    (filter.programId === '' ||
      row.programs.some(({ programId }) => programId === filter.programId)) &&
    (!filter.payoutWaits || row.pendingPayouts.length > 0) &&
    (!filter.overdue || row.overdue) &&
    (!filter.mentionsMe || row.mentionsMe) &&
    row.score >= filter.scoreMin &&
    speaksOf(row, filter.text)
  );
}

/** Every word is looked for in what the case is about; "#12" is the case of that number. */
function speaksOf(row: CaseRow, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const said = [
    `#${row.number} `,
    row.title,
    ...row.reasons,
    ...row.traders.flatMap(({ traderId, name }) => [traderId, name]),
    ...row.accounts.map(({ accountId }) => accountId),
    ...row.programs.map(({ name }) => name),
    ...row.pendingPayouts.map(({ payoutId }) => payoutId),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => said.includes(/^#\d+$/.test(word) ? `${word} ` : word));
}

/** The view of an id, else the first one. */
export function viewOf(own: readonly CaseView[], id: string): CaseView {
  return [...BUILT_IN_VIEWS, ...own].find((view) => view.id === id) ?? BUILT_IN_VIEWS[0];
}

/** With the filter kept under a name; the same name replaces. Null where there is no room. */
export function withView(
  own: readonly CaseView[],
  name: string,
  filter: CaseFilter,
): readonly CaseView[] | null {
  const short = name.trim().slice(0, VIEW_NAME_MAX);
  const id = `own:${short.toLowerCase()}`;
  const others = own.filter((view) => view.id !== id);
  if (short === '' || others.length >= OWN_VIEWS_MAX) return null;
  return [...others, { id, name: short, filter }];
}

/** Views as this browser kept them: what cannot be read is left out, what is new gets its default. */
export function readViews(kept: unknown): readonly CaseView[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, OWN_VIEWS_MAX).flatMap((one: unknown) => {
    const view = recordOf(one);
    const { id, name } = view;
    if (typeof id !== 'string' || typeof name !== 'string' || !id.startsWith('own:')) return [];
    return [{ id, name, filter: readFilter(recordOf(view.filter)) }];
  });
}

function readFilter(kept: Readonly<Record<string, unknown>>): CaseFilter {
  const text = (name: 'pattern' | 'programId' | 'text'): string => {
    const value = kept[name];
    return typeof value === 'string' ? value : '';
  };
  const states = Array.isArray(kept.states)
    ? CASE_STATES.filter((state) => (kept.states as unknown[]).includes(state))
    : [];
  return {
    states: states.length === 0 ? all.states : states,
    hands: HANDS.find((one) => one === kept.hands) ?? 'anyone',
    pattern: text('pattern'),
    programId: text('programId'),
    text: text('text'),
    payoutWaits: kept.payoutWaits === true,
    overdue: kept.overdue === true,
    mentionsMe: kept.mentionsMe === true,
    scoreMin: Number.isInteger(kept.scoreMin) ? (kept.scoreMin as number) : 0,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function isSameFilter(one: CaseFilter, other: CaseFilter): boolean {
  return JSON.stringify(readFilter({ ...one })) === JSON.stringify(readFilter({ ...other }));
}
