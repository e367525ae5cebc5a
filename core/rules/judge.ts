import { hasEnded, STATUS, type AccountTerms } from '#core/accounts/account.ts';
import { present } from '#core/kernel/assert.ts';
import type { Rule, RuleSet } from './rule-set.ts';
import type {
  Band,
  Figures,
  FlagEffect,
  Gauge,
  Judgement,
  Moment,
  RuleState,
} from './rule-kind.ts';

/** One account as its rules see it. Both evaluators keep one of these, or fill one from columns. */
export interface JudgedAccount {
  readonly terms: AccountTerms;
  readonly ruleSet: RuleSet;
  /** A STATUS code. */
  status: number;
  /** One state per rule, in the rule set's order. */
  readonly states: RuleState[];
  /** What each rule has said already: see LATCH. */
  readonly latches: number[];
  /** Until when each rule says nothing (see directive); 0 for none. */
  readonly exceptions: number[];
}

/**
 * Latches keep a rule from saying the same twice. Limits: the warning level given today, or
 * `breached`. Objectives: `met` or nothing. Limits start afresh every trading day.
 */
export const LATCH = { none: 0, met: 1, breached: 100 } as const;

export type Outcome =
  | {
      readonly type: 'warned';
      readonly rule: Rule;
      readonly level: number;
      readonly figures: Figures;
    }
  | {
      readonly type: 'breached';
      readonly rule: Rule;
      readonly consequence: 'fail' | 'pauseForDay';
      readonly figures: Figures;
      /** Other limits crossed at the same moment, highest floor first. */
      readonly alsoCrossed: readonly { readonly rule: Rule; readonly figures: Figures }[];
      /** An objective was met at the very same moment: the loss wins, and a person looks at it. */
      readonly tied: boolean;
    }
  | {
      readonly type: 'flagged';
      readonly rule: Rule;
      readonly effect: FlagEffect;
      readonly strike: number;
      readonly figures: Figures;
    }
  | { readonly type: 'met' | 'lost'; readonly rule: Rule; readonly figures: Figures }
  | {
      readonly type: 'statusChanged';
      readonly from: number;
      readonly to: number;
      readonly reason: StatusReason;
      /** The rule that brought it; null when no single one did. */
      readonly rule: Rule | null;
    };

export type StatusOutcome = Extract<Outcome, { readonly type: 'statusChanged' }>;

export const STATUS_REASONS = [
  'breached',
  'paused',
  'dayBegan',
  'objectivesMet',
  'restricted',
  'lifted',
  'closed',
  'reinstated',
] as const;
export type StatusReason = (typeof STATUS_REASONS)[number];

const NOTHING: readonly Outcome[] = [];

export function openJudgedAccount(terms: AccountTerms, ruleSet: RuleSet): JudgedAccount {
  return {
    terms,
    ruleSet,
    status: STATUS.active,
    states: ruleSet.rules.map((rule) => rule.kind.open(rule.params, terms)),
    latches: ruleSet.rules.map(() => LATCH.none),
    exceptions: ruleSet.rules.map(() => 0),
  };
}

/**
 * Takes an account through one moment: every rule tracks, then every rule judges, then one
 * precedence decides (the semantics, for both evaluators):
 *
 * 1. an account that has ended is judged no more; a rule with an exception says nothing;
 * 2. a limit that fails the account wins over all else; of several, the one with the highest floor
 *    is the cause, because it was crossed first on the way down; equal floors keep rule order;
 * 3. then a limit that pauses the account, in the same order; a pause shields from no hard limit;
 * 4. then warnings, each limit its highest level not yet given today;
 * 5. then flags on conduct, each as often as it happens;
 * 6. then objectives; when all that gate the phase are met and nothing is open, it is passed.
 *
 * Changes `account`; returns what happened, in that order.
 */
export function stepAccount(account: JudgedAccount, moment: Moment): readonly Outcome[] {
  if (hasEnded(account.status)) return NOTHING;
  const { rules } = account.ruleSet;
  let outcomes: Outcome[] | null = null;
  if (moment.cause === 'dayOpen') outcomes = startDay(account);
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at] as Rule;
    rule.kind.track(rule.params, account.states[at], moment, account.terms);
  }
  let news: News | null = null;
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at] as Rule;
    if (isExcepted(account, at, moment)) continue;
    const judgement = rule.kind.judge(rule.params, account.states[at], moment, account.terms);
    if (isNews(rule, account.latches[at] ?? 0, judgement)) {
      news ??= { breached: [], warned: [], flagged: [], objectives: [] };
      collect(news, rule, at, judgement);
    }
  }
  if (news !== null) outcomes = [...(outcomes ?? []), ...settle(account, moment, news)];
  const passed = passes(account, moment);
  if (passed)
    outcomes = [...(outcomes ?? []), changeStatus(account, STATUS.passed, 'objectivesMet', null)];
  return outcomes ?? NOTHING;
}

