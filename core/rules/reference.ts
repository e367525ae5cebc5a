import type {
  AccountTerms,
  BalanceOperation,
  Deal,
  ProtectionChange,
} from '#core/accounts/account.ts';
import { movesCapital, realisedBy } from '#core/accounts/account.ts';
import {
  byPositionId,
  heldPosition,
  UNPROTECTED,
  type HeldPosition,
  type Protection,
} from '#core/accounts/held-position.ts';
import { createCalendar, type Calendar } from '#core/market/calendar.ts';
import { dealMoment, payoutMoment, realisedByDeal } from './moment.ts';
import type { MarketView } from '#core/accounts/market-view.ts';
import { remainingOpenValue, type Position } from '#core/accounts/positions.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import type { Money } from '#core/money/money.ts';
import { dayClockId, endedOn, type EpochMs, type TradingDay } from '#core/time/time.ts';
import { ok, type Result } from '#core/kernel/result.ts';
import type { AccountState } from './account-state.ts';
import { direct, underRuleSet, type Directive } from './directive.ts';
import { openJudgedAccount, stepAccount, type JudgedAccount, type Outcome } from './judge.ts';
import type { Moment, MomentCause } from './rule-kind.ts';
import { cutOffOn, type RuleSet } from './rule-set.ts';
import type { EvidencePosition, VerdictCause } from './rules.events.ts';
import { statusFact, verdictFacts, type VerdictDraft } from './verdict-facts.ts';

/**
 * The reference evaluator: one account, valued from scratch at every mark, no caches, nothing
 * skipped. It defines the semantics; the columnar engine must equal it at every mark.
 */
export interface ReferenceAccount {
  readonly judged: JudgedAccount;
  readonly balance: Money;
  readonly positions: ReadonlyMap<string, Position>;
  equity(): Money;
  day(): TradingDay | null;
  /** The account's present moment, as an empty what-if sees it. */
  moment(at: EpochMs): Moment;
  /** Evidence lines of what is open. */
  evidencePositions(): EvidencePosition[];
  /** The market view must hold the mark already. */
  mark(mark: JournalledMark): readonly VerdictDraft[];
  deal(deal: Deal): readonly VerdictDraft[];
  balanceOperation(operation: BalanceOperation): readonly VerdictDraft[];
  /** A stop or target of an open position changed. */
  protect(change: ProtectionChange): readonly VerdictDraft[];
  /** A day began on a clock: its own, one at which a rule of it looks, or neither. */
  rollOver(clockId: string, day: TradingDay): readonly VerdictDraft[];
  /** What people decided about it; refuses what its state does not allow. */
  direct(directive: Directive, at: EpochMs): Result<readonly VerdictDraft[], string>;
  /** Puts it under another rule set and judges it by that. */
  changeRules(ruleSet: RuleSet, at: EpochMs): readonly VerdictDraft[];
}

export interface ReferenceAccountPorts {
  readonly terms: AccountTerms;
  readonly ruleSet: RuleSet;
  /** Shared by many accounts and kept up to date by the caller. */
  readonly market: MarketView;
  readonly day: TradingDay | null;
  /** Shared like the market; empty when left out. */
  readonly calendar?: Calendar;
  /** Resumes here instead of starting afresh: see AccountState. */
  readonly resume?: Pick<
    AccountState,
    'status' | 'balance' | 'positions' | 'protections' | 'states' | 'latches' | 'exceptions'
  >;
}

