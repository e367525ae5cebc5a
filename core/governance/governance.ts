import { createAlerting, type Alerting } from '#core/alerts/alerting.ts';
import { createCases, type Cases } from '#core/cases/cases.ts';
import { createDisputes, type Disputes } from '#core/support/disputes.ts';
import { createTickets, type Tickets } from '#core/support/tickets.ts';
import { createInsight, type Insight } from '#core/insight/insight.ts';
import { createLimitBook, type LimitBook } from '#core/exposure/limits.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import {
  DEFAULT_POLICIES,
  requiredFor,
  type ApprovalPolicy,
  type Required,
} from '#core/approvals/policy.ts';
import { countedOn, standingOf, type Proposal, type Standing } from '#core/approvals/proposal.ts';
import type { ActionType } from '#core/approvals/action-types.ts';
import { createOrders, type Orders } from '#core/provisioning/orders.ts';
import type { Actor } from '#core/kernel/event.ts';
import { createPeople, type People } from '#core/people/people.ts';
import { isPermitted, type Role } from '#core/people/roles.ts';
import { createStandingLinks, type StandingLinks } from '#core/sharing/links.ts';
import type {
  BankEntry,
  PaymentData,
  PaymentReport,
  PayoutRequest,
} from '#core/payouts/payouts.events.ts';

/** A payout from its request to the bank: what its facts say of it. */
export interface Payout {
  readonly payoutId: string;
  readonly request: PayoutRequest;
  readonly requestedSeq: number;
  readonly payment: PaymentData | null;
  readonly reports: readonly PaymentReport[];
  readonly entries: readonly string[];
  readonly questions: readonly {
    readonly personId: string;
    readonly question: string;
    readonly at: number;
  }[];
  readonly letter: string | null;
}

export interface Exception {
  readonly exceptionId: string;
  readonly type: string;
  readonly payoutId: string | null;
  readonly entryId: string | null;
  readonly sentence: string;
  readonly at: number;
  readonly settled: {
    readonly personId: string;
    readonly reason: string;
    readonly at: number;
  } | null;
}

/** What became of a payment, by the latest word that says more than the one before. */
export type PaymentState = 'none' | 'instructed' | PaymentReport['state'];

/**
 * People, proposals and payouts, as the log tells them. The server, every desk, the verifier and
 * the simulator fold the same facts through this one place, so they can be compared.
 */
export interface Governance {
  readonly people: People;
  /** Who is told of what, and what was escalated. */
  readonly alerting: Alerting;
  /** What the firm wants of its numbers, and to whom they are sent. */
  readonly insight: Insight;
  /** Limits on exposure, and those that are crossed. */
  readonly exposure: LimitBook;
  /** Signals of surveillance, the cases that they open, and how they are scored. */
  readonly cases: Cases;
  /** What traders write, and what they dispute. */
  readonly tickets: Tickets;
  readonly disputes: Disputes;
  /** Orders of the firm's shops, and how far they have come. */
  readonly orders: Orders;
  /** Links by which traders see where an account stands. */
  readonly links: StandingLinks;
  /** Proposals of what a case leads to, closed ones too, in order of opening. */
  proposalsOfCase(caseId: string): readonly Proposal[];
  /** Those that are open. */
  proposalsOn(caseId: string): readonly Proposal[];
  /** The kinds of facts that this fold takes. */
  readonly kinds: readonly string[];
  /** Takes the next fact; facts that concern nothing here are passed over. */
  apply(fact: Fact): void;
  policy(action: ActionType): ApprovalPolicy;
  proposals(): Iterable<Proposal>;
  proposal(proposalId: string): Proposal | undefined;
  /** Those that are not closed, in order of opening. */
  open(): Iterable<Proposal>;
  required(proposal: Proposal): Required;
  standing(proposal: Proposal): Standing;
  decision(decisionId: string): Extract<Fact, { kind: 'decisionReceived' }> | undefined;
  payout(payoutId: string): Payout | undefined;
  payouts(): Iterable<Payout>;
  /** Payouts of one account, oldest first. */
  payoutsOf(accountId: string): readonly string[];
  /** Payouts of all accounts of one trader, oldest first. */
  payoutsOfTrader(traderId: string): readonly string[];
  payoutByRequest(requestKey: string): string | undefined;
  paymentState(payoutId: string): PaymentState;
  entry(entryId: string): BankEntry | undefined;
  entryIsMatched(entryId: string): boolean;
  fileIsKnown(file: string): boolean;
  exceptions(): Iterable<Exception>;
  identityOf(traderId: string): 'passed' | 'pending' | 'failed' | 'unknown';
  /** What other amounts count together with this one. */
  summed(
    proposal: Pick<Proposal, 'proposalId' | 'action' | 'about' | 'amount'>,
    at: number,
  ): number;
  /** What one person has approved since an instant. */
  approvedBy(personId: string, action: ActionType, since: number): number;
  readonly lastSeq: number;
}

