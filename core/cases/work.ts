import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { About, Action } from '#core/people/roles.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { ActOnCase, CaseVerb, CaseVerbName } from './act.ts';
import {
  ESCALATIONS_MAX,
  type CaseChange,
  type CaseDecided,
  type CaseMerged,
  type CaseReopened,
  type CaseReviewed,
  type CaseSplit,
  type CaseWorked,
} from './cases.events.ts';
import type { CaseEntry, CaseFile, Cases } from './cases.ts';
import { authorOf, isInterim, isSubstance, lockOf, stateOf } from './cases.ts';
import { isOfferedTo } from './learning.ts';
import { caseLetter } from './letter.ts';
import { OUTCOME_WORDS } from './outcomes.ts';
import { departsFrom } from './precedents.ts';
import { scoreOf } from './score.ts';

const DAY_MS = 86_400_000;
/** A case in hand is the person's for so long; whoever looks at it renews it. */
export const LOCK_MS = 10 * 60_000;
export const SNOOZE_MAX_MS = 30 * DAY_MS;
/** Things that people do to one case: beyond it, it can only be decided or merged. */
export const WORK_PER_CASE_MAX = 5_000;

export interface CaseRefusal {
  readonly code: 'notFound' | 'invalid' | 'forbidden' | 'conflict';
  readonly message: string;
}

export type WorkDraft =
  | { readonly kind: 'caseWorked'; readonly data: CaseWorked }
  | { readonly kind: 'caseMerged'; readonly data: CaseMerged }
  | { readonly kind: 'caseSplit'; readonly data: CaseSplit }
  | { readonly kind: 'caseDecided'; readonly data: CaseDecided }
  | { readonly kind: 'caseReopened'; readonly data: CaseReopened }
  | { readonly kind: 'caseReviewed'; readonly data: CaseReviewed };

export interface Work {
  readonly drafts: readonly WorkDraft[];
  /** Bytes to keep beside the log. */
  readonly contents: readonly { readonly digest: string; readonly text: string }[];
}

/** Who acts, and what the decision rests on beside the cases themselves. */
export interface Worker {
  readonly personId: string;
  /** Of the command: names what it brings into being. */
  readonly commandId: string;
  /** The server's clock. */
  readonly at: EpochMs;
  may(personId: string, action: Action, about: About): boolean;
  /** The open proposal of a consequence of a case; null when there is none. */
  proposalOn(caseId: string): string | null;
  /** Who approved a proposal that was carried out. */
  approversOf(proposalId: string): readonly string[];
}

const WORKS = ['workCases'] as const;
const WORKS_OR_ASSIGNS = ['workCases', 'assignCases'] as const;
/** What each verb asks of a person's roles: one of these. */
export const VERB_PERMITS: Readonly<Record<CaseVerbName, readonly Action[]>> = {
  claim: WORKS,
  renew: WORKS,
  release: WORKS_OR_ASSIGNS,
  assign: WORKS_OR_ASSIGNS,
  snooze: WORKS,
  note: WORKS_OR_ASSIGNS,
  attach: WORKS,
  check: WORKS,
  merge: WORKS,
  split: WORKS,
  escalate: WORKS,
  dismiss: WORKS,
  warn: WORKS,
  reopen: WORKS,
  review: ['reviewCases'],
};

/** What adds without taking anything from anybody: no lock and no newer version stands against it. */
const FREE: ReadonlySet<CaseVerbName> = new Set(['note', 'attach', 'check', 'review']);
/** What a case may always come to, however much was done to it. */
const ENDS: ReadonlySet<CaseVerbName> = new Set(['dismiss', 'warn', 'merge']);
/** What only says who is at work: a newer version does not stand against it, a lock does. */
const TAKING: ReadonlySet<CaseVerbName> = new Set(['claim', 'renew', 'release']);

/**
 * What becomes of what a person does to a case. Asked in this order, so that two faults always give
 * the same refusal: whether the case is there; whether a role reaches it; whether somebody else has
 * it in hand; whether others changed it since the person looked; and what the verb itself needs.
 */
