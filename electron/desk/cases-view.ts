import type { AccountSummary, Command } from '#core/sync/protocol.ts';
import type { CaseVerb, CaseVerbName } from '#core/cases/act.ts';
import {
  authorOf,
  lockOf,
  stateOf,
  type CaseEntry,
  type CaseFile,
  type DecidedCase,
} from '#core/cases/cases.ts';
import { isOfferedTo } from '#core/cases/learning.ts';
import { caseLetter } from '#core/cases/letter.ts';
import { OUTCOMES, type CaseOutcome, type CaseState } from '#core/cases/outcomes.ts';
import { CLOSE_COUNTED_MAX, majorityOf, precedentsFor } from '#core/cases/precedents.ts';
import { byUrgency, dueAtOf, urgencyOf } from '#core/cases/priority.ts';
import { allowanceOf, countsFor, type JoinedSignal } from '#core/cases/score.ts';
import { decideWork, deedOf, reaches, type Worker } from '#core/cases/work.ts';
import type { CaseDetail, CaseRow } from '#core/desk-api/case-calls.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import { detectors } from '#core/fraud/detectors/index.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { consequenceParamsSchema } from '#core/governance/actions/apply-consequence.ts';
import type { Governance } from '#core/governance/governance.ts';
import { isFree, pendingPayouts, stakeOfCase } from '#core/governance/stakes.ts';
import type { AccountMoney } from '#core/governance/world.ts';
import { utcText } from '#core/time/time.ts';
import { stateOf as proposalStateOf } from './proposals-view.ts';

const REASONS_MAX = 3;
const PRECEDENTS_SHOWN_MAX = 8;
/** Replaced revisions that a page shows beside the latest. */
const REPLACED_SHOWN_MAX = 50;
const ENTRIES_SHOWN_MAX = 2_000;

/** What cases look like to the person who is signed in, from facts and kept bytes alone. */
export interface CaseViews {
  /** Cases that the person's roles reach: those that wait first, most urgent first. */
  list(states: readonly CaseState[], limit: number): { cases: CaseRow[]; counts: Counts };
  detail(caseId: string): CaseDetail | null;
  /** Decided cases that the person is asked about without being told. */
  offered(limit: number): CaseRow[];
}

type Counts = DeskCallOutput<'cases.list'>['counts'];

export interface CaseViewPorts {
  readonly governance: () => Governance;
  account(accountId: string): AccountSummary | undefined;
  accounts(): readonly AccountSummary[];
  moneyOf(accountId: string): AccountMoney | null;
  fact(seq: number): Fact | null;
  content(digest: string): string | null;
  nameOf(personId: string): string;
  personId(): string | null;
  /** Who else looks at a case. */
  viewers(caseId: string): readonly { readonly personId: string; readonly name: string }[];
  /** What waits on this desk for its server. */
  queued(): readonly Command[];
  /** The server's clock, as well as this desk knows it. */
  now(): number;
}

/** What does not change from one case to the next while a list is made. */
interface Look {
  readonly governance: Governance;
  readonly me: string;
  readonly at: number;
  readonly byTrader: ReadonlyMap<string, readonly AccountSummary[]>;
}

