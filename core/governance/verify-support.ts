import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { Action } from '#core/people/roles.ts';

/*
 * Tickets and disputes, folded a second time for judging: who wrote, who changed, and above all
 * whether somebody decided a dispute who had decided what is disputed. It shares no code with the
 * folds and deciders of core/support.
 */

type DataOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>['data'];

/** A proposal, as the verifier has judged it so far. */
export interface JudgedProposal {
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly makers: readonly string[];
  /** Whose word on the last version deserved to count. */
  readonly words: readonly string[];
  readonly outcome: string | null;
}

/** What judging rests on beside these facts. */
export interface SupportWorld {
  may(personId: string, action: Action, about: { readonly programId?: string }): boolean;
  account(accountId: string): { readonly traderId: string; readonly programId: string } | undefined;
  proposal(proposalId: string): JudgedProposal | null;
  proposals(): Iterable<JudgedProposal>;
  /** The account that a payout is of; null when there is none. */
  accountOfPayout(payoutId: string): string | null;
}

export interface SupportAudit {
  /** Takes the next fact of any kind; what it returns is wrong with it, a sentence each. */
  take(fact: Fact, world: SupportWorld): string[];
}

interface SeenTicket {
  readonly accountId: string | null;
  traderId: string | null;
  merged: boolean;
  solved: boolean;
}

interface SeenDispute {
  readonly data: DataOf<'disputeOpened'>;
  ended: string | null;
  decidedBy: string | null;
}

interface State {
  readonly tickets: Map<string, SeenTicket>;
  readonly messages: Set<string>;
  readonly disputes: Map<string, SeenDispute>;
  /** By entry: what rules said, of which account. */
  readonly verdicts: Map<number, { readonly accountId: string; readonly ruleId: string }>;
  /** By case: who decided it last; reopening takes it back. */
  readonly endings: Map<
    string,
    { readonly personId: string; readonly proposalId: string | null } | null
  >;
  readonly used: Map<string, string>;
}

type Judges = {
  readonly [Kind in FactKind]?: (
    fact: Extract<Fact, { kind: Kind }>,
    state: State,
    world: SupportWorld,
  ) => string[];
};

export function auditSupport(): SupportAudit {
  const state: State = {
    tickets: new Map(),
    messages: new Set(),
    disputes: new Map(),
    verdicts: new Map(),
    endings: new Map(),
    used: new Map(),
  };
  return {
    take: (fact, world) => {
      const judge = JUDGES[fact.kind] as
        ((fact: Fact, state: State, world: SupportWorld) => string[]) | undefined;
      return judge?.(fact, state, world) ?? [];
    },
  };
}

const verdict = (
  { data, envelope }: Extract<Fact, { kind: 'breachDetected' | 'conductFlagged' }>,
  { verdicts }: State,
): string[] => {
  verdicts.set(envelope.seq, { accountId: data.accountId, ruleId: data.ruleId });
  return [];
};
/** What ends a case; the others are for the time until it ends. */
const FOR_NOW: readonly string[] = ['payoutHold', 'releaseHold'];

