import type { AccountSummary, Command } from '#core/sync/protocol.ts';
import { stateOf as caseStateOf } from '#core/cases/cases.ts';
import { reaches } from '#core/cases/work.ts';
import type {
  DisputeDetail,
  DisputeRow,
  SupportContext,
  TicketDetail,
  TicketRow,
  WhyRow,
} from '#core/desk-api/support-calls.ts';
import { CONTEXT_PER_KIND_MAX } from '#core/desk-api/support-calls.ts';
import type { Governance } from '#core/governance/governance.ts';
import { matterOf } from '#core/governance/disputed.ts';
import { moneyText } from '#core/money/money.ts';
import { stateOf as orderStateOf } from '#core/provisioning/orders.ts';
import type { Dispute } from '#core/support/disputes.ts';
import { disputedText } from '#core/support/letter.ts';
import type { Filling } from '#core/support/templates.ts';
import {
  dueAtOf,
  queueOf,
  type Ticket,
  type TicketChanged,
  type TicketMessage,
} from '#core/support/tickets.ts';
import { readWords, type Words } from '#core/support/words.ts';
import { REPEATED_FROM, whyDisputed } from '#core/support/why.ts';
import { stateOf as proposalStateOf } from './proposals-view.ts';

const PREVIEW_MAX = 160;

/** A verdict as an account's page has it. */
export interface SeenVerdict {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly ruleId: string;
  readonly sentence: string;
}

/** What the pages of support know of one account beyond its summary. */
export interface AccountSeen {
  readonly from: 'live' | 'cache' | 'nowhere';
  readonly verdicts: readonly SeenVerdict[];
  readonly clauses: readonly string[];
}

export interface SupportViewPorts {
  governance(): Governance;
  account(accountId: string): AccountSummary | undefined;
  accounts(): readonly AccountSummary[];
  equityOf(number: number): number | null;
  content(digest: string): string | null;
  nameOf(personId: string): string;
  personId(): string | null;
  queued(): readonly Command[];
  now(): number;
}

/** What tickets and disputes look like to who is signed in, from facts and kept bytes alone. */
export interface SupportViews {
  mayView(): boolean;
  rows(ended: boolean, limit: number): TicketRow[];
  counts(): Readonly<
    Record<'unassigned' | 'assigned' | 'waiting' | 'overdue' | 'mine' | 'disputes', number>
  >;
  detail(ticket: Ticket, seen: AccountSeen): TicketDetail;
  disputes(limit: number): DisputeRow[];
  dispute(dispute: Dispute, seen: AccountSeen, letter: string | null): DisputeDetail;
  why(): WhyRow[];
  filling(ticket: Ticket, seen: AccountSeen): Filling;
}

export function createSupportViews(ports: SupportViewPorts): SupportViews {
  const views = viewsOver(ports);
  const { governance, now, personId } = ports;
  return {
    ...views,
    mayView: () => governance().people.may(personId() ?? '', 'viewTickets'),
    rows: (ended, limit) => {
      const { tickets } = governance();
      const waiting = [...tickets.live()].map(views.row).toSorted(byUrgency);
      if (!ended) return waiting.slice(0, limit);
      const over = [...tickets.all()]
        .filter(({ solved, mergedInto }) => solved !== null || mergedInto !== null)
        .toSorted((one, other) => other.changedAt - one.changedAt);
      return over.slice(0, limit).map(views.row);
    },
    counts: () => {
      const counts = { unassigned: 0, assigned: 0, waiting: 0, overdue: 0, mine: 0 };
      for (const ticket of governance().tickets.live()) {
        const queue = queueOf(ticket, now());
        if (queue !== 'solved' && queue !== 'merged') counts[queue] += 1;
        if (ticket.assignee === personId()) counts.mine += 1;
      }
      return { ...counts, disputes: governance().disputes.waitingCount };
    },
    disputes: (limit) =>
      [...governance().disputes.all()]
        .toSorted((one, other) => Number(isOver(one)) - Number(isOver(other)) || byTime(one, other))
        .slice(0, limit)
        .map(views.disputeRow),
  };
}

/** Late ones first, then those that are due soonest; those that wait for the trader last. */
function byUrgency(one: TicketRow, other: TicketRow): number {
  const due = (row: TicketRow): number => row.dueAt ?? Number.MAX_SAFE_INTEGER;
  return due(one) - due(other) || one.number - other.number;
}

function isOver({ decision, withdrawn }: Dispute): boolean {
  return decision !== null || withdrawn !== null;
}

/** Those that wait by when they are due, the others by how late they were opened. */
function byTime(one: Dispute, other: Dispute): number {
  return isOver(one) ? other.at - one.at : one.dueAt - other.dueAt;
}

