import { z } from 'zod';
import { ACCOUNT_STATUSES, bustAsOperation, type AccountTerms } from '#core/accounts/account.ts';
import { createBook, type Book } from '#core/engine/book.ts';
import type { Fact } from '#core/facts/registry.ts';
import { digestOf } from '#core/kernel/digest.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { draftHash, type CompiledProgram } from '#core/programs/compile.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { clockOf, dayClockId, epochMs, type DayClock, type TradingDay } from '#core/time/time.ts';

/** Differing accounts listed in a result; all are counted. */
export const IMPACT_ROWS_MAX = 5_000;

const fateSchema = z.strictObject({
  status: z.enum(ACCOUNT_STATUSES),
  /** When it failed or passed; null when it is still judged. */
  at: epochMs.nullable(),
  ruleId: z.string().nullable(),
  /** In money units: when it ended, and now for an account that is still judged. */
  equity: z.int(),
  pauses: z.int(),
  warnings: z.int(),
  flags: z.int(),
});
export type Fate = z.output<typeof fateSchema>;

export const impactRowSchema = z.strictObject({
  accountId: z.string(),
  traderName: z.string(),
  phase: z.string(),
  published: fateSchema,
  draft: fateSchema,
  /** The first thing that one version says and the other does not, in a sentence. */
  first: z.strictObject({
    at: epochMs,
    says: z.enum(['published', 'draft']),
    sentence: z.string(),
  }),
});
export type ImpactRow = z.output<typeof impactRowSchema>;

export const impactResultSchema = z.strictObject({
  programId: z.string(),
  draftHash: z.string(),
  fromSeq: z.int(),
  toSeq: z.int(),
  marks: z.int(),
  accounts: z.int(),
  differing: z.int(),
  totals: z.strictObject({
    failedPublished: z.int(),
    failedDraft: z.int(),
    failedOnlyPublished: z.int(),
    failedOnlyDraft: z.int(),
    passedPublished: z.int(),
    passedDraft: z.int(),
    passedOnlyPublished: z.int(),
    passedOnlyDraft: z.int(),
  }),
  /** How many accounts each rule ends, under each version. */
  byRule: z.array(z.strictObject({ ruleId: z.string(), published: z.int(), draft: z.int() })),
  rows: z.array(impactRowSchema).max(IMPACT_ROWS_MAX),
});
export type ImpactResult = z.output<typeof impactResultSchema>;

/** Trading days, which only a host can compute from zones. */
export interface TradingDays {
  at(clock: DayClock, instant: number): TradingDay;
  next(clock: DayClock, day: TradingDay): TradingDay;
}

/**
 * Replays history for the accounts of one program under two versions at once: the rule set each
 * account had, and the draft's of its phase. Facts and marks come in the order of the log.
 *
 * History is what happened: an account that fails only under the draft traded on, and what it did
 * afterwards is left out; one that failed only as published was closed then, so under the draft it
 * goes on as far as its deals go. Neither can tell what its trader would have done. With `only`, one
 * account alone is followed: what would have become of it under another version.
 */
export interface ImpactRun {
  mark(mark: JournalledMark): void;
  fact(fact: Fact): void;
  result(): ImpactResult;
}

export function openImpact(
  draft: CompiledProgram,
  days: TradingDays,
  only: string | null = null,
): ImpactRun {
  const published = openSide(days);
  const changed = openSide(days);
  const drafts = new Map(
    draft.program.phases.map(({ phaseId }, at) => [phaseId, draft.ruleSets[at]] as const),
  );
  const ruleSets = new Map<string, RuleSet>();
  const followed = new Set<string>();
  const terms: AccountTerms[] = [];
  let fromSeq = 0;
  let toSeq = 0;
  let marks = 0;

  const open = (opening: AccountTerms, at: number): void => {
    const own = ruleSets.get(opening.ruleSet.hash);
    const other = drafts.get(opening.phase.phaseId);
    if (opening.program.programId !== draft.program.programId || !own || !other) return;
    if (only !== null && opening.accountId !== only) return;
    followed.add(opening.accountId);
    terms.push(opening);
    published.open(opening, own, at);
    changed.open({ ...opening, ruleSet: other.ref }, other, at);
  };
  const both = (act: (side: Side) => void): void => {
    act(published);
    act(changed);
  };
  return {
    mark: (mark) => {
      marks += 1;
      both((side) => side.mark(mark));
    },
    fact: ({ envelope, ...fact }) => {
      if (fromSeq === 0) fromSeq = envelope.seq;
      toSeq = envelope.seq;
      switch (fact.kind) {
        case 'instrumentDefined':
          return both(({ book }) => void book.defineInstrument(fact.data));
        case 'newsScheduled':
          return both(({ book }) => book.scheduleNews(fact.data));
        case 'ruleSetPublished': {
          const compiled = compileRuleSet(fact.data.content, fact.data.ruleSet.version);
          if (compiled.ok) ruleSets.set(fact.data.ruleSet.hash, compiled.value);
          return;
        }
        case 'accountOpened':
          return open(fact.data, envelope.occurredAt);
        case 'dealBooked':
          if (followed.has(fact.data.accountId)) {
            both((side) => side.hear(fact.data.at, () => side.book.deal(fact.data)));
          }
          return;
        case 'balanceOperationBooked':
          if (followed.has(fact.data.accountId)) {
            both((side) => side.hear(fact.data.at, () => side.book.balanceOperation(fact.data)));
          }
          return;
        case 'dealBusted':
          if (followed.has(fact.data.accountId)) {
            const operation = bustAsOperation(fact.data);
            both((side) => side.hear(operation.at, () => side.book.balanceOperation(operation)));
          }
          return;
        case 'accountDirected': {
          const { accountId, directive, at } = fact.data;
          if (followed.has(accountId)) {
            both((side) => side.hear(at, () => side.book.direct(accountId, directive, at)));
          }
          return;
        }
        case 'rulesChanged': {
          // The draft's side is under the draft already.
          const { accountId, to, at } = fact.data;
          const ruleSet = ruleSets.get(to.hash);
          if (followed.has(accountId) && ruleSet) {
            published.hear(at, () => published.book.changeRules(accountId, ruleSet, at));
          }
          return;
        }
        case 'protectionSet':
          if (followed.has(fact.data.accountId)) {
            both((side) => side.hear(fact.data.at, () => side.book.protect(fact.data)));
          }
      }
    },
    result: () => compare({ draft, terms, published, changed, fromSeq, toSeq, marks }),
  };
}

