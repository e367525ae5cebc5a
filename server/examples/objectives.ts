import type { Answers, Example, Reader } from './example.ts';
import {
  amountOf,
  find,
  listOf,
  money,
  moneyText,
  need,
  needAmount,
  percentText,
  said,
} from './given.ts';
import { openStage, units, Unreadable, type RuleInput, type Stage } from './stage.ts';

/** Consistency, lot ranges and profitable days: what a pass or a payout asks for. */
export const objectives: readonly Reader[] = [
  { family: /^consistency\.lot_/, read: readLotRange },
  { family: /^consistency\./, read: readConsistency },
  { family: /^profitable_day\./, read: readProfitableDay },
];

const INITIAL = units(100_000);
const HOUR_MS = 3_600_000;

// ---------------------------------------------------------------- consistency

function allowedOf(example: Example): 'atMost' | 'below' {
  const words = `${example.as_published} ${String(example.given.operator ?? example.given.op ?? '')}`;
  if (/<=/.test(words)) return 'atMost';
  const strict =
    /less than|must be (under|below)|is under|under \d+ ?%|not enough|or more fails|<\s*\d/i;
  return strict.test(words) ? 'below' : 'atMost';
}

function readConsistency(example: Example): Answers {
  const { rule_kind: kind } = example;
  const share = percentText(need(example, 'pct', 'share', 'limit_pct'));
  const target = targetOf(example);
  const unit = /trade_or_day/.test(kind) ? 'dayOrTrade' : /trade/.test(kind) ? 'trade' : 'day';
  const rule: RuleInput = {
    kind: 'consistency',
    params: {
      gate: 'payout',
      share,
      unit,
      allowed: allowedOf(example),
      ...(/of_target/.test(kind) && target !== undefined
        ? { of: { target: { fixed: moneyText(target) } } }
        : {}),
    },
  };
  const fresh = (): Stage => openStage(INITIAL, [rule]);
  const days = listOf(example, 'days', 'day_profits', 'profits');
  const played = (): Stage => {
    const stage = fresh();
    if (days) for (const day of days) earnDay(stage, units(day));
    else playTotals(example, stage, unit, totalOf(example));
    return stage;
  };
  const gauge = (stage: Stage): ReturnType<typeof shareGauge> => shareGauge(stage);
  const sharePercent = (total: number): { exact: number } => {
    const stage = fresh();
    playTotals(example, stage, unit, total);
    return { exact: gauge(stage).share / 10_000 };
  };
  const required = (): number => money(gauge(played()).total);
  return {
    met: () => played().met(0),
    eligible: () => played().met(0),
    payout_allowed: () => played().met(0),
    share_pct: () => ({ exact: gauge(played()).share / 10_000 }),
    share: () => ({ exact: gauge(played()).share / 1_000_000 }),
    share1_pct: () => sharePercent(needAmount(example, 'total1', 'total')),
    share2_pct: () => sharePercent(totalOf(example)),
    total: () => money(gauge(played()).value),
    threshold: () => money(gauge(played()).most),
    best_day: () => money(bestOf(played())),
    best_trade: () => money(bestOf(played())),
    max_day: () => money(gauge(withTotal(example, fresh, unit)).most),
    max_trade: () => money(gauge(withTotal(example, fresh, unit)).most),
    max_trade_or_day: () => money(gauge(withTotal(example, fresh, unit)).most),
    required_total: () => ({ exact: required() }),
    needed_total: () => ({ exact: required() }),
    missing: () => ({ exact: required() - money(gauge(played()).value) }),
    new_target: () => ({ exact: Math.max(required(), money(target ?? 0)) }),
    target: () => money(target ?? 0),
    max_next_day: () => ({ exact: money(largestNextDay(example, fresh)) }),
    operator: () => (meetsExactly(example, fresh) ? '<=' : '<'),
    shares: () => {
      const stage = fresh();
      return (days ?? []).map((day) => {
        earnDay(stage, units(day));
        return gauge(stage).share / 1_000_000;
      });
    },
    pass_day: () => passDay(days ?? [], rule, target),
  };
}

