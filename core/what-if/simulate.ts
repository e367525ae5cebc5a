import { z } from 'zod';
import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import { createMarketView, type MarketView } from '#core/accounts/market-view.ts';
import { assert, present } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { PPM_UNIT } from '#core/money/money.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { gaugeSchema } from '#core/rules/gauge.ts';
import { gaugeAt, LATCH } from '#core/rules/judge.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { dayClockId, utcText, type TradingDay } from '#core/time/time.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';

const DAY_MS = 86_400_000;
/** How far a price is followed in search of a floor: a factor of its present level. */
const TOUCH_SEARCH_FACTOR = 2;

/** Where an account stands: the same shape before and after a scenario. */
const standingSchema = z.strictObject({
  status: z.enum(ACCOUNT_STATUSES),
  balance: z.int(),
  equity: z.int(),
  openPositions: z.int(),
  rules: z.array(
    z.strictObject({
      ruleId: z.string(),
      title: z.string(),
      latch: z.enum(['none', 'warned', 'breached', 'met']),
      gauge: gaugeSchema,
    }),
  ),
});
export type Standing = z.infer<typeof standingSchema>;

export const whatIfResultSchema = z.strictObject({
  before: standingSchema,
  after: standingSchema,
  /** Every verdict the scenario would bring, in order, each with the step that brought it. */
  verdicts: z.array(z.strictObject({ step: z.int(), kind: z.string(), sentence: z.string() })),
  /** The first bid of each held symbol at which a floor would be breached, all else unchanged. */
  touches: z.array(
    z.strictObject({
      ruleId: z.string(),
      symbol: z.string(),
      digits: z.int(),
      bid: z.int(),
      ask: z.int(),
    }),
  ),
});
export type WhatIfResult = z.infer<typeof whatIfResultSchema>;

/**
 * Runs hypothetical events on one account with the reference evaluator. An empty scenario returns
 * the state's own standing and no verdicts. Refuses, naming the step, what cannot happen.
 */
export function runScenario(state: AccountState, scenario: Scenario): Result<WhatIfResult, string> {
  const compiled = compileRuleSet(state.ruleSet, state.terms.ruleSet.version);
  if (!compiled.ok) return err('the rule set of this account cannot be read');
  const world = openWorld(state, compiled.value, scenario.at);
  const before = standingOf(world);
  const verdicts: WhatIfResult['verdicts'] = [];
  for (const [at, step] of scenario.steps.entries()) {
    const drafts = applyStep(world, step, at);
    if (!drafts.ok) return err(`step ${at + 1}: ${drafts.error}`);
    for (const draft of drafts.value) {
      verdicts.push({ step: at, kind: draft.kind, sentence: sentenceOf(draft) });
    }
  }
  return ok({ before, after: standingOf(world), verdicts, touches: touchesOf(world) });
}

interface World {
  readonly state: AccountState;
  readonly ruleSet: RuleSet;
  readonly market: MarketView;
  readonly account: ReferenceAccount;
  readonly at: number;
}

function openWorld(state: AccountState, ruleSet: RuleSet, at: number): World {
  const market = createMarketView(state.market.map((entry) => entry.instrument));
  for (const { instrument, bid, ask } of state.market) {
    if (bid !== null && ask !== null) market.apply({ symbol: instrument.symbol, bid, ask });
  }
  const account = openReferenceAccount({
    terms: state.terms,
    ruleSet,
    market,
    day: state.day,
    resume: state,
  });
  return { state, ruleSet, market, account, at };
}

function applyStep(
  world: World,
  step: ScenarioStep,
  at: number,
): Result<readonly VerdictDraft[], string> {
  switch (step.type) {
    case 'movePoints':
      return move(world, step.symbol, () => step.points);
    case 'movePercent':
      return move(world, step.symbol, ({ bid, ask }) => shareOfMid(bid + ask, step.ppm));
    case 'moveTo':
      return move(world, step.symbol, ({ bid }) => step.bid - bid);
    case 'open':
      return open(world, step, at);
    case 'close':
      return close(world, step.positionId, at);
    case 'nextDay':
      return nextDay(world);
  }
}

/** A share of the mid price in points, rounded half away from zero. */
function shareOfMid(bidPlusAsk: number, ppm: number): number {
  const exact = (bidPlusAsk * ppm) / (2 * PPM_UNIT);
  return exact < 0 ? -Math.round(-exact) : Math.round(exact);
}

function move(
  { market, account, at }: World,
  symbol: string,
  by: (quote: { bid: number; ask: number }) => number,
): Result<readonly VerdictDraft[], string> {
  const quote = market.quote(symbol);
  if (!quote) return err(`${symbol} has no price yet`);
  const points = by(quote);
  const mark: JournalledMark = {
    index: 0,
    symbol,
    bid: quote.bid + points,
    ask: quote.ask + points,
    at,
    source: 'what-if',
    quality: 0,
  };
  market.apply(mark);
  return ok(account.mark(mark));
}

