import { heldPosition, UNPROTECTED } from '#core/accounts/held-position.ts';
import type { Instrument } from '#core/market/instrument.ts';
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

/** Size, risk, time and conduct: rules that deals offend against. */
export const conduct: readonly Reader[] = [
  { family: /^conduct\.martingale/, read: readMartingale },
  { family: /^conduct\.one_trade/, read: readOneTrade },
  { family: /^conduct\.partial_close/, read: readPartialClose },
  { family: /^exposure\.max_lots_with_open_risk/, read: readLotsAtRisk },
  { family: /^exposure\.margin/, read: readMargin },
  { family: /^exposure\.one_sided/, read: readOneSided },
  { family: /^exposure\./, read: readMaximumLots },
  { family: /^hold\./, read: readHoldingTime },
  { family: /^news\./, read: readNews },
  { family: /^risk\.max_loss/, read: readTradeIdea },
  { family: /^(risk|stop_loss)\./, read: readStopLoss },
];

const INITIAL = units(100_000);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The largest whole number of steps for which `holds`, up to `far`. */
function largest(far: number, holds: (steps: number) => boolean): number {
  let [low, high] = [0, far + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** A figure of the latest flag or breach. */
function figure(stage: Stage, name: string): number {
  for (const verdict of [...stage.verdicts].reverse()) {
    if (!('figures' in verdict.data)) continue;
    const found = verdict.data.figures.find((entry) => entry.name === name);
    if (found) return found.value;
  }
  throw new Error(`no verdict says ${name}`);
}

// ---------------------------------------------------------------- conduct

function readMartingale(example: Example): Answers {
  const lots = listOf(example, 'lots') ?? [];
  const results = Array.isArray(example.given.results) ? example.given.results : null;
  const prices = listOf(example, 'prices');
  const rule: RuleInput = {
    kind: 'martingale',
    params: results
      ? {
          pattern: 'afterLosses',
          losses:
            said(example, />= ?(\d+) within/) ?? results.filter((one) => one === 'loss').length,
          withinHours: find(example, 'window_hours') ?? said(example, /(\d+) ?h\b/) ?? 6,
          multiplier: String(find(example, 'multiplier') ?? 2),
        }
      : { pattern: 'intoDrawdown', multiplier: String(find(example, 'multiplier') ?? 1) },
  };
  const play = (): Stage => {
    const stage = openStage(INITIAL, [rule]);
    for (const [at, one] of lots.entries()) {
      const position = `p${at}`;
      if (prices) {
        stage.price('LOT', Math.round(((prices[at] ?? 0) - (prices[0] ?? 0)) * 100));
        stage.order({ position, lots: one });
        continue;
      }
      stage.order({ position, lots: one, at: HOUR_MS * (at + 1) * 0.5 });
      if (results?.[at] === 'loss') stage.close({ position, profit: -units(10) });
      if (results?.[at] === 'win') stage.close({ position, profit: units(10) });
    }
    return stage;
  };
  return {
    violation: () => play().flags() > 0,
    reference_lot: () => figure(play(), 'reference') / 1_000_000,
  };
}

function readOneTrade(example: Example): Answers {
  const share = percentText(need(example, 'pct', 'share'));
  const target = needAmount(example, 'target', 'profit_target');
  const rule = { kind: 'oneTradePass', params: { target: { fixed: moneyText(target) }, share } };
  const flagged = (profit: number): boolean => {
    const stage = openStage(INITIAL, [rule]);
    stage.order({ position: 'a' });
    stage.order({ position: 'b' });
    stage.close({ position: 'a', profit: Math.floor(profit / 2) });
    stage.close({ position: 'b', profit: Math.ceil(profit / 2) });
    return stage.flags() > 0;
  };
  const most = (): number => money(largest(target, (profit) => !flagged(profit)));
  const profit = amountOf(example, 'group_profit', 'trade_profit', 'profit') ?? 0;
  return {
    max_group_profit: most,
    max_trade_profit: most,
    violation: () => flagged(profit),
    ok: () => !flagged(profit),
  };
}

const EFFECTS: Readonly<Record<string, string>> = {
  denyPayout: 'reject_payout',
  restartPhase: 'restart_phase_1',
  resetBalance: 'remove_profit_and_reset_balance',
  deductProfit: 'deduct_profit',
  warn: 'warning',
  review: 'review',
};

/** What the words ask for, as effects that rules have. */
function effectIn(words: string): string {
  if (/restart phase/i.test(words)) return 'restartPhase';
  if (/reset/i.test(words)) return 'resetBalance';
  if (/reject/i.test(words)) return 'denyPayout';
  if (/removed|deduct|void|excluded/i.test(words)) return 'deductProfit';
  return 'review';
}

function effectOf(stage: Stage): string {
  const flag = stage.verdicts.find(({ kind }) => kind === 'conductFlagged');
  if (flag?.kind !== 'conductFlagged') return 'none';
  return EFFECTS[flag.data.effect] ?? flag.data.effect;
}

function readPartialClose(example: Example): Answers {
  const effect = effectIn(example.as_published);
  const rule = { kind: 'heldOver', params: { over: 'everyNight', which: 'partlyClosed', effect } };
  const play = (part: number): Stage => {
    const stage = openStage(INITIAL, [rule]);
    stage.order({ position: 'p', lots: 2 });
    if (part > 0) stage.close({ position: 'p', profit: 0, lots: part });
    stage.nextDay();
    return stage;
  };
  return {
    consequence: () => (play(0).flags() === 0 ? effectOf(play(1)) : 'always'),
    violation: () => play(1).flags() > 0,
  };
}

// ---------------------------------------------------------------- exposure

function readMaximumLots(example: Example): Answers {
  const single = find(example, 'limit_single', 'max_single', 'per_trade');
  const total = find(example, 'limit_total', 'limit', 'max_lots', 'max_contracts', 'max_total');
  const rules: RuleInput[] = [];
  const rule = (scope: string, limit: unknown): RuleInput => ({
    kind: 'maximumLots',
    params: { scope, limit },
  });
  if (single !== undefined) rules.push(rule('order', { lots: String(single) }));
  if (total !== undefined) rules.push(rule('account', { lots: String(total) }));
  const account = amountOf(example, 'account', 'initial', 'account_size') ?? INITIAL;
  const lotValue = find(example, 'lot', 'contract_size');
  const positions =
    listOf(example, 'positions', 'lots_list') ??
    [find(example, 'lots', 'contracts', 'used')].filter((one) => one !== undefined);
  const play = (): Stage => {
    const stage = openStage(account, rules);
    for (const [at, lots] of positions.entries()) {
      const side = lots < 0 ? 'sell' : 'buy';
      stage.order({ position: `p${at}`, symbol: `S${at}`, side, lots: Math.abs(lots) });
    }
    return stage;
  };
  const atLeverage = (name: string): number => {
    const leverage = need(example, name);
    const limit = { leverage, lotValue: String(lotValue ?? 100_000) };
    return (
      largest(100_000, (lots) => {
        if (lots === 0) return true;
        const stage = openStage(account, [rule('order', limit)]);
        stage.order({ position: 'p', lots: lots / 100 });
        return stage.flags() === 0;
      }) / 100
    );
  };
  const gross = (): number =>
    play()
      .judged()
      .moment.positions()
      .reduce((sum, { lots }) => sum + lots, 0) / 1_000_000;
  return {
    violation: () => play().flags() > 0,
    ok: () => play().flags() === 0,
    allowed: () => play().flags() === 0,
    gross,
    total: gross,
    lots: () => atLeverage('lev'),
    lots1: () => atLeverage('lev1'),
    lots2: () => atLeverage('lev2'),
    max_lots: () => atLeverage('leverage'),
  };
}

function readLotsAtRisk(example: Example): Answers {
  const rule = {
    kind: 'lotsAtRisk',
    params: { lots: String(need(example, 'max_at_risk', 'limit')) },
  };
  const play = (): Stage => {
    const stage = openStage(INITIAL, [rule]);
    for (let number = 1; number <= 6; number += 1) {
      const lots = find(example, `pos${number}`);
      if (lots === undefined) break;
      stage.order({ position: `p${number}`, lots });
      if (example.given[`pos${number}_sl_at_be`] === true) stage.stop(`p${number}`, 0);
    }
    return stage;
  };
  const held = (counts: (risk: number | null) => boolean): number =>
    play()
      .judged()
      .moment.positions()
      .filter(({ risk }) => counts(risk))
      .reduce((sum, { lots }) => sum + lots, 0) / 1_000_000;
  return {
    allowed: () => play().flags() === 0,
    violation: () => play().flags() > 0,
    total: () => held(() => true),
    at_risk: () => held((risk) => risk !== 0),
  };
}

/** What a position needs of the account: its value at entry over the leverage. */
function readMargin(example: Example): Answers {
  const lots = need(example, 'lots', 'volume');
  const price = find(example, 'price', 'rate') ?? 1;
  const DIGITS = 5;
  const instrument: Instrument = {
    symbol: 'PAIR',
    assetClass: 'forex',
    digits: DIGITS,
    volumeDecimals: 2,
    contractSize: String(find(example, 'lot', 'contract', 'contract_size') ?? 100_000),
    quoteCurrency: 'USD',
    tickPoints: 1,
  };
  const volume = Math.round(lots * 100);
  const points = Math.round(price * 10 ** DIGITS);
  const open = { positionId: 'p', symbol: 'PAIR', side: 'buy', openedAt: 0 } as const;
  const held = (): number =>
    heldPosition(
      { ...open, volume, openValue: volume * points },
      { currency: 'USD', floating: 0, protection: UNPROTECTED },
      { instrument: () => instrument, quote: () => null },
    ).notional;
  const leverage = need(example, 'leverage');
  return {
    notional: () => money(held()),
    margin: () => ({ exact: money(held()) / leverage }),
    used_margin: () => ({ exact: money(held()) / leverage }),
  };
}

function readOneSided(example: Example): Answers {
  const account = needAmount(example, 'account', 'initial', 'account_size');
  const leverage = need(example, 'leverage');
  const limitAt = (share: string): number => {
    const params = { leverage, share, of: 'initial', scope: 'symbolAndSide' };
    const stage = openStage(account, [{ kind: 'marginUsage', params }]);
    // One lot of the stage holds 100 units at 1,000: as many as break any limit.
    stage.order({ position: 'p', lots: Math.ceil((money(account) * leverage * 2) / 100_000) });
    return money(figure(stage, 'limit'));
  };
  return {
    power: () => limitAt('100'),
    limit: () => limitAt(percentText(need(example, 'pct', 'share'))),
  };
}

// ---------------------------------------------------------------- holding time and news

function readHoldingTime(example: Example): Answers {
  const { rule_kind: kind } = example;
  const seconds = need(example, 'min_seconds', 'min_avg_seconds', 'max_seconds', 'seconds');
  const share = find(example, 'warn_share', 'max_share', 'min_profit_share', 'share');
  const judged = /avg|average/.test(kind) ? 'average' : /share/.test(kind) ? 'share' : 'each';
  const words = example.as_published;
  const rule = (effect: string): RuleInput => ({
    kind: 'holdingTime',
    params: {
      seconds,
      judged,
      effect,
      ...(share === undefined ? {} : { largestShare: percentText(share) }),
      ...(/lots/.test(words) ? { shareOf: 'lots' } : {}),
      ...(/of trades/.test(words) && /lots/.test(words) ? { thenShareOf: 'trades' } : {}),
    },
  });
  const trade = (stage: Stage, position: string, lots: number, held: number, profit = 0): void => {
    stage.order({ position, lots });
    const opened = stage.judged().moment.at;
    stage.clock(opened - START_MS + held * 1_000);
    stage.close({ position, profit, at: opened - START_MS + held * 1_000 });
  };
  const START_MS = openStage(INITIAL, [rule('review')]).judged().moment.day?.opensAt ?? 0;
  const one = (): Stage => {
    const stage = openStage(INITIAL, [rule('review')]);
    trade(stage, 'p', 1, find(example, 'duration_seconds', 'duration') ?? 0);
    return stage;
  };
  /** Which share brings the next flag: a big quick trade among many slow ones is a share of lots. */
  const measured = (stage: Stage): string => {
    const before = stage.flags();
    for (let at = 0; at < 40; at += 1) trade(stage, `slow${before}${at}`, 0.01, seconds + 60);
    trade(stage, `big${before}`, 20, seconds - 1);
    if (stage.flags() > before) return 'lots';
    for (let at = 0; at < 40; at += 1) trade(stage, `quick${before}${at}`, 0.01, seconds - 1);
    return stage.flags() > before ? 'trades' : 'neither';
  };
  const flagged = (effect: string): string => {
    const stage = openStage(INITIAL, [rule(effect)]);
    trade(stage, 'p', 1, 1, units(100));
    return effectOf(stage);
  };
  const clause = (pattern: RegExp): string => effectIn(pattern.exec(words)?.[0] ?? '');
  return {
    valid: () => one().flags() === 0,
    violation: () => one().flags() > 0,
    consequence_eval: () => flagged(clause(/(assessment|evaluation)[^,;]*/i)),
    consequence_funded: () => flagged(clause(/(qualified|funded)[^;]*/i)),
    measure_first: () => measured(openStage(INITIAL, [rule('warn')])),
    measure_after: () => {
      const stage = openStage(INITIAL, [rule('warn')]);
      measured(stage);
      return measured(stage);
    },
  };
}

function readNews(example: Example): Answers {
  const [from, to] = listOf(example, 'window') ?? [];
  const before = Math.abs(from ?? find(example, 'before_min', 'minutes_before') ?? 5);
  const after = Math.abs(to ?? find(example, 'after_min', 'minutes_after') ?? before);
  const counted = find(example, 'count_pct');
  const inside = /profit_excluded/.test(example.rule_kind);
  const exemptHours = said(example, />= ?(\d+) ?h before/);
  const rule: RuleInput = {
    kind: 'newsWindow',
    params: {
      beforeSeconds: before * 60,
      afterSeconds: after * 60,
      effect: 'deductProfit',
      onlyOpenedAndClosedInside: inside,
      ...(counted === undefined ? {} : { countedShare: percentText(counted) }),
      ...(exemptHours === undefined ? {} : { exemptOpenedBeforeSeconds: exemptHours * 3_600 }),
    },
  };
  const [hour = 12, minute = 0] = String(example.given.event ?? '12:00')
    .split(':')
    .map(Number);
  const eventAt = hour * HOUR_MS + minute * MINUTE_MS;
  const fresh = (): Stage => {
    const stage = openStage(INITIAL, [{ ...rule }], { first: Date.UTC(2026, 0, 6, 12) });
    stage.release(eventAt);
    return stage;
  };
  const withheld = (stage: Stage): number => {
    const { account, moment } = stage.judged();
    const [one] = account.ruleSet.rules;
    return one?.kind.withheld?.(one.params, account.states[0] as never, moment, account.terms) ?? 0;
  };
  const opened = find(example, 'opened_before_min', 'opened_min_before');
  const closedInside = example.given.closed_in_window !== false;
  const trade = (profit: number): Stage => {
    const stage = fresh();
    stage.order({ position: 'p', at: eventAt - (opened ?? 1) * MINUTE_MS });
    stage.close({
      position: 'p',
      profit,
      at: eventAt + (closedInside ? 1 : after + 1) * MINUTE_MS,
    });
    return stage;
  };
  const cycle = (): Stage => {
    const stage = fresh();
    stage.order({ position: 'quiet', at: HOUR_MS });
    stage.close({
      position: 'quiet',
      profit: amountOf(example, 'normal', 'non_news') ?? 0,
      at: 2 * HOUR_MS,
    });
    stage.order({ position: 'news', at: eventAt - MINUTE_MS });
    stage.close({
      position: 'news',
      profit: amountOf(example, 'news') ?? 0,
      at: eventAt + MINUTE_MS,
    });
    return stage;
  };
  /** Minutes around the event at which opening offends: found by trying each. */
  const window = (): string[] => {
    const offends = (at: number): boolean => {
      const stage = openStage(INITIAL, [
        { kind: 'newsWindow', params: { ...rule.params, onlyOpenedAndClosedInside: false } },
      ]);
      stage.release(eventAt);
      stage.order({ position: 'p', at });
      return stage.flags() > 0;
    };
    const minutes = Array.from({ length: 241 }, (_unused, at) => at - 120).filter((at) =>
      offends(eventAt + at * MINUTE_MS),
    );
    const text = (at: number): string =>
      new Date(eventAt + at * MINUTE_MS).toISOString().slice(11, 16);
    return [text(minutes[0] ?? 0), text(minutes.at(-1) ?? 0)];
  };
  return {
    counts: () => withheld(trade(units(100))) === 0,
    excluded: () => withheld(trade(units(100))) > 0,
    window,
    news_counted: () => money((amountOf(example, 'news') ?? 0) - withheld(cycle())),
    total: () => {
      const stage = cycle();
      return money(stage.measured().balance - INITIAL - withheld(stage));
    },
    violation: () => trade(units(100)).flags() > 0,
  };
}

// ---------------------------------------------------------------- risk of a trade

function readTradeIdea(example: Example): Answers {
  const initial = amountOf(example, 'initial', 'account', 'account_size') ?? INITIAL;
  const share = percentText(need(example, 'pct', 'max_pct'));
  const words = `${example.as_published} ${String(example.given.operator ?? '')}`;
  const reaches = />=|cannot be \$?[\d,]+ or more|reach/.test(words);
  const rule: RuleInput = {
    kind: 'tradeIdeaLoss',
    params: {
      effect: 'fail',
      amount: { percent: share, of: 'initial' },
      measure: /widest SL/i.test(words) ? 'runningLossOrStop' : 'runningLoss',
      idea: 'symbol',
      gapSeconds: 3_600,
      breachedWhen: reaches ? 'reaches' : 'exceeds',
    },
  };
  const losses = listOf(example, 'losses', 'results') ?? [];
  const lose = (amounts: readonly number[]): Stage => {
    const stage = openStage(initial, [rule]);
    for (const [at] of amounts.entries()) stage.order({ position: `p${at}` });
    for (const [at, loss] of amounts.entries()) stage.close({ position: `p${at}`, profit: loss });
    return stage;
  };
  const fails = (loss: number): boolean => lose([-loss]).status() === 'failed';
  const limit = (): number => {
    const most = largest(initial, (loss) => !fails(loss));
    return money(reaches ? most + 1 : most);
  };
  return {
    limit,
    max_risk: limit,
    max_loss: limit,
    combined: () => losses.reduce((sum, loss) => sum + loss, 0),
    breach: () => lose(losses.map(units)).status() === 'failed',
    violation: () => lose(losses.map(units)).status() === 'failed',
    operator: () => (fails(units(limit())) ? 'loss >= limit' : 'loss > limit'),
  };
}

function readStopLoss(example: Example): Answers {
  const initial = amountOf(example, 'initial', 'account', 'account_size') ?? INITIAL;
  const share = find(example, 'pct', 'max_risk_pct', 'risk_pct');
  const withinSeconds = find(example, 'deadline_seconds', 'sl_deadline_seconds', 'seconds') ?? 0;
  const rule: RuleInput = {
    kind: 'stopLossRequired',
    params: {
      withinSeconds,
      ...(share === undefined ? {} : { riskAtMost: percentText(share) }),
    },
  };
  /** Opens so many positions and gives each a stop that risks so much. */
  const risking = (risk: number, positions = 1): Stage => {
    const stage = openStage(initial, [rule]);
    // One lot of the stage loses 100 units of money per point.
    const lots = 0.01;
    for (let at = 0; at < positions; at += 1) {
      stage.order({ position: `p${at}`, lots });
      stage.stop(`p${at}`, risk);
    }
    return stage;
  };
  const limit = (): number => largest(initial, (risk) => risk === 0 || risking(risk).flags() === 0);
  const late = (seconds: number): boolean => {
    const stage = openStage(initial, [rule]);
    stage.order({ position: 'p', at: HOUR_MS });
    stage.clock(HOUR_MS + seconds * 1_000 - 1_000);
    stage.price('LOT', 1);
    return stage.flags() > 0;
  };
  return {
    max_risk: () => money(limit()),
    limit: () => money(limit()),
    aggregate: () => risking(limit(), 2).flags() > 0,
    deadline_seconds: () => largest(86_400, (seconds) => seconds === 0 || !late(seconds)),
    violation: () => {
      const after = find(example, 'sl_after_seconds', 'placed_after_seconds');
      if (after === undefined) throw new Unreadable('given: no sl_after_seconds');
      return late(after);
    },
  };
}
