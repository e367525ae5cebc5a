import type { CaseVerb } from '#core/cases/act.ts';
import { isInterim } from '#core/cases/cases.ts';
import type { CaseWorked } from '#core/cases/cases.events.ts';
import { decideWork, reaches, type Work, type Worker } from '#core/cases/work.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { Refusal } from '#core/governance/world.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Priority } from '#core/work/policy.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import {
  ABOUT_NOTHING,
  type Described,
  type Doing,
  type WorkSource,
  type WorkWorld,
  type Word,
} from '../work-source.ts';

/** Cases are decided on their own page; who has one and when it comes back is said in one place. */
export const fraudCase: WorkSource = {
  kind: 'fraudCase',
  name: 'Fraud case',
  takes: [
    'caseOpened',
    'caseSignalAdded',
    'caseWorked',
    'caseMerged',
    'caseSplit',
    'caseDecided',
    'caseReopened',
  ],
  sees: 'viewCases',
  works: 'workCases',
  settledBy: 'decide the case on its page',
  open: () => {
    const known = new Map<string, Known>();
    return (fact) => {
      const read = READERS[fact.kind] as
        ((fact: Fact, known: Files) => readonly Word[]) | undefined;
      return read?.(fact, known) ?? [];
    };
  },
  reaches: ({ id }, personId, action, { cases, people }) => {
    const file = cases.file(id);
    return file !== undefined && reaches(file, personId, action, people.may);
  },
  carryOut: (doing, world) => {
    const verbs = verbsOf(doing.change);
    return verbs === null ? null : decideAll(verbs, doing, world);
  },
};

type Files = Map<string, Known>;
type Readers = {
  readonly [Kind in FactKind]?: (
    fact: Extract<Fact, { kind: Kind }>,
    known: Files,
  ) => readonly Word[];
};

const READERS: Readers = {
  caseOpened: ({ data: { caseId, score, signals } }, known) => [
    opens(caseId, score, signals, known),
  ],
  caseSignalAdded: ({ data: { caseId, score, pattern } }, known) => {
    const { signals = 0, patterns = [] } = known.get(caseId) ?? {};
    const over = { score, signals: signals + 1, patterns: new Set([...patterns, pattern]) };
    return grows(caseId, null, over, known);
  },
  caseWorked: ({ data }) => worked(data),
  caseMerged: ({ data: { caseId: id, into, personId: by, score } }, known) => {
    const [gone, stays] = [known.get(id), known.get(into)];
    const signals = (gone?.signals ?? 0) + (stays?.signals ?? 0);
    const patterns = new Set([...(gone?.patterns ?? []), ...(stays?.patterns ?? [])]);
    const reason = `merged into case ${stays?.number ?? into}`;
    const grown = grows(into, by, { score, signals, patterns }, known);
    return [{ id, by, says: 'settled', reason }, ...grown];
  },
  caseSplit: ({ data }, known) => {
    const { caseId, newCaseId, personId: by, score, newScore, signalIds } = data;
    const before = known.get(caseId);
    const [pattern = ''] = before?.patterns ?? [];
    const going = signalIds.map((signalId) => ({ signalId, pattern }));
    const signals = Math.max(1, (before?.signals ?? 0) - signalIds.length);
    return [
      ...grows(caseId, by, { score, signals }, known),
      opens(newCaseId, newScore, going, known),
    ];
  },
  caseDecided: ({ data: { caseId: id, outcome, personId: by, reason } }) =>
    isInterim(outcome)
      ? [{ id, by, says: 'touched' }]
      : [{ id, by, says: 'settled', reason: `${outcome}: ${reason}` }],
  caseReopened: ({ data: { caseId: id, personId: by, reason } }) => [
    { id, by, says: 'reopened', reason },
  ],
};

