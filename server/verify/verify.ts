import { createCalendar } from '#core/market/calendar.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountNow } from '#core/governance/verify-governance.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { bustAsOperation } from '#core/accounts/account.ts';
import { harderRules } from '#core/programs/easing.ts';
import { reviewOfBust, reviewOfDeal, type Reviewed } from '#core/rules/review.ts';
import type { ReviewData } from '#core/rules/rules.events.ts';
import { dayClockId, type TradingDay } from '#core/time/time.ts';
import type { Store } from '../store/store.ts';

export interface Verification {
  readonly facts: number;
  readonly marks: number;
  readonly derived: number;
  /** One sentence per fact that differs, is missing, or should not be there. */
  readonly differences: readonly string[];
}

/**
 * Replays a log: inputs and marks in the order in which they were decided (`marksBefore` says
 * where each fact stands among the marks). What the reference evaluator derives must be, in order,
 * the derived facts of the log. With `everyNth`, one account in so many is derived again, by the
 * order of opening: for logs too large to be derived whole.
 */
export function verifyLog(
  store: Store,
  partition: number,
  progress: (marks: number, facts: number) => void = () => {},
  everyNth = 1,
): Verification {
  const replay = createReplay(everyNth);
  const marks = walkMarks(store, partition);
  let mark = marks.next();
  let counted = 0;
  for (const fact of store.facts(partition, 1, Number.MAX_SAFE_INTEGER)) {
    counted += 1;
    const { marksBefore } = fact.envelope;
    const due = (): boolean => !mark.done && mark.value.index < marksBefore;
    while (due() && !mark.done) {
      replay.mark(mark.value);
      mark = marks.next();
    }
    replay.fact(fact);
    if (counted % 1_000 === 0) progress(marksBefore, counted);
  }
  while (!mark.done) {
    replay.mark(mark.value);
    mark = marks.next();
  }
  replay.end();
  return {
    facts: counted,
    marks: replay.marks(),
    derived: replay.derived(),
    differences: replay.differences,
  };
}

function* walkMarks(store: Store, partition: number): Generator<JournalledMark, undefined> {
  for (const chunk of store.marks(partition, 0)) yield* chunk;
  return undefined;
}

/** What the reference evaluator gives, and what its records call for. */
type Derived = VerdictDraft | { readonly kind: 'reviewRequested'; readonly data: ReviewData };
type Verdict = Extract<
  Fact,
  {
    kind:
      | 'reviewRequested'
      | 'warningRaised'
      | 'breachDetected'
      | 'conductFlagged'
      | 'objectiveMet'
      | 'objectiveLost'
      | 'accountStatusChanged';
  }
>;

/** What the rules are computed from; everything before one of them must have stood in the log. */
const ENGINE_INPUTS: ReadonlySet<Fact['kind']> = new Set([
  'instrumentDefined',
  'ruleSetPublished',
  'accountOpened',
  'tradingDayRolled',
  'dealBooked',
  'dealBusted',
  'balanceOperationBooked',
  'protectionSet',
  'newsScheduled',
  'accountDirected',
  'rulesChanged',
]);

export interface Replay {
  readonly differences: string[];
  mark(mark: JournalledMark): void;
  fact(fact: Fact): void;
  end(): void;
  marks(): number;
  derived(): number;
  /** What it makes of an account so far; null for one that is not derived. */
  account(accountId: string): AccountNow | null;
}

interface Holder {
  readonly number: number;
  readonly account: ReferenceAccount;
  readonly clockId: string;
}