export function createCaseViews(ports: CaseViewPorts): CaseViews {
  const { nameOf } = ports;
  const personOf = (personId: string) => ({ personId, name: nameOf(personId) });
  const look = (): Look => {
    const byTrader = new Map<string, AccountSummary[]>();
    for (const account of ports.accounts()) {
      const { traderId } = account.terms;
      const known = byTrader.get(traderId);
      if (known) known.push(account);
      else byTrader.set(traderId, [account]);
    }
    return {
      governance: ports.governance(),
      me: ports.personId() ?? '',
      at: ports.now(),
      byTrader,
    };
  };
  const isVisible = (file: CaseFile, { governance: { people }, me }: Look): boolean =>
    [...file.programs].some((programId) => people.may(me, 'viewCases', { programId }));

  const rowOf = (file: CaseFile, now: Look): Omit<CaseRow, 'rank'> => {
    const { governance, me, at, byTrader } = now;
    const blind = isOffered(file, now);
    const stake = stakeOfCase(file, governance, ports.moneyOf);
    const summaries = [...file.accounts].flatMap((accountId) => ports.account(accountId) ?? []);
    const currencies = new Set(summaries.map(({ terms }) => terms.currency));
    const state = stateOf(file, at);
    const waits = state === 'open' || state === 'snoozed';
    const dueAt = dueAtOf(file, stake);
    const lock = lockOf(file, at);
    const strongest = strongestOf(file);
    const ofTraders = [...file.traders].flatMap((traderId) => byTrader.get(traderId) ?? []);
    const [proposed] = governance.proposalsOn(file.caseId);
    const consequence = proposed && consequenceOf(proposed.params);
    return {
      caseId: file.caseId,
      number: file.number,
      version: file.version,
      state,
      title: titleOf(strongest[0]?.seen.detector ?? ''),
      patterns: [...file.patterns],
      detectors: [...file.detectors].map((detector) => ({ detector, title: titleOf(detector) })),
      score: file.score,
      reasons: strongest.slice(0, REASONS_MAX).map(({ seen }) => seen.sentence),
      signals: file.signals.size,
      stake: { ...stake, currency: currencies.size === 1 ? ([...currencies][0] ?? '') : '' },
      pendingPayouts: pendingPayouts(file, governance).map(({ proposalId, about, amount }) => ({
        payoutId: proposalId,
        accountId: about.accountId ?? '',
        amount,
        currency: governance.payout(proposalId)?.request.currency ?? '',
      })),
      openedAt: file.openedAt,
      lastSignalAt: file.lastSignalAt,
      changedAt: file.changedAt,
      ageMs: Math.max(0, (file.decided?.at ?? at) - file.openedAt),
      dueAt,
      overdue: waits && at > dueAt,
      lock: lock && { ...personOf(lock.personId), until: lock.until, mine: lock.personId === me },
      assignee: file.assignee === null ? null : personOf(file.assignee),
      escalated: file.escalated,
      snoozedUntil: state === 'snoozed' ? file.snoozedUntil : null,
      traders: [...file.traders].map((traderId) => ({
        traderId,
        name: byTrader.get(traderId)?.[0]?.terms.traderName ?? traderId,
      })),
      accounts: [...file.accounts].map((accountId) => {
        const account = ports.account(accountId);
        return {
          accountId,
          number: account?.number ?? null,
          status: account?.status ?? 'unknown',
        };
      }),
      linkedAccounts: ofTraders
        .map(({ terms }) => terms.accountId)
        .filter((accountId) => !file.accounts.has(accountId)),
      programs: [...file.programs].map((programId) => ({
        programId,
        name: programNameOf(programId, summaries),
      })),
      urgency: waits ? urgencyOf(file, stake, at) : 0,
      hold:
        file.hold === null || blind
          ? null
          : {
              since: file.hold.since,
              by: nameOf(file.hold.personId),
              accountIds: [...file.hold.accountIds],
            },
      decision: file.decided === null || blind ? null : decisionLine(file.decided),
      proposed: proposed && consequence ? { proposalId: proposed.proposalId, consequence } : null,
      mergedInto: file.mergedInto,
      viewers: [...ports.viewers(file.caseId)],
      mentionsMe: isMentioned(file, me),
      blind,
    };
  };
  const decisionLine = ({ outcome, code, at, personId }: DecidedCase): CaseRow['decision'] => ({
    outcome,
    code,
    at,
    by: nameOf(personId),
  });

  /** All that the person may see, in the order of the grid, without what only a shown line needs. */
  const ordered = (now: Look): { files: CaseFile[]; ranks: ReadonlyMap<string, number> } => {
    const { governance, me: personId, at } = now;
    const visible = [...governance.cases.all()].filter((file) => isVisible(file, now));
    const waits = ({ decided, mergedInto }: CaseFile): boolean => !decided && mergedInto === null;
    const waiting = visible.filter(waits).map((file) => {
      const stake = stakeOfCase(file, governance, ports.moneyOf);
      return { file, stake, urgency: urgencyOf(file, stake, at) };
    });
    waiting.sort(byUrgency);
    const others = visible.filter((file) => !waits(file));
    others.sort((one, other) => other.changedAt - one.changedAt);
    const free = waiting.filter(({ file }) => isFree(file, { governance, personId, at }));
    return {
      files: [...waiting.map(({ file }) => file), ...others],
      ranks: new Map(free.map(({ file }, place) => [file.caseId, place + 1])),
    };
  };
  const countsOf = (files: readonly CaseFile[], now: Look): Counts => {
    const { governance, me, at } = now;
    const states = files.map((file) => stateOf(file, at));
    const live = files.filter(({ decided, mergedInto }) => !decided && mergedInto === null);
    const count = (state: CaseState): number => states.filter((one) => one === state).length;
    const isLate = (file: CaseFile): boolean =>
      at > dueAtOf(file, stakeOfCase(file, governance, ports.moneyOf));
    return {
      open: count('open'),
      snoozed: count('snoozed'),
      decided: count('decided'),
      merged: count('merged'),
      overdue: live.filter(isLate).length,
      mine: live.filter((file) => file.assignee === me || lockOf(file, at)?.personId === me).length,
      reviews: files.filter((file) => isOffered(file, now)).length,
    };
  };

  return {
    list: (states, limit) => {
      const now = look();
      const { files, ranks } = ordered(now);
      const wanted = files.filter((file) => states.includes(stateOf(file, now.at)));
      const cases = wanted.slice(0, limit).map((file) => ({
        ...rowOf(file, now),
        rank: ranks.get(file.caseId) ?? null,
      }));
      return { cases, counts: countsOf(files, now) };
    },
    offered: (limit) => {
      const now = look();
      const files = [...now.governance.cases.all()].filter((file) => isOffered(file, now));
      return files.slice(0, limit).map((file) => ({ ...rowOf(file, now), rank: null }));
    },
    detail: (caseId) => {
      const now = look();
      const file = now.governance.cases.file(caseId);
      if (!file || !isVisible(file, now)) return null;
      return detailOf(file, { ...rowOf(file, now), rank: null }, now, { ...ports, personOf });
    },
  };
}