interface Said {
  readonly kind: VerdictDraft['kind'];
  readonly at: number;
  readonly ruleId: string | null;
  readonly to: string | null;
  readonly sentence: string;
}

/** One version: a book of its own, its own trading days, and what each account heard. */
interface Side {
  readonly book: Book;
  readonly said: ReadonlyMap<string, readonly Said[]>;
  /** Equity of each account at the moment it ended; what it did in truth afterwards is no news. */
  readonly endEquity: ReadonlyMap<string, number>;
  open(terms: AccountTerms, ruleSet: RuleSet, at: number): void;
  mark(mark: JournalledMark): void;
  hear(
    at: number,
    act: () => { readonly ok: boolean; readonly value?: readonly VerdictDraft[] },
  ): void;
}

function openSide(days: TradingDays): Side {
  const book = createBook();
  const said = new Map<string, Said[]>();
  const endEquity = new Map<string, number>();
  const clocks = new Map<string, { readonly clock: DayClock; day: TradingDay }>();
  let nextRollOver = Infinity;
  const keep = (drafts: readonly VerdictDraft[]): void => {
    for (const draft of drafts) {
      const list = said.get(draft.data.accountId) ?? [];
      said.set(draft.data.accountId, list);
      const one = saidBy(draft);
      list.push(one);
      if (isEnd(one)) {
        const account = book.numberOf(draft.data.accountId) ?? 0;
        endEquity.set(draft.data.accountId, book.equity(account));
      }
    }
  };
  const settleClock = (): void => {
    nextRollOver = Math.min(Infinity, ...[...clocks.values()].map(({ day }) => day.closesAt));
  };
  const rollOvers = (at: number): void => {
    while (at >= nextRollOver) {
      for (const [clockId, entry] of clocks) {
        if (entry.day.closesAt !== nextRollOver) continue;
        entry.day = days.next(entry.clock, entry.day);
        book.rollOver(clockId, entry.day, (_account, drafts) => keep(drafts));
      }
      settleClock();
    }
  };
  return {
    book,
    said,
    endEquity,
    open: (terms, ruleSet, at) => {
      rollOvers(at);
      const clockId = dayClockId(ruleSet.dayClock);
      const known = clocks.get(clockId);
      const day = known?.day ?? days.at(ruleSet.dayClock, at);
      if (!known) clocks.set(clockId, { clock: ruleSet.dayClock, day });
      for (const cutOff of ruleSet.cutOffs) {
        const clock = clockOf(cutOff);
        const id = dayClockId(clock);
        if (!clocks.has(id)) clocks.set(id, { clock, day: days.at(clock, at) });
      }
      settleClock();
      book.openAccount({ terms, ruleSet, day });
    },
    mark: (mark) => {
      rollOvers(mark.at);
      book.mark(mark, (_account, drafts) => keep(drafts));
    },
    hear: (at, act) => {
      rollOvers(at);
      const heard = act();
      if (heard.value) keep(heard.value);
    },
  };
}

function saidBy(draft: VerdictDraft): Said {
  const { kind, data } = draft;
  if (kind === 'accountStatusChanged') {
    return { kind, at: data.at, ruleId: data.ruleId, to: data.to, sentence: `Now ${data.to}` };
  }
  return { kind, at: data.at, ruleId: data.ruleId, to: null, sentence: verdictSentence(draft) };
}