/** An exception that has run out is forgotten by the first moment after it. */
function isExcepted({ exceptions }: JudgedAccount, at: number, moment: Moment): boolean {
  const until = exceptions[at] ?? 0;
  if (until > moment.at) return true;
  if (until !== 0) exceptions[at] = 0;
  return false;
}

interface News {
  readonly breached: number[];
  readonly warned: { readonly at: number; readonly level: number }[];
  readonly flagged: number[];
  readonly objectives: { readonly at: number; readonly met: boolean }[];
}

function isNews(rule: Rule, latch: number, judgement: Judgement): boolean {
  if (rule.kind.role === 'objective') {
    return (judgement.type === 'met') !== (latch === LATCH.met);
  }
  if (judgement.type === 'flagged') return true;
  if (judgement.type === 'breached')
    return rule.kind.role === 'conduct' || latch !== LATCH.breached;
  return judgement.type === 'warned' && judgement.level > latch;
}

function collect(news: News, rule: Rule, at: number, judgement: Judgement): void {
  if (rule.kind.role === 'objective') {
    news.objectives.push({ at, met: judgement.type === 'met' });
  } else if (judgement.type === 'breached') {
    news.breached.push(at);
  } else if (judgement.type === 'warned') {
    news.warned.push({ at, level: judgement.level });
  } else if (judgement.type === 'flagged') {
    news.flagged.push(at);
  }
}

function settle(account: JudgedAccount, moment: Moment, news: News): Outcome[] {
  const { rules } = account.ruleSet;
  const outcomes: Outcome[] = [];
  const ruleAt = (at: number): Rule => rules[at] as Rule;
  const figuresAt = (at: number): Figures =>
    ruleAt(at).kind.figures(ruleAt(at).params, account.states[at], moment, account.terms);
  const crossed = [...news.breached].sort(
    (one, other) => floorAt(account, moment, other) - floorAt(account, moment, one) || one - other,
  );
  const consequenceAt = (at: number): string => ruleAt(at).kind.consequence(ruleAt(at).params);
  const cause =
    crossed.find((at) => consequenceAt(at) === 'fail') ??
    crossed.find((at) => consequenceAt(at) === 'pauseForDay');
  // A limit says it once a day; conduct says it each time, and goes on being watched.
  for (const at of crossed) {
    if (ruleAt(at).kind.role === 'limit') account.latches[at] = LATCH.breached;
  }
  if (cause !== undefined) {
    const fails = consequenceAt(cause) === 'fail';
    outcomes.push({
      type: 'breached',
      rule: ruleAt(cause),
      consequence: fails ? 'fail' : 'pauseForDay',
      figures: figuresAt(cause),
      alsoCrossed: crossed
        .filter((at) => at !== cause)
        .map((at) => ({ rule: ruleAt(at), figures: figuresAt(at) })),
      tied: fails && news.objectives.some(({ met }) => met),
    });
    const to = fails ? STATUS.failed : STATUS.paused;
    // A restriction is the stronger of the two: a pause changes nothing about it.
    const kept = !fails && account.status === STATUS.restricted;
    if (account.status !== to && !kept) {
      outcomes.push(changeStatus(account, to, fails ? 'breached' : 'paused', ruleAt(cause)));
    }
    if (fails) return outcomes;
  }
  for (const { at, level } of news.warned) {
    account.latches[at] = level;
    outcomes.push({ type: 'warned', rule: ruleAt(at), level, figures: figuresAt(at) });
  }
  for (const at of news.flagged) {
    const { kind, params } = ruleAt(at);
    const { effect, strike } = present(kind.flag, 'a rule that flags')(params, account.states[at]);
    outcomes.push({ type: 'flagged', rule: ruleAt(at), effect, strike, figures: figuresAt(at) });
  }
  for (const { at, met } of news.objectives) {
    account.latches[at] = met ? LATCH.met : LATCH.none;
    outcomes.push({ type: met ? 'met' : 'lost', rule: ruleAt(at), figures: figuresAt(at) });
  }
  return outcomes;
}

/** A new trading day: pauses end, and every limit may warn again. */
function startDay(account: JudgedAccount): Outcome[] | null {
  for (const [at, rule] of account.ruleSet.rules.entries()) {
    if (rule.kind.role === 'limit') account.latches[at] = LATCH.none;
  }
  if (account.status !== STATUS.paused) return null;
  return [changeStatus(account, STATUS.active, 'dayBegan', null)];
}