type DetailPorts = CaseViewPorts & {
  personOf(personId: string): { personId: string; name: string };
};

function detailOf(file: CaseFile, row: CaseRow, now: Look, ports: DetailPorts): CaseDetail {
  const { governance, at } = now;
  const { cases } = governance;
  const { nameOf, personOf } = ports;
  const precedents = row.blind ? [] : precedentsFor(file, cases, CLOSE_COUNTED_MAX);
  const waiting = waitingOn(file.caseId, ports.queued());
  return {
    row,
    signals: signalsOf(file, governance, at, ports.fact),
    timeline: [
      ...timelineOf(file, row.blind, nameOf),
      ...waiting.map(({ verb, at: issuedAt }) => ({
        seq: 0,
        at: issuedAt,
        state: 'queued' as const,
        kind: verb,
        by: nameOf(now.me),
        says: `${verb} waits on this desk for the server`,
      })),
    ],
    notes: notesOf(file, personOf),
    attachments: attachmentsOf(file, personOf),
    checklist: checklistOf(file, personOf),
    precedents: precedents
      .slice(0, PRECEDENTS_SHOWN_MAX)
      .map(({ file: other, decided, similarity, why }) => ({
        caseId: other.caseId,
        number: other.number,
        similarity,
        outcome: decided.outcome,
        code: decided.code,
        reason: decided.reason,
        decidedAt: decided.at,
        why: [...why],
      })),
    majority: majorityOf(precedents),
    earlier: earlierOf(file, now),
    decisions: row.blind
      ? []
      : file.decisions.map((decided) => decisionOf(decided, file, now, ports)).reverse(),
    reviews: row.blind
      ? []
      : file.reviews.map(({ personId, at: reviewedAt, outcome, reason, decisionSeq }) => ({
          by: personOf(personId),
          at: reviewedAt,
          outcome,
          reason,
          agrees: file.decisions.find(({ seq }) => seq === decisionSeq)?.outcome === outcome,
        })),
    proposals: row.blind ? [] : proposalsOf(file, now, nameOf),
    letters: lettersOf(file),
    whyNot: whyNotOf(file, now),
    people: peopleOf(file, now, personOf),
    waiting: [...waiting],
  };
}