const isEnd = ({ to }: Said): boolean => to === 'failed' || to === 'passed' || to === 'closed';

function fateOf({ book, endEquity }: Side, accountId: string, said: readonly Said[]): Fate {
  const account = book.numberOf(accountId) ?? 0;
  const end = said.findLast(isEnd);
  const count = (kind: Said['kind']): number => said.filter((one) => one.kind === kind).length;
  return {
    status: ACCOUNT_STATUSES[book.status(account)] ?? 'active',
    at: end?.at ?? null,
    ruleId: end?.ruleId ?? null,
    equity: endEquity.get(accountId) ?? book.equity(account),
    pauses: said.filter(({ to }) => to === 'paused').length,
    warnings: count('warningRaised'),
    flags: count('conductFlagged'),
  };
}

/** The first verdict in which two accounts of one history differ; rule versions do not count. */
function firstDifference(
  published: readonly Said[],
  draft: readonly Said[],
): ImpactRow['first'] | null {
  const most = Math.max(published.length, draft.length);
  for (let at = 0; at < most; at += 1) {
    const [one, other] = [published[at], draft[at]];
    const same =
      one &&
      other &&
      one.kind === other.kind &&
      one.at === other.at &&
      one.ruleId === other.ruleId &&
      one.to === other.to;
    if (same) continue;
    const earlier = !other || (one && one.at <= other.at) ? one : other;
    if (!earlier) return null;
    const says = earlier === one ? 'published' : 'draft';
    return { at: earlier.at, says, sentence: earlier.sentence };
  }
  return null;
}

interface Compared {
  readonly draft: CompiledProgram;
  readonly terms: readonly AccountTerms[];
  readonly published: Side;
  readonly changed: Side;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly marks: number;
}

function compare({
  draft,
  terms,
  published,
  changed,
  fromSeq,
  toSeq,
  marks,
}: Compared): ImpactResult {
  const rows: ImpactRow[] = [];
  const byRule = new Map<string, { published: number; draft: number }>();
  const totals = {
    failedPublished: 0,
    failedDraft: 0,
    failedOnlyPublished: 0,
    failedOnlyDraft: 0,
    passedPublished: 0,
    passedDraft: 0,
    passedOnlyPublished: 0,
    passedOnlyDraft: 0,
  };
  let differing = 0;
  for (const { accountId, traderName, phase } of terms) {
    const [before, after] = [
      published.said.get(accountId) ?? [],
      changed.said.get(accountId) ?? [],
    ];
    const one = fateOf(published, accountId, before);
    const other = fateOf(changed, accountId, after);
    count(totals, one.status, other.status);
    countRule(byRule, one, 'published');
    countRule(byRule, other, 'draft');
    const first = firstDifference(before, after);
    if (first === null) continue;
    differing += 1;
    if (rows.length < IMPACT_ROWS_MAX) {
      rows.push({ accountId, traderName, phase: phase.name, published: one, draft: other, first });
    }
  }
  return {
    programId: draft.program.programId,
    draftHash: draftHash(draft.input),
    fromSeq,
    toSeq,
    marks,
    accounts: terms.length,
    differing,
    totals,
    byRule: [...byRule]
      .map(([ruleId, counts]) => ({ ruleId, ...counts }))
      .sort((one, other) => (one.ruleId < other.ruleId ? -1 : 1)),
    rows,
  };
}

function count(totals: Record<string, number>, one: string, other: string): void {
  const add = (name: string): void => {
    totals[name] = (totals[name] ?? 0) + 1;
  };
  for (const status of ['failed', 'passed']) {
    if (one === status) add(`${status}Published`);
    if (other === status) add(`${status}Draft`);
    if (one === status && other !== status) add(`${status}OnlyPublished`);
    if (other === status && one !== status) add(`${status}OnlyDraft`);
  }
}

function countRule(
  byRule: Map<string, { published: number; draft: number }>,
  fate: Fate,
  side: 'published' | 'draft',
): void {
  if (fate.status !== 'failed' || fate.ruleId === null) return;
  const counts = byRule.get(fate.ruleId) ?? { published: 0, draft: 0 };
  counts[side] += 1;
  byRule.set(fate.ruleId, counts);
}

/** What a published version keeps of its preview: numbers, and the hash of the whole result. */
export function summaryOf(result: ImpactResult): PreviewSummary {
  const { totals } = result;
  return {
    hash: digestOf(result),
    draftHash: result.draftHash,
    accounts: result.accounts,
    failedOnlyDraft: totals.failedOnlyDraft,
    failedOnlyPublished: totals.failedOnlyPublished,
    passedOnlyDraft: totals.passedOnlyDraft,
    passedOnlyPublished: totals.passedOnlyPublished,
    fromSeq: result.fromSeq,
    toSeq: result.toSeq,
  };
}
