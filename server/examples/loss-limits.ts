import type { DayClock } from '#core/time/time.ts';
import { tradingDayAt } from '../time/roll-overs.ts';
import type { Answers, Example, Reader } from './example.ts';
import { amountOf, find, money, moneyText, operatorOf, percentText } from './given.ts';
import { openStage, units, Unreadable, type RuleInput, type Stage } from './stage.ts';

/**
 * How published examples become programs, histories and readings, family by family. Readers build
 * rules from `given` and from the wording; every number comes out of the evaluators.
 */
export const lossLimits: readonly Reader[] = [
  { family: /^daily_(loss|pause)\./, read: readDaily },
  { family: /^max_loss\./, read: readOverall },
  { family: /^breach\./, read: readBreach },
  { family: /^day_rollover\./, read: readRollOver },
  { family: /^profit_target\./, read: readTarget },
  { family: /^trading_day\./, read: readTradingDay },
];

function clockOf(example: Example): DayClock {
  const { rollover = '', tz = '', rollover_local: local = '' } = example.given;
  const text = [rollover, tz, local].map(String).join(' ');
  const time = /(\d\d:\d\d)/.exec(text)?.[1];
  const known = /Europe\/Prague|America\/\w+|Asia\/\w+|UTC/.exec(text)?.[0];
  const zone =
    known ??
    (/EST|New York|NY/.test(text)
      ? 'America/New_York'
      : /CES?T|CE\(S\)T/.test(text)
        ? 'Europe/Prague'
        : 'UTC');
  const hour = /\b(1?\d)\s?(am|pm)\b/i.exec(text);
  const fromHour = hour
    ? `${String((Number(hour[1]) % 12) + (hour[2]?.toLowerCase() === 'pm' ? 12 : 0)).padStart(2, '0')}:00`
    : undefined;
  return { zone, rollOver: time ?? fromHour ?? '00:00', weekend: 'separate' };
}

function initialOf(example: Example): number {
  const value = amountOf(
    example,
    'initial',
    'account',
    'account_size',
    'start_balance',
    'starting_balance',
    'day_start_balance',
    'balance_at_rollover',
    'equity_at_rollover',
    'balance_before',
  );
  if (value !== undefined) return value;
  const peak = amountOf(example, 'day_peak_equity', 'anchor', 'peak', 'high_balance');
  return peak ?? units(100_000);
}

/** Plays one series of steps on fresh stages, so that one reading never disturbs another. */
type Play = () => Stage;

/** Whether an equity of exactly the floor breaches, on a stage of its own. */
function breachesAt(play: Play, offset: number, rule = 0): boolean {
  const stage = play();
  stage.equity(stage.floor(rule) + offset);
  return stage.status() !== 'active';
}

function severityOf(play: Play): string {
  const stage = play();
  stage.equity(stage.floor() - 1);
  return stage.status() === 'paused' ? 'soft_day_lock' : 'hard';
}

// ---------------------------------------------------------------- daily loss and pause