const DAY_MS = 86_400_000;

/** What each kind of fact changes. */
type Takers = {
  readonly [Kind in FactKind]?: (fact: Extract<Fact, { kind: Kind }>) => void;
};

export function createGovernance(): Governance {
  const people = createPeople();
  const alerting = createAlerting();
  const insight = createInsight();
  const exposure = createLimitBook();
  const cases = createCases();
  const tickets = createTickets();
  const disputes = createDisputes();
  const orders = createOrders();
  const links = createStandingLinks();
  /** By case: all proposals that were ever opened on it. */
  const byCase = new Map<string, string[]>();
  const policies = new Map(DEFAULT_POLICIES.map((policy) => [policy.action, policy]));
  const proposals = new Map<string, Proposal>();
  const open = new Set<string>();
  const decisions = new Map<string, Extract<Fact, { kind: 'decisionReceived' }>>();
  const payouts = new Map<string, Payout>();
  const byAccount = new Map<string, string[]>();
  const byTrader = new Map<string, string[]>();
  const byRequest = new Map<string, string>();
  const entries = new Map<string, { readonly entry: BankEntry; matched: boolean }>();
  const files = new Set<string>();
  const exceptions = new Map<string, Exception>();
  const identities = new Map<string, 'passed' | 'pending' | 'failed'>();
  let lastSeq = 0;

  const change = (proposalId: string, over: (proposal: Proposal) => Partial<Proposal>): void => {
    const proposal = proposals.get(proposalId);
    if (proposal) proposals.set(proposalId, { ...proposal, ...over(proposal) });
  };
  const changePayout = (payoutId: string, over: (payout: Payout) => Partial<Payout>): void => {
    const payout = payouts.get(payoutId);
    if (payout) payouts.set(payoutId, { ...payout, ...over(payout) });
  };
  const list = (map: Map<string, string[]>, key: string, value: string): void => {
    const known = map.get(key);
    if (known) known.push(value);
    else map.set(key, [value]);
  };
  const policyOf = (action: ActionType): ApprovalPolicy => {
    const policy = policies.get(action);
    if (!policy) throw new Error(`no policy for ${action}`);
    return policy;
  };

  const takers: Takers = {
    personAdded: ({ data }) => {
      people.add(data.personId);
    },
    personDeactivated: ({ data, envelope: { seq } }) => {
      people.deactivate(data.personId, seq);
    },
    roleGranted: ({ data, envelope: { seq } }) => {
      people.grant(data.personId, data.role, data.scope, seq);
    },
    roleRevoked: ({ data, envelope: { seq } }) => {
      people.revoke(data.personId, data.role, seq);
    },
    keyEnrolled: ({ data, envelope: { seq } }) => {
      people.enrol(data, data.publicKey, seq);
    },
    keyGranted: ({ data, envelope: { seq } }) => {
      const key = people.key(data.keyId);
      if (key) key.grantedSeq ??= seq;
    },
    keyRevoked: ({ data, envelope: { seq } }) => {
      const key = people.key(data.keyId);
      if (key) key.revokedSeq ??= seq;
    },
    keyFrozen: ({ data }) => {
      const key = people.key(data.keyId);
      if (key) key.frozen = true;
    },
    policyChanged: ({ data }) => {
      policies.set(data.policy.action, data.policy);
    },
    proposalOpened: ({ data, envelope: { seq } }) => {
      const { at, ...rest } = data;
      const fresh = { received: [], approved: null, closed: null, escalated: 0 };
      open.add(rest.proposalId);
      proposals.set(rest.proposalId, {
        ...rest,
        ...fresh,
        openedSeq: seq,
        openedAt: at,
        versionSeq: seq,
      });
      const caseId = caseOf(rest);
      if (caseId !== null) list(byCase, caseId, rest.proposalId);
    },
    proposalRevised: ({ data, envelope: { seq } }) => {
      const { proposalId, version, params, snapshot, amount, maker, coolingUntil } = data;
      change(proposalId, ({ makers, coolingUntil: before }) => ({
        version,
        versionSeq: seq,
        params,
        snapshot,
        amount,
        coolingUntil: coolingUntil ?? before,
        approved: null,
        makers: maker === null || makers.includes(maker) ? makers : [...makers, maker],
      }));
    },
    decisionReceived: (fact) => {
      const { decisionId, proposalId, keyId, chain } = fact.data;
      decisions.set(decisionId, fact);
      const key = people.key(keyId);
      if (key) key.chain = chain;
      change(proposalId, ({ received }) => ({
        received: [...received, { seq: fact.envelope.seq, ...fact.data }],
      }));
    },
    proposalApproved: ({ data }) => {
      const { proposalId, version, executableFrom, by } = data;
      change(proposalId, () => ({ approved: { version, executableFrom, by } }));
    },
    proposalClosed: ({ data, envelope: { seq } }) => {
      const { proposalId, outcome, reason, at } = data;
      open.delete(proposalId);
      change(proposalId, () => ({ closed: { outcome, reason, at, seq } }));
    },
    proposalEscalated: ({ data }) => {
      change(data.proposalId, () => ({ escalated: data.level }));
    },
    payoutRequested: ({ data, envelope: { seq } }) => {
      const { payoutId, accountId, traderId, requestKey } = data;
      const fresh = { payment: null, reports: [], entries: [], questions: [], letter: null };
      payouts.set(payoutId, { payoutId, request: data, requestedSeq: seq, ...fresh });
      list(byAccount, accountId, payoutId);
      list(byTrader, traderId, payoutId);
      byRequest.set(requestKey, payoutId);
    },
    traderChecked: ({ data }) => {
      if (data.check === 'identity') identities.set(data.traderId, data.result);
    },
    informationAsked: ({ data }) => {
      changePayout(data.payoutId, ({ questions }) => ({
        questions: [...questions, data],
      }));
    },
    paymentInstructed: ({ data }) => {
      changePayout(data.payoutId, () => ({ payment: data }));
      cases.paid(data.accountId);
    },
    paymentReported: ({ data }) => {
      changePayout(data.payoutId, ({ reports }) => ({
        reports: [...reports, data],
      }));
    },
    bankEntryBooked: ({ data }) => {
      files.add(data.file);
      entries.set(data.entryId, { entry: data, matched: false });
    },
    entryMatched: ({ data }) => {
      const { entryId, payoutId } = data;
      const known = entries.get(entryId);
      if (known) known.matched = true;
      changePayout(payoutId, (payout) => ({ entries: [...payout.entries, entryId] }));
    },
    exceptionRaised: ({ data }) => {
      exceptions.set(data.exceptionId, { ...data, settled: null });
    },
    exceptionSettled: ({ data }) => {
      const known = exceptions.get(data.exceptionId);
      if (known) exceptions.set(known.exceptionId, { ...known, settled: data });
    },
    letterIssued: ({ data }) => {
      changePayout(data.payoutId, () => ({ letter: data.letter }));
    },
    exposureLimitsChanged: ({ data }) => {
      exposure.changed(data.limits);
    },
    exposureLimitCrossed: ({ data, envelope: { seq } }) => {
      exposure.crossed(data, seq);
    },
    exposureLimitCleared: ({ data }) => {
      exposure.cleared(data);
    },
    alertRulesChanged: ({ data }) => {
      alerting.change(data.version, data.rules, data);
    },
    kpiGoalsChanged: ({ data }) => {
      insight.setGoals(data);
    },
    reportScheduled: ({ data }) => {
      insight.plan(data);
    },
    reportSent: ({ data }) => {
      insight.sent(data);
    },
    alertEscalated: ({ data }) => {
      alerting.escalate(data);
    },
    signalRaised: ({ data, envelope: { seq } }) => {
      cases.raise(data, seq);
    },
    scoringChanged: ({ data, envelope: { seq, recordedAt } }) => {
      cases.rescore(data.policy, seq, recordedAt);
    },
    caseOpened: ({ data, envelope: { seq } }) => {
      cases.open(data, seq);
    },
    caseSignalAdded: ({ data, envelope: { seq } }) => {
      cases.addSignal(data, seq);
    },
    caseWorked: ({ data, envelope: { seq } }) => {
      cases.work(data, seq);
    },
    caseMerged: ({ data, envelope: { seq } }) => {
      cases.merge(data, seq);
    },
    caseSplit: ({ data, envelope: { seq } }) => {
      cases.split(data, seq);
    },
    caseDecided: ({ data, envelope: { seq } }) => {
      cases.decide(data, seq);
    },
    caseReopened: ({ data, envelope: { seq } }) => {
      cases.reopen(data, seq);
    },
    caseReviewed: ({ data, envelope: { seq } }) => {
      cases.review(data, seq);
    },
    ticketOpened: ({ data, envelope: { seq, actor } }) => {
      tickets.open(data, seq, clientOf(actor));
    },
    ticketMessaged: ({ data, envelope: { seq } }) => {
      tickets.message(data, seq);
    },
    ticketChanged: ({ data, envelope: { seq } }) => {
      tickets.change(data, seq);
    },
    disputeOpened: ({ data, envelope: { seq, actor } }) => {
      disputes.open(data, seq, clientOf(actor));
    },
    disputeDecided: ({ data, envelope: { seq } }) => {
      disputes.decide(data, seq);
    },
    disputeWithdrawn: ({ data }) => {
      disputes.withdraw(data);
    },
    workDone: ({ data: { itemId, change, at } }) => {
      if (change.type !== 'assigned' && change.type !== 'handedOver') return;
      tickets.assign(itemId, change.to, at);
    },
    orderReceived: ({ data, envelope: { seq } }) => {
      orders.receive(data, seq);
    },
    orderAdvanced: ({ data, envelope: { seq } }) => {
      orders.advance(data, seq);
    },
    orderReversed: ({ data, envelope: { seq } }) => {
      orders.reverse(data, seq);
    },
    standingShared: ({ data }) => {
      links.share(data);
    },
    standingRevoked: ({ data }) => {
      links.revoke(data);
    },
  };
  /** Approved or done: what counts against limits from then on. */
  const weighs = (proposal: Proposal | undefined, since: number): number => {
    if (!proposal) return 0;
    // However old: what is open may be carried out in the same run as what is summed up here.
    if (!proposal.closed) return proposal.amount;
    const { outcome, at } = proposal.closed;
    return outcome === 'executed' && at >= since ? proposal.amount : 0;
  };
  const summed: Governance['summed'] = ({ proposalId, action, about, amount }, at) => {
    const { windowDays } = policyOf(action);
    if (windowDays === 0 || about.traderId === null) return amount;
    const since = at - windowDays * DAY_MS;
    const others = byTraderOf(about.traderId, action).filter((one) => one !== proposalId);
    return others.reduce((sum, one) => sum + weighs(proposals.get(one), since), amount);
  };
  const byTraderOf = (traderId: string, action: ActionType): readonly string[] => {
    if (action === 'payPayout') return byTrader.get(traderId) ?? [];
    return [...proposals.values()].flatMap((one) =>
      one.action === action && one.about.traderId === traderId ? [one.proposalId] : [],
    );
  };
  /** Roles of a person that reach what a proposal is about: every role sees what it reaches. */
  const rolesOf = (personId: string, { about, amount }: Proposal): readonly Role[] => {
    const held = people.persons.get(personId)?.roles.filter(({ toSeq }) => toSeq === null) ?? [];
    const reaching = held.filter((role) => isPermitted([role], 'view', { ...about, amount }));
    return reaching.map(({ role }) => role);
  };
  const required = (proposal: Proposal): Required => {
    const clean = isClean(proposal, cases);
    return requiredFor(policyOf(proposal.action), summed(proposal, proposal.openedAt), clean);
  };
  const proposalsOfCase = (caseId: string): readonly Proposal[] =>
    (byCase.get(caseId) ?? []).flatMap((proposalId) => proposals.get(proposalId) ?? []);
  return {
    people,
    alerting,
    insight,
    exposure,
    cases,
    orders,
    links,
    tickets,
    disputes,
    proposalsOfCase,
    proposalsOn: (caseId) => proposalsOfCase(caseId).filter(({ closed }) => !closed),
    kinds: Object.keys(takers),
    apply: (fact) => {
      lastSeq = fact.envelope.seq;
      takers[fact.kind]?.(fact as never);
    },
    policy: policyOf,
    proposals: () => proposals.values(),
    proposal: (proposalId) => proposals.get(proposalId),
    open: function* () {
      for (const proposalId of open) {
        const proposal = proposals.get(proposalId);
        if (proposal) yield proposal;
      }
    },
    required,
    standing: (proposal) =>
      standingOf(proposal, required(proposal), (personId) => rolesOf(personId, proposal)),
    decision: (decisionId) => decisions.get(decisionId),
    payout: (payoutId) => payouts.get(payoutId),
    payouts: () => payouts.values(),
    payoutsOf: (accountId) => byAccount.get(accountId) ?? [],
    payoutsOfTrader: (traderId) => byTrader.get(traderId) ?? [],
    payoutByRequest: (requestKey) => byRequest.get(requestKey),
    paymentState: (payoutId) => paymentStateOf(payouts.get(payoutId)),
    entry: (entryId) => entries.get(entryId)?.entry,
    entryIsMatched: (entryId) => entries.get(entryId)?.matched ?? false,
    fileIsKnown: (file) => files.has(file),
    exceptions: () => exceptions.values(),
    identityOf: (traderId) => identities.get(traderId) ?? 'unknown',
    summed,
    approvedBy: (personId, action, since) => {
      let sum = 0;
      for (const proposal of proposals.values()) {
        if (proposal.action !== action || proposal.closed?.outcome === 'rejected') continue;
        // Holding and releasing it changes nothing about having approved it.
        const word = countedOn(proposal).findLast(
          (one) =>
            one.personId === personId && (one.decision === 'approve' || one.decision === 'reject'),
        );
        if (word?.decision === 'approve' && word.at >= since) sum += proposal.amount;
      }
      return sum;
    },
    get lastSeq() {
      return lastSeq;
    },
  };
}

