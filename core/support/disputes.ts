import { assert } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { ok, type Result } from '#core/kernel/result.ts';
import type { Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { DecideDispute, OpenDispute, WithdrawDispute } from './act.ts';
import { disputeLetter } from './letter.ts';
import type {
  Disputed,
  DisputeData,
  DisputeDecision,
  DisputeWithdrawal,
  Remedy,
} from './support.events.ts';
import type { Ticket, Tickets } from './tickets.ts';
import {
  refuse,
  written,
  type SupportDraft,
  type SupportRefusal,
  type SupportWork,
  type SupportWorker,
} from './work.ts';

const DAY_MS = 86_400_000;
/** In which a trader is answered: what letters of decisions promise. */
export const DECIDE_WITHIN_MS: number = 7 * DAY_MS;
/** Disputes about one thing: whoever goes on after that has had every answer there is. */
export const DISPUTES_PER_MATTER_MAX = 3;

/** A dispute as the log tells it. */
export interface Dispute extends DisputeData {
  /** In order of opening, from 1. */
  readonly number: number;
  readonly openedSeq: number;
  readonly client: string | null;
  readonly dueAt: EpochMs;
  readonly decision: (DisputeDecision & { readonly seq: number }) | null;
  readonly withdrawn: DisputeWithdrawal | null;
}

/** Disputes: a fold of the log. */
export interface Disputes {
  open(data: DisputeData, seq: number, client: string | null): void;
  decide(data: DisputeDecision, seq: number): void;
  withdraw(data: DisputeWithdrawal): void;

  dispute(disputeId: string): Dispute | undefined;
  all(): Iterable<Dispute>;
  /** Those that wait for a decision. */
  waiting(): Iterable<Dispute>;
  readonly waitingCount: number;
  of(traderId: string): readonly Dispute[];
  ofTicket(ticketId: string): readonly Dispute[];
  /** All that were ever opened about one thing, oldest first. */
  about(what: Disputed): readonly Dispute[];
  /** The dispute that a proposal was the remedy of. */
  withProposal(proposalId: string): Dispute | undefined;
  /** The dispute that a letter beside the log answers. */
  withLetter(digest: string): Dispute | undefined;
}

export function createDisputes(): Disputes {
  const disputes = new Map<string, Dispute>();
  const waiting = new Set<string>();
  const byMatter = new Map<string, string[]>();
  const byTrader = new Map<string, string[]>();
  const byTicket = new Map<string, string[]>();
  const byProposal = new Map<string, string>();
  const byLetter = new Map<string, string>();
  const list = (map: Map<string, string[]>, key: string, value: string): void => {
    map.set(key, [...(map.get(key) ?? []), value]);
  };
  const known = (ids: Iterable<string>): Dispute[] =>
    [...ids].flatMap((disputeId) => disputes.get(disputeId) ?? []);
  return {
    open: (data, seq, client) => {
      const { disputeId, about, traderId, ticketId, at } = data;
      assert(!disputes.has(disputeId), `dispute ${disputeId} is opened again, at entry ${seq}`);
      const fresh = { decision: null, withdrawn: null, dueAt: at + DECIDE_WITHIN_MS };
      const number = disputes.size + 1;
      disputes.set(disputeId, { ...data, ...fresh, number, openedSeq: seq, client });
      waiting.add(disputeId);
      list(byMatter, canonicalText(about), disputeId);
      list(byTrader, traderId, disputeId);
      if (ticketId !== null) list(byTicket, ticketId, disputeId);
    },
    decide: (data, seq) => {
      const dispute = disputes.get(data.disputeId);
      if (!dispute) return;
      waiting.delete(data.disputeId);
      disputes.set(data.disputeId, { ...dispute, decision: { ...data, seq } });
      if (data.proposalId !== null) byProposal.set(data.proposalId, data.disputeId);
      if (data.letter !== null) byLetter.set(data.letter, data.disputeId);
    },
    withdraw: (data) => {
      const dispute = disputes.get(data.disputeId);
      if (!dispute) return;
      waiting.delete(data.disputeId);
      disputes.set(data.disputeId, { ...dispute, withdrawn: data });
    },
    dispute: (disputeId) => disputes.get(disputeId),
    all: () => disputes.values(),
    waiting: () => known(waiting),
    get waitingCount() {
      return waiting.size;
    },
    of: (traderId) => known(byTrader.get(traderId) ?? []),
    ofTicket: (ticketId) => known(byTicket.get(ticketId) ?? []),
    about: (what) => known(byMatter.get(canonicalText(what)) ?? []),
    withProposal: (proposalId) => disputes.get(byProposal.get(proposalId) ?? ''),
    withLetter: (digest) => disputes.get(byLetter.get(digest) ?? ''),
  };
}

/** What a dispute is about, as the log tells it. */
export interface Matter {
  readonly accountIds: readonly string[];
  /** Who decided it; empty where a rule did. */
  readonly decidedBy: readonly string[];
}

/** A proposal that was carried out, as far as remedies rest on it. */
export interface Executed {
  readonly action: string;
  readonly params: unknown;
}

export interface DisputeWorker extends SupportWorker {
  /** Null when there is no such thing; a sentence when nothing of it can be disputed yet. */
  matter(about: Disputed, accountId: string): Matter | string | null;
  executed(proposalId: string): Executed | null;
}

type Answer = Result<SupportWork, SupportRefusal>;

/** Opens a dispute, by a person or (with `ticketId` of the same command) from outside. */
export function decideOpenDispute(
  { accountId, about, reason, ticketId }: OpenDispute,
  by: DisputeWorker,
  { disputes, tickets }: { readonly disputes: Disputes; readonly tickets: Tickets },
  /** A ticket that this command opens itself. */
  opens: string | null = null,
): Answer {
  const { personId, at, commandId } = by;
  const account = by.account(accountId);
  if (!account) return refuse('notFound', `there is no account ${accountId}`);
  const { traderId, programId } = account;
  if (personId !== null && !by.may(personId, 'workTickets', { programId })) {
    return refuse('forbidden', 'no role of yours takes disputes down here');
  }
  if (ticketId !== null && ticketId !== opens) {
    const ticket = tickets.ticket(ticketId);
    if (!ticket) return refuse('notFound', `there is no ticket ${ticketId}`);
    if (ticket.traderId !== traderId) {
      return refuse('invalid', `ticket ${ticketId} is not known to be of this trader`);
    }
  }
  const matter = by.matter(about, accountId);
  if (matter === null) return refuse('notFound', `there is no such ${about.type} to dispute`);
  if (typeof matter === 'string') return refuse('invalid', matter);
  if (!matter.accountIds.includes(accountId)) {
    return refuse('invalid', `what is disputed is not about account ${accountId}`);
  }
  const before = disputes.about(about).filter((one) => one.accountId === accountId);
  const open = before.find(({ decision, withdrawn }) => !decision && !withdrawn);
  if (open) return refuse('conflict', `dispute ${open.disputeId} about it is open`);
  if (before.length >= DISPUTES_PER_MATTER_MAX) {
    return refuse('invalid', `it was disputed ${DISPUTES_PER_MATTER_MAX} times already`);
  }
  // Who answered an earlier dispute about it has decided about it too.
  const earlier = before.flatMap(({ decision }) => (decision ? [decision.personId] : []));
  const data: DisputeData = {
    disputeId: `d-${digestOfText(`dispute ${commandId}`).slice(0, 24)}`,
    ticketId,
    accountId,
    traderId,
    about,
    reason,
    decidedBy: [...new Set([...matter.decidedBy, ...earlier])],
    personId,
    at,
  };
  return ok({ drafts: [{ kind: 'disputeOpened', data }], contents: [] });
}

/** What each remedy rests on; null for nothing but the decision itself. */
const RESTS_ON: Readonly<Record<Remedy, 'overrideVerdict' | 'adjustBalance' | null>> = {
  upheld: null,
  reinstated: 'overrideVerdict',
  refunded: 'adjustBalance',
  goodwill: 'adjustBalance',
};

/**
 * Decides a dispute: by somebody who had no part in what is disputed, and where something is given,
 * only what several have agreed on and the log has carried out. Denied by default.
 */
export function decideDecision(
  wish: DecideDispute,
  by: DisputeWorker & { readonly personId: string },
  { disputes, tickets }: { readonly disputes: Disputes; readonly tickets: Tickets },
): Answer {
  const { disputeId, remedy, reason, clause, proposalId, amount, currency } = wish;
  const dispute = disputes.dispute(disputeId);
  if (!dispute) return refuse('notFound', `there is no dispute ${disputeId}`);
  const { accountId, decidedBy } = dispute;
  const programId = by.account(accountId)?.programId ?? null;
  if (!by.may(by.personId, 'decideDisputes', { programId })) {
    return refuse('forbidden', 'no role of yours decides this dispute');
  }
  const matter = by.matter(dispute.about, accountId);
  const first = typeof matter === 'object' && matter !== null ? matter.decidedBy : [];
  if ([...decidedBy, ...first].includes(by.personId)) {
    return refuse('forbidden', 'you decided what is disputed: somebody else has to look at it');
  }
  if (dispute.decision || dispute.withdrawn) {
    return refuse('conflict', dispute.decision ? 'it is decided already' : 'it was withdrawn');
  }
  const problem = remedyProblem(wish, dispute, by, disputes);
  if (problem !== null) return refuse('invalid', problem);
  const letter = disputeLetter({ ...dispute, remedy, reason, clause, amount, currency });
  const { personId, at } = by;
  const data: DisputeDecision = {
    disputeId,
    personId,
    remedy,
    reason,
    clause,
    proposalId,
    amount,
    currency,
    letter: digestOfText(letter),
    at,
  };
  const contents = [{ digest: digestOfText(letter), text: letter }];
  const decided: SupportDraft = { kind: 'disputeDecided', data };
  const ticket = dispute.ticketId === null ? undefined : tickets.followed(dispute.ticketId);
  const told = ticket ? tell(ticket, letter, by) : null;
  if (!told?.ok) return ok({ drafts: [decided], contents });
  return ok({
    drafts: [decided, ...told.value.drafts],
    contents: [...contents, ...told.value.contents],
  });
}

/** The letter goes where the trader wrote from. */
function tell(ticket: Ticket, letter: string, by: SupportWorker): Answer {
  const said = written(ticket, 'out', letter, by);
  if (!said.ok || ticket.solved) return said;
  const { ticketId } = ticket;
  const change = { type: 'solved', reason: 'the dispute is decided' } as const;
  const data = { ticketId, personId: by.personId, change, at: by.at };
  return ok({ ...said.value, drafts: [...said.value.drafts, { kind: 'ticketChanged', data }] });
}

function remedyProblem(
  { remedy, clause, proposalId, amount, currency }: DecideDispute,
  { about, accountId }: Dispute,
  by: DisputeWorker,
  disputes: Disputes,
): string | null {
  const action = RESTS_ON[remedy];
  const gives = action === 'adjustBalance';
  if (gives !== amount > 0 || gives !== (currency !== null)) {
    return gives ? 'say how much is given, and in which currency' : 'nothing is paid with it';
  }
  if (remedy === 'upheld' && about.type === 'verdict' && clause === null) {
    return 'name the clause that the verdict stands on';
  }
  if (action === null) {
    return proposalId === null ? null : 'a decision that stands rests on no proposal';
  }
  if (proposalId === null) return 'name the proposal that was agreed on and carried out';
  const used = disputes.withProposal(proposalId);
  if (used) return `proposal ${proposalId} was the remedy of dispute ${used.disputeId}`;
  const executed = by.executed(proposalId);
  if (!executed) return `proposal ${proposalId} was not carried out`;
  const wanted =
    remedy === 'reinstated'
      ? about.type === 'verdict'
        ? { accountId, verdictSeq: about.seq, ruleId: about.ruleId }
        : null
      : { accountId, amount };
  if (wanted === null) return 'only a verdict can be taken back by reinstating the account';
  const isIt = executed.action === action && covers(executed.params, wanted);
  return isIt ? null : `proposal ${proposalId} is about something else`;
}

/** Whether a proposal's parameters say all that a remedy needs. */
function covers(params: unknown, wanted: Readonly<Record<string, string | Money>>): boolean {
  const given = (params ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([name, value]) => given[name] === value);
}

/** On the trader's own word. */
export function decideWithdrawal(
  { disputeId, reason }: WithdrawDispute,
  by: SupportWorker,
  disputes: Disputes,
): Answer {
  const dispute = disputes.dispute(disputeId);
  if (!dispute) return refuse('notFound', `there is no dispute ${disputeId}`);
  const { personId, at } = by;
  const programId = by.account(dispute.accountId)?.programId ?? null;
  if (personId !== null && !by.may(personId, 'workTickets', { programId })) {
    return refuse('forbidden', 'no role of yours takes this dispute back');
  }
  if (dispute.decision || dispute.withdrawn) {
    return refuse('conflict', dispute.decision ? 'it is decided already' : 'it was withdrawn');
  }
  const data = { disputeId, personId, reason, at };
  return ok({ drafts: [{ kind: 'disputeWithdrawn', data }], contents: [] });
}