function opens(caseId: string, score: number, signals: readonly Joining[], known: Files): Word {
  const patterns = new Set(signals.map(({ pattern }) => pattern));
  const one = { number: known.size + 1, signals: signals.length, patterns, score };
  known.set(caseId, one);
  return { id: caseId, by: null, says: 'opened', what: describe(caseId, one) };
}

function grows(
  caseId: string,
  by: string | null,
  over: Partial<Known>,
  known: Files,
): readonly Word[] {
  const before = known.get(caseId);
  if (!before) return [];
  const one = { ...before, ...over };
  known.set(caseId, one);
  const what = { title: titleOf(one), priority: priorityOf(one.score) };
  return [{ id: caseId, by, says: 'changed', what }];
}

interface Joining {
  readonly signalId: string;
  readonly pattern: string;
}

/** As much of a case as its title says. */
interface Known {
  /** In order of opening, from 1: what people call it. */
  readonly number: number;
  readonly signals: number;
  readonly patterns: ReadonlySet<string>;
  readonly score: number;
}

function describe(caseId: string, one: Known): Described {
  return {
    title: titleOf(one),
    about: ABOUT_NOTHING,
    priority: priorityOf(one.score),
    link: { page: 'case', id: caseId },
    notFor: [],
    alertSeqs: [],
  };
}

function titleOf({ number, signals, patterns, score }: Known): string {
  const told = signals === 1 ? 'one signal' : `${signals} signals`;
  return `Case ${number} (${[...patterns].join(', ')}): ${told}, score ${score}`;
}

/** By its score, per mille. */
function priorityOf(score: number): Priority {
  if (score >= 900) return 'urgent';
  if (score >= 700) return 'high';
  return score >= 400 ? 'normal' : 'low';
}

function worked({ caseId: id, personId: by, change }: CaseWorked): readonly Word[] {
  switch (change.type) {
    case 'claimed':
      // Taking a case in hand ends its being put off.
      return [
        { id, by, says: 'resumed' },
        { id, by, says: 'touched' },
      ];
    case 'assigned':
      return [{ id, by, says: 'owned', to: change.to }];
    case 'snoozed':
      return [{ id, by, says: 'paused', until: change.until, reason: change.reason }];
    case 'escalated':
      return [
        { id, by, says: 'owned', to: null },
        { id, by, says: 'changed', what: { priority: 'urgent' } },
      ];
    case 'released':
      return [];
    case 'noted':
    case 'attached':
    case 'checked':
      return [{ id, by, says: 'touched' }];
  }
}

/** The same act in a case's own verbs; null for what cases know nothing of. */
function verbsOf(change: WorkChange): readonly CaseVerb[] | null {
  switch (change.type) {
    case 'assigned':
      return [{ verb: 'assign', to: change.to }];
    case 'handedOver':
      return [
        { verb: 'note', text: change.note, mentions: change.to === null ? [] : [change.to] },
        { verb: 'assign', to: change.to },
      ];
    case 'noted':
      return [{ verb: 'note', text: change.text, mentions: [] }];
    case 'paused':
      return [{ verb: 'snooze', until: change.until, reason: change.reason }];
    case 'resumed':
      return [{ verb: 'claim' }];
    case 'prioritised':
    case 'settled':
    case 'reopened':
      return null;
  }
}

function decideAll(
  verbs: readonly CaseVerb[],
  { item: { id: caseId }, personId, commandId }: Doing,
  { governance, at }: WorkWorld,
): Result<Work, Refusal> {
  const { cases, people } = governance;
  const file = cases.file(caseId);
  if (!file) return err({ code: 'notFound', message: `there is no case ${caseId}` });
  const by: Worker = {
    personId,
    commandId,
    at,
    may: people.may,
    proposalOn: () => null,
    approversOf: () => [],
  };
  const drafts: Work['drafts'][number][] = [];
  for (const act of verbs) {
    const decided = decideWork({ caseId, version: file.version, act }, by, cases);
    if (!decided.ok) return decided;
    drafts.push(...decided.value.drafts);
  }
  return ok({ drafts, contents: [] });
}