function open(
  { market, account, at: now }: World,
  step: Extract<ScenarioStep, { type: 'open' }>,
  at: number,
): Result<readonly VerdictDraft[], string> {
  const quote = market.quote(step.symbol);
  if (!quote) return err(`${step.symbol} has no price yet`);
  return ok(
    account.deal({
      accountId: account.judged.terms.accountId,
      dealId: `what-if-${at + 1}`,
      positionId: `what-if-${at + 1}`,
      symbol: step.symbol,
      side: step.side,
      entry: 'in',
      volume: step.volume,
      price: step.side === 'buy' ? quote.ask : quote.bid,
      profit: 0,
      commission: 0,
      swap: 0,
      fee: 0,
      at: now,
    }),
  );
}

function close(
  { market, account, at: now }: World,
  positionId: string,
  at: number,
): Result<readonly VerdictDraft[], string> {
  const position = account.positions.get(positionId);
  if (!position) return err(`no open position is called ${positionId}`);
  const quote = market.quote(position.symbol);
  if (!quote) return err(`${position.symbol} has no price yet`);
  return ok(
    account.deal({
      accountId: account.judged.terms.accountId,
      dealId: `what-if-${at + 1}`,
      positionId,
      symbol: position.symbol,
      side: position.side === 'buy' ? 'sell' : 'buy',
      entry: 'out',
      volume: position.volume,
      price: position.side === 'buy' ? quote.bid : quote.ask,
      profit: market.floatingOf(position, account.judged.terms),
      commission: 0,
      swap: 0,
      fee: 0,
      at: now,
    }),
  );
}

function nextDay({ account, ruleSet }: World): Result<readonly VerdictDraft[], string> {
  const day = account.day();
  if (!day) return err('no trading day has begun yet');
  const opensAt = day.closesAt;
  // Only its beginning matters here; the key is the date in the middle of the coming day.
  const next: TradingDay = {
    key: utcText(opensAt + DAY_MS / 2).slice(0, 10),
    opensAt,
    closesAt: opensAt + DAY_MS,
  };
  return ok(account.rollOver(dayClockId(ruleSet.dayClock), next));
}

/** The standing of a reference account: what an empty scenario must reproduce. */
function standingOf({ account, at }: World): Standing {
  const moment = account.moment(at);
  const { judged } = account;
  return {
    status: present(ACCOUNT_STATUSES[judged.status], 'status'),
    balance: moment.balance,
    equity: moment.equity,
    openPositions: moment.openPositions,
    rules: judged.ruleSet.rules.map((rule, index) => ({
      ruleId: rule.ruleId,
      title: rule.kind.title,
      latch: latchName(judged.latches[index] ?? 0, rule.kind.role),
      gauge: gaugeAt(judged, moment, index),
    })),
  };
}

export function latchName(
  latch: number,
  role: 'limit' | 'objective' | 'conduct',
): 'none' | 'warned' | 'breached' | 'met' {
  if (latch === LATCH.none) return 'none';
  if (role === 'objective') return 'met';
  return latch === LATCH.breached ? 'breached' : 'warned';
}

function sentenceOf(draft: VerdictDraft): string {
  if (draft.kind !== 'accountStatusChanged') return verdictSentence(draft);
  return `Account becomes ${draft.data.to}`;
}

/** For every limit and held symbol, the nearest price that breaches, found by bisection. */
function touchesOf(world: World): WhatIfResult['touches'] {
  const { account, market } = world;
  if (account.judged.status === 2 || account.judged.status === 3) return [];
  const symbols = new Set([...account.positions.values()].map((position) => position.symbol));
  const touches: WhatIfResult['touches'] = [];
  for (const symbol of [...symbols].sort()) {
    const quote = market.quote(symbol);
    const instrument = market.instrument(symbol);
    if (!quote || !instrument) continue;
    for (const [index, rule] of account.judged.ruleSet.rules.entries()) {
      if (rule.kind.role !== 'limit') continue;
      const shift = breachingShift(world, index, symbol);
      if (shift === null) continue;
      touches.push({
        ruleId: rule.ruleId,
        symbol,
        digits: instrument.digits,
        bid: quote.bid + shift,
        ask: quote.ask + shift,
      });
    }
  }
  return touches;
}

/** The smallest move of one symbol, in points, at which a rule would be breached; null when none. */
function breachingShift(world: World, index: number, symbol: string): number | null {
  const { account, market, at } = world;
  const quote = present(market.quote(symbol), `quote of ${symbol}`);
  const rule = present(account.judged.ruleSet.rules[index], `rule ${index}`);
  const breachedAt = (shift: number): boolean => {
    market.apply({ symbol, bid: quote.bid + shift, ask: quote.ask + shift });
    const moment = account.moment(at);
    const state = present(account.judged.states[index], `state ${index}`);
    return rule.kind.judge(rule.params, state, moment, account.judged.terms).type === 'breached';
  };
  const far = Math.abs(quote.bid) * (TOUCH_SEARCH_FACTOR - 1);
  const found = [-1, 1]
    .filter((direction) => !breachedAt(0) && breachedAt(direction * far))
    .map((direction) => direction * bisect((distance) => breachedAt(direction * distance), far));
  market.apply({ symbol, ...quote });
  found.sort((one, other) => Math.abs(one) - Math.abs(other));
  return found[0] ?? null;
}

/** The smallest whole distance in (0, far] for which `holds`, given that it holds at `far`. */
function bisect(holds: (distance: number) => boolean, far: number): number {
  let low = 0;
  let high = far;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  assert(high > 0, 'a floor that is touched already has no distance');
  return high;
}