function titleOf(detector: string): string {
  return detectors.find(detector)?.title ?? detector;
}

function programNameOf(programId: string, accounts: readonly AccountSummary[]): string {
  const known = accounts.find(({ terms }) => terms.program.programId === programId);
  return known?.terms.program.name ?? programId;
}

function strongestOf({ signals }: CaseFile): JoinedSignal[] {
  return [...signals.values()].sort(
    (one, other) => other.seen.strength - one.seen.strength || one.seen.seq - other.seen.seq,
  );
}

/** A note names the person, who has done nothing here since. */
function isMentioned({ entries }: CaseFile, me: string): boolean {
  for (const entry of entries.toReversed()) {
    if (authorOf(entry) === me) return false;
    if (entry.kind !== 'caseWorked' || entry.data.change.type !== 'noted') continue;
    if (entry.data.change.mentions.includes(me)) return true;
  }
  return false;
}

function isOffered(file: CaseFile, { governance, me, at }: Look): boolean {
  const { proposalId = null } = file.decided ?? {};
  const agreed = proposalId === null ? [] : (governance.proposal(proposalId)?.approved?.by ?? []);
  return (
    !agreed.includes(me) &&
    isOfferedTo(file, me, at) &&
    reaches(file, me, 'reviewCases', governance.people.may)
  );
}

function signalsOf(
  file: CaseFile,
  { cases }: Governance,
  at: number,
  fact: CaseViewPorts['fact'],
): CaseDetail['signals'] {
  const shown = [...strongestOf(file), ...file.replaced.slice(-REPLACED_SHOWN_MAX).toReversed()];
  return shown.flatMap(({ seen, pattern, joinedAt }, place) => {
    const raised = fact(seen.seq);
    if (raised?.kind !== 'signalRaised') return [];
    const signal: Signal = raised.data;
    const detector = detectors.find(seen.detector);
    const latest = place < file.signals.size;
    const allowance = allowanceOf(seen, cases.policy, at);
    return [
      {
        signal,
        joinedAt,
        title: titleOf(seen.detector),
        pattern,
        describes: detector?.describes ?? '',
        honestReasons: detector?.honestReasons ?? '',
        latest,
        counts: latest ? countsFor(seen, cases.policy, at) : 0,
        allowed: allowance?.reason ?? '',
      },
    ];
  });
}

function timelineOf(
  { entries }: CaseFile,
  blind: boolean,
  nameOf: (personId: string) => string,
): CaseDetail['timeline'] {
  const shown = blind ? entries.filter(({ kind }) => kind !== 'caseDecided') : entries;
  return shown.slice(-ENTRIES_SHOWN_MAX).map((entry) => {
    const author = authorOf(entry);
    const kind = entry.kind === 'caseWorked' ? entry.data.change.type : entry.kind;
    return {
      seq: entry.seq,
      at: entry.data.at,
      state: 'logged',
      kind,
      by: author === null ? 'Surveillance' : nameOf(author),
      says: [deedOf(entry), detailIn(entry, nameOf)].filter((part) => part !== '').join(': '),
    };
  });
}

/** What an entry says beyond what was done. */
function detailIn(entry: CaseEntry, nameOf: (personId: string) => string): string {
  switch (entry.kind) {
    case 'caseOpened':
      return `${entry.data.signals.length} signals, score ${entry.data.score}`;
    case 'caseSignalAdded':
      return `score ${entry.data.score}`;
    case 'caseMerged':
    case 'caseSplit':
    case 'caseReopened':
    case 'caseDecided':
      return entry.data.reason;
    case 'caseWorked': {
      const { change } = entry.data;
      if (change.type === 'assigned') return change.to === null ? 'to nobody' : nameOf(change.to);
      if (change.type === 'snoozed') return `until ${utcText(change.until)}: ${change.reason}`;
      if (change.type === 'noted') return change.text;
      if (change.type === 'attached') return change.name;
      if (change.type === 'checked') return `${change.item}${change.done ? '' : ' (taken back)'}`;
      return change.type === 'escalated' ? change.reason : '';
    }
  }
}