function readDaily(example: Example): Answers {
  const { rule_kind: kind } = example;
  const soft = kind.startsWith('daily_pause') || /soft/.test(kind);
  const initial = initialOf(example);
  const amount = dailyAmount(example);
  const anchor = dailyAnchor(kind, example);
  const stepTo = find(example, 'threshold_profit_pct', 'balance_threshold') !== undefined;
  if (stepTo) return readStepUp(example, initial);
  const testedAtClose = /end_of_day|eod_only|at_close/.test(kind);
  const rule: RuleInput = {
    kind: soft ? 'dailyPause' : 'dailyLoss',
    params: {
      breachedWhen: operatorOf(example),
      anchor,
      amount,
      ...(testedAtClose ? { tested: 'dayClose' } : {}),
    },
  };
  const clock = clockOf(example);
  const dayStart: Play = () => {
    const stage = openStage(initial, [rule], { clock });
    beginDay(example, stage, anchor);
    return stage;
  };
  const play: Play = () => {
    const stage = dayStart();
    playDay(example, stage);
    if (testedAtClose) {
      const close = amountOf(example, 'close', 'close_equity', 'eod_equity');
      if (close !== undefined) stage.equity(close);
      stage.nextDay();
    }
    return stage;
  };
  const floor = (): number => money(play().floor());
  const left = (): number => {
    const stage = play();
    return money(stage.measured().equity - stage.floor());
  };
  return {
    equity_floor: floor,
    floor,
    pause_level: floor,
    daily_floor: floor,
    limit: floor,
    initial_floor: () => money(openStage(initial, [rule]).floor()),
    limit_amount: () => money(dayStart().allowance()),
    remaining_allowance: left,
    remaining: left,
    permitted_further_loss: left,
    max_equity_drop: left,
    day_loss: () => {
      const stage = play();
      return money(stage.measured().equity - dayStart().measured().equity);
    },
    breach: () => play().status() !== 'active',
    breach_at_floor: () => breachesAt(dayStart, 0),
    severity: () =>
      example.expected.severity === 'soft' && severityOf(dayStart) === 'soft_day_lock'
        ? 'soft'
        : severityOf(dayStart),
    latched: () => {
      const stage = play();
      const end = find(example, 'end_of_day_pnl') ?? 0;
      if (stage.status() !== 'failed') return false;
      stage.equity(initial + units(end));
      return stage.status() === 'failed';
    },
    resumes: () => resumes(dayStart),
    resume_local: () => {
      const start = String(example.given.session_start ?? clock.rollOver);
      const stage = dayStart();
      stage.equity(stage.floor() - 1);
      stage.flat();
      stage.nextDay();
      return stage.status() === 'active' ? start : 'never';
    },
    ...carryAnswers(example, initial, rule, clock),
  };
}

function resumes(play: Play): string {
  const stage = play();
  stage.equity(stage.floor() - 1);
  stage.flat();
  const paused = stage.status() === 'paused';
  stage.nextDay();
  return paused && stage.status() === 'active' ? 'next server day' : 'never';
}

function dailyAnchor(kind: string, example: Example): string {
  if (/higher_of/.test(kind)) return 'dayStartHigher';
  if (/equity_anchor/.test(kind)) return 'dayStartEquity';
  if (/day_peak/.test(kind) || find(example, 'day_peak_equity') !== undefined)
    return 'dayPeakEquity';
  if (/hwm/.test(kind)) return 'peakEquity';
  return 'dayStartBalance';
}

function dailyAmount(example: Example): Record<string, unknown> {
  const fixed = amountOf(example, 'limit_amount', 'limit', 'daily_limit', 'daily', 'dll');
  if (fixed !== undefined) return { fixed: moneyText(fixed) };
  const of: readonly (readonly [string, string])[] = [
    ['limit_pct_of_initial', 'initial'],
    ['limit_pct_of_day_start_balance', 'dayStartBalance'],
    ['limit_pct_of_day_start_equity', 'dayStartEquity'],
    ['limit_pct_of_anchor', 'anchor'],
    ['limit_pct', 'anchor'],
    ['daily_pct', 'dayStartBalance'],
    ['pct', 'anchor'],
  ];
  for (const [name, base] of of) {
    const share = find(example, name);
    if (share !== undefined) return { percent: percentText(share), of: base };
  }
  if (find(example, 'balance_threshold', 'threshold_profit_pct') !== undefined)
    return { fixed: '1' };
  // A page that only says what follows from the limit holds for any amount.
  if (/soft/.test(example.rule_kind)) return { fixed: '1000' };
  throw new Unreadable('given: no amount of the daily limit (limit_amount, limit_pct_…)');
}

/** Brings the account to the roll-over as given, and lets the day begin. */
function beginDay(example: Example, stage: Stage, anchor: string): void {
  const start = stage.measured().balance;
  const level = amountOf(example, 'anchor');
  const balance =
    amountOf(example, 'balance_at_rollover', 'day_start_balance', 'day_start_balance_mon') ??
    level ??
    start;
  const floating = amountOf(example, 'floating_at_rollover') ?? 0;
  const equity = amountOf(example, 'equity_at_rollover', 'day_start_equity') ?? balance + floating;
  if (balance === start && equity === start) return;
  stage.balance(
    anchor === 'dayStartEquity' && example.given.balance_at_rollover === undefined
      ? equity
      : balance,
  );
  if (stage.measured().equity !== equity) stage.equity(equity);
  stage.nextDay();
}