function targetOf(example: Example): number | undefined {
  const fixed = amountOf(example, 'target', 'target_amount', 'profit_target');
  if (fixed !== undefined) return fixed;
  const size = amountOf(example, 'account', 'account_size', 'initial');
  const share = find(example, 'target_pct');
  if (size === undefined || share === undefined) return undefined;
  const gauge = openStage(size, [
    { kind: 'profitTarget', params: { amount: { percentOfInitial: percentText(share) } } },
  ]).gauge(0);
  return gauge.type === 'target' ? gauge.target - gauge.start : undefined;
}

function totalOf(example: Example): number {
  if (/target_increase/.test(example.rule_kind)) return targetOf(example) ?? 0;
  const rest = amountOf(example, 'rest');
  const best = amountOf(example, 'best_day', 'best_trade', 'best');
  const more = amountOf(example, 'more', 'further') ?? 0;
  if (rest !== undefined && best !== undefined) return best + rest + more;
  const total = amountOf(example, 'total', 'total1', 'total_profit', 'profit', 'cumulative');
  return (total ?? best ?? units(1_000)) + (amountOf(example, 'total1') === undefined ? 0 : more);
}

function earnDay(stage: Stage, profit: number): void {
  stage.earn(profit);
  stage.nextDay();
}

/** A best day (or trade) and as many smaller ones as make the total; losses come first. */
function playTotals(example: Example, stage: Stage, unit: string, total: number): void {
  const best = amountOf(example, 'best_day', 'best_trade', 'best', 'highest') ?? 0;
  let rest = total - best;
  if (rest < 0) {
    earnDay(stage, rest);
    rest = 0;
  }
  while (rest > 0) {
    const part = best > 0 ? Math.min(best, rest) : Math.min(rest, Math.ceil(total / 50));
    stage.earn(part);
    if (unit !== 'trade') stage.nextDay();
    rest -= part;
  }
  if (best > 0) earnDay(stage, best);
}

/** The same without any day standing out, for pages that only give the total. */
function withTotal(example: Example, fresh: () => Stage, unit: string): Stage {
  const stage = fresh();
  const days = listOf(example, 'days');
  if (days) for (const day of days) earnDay(stage, units(day));
  else {
    const { best_day: _day, best_trade: _trade, ...given } = example.given;
    playTotals({ ...example, given }, stage, unit, totalOf(example));
  }
  return stage;
}

function shareGauge(stage: Stage): { share: number; total: number; value: number; most: number } {
  const gauge = stage.gauge(0);
  if (gauge.type !== 'share') throw new Error('this rule has no share');
  return gauge;
}

/** The best day as the engine remembers it: what the total that fits is reckoned from. */
function bestOf(stage: Stage): number {
  const { account, moment } = stage.judged();
  const [rule] = account.ruleSet.rules;
  const figures = rule?.kind.figures(
    rule.params,
    account.states[0] as never,
    moment,
    account.terms,
  );
  return figures?.find(({ name }) => name === 'best')?.value ?? 0;
}

