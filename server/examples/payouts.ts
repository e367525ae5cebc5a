import {
  assessPayout,
  earlyExitPays,
  eligibleFrom,
  payableAfterBreach,
  survivesBreach,
  type PayoutAssessment,
  type PayoutHistory,
} from '#core/payouts/assess.ts';
import { payoutPolicySchema, type PayoutPolicy } from '#core/payouts/policy.ts';
import type { Answers, Example, Reader } from './example.ts';
import {
  amountOf,
  find,
  listOf,
  money,
  moneyText,
  need,
  needAmount,
  operatorOf,
  percentText,
  said,
} from './given.ts';
import { openStage, units, type RuleInput, type Stage } from './stage.ts';

/** What a payout does to floors, when it may be asked for, how much it is and who gets it. */
export const payouts: readonly Reader[] = [
  {
    family: /^payout\.(floor|allowance|buffer_preserved|account_reset|hwm)/,
    read: readFloorEffect,
  },
  { family: /^payout\.(first_day|cycle|waiting)/, read: readCalendar },
  { family: /^payout\.min_days/, read: readMinimumDays },
  { family: /^payout\.(min_balance|safety_net|buffer_zone|buffer)/, read: readBuffer },
  { family: /^payout\.dynamic_target/, read: readDynamicTarget },
  { family: /^payout\.daily_profit_cap/, read: readDailyCap },
  { family: /^payout\.(after_|breach_)/, read: readBreached },
  { family: /^payout\./, read: readAmount },
];

const INITIAL = units(100_000);
const DAY_MS = 86_400_000;

function policyWith(over: Record<string, unknown>): PayoutPolicy {
  return payoutPolicySchema.parse(over);
}

function history(over: Partial<PayoutHistory> = {}): PayoutHistory {
  return {
    payouts: 0,
    paidToTrader: 0,
    openedAt: 0,
    firstTradeAt: 0,
    lastPayoutAt: null,
    ...over,
  };
}

function assess(
  stage: Stage,
  policy: PayoutPolicy,
  over: Partial<PayoutHistory> = {},
  requested?: number,
): PayoutAssessment {
  const { account, moment } = stage.judged();
  return assessPayout(account, moment, policy, history(over), requested);
}

// ---------------------------------------------------------------- what a payout does to a floor

function effectOf(example: Example): unknown {
  const { rule_kind: kind } = example;
  if (/locks_initial|lock_initial/.test(kind)) return { lockAt: { fixed: '0' } };
  if (/reset_initial_plus|initial_plus/.test(kind)) {
    return { lockAt: { fixed: moneyText(amountOf(example, 'offset') ?? 0) }, even: 'lower' };
  }
  if (/zero|start|floor_set/.test(kind)) return { lockAt: { fixed: '0' }, even: 'lower' };
  if (/moves_down|hwm_reduced/.test(kind)) return 'reducePeak';
  if (/preserved/.test(kind)) return 'keepDistance';
  if (/allowance_reduced|trader_share/.test(kind)) return 'shrinkAllowance';
  if (/account_reset/.test(kind)) return 'startAgain';
  return 'unchanged';
}

function floorRule(example: Example, initial: number): RuleInput {
  const shared = { breachedWhen: operatorOf(example), onPayout: effectOf(example) };
  const floor = amountOf(example, 'floor', 'mll');
  const share = find(example, 'limit_pct', 'trail_pct', 'distance_pct', 'distance_pct_of_initial');
  const fixed = amountOf(example, 'distance', 'trail', 'drawdown', 'max_drawdown');
  const distance =
    floor === undefined
      ? fixed === undefined
        ? { percentOfInitial: percentText(share ?? 0.06) }
        : { fixed: moneyText(fixed) }
      : { fixed: moneyText(initial - floor) };
  if (floor !== undefined || /shrinkAllowance/.test(String(shared.onPayout))) {
    return { kind: 'staticLoss', params: { ...shared, distance } };
  }
  const lock = { offset: { fixed: '0' }, when: 'floorReachesLock' };
  const locks = /locks?_initial/.test(example.rule_kind) ? { lock } : {};
  return { kind: 'balanceTrailing', params: { ...shared, distance, ...locks } };
}