/** What happens during the day. */
function playDay(example: Example, stage: Stage): void {
  const { balance } = stage.measured();
  const peak = amountOf(example, 'day_peak_equity', 'high_equity', 'peak');
  if (peak !== undefined) stage.equity(peak);
  const closed = amountOf(example, 'day_net_pnl', 'pnl_so_far', 'closed', 'closed_pnl');
  if (closed !== undefined) stage.balance(balance + closed);
  const floating = amountOf(example, 'floating', 'floating_pnl');
  if (floating !== undefined) stage.equity(stage.measured().balance + floating);
  const total = amountOf(example, 'day_total_pnl', 'day_pnl', 'low_of_day_pnl', 'total_pnl');
  if (total !== undefined) stage.equity(balance + total);
  const { path } = example.given;
  if (Array.isArray(path)) for (const equity of path) stage.equity(units(Number(equity)));
  const equity = amountOf(example, 'equity');
  if (equity !== undefined) stage.equity(equity);
}

/** A position carried over midnight: legal before it, illegal at it. */
function carryAnswers(
  example: Example,
  initial: number,
  rule: RuleInput,
  clock: DayClock,
): Answers {
  const closed = amountOf(example, 'closed_pnl_mon', 'closed_pnl_day1');
  const floating = amountOf(example, 'floating_pnl');
  if (closed === undefined || floating === undefined) return {};
  const monday = (): Stage => {
    const stage = openStage(initial, [rule], { clock });
    stage.balance(initial + closed);
    stage.equity(initial + closed + floating);
    return stage;
  };
  const tuesday = (): Stage => {
    const stage = monday();
    stage.nextDay();
    return stage;
  };
  return {
    floor_mon: () => money(monday().floor()),
    equity: () => money(monday().measured().equity),
    breach_2359: () => monday().status() !== 'active',
    midnight_balance: () => money(tuesday().measured().balance),
    floor_tue: () => money(floorEvenFailed(initial, rule, clock, closed)),
    breach_0000: () => tuesday().status() !== 'active',
  };
}

/** The next day's floor, read on an account that carries nothing and so does not fail. */
function floorEvenFailed(
  initial: number,
  rule: RuleInput,
  clock: DayClock,
  closed: number,
): number {
  const stage = openStage(initial, [rule], { clock });
  stage.balance(initial + closed);
  stage.nextDay();
  return stage.floor();
}

/** A larger limit from the session after the balance reached a level. */
function readStepUp(example: Example, initial: number): Answers {
  const share = find(example, 'threshold_profit_pct');
  const threshold =
    amountOf(example, 'balance_threshold') ?? initial + Math.round(initial * (share ?? 0));
  const raised = (name: string): { before: number; during: number; next: number } => {
    const amount = units(Number(example.expected[name]));
    const rule: RuleInput = {
      kind: 'dailyPause',
      params: {
        breachedWhen: 'atOrBelow',
        anchor: 'dayStartBalance',
        amount: { fixed: moneyText(Math.round(amount / 2)) },
        stepUps: [{ atBalance: moneyText(threshold), amount: { fixed: moneyText(amount) } }],
      },
    };
    const reached = (balance: number, days: number): number => {
      const stage = openStage(initial, [rule]);
      stage.balance(balance);
      for (let day = 0; day < days; day += 1) stage.nextDay();
      return stage.allowance();
    };
    return {
      before: reached(threshold - 1, 1),
      during: reached(threshold, 0),
      next: reached(threshold, 1),
    };
  };
  const names = Object.keys(example.expected).filter(
    (name) => name.startsWith('new_dll') || name === 'new_limit',
  );
  return {
    threshold: () => {
      const [name] = names;
      if (name === undefined) return money(threshold);
      const { before, next } = raised(name);
      return before < next ? money(threshold) : -1;
    },
    effective: () => {
      const { during, next } = raised(names[0] ?? 'new_limit');
      return during < next ? 'next_session' : 'immediately';
    },
    ...Object.fromEntries(names.map((name) => [name, () => money(raised(name).next)])),
  };
}