/** The client of the API that did something; null for everybody else. */
function clientOf({ type, id }: Actor): string | null {
  return type === 'client' ? id : null;
}

/** The case that a proposal is about; null for any other. */
function caseOf({ action, params }: Pick<Proposal, 'action' | 'params'>): string | null {
  if (action !== 'applyConsequence') return null;
  const { caseId } = (params ?? {}) as { caseId?: unknown };
  return typeof caseId === 'string' ? caseId : null;
}

/**
 * What a policy may let through without a second person: a payout that nothing stands against, not
 * even a case that was opened since it was assessed; and holding a payout back, which can be undone.
 */
function isClean({ action, params, about }: Proposal, cases: Cases): boolean {
  const { clean, consequence } = (params ?? {}) as { clean?: unknown; consequence?: unknown };
  if (action === 'applyConsequence') return consequence === 'payoutHold';
  return (
    clean === true && (about.traderId === null || cases.liveAbout(about.traderId).length === 0)
  );
}

/** `paid`, `declined` and `returned` say more than `sent` and `unknown`, whichever comes later. */
export function paymentStateOf(payout: Payout | undefined): PaymentState {
  if (!payout?.payment) return 'none';
  const final = payout.reports.findLast(({ state }) =>
    ['paid', 'declined', 'returned'].includes(state),
  );
  return final?.state ?? payout.reports.at(-1)?.state ?? 'instructed';
}

/** What a desk has to be told, to know as much as its server. */
export const GOVERNED_KINDS: ReadonlySet<string> = new Set(createGovernance().kinds);