export function decideWork(
  { caseId, version, act }: ActOnCase,
  by: Worker,
  cases: Cases,
): Result<Work, CaseRefusal> {
  const file = cases.file(caseId);
  if (!file) return refuse('notFound', `there is no case ${caseId}`);
  if (file.mergedInto !== null) {
    return refuse('invalid', `it was merged into case ${file.mergedInto}`);
  }
  const problem =
    roleProblem(file, act, by) ??
    lockProblem(file, act, by) ??
    versionProblem(file, version, act, by) ??
    null;
  if (problem) return err(problem);
  const worked = file.entries.filter(({ kind }) => kind === 'caseWorked').length;
  if (worked >= WORK_PER_CASE_MAX && !ENDS.has(act.verb)) {
    return refuse('invalid', `people did ${WORK_PER_CASE_MAX} things to it: decide it`);
  }
  return perform(file, act, by, cases);
}

function refuse(code: CaseRefusal['code'], message: string): Result<never, CaseRefusal> {
  return err({ code, message });
}

/** Whether roles of a person reach every program that a case is about. */
export function reaches(
  file: Pick<CaseFile, 'programs'>,
  personId: string,
  action: Action,
  may: Worker['may'],
): boolean {
  return [...file.programs].every((programId) => may(personId, action, { programId }));
}

function roleProblem(file: CaseFile, act: CaseVerb, by: Worker): CaseRefusal | null {
  const has = (action: Action): boolean => reaches(file, by.personId, action, by.may);
  const forbidden = (message: string): CaseRefusal => ({ code: 'forbidden', message });
  if (!VERB_PERMITS[act.verb].some(has)) return forbidden('no role of yours reaches this case');
  if (act.verb === 'assign' && !has('assignCases')) {
    const own = act.to === by.personId || (act.to === null && file.assignee === by.personId);
    if (!own) return forbidden('no role of yours gives cases to others');
  }
  const decides = act.verb === 'dismiss' || act.verb === 'warn';
  if (decides && file.escalated > 0 && !has('assignCases')) {
    return forbidden('it was escalated: a senior person decides it');
  }
  return null;
}

function lockProblem(file: CaseFile, { verb }: CaseVerb, by: Worker): CaseRefusal | null {
  if (FREE.has(verb)) return null;
  const lock = lockOf(file, by.at);
  if (!lock || lock.personId === by.personId) return null;
  // Who hands out the work may take it out of another's hands.
  const mayTake = verb === 'assign' || verb === 'release';
  if (mayTake && reaches(file, by.personId, 'assignCases', by.may)) return null;
  return { code: 'conflict', message: `${lock.personId} has it in hand` };
}

/** What others did since the person looked: the person's own deeds, and taking in hand, are no news. */
function versionProblem(
  file: CaseFile,
  version: number,
  { verb }: CaseVerb,
  by: Worker,
): CaseRefusal | null {
  if (FREE.has(verb) || TAKING.has(verb)) return null;
  const news = newsSince(file, version, by.personId);
  if (news.length === 0) return null;
  const shown = news.slice(-3).map((entry) => {
    return `${authorOf(entry) ?? 'surveillance'} ${deedOf(entry)} (entry ${entry.seq})`;
  });
  return { code: 'conflict', message: `meanwhile ${shown.join('; ')}: look at it again` };
}

/** Entries by others, after one, that change what a person decides on. */
export function newsSince(file: CaseFile, version: number, personId: string): CaseEntry[] {
  const news: CaseEntry[] = [];
  for (let at = file.entries.length - 1; at >= 0; at -= 1) {
    const entry = file.entries[at];
    if (!entry || entry.seq <= version) break;
    if (isSubstance(entry) && authorOf(entry) !== personId) news.unshift(entry);
  }
  return news;
}

const CHANGE_WORDS: Readonly<Record<CaseChange['type'], string>> = {
  claimed: 'took it in hand',
  released: 'let go of it',
  assigned: 'assigned it',
  snoozed: 'put it off',
  noted: 'wrote a note',
  attached: 'attached a file',
  checked: 'worked on the checklist',
  escalated: 'escalated it',
};

/** What an entry says was done, after its author's name. */
export function deedOf(entry: CaseEntry): string {
  switch (entry.kind) {
    case 'caseOpened':
      return 'opened it';
    case 'caseSignalAdded':
      return 'saw more';
    case 'caseWorked':
      return CHANGE_WORDS[entry.data.change.type];
    case 'caseMerged':
      return `merged ${entry.data.caseId} into ${entry.data.into}`;
    case 'caseSplit':
      return `made ${entry.data.newCaseId} of a part of it`;
    case 'caseDecided':
      return OUTCOME_WORDS[entry.data.outcome];
    case 'caseReopened':
      return 'reopened it';
  }
}