// ---------------------------------------------------------------- overall loss

interface Overall {
  readonly initial: number;
  readonly rule: RuleInput;
  /** The value whose high moves the floor. */
  readonly follows: 'balance' | 'equity' | 'dayCloseBalance' | 'nothing';
}

function readOverall(example: Example): Answers {
  const grouped = readGroups(example);
  if (grouped !== null) return grouped;
  const overall = overallOf(example);
  const { initial, rule } = overall;
  const rules = [rule, ...dailyBeside(example)];
  const fresh: Play = () => openStage(initial, rules);
  const play: Play = () => {
    const stage = fresh();
    playOverall(example, overall, stage);
    return stage;
  };
  const floor = (): number => money(play().floor());
  const left = (): number => {
    const stage = play();
    return money(Math.min(stage.measured().equity, stage.measured().balance) - stage.floor());
  };
  const lockedFloor = (): number => money(lockedAt(overall));
  const lockBalance = (): number => money(lockingHigh(overall));
  const startFloor = (): number => money(fresh().floor());
  return {
    floor,
    limit: floor,
    equity_floor: floor,
    max_floor: floor,
    mll: floor,
    minimum_balance: floor,
    initial_floor: startFloor,
    start_floor: startFloor,
    floor_before: startFloor,
    daily_floor: () => money(play().floor(1)),
    remaining: left,
    room: left,
    buffer: left,
    breach: () => play().status() === 'failed',
    breach_at_floor: () => breachesAt(play, 0),
    breach_if_static: () => {
      const stage = openStage(initial, [
        {
          kind: 'staticLoss',
          params: { breachedWhen: operatorOf(example), distance: rule.params.distance },
        },
      ]);
      playOverall(example, overall, stage);
      return stage.status() === 'failed';
    },
    operator: () => (breachesAt(fresh, 0) ? '<=' : '<'),
    locked_floor: lockedFloor,
    locked_floor_funded: lockedFloor,
    static_floor: lockedFloor,
    locked_floor_eval_rithmic: () => {
      const target = amountOf(example, 'eval_profit_target_balance') ?? 0;
      const lock = { offset: { fixed: moneyText(target - initial) }, when: 'floorReachesLock' };
      return money(lockedAt({ ...overall, rule: { ...rule, params: { ...rule.params, lock } } }));
    },
    initial_trail_balance: lockBalance,
    payout_eligible_balance: lockBalance,
    trigger_balance: lockBalance,
    buffer_target: lockBalance,
    lock_balance: lockBalance,
    lock_trigger_profit: () => money(lockingHigh(overall) - initial),
    severity: () => severityOf(fresh),
  };
}

function overallOf(example: Example): Overall {
  const { rule_kind: kind } = example;
  const initial = initialOf(example);
  const breachedWhen = operatorOf(example);
  const lock = lockOf(example);
  const shared = { breachedWhen, ...(lock ? { lock } : {}) };
  const share = find(example, 'pct_of_peak');
  if (share !== undefined || /pct_of_peak/.test(kind)) {
    if (share === undefined) throw new Unreadable('given: no pct_of_peak');
    const follows = /equity|intraday/.test(kind)
      ? 'equity'
      : /eod/.test(kind)
        ? 'dayCloseBalance'
        : 'balance';
    const locked = lock ?? (/lock/.test(kind) ? lockAt(0) : undefined);
    const params = {
      breachedWhen,
      percentOfPeak: percentText(share),
      follows,
      ...(locked ? { lock: locked } : {}),
    };
    return { initial, follows, rule: { kind: 'percentOfPeak', params } };
  }
  const distance = distanceOf(example);
  if (/static|step_lock/.test(kind) && !/until/.test(kind)) {
    return {
      initial,
      follows: lock ? 'balance' : 'nothing',
      rule: { kind: 'staticLoss', params: { ...shared, distance } },
    };
  }
  if (/eod/.test(kind)) {
    return {
      initial,
      follows: 'dayCloseBalance',
      rule: { kind: 'endOfDayTrailing', params: { ...shared, distance } },
    };
  }
  if (/balance_trailing|closed/.test(kind) && !/equity_lock/.test(kind)) {
    return {
      initial,
      follows: 'balance',
      rule: { kind: 'balanceTrailing', params: { ...shared, distance } },
    };
  }
  const follows = /higher_of/.test(kind) ? { follows: 'higherOfBoth' } : {};
  return {
    initial,
    follows: 'equity',
    rule: { kind: 'equityTrailing', params: { ...shared, distance, ...follows } },
  };
}

