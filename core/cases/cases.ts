import type { Pattern } from '#core/fraud/detector.ts';
import { DEFAULT_SCORING, type ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { assert } from '#core/kernel/assert.ts';
import type { Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type {
  CaseDecided,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseReviewed,
  CaseSignalAdded,
  CaseSplit,
  CaseWorked,
} from './cases.events.ts';
import type { CaseOutcome, CaseState } from './outcomes.ts';
import { replaces, seenOf, type JoinedSignal, type SeenSignal } from './score.ts';

/** Signals of one trader that are in no case; the oldest is forgotten. */
export const LOOSE_PER_TRADER_MAX = 200;
/** Scoring policies kept to be looked back on. */
const POLICIES_MAX = 200;

/** One thing that happened to a case, as the log has it. */
export type CaseEntry = { readonly seq: number } & (
  | { readonly kind: 'caseOpened'; readonly data: CaseOpened }
  | { readonly kind: 'caseSignalAdded'; readonly data: CaseSignalAdded }
  | { readonly kind: 'caseWorked'; readonly data: CaseWorked }
  | { readonly kind: 'caseMerged'; readonly data: CaseMerged }
  | { readonly kind: 'caseSplit'; readonly data: CaseSplit }
  | { readonly kind: 'caseDecided'; readonly data: CaseDecided }
  | { readonly kind: 'caseReopened'; readonly data: CaseReopened }
);

export interface DecidedCase extends CaseDecided {
  readonly seq: number;
}

export interface ReviewedCase extends CaseReviewed {
  readonly seq: number;
}

export interface CaseLock {
  readonly personId: string;
  readonly until: EpochMs;
}

/** Payouts of accounts that a case holds back. */
export interface CaseHold {
  readonly caseId: string;
  readonly seq: number;
  readonly since: EpochMs;
  readonly personId: string;
  readonly accountIds: readonly string[];
}

/** Profit that is not to be paid: the next payout of the account leaves it out. */
export interface CaseDeduction {
  readonly caseId: string;
  readonly seq: number;
  readonly accountId: string;
  readonly dealIds: readonly string[];
  readonly amount: Money;
  readonly reason: string;
  readonly personId: string;
}

/** A case as the log tells it. */
export interface CaseFile {
  readonly caseId: string;
  /** In order of opening, from 1. */
  readonly number: number;
  readonly openedSeq: number;
  readonly openedAt: EpochMs;
  readonly earlier: readonly string[];
  readonly because: string | null;
  /** The latest of each matter. */
  readonly signals: ReadonlyMap<string, JoinedSignal>;
  /** Those that later revisions replaced. */
  readonly replaced: readonly JoinedSignal[];
  readonly patterns: ReadonlySet<Pattern>;
  readonly detectors: ReadonlySet<string>;
  readonly traders: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly programs: ReadonlySet<string>;
  readonly score: number;
  /** The last entry that changed what a person decides on. */
  readonly version: number;
  readonly changedAt: EpochMs;
  /** Market time. */
  readonly lastSignalAt: EpochMs;
  readonly lock: CaseLock | null;
  readonly assignee: string | null;
  readonly snoozedUntil: EpochMs | null;
  readonly escalated: number;
  readonly checked: ReadonlyMap<string, { readonly personId: string; readonly at: EpochMs }>;
  readonly entries: readonly CaseEntry[];
  readonly decisions: readonly DecidedCase[];
  /** What ended it; null while it is undecided. */
  readonly decided: DecidedCase | null;
  readonly reviews: readonly ReviewedCase[];
  readonly hold: CaseHold | null;
  readonly mergedInto: string | null;
}

/** Signals, cases and how they are scored: a fold of the log. */
export interface Cases {
  raise(signal: Signal, seq: number): void;
  rescore(policy: ScoringPolicy, seq: number, at: EpochMs): void;
  open(data: CaseOpened, seq: number): void;
  addSignal(data: CaseSignalAdded, seq: number): void;
  work(data: CaseWorked, seq: number): void;
  merge(data: CaseMerged, seq: number): void;
  split(data: CaseSplit, seq: number): void;
  decide(data: CaseDecided, seq: number): void;
  reopen(data: CaseReopened, seq: number): void;
  review(data: CaseReviewed, seq: number): void;
  /** A payout of an account was instructed: what was to be deducted has been. */
  paid(accountId: string): void;

  /** How findings are scored now, and before, newest first. */
  readonly policy: ScoringPolicy;
  readonly policies: readonly {
    readonly policy: ScoringPolicy;
    readonly seq: number;
    readonly at: EpochMs;
  }[];
  knows(signalId: string): boolean;
  signal(signalId: string): SeenSignal | undefined;
  readonly signals: number;
  /** Live signals of a trader that are in no case. */
  loose(traderId: string): Iterable<SeenSignal>;
  file(caseId: string): CaseFile | undefined;
  /** In order of opening. */
  all(): Iterable<CaseFile>;
  /** Those that wait for a decision, snoozed ones too. */
  live(): Iterable<CaseFile>;
  readonly liveCount: number;
  /** Cases that a trader is part of, oldest first. */
  of(traderId: string): readonly CaseFile[];
  /** The case that a matter was last part of. */
  withMatter(matter: string): CaseFile | undefined;
  /** The case that holds back what an account would be paid. */
  holdOn(accountId: string): CaseHold | null;
  /** Undecided cases about a trader. */
  liveAbout(traderId: string): readonly CaseFile[];
  /** The case that bytes kept beside the log belong to: a file, or a letter of a warning. */
  withContent(digest: string): CaseFile | undefined;
  /** What the next payout of an account has to leave out. */
  deductionsOn(accountId: string): readonly CaseDeduction[];
  /** A copy of what concerns some signals alone, for deciding about one after the other. */
  excerpt(signals: readonly Signal[]): Cases;
}

/** What a case is at an instant. */
export function stateOf({ mergedInto, decided, snoozedUntil }: CaseFile, at: EpochMs): CaseState {
  if (mergedInto !== null) return 'merged';
  if (decided) return 'decided';
  return snoozedUntil !== null && snoozedUntil > at ? 'snoozed' : 'open';
}

/** Who has it in hand at an instant. */
export function lockOf({ lock }: CaseFile, at: EpochMs): CaseLock | null {
  return lock && lock.until > at ? lock : null;
}

/** Who made an entry; null for surveillance. */
export function authorOf({ data }: CaseEntry): string | null {
  return 'personId' in data ? data.personId : null;
}

/** Taking in hand and letting go change nothing of what a person decides on. */
export function isSubstance(entry: CaseEntry): boolean {
  return entry.kind !== 'caseWorked' || !['claimed', 'released'].includes(entry.data.change.type);
}

/** Outcomes that leave a case as it is: what they do is for the time until it is decided. */
export function isInterim(outcome: CaseOutcome): boolean {
  return outcome === 'payoutHold' || outcome === 'releaseHold';
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
interface MutableFile extends Mutable<
  Omit<
    CaseFile,
    | 'signals'
    | 'replaced'
    | 'patterns'
    | 'detectors'
    | 'traders'
    | 'accounts'
    | 'programs'
    | 'checked'
    | 'entries'
    | 'decisions'
    | 'reviews'
  >
> {
  readonly signals: Map<string, JoinedSignal>;
  replaced: JoinedSignal[];
  patterns: Set<Pattern>;
  detectors: Set<string>;
  traders: Set<string>;
  accounts: Set<string>;
  programs: Set<string>;
  readonly checked: Map<string, { readonly personId: string; readonly at: EpochMs }>;
  readonly entries: CaseEntry[];
  readonly decisions: DecidedCase[];
  readonly reviews: ReviewedCase[];
}

interface State {
  readonly seen: Map<string, SeenSignal>;
  /** By trader and matter. */
  readonly loose: Map<string, Map<string, SeenSignal>>;
  readonly files: Map<string, MutableFile>;
  readonly live: Set<string>;
  /** By trader: cases that the trader is or was part of, in order of joining. */
  readonly byTrader: Map<string, string[]>;
  readonly byMatter: Map<string, string>;
  /** By account: cases that hold its payouts back, in order. */
  readonly holds: Map<string, string[]>;
  readonly deductions: Map<string, CaseDeduction[]>;
  readonly contents: Map<string, string>;
  readonly policies: { policy: ScoringPolicy; seq: number; at: EpochMs }[];
}

export function createCases(): Cases {
  return casesOver({
    seen: new Map(),
    loose: new Map(),
    files: new Map(),
    live: new Set(),
    byTrader: new Map(),
    byMatter: new Map(),
    holds: new Map(),
    deductions: new Map(),
    contents: new Map(),
    policies: [],
  });
}

function casesOver(state: State): Cases {
  const { seen, files, live, byTrader, byMatter, policies } = state;
  const fileOf = (caseId: string): MutableFile | undefined => files.get(caseId);
  const of = (traderId: string): MutableFile[] =>
    (byTrader.get(traderId) ?? []).flatMap((caseId) => {
      const file = fileOf(caseId);
      return file?.traders.has(traderId) === true ? [file] : [];
    });
  return {
    raise: (signal, seq) => raise(signal, seq, state),
    rescore: (policy, seq, at) => {
      policies.push({ policy, seq, at });
      if (policies.length > POLICIES_MAX) policies.shift();
    },
    open: (data, seq) => open(data, seq, state),
    addSignal: (data, seq) => {
      const file = fileOf(data.caseId);
      const joining = seen.get(data.signalId);
      if (!file || !joining) return;
      join(file, { seen: joining, pattern: data.pattern, joinedAt: data.at }, state);
      file.score = data.score;
      note(file, 'caseSignalAdded', data, seq);
    },
    work: (data, seq) => {
      const file = fileOf(data.caseId);
      if (!file) return;
      work(file, data);
      const { change, caseId } = data;
      if (change.type === 'attached' && change.content !== null) {
        state.contents.set(change.content, caseId);
      }
      note(file, 'caseWorked', data, seq);
    },
    merge: (data, seq) => merge(data, seq, state),
    split: (data, seq) => split(data, seq, state),
    decide: (data, seq) => decide(data, seq, state),
    reopen: (data, seq) => {
      const file = fileOf(data.caseId);
      if (!file) return;
      const { caseId } = file;
      file.decided = null;
      file.lock = null;
      live.add(caseId);
      lift(file, [...(file.hold?.accountIds ?? [])], state);
      forgetDeductions(caseId, state);
      note(file, 'caseReopened', data, seq);
    },
    review: (data, seq) => void fileOf(data.caseId)?.reviews.push({ ...data, seq }),
    paid: (accountId) => void state.deductions.delete(accountId),

    get policy() {
      return policies.at(-1)?.policy ?? DEFAULT_SCORING;
    },
    get policies() {
      return policies.toReversed();
    },
    knows: (signalId) => seen.has(signalId),
    signal: (signalId) => seen.get(signalId),
    get signals() {
      return seen.size;
    },
    loose: (traderId) => state.loose.get(traderId)?.values() ?? [],
    file: fileOf,
    all: () => files.values(),
    live: function* () {
      for (const caseId of live) {
        const file = fileOf(caseId);
        if (file) yield file;
      }
    },
    get liveCount() {
      return live.size;
    },
    of,
    withMatter: (matter) => fileOf(byMatter.get(matter) ?? ''),
    holdOn: (accountId) => {
      const [first] = state.holds.get(accountId) ?? [];
      return (first === undefined ? undefined : fileOf(first))?.hold ?? null;
    },
    liveAbout: (traderId) => of(traderId).filter(({ caseId }) => live.has(caseId)),
    withContent: (digest) => fileOf(state.contents.get(digest) ?? ''),
    deductionsOn: (accountId) => state.deductions.get(accountId) ?? [],
    excerpt: (signals) => casesOver(excerptOf(signals, state)),
  };
}

function raise(signal: Signal, seq: number, { seen, loose }: State): void {
  if (seen.has(signal.signalId)) return;
  const fresh = seenOf(signal, seq);
  seen.set(fresh.signalId, fresh);
  if (!fresh.live) return;
  for (const traderId of fresh.traders) {
    let pool = loose.get(traderId);
    if (!pool) loose.set(traderId, (pool = new Map()));
    const before = pool.get(fresh.matter);
    if (before && !replaces(fresh, before)) continue;
    // Put at the end again: the first of a map is the oldest.
    pool.delete(fresh.matter);
    pool.set(fresh.matter, fresh);
    const [oldest] = pool.keys();
    if (pool.size > LOOSE_PER_TRADER_MAX && oldest !== undefined) pool.delete(oldest);
  }
}

function open(data: CaseOpened, seq: number, state: State): void {
  const { caseId, at, earlier, because, score, signals } = data;
  const file = freshFile({ caseId, seq, at, score, earlier, because }, state);
  for (const { signalId, pattern } of signals) {
    const seen = state.seen.get(signalId);
    if (seen) join(file, { seen, pattern, joinedAt: at }, state);
  }
  note(file, 'caseOpened', data, seq);
}

function freshFile(
  given: {
    readonly caseId: string;
    readonly seq: number;
    readonly at: EpochMs;
    readonly score: number;
    readonly earlier: readonly string[];
    readonly because: string | null;
  },
  { files, live }: State,
): MutableFile {
  const { caseId, seq, at, score, earlier, because } = given;
  assert(!files.has(caseId), `case ${caseId} is opened a second time, at entry ${seq}`);
  const file: MutableFile = {
    caseId,
    number: files.size + 1,
    openedSeq: seq,
    openedAt: at,
    earlier,
    because,
    signals: new Map(),
    replaced: [],
    patterns: new Set(),
    detectors: new Set(),
    traders: new Set(),
    accounts: new Set(),
    programs: new Set(),
    score,
    version: seq,
    changedAt: at,
    lastSignalAt: 0,
    lock: null,
    assignee: null,
    snoozedUntil: null,
    escalated: 0,
    checked: new Map(),
    entries: [],
    decisions: [],
    decided: null,
    reviews: [],
    hold: null,
    mergedInto: null,
  };
  files.set(caseId, file);
  live.add(caseId);
  return file;
}

function join(file: MutableFile, joining: JoinedSignal, state: State): void {
  const { seen } = joining;
  for (const traderId of seen.traders) {
    const pool = state.loose.get(traderId);
    if (pool?.get(seen.matter)?.signalId === seen.signalId) pool.delete(seen.matter);
    if (pool?.size === 0) state.loose.delete(traderId);
  }
  const before = file.signals.get(seen.matter);
  if (before && !replaces(seen, before.seen)) file.replaced.push(joining);
  else {
    if (before) file.replaced.push(before);
    file.signals.set(seen.matter, joining);
  }
  state.byMatter.set(seen.matter, file.caseId);
  collect(file, joining);
  for (const traderId of seen.traders) list(state.byTrader, traderId, file.caseId);
}

/** What a case is about grows with its signals. */
function collect(file: MutableFile, { seen, pattern }: JoinedSignal): void {
  file.patterns.add(pattern);
  file.detectors.add(seen.detector);
  for (const one of seen.traders) file.traders.add(one);
  for (const one of seen.accounts) file.accounts.add(one);
  for (const one of seen.programs) file.programs.add(one);
  file.lastSignalAt = Math.max(file.lastSignalAt, seen.at);
}

function list(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (!known) map.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}

function note<Kind extends CaseEntry['kind']>(
  file: MutableFile,
  kind: Kind,
  data: Extract<CaseEntry, { kind: Kind }>['data'],
  seq: number,
): void {
  const entry = { kind, data, seq } as CaseEntry;
  file.entries.push(entry);
  file.changedAt = entry.data.at;
  if (isSubstance(entry)) file.version = entry.seq;
}

function work(file: MutableFile, { personId, change, at }: CaseWorked): void {
  switch (change.type) {
    case 'claimed':
      file.lock = { personId, until: change.until };
      file.snoozedUntil = null;
      return;
    case 'released':
      file.lock = null;
      return;
    case 'assigned':
      file.assignee = change.to;
      if (file.lock?.personId !== change.to) file.lock = null;
      return;
    case 'snoozed':
      file.snoozedUntil = change.until;
      file.lock = null;
      return;
    case 'checked':
      if (change.done) file.checked.set(change.item, { personId, at });
      else file.checked.delete(change.item);
      return;
    case 'escalated':
      file.escalated = change.level;
      file.assignee = null;
      file.lock = null;
      return;
    case 'noted':
    case 'attached':
      return;
  }
}

function merge(data: CaseMerged, seq: number, state: State): void {
  const from = state.files.get(data.caseId);
  const into = state.files.get(data.into);
  if (!from || !into) return;
  for (const joined of [...from.replaced, ...from.signals.values()]) join(into, joined, state);
  for (const [item, done] of from.checked) {
    if (!into.checked.has(item)) into.checked.set(item, done);
  }
  into.score = data.score;
  into.escalated = Math.max(into.escalated, from.escalated);
  from.mergedInto = into.caseId;
  from.lock = null;
  state.live.delete(from.caseId);
  for (const file of [from, into]) note(file, 'caseMerged', data, seq);
}

function split(data: CaseSplit, seq: number, state: State): void {
  const from = state.files.get(data.caseId);
  if (!from) return;
  const { newCaseId: caseId, at, newScore: score } = data;
  const fresh = freshFile({ caseId, seq, at, score, earlier: from.earlier, because: null }, state);
  const matters = new Set(
    data.signalIds.flatMap((signalId) => state.seen.get(signalId)?.matter ?? []),
  );
  const moves = ({ seen }: JoinedSignal): boolean => matters.has(seen.matter);
  const moving = [...from.replaced, ...from.signals.values()].filter(moves);
  from.replaced = from.replaced.filter((joined) => !moves(joined));
  for (const matter of matters) from.signals.delete(matter);
  for (const joined of moving) join(fresh, joined, state);
  Object.assign(from, { score: data.score, lastSignalAt: 0 });
  for (const all of [from.patterns, from.detectors, from.traders, from.accounts, from.programs]) {
    all.clear();
  }
  for (const joined of [...from.replaced, ...from.signals.values()]) collect(from, joined);
  for (const file of [from, fresh]) note(file, 'caseSplit', data, seq);
}

function decide(data: CaseDecided, seq: number, state: State): void {
  const file = state.files.get(data.caseId);
  if (!file) return;
  const { outcome, accountIds } = data;
  const decision = { ...data, seq };
  file.decisions.push(decision);
  if (!isInterim(outcome)) {
    file.decided = decision;
    file.lock = null;
    file.snoozedUntil = null;
    state.live.delete(file.caseId);
  }
  if (outcome === 'payoutHold') hold(file, decision, state);
  if (outcome === 'releaseHold') lift(file, accountIds, state);
  if (outcome === 'dismiss' || outcome === 'warn') {
    lift(file, [...(file.hold?.accountIds ?? [])], state);
  }
  if (outcome === 'profitDeduction') deduct(decision, state);
  if (data.letter !== null) state.contents.set(data.letter, data.caseId);
  note(file, 'caseDecided', data, seq);
}

function hold(file: MutableFile, decision: DecidedCase, { holds }: State): void {
  const { caseId, seq, at: since, personId } = decision;
  const accountIds = [...new Set([...(file.hold?.accountIds ?? []), ...decision.accountIds])];
  file.hold = { caseId, seq, since, personId, accountIds };
  for (const accountId of decision.accountIds) list(holds, accountId, caseId);
}

function lift(file: MutableFile, accountIds: readonly string[], { holds }: State): void {
  const { caseId } = file;
  for (const accountId of accountIds) {
    const left = (holds.get(accountId) ?? []).filter((one) => one !== caseId);
    if (left.length > 0) holds.set(accountId, left);
    else holds.delete(accountId);
  }
  const left = (file.hold?.accountIds ?? []).filter((one) => !accountIds.includes(one));
  file.hold = file.hold && left.length > 0 ? { ...file.hold, accountIds: left } : null;
}

function deduct(decision: DecidedCase, { deductions }: State): void {
  const { caseId, seq, dealIds, amount, reason, personId } = decision;
  for (const accountId of decision.accountIds) {
    const deduction = { caseId, seq, accountId, dealIds, amount, reason, personId };
    deductions.set(accountId, [...(deductions.get(accountId) ?? []), deduction]);
  }
}

/** What was deducted by a decision that is taken back, and not yet paid out without it, is so no more. */
function forgetDeductions(caseId: string, { deductions }: State): void {
  for (const [accountId, known] of deductions) {
    const left = known.filter((one) => one.caseId !== caseId);
    if (left.length > 0) deductions.set(accountId, left);
    else deductions.delete(accountId);
  }
}

function excerptOf(signals: readonly Signal[], state: State): State {
  const traders = new Set(signals.flatMap((signal) => signal.traders));
  const matters = new Set(signals.map(({ detector, key }) => `${detector} ${key}`));
  const picked = new Set<string>();
  for (const traderId of traders) {
    for (const caseId of state.byTrader.get(traderId) ?? []) picked.add(caseId);
  }
  for (const matter of matters) picked.add(state.byMatter.get(matter) ?? '');
  // In order of opening, as in the whole: among equals the oldest is chosen.
  const files = [...picked]
    .flatMap((caseId) => state.files.get(caseId) ?? [])
    .sort((one, other) => one.number - other.number)
    .map(copyOf);
  const byMatter = new Map<string, string>();
  const byTrader = new Map<string, string[]>();
  const loose = new Map<string, Map<string, SeenSignal>>();
  const seen = new Map<string, SeenSignal>();
  for (const { signalId } of signals) {
    const known = state.seen.get(signalId);
    if (known) seen.set(signalId, known);
  }
  for (const traderId of traders) {
    byTrader.set(traderId, [...(state.byTrader.get(traderId) ?? [])]);
    const pool = new Map(state.loose.get(traderId) ?? []);
    loose.set(traderId, pool);
    for (const one of pool.values()) {
      seen.set(one.signalId, one);
      matters.add(one.matter);
    }
  }
  for (const matter of matters) {
    const caseId = state.byMatter.get(matter);
    if (caseId === undefined) continue;
    byMatter.set(matter, caseId);
    const file = state.files.get(caseId);
    if (file && !picked.has(caseId)) {
      picked.add(caseId);
      files.push(copyOf(file));
    }
  }
  return {
    seen,
    loose,
    byTrader,
    byMatter,
    files: new Map(files.map((file) => [file.caseId, file])),
    live: new Set(files.flatMap(({ caseId }) => (state.live.has(caseId) ? [caseId] : []))),
    holds: new Map(),
    deductions: new Map(),
    contents: new Map(),
    policies: [...state.policies],
  };
}

function copyOf(file: MutableFile): MutableFile {
  return {
    ...file,
    signals: new Map(file.signals),
    replaced: [],
    patterns: new Set(file.patterns),
    detectors: new Set(file.detectors),
    traders: new Set(file.traders),
    accounts: new Set(file.accounts),
    programs: new Set(file.programs),
    checked: new Map(file.checked),
    entries: [],
    decisions: [...file.decisions],
    reviews: [],
  };
}