/** Changes of one kind with their entries, in order. */
function changesOf(file: CaseFile) {
  return file.entries.flatMap((entry) =>
    entry.kind === 'caseWorked' ? [{ seq: entry.seq, ...entry.data }] : [],
  );
}

function notesOf(file: CaseFile, personOf: DetailPorts['personOf']): CaseDetail['notes'] {
  return changesOf(file).flatMap(({ seq, at, personId, change }) =>
    change.type === 'noted'
      ? [
          {
            seq,
            at,
            by: personOf(personId),
            text: change.text,
            mentions: change.mentions.map(personOf),
          },
        ]
      : [],
  );
}

function attachmentsOf(
  file: CaseFile,
  personOf: DetailPorts['personOf'],
): CaseDetail['attachments'] {
  return changesOf(file).flatMap(({ seq, at, personId, change }) =>
    change.type === 'attached'
      ? [
          {
            seq,
            at,
            by: personOf(personId),
            name: change.name,
            mediaType: change.mediaType,
            size: change.size,
            digest: change.digest,
            kept: change.content !== null,
          },
        ]
      : [],
  );
}

/** What the detectors of its signals ask a person to look at, each item once. */
function checklistOf(file: CaseFile, personOf: DetailPorts['personOf']): CaseDetail['checklist'] {
  const items = new Map<string, string[]>();
  for (const id of file.detectors) {
    for (const item of detectors.find(id)?.checklist ?? []) {
      items.set(item, [...(items.get(item) ?? []), id]);
    }
  }
  for (const item of file.checked.keys()) if (!items.has(item)) items.set(item, []);
  return [...items].map(([item, asking]) => {
    const done = file.checked.get(item);
    return {
      item,
      detectors: asking,
      done: done ? { by: personOf(done.personId), at: done.at } : null,
    };
  });
}

function earlierOf(file: CaseFile, now: Look): CaseDetail['earlier'] {
  const { cases } = now.governance;
  const found = new Set<CaseFile>();
  for (const traderId of file.traders) {
    for (const other of cases.of(traderId)) {
      if (other.openedSeq < file.openedSeq && other.mergedInto === null) found.add(other);
    }
  }
  return [...found]
    .sort((one, other) => other.openedSeq - one.openedSeq)
    .map((other) => ({
      caseId: other.caseId,
      number: other.number,
      state: stateOf(other, now.at),
      outcome: isOffered(other, now) ? null : (other.decided?.outcome ?? null),
      openedAt: other.openedAt,
      linked: file.because === other.caseId,
    }));
}

function decisionOf(
  decided: DecidedCase,
  file: CaseFile,
  { governance }: Look,
  { content, nameOf }: DetailPorts,
): CaseDetail['decisions'][number] {
  const { seq, at, outcome, code, personId, reason, departure, proposalId, letter } = decided;
  const proposal = proposalId === null ? undefined : governance.proposal(proposalId);
  const params = proposal && consequenceParamsSchema.safeParse(proposal.params);
  return {
    seq,
    at,
    outcome,
    code,
    by: nameOf(personId),
    approvedBy: (proposal?.approved?.by ?? []).map(nameOf),
    reason,
    departure,
    accountIds: outcome === 'warn' ? [...file.accounts] : [...decided.accountIds],
    amount: decided.amount,
    proposalId,
    letter: params?.data?.letter ?? (letter === null ? null : content(letter)),
    letterDigest: letter,
  };
}

function proposalsOf(
  { caseId }: CaseFile,
  { governance }: Look,
  nameOf: (personId: string) => string,
): CaseDetail['proposals'] {
  return governance.proposalsOfCase(caseId).flatMap((proposal) => {
    const consequence = consequenceOf(proposal.params);
    if (consequence === null) return [];
    const { proposalId, amount, makers, openedAt: at, reason } = proposal;
    const state = proposalStateOf(proposal, governance);
    const by = makers[0] === undefined ? '' : nameOf(makers[0]);
    return [{ proposalId, consequence, state, amount, by, at, reason }];
  });
}

function consequenceOf(params: unknown): CaseDetail['proposals'][number]['consequence'] | null {
  return consequenceParamsSchema.safeParse(params).data?.consequence ?? null;
}