function distanceOf(example: Example): Record<string, unknown> {
  const fixed = amountOf(
    example,
    'distance',
    'trail',
    'max_drawdown',
    'mll',
    'limit_amount',
    'max_loss',
  );
  if (fixed !== undefined) return { fixed: moneyText(fixed) };
  const share = find(
    example,
    'distance_pct_of_initial',
    'limit_pct_of_initial',
    'amount_pct_of_initial',
    'max_pct',
    'start_pct',
    'limit_pct',
    'pct_of_initial',
    'distance_pct',
    'trail_pct',
  );
  if (share !== undefined) return { percentOfInitial: percentText(share) };
  throw new Unreadable(
    'given: no distance of the floor (distance, distance_pct_of_initial, limit_pct_of_initial)',
  );
}

const lockAt = (offset: number): Record<string, unknown> => ({
  offset: { fixed: moneyText(offset) },
  when: 'floorReachesLock',
});

function lockOf(example: Example): Record<string, unknown> | undefined {
  const { rule_kind: kind } = example;
  const initial = initialOf(example);
  if (/step_lock/.test(kind)) {
    const trigger = find(example, 'trigger_pct');
    const locked = find(example, 'locked_pct');
    if (trigger === undefined || locked === undefined)
      throw new Unreadable('given: no trigger_pct or locked_pct');
    return {
      offset: { percentOfInitial: `-${percentText(locked)}` },
      when: { profit: { percentOfInitial: percentText(trigger) }, of: 'balance' },
    };
  }
  if (/until_buffer/.test(kind)) {
    const buffer = find(example, 'buffer_pct');
    const distance = amountOf(example, 'distance');
    if (buffer === undefined || distance === undefined)
      throw new Unreadable('given: no buffer_pct or distance');
    const profit = Math.round(initial * buffer);
    return { offset: { fixed: moneyText(profit - distance) }, when: 'floorReachesLock' };
  }
  if (/lock_on_closed/.test(kind)) {
    const share = find(example, 'limit_pct_of_initial', 'distance_pct_of_initial') ?? 0;
    return {
      offset: { fixed: '0' },
      when: { profit: { percentOfInitial: percentText(share) }, of: 'balance' },
    };
  }
  if (/never_locks/.test(kind) || !/lock|higher_of_balance_equity/.test(kind)) return undefined;
  if (/higher_of_balance_equity/.test(kind) && !/lock/.test(kind)) return undefined;
  return lockAt(amountOf(example, 'lock_offset') ?? 0);
}

/** Some pages give the daily limit beside the overall one. */
function dailyBeside(example: Example): RuleInput[] {
  const breachedWhen = operatorOf(example);
  const fixed = amountOf(example, 'daily');
  const share = find(example, 'daily_pct');
  if (fixed === undefined && share === undefined) return [];
  const amount =
    fixed === undefined
      ? { percent: percentText(share ?? 0), of: 'dayStartBalance' }
      : { fixed: moneyText(fixed) };
  return [{ kind: 'dailyLoss', params: { breachedWhen, anchor: 'dayStartBalance', amount } }];
}