export function openReferenceAccount(ports: ReferenceAccountPorts): ReferenceAccount {
  const { market } = ports;
  const { currency, positionRounding } = ports.terms;
  const valuation = { currency, positionRounding };
  let judged = resumeJudged(openJudgedAccount(ports.terms, ports.ruleSet), ports.resume);
  const positions = new Map<string, Position>();
  for (const position of ports.resume?.positions ?? []) {
    positions.set(position.positionId, position);
  }
  const protections = new Map<string, Protection>(ports.resume?.protections);
  const calendar = ports.calendar ?? createCalendar();
  let balance = ports.resume?.balance ?? ports.terms.startBalance;
  let day = ports.day;

  const equity = (): Money => {
    let sum = balance;
    for (const position of positions.values()) sum += market.floatingOf(position, valuation);
    return sum;
  };
  const held = (): HeldPosition[] =>
    [...positions.values()].sort(byPositionId).map((position) =>
      heldPosition(
        position,
        {
          currency,
          floating: market.floatingOf(position, valuation),
          protection: protections.get(position.positionId) ?? UNPROTECTED,
        },
        market,
      ),
    );
  const momentOf = (cause: MomentCause, at: EpochMs): Moment => ({
    cause,
    at,
    balance,
    equity: equity(),
    openPositions: positions.size,
    day,
    deal: null,
    capitalFlow: 0,
    realised: 0,
    payout: null,
    cutOff: null,
    positions: held,
    news: (symbol, from, to) => {
      const instrument = market.instrument(symbol);
      return instrument ? calendar.around(instrument, from, to) : [];
    },
  });
  const evidencePositions = (): EvidencePosition[] =>
    [...positions.values()].map((position) => ({
      positionId: position.positionId,
      symbol: position.symbol,
      side: position.side,
      volume: position.volume,
      openValue: position.openValue,
      bid: market.quote(position.symbol)?.bid ?? null,
      ask: market.quote(position.symbol)?.ask ?? null,
      floating: market.floatingOf(position, valuation),
    }));
  const step = (moment: Moment, cause: VerdictCause): readonly VerdictDraft[] => {
    const outcomes: readonly Outcome[] = stepAccount(judged, moment);
    if (outcomes.length === 0) return [];
    const { terms, ruleSet } = judged;
    return verdictFacts(outcomes, {
      terms,
      ruleSet,
      moment,
      cause,
      positions: evidencePositions(),
    });
  };

  return {
    get judged() {
      return judged;
    },
    get balance() {
      return balance;
    },
    positions,
    equity,
    day: () => day,
    moment: (at) => momentOf('mark', at),
    evidencePositions,
    mark: (mark) => {
      // A price that moves nothing here is no occasion to look: time alone is judged at deals,
      // roll-overs and the marks of what is held.
      const held = [...positions.values()];
      if (!held.some((one) => market.dependsOn(one, mark.symbol, currency))) return [];
      const digits = market.instrument(mark.symbol)?.digits ?? 0;
      return step(momentOf('mark', mark.at), { type: 'mark', mark, digits });
    },
    deal: (deal) => {
      const before = positions.get(deal.positionId);
      applyDeal(positions, deal);
      if (!positions.has(deal.positionId)) protections.delete(deal.positionId);
      const realised = realisedByDeal(deal);
      balance += realised;
      const around = {
        day,
        instrument: market.instrument(deal.symbol),
        symbolFlatAfter: ![...positions.values()].some(({ symbol }) => symbol === deal.symbol),
      };
      const moment = {
        ...momentOf('deal', deal.at),
        deal: dealMoment(deal, before, around),
        realised,
      };
      return step(moment, { type: 'deal', dealId: deal.dealId });
    },
    balanceOperation: (operation) => {
      balance += operation.amount;
      const moment = {
        ...momentOf('balanceOperation', operation.at),
        capitalFlow: movesCapital(operation) ? operation.amount : 0,
        realised: realisedBy(operation),
        payout: payoutMoment(operation),
      };
      return step(moment, { type: 'balanceOperation', operationId: operation.operationId });
    },
    protect: ({ positionId, stopLoss, takeProfit, at }) => {
      if (!positions.has(positionId)) return [];
      protections.set(positionId, { stopLoss, takeProfit });
      return step(momentOf('protection', at), { type: 'protection', positionId });
    },
    rollOver: (clockId, nextDay) => {
      const cause: VerdictCause = { type: 'rollOver', clockId, dayKey: nextDay.key };
      const cutOff = cutOffOn(judged.ruleSet, clockId);
      const cut = cutOff
        ? step(
            {
              ...momentOf('cutOff', nextDay.opensAt),
              cutOff: { clockId, date: endedOn(cutOff, nextDay) },
            },
            cause,
          )
        : [];
      if (dayClockId(judged.ruleSet.dayClock) !== clockId) return cut;
      const closing = step(momentOf('dayClose', nextDay.opensAt), cause);
      day = nextDay;
      return [...cut, ...closing, ...step(momentOf('dayOpen', nextDay.opensAt), cause)];
    },
    direct: (directive, at) => {
      const outcomes = direct(judged, directive);
      if (!outcomes.ok) return outcomes;
      const changed = outcomes.value.map((outcome) => statusFact(outcome, judged.terms, at));
      if (directive.type !== 'reinstate') return ok(changed);
      const { ruleId } = directive;
      return ok([...changed, ...step(momentOf('dayOpen', at), { type: 'reinstated', ruleId })]);
    },
    changeRules: (ruleSet, at) => {
      judged = underRuleSet(judged, ruleSet);
      const { version } = ruleSet.ref;
      return step(momentOf('mark', at), { type: 'rulesChanged', version });
    },
  };
}

function resumeJudged(
  fresh: JudgedAccount,
  resume: ReferenceAccountPorts['resume'],
): JudgedAccount {
  if (!resume) return fresh;
  return {
    ...fresh,
    status: resume.status,
    states: resume.states.map((state) => ({ ...state })),
    latches: [...resume.latches],
    exceptions: [...resume.exceptions],
  };
}

function applyDeal(positions: Map<string, Position>, deal: Deal): void {
  const after = positionAfter(positions.get(deal.positionId), deal);
  if (after) positions.set(deal.positionId, after);
  else positions.delete(deal.positionId);
}

function positionAfter(before: Position | undefined, deal: Deal): Position | undefined {
  if (deal.entry === 'in') {
    const added = deal.volume * deal.price;
    if (before) {
      return {
        ...before,
        volume: before.volume + deal.volume,
        openValue: before.openValue + added,
      };
    }
    return {
      positionId: deal.positionId,
      symbol: deal.symbol,
      side: deal.side,
      volume: deal.volume,
      openValue: added,
      openedAt: deal.at,
    };
  }
  if (!before || deal.volume >= before.volume) return undefined;
  return {
    ...before,
    volume: before.volume - deal.volume,
    openValue: remainingOpenValue(before.openValue, before.volume, deal.volume),
  };
}
