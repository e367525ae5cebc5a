import { bustAsOperation } from '#core/accounts/account.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { createCalendar } from '#core/market/calendar.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { harderRules } from '#core/programs/easing.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { reviewOfBust, reviewOfDeal } from '#core/rules/review.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { dayClockId, type TradingDay } from '#core/time/time.ts';

/** What the reference evaluator finds in facts and marks that is not what the log says. */
export interface Replayed {
  /** With the fact at which each shows; the first one is where things part. */
  readonly differences: readonly { readonly seq: number; readonly sentence: string }[];
  /** Verdicts that were derived and found equal, by their seq. */
  readonly derived: ReadonlySet<number>;
  /** The account as it stands at the end; null where none was opened. */
  readonly account: ReferenceAccount | null;
}

/** What is derived: verdicts, and what asks for a person. */
type Draft = Extract<
  FactDraft,
  {
    kind:
      | 'warningRaised'
      | 'breachDetected'
      | 'conductFlagged'
      | 'objectiveMet'
      | 'objectiveLost'
      | 'accountStatusChanged'
      | 'reviewRequested';
  }
>;

const VERDICTS: ReadonlySet<Fact['kind']> = new Set([
  'warningRaised',
  'breachDetected',
  'conductFlagged',
  'objectiveMet',
  'objectiveLost',
  'accountStatusChanged',
  'reviewRequested',
]);
const DIFFERENCES_MAX = 50;

/** Whether a fact follows from others, so that it is derived again and never believed. */
export function isDerived({ kind }: Fact): boolean {
  return VERDICTS.has(kind);
}

interface Stage {
  readonly market: ReturnType<typeof createMarketView>;
  readonly calendar: ReturnType<typeof createCalendar>;
  readonly ruleSets: Map<string, RuleSet>;
  readonly days: Map<string, TradingDay>;
  account: ReferenceAccount | null;
}

/**
 * Judges one account again: its facts, those of the firm that it depends on, and the marks, in the
 * order in which they were decided. Everything derived must stand in the log, at its place, alike.
 */
export function replayAccount(facts: readonly Fact[], marks: Iterable<JournalledMark>): Replayed {
  const stage: Stage = {
    market: createMarketView(),
    calendar: createCalendar(),
    ruleSets: new Map(),
    days: new Map(),
    account: null,
  };
  const differences: { seq: number; sentence: string }[] = [];
  const derived = new Set<number>();
  let expected: Draft[] = [];
  const differ = (seq: number, sentence: string): void => {
    if (differences.length < DIFFERENCES_MAX) differences.push({ seq, sentence });
  };
  const settled = (seq: number, where: string): void => {
    for (const { kind, data } of expected) {
      differ(seq, `${where}, the rules give ${kind} at ${data.at}, which the log does not hold`);
    }
    expected = [];
  };
  const compare = (fact: Fact): void => {
    const { seq } = fact.envelope;
    const next = expected.shift();
    if (!next) differ(seq, `nothing before it leads to this ${fact.kind}`);
    else if (next.kind !== fact.kind) differ(seq, `the rules give ${next.kind}, not ${fact.kind}`);
    else if (canonicalText(next.data) === canonicalText(fact.data)) derived.add(seq);
    else differ(seq, `this ${fact.kind} ${firstDifference(next.data, fact.data)}`);
  };
  const source = marks[Symbol.iterator]();
  let mark = source.next();
  const marksUntil = (count: number, seq: number): void => {
    for (; !mark.done && mark.value.index < count; mark = source.next()) {
      settled(seq, `before mark ${mark.value.index} of ${mark.value.symbol}`);
      stage.market.apply(mark.value);
      expected.push(...(stage.account?.mark(mark.value) ?? []));
    }
  };
  for (const fact of facts) {
    const { seq, marksBefore } = fact.envelope;
    marksUntil(marksBefore, seq);
    if (isDerived(fact)) {
      compare(fact);
      continue;
    }
    settled(seq, `before fact ${seq}`);
    const effect = applied(fact, stage);
    if (effect.problem !== null) differ(seq, effect.problem);
    expected.push(...effect.drafts);
  }
  settled(facts.at(-1)?.envelope.seq ?? 0, 'at the end');
  if (!mark.done) {
    differ(facts.at(-1)?.envelope.seq ?? 0, `mark ${mark.value.index} lies behind the last fact`);
  }
  return { differences, derived, account: stage.account };
}