/** Raises what the floor follows to its high, then brings the account to where the page leaves it. */
function playOverall(example: Example, { initial, follows }: Overall, stage: Stage): void {
  const high = amountOf(
    example,
    'high_balance',
    'high_eod_balance',
    'high_midnight_balance',
    'high_equity',
    'hwm',
    'peak',
    'day_start_balance',
    'eod_balance',
  );
  if (high !== undefined && high !== initial) raise(stage, follows, high);
  const after = amountOf(example, 'balance', 'eod_balance', 'midnight_balance');
  if (after !== undefined && after !== stage.measured().balance) {
    stage.flat();
    stage.balance(after);
    if (follows === 'dayCloseBalance') stage.nextDay();
  } else if (dailyBeside(example).length > 0) {
    stage.nextDay();
  }
  const equity = amountOf(example, 'equity');
  if (equity !== undefined) stage.equity(equity);
}

function raise(stage: Stage, follows: Overall['follows'], high: number): void {
  if (follows === 'equity') {
    stage.equity(high);
    return;
  }
  stage.balance(high);
  if (follows === 'dayCloseBalance') stage.nextDay();
}

/** A value beyond every lock: a zero-based account has no size to double. */
function farAbove(initial: number): number {
  return initial === 0 ? units(1_000_000) : initial * 2;
}

/** The floor once everything that can move it has. */
function lockedAt({ initial, rule, follows }: Overall): number {
  const stage = openStage(initial, [rule]);
  raise(stage, follows, farAbove(initial));
  return stage.floor();
}