function viewsOver(ports: SupportViewPorts) {
  const { governance, account, nameOf, now, personId } = ports;
  const me = (): string => personId() ?? '';
  const person = (id: string) => ({ personId: id, name: nameOf(id) });
  const traderNameOf = (traderId: string | null, accountId: string | null): string => {
    const own = accountId === null ? undefined : account(accountId);
    if (own) return own.terms.traderName;
    if (traderId === null) return '';
    return accountsOf(traderId)[0]?.terms.traderName ?? traderId;
  };
  const accountsOf = (traderId: string): readonly AccountSummary[] =>
    ports.accounts().filter(({ terms }) => terms.traderId === traderId);
  const wordsOf = ({ content }: TicketMessage): Words | null => {
    const text = ports.content(content);
    return text === null ? null : readWords(text, content);
  };
  const byOf = ({ personId: by, direction }: TicketMessage, trader: string): string => {
    if (by === null) return trader === '' ? 'The trader' : trader;
    return direction === 'in' ? `${nameOf(by)}, for the trader` : nameOf(by);
  };

  const row = (ticket: Ticket): TicketRow => {
    const { ticketId, traderId, accountId, assignee, messages } = ticket;
    const { disputes } = governance();
    const last = messages.findLast(({ direction }) => direction !== 'note');
    const first = messages.find(({ direction }) => direction === 'in');
    const text = last ? (wordsOf(last)?.text ?? '') : '';
    return {
      ticketId,
      number: ticket.number,
      version: ticket.version,
      queue: queueOf(ticket, now()),
      channel: ticket.channel,
      topic: ticket.topic,
      subject: first ? (wordsOf(first)?.subject ?? null) : null,
      preview: text.replaceAll(/\s+/g, ' ').slice(0, PREVIEW_MAX),
      lastFrom: last ? (last.direction === 'in' ? 'trader' : 'firm') : 'nobody',
      traderId,
      traderName: traderNameOf(traderId, accountId),
      accountId,
      programName: (accountId === null ? undefined : account(accountId))?.terms.program.name ?? '',
      assignee: assignee === null ? null : person(assignee),
      tags: [...ticket.tags],
      openedAt: ticket.openedAt,
      changedAt: ticket.changedAt,
      dueAt: dueAtOf(ticket),
      messages: messages.length,
      disputes: disputes.ofTicket(ticketId).filter((one) => !isOver(one)).length,
      mergedInto: ticket.mergedInto,
    };
  };

  const disputeRow = (dispute: Dispute): DisputeRow => {
    const { accountId, traderId, about, decision, withdrawn, dueAt } = dispute;
    const terms = account(accountId)?.terms;
    return {
      disputeId: dispute.disputeId,
      number: dispute.number,
      state: decision ? 'decided' : withdrawn ? 'withdrawn' : 'waiting',
      accountId,
      traderId,
      traderName: traderNameOf(traderId, accountId),
      programId: terms?.program.programId ?? '',
      programName: terms?.program.name ?? '',
      about,
      says: disputedText(about),
      reason: dispute.reason,
      ticketId: dispute.ticketId,
      at: dispute.at,
      dueAt,
      overdue: !isOver(dispute) && dueAt <= now(),
      decidedBy: dispute.decidedBy.map(person),
      whyNot: whyNotOf(dispute),
      decision: decision && {
        by: nameOf(decision.personId),
        remedy: decision.remedy,
        reason: decision.reason,
        clause: decision.clause,
        amount: decision.amount,
        currency: decision.currency,
        proposalId: decision.proposalId,
        at: decision.at,
      },
      withdrawn: withdrawn?.reason ?? null,
    };
  };

  /** As the server will say it; what it alone knows of a verdict stands in the dispute already. */
  const whyNotOf = (dispute: Dispute): string => {
    const { about, accountId, decidedBy, decision, withdrawn } = dispute;
    if (decision) return 'It is decided.';
    if (withdrawn) return 'It was withdrawn.';
    const { people } = governance();
    const programId = account(accountId)?.terms.program.programId ?? null;
    if (!people.may(me(), 'decideDisputes', { programId })) {
      return 'No role of yours decides disputes.';
    }
    const matter = about.type === 'verdict' ? null : matterOf(about, governance(), () => null);
    const first = typeof matter === 'object' && matter !== null ? matter.decidedBy : [];
    return [...decidedBy, ...first].includes(me())
      ? 'You decided what is disputed: somebody else has to look at it.'
      : '';
  };

  const payoutsOf = (traderId: string): SupportContext['payouts'] =>
    governance()
      .payoutsOfTrader(traderId)
      .toReversed()
      .slice(0, CONTEXT_PER_KIND_MAX)
      .flatMap((payoutId) => {
        const proposal = governance().proposal(payoutId);
        const payout = governance().payout(payoutId);
        if (!proposal || !payout) return [];
        const payment = governance().paymentState(payoutId);
        const { accountId, currency, at } = payout.request;
        const decided = proposalStateOf(proposal, governance());
        const state = payment === 'none' ? decided : payment;
        return [{ payoutId, accountId, state, amount: proposal.amount, currency, at }];
      });

  const ordersOf = (traderId: string): SupportContext['orders'] =>
    [...governance().orders.all()]
      .filter(({ data }) => data.traderId === traderId)
      .slice(-CONTEXT_PER_KIND_MAX)
      .map((order) => {
        const { orderId, price, currency, at } = order.data;
        return { orderId, state: orderStateOf(order), amount: price, currency, at };
      });

  const casesOf = (traderId: string): SupportContext['cases'] => {
    const { people, cases } = governance();
    if (!people.may(me(), 'viewCases')) return null;
    return cases
      .of(traderId)
      .filter((file) => reaches(file, me(), 'viewCases', people.may))
      .slice(-CONTEXT_PER_KIND_MAX)
      .map((file) => ({
        caseId: file.caseId,
        number: file.number,
        state: file.decided?.outcome ?? caseStateOf(file, now()),
        at: file.changedAt,
      }));
  };

  const verdictsOf = (seen: AccountSeen): SupportContext['verdicts'] =>
    seen.verdicts.slice(0, CONTEXT_PER_KIND_MAX).map((verdict) => {
      const { seq, ruleId } = verdict;
      const about = { type: 'verdict', seq, ruleId } as const;
      const before = governance().disputes.about(about);
      return { ...verdict, disputed: before.some(({ withdrawn }) => withdrawn === null) };
    });

  const context = (
    traderId: string | null,
    accountId: string | null,
    seen: AccountSeen,
    leaveOut: string | null,
  ): SupportContext => {
    const { tickets, disputes, people } = governance();
    const seesPayouts = people.may(me(), 'viewPayouts');
    const own = traderId === null ? [] : accountsOf(traderId);
    // The account that it is about comes first.
    const sorted = own.toSorted(
      (one, other) =>
        Number(other.terms.accountId === accountId) - Number(one.terms.accountId === accountId) ||
        other.number - one.number,
    );
    return {
      trader: traderId === null ? null : { traderId, name: traderNameOf(traderId, accountId) },
      accounts: sorted
        .slice(0, CONTEXT_PER_KIND_MAX)
        .map(({ number, terms, status, lastVerdict }) => ({
          accountId: terms.accountId,
          number,
          program: terms.program.name,
          phase: terms.phase.name,
          status,
          currency: terms.currency,
          size: terms.nominalSize,
          equity: ports.equityOf(number),
          says: lastVerdict?.sentence ?? '',
        })),
      verdicts: verdictsOf(seen),
      verdictsFrom: seen.from,
      payouts: traderId === null || !seesPayouts ? [] : payoutsOf(traderId),
      orders: traderId === null || !seesPayouts ? [] : ordersOf(traderId),
      cases: traderId === null ? [] : casesOf(traderId),
      tickets: (traderId === null ? [] : tickets.of(traderId))
        .filter(({ ticketId }) => ticketId !== leaveOut)
        .toReversed()
        .slice(0, CONTEXT_PER_KIND_MAX)
        .map(row),
      disputes: (traderId === null ? [] : disputes.of(traderId))
        .toReversed()
        .slice(0, CONTEXT_PER_KIND_MAX)
        .map(disputeRow),
    };
  };

  const detail = (ticket: Ticket, seen: AccountSeen): TicketDetail => {
    const { ticketId, traderId, accountId } = ticket;
    const { tickets, people } = governance();
    const trader = traderNameOf(traderId, accountId);
    const about = aboutOf(accountId);
    return {
      row: row(ticket),
      messages: tickets.conversation(ticketId).map((message) => {
        const words = wordsOf(message);
        return {
          messageId: message.messageId,
          seq: message.seq,
          direction: message.direction,
          by: byOf(message, trader),
          at: message.at,
          subject: words?.subject ?? '',
          text: words?.text ?? null,
          other: words?.sender === 'other',
          files: message.files.map(({ content, ...file }) => ({ ...file, kept: content !== null })),
        };
      }),
      changes: ticket.changes.map((change) => ({
        seq: change.seq,
        at: change.at,
        by: change.personId === null ? 'The trader' : nameOf(change.personId),
        says: saysOf(change),
      })),
      context: context(traderId, accountId, seen, ticketId),
      people: people.whoMay('workTickets', about).map(person),
      mayWork: people.may(me(), 'workTickets', about),
      queued: ports
        .queued()
        .filter(({ intent }) => intent.type === 'actOnTicket' && intent.ticketId === ticketId)
        .length,
    };
  };
  const aboutOf = (accountId: string | null): { readonly programId?: string } => {
    const own = accountId === null ? undefined : account(accountId);
    return own ? { programId: own.terms.program.programId } : {};
  };

  const remediesOf = ({ accountId, about }: Dispute): DisputeDetail['remedies'] => {
    const found: DisputeDetail['remedies'] = [];
    for (const proposal of governance().proposals()) {
      const { proposalId, action, params, closed } = proposal;
      if (closed?.outcome !== 'executed' || proposal.about.accountId !== accountId) continue;
      if (governance().disputes.withProposal(proposalId)) continue;
      const given = params as Readonly<Record<string, unknown>>;
      if (action === 'overrideVerdict' && about.type === 'verdict') {
        if (given['verdictSeq'] !== about.seq) continue;
        const says = `Override of entry ${about.seq}, carried out`;
        found.push({ proposalId, remedy: 'reinstated', says, amount: 0 });
      }
      const amount = Number(given['amount']);
      if (action === 'adjustBalance' && amount > 0) {
        const says = `Credit of ${moneyText(amount)}: ${proposal.reason}`;
        found.push({ proposalId, remedy: 'refunded', says, amount });
      }
    }
    return found;
  };

  const dispute = (one: Dispute, seen: AccountSeen, letter: string | null): DisputeDetail => {
    const { accountId, traderId, ticketId } = one;
    return {
      row: disputeRow(one),
      evidence: evidenceOf(one, seen),
      clauses: [...seen.clauses],
      remedies: remediesOf(one),
      currency: account(accountId)?.terms.currency ?? 'USD',
      letter,
      context: context(traderId, accountId, seen, ticketId),
      mayWork: governance().people.may(me(), 'workTickets', aboutOf(accountId)),
    };
  };
  const evidenceOf = ({ about }: Dispute, seen: AccountSeen): string => {
    if (about.type === 'verdict') {
      const verdict = seen.verdicts.find(({ seq }) => seq === about.seq);
      return verdict?.sentence ?? `Entry ${about.seq} of the log, of rule "${about.ruleId}".`;
    }
    if (about.type === 'case') {
      const decided = governance().cases.file(about.caseId)?.decided;
      return decided ? `${decided.outcome}: ${decided.reason}` : '';
    }
    const closed = governance().proposal(about.payoutId)?.closed;
    return closed ? `${closed.outcome}: ${closed.reason}` : '';
  };

  const why = (): WhyRow[] => {
    const programs = new Map<string, string>();
    const programOf = (accountId: string): string | null => {
      const program = account(accountId)?.terms.program;
      if (program) programs.set(program.programId, program.name);
      return program?.programId ?? null;
    };
    return whyDisputed(governance().disputes.all(), programOf).map(({ outcomes, ...rest }) => ({
      ...rest,
      ...outcomes,
      programName: programs.get(rest.programId) ?? rest.programId,
      repeated: rest.total >= REPEATED_FROM,
    }));
  };

  const filling = (ticket: Ticket, seen: AccountSeen): Filling => {
    const { traderId, accountId, number } = ticket;
    const own = accountId === null ? undefined : account(accountId);
    const [payout] = traderId === null ? [] : payoutsOf(traderId);
    const equity = own ? ports.equityOf(own.number) : null;
    return {
      ticket: String(number),
      trader: traderNameOf(traderId, accountId),
      me: nameOf(me()),
      ...(own && {
        account: own.terms.accountId,
        program: own.terms.program.name,
        phase: own.terms.phase.name,
        status: own.status,
      }),
      ...(own && equity !== null && { balance: `${moneyText(equity)} ${own.terms.currency}` }),
      verdict: seen.verdicts[0]?.sentence ?? own?.lastVerdict?.sentence ?? '',
      ...(payout && {
        payout: payout.payoutId,
        payoutState: payout.state,
        payoutAmount: `${moneyText(payout.amount)} ${payout.currency}`,
      }),
    };
  };
  return { row, disputeRow, detail, dispute, why, filling };
}

function saysOf({ change }: TicketChanged): string {
  switch (change.type) {
    case 'concerns':
      return `said whose it is: ${change.traderId}${change.accountId === null ? '' : `, account ${change.accountId}`}`;
    case 'topic':
      return `filed it under ${change.topic}`;
    case 'tags':
      return change.tags.length === 0
        ? 'took its tags away'
        : `tagged it ${change.tags.join(', ')}`;
    case 'asked':
      return 'asked the trader: the clock stands still';
    case 'solved':
      return `solved it: ${change.reason}`;
    case 'reopened':
      return `opened it again: ${change.reason}`;
    case 'merged':
      return 'merged it into another ticket';
  }
}
