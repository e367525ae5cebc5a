import type { AccountTerms, BalanceOperation, Deal } from '#core/accounts/account.ts';
import { movesCapital } from '#core/accounts/account.ts';
import type { MarketView } from '#core/accounts/market-view.ts';
import { remainingOpenValue, type Position } from '#core/accounts/positions.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import type { Money } from '#core/money/money.ts';
import type { EpochMs, TradingDay } from '#core/time/time.ts';
import type { AccountState } from './account-state.ts';
import { openJudgedAccount, stepAccount, type JudgedAccount, type Outcome } from './judge.ts';
import type { DealMoment, Moment, MomentCause } from './rule-kind.ts';
import type { RuleSet } from './rule-set.ts';
import type { EvidencePosition, VerdictCause } from './rules.events.ts';
import { verdictFacts, type VerdictDraft } from './verdict-facts.ts';

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
  rollOver(clockId: string, day: TradingDay): readonly VerdictDraft[];
}

export interface ReferenceAccountPorts {
  readonly terms: AccountTerms;
  readonly ruleSet: RuleSet;
  /** Shared by many accounts and kept up to date by the caller. */
  readonly market: MarketView;
  readonly day: TradingDay | null;
  /** Resumes here instead of starting afresh: see AccountState. */
  readonly resume?: Pick<AccountState, 'status' | 'balance' | 'positions' | 'states' | 'latches'>;
}

export function openReferenceAccount(ports: ReferenceAccountPorts): ReferenceAccount {
  const { terms, ruleSet, market } = ports;
  const judged = resumeJudged(openJudgedAccount(terms, ruleSet), ports.resume);
  const positions = new Map<string, Position>();
  for (const position of ports.resume?.positions ?? []) {
    positions.set(position.positionId, position);
  }
  let balance = ports.resume?.balance ?? terms.startBalance;
  let day = ports.day;

  const equity = (): Money => {
    let sum = balance;
    for (const position of positions.values()) sum += market.floatingOf(position, terms);
    return sum;
  };
  const momentOf = (cause: MomentCause, at: EpochMs): Moment => ({
    cause,
    at,
    balance,
    equity: equity(),
    openPositions: positions.size,
    day,
    deal: null,
    capitalFlow: 0,
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
      floating: market.floatingOf(position, terms),
    }));
  const step = (moment: Moment, cause: VerdictCause): readonly VerdictDraft[] => {
    const outcomes: readonly Outcome[] = stepAccount(judged, moment);
    if (outcomes.length === 0) return [];
    return verdictFacts(outcomes, {
      terms,
      ruleSet,
      moment,
      cause,
      positions: evidencePositions(),
    });
  };

  return {
    judged,
    get balance() {
      return balance;
    },
    positions,
    equity,
    day: () => day,
    moment: (at) => momentOf('mark', at),
    evidencePositions,
    mark: (mark) => {
      const digits = market.instrument(mark.symbol)?.digits ?? 0;
      return step(momentOf('mark', mark.at), { type: 'mark', mark, digits });
    },
    deal: (deal) => {
      const dealMoment = applyDeal(positions, deal, day);
      balance += dealMoment.realised;
      const moment = { ...momentOf('deal', deal.at), deal: dealMoment };
      return step(moment, { type: 'deal', dealId: deal.dealId });
    },
    balanceOperation: (operation) => {
      balance += operation.amount;
      const moment = {
        ...momentOf('balanceOperation', operation.at),
        capitalFlow: movesCapital(operation) ? operation.amount : 0,
      };
      return step(moment, { type: 'balanceOperation', operationId: operation.operationId });
    },
    rollOver: (clockId, nextDay) => {
      const cause: VerdictCause = { type: 'rollOver', clockId, dayKey: nextDay.key };
      const closing = step(momentOf('dayClose', nextDay.opensAt), cause);
      day = nextDay;
      return [...closing, ...step(momentOf('dayOpen', nextDay.opensAt), cause)];
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
  };
}

/** Books a deal into a map of positions; says what the rules need to know about it. */
export function applyDeal(
  positions: Map<string, Position>,
  deal: Deal,
  day: TradingDay | null,
): DealMoment {
  const before = positions.get(deal.positionId);
  const realised = deal.profit + deal.commission + deal.swap + deal.fee;
  const after = positionAfter(before, deal);
  if (after) positions.set(deal.positionId, after);
  else positions.delete(deal.positionId);
  let symbolFlatAfter = true;
  for (const position of positions.values()) {
    if (position.symbol === deal.symbol) symbolFlatAfter = false;
  }
  return {
    entry: deal.entry,
    opensPosition: deal.entry === 'in' && before === undefined,
    openedSameDay: before !== undefined && day !== null && before.openedAt >= day.opensAt,
    symbolFlatAfter,
    realised,
  };
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