/** Previews with what is found most often; `cases.letter` gives them as they are filled in. */
function lettersOf(file: CaseFile): CaseDetail['letters'] {
  const { caseId } = file;
  return OUTCOMES.flatMap((outcome: CaseOutcome) => {
    const text = caseLetter({ caseId, outcome, code: 'other', amount: 0 }, file.hold !== null);
    return text === null ? [] : [{ outcome, text }];
  });
}

const HOUR_MS = 3_600_000;

/** Each verb with what it would need, to hear from the decider itself what stands against it. */
function probesOf(file: CaseFile, { governance, me, at }: Look): Record<string, CaseVerb> {
  const reason = 'asked';
  const other = [...governance.cases.live()].find(({ caseId }) => caseId !== file.caseId);
  const strongest = strongestOf(file);
  return {
    claim: { verb: 'claim' },
    release: { verb: 'release' },
    assign: { verb: 'assign', to: file.assignee === me ? null : me },
    snooze: { verb: 'snooze', until: at + HOUR_MS, reason },
    note: { verb: 'note', text: reason, mentions: [] },
    check: { verb: 'check', item: reason, done: true },
    merge: { verb: 'merge', into: other?.caseId ?? '-', reason },
    split: { verb: 'split', signalIds: [strongest.at(-1)?.seen.signalId ?? '-'], reason },
    escalate: { verb: 'escalate', reason },
    dismiss: { verb: 'dismiss', code: 'other', reason, departure: reason },
    warn: { verb: 'warn', code: 'other', reason, departure: reason },
    reopen: { verb: 'reopen', reason },
    review: { verb: 'review', outcome: 'dismiss', reason },
  } satisfies Partial<Record<CaseVerbName, CaseVerb>>;
}

function whyNotOf(file: CaseFile, now: Look): CaseDetail['whyNot'] {
  const { governance, me, at } = now;
  const by: Worker = {
    personId: me,
    commandId: 'asked',
    at,
    may: governance.people.may,
    proposalOn: (caseId) => governance.proposalsOn(caseId)[0]?.proposalId ?? null,
    approversOf: (proposalId) => governance.proposal(proposalId)?.approved?.by ?? [],
  };
  const { caseId, version } = file;
  const against = Object.entries(probesOf(file, now)).map(([name, act]) => {
    const decided = decideWork({ caseId, version, act }, by, governance.cases);
    return [name, decided.ok ? '' : decided.error.message] as const;
  });
  const propose = proposeProblem(file, now);
  const releaseHold = file.hold === null ? 'it holds nothing back' : propose;
  return { ...Object.fromEntries(against), propose, releaseHold } as CaseDetail['whyNot'];
}

function proposeProblem(file: CaseFile, { governance, me, at }: Look): string {
  if (!reaches(file, me, 'proposeConsequence', governance.people.may)) {
    return 'no role of yours proposes what a case leads to';
  }
  if (file.mergedInto !== null) return 'it was merged into another case';
  const lock = lockOf(file, at);
  if (lock && lock.personId !== me) return `${lock.personId} has it in hand`;
  const ended = file.decided?.outcome;
  return ended === 'dismiss' || ended === 'warn' ? 'it is decided: reopen it first' : '';
}

function peopleOf(
  file: CaseFile,
  { governance: { people } }: Look,
  personOf: DetailPorts['personOf'],
): CaseDetail['people'] {
  return [...people.persons.values()]
    .filter(({ personId, active }) => active && people.may(personId, 'viewCases'))
    .map(({ personId }) => ({
      ...personOf(personId),
      mayWork: reaches(file, personId, 'workCases', people.may),
    }));
}

function waitingOn(caseId: string, queued: readonly Command[]): CaseDetail['waiting'] {
  return queued.flatMap(({ commandId, issuedAt, intent }) => {
    if (intent.type === 'actOnCase' && intent.caseId === caseId) {
      return [{ commandId, verb: intent.act.verb as string, at: issuedAt }];
    }
    const isOfCase =
      intent.type === 'propose' &&
      intent.action === 'applyConsequence' &&
      consequenceParamsSchema.safeParse(intent.params).data?.caseId === caseId;
    return isOfCase ? [{ commandId, verb: 'propose', at: issuedAt }] : [];
  });
}