function perform(
  file: CaseFile,
  act: CaseVerb,
  by: Worker,
  cases: Cases,
): Result<Work, CaseRefusal> {
  const needsUndecided = !FREE.has(act.verb) && act.verb !== 'reopen';
  if (needsUndecided && stateOf(file, by.at) === 'decided') {
    return refuse('conflict', `${file.decided?.personId ?? 'somebody'} has decided it already`);
  }
  const does = DOES[act.verb] as Does<CaseVerbName>;
  return does(file, act, by, cases);
}

type Does<Name extends CaseVerbName> = (
  file: CaseFile,
  act: Extract<CaseVerb, { verb: Name }>,
  by: Worker,
  cases: Cases,
) => Result<Work, CaseRefusal>;

/** What becomes of each verb that nothing stands against. */
const DOES: { readonly [Name in CaseVerbName]: Does<Name> } = {
  claim: (file, _act, by) => change(file, { type: 'claimed', until: by.at + LOCK_MS }, by),
  renew: (file, _act, by) =>
    file.lock?.personId === by.personId
      ? change(file, { type: 'claimed', until: by.at + LOCK_MS }, by)
      : refuse('conflict', 'you do not have it in hand'),
  release: (file, _act, by) =>
    lockOf(file, by.at)
      ? change(file, { type: 'released' }, by)
      : refuse('invalid', 'nobody has it in hand'),
  assign: (file, { to }, by) => assign(file, to, by),
  snooze: (file, { until, reason }, by) => {
    if (until <= by.at) return refuse('invalid', 'it can be put off to a later time only');
    if (until > by.at + SNOOZE_MAX_MS) {
      return refuse('invalid', `it can be put off for ${SNOOZE_MAX_MS / DAY_MS} days at the most`);
    }
    return change(file, { type: 'snoozed', until, reason }, by);
  },
  note: (file, { text, mentions }, by) => change(file, { type: 'noted', text, mentions }, by),
  attach,
  check: (file, { item, done }, by) => change(file, { type: 'checked', item, done }, by),
  merge,
  split,
  escalate: (file, { reason }, by) => {
    const level = file.escalated + 1;
    if (level > ESCALATIONS_MAX) return refuse('invalid', 'there is nobody above to decide it');
    return change(file, { type: 'escalated', level, reason }, by);
  },
  dismiss: conclude,
  warn: conclude,
  reopen: ({ caseId, decided }, { reason }, { personId, at, proposalOn }) => {
    if (!decided) return refuse('invalid', 'it is not decided yet');
    const proposed = proposalOn(caseId);
    if (proposed !== null) return refuse('conflict', `proposal ${proposed} on it is open`);
    return just({ kind: 'caseReopened', data: { caseId, personId, reason, at } });
  },
  review,
};

function just(...drafts: readonly WorkDraft[]): Result<Work, never> {
  return ok({ drafts, contents: [] });
}

function change(
  { caseId }: CaseFile,
  what: CaseChange,
  { personId, at }: Worker,
): Result<Work, never> {
  return just({ kind: 'caseWorked', data: { caseId, personId, change: what, at } });
}

function assign(file: CaseFile, to: string | null, by: Worker): Result<Work, CaseRefusal> {
  if (to === file.assignee) {
    return refuse(
      'invalid',
      to === null ? 'nobody is in charge of it' : 'it is assigned so already',
    );
  }
  if (to !== null && !reaches(file, to, 'workCases', by.may)) {
    return refuse('invalid', `no role of ${to} reaches this case`);
  }
  return change(file, { type: 'assigned', to }, by);
}

function attach(
  file: CaseFile,
  act: Extract<CaseVerb, { verb: 'attach' }>,
  by: Worker,
): Result<Work, CaseRefusal> {
  const { name, mediaType, size, digest, bytes } = act;
  const content = bytes === null ? null : digestOfText(bytes);
  const attached = { type: 'attached', name, mediaType, size, digest, content } as const;
  const done = change(file, attached, by);
  if (!done.ok || bytes === null || content === null) return done;
  return ok({ ...done.value, contents: [{ digest: content, text: bytes }] });
}