function readFloorEffect(example: Example): Answers {
  const initial = amountOf(example, 'initial', 'account_size', 'balance') ?? INITIAL;
  const rule = floorRule(example, initial);
  const dailyShare = find(example, 'daily_pct');
  const rules: RuleInput[] = [rule];
  if (dailyShare !== undefined) {
    rules.push({
      kind: 'dailyLoss',
      params: {
        breachedWhen: operatorOf(example),
        anchor: 'dayStartBalance',
        amount: { percent: percentText(dailyShare), of: 'initial' },
      },
    });
  }
  const profit = amountOf(example, 'profit');
  const high = amountOf(example, 'high_balance', 'hwm', 'peak', 'high');
  const balance =
    amountOf(example, 'balance_before', 'balance') ??
    (profit === undefined ? high : initial + profit);
  const paid = amountOf(example, 'withdrawal', 'payout', 'withdraw') ?? units(1_000);
  const paysOut = find(example, 'withdrawal', 'payout', 'withdraw', 'profit') !== undefined;
  const share = find(example, 'trader_share_pct', 'trader_pct', 'split');
  const before = (): Stage => {
    const stage = openStage(initial, rules);
    if (high !== undefined) stage.balance(high);
    if (balance !== undefined) stage.balance(balance);
    else stage.balance(initial + paid * 2);
    return stage;
  };
  const policy = policyWith({
    split: { byNumber: [share === undefined ? '100' : percentText(share)] },
    flat: false,
  });
  /** The payout goes through assessment, so that its own pre-flight has the last word. */
  const assessed = (): PayoutAssessment => assess(before(), policy, {}, paid);
  const after = (): Stage => {
    const stage = before();
    const { trader } = assessed();
    stage.payout(paid, trader);
    return stage;
  };
  const left = (stage: Stage): number => money(stage.measured().balance - stage.floor());
  const next = (): Stage => {
    const stage = after();
    stage.open();
    stage.equity(stage.floor() - 1);
    return stage;
  };
  return {
    initial_floor: () => money(openStage(initial, rules).floor()),
    start_floor: () => money(openStage(initial, rules).floor()),
    floor_before: () => money(before().floor()),
    buffer_before: () => left(before()),
    floor: () => money((paysOut ? after() : before()).floor()),
    floor_after: () => money(after().floor()),
    floor_after_first_payout: () => money(after().floor()),
    limit_after: () => money(after().floor()),
    balance_after: () => money(after().measured().balance),
    buffer: () => left(after()),
    buffer_after: () => left(after()),
    room: () => left(after()),
    trader_share: () => money(assessed().trader),
    daily_floor: () => money(openStage(initial, rules).floor(1)),
    // The engine's own verdict on the payout: what the pre-flight of an assessment foresees.
    breach: () => after().status() === 'failed',
    breached_by_payout: () => after().status() === 'failed',
    breach_at_floor: () => {
      const stage = after();
      stage.equity(stage.floor());
      return stage.status() === 'failed';
    },
    // With room left, a trade that costs a little breaches nothing.
    breach_on_next_trade: () => {
      const stage = after();
      if (stage.status() === 'failed') return true;
      stage.open();
      stage.equity(stage.measured().balance - units(1));
      return stage.status() === 'failed' || next().status() !== 'failed';
    },
    later_buffer: () => {
      const stage = after();
      stage.balance(needAmount(example, 'later_balance'));
      return left(stage);
    },
  };
}

// ---------------------------------------------------------------- when

function readCalendar(example: Example): Answers {
  const start = Date.parse(
    String(example.given.first_trade ?? example.given.opened ?? example.given.last_payout),
  );
  const days = need(example, 'wait_days', 'days', 'cycle_days');
  const policy = policyWith({ firstAfterDays: days, everyDays: days });
  const known =
    example.given.last_payout === undefined ? { firstTradeAt: start } : { lastPayoutAt: start };
  const from = (): string =>
    new Date(eligibleFrom(policy, history(known)) ?? 0).toISOString().slice(0, 10);
  return { claimable_from: from, eligible_from: from, next_payout: from };
}