/** The lowest high at which the floor stands where it locks: found by trying, on fresh accounts. */
function lockingHigh(overall: Overall): number {
  const { initial, rule, follows } = overall;
  const goal = lockedAt(overall);
  const reaches = (high: number): boolean => {
    const stage = openStage(initial, [rule]);
    raise(stage, follows, high);
    return stage.floor() === goal;
  };
  let [low, high] = [initial, farAbove(initial)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Several accounts in one example, told apart by a suffix: d100 → floor100, h8 → f8. */
function readGroups(example: Example): Answers | null {
  const suffixes = [
    ...new Set(
      Object.keys(example.given).flatMap((name) => /^(?:d|distance)(\d+)$/.exec(name)?.[1] ?? []),
    ),
  ];
  if (suffixes.length === 0) return null;
  const answers: Record<string, () => number> = {};
  for (const suffix of suffixes) {
    const given: Record<string, unknown> = { ...example.given };
    for (const [name, value] of Object.entries(example.given)) {
      if (!name.endsWith(suffix)) continue;
      const bare = name.slice(0, -suffix.length);
      given[{ d: 'distance', h: 'peak' }[bare] ?? bare] = value;
    }
    const one = overallOf({ ...example, given });
    const played = (): Stage => {
      const stage = openStage(one.initial, [one.rule]);
      playOverall({ ...example, given }, one, stage);
      return stage;
    };
    const start = (): number => money(openStage(one.initial, [one.rule]).floor());
    Object.assign(answers, {
      [`floor${suffix}`]: () => money(played().floor()),
      [`f${suffix}`]: () => money(played().floor()),
      [`start${suffix}`]: start,
    });
  }
  return answers;
}

// ---------------------------------------------------------------- breaches, days, targets

function readBreach(example: Example): Answers {
  const initial = initialOf(example);
  const daily = amountOf(example, 'daily_floor');
  const overall = amountOf(example, 'max_floor', 'overall_floor');
  const equity = amountOf(example, 'equity', 'low');
  const breachedWhen = operatorOf(example);
  const rules: RuleInput[] = [
    {
      kind: 'dailyLoss',
      params: {
        breachedWhen,
        anchor: 'initial',
        amount: { fixed: moneyText(initial - (daily ?? initial - units(5_000))) },
      },
    },
    {
      kind: 'staticLoss',
      params: {
        breachedWhen,
        distance: { fixed: moneyText(initial - (overall ?? initial - units(10_000))) },
      },
    },
  ];
  const play: Play = () => {
    const stage = openStage(initial, rules);
    if (equity !== undefined) stage.equity(equity);
    return stage;
  };
  return {
    reason: () => {
      const breach = play().verdicts.find(({ kind }) => kind === 'breachDetected');
      if (breach?.kind !== 'breachDetected') return 'none';
      const style = String(example.expected.reason);
      const name = breach.data.ruleKind === 'staticLoss' ? 'max-loss' : 'daily-loss';
      return style.includes('_') ? name.replace('-', '_') : name;
    },
    breach: () => play().status() === 'failed',
    breach_at_floor: () => breachesAt(() => openStage(initial, rules), 0),
    severity: () => severityOf(() => openStage(initial, rules)),
  };
}

/** The instant of the roll-over in UTC, in winter and in summer. */
function readRollOver(example: Example): Answers {
  const text = `${example.as_published} ${Object.keys(example.given).join(' ')}`;
  const newYork = /New York|US daylight|us_dst/i.test(text);
  const clock: DayClock = newYork
    ? { zone: 'America/New_York', rollOver: '17:00', weekend: 'separate' }
    : { zone: 'Europe/Athens', rollOver: '00:00', weekend: 'separate' };
  const turnsAt = (at: number): string =>
    new Date(tradingDayAt(clock, at).opensAt).toISOString().slice(11, 16);
  const winter = (): string => turnsAt(Date.UTC(2026, 0, 14, 12));
  const summer = (): string => turnsAt(Date.UTC(2026, 6, 15, 12));
  const given = { winter: example.given.std_gmt, summer: example.given.us_dst_gmt };
  const fits = (): boolean => winter() === given.winter && summer() === given.summer;
  return {
    reset_utc_dst: summer,
    reset_utc_std: winter,
    tz: () => (fits() ? clock.zone : 'another'),
    rollover_local: () => (fits() ? clock.rollOver : 'another'),
  };
}

function readTarget(example: Example): Answers {
  const initial = initialOf(example);
  const share = find(example, 'pct', 'target_pct');
  const fixed = amountOf(example, 'target', 'target_amount');
  if (share === undefined && fixed === undefined)
    throw new Unreadable('given: no target (pct, target_pct, target)');
  const amount =
    fixed === undefined
      ? { percentOfInitial: percentText(share ?? 0) }
      : { fixed: moneyText(fixed) };
  const days = find(example, 'min_days');
  const rules: RuleInput[] = [{ kind: 'profitTarget', params: { amount } }];
  if (days !== undefined)
    rules.push({ kind: 'minimumTradingDays', params: { days, countedWhen: 'positionOpened' } });
  const target = (): number => {
    const gauge = openStage(initial, rules).gauge(0);
    return gauge.type === 'target' ? gauge.target : 0;
  };
  const metBy = (prepare: (stage: Stage) => void): boolean => {
    const stage = openStage(initial, rules.slice(0, 1));
    prepare(stage);
    return stage.verdicts.some(({ kind }) => kind === 'objectiveMet');
  };
  return {
    target: () => money(target() - initial),
    balance_needed: () => money(target()),
    target_balance: () => money(target()),
    flat_required: () =>
      !metBy((stage) => stage.equity(target())) &&
      metBy((stage) => {
        stage.balance(target());
        stage.flat();
      }),
    pass_day: () => {
      const stage = openStage(initial, rules);
      const profit = amountOf(example, 'day1_pnl') ?? target() - initial;
      for (let day = 1; day <= 60; day += 1) {
        if (day > 1) stage.nextDay();
        stage.open();
        if (day === 1) stage.balance(initial + profit);
        stage.flat();
        if (stage.status() === 'passed') return day;
      }
      return -1;
    },
  };
}

function readTradingDay(example: Example): Answers {
  const rule: RuleInput = {
    kind: 'minimumTradingDays',
    params: { days: 4, countedWhen: 'positionOpened' },
  };
  const opened = Array.isArray(example.given.opened_days) ? example.given.opened_days.length : 1;
  const held = Array.isArray(example.given.held_days) ? example.given.held_days.length : 3;
  const count = (): number => {
    const stage = openStage(units(100_000), [rule]);
    for (let day = 0; day < opened; day += 1) {
      if (day > 0) stage.nextDay();
      stage.open();
      if (day < opened - 1) stage.flat();
    }
    for (let day = 0; day < held; day += 1) stage.nextDay();
    stage.flat();
    const gauge = stage.gauge(0);
    return gauge.type === 'count' ? gauge.value : -1;
  };
  return { trading_days: count, active_days: count, days: count };
}