function merge(
  file: CaseFile,
  { into: name, reason }: Extract<CaseVerb, { verb: 'merge' }>,
  by: Worker,
  cases: Cases,
): Result<Work, CaseRefusal> {
  const { caseId } = file;
  const into = cases.file(name);
  if (!into || name === caseId) return refuse('invalid', `there is no other case ${name}`);
  if (into.decided || into.mergedInto !== null) {
    return refuse('invalid', `case ${name} is not open any more`);
  }
  if (!reaches(into, by.personId, 'workCases', by.may)) {
    return refuse('forbidden', `no role of yours reaches case ${name}`);
  }
  const lock = lockOf(into, by.at);
  if (lock && lock.personId !== by.personId) {
    return refuse('conflict', `${lock.personId} has case ${name} in hand`);
  }
  if (file.hold) return refuse('invalid', 'it holds a payout back: release that first');
  const proposed = by.proposalOn(caseId);
  if (proposed !== null) return refuse('conflict', `proposal ${proposed} on it is open`);
  const together = [...file.signals.values(), ...into.signals.values()].map(({ seen }) => seen);
  const score = scoreOf(together, cases.policy, by.at);
  const { personId, at } = by;
  return just({ kind: 'caseMerged', data: { caseId, into: name, personId, reason, score, at } });
}

function split(
  file: CaseFile,
  { signalIds, reason }: Extract<CaseVerb, { verb: 'split' }>,
  by: Worker,
  cases: Cases,
): Result<Work, CaseRefusal> {
  const { caseId } = file;
  const latest = [...file.signals.values()].map(({ seen }) => seen);
  const unknown = signalIds.find((id) => !latest.some(({ signalId }) => signalId === id));
  if (unknown !== undefined) return refuse('invalid', `signal ${unknown} is not part of it`);
  const going = latest.filter(({ signalId }) => signalIds.includes(signalId));
  const staying = latest.filter(({ signalId }) => !signalIds.includes(signalId));
  if (staying.length === 0) return refuse('invalid', 'one signal at least has to stay');
  const { personId, at, commandId } = by;
  return just({
    kind: 'caseSplit',
    data: {
      caseId,
      newCaseId: `c-${digestOfText(`split ${commandId}`).slice(0, 24)}`,
      signalIds: going.map(({ signalId }) => signalId),
      personId,
      reason,
      score: scoreOf(staying, cases.policy, at),
      newScore: scoreOf(going, cases.policy, at),
      at,
    },
  });
}

/** What one person alone decides: that it is nothing, or that a word is enough. */
function conclude(
  file: CaseFile,
  act: Extract<CaseVerb, { verb: 'dismiss' | 'warn' }>,
  by: Worker,
  cases: Cases,
): Result<Work, CaseRefusal> {
  const { caseId } = file;
  const { verb: outcome, code, reason, departure } = act;
  const proposed = by.proposalOn(caseId);
  if (proposed !== null) {
    return refuse('conflict', `proposal ${proposed} on it is open: it is withdrawn first`);
  }
  const majority = departure === null ? departsFrom(outcome, file, cases) : null;
  if (majority) {
    const usual = `${majority.of} similar cases were nearly all ${OUTCOME_WORDS[majority.outcome]}`;
    return refuse('invalid', `${usual}: say why this one differs`);
  }
  const letter = caseLetter({ caseId, outcome, code, amount: 0 }, file.hold !== null);
  const { personId, at } = by;
  const data: CaseDecided = {
    caseId,
    outcome,
    code,
    personId,
    proposalId: null,
    reason,
    departure,
    accountIds: [],
    dealIds: [],
    amount: 0,
    letter: letter === null ? null : digestOfText(letter),
    at,
  };
  const contents = letter === null ? [] : [{ digest: digestOfText(letter), text: letter }];
  return ok({ drafts: [{ kind: 'caseDecided', data }], contents });
}

function review(
  file: CaseFile,
  { outcome, reason }: Extract<CaseVerb, { verb: 'review' }>,
  { personId, at, approversOf }: Worker,
): Result<Work, CaseRefusal> {
  const { caseId, decided } = file;
  const { proposalId = null } = decided ?? {};
  const agreed = proposalId === null ? [] : approversOf(proposalId);
  if (!decided || agreed.includes(personId) || !isOfferedTo(file, personId, at)) {
    return refuse('invalid', 'it is not yours to judge again');
  }
  if (isInterim(outcome)) return refuse('invalid', 'say what would have ended it');
  const data = { caseId, decisionSeq: decided.seq, personId, outcome, reason, at };
  return just({ kind: 'caseReviewed', data });
}