/** The largest profit that the next day may bring, found by trying on fresh accounts. */
function largestNextDay(example: Example, fresh: () => Stage): number {
  const prior = needAmount(example, 'prior', 'prior_profit', 'total');
  const fits = (profit: number): boolean => {
    const stage = fresh();
    for (let part = 0; part < 10; part += 1) {
      earnDay(stage, Math.floor(prior / 10) + (part === 0 ? prior % 10 : 0));
    }
    earnDay(stage, profit);
    return stage.met(0);
  };
  let [low, high] = [Math.ceil(prior / 10), prior * 20];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Whether a best day of exactly the share is enough. */
function meetsExactly(example: Example, fresh: () => Stage): boolean {
  const stage = fresh();
  const whole = units(10_000);
  const best = Math.round(whole * (Number(percentText(need(example, 'pct', 'share'))) / 100));
  playTotals({ ...example, given: { best_day: money(best) } }, stage, 'day', whole);
  return stage.met(0);
}

/** The day on which target and consistency are both met, as a phase that passes. */
function passDay(days: readonly number[], rule: RuleInput, target: number | undefined): number {
  if (target === undefined) throw new Unreadable('given: no target');
  const stage = openStage(INITIAL, [
    { kind: 'profitTarget', params: { amount: { fixed: moneyText(target) } } },
    { ...rule, params: { ...rule.params, gate: 'pass' } },
  ]);
  for (const [day, profit] of days.entries()) {
    if (stage.status() !== 'passed') stage.earn(units(profit));
    if (stage.status() === 'passed') return day + 1;
    stage.nextDay();
  }
  return -1;
}

// ---------------------------------------------------------------- lot sizes

function readLotRange(example: Example): Answers {
  const deviation = find(example, 'dev', 'deviation');
  const reference = find(example, 'reference', 'first_lot', 'first_lots');
  const byFirst = deviation !== undefined || reference !== undefined;
  const low = find(example, 'lo_mult', 'low_mult', 'min_mult') ?? 1 - (deviation ?? 0.5);
  const high = find(example, 'hi_mult', 'high_mult', 'max_mult') ?? 1 + (deviation ?? 1);
  const clusterMinutes = said(example, /within (\d+) minutes/i);
  const clusterSeconds = clusterMinutes === undefined ? 0 : clusterMinutes * 60;
  const rule: RuleInput = {
    kind: 'lotRange',
    params: {
      gate: 'payout',
      reference: byFirst ? 'firstTrade' : 'averageClosed',
      lowest: String(low * 100),
      highest: String(high * 100),
      clusterSeconds,
    },
  };
  const lots = byFirst
    ? [reference ?? need(example, 'lots')]
    : ordersOf(need(example, 'total_lots', 'lots'), need(example, 'closed_orders', 'orders'));
  const play = (extra: readonly number[] = [], gap = 60): Stage => {
    const stage = openStage(INITIAL, [rule]);
    let at = HOUR_MS;
    for (const [number, one] of [...lots, ...extra].entries()) {
      at += gap * 1_000;
      stage.order({ position: `p${number}`, lots: one, at });
      stage.close({ position: `p${number}`, profit: 0, at: at + 1_000 });
    }
    return stage;
  };
  const figure = (name: string): number => {
    const { account, moment } = play().judged();
    const [one] = account.ruleSet.rules;
    const found = one?.kind.figures(one.params, account.states[0] as never, moment, account.terms);
    return (found?.find((entry) => entry.name === name)?.value ?? 0) / 1_000_000;
  };
  return {
    average: () => figure('reference'),
    reference_lot: () => figure('reference'),
    min_lot: () => figure('from'),
    max_lot: () => figure('to'),
    met: () => play(listOf(example, 'lots') ?? []).met(0),
    violation: () => !play(listOf(example, 'lots') ?? []).met(0),
    cluster_seconds: () => {
      // Two halves of the first trade are one only within the cluster.
      const halves = (gap: number): boolean => {
        const stage = openStage(INITIAL, [rule]);
        const half = (lots[0] ?? 2) / 2;
        stage.order({ position: 'a', lots: half, at: HOUR_MS });
        stage.order({ position: 'b', lots: half, at: HOUR_MS + gap });
        stage.order({ position: 'c', lots: half * 2, at: 3 * HOUR_MS });
        return stage.met(0);
      };
      let seconds = 0;
      while (seconds < 3_600 && halves((seconds + 1) * 1_000)) seconds += 1;
      return seconds;
    },
  };
}

/** So many orders of two decimals that make the total. */
function ordersOf(total: number, orders: number): number[] {
  const each = Math.floor((total * 100) / orders) / 100;
  const last = Math.round((total - each * (orders - 1)) * 100) / 100;
  return [...Array.from({ length: orders - 1 }, () => each), last];
}

// ---------------------------------------------------------------- profitable days

function measureOf(kind: string): string {
  if (/by_open_day/.test(kind)) return 'byOpeningDay';
  if (/minus_floating_loss/.test(kind)) return 'closedLessFloatingLoss';
  if (/equity/.test(kind)) return 'equityChange';
  if (/balance_delta|balance_change|closing_balance/.test(kind)) return 'balanceChange';
  if (/window|floating/.test(kind)) return 'closedAndFloating';
  return 'closed';
}

function readProfitableDay(example: Example): Answers {
  const { rule_kind: kind, given } = example;
  const initial = amountOf(example, 'initial', 'account', 'account_size') ?? INITIAL;
  const share = find(example, 'pct', 'min_pct');
  const fixed = amountOf(example, 'needed', 'min_profit', 'minimum');
  const minimum =
    share === undefined
      ? { fixed: moneyText(fixed ?? 0) }
      : { percentOfInitial: percentText(share) };
  const needed = find(example, 'days_needed', 'min_days') ?? said(example, /(\d+) needed/) ?? 3;
  const reached =
    /more than|greater than|>\s*\d/.test(example.as_published) && !/>=/.test(example.as_published)
      ? 'moreThan'
      : 'atLeast';
  const rule: RuleInput = {
    kind: 'profitableDays',
    params: { gate: 'payout', days: needed, profit: measureOf(kind), minimum, reached },
  };
  const rollOver = /20_20/.test(kind) ? { zone: 'America/New_York', rollOver: '20:00' } : {};
  const clock = { zone: 'UTC', rollOver: '00:00', weekend: 'separate' as const, ...rollOver };
  const fresh = (): Stage => openStage(initial, [rule], { clock });
  const count = (stage: Stage): number => {
    const gauge = stage.gauge(0);
    return gauge.type === 'count' ? gauge.value : -1;
  };
  const amount = (...names: readonly string[]): number => {
    const value = find(example, ...names) ?? 0;
    return Math.abs(value) < 1 && share !== undefined ? Math.round(initial * value) : units(value);
  };
  const oneDay = (): Stage => {
    const stage = fresh();
    const change =
      (amountOf(example, 'close_balance', 'closing_balance', 'equity_end') ?? 0) -
      (amountOf(example, 'open_balance', 'opening_balance', 'equity_start') ?? 0);
    stage.earn(change + amount('closed', 'realised', 'realized', 'profit', 'net'));
    const floating = amount('floating');
    if (floating !== 0) {
      stage.open();
      stage.equity(stage.measured().balance + floating);
    }
    stage.nextDay();
    return stage;
  };
  const minimumIn = (): number => {
    const { account, moment } = fresh().judged();
    const [one] = account.ruleSet.rules;
    const figures = one?.kind.figures(
      one.params,
      account.states[0] as never,
      moment,
      account.terms,
    );
    return money(figures?.find(({ name }) => name === 'minimum')?.value ?? 0);
  };
  const opened = listOf(example, 'mon_open', 'monday_open');
  const overTwoDays = (): { monday: number; tuesday: number; earned: number } => {
    const stage = fresh();
    for (const [at] of (opened ?? []).entries()) stage.order({ position: `p${at}` });
    stage.close({ position: 'p0', profit: Math.round(initial * (opened?.[0] ?? 0)) });
    stage.nextDay();
    for (const [at, profit] of (opened ?? []).slice(1).entries()) {
      stage.close({ position: `p${at + 1}`, profit: Math.round(initial * profit) });
    }
    const monday = count(stage);
    stage.nextDay();
    return { monday, tuesday: count(stage) - monday, earned: dayProfit(stage) };
  };
  return {
    needed: minimumIn,
    minimum: minimumIn,
    counts: () => count(oneDay()) === 1,
    days: () => {
      const stage = fresh();
      for (const closed of listOf(example, 'closed', 'days', 'profits') ?? [])
        earnDay(stage, units(closed));
      return count(stage);
    },
    monday: () => overTwoDays().earned / initial,
    monday_counts: () => overTwoDays().monday === 1,
    tuesday_counts: () => overTwoDays().tuesday === 1,
    eligible: () => {
      const stage = fresh();
      for (const closed of listOf(example, 'closed', 'days', 'profits') ?? [])
        earnDay(stage, units(closed));
      return stage.met(0);
    },
    ...(given.opened === undefined ? {} : { counts: () => count(withinWindow()) === 1 }),
  };

  /** Opened and closed at wall times of the firm's day; the later of the two is the next date. */
  function withinWindow(): Stage {
    const stage = fresh();
    const hours = (text: unknown): number => {
      const [hour = 0, minute = 0] = String(text).split(':').map(Number);
      const start = Number(clock.rollOver.slice(0, 2));
      return (((hour - start + 24) % 24) * 60 + minute) * 60_000;
    };
    stage.order({ position: 'p', at: hours(given.opened) });
    stage.close({ position: 'p', profit: amount('profit'), at: hours(given.closed) });
    stage.nextDay();
    return stage;
  }
}

/** The largest profit of a day that the rule remembers. */
function dayProfit(stage: Stage): number {
  const { account } = stage.judged();
  const profits = Object.entries(account.states[0] ?? {})
    .filter(([name]) => /^profit\d+$/.test(name))
    .map(([, value]) => value);
  return Math.max(0, ...profits);
}
