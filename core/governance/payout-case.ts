import type { Fact } from '#core/facts/registry.ts';
import { assessBasis } from '#core/payouts/recompute.ts';
import type { PayoutAssessment, PayoutHistory } from '#core/payouts/assess.ts';
import { payoutPolicySchema, type PayoutPolicy } from '#core/payouts/policy.ts';
import {
  writeSnapshot,
  type Deduction,
  type PayoutSnapshot,
  type PayoutWindow,
} from '#core/payouts/snapshot.ts';
import type { PayoutRequest } from '#core/payouts/payouts.events.ts';
import { realisedByDeal } from '#core/rules/moment.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Governance } from './governance.ts';

const VERDICTS_MAX = 200;
const REVIEWS_MAX = 50;
const PRECEDENTS_MAX = 5;
const AGAINST_MAX = 120;

/** What paying out needs to know of an account's past, from its own facts. */
export function payoutHistoryOf(facts: readonly Fact[]): PayoutHistory {
  let history: PayoutHistory = {
    payouts: 0,
    paidToTrader: 0,
    openedAt: facts[0]?.envelope.occurredAt ?? 0,
    firstTradeAt: null,
    lastPayoutAt: null,
  };
  for (const fact of facts) {
    if (fact.kind === 'dealBooked' && history.firstTradeAt === null) {
      history = { ...history, firstTradeAt: fact.data.at };
    }
    if (fact.kind !== 'balanceOperationBooked' || fact.data.type !== 'payout') continue;
    const { amount, traderShare = -amount, at } = fact.data;
    history = {
      ...history,
      payouts: history.payouts + 1,
      paidToTrader: history.paidToTrader + traderShare,
      lastPayoutAt: at,
    };
  }
  return history;
}

/** What a payout asked for now would be; null when the account's rules do not compile. */
export function payoutNow(
  state: AccountState,
  policy: PayoutPolicy,
  facts: readonly Fact[],
): PayoutAssessment | null {
  const history = payoutHistoryOf(facts);
  return (
    assessBasis({ state, policy, history, deductions: [], requested: null })?.assessment ?? null
  );
}

/** Everything since the account was funded or last paid, as a person who decides has to know it. */
export function windowOf(
  facts: readonly Fact[],
  history: PayoutHistory,
  toAt: number,
): PayoutWindow {
  const fromAt = history.lastPayoutAt ?? history.openedAt;
  const verdicts: PayoutWindow['verdicts'][number][] = [];
  const acknowledged = new Set(
    facts.flatMap((fact) => (fact.kind === 'alertAcknowledged' ? [fact.data.alertSeq] : [])),
  );
  const openReviews: string[] = [];
  let trades = 0;
  let profit = 0;
  for (const fact of facts) {
    if (fact.envelope.occurredAt < fromAt) continue;
    const { seq } = fact.envelope;
    if (fact.kind === 'dealBooked') {
      trades += fact.data.entry === 'out' ? 1 : 0;
      profit += realisedByDeal(fact.data);
    } else if (
      fact.kind === 'warningRaised' ||
      fact.kind === 'breachDetected' ||
      fact.kind === 'conductFlagged'
    ) {
      const { ruleId, at } = fact.data;
      verdicts.push({
        seq,
        kind: fact.kind,
        ruleId,
        at,
        sentence: verdictSentence(fact).slice(0, 400),
      });
    } else if (fact.kind === 'reviewRequested' && !acknowledged.has(seq)) {
      openReviews.push(fact.data.sentence);
    }
  }
  return {
    fromAt,
    toAt,
    trades,
    profit,
    verdicts: verdicts.slice(-VERDICTS_MAX),
    openReviews: openReviews.slice(-REVIEWS_MAX),
  };
}

/** What a payout's bytes are made from. */
export interface PayoutCase {
  readonly request: PayoutRequest;
  readonly payeeName: string;
  readonly version: number;
  readonly basis: PayoutSnapshot['basis'];
  readonly state: AccountState;
  /** The program's payout policy as it is written; undefined where the phase pays nothing out. */
  readonly policy: unknown;
  readonly accountFacts: readonly Fact[];
  readonly deductions: readonly Deduction[];
  readonly salt: string;
}