const JUDGES: Judges = {
  breachDetected: verdict,
  conductFlagged: verdict,
  caseDecided: ({ data }, { endings }) => {
    if (!FOR_NOW.includes(data.outcome)) endings.set(data.caseId, data);
    return [];
  },
  caseReopened: ({ data }, { endings }) => {
    endings.set(data.caseId, null);
    return [];
  },
  ticketOpened: ({ data, envelope }, state, world) => {
    const { ticketId, traderId, forAccount, personId } = data;
    const problems = state.tickets.has(ticketId) ? [`ticket ${ticketId} was opened before`] : [];
    state.tickets.set(ticketId, {
      accountId: forAccount,
      traderId,
      merged: false,
      solved: false,
    });
    return [
      ...problems,
      ...ownProblem(`ticket ${ticketId}`, personId, envelope.actor),
      ...roleProblem(ticketId, personId, forAccount, world),
    ];
  },
  ticketMessaged: ({ data, envelope }, state, world) => {
    const { ticketId, messageId, direction, personId } = data;
    const ticket = state.tickets.get(ticketId);
    if (!ticket) return [`message ${messageId} is of ticket ${ticketId}, which nobody opened`];
    const again = state.messages.has(messageId) ? [`message ${messageId} came before`] : [];
    state.messages.add(messageId);
    // A letter that answers a dispute is its decider's, who need not work on tickets.
    const wrote = direction === 'in' || personId !== null;
    return [
      ...again,
      ...(wrote ? [] : [`message ${messageId} leaves the firm, and nobody wrote it`]),
      ...ownProblem(`message ${messageId}`, personId, envelope.actor),
      ...roleProblem(ticketId, personId, ticket.accountId, world),
    ];
  },
  ticketChanged: ({ data, envelope }, state, world) => {
    const { ticketId, personId, change } = data;
    const ticket = state.tickets.get(ticketId);
    if (!ticket) return [`ticket ${ticketId} is changed, which nobody opened`];
    const problems = [
      ...ownProblem(`a change of ticket ${ticketId}`, personId, envelope.actor),
      ...roleProblem(ticketId, personId, ticket.accountId, world),
    ];
    if (ticket.merged) problems.push(`ticket ${ticketId} was merged before`);
    // The trader's own message opens it again, and does nothing else.
    if (personId === null && change.type !== 'reopened') {
      problems.push(`ticket ${ticketId}: nobody did what is "${change.type}"`);
    }
    if (change.type === 'reopened' && !ticket.solved) {
      problems.push(`ticket ${ticketId} is opened again, which was not solved`);
    }
    if (change.type === 'solved') ticket.solved = true;
    if (change.type === 'reopened') ticket.solved = false;
    if (change.type === 'concerns') ticket.traderId = change.traderId;
    if (change.type === 'merged') {
      ticket.merged = true;
      const into = state.tickets.get(change.into);
      if (!into || into.merged || into.traderId === null || into.traderId !== ticket.traderId) {
        problems.push(`ticket ${ticketId} is merged into one that is not of the same trader`);
      }
    }
    return problems;
  },
  disputeOpened: ({ data, envelope }, state, world) => {
    const { disputeId, accountId, traderId, personId, about } = data;
    const name = `dispute ${disputeId}`;
    const problems = state.disputes.has(disputeId) ? [`${name} was opened before`] : [];
    for (const one of state.disputes.values()) {
      if (one.ended === null && isSame(one.data, data)) problems.push(`${name}: another is open`);
    }
    if (world.account(accountId)?.traderId !== traderId) {
      problems.push(`${name}: account ${accountId} is not of ${traderId}`);
    }
    const first = firstOf(about, accountId, state, world);
    if (first === null) problems.push(`${name} is about nothing that was decided there`);
    for (const person of first ?? []) {
      if (!data.decidedBy.includes(person)) {
        problems.push(`${name} does not say that ${person} decided first`);
      }
    }
    state.disputes.set(disputeId, { data, ended: null, decidedBy: null });
    return [
      ...problems,
      ...ownProblem(name, personId, envelope.actor),
      ...roleProblem(name, personId, accountId, world),
    ];
  },
  disputeDecided: ({ data, envelope }, state, world) => judgeDecision(data, envelope, state, world),
  disputeWithdrawn: ({ data, envelope }, state, world) => {
    const { disputeId, personId } = data;
    const name = `dispute ${disputeId}`;
    const dispute = state.disputes.get(disputeId);
    if (!dispute) return [`${name} is withdrawn, which nobody opened`];
    const before = dispute.ended;
    dispute.ended = 'withdrawn';
    return [
      ...(before === null ? [] : [`${name} was ${before} before`]),
      ...ownProblem(name, personId, envelope.actor),
      ...roleProblem(name, personId, dispute.data.accountId, world),
    ];
  },
};

function judgeDecision(
  data: DataOf<'disputeDecided'>,
  { actor }: Fact['envelope'],
  state: State,
  world: SupportWorld,
): string[] {
  const { disputeId, personId } = data;
  const name = `dispute ${disputeId}`;
  const dispute = state.disputes.get(disputeId);
  if (!dispute) return [`${name} is decided, which nobody opened`];
  const { accountId, about, decidedBy } = dispute.data;
  const problems = ownProblem(name, personId, actor);
  if (dispute.ended !== null) problems.push(`${name} was ${dispute.ended} before`);
  const programId = world.account(accountId)?.programId;
  if (!world.may(personId, 'decideDisputes', programId === undefined ? {} : { programId })) {
    problems.push(`no role of ${personId} decided ${name}`);
  }
  const first = new Set([...decidedBy, ...(firstOf(about, accountId, state, world) ?? [])]);
  for (const one of state.disputes.values()) {
    if (one !== dispute && one.decidedBy !== null && isSame(one.data, dispute.data)) {
      first.add(one.decidedBy);
    }
  }
  if (first.has(personId)) problems.push(`${personId} decided ${name}, and what it is about`);
  dispute.ended = 'decided';
  dispute.decidedBy = personId;
  return [...problems, ...remedyProblems(data, dispute.data, state, world)];
}