export function createReplay(everyNth: number): Replay {
  const market = createMarketView();
  const ruleSets = new Map<string, RuleSet>();
  const days = new Map<string, TradingDay>();
  const byAccount = new Map<string, Holder>();
  const holders = new Map<string, Set<Holder>>();
  const differences: string[] = [];
  let expected: Derived[] = [];
  let marks = 0;
  let derived = 0;

  const derive = (drafts: readonly VerdictDraft[]): void => {
    for (const draft of drafts) expected.push(draft);
  };
  /** Everything derived so far must have stood in the log before this point. */
  const settled = (where: string): void => {
    for (const { kind, data } of expected) {
      differences.push(
        `before ${where}: the log lacks ${kind} of account ${data.accountId} at ${data.at}`,
      );
    }
    expected = [];
  };
  const compare = (fact: Verdict): void => {
    if (!byAccount.has(fact.data.accountId)) return;
    const next = expected.shift();
    derived += 1;
    const place = `seq ${fact.envelope.seq} (${fact.kind} of ${fact.envelope.stream})`;
    if (!next) differences.push(`${place}: nothing in the log leads to it`);
    else if (next.kind !== fact.kind || canonicalText(next.data) !== canonicalText(fact.data)) {
      differences.push(`${place}: derived ${next.kind} ${firstDifference(next.data, fact.data)}`);
    }
  };
  /** Which accounts a mark can change: those that hold the symbol, or convert through it. */
  const track = (holder: Holder): void => {
    for (const set of holders.values()) set.delete(holder);
    for (const position of holder.account.positions.values()) {
      for (const symbol of symbols) {
        if (!market.dependsOn(position, symbol, holder.account.judged.terms.currency)) continue;
        const set = holders.get(symbol) ?? new Set();
        holders.set(symbol, set.add(holder));
      }
    }
  };
  const symbols = new Set<string>();
  const calendar = createCalendar();
  let opened = 0;
  const open = (fact: Extract<Fact, { kind: 'accountOpened' }>): void => {
    const terms = fact.data;
    opened += 1;
    if ((opened - 1) % everyNth !== 0) return;
    const ruleSet = ruleSets.get(terms.ruleSet.hash);
    if (!ruleSet) {
      differences.push(
        `seq ${fact.envelope.seq}: no published rule set has the hash ${terms.ruleSet.hash}`,
      );
      return;
    }
    const clockId = dayClockId(ruleSet.dayClock);
    const account = openReferenceAccount({
      terms,
      ruleSet,
      market,
      calendar,
      day: days.get(clockId) ?? null,
    });
    byAccount.set(terms.accountId, { number: byAccount.size, account, clockId });
  };
  const roll = ({ data }: Extract<Fact, { kind: 'tradingDayRolled' }>): void => {
    days.set(data.clockId, data.day);
    for (const { account } of byAccount.values()) {
      derive(account.rollOver(data.clockId, data.day));
    }
  };
  const publish = ({ envelope, data }: Extract<Fact, { kind: 'ruleSetPublished' }>): void => {
    const compiled = compileRuleSet(data.content, data.ruleSet.version);
    if (!compiled.ok || compiled.value.ref.hash !== data.ruleSet.hash) {
      differences.push(
        `seq ${envelope.seq}: the rule set's content does not have the hash it carries`,
      );
    } else ruleSets.set(data.ruleSet.hash, compiled.value);
  };
  const booked = (
    accountId: string,
    book: (account: ReferenceAccount) => readonly VerdictDraft[],
  ): void => {
    const holder = byAccount.get(accountId);
    if (!holder) return;
    derive(book(holder.account));
    track(holder);
  };
  const reviewed = (accountId: string): Reviewed | null => {
    const account = byAccount.get(accountId)?.account;
    return account ? { status: account.judged.status, day: account.day() } : null;
  };
  const review = (accountId: string, data: ReviewData | null): void => {
    if (data && byAccount.has(accountId)) expected.push({ kind: 'reviewRequested', data });
  };
  const direct = ({ envelope, data }: Extract<Fact, { kind: 'accountDirected' }>): void => {
    const holder = byAccount.get(data.accountId);
    if (!holder) return;
    const directed = holder.account.direct(data.directive, data.at);
    if (directed.ok) derive(directed.value);
    else differences.push(`seq ${envelope.seq}: ${directed.error}`);
  };
  const changeRules = ({ envelope, data }: Extract<Fact, { kind: 'rulesChanged' }>): void => {
    const account = byAccount.get(data.accountId)?.account;
    if (!account) return;
    const ruleSet = ruleSets.get(data.to.hash);
    const { ruleSet: before } = account.judged;
    const harder = ruleSet ? harderRules(before, ruleSet) : ['it was never published'];
    if (before.ref.hash !== data.from.hash || !ruleSet) {
      differences.push(`seq ${envelope.seq}: rules change from or to what the log does not hold`);
    } else if (data.basis === 'favourable' && harder.length > 0) {
      differences.push(`seq ${envelope.seq}: a change that is harder was made without asking`);
    } else derive(account.changeRules(ruleSet, data.at));
  };
  return {
    differences,
    mark: (mark) => {
      settled(`mark ${mark.index}`);
      marks += 1;
      market.apply(mark);
      const touched = [...(holders.get(mark.symbol) ?? [])].sort(
        (one, other) => one.number - other.number,
      );
      for (const { account } of touched) derive(account.mark(mark));
    },
    fact: (fact) => {
      switch (fact.kind) {
        case 'warningRaised':
        case 'breachDetected':
        case 'conductFlagged':
        case 'objectiveMet':
        case 'objectiveLost':
        case 'accountStatusChanged':
        case 'reviewRequested':
          return compare(fact);
      }
      // Decisions, people and payments: what they do to accounts has a fact of its own.
      if (!ENGINE_INPUTS.has(fact.kind)) return;
      settled(`seq ${fact.envelope.seq}`);
      if (fact.kind === 'instrumentDefined') {
        market.define(fact.data);
        symbols.add(fact.data.symbol);
      } else if (fact.kind === 'ruleSetPublished') publish(fact);
      else if (fact.kind === 'accountOpened') open(fact);
      else if (fact.kind === 'tradingDayRolled') roll(fact);
      else if (fact.kind === 'dealBooked') {
        const before = reviewed(fact.data.accountId);
        booked(fact.data.accountId, (account) => account.deal(fact.data));
        review(fact.data.accountId, before && reviewOfDeal(fact.data, before));
      } else if (fact.kind === 'dealBusted') {
        const before = reviewed(fact.data.accountId);
        booked(fact.data.accountId, (account) =>
          account.balanceOperation(bustAsOperation(fact.data)),
        );
        review(fact.data.accountId, before && reviewOfBust(fact.data, before));
      } else if (fact.kind === 'accountDirected') direct(fact);
      else if (fact.kind === 'rulesChanged') changeRules(fact);
      else if (fact.kind === 'protectionSet')
        booked(fact.data.accountId, (account) => account.protect(fact.data));
      else if (fact.kind === 'newsScheduled') calendar.schedule(fact.data);
      else if (fact.kind === 'balanceOperationBooked')
        booked(fact.data.accountId, (account) => account.balanceOperation(fact.data));
    },
    end: () => settled('the end of the log'),
    marks: () => marks,
    derived: () => derived,
    account: (accountId) => {
      const account = byAccount.get(accountId)?.account;
      if (!account) return null;
      const { status, states, latches, exceptions } = account.judged;
      const positions = [...account.positions.values()];
      return { status, states, latches, exceptions, positions, balance: account.balance };
    },
  };
}

/** The first field in which two facts differ, with both values. */
function firstDifference(derived: object, logged: object): string {
  const other = logged as Record<string, unknown>;
  for (const [name, value] of Object.entries(derived)) {
    const [one, two] = [canonicalText(value), canonicalText(other[name] ?? null)];
    if (one !== two) return `with ${name} ${one.slice(0, 200)}, the log says ${two.slice(0, 200)}`;
  }
  return 'with fields that the log does not have';
}
