import type { Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import { wantsAcknowledgement, type Notice, type NoticeKind, type Severity } from './notice.ts';

/** The worst of a group stand in it by themselves; the others are a number until it is unfolded. */
export const WORST_MAX = 10;
const MINUTE_MS = 60_000;

/** What notices have in common that are shown as one: a storm is one alert that grows in place. */
export interface Theme {
  /** The start of the minute in which they happened. */
  readonly minute: EpochMs;
  readonly kind: NoticeKind;
  readonly severity: Severity;
  readonly ruleKind: string;
  /** The symbol that brought them, else the program that they are of. */
  readonly subject: { readonly type: 'symbol' | 'program' | 'none'; readonly id: string };
}

export function themeOf(notice: Notice): Theme {
  const { at, kind, severity, ruleKind, symbol, programId } = notice;
  const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  if (symbol !== null) {
    // Feeds fall silent together, and each has a symbol of its own.
    const together = kind === 'feedSilent';
    const subject = { type: together ? 'none' : 'symbol', id: together ? '' : symbol } as const;
    return { minute, kind, severity, ruleKind, subject };
  }
  const type = programId === null ? 'none' : 'program';
  return { minute, kind, severity, ruleKind, subject: { type, id: programId ?? '' } };
}

/** The same for all notices of one theme, on every machine. */
export function groupKeyOf(notice: Notice): string {
  const { minute, kind, severity, ruleKind, subject } = themeOf(notice);
  return [minute, kind, severity, ruleKind, subject.type, subject.id].join('|');
}
export const GROUP_KEY_MAX = 260;

export interface Stake {
  readonly currency: string;
  readonly amount: Money;
}

/** A group of notices in numbers. */
export interface GroupSummary extends Theme {
  readonly key: string;
  readonly count: number;
  /** How many still want a person. */
  readonly open: number;
  readonly accounts: number;
  /** What is at stake in each currency, an account counted once. */
  readonly atStake: readonly Stake[];
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** The name of the program, where all are of one. */
  readonly programName: string;
  /** Worst first. */
  readonly worst: readonly number[];
}

/** A group that grows: the order in which notices come makes no difference. */
export interface Group {
  readonly key: string;
  /** A notice that it has already changes nothing. */
  add(notice: Notice, isOpen?: boolean): void;
  /** An acknowledgement, or one taken back. */
  setOpen(seq: number, isOpen: boolean): void;
  has(seq: number): boolean;
  isOpen(seq: number): boolean;
  /** In order. */
  seqs(): readonly number[];
  openSeqs(): readonly number[];
  summary(): GroupSummary;
}

export function createGroup(first: Notice): Group {
  const key = groupKeyOf(first);
  const theme = themeOf(first);
  const notices = new Map<number, Worth>();
  const open = new Set<number>();
  const stakes: Stakes = { accounts: new Map(), others: [] };
  const programs = new Set<string>();
  let worst: Worth[] = [];
  let summary: GroupSummary | null = null;
  const span = { firstSeq: Infinity, lastSeq: 0, firstAt: Infinity, lastAt: -Infinity };
  return {
    key,
    add: (notice, isOpen = wantsAcknowledgement(notice)) => {
      if (notices.has(notice.seq)) return;
      summary = null;
      const worth = { seq: notice.seq, used: notice.used, amount: notice.amount };
      notices.set(notice.seq, worth);
      if (isOpen) open.add(notice.seq);
      programs.add(notice.programName);
      worst = withWorst(worst, worth);
      countStake(stakes, notice);
      span.firstSeq = Math.min(span.firstSeq, notice.seq);
      span.lastSeq = Math.max(span.lastSeq, notice.seq);
      span.firstAt = Math.min(span.firstAt, notice.at);
      span.lastAt = Math.max(span.lastAt, notice.at);
    },
    setOpen: (seq, isOpen) => {
      if (!notices.has(seq) || open.has(seq) === isOpen) return;
      summary = null;
      if (isOpen) open.add(seq);
      else open.delete(seq);
    },
    has: (seq) => notices.has(seq),
    isOpen: (seq) => open.has(seq),
    seqs: () => [...notices.keys()].sort(ascending),
    openSeqs: () => [...open].sort(ascending),
    summary: () => {
      const [program = ''] = programs;
      summary ??= {
        key,
        ...theme,
        count: notices.size,
        open: open.size,
        accounts: stakes.accounts.size,
        atStake: sumOf([...stakes.accounts.values(), ...stakes.others]),
        ...span,
        programName: programs.size === 1 ? program : '',
        worst: worst.map(({ seq }) => seq),
      };
      return summary;
    },
  };
}

/** Notices as groups, in the order of their first ones: the whole of them at once. */
export function groupNotices(notices: readonly Notice[]): GroupSummary[] {
  const groups = new Map<string, Group>();
  for (const notice of notices) {
    const key = groupKeyOf(notice);
    const group = groups.get(key) ?? createGroup(notice);
    group.add(notice);
    groups.set(key, group);
  }
  const summaries = [...groups.values()].map((group) => group.summary());
  return summaries.sort((one, other) => one.firstSeq - other.firstSeq);
}

interface Worth {
  readonly seq: number;
  readonly used: number;
  readonly amount: Money;
}

/** The most of a limit used comes first, then the most at stake, then what came first. */
function byWorth(one: Worth, other: Worth): number {
  return other.used - one.used || other.amount - one.amount || one.seq - other.seq;
}

function withWorst(worst: readonly Worth[], worth: Worth): Worth[] {
  const last = worst.at(-1);
  if (worst.length === WORST_MAX && last && byWorth(worth, last) >= 0) return [...worst];
  return [...worst, worth].sort(byWorth).slice(0, WORST_MAX);
}

interface Stakes {
  readonly accounts: Map<string, Stake>;
  /** What concerns no account stands for itself. */
  readonly others: Stake[];
}

/** An account is at stake once, however many notices it has: by the largest of them. */
function countStake({ accounts, others }: Stakes, notice: Notice): void {
  const { accountId, amount, currency } = notice;
  if (accountId === null) {
    others.push({ currency, amount });
    return;
  }
  const known = accounts.get(accountId);
  if (!known || amount > known.amount) accounts.set(accountId, { currency, amount });
}

function sumOf(stakes: readonly Stake[]): Stake[] {
  const sums = new Map<string, Money>();
  for (const { currency, amount } of stakes) {
    if (amount !== 0) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  return [...sums]
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

function ascending(one: number, other: number): number {
  return one - other;
}