function remedyProblems(
  { disputeId, remedy, proposalId, amount }: DataOf<'disputeDecided'>,
  { about, accountId }: DataOf<'disputeOpened'>,
  { used }: State,
  world: SupportWorld,
): string[] {
  const name = `dispute ${disputeId}`;
  if (remedy === 'upheld') {
    const stands = proposalId === null && amount === 0;
    return stands ? [] : [`${name} was upheld, and gave something all the same`];
  }
  if (proposalId === null) return [`${name}: ${remedy} follows from no proposal`];
  const before = used.get(proposalId);
  used.set(proposalId, disputeId);
  if (before !== undefined) return [`${name}: proposal ${proposalId} was of dispute ${before}`];
  const proposal = world.proposal(proposalId);
  if (proposal?.outcome !== 'executed') {
    return [`${name}: proposal ${proposalId} was not carried out`];
  }
  const { action, params } = proposal;
  const isOfAccount = params['accountId'] === accountId;
  const fits =
    remedy === 'reinstated'
      ? action === 'overrideVerdict' &&
        about.type === 'verdict' &&
        params['verdictSeq'] === about.seq &&
        amount === 0
      : action === 'adjustBalance' && params['amount'] === amount && amount > 0;
  return fits && isOfAccount ? [] : [`${name}: proposal ${proposalId} is not what it says`];
}

/** Who decided what is disputed; null where nothing of the kind was. */
function firstOf(
  about: DataOf<'disputeOpened'>['about'],
  accountId: string,
  { verdicts, endings }: State,
  world: SupportWorld,
): readonly string[] | null {
  if (about.type === 'verdict') {
    const known = verdicts.get(about.seq);
    if (known?.accountId !== accountId || known.ruleId !== about.ruleId) return null;
    return [...world.proposals()]
      .filter(({ action, outcome }) => action === 'overrideVerdict' && outcome === 'rejected')
      .filter(({ params }) => params['verdictSeq'] === about.seq)
      .flatMap(({ words }) => words);
  }
  if (about.type === 'payout') {
    const payout = world.proposal(about.payoutId);
    if (!payout || world.accountOfPayout(about.payoutId) !== accountId) return null;
    return payout.outcome === null ? null : payout.words;
  }
  const ending = endings.get(about.caseId);
  if (!ending) return null;
  const proposal = ending.proposalId === null ? null : world.proposal(ending.proposalId);
  return [ending.personId, ...(proposal?.makers ?? []), ...(proposal?.words ?? [])];
}

function isSame(one: DataOf<'disputeOpened'>, other: DataOf<'disputeOpened'>): boolean {
  const named = ({ accountId, about }: DataOf<'disputeOpened'>): string =>
    about.type === 'verdict'
      ? `${accountId} verdict ${about.seq}`
      : `${accountId} ${about.type} ${about.type === 'payout' ? about.payoutId : about.caseId}`;
  return named(one) === named(other);
}

/** What a fact names as a person's is that person's own, and what names nobody is nobody's. */
function ownProblem(
  what: string,
  personId: string | null,
  { type, id }: Fact['envelope']['actor'],
): string[] {
  const isOwn = personId === null ? type !== 'operator' : type === 'operator' && id === personId;
  return isOwn ? [] : [`${what} is not ${personId ?? 'from outside'}’s own`];
}

function roleProblem(
  what: string,
  personId: string | null,
  accountId: string | null,
  world: SupportWorld,
): string[] {
  if (personId === null) return [];
  const programId = accountId === null ? undefined : world.account(accountId)?.programId;
  const about = programId === undefined ? {} : { programId };
  const may =
    world.may(personId, 'workTickets', about) || world.may(personId, 'decideDisputes', about);
  return may ? [] : [`no role of ${personId} reached ${what}`];
}