function passes(account: JudgedAccount, moment: Moment): boolean {
  if (account.status !== STATUS.active || moment.openPositions > 0) return false;
  let objectives = 0;
  for (const [at, rule] of account.ruleSet.rules.entries()) {
    if (rule.kind.role !== 'objective' || gateOf(rule) !== 'pass') continue;
    if (account.latches[at] !== LATCH.met) return false;
    objectives += 1;
  }
  return objectives > 0;
}

/** What an objective stands in the way of. */
export function gateOf(rule: Rule): 'pass' | 'payout' {
  return rule.kind.gate?.(rule.params) ?? 'pass';
}

function changeStatus(
  account: JudgedAccount,
  to: number,
  reason: StatusReason,
  rule: Rule | null,
): Outcome {
  const from = account.status;
  account.status = to;
  return { type: 'statusChanged', from, to, reason, rule };
}

function floorAt(account: JudgedAccount, moment: Moment, at: number): number {
  const gauge = gaugeAt(account, moment, at);
  return gauge.type === 'floor' ? gauge.floor : -Infinity;
}

/** What one rule shows of itself now. */
export function gaugeAt(account: JudgedAccount, moment: Moment, at: number): Gauge {
  const rule = account.ruleSet.rules[at] as Rule;
  return rule.kind.gauge(rule.params, account.states[at], moment, account.terms);
}

/** The tightest band over an account's rules, for an engine that may remember highest equities. */
export interface AccountBand {
  atOrBelow: number;
  /** Where marks begin to change something, for an engine that remembers nothing. */
  atOrAbove: number;
  /** The same for an engine that remembers the highest equity since the account was judged. */
  atOrAboveFollowing: number;
  /** The lower threshold is also `highest equity - drop`; Infinity when nothing follows. */
  drop: number;
  /** Some rule's tracker follows the highest equity, so it must be remembered. */
  follows: boolean;
}

/** Equities at or below which a fall brings the next warning, a pause, and failure; or -Infinity. */
export interface BreachLines {
  readonly warn: number;
  readonly pause: number;
  readonly fail: number;
}

export function linesOf(account: JudgedAccount, moment: Moment): BreachLines {
  const lines = { warn: -Infinity, pause: -Infinity, fail: -Infinity };
  for (const [at, { kind, params }] of account.ruleSet.rules.entries()) {
    const latch = account.latches[at] ?? 0;
    if (kind.role !== 'limit' || latch === LATCH.breached) continue;
    const bandAt = (warned: number): number =>
      kind.band(params, account.states[at], moment, warned, account.terms).atOrBelow;
    lines.warn = Math.max(lines.warn, bandAt(latch));
    const ends = kind.consequence(params) === 'fail' ? 'fail' : 'pause';
    lines[ends] = Math.max(lines[ends], bandAt(kind.warnAt(params).length));
  }
  return lines;
}

/** Fills `into`. An account that is judged no more is unbounded. */
export function bandOf(account: JudgedAccount, moment: Moment, into: AccountBand): void {
  into.atOrBelow = -Infinity;
  into.atOrAbove = Infinity;
  into.atOrAboveFollowing = Infinity;
  into.drop = Infinity;
  into.follows = false;
  if (hasEnded(account.status)) return;
  const { rules } = account.ruleSet;
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at] as Rule;
    const latch = account.latches[at] ?? 0;
    // A limit already breached (a pause) says nothing more today, but its trackers still move.
    const silent = latch === LATCH.breached;
    const warned = silent ? 0 : latch;
    const band = rule.kind.band(rule.params, account.states[at], moment, warned, account.terms);
    mergeBand(into, band, silent);
    // When an exception runs out, what was crossed meanwhile counts: time alone can tell.
    if (account.exceptions[at] !== 0) into.atOrBelow = Infinity;
  }
}

function mergeBand(into: AccountBand, band: Band, silent: boolean): void {
  const { follows } = band;
  if (!silent && band.atOrBelow > into.atOrBelow) into.atOrBelow = band.atOrBelow;
  if (band.atOrAbove < into.atOrAbove) into.atOrAbove = band.atOrAbove;
  const above = follows ? follows.until : band.atOrAbove;
  if (above < into.atOrAboveFollowing) into.atOrAboveFollowing = above;
  if (!follows) return;
  into.follows = true;
  if (!silent && follows.drop < into.drop) into.drop = follows.drop;
}

/**
 * Brings trackers up to the highest equity that marks reached inside the band since the account
 * was last judged: what waking every rule at every new peak would have left behind.
 */
export function settleHighest(account: JudgedAccount, moment: Moment, highest: number): void {
  const { equity } = moment;
  moment.equity = highest;
  for (const [at, rule] of account.ruleSet.rules.entries()) {
    // Only limits follow equity. What others see besides it (open positions) is of now, not of then.
    if (rule.kind.role !== 'limit') continue;
    rule.kind.track(rule.params, account.states[at], moment, account.terms);
  }
  moment.equity = equity;
}