function readMinimumDays(example: Example): Answers {
  const days = need(example, 'days', 'min_days');
  const profitable = find(example, 'profitable', 'profitable_days') ?? 0;
  const minimum = find(example, 'min_profit') ?? 0;
  const done = find(example, 'days_traded', 'traded') ?? days;
  const rules: RuleInput[] = [
    { kind: 'minimumTradingDays', params: { gate: 'payout', days, countedWhen: 'anyDeal' } },
  ];
  if (profitable > 0) {
    const params = {
      gate: 'payout',
      days: profitable,
      profit: 'closed',
      minimum: { fixed: String(minimum) },
    };
    rules.push({ kind: 'profitableDays', params });
  }
  const play = (traded: number): boolean => {
    const stage = openStage(INITIAL, rules);
    for (let day = 0; day < traded; day += 1) {
      stage.earn(units(day < profitable ? minimum : -1));
      stage.nextDay();
    }
    const counted = (rule: number): boolean => stage.met(rule);
    return rules.every((_rule, at) => counted(at));
  };
  return { eligible: () => play(done), met: () => play(done), too_early: () => !play(done - 1) };
}

// ---------------------------------------------------------------- buffers

/** The lowest closed balance from which something can leave, and the highest from which nothing can. */
function firstWithdrawable(
  initial: number,
  rules: readonly RuleInput[],
  policy: PayoutPolicy,
): number {
  const can = (balance: number): boolean => {
    const stage = openStage(initial, rules);
    stage.balance(balance);
    return assess(stage, policy).withdrawable > 0;
  };
  let [low, high] = [initial, initial * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (can(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function readBuffer(example: Example): Answers {
  const initial = amountOf(example, 'initial', 'account', 'account_size') ?? INITIAL;
  const offset = amountOf(example, 'offset', 'lock_offset') ?? 0;
  const minimum = amountOf(example, 'min_balance');
  const buffer = amountOf(example, 'buffer');
  const drawdown =
    amountOf(example, 'drawdown', 'distance', 'trail') ??
    (minimum === undefined ? (buffer ?? 0) : minimum - initial - offset);
  const lock = { offset: { fixed: moneyText(offset) }, when: 'floorReachesLock' };
  const rule: RuleInput = {
    kind: 'equityTrailing',
    params: { breachedWhen: 'atOrBelow', distance: { fixed: moneyText(drawdown) }, lock },
  };
  const policyAt = (how: string): PayoutPolicy =>
    policyWith({ flat: false, buffer: { amount: { drawdownPlus: moneyText(offset) }, how } });
  const toRequest = (): number => firstWithdrawable(initial, [rule], policyAt('pass'));
  const exit = policyWith({
    earlyExit: {
      days: said(example, /before (\d+)/) ?? 60,
      before: percentText(find(example, 'before_60', 'before') ?? 0),
      after: percentText(find(example, 'after_60', 'after') ?? 0),
    },
  });
  const profit = amountOf(example, 'profit');
  const beyond = (): PayoutAssessment => {
    const stage = openStage(initial, [rule]);
    stage.balance(initial + (profit ?? 0));
    return assess(stage, policyAt('keep'));
  };
  return {
    min_balance: () => money(toRequest()),
    safety_net_balance: () => money(toRequest()),
    implied_drawdown: () => (toRequest() === minimum ? money(drawdown) : -1),
    // Something can leave only above the buffer: the last balance at which nothing can.
    buffer_threshold: () => money(firstWithdrawable(initial, [rule], policyAt('keep')) - 1),
    locked_floor: () => {
      const stage = openStage(initial, [rule]);
      stage.balance(initial * 2);
      return money(stage.floor());
    },
    withdrawable: () => money(beyond().withdrawable),
    paid_before: () => money(earlyExitPays(exit, buffer ?? 0, 59)),
    paid_after: () => money(earlyExitPays(exit, buffer ?? 0, 60)),
  };
}

// ---------------------------------------------------------------- targets and caps over time

function readDynamicTarget(example: Example): Answers {
  const base = needAmount(example, 'base', 'initial');
  const share = percentText(need(example, 'pct', 'target_pct'));
  const stage = (): Stage =>
    openStage(base, [
      {
        kind: 'profitTarget',
        params: { gate: 'payout', amount: { percentOfInitial: share }, from: 'lastPayout' },
      },
    ]);
  /** The same target after a payout that leaves the base behind. */
  const later = (): Stage => {
    const opened = stage();
    opened.earn(units(1_000));
    opened.payout(units(1_000));
    return opened;
  };
  const target = (play: () => Stage): { amount: number; balance: number } => {
    const gauge = play().gauge(0);
    if (gauge.type !== 'target') throw new Error('this rule has no target');
    return { amount: money(gauge.target - gauge.start), balance: money(gauge.target) };
  };
  return {
    target: () => (target(stage).amount === target(later).amount ? target(later).amount : -1),
    needed_balance: () => target(later).balance,
  };
}

function readDailyCap(example: Example): Answers {
  const initial = amountOf(example, 'initial') ?? INITIAL;
  const cap = needAmount(example, 'daily_cap', 'cap');
  const profit = needAmount(example, 'day_profit', 'profit');
  const share = find(example, 'reward_cap_pct');
  const play = (): Stage => {
    const stage = openStage(initial, [
      {
        kind: 'dailyProfitCap',
        params: { cap: { fixed: moneyText(cap) }, effect: 'deductProfit' },
      },
    ]);
    stage.earn(profit);
    stage.nextDay();
    return stage;
  };
  const policy = policyWith({
    caps: share === undefined ? [] : [{ percentOfInitial: percentText(share) }],
    flat: false,
  });
  const assessed = (): PayoutAssessment => assess(play(), policy);
  return {
    deducted: () => money(assessed().withheld),
    counted: () => money(assessed().withdrawable),
    breach: () => play().status() !== 'active',
    reward_cap: () => {
      const stage = play();
      stage.earn(initial);
      stage.nextDay();
      return money(assess(stage, policy).gross);
    },
  };
}

// ---------------------------------------------------------------- breached accounts

function readBreached(example: Example): Answers {
  const initial = amountOf(example, 'initial') ?? INITIAL;
  const days = listOf(example, 'days');
  const balance = amountOf(example, 'balance');
  const share = find(example, 'share', 'trader_share_pct');
  const paid = /still paid|payable/.test(example.as_published);
  const claim = {
    percent: percentText(share ?? 1),
    claimWithinDays: said(example, /within (\d+) days/) ?? 7,
  };
  const policy = policyWith(paid ? { afterBreach: claim } : {});
  const failed = (): Stage => {
    const limit = { fixed: moneyText(Math.abs(units(days?.at(-1) ?? -1_000))) };
    const stage = openStage(initial, [
      {
        kind: 'dailyLoss',
        params: { breachedWhen: 'atOrBelow', anchor: 'dayStartBalance', amount: limit },
      },
    ]);
    if (days) {
      for (const day of days) {
        stage.earn(units(day));
        if (stage.status() === 'active') stage.nextDay();
      }
    } else if (balance !== undefined) {
      stage.balance(balance);
      stage.nextDay();
      stage.equity(balance - units(1_000));
    }
    return stage;
  };
  const profit = (): number => {
    const stage = failed();
    if (stage.status() !== 'failed') throw new Error('the account has not failed');
    return (balance ?? stage.measured().balance) - initial;
  };
  const pays = (step: 'requested' | 'approved'): boolean =>
    survivesBreach(policyWith({ deductedAt: 'approval' }), step);
  return {
    profit: () => money(profit()),
    gain: () => money(profit()),
    balance: () => money(failed().measured().balance),
    payable: () => money(payableAfterBreach(policy, profit())),
    gain_forfeited: () => payableAfterBreach(policy, profit()) === 0,
    claim_window_days: () => policy.afterBreach?.claimWithinDays ?? 0,
    paid_if_pending: () => pays('requested'),
    paid_if_approved: () => pays('approved'),
  };
}

// ---------------------------------------------------------------- how much, and to whom

/** Amounts and percentages listed in the wording: "1,000 / 1,000 / 5,000", "50% / 60% / 70%". */
function listedIn(example: Example, percent: boolean): string[] {
  const part = percent ? '\\d+(?:\\.\\d+)? ?%' : '\\d[\\d,]*';
  const list = new RegExp(`(?:${part})(?: ?/ ?(?:${part}))+`).exec(example.as_published)?.[0] ?? '';
  return list
    .split('/')
    .map((one) => one.replace(/[%, ]/g, ''))
    .filter((one) => one !== '');
}

function splitOf(example: Example): unknown {
  const tier = amountOf(example, 'tier', 'tier_limit');
  if (tier !== undefined) {
    const after = percentText(need(example, 'after', 'split'));
    const first = percentText(find(example, 'first', 'before') ?? 1);
    return {
      byPaid: [{ upTo: moneyText(tier), percent: first }, { percent: after }],
      per: 'trader',
    };
  }
  const listed = listedIn(example, true);
  if (/progressive_split/.test(example.rule_kind) && listed.length > 0) return { byNumber: listed };
  const share = find(example, 'split', 'trader_pct', 'trader_share_pct');
  return { byNumber: [share === undefined ? '100' : percentText(share)] };
}

function policyOf(example: Example): PayoutPolicy {
  const { rule_kind: kind } = example;
  const cap = find(example, 'cap_pct');
  const capAmount = amountOf(example, 'cap');
  const share = find(example, 'pct', 'withdrawable_pct');
  const retained = find(example, 'retain_pct');
  const listed = /progressive_caps/.test(kind) ? listedIn(example, false) : [];
  const caps =
    listed.length > 0
      ? listed.map((fixed) => ({ fixed }))
      : cap !== undefined
        ? [{ percentOfInitial: percentText(cap) }]
        : capAmount !== undefined
          ? [{ fixed: moneyText(capAmount) }]
          : [];
  return policyWith({
    flat: false,
    caps,
    capOn: cap === undefined ? 'gross' : 'trader',
    split: splitOf(example),
    share: percentText(share ?? (retained === undefined ? 1 : 1 - retained)),
    resetsToStart: /resets to|restarts at|balance returns|account resets/.test(
      example.as_published,
    ),
  });
}

function readAmount(example: Example): Answers {
  const initial =
    amountOf(example, 'initial', 'size') ??
    [said(example, /(\d+)k\b/i)]
      .filter((one) => one !== undefined)
      .map((k) => units(k * 1_000))[0] ??
    INITIAL;
  const policy = policyOf(example);
  const stopout = find(example, 'stopout_pct');
  const target = find(example, 'target_pct');
  const rules: RuleInput[] = [
    {
      kind: 'staticLoss',
      params: {
        breachedWhen: 'below',
        distance: { percentOfInitial: percentText(stopout ?? 0.1) },
      },
    },
    {
      kind: 'profitTarget',
      params: {
        gate: 'payout',
        amount: { percentOfInitial: percentText(target ?? 0.1) },
        countsPayouts: true,
      },
    },
  ];
  const profit =
    amountOf(example, 'profit', 'gross', 'amount') ??
    (amountOf(example, 'balance') === undefined
      ? initial
      : needAmount(example, 'balance') - initial);
  const before = (): Stage => {
    const stage = openStage(initial, rules);
    stage.balance(initial + profit);
    return stage;
  };
  const withoutGates = (number = 0): PayoutAssessment =>
    assess(before(), policy, {
      payouts: number,
      paidToTrader: amountOf(example, 'paid_before') ?? 0,
    });
  const after = (): Stage => {
    const stage = before();
    const { trader, balanceAfter } = withoutGates();
    stage.payout(stage.measured().balance - balanceAfter, trader);
    return stage;
  };
  const several = (name: string): number =>
    (example.expected[name] as readonly unknown[] | undefined)?.length ?? 0;
  const numbered = <Item>(name: string, read: (one: PayoutAssessment) => Item): Item[] =>
    Array.from({ length: several(name) }, (_unused, at) => read(withoutGates(at)));
  const trader = (): number => money(withoutGates().trader);
  return {
    payout: trader,
    trader,
    trader_receives: trader,
    trader_share: trader,
    firm: () => money(withoutGates().firm),
    eligible: () => money(withoutGates().gross),
    gross: () => money(withoutGates().gross),
    remains: () => money(profit - withoutGates().gross),
    profit: () => money(withoutGates().profit),
    max_withdrawal: () => money(withoutGates().withdrawable),
    withdrawable: () => money(withoutGates().withdrawable),
    balance_after: () => money(after().measured().balance),
    stop_out: () => money(after().floor()),
    remaining_target: () => {
      const stage = after();
      const gauge = stage.gauge(1);
      return gauge.type === 'target' ? money(gauge.target - gauge.value) : -1;
    },
    caps: () => numbered('caps', ({ gross }) => money(gross)),
    splits: () => numbered('splits', (one) => one.trader / one.gross),
    cycle_days: () =>
      (eligibleFrom(
        policyWith({ everyDays: need(example, 'cycle_days') }),
        history({ lastPayoutAt: 0 }),
      ) ?? 0) / DAY_MS,
  };
}