interface Effect {
  readonly drafts: readonly Draft[];
  readonly problem: string | null;
}

const NOTHING: Effect = { drafts: [], problem: null };

function gives(drafts: readonly Draft[] | undefined): Effect {
  return { drafts: drafts ?? [], problem: null };
}

function problem(sentence: string): Effect {
  return { drafts: [], problem: sentence };
}

function applied(fact: Fact, stage: Stage): Effect {
  const { account } = stage;
  switch (fact.kind) {
    case 'instrumentDefined':
      stage.market.define(fact.data);
      return NOTHING;
    case 'newsScheduled':
      stage.calendar.schedule(fact.data);
      return NOTHING;
    case 'ruleSetPublished':
      return published(fact, stage);
    case 'accountOpened':
      return opened(fact, stage);
    case 'tradingDayRolled':
      stage.days.set(fact.data.clockId, fact.data.day);
      return gives(account?.rollOver(fact.data.clockId, fact.data.day));
    case 'dealBooked':
    case 'dealBusted':
      return booked(fact, account);
    case 'balanceOperationBooked':
      return gives(account?.balanceOperation(fact.data));
    case 'protectionSet':
      return gives(account?.protect(fact.data));
    case 'accountDirected': {
      const directed = account?.direct(fact.data.directive, fact.data.at);
      return directed && !directed.ok ? problem(directed.error) : gives(directed?.value);
    }
    case 'rulesChanged': {
      const ruleSet = stage.ruleSets.get(fact.data.to.hash);
      if (!ruleSet) return problem(`its rules ${fact.data.to.hash} are not in the pack`);
      const harder = account ? harderRules(account.judged.ruleSet, ruleSet) : [];
      if (fact.data.basis === 'favourable' && harder.length > 0) {
        return problem('it came under harder rules, and nobody asked the trader');
      }
      return gives(account?.changeRules(ruleSet, fact.data.at));
    }
    default:
      return NOTHING;
  }
}

function published(
  { data }: Extract<Fact, { kind: 'ruleSetPublished' }>,
  { ruleSets }: Stage,
): Effect {
  const compiled = compileRuleSet(data.content, data.ruleSet.version);
  if (!compiled.ok || compiled.value.ref.hash !== data.ruleSet.hash) {
    return problem('the content of the rule set does not have the hash that it carries');
  }
  ruleSets.set(data.ruleSet.hash, compiled.value);
  return NOTHING;
}

function opened({ data: terms }: Extract<Fact, { kind: 'accountOpened' }>, stage: Stage): Effect {
  if (stage.account) return problem('a second account is opened');
  const ruleSet = stage.ruleSets.get(terms.ruleSet.hash);
  if (!ruleSet) return problem(`its rules ${terms.ruleSet.hash} are not in the pack before it`);
  const { market, calendar, days } = stage;
  const day = days.get(dayClockId(ruleSet.dayClock)) ?? null;
  stage.account = openReferenceAccount({ terms, ruleSet, market, calendar, day });
  return NOTHING;
}

/** A deal or its voiding; one that no rule can decide asks for a person, too. */
function booked(
  fact: Extract<Fact, { kind: 'dealBooked' | 'dealBusted' }>,
  account: ReferenceAccount | null,
): Effect {
  if (!account) return NOTHING;
  const before = { status: account.judged.status, day: account.day() };
  const drafts: Draft[] =
    fact.kind === 'dealBooked'
      ? [...account.deal(fact.data)]
      : [...account.balanceOperation(bustAsOperation(fact.data))];
  const data =
    fact.kind === 'dealBooked' ? reviewOfDeal(fact.data, before) : reviewOfBust(fact.data, before);
  if (data) drafts.push({ kind: 'reviewRequested', data });
  return gives(drafts);
}

/** The first field in which two verdicts differ, with both values. */
function firstDifference(derived: object, logged: object): string {
  const other = logged as Record<string, unknown>;
  for (const [name, value] of Object.entries(derived)) {
    const [one, two] = [canonicalText(value), canonicalText(other[name] ?? null)];
    if (one !== two) {
      return `says ${name} ${two.slice(0, 160)}; the rules give ${one.slice(0, 160)}`;
    }
  }
  return 'has fields that the rules do not give';
}