export interface WrittenCase {
  readonly snapshot: PayoutSnapshot;
  readonly text: string;
  readonly digest: string;
  /** Nothing stands against it and nobody has looked at it twice. */
  readonly clean: boolean;
}

/** Assesses a payout as of now and writes the bytes that people will see, sign and keep. */
export function writeCase(one: PayoutCase, governance: Governance): Result<WrittenCase, string> {
  const { request, state, accountFacts, deductions } = one;
  const policy = payoutPolicySchema.safeParse(one.policy);
  if (!policy.success) return err('this phase of the program pays nothing out');
  const history = payoutHistoryOf(accountFacts);
  const { requested } = request;
  const assessed = assessBasis({ state, policy: policy.data, history, deductions, requested });
  if (!assessed) return err('the account’s rules do not compile');
  const identity = governance.identityOf(request.traderId);
  const seen = windowOf(accountFacts, history, state.at);
  const openReviews = [...seen.openReviews, ...openCases(request.traderId, governance)];
  const window = { ...seen, openReviews: openReviews.slice(-REVIEWS_MAX) };
  const against = [...assessed.assessment.reasons, ...identityReasons(identity)];
  if (assessed.amounts.trader <= 0 && against.length === 0) against.push('nothing is left to pay');
  const snapshot: PayoutSnapshot = {
    schema: 'payout-snapshot/1',
    payoutId: request.payoutId,
    version: one.version,
    traderName: state.terms.traderName,
    requested,
    currency: request.currency,
    payee: request.payee,
    payeeName: one.payeeName,
    basis: one.basis,
    state,
    policy: one.policy as PayoutSnapshot['policy'],
    history,
    identity,
    ...assessed,
    window,
    deductions: [...deductions],
    against: against.slice(0, AGAINST_MAX),
    precedents: precedentsFor(request, window, governance),
    salt: one.salt,
  };
  const flagged = window.verdicts.some(({ kind }) => kind !== 'warningRaised');
  const clean =
    against.length === 0 && !flagged && window.openReviews.length === 0 && deductions.length === 0;
  return ok({ snapshot, ...writeSnapshot(snapshot), clean });
}

function identityReasons(identity: PayoutSnapshot['identity']): string[] {
  if (identity === 'passed') return [];
  const why = { pending: 'has not ended', failed: 'failed', unknown: 'was never made' }[identity];
  return [`the trader's identity check ${why}`];
}

/** Cases about the trader that nobody has decided yet, as a person who decides on a payout reads of them. */
function openCases(traderId: string, { cases }: Governance): string[] {
  return cases.liveAbout(traderId).map(({ number, patterns, hold }) => {
    const holds = hold === null ? '' : ' and holds payouts back';
    return `Case ${number} about this trader (${[...patterns].join(', ')}) is undecided${holds}`;
  });
}

/** The rules that spoke in a window: cases of the same pattern are each other's precedents. */
export function patternOf(window: Pick<PayoutWindow, 'verdicts'>): string {
  const rules = window.verdicts
    .filter(({ kind }) => kind !== 'warningRaised')
    .map(({ ruleId }) => ruleId);
  return [...new Set(rules)].sort().join(' ');
}

function precedentsFor(
  request: PayoutRequest,
  window: PayoutWindow,
  governance: Governance,
): PayoutSnapshot['precedents'] {
  const pattern = patternOf(window);
  const found: PayoutSnapshot['precedents'] = [];
  for (const proposal of governance.proposals()) {
    const { closed, params, proposalId } = proposal;
    if (proposal.action !== 'payPayout' || !closed || proposalId === request.payoutId) continue;
    if ((params as { pattern?: unknown }).pattern !== pattern) continue;
    found.push({
      payoutId: proposalId,
      outcome: closed.outcome,
      at: closed.at,
      reason: closed.reason,
    });
  }
  return found.slice(-PRECEDENTS_MAX);
}
