import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Action } from '#core/people/roles.ts';
import type { Consequence, Reversal } from '#core/provisioning/provisioning.events.ts';

/*
 * Orders, folded a second time for judging: one account for one order, under the rules that were
 * assigned, each step after the one that leads to it, and consequences that the policy names. It
 * shares no code with the fold and the deciders of orders.
 */

type DataOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>['data'];
type Step = DataOf<'orderAdvanced'>['step'];

export interface OrderWorld {
  may(personId: string, action: Action, about: { readonly programId?: string }): boolean;
}

export interface OrderAudit {
  /** Takes the next fact of any kind; what it returns is wrong with it, a sentence each. */
  take(fact: Fact, world: OrderWorld): string[];
  /** Whether an account is directed because the policy for orders says so. */
  explains(fact: Extract<Fact, { kind: 'accountDirected' }>): boolean;
}

interface Seen {
  readonly data: DataOf<'orderReceived'>;
  terms: AccountTerms | null;
  asked: number;
  created: boolean;
  sent: boolean;
  opened: boolean;
  traded: boolean;
  cancelled: boolean;
  readonly told: Map<string, DataOf<'orderReversed'>>;
}

/** What the policy says, written a second time: before there is an account, unused, used. */
const POLICY: Readonly<Record<Reversal, readonly [Consequence, Consequence, Consequence]>> = {
  refund: ['stop', 'close', 'restrict'],
  chargeback: ['stop', 'restrict', 'restrict'],
  won: ['none', 'lift', 'lift'],
};
const BY_POLICY = 'order-policy';

interface State {
  readonly orders: Map<string, Seen>;
  readonly names: Set<string>;
  readonly opened: Map<string, AccountTerms>;
  readonly used: Set<string>;
  /** By account: the order that it was made for. */
  readonly owners: Map<string, Seen>;
  /** What may be directed within one decision: the account, and how. */
  expected: { readonly cause: string; readonly directives: Set<string> };
}

export function auditOrders(): OrderAudit {
  const state: State = {
    orders: new Map(),
    names: new Set(),
    opened: new Map(),
    used: new Set(),
    owners: new Map(),
    expected: { cause: '', directives: new Set() },
  };
  return {
    take: (fact, world) => judge(fact, state, world),
    explains: ({ data, envelope }) => {
      const { cause, directives } = state.expected;
      const isByPolicy = data.operatorId === BY_POLICY && envelope.actor.type === 'system';
      const wanted = `${data.accountId} ${data.directive.type}`;
      return isByPolicy && cause === causeOf(envelope) && directives.delete(wanted);
    },
  };
}

function causeOf({ causation }: Fact['envelope']): string {
  return canonicalText(causation);
}

function judge(fact: Fact, state: State, world: OrderWorld): string[] {
  switch (fact.kind) {
    case 'orderReceived':
      return [...fromServer(fact), ...received(fact.data, state)];
    case 'orderAdvanced':
      return advanced(fact, state, world);
    case 'orderReversed':
      return [...fromServer(fact), ...reversed(fact, state)];
    case 'accountOpened':
      return opened(fact.data, state);
    case 'dealBooked':
      state.used.add(fact.data.accountId);
      return [];
    default:
      return [];
  }
}

function fromServer({ kind, envelope: { actor } }: Fact): string[] {
  return actor.type === 'system' ? [] : [`${kind} was written by ${actor.type} ${actor.id}`];
}

function received(data: DataOf<'orderReceived'>, { orders, names }: State): string[] {
  const { orderId, source, externalId } = data;
  const name = canonicalText([source, externalId]);
  if (orders.has(orderId)) return [`order ${orderId} was received before`];
  const problems = names.has(name) ? [`${source} sent ${externalId} as another order before`] : [];
  names.add(name);
  orders.set(orderId, {
    data,
    terms: null,
    asked: 0,
    created: false,
    sent: false,
    opened: false,
    traded: false,
    cancelled: false,
    told: new Map(),
  });
  return problems;
}

function opened(terms: AccountTerms, { opened: all, owners }: State): string[] {
  all.set(terms.accountId, terms);
  const order = owners.get(terms.accountId);
  if (!order?.terms) return [];
  const isSame =
    order.terms.ruleSet.hash === terms.ruleSet.hash &&
    order.terms.nominalSize === terms.nominalSize &&
    order.terms.traderId === terms.traderId;
  if (isSame) return [];
  return [`account ${terms.accountId} opened under other terms than its order was assigned`];
}

function isTakenBack({ told, data }: Seen): boolean {
  const all = [...told.values()];
  return all.some(({ type, amount, externalId }) => {
    const isWon = all.some((one) => one.type === 'won' && one.externalId === externalId);
    return (type === 'refund' && amount >= data.price) || (type === 'chargeback' && !isWon);
  });
}

function advanced(
  fact: Extract<Fact, { kind: 'orderAdvanced' }>,
  state: State,
  world: OrderWorld,
): string[] {
  const { orderId, step } = fact.data;
  const order = state.orders.get(orderId);
  if (!order) return [`order ${orderId} goes on and was never received`];
  const problems =
    step.type === 'retried' || step.type === 'cancelled'
      ? bySomebody(fact, step.personId, world)
      : fromServer(fact);
  const said = stepProblem(order, step, state);
  if (step.type === 'created') expectAtOpening(fact, order, state);
  return [...problems, ...(said === null ? [] : [`order ${orderId}: ${said}`])];
}

function bySomebody({ envelope: { actor } }: Fact, personId: string, world: OrderWorld): string[] {
  const isOwn = actor.type === 'operator' && actor.id === personId;
  if (isOwn && world.may(personId, 'workOrders', {})) return [];
  return [`no role of ${personId} allowed to say so of an order, or somebody else said it`];
}

/** Changes what is known, and says what was wrong. */
function stepProblem(order: Seen, step: Step, state: State): string | null {
  switch (step.type) {
    case 'assigned': {
      const before = order.terms;
      order.terms = step.terms;
      return before === null ? null : 'its rules were assigned twice';
    }
    case 'asked':
      return asked(order, step, state);
    case 'created': {
      order.created = true;
      const isOpen = state.opened.has(step.accountId);
      return isOpen && order.asked > 0 ? null : `account ${step.accountId} is not open`;
    }
    case 'credentialsSent': {
      order.sent = true;
      return order.created ? null : 'a link was sent before the account was open';
    }
    case 'credentialsOpened': {
      order.opened = true;
      return order.sent ? null : 'a link was opened that was never sent';
    }
    case 'firstTraded': {
      const again = order.traded;
      order.traded = true;
      if (again) return 'its first trade is told twice';
      return state.used.has(step.accountId) ? null : `account ${step.accountId} has not traded`;
    }
    case 'cancelled': {
      const { created, cancelled } = order;
      order.cancelled = true;
      return created || cancelled ? 'it was cancelled with an account, or twice' : null;
    }
    case 'failed':
    case 'retried':
      return null;
  }
}

function asked(order: Seen, step: Extract<Step, { type: 'asked' }>, state: State): string | null {
  const { accountId, attempt, terms } = step;
  const owner = state.owners.get(accountId);
  const isNext = attempt === order.asked + 1;
  order.asked = attempt;
  state.owners.set(accountId, order);
  if (!order.terms || canonicalText(order.terms) !== canonicalText(terms)) {
    return 'the platform was asked for other terms than were assigned';
  }
  if (accountId !== terms.accountId) return 'the platform was asked for another account';
  if (owner && owner !== order) return `account ${accountId} belongs to another order`;
  if (!isNext) return `attempt ${attempt} does not follow the one before`;
  if (order.cancelled || isTakenBack(order)) return 'the platform was asked for what was stopped';
  return null;
}

/** What was stopped while the platform worked is directed as it opens; so is what is left behind. */
function expectAtOpening(fact: Fact, order: Seen, state: State): void {
  const directives = new Set<string>();
  const { kind, forAccount } = order.data;
  if (kind === 'upgrade' && forAccount !== null) directives.add(`${forAccount} close`);
  const accountId = order.terms?.accountId ?? '';
  if (order.cancelled) directives.add(`${accountId} close`);
  if (isTakenBack(order)) {
    const isRefund = [...order.told.values()].some(({ type }) => type === 'refund');
    directives.add(`${accountId} ${isRefund ? 'close' : 'restrict'}`);
  }
  state.expected = { cause: causeOf(fact.envelope), directives };
}

function reversed(fact: Extract<Fact, { kind: 'orderReversed' }>, state: State): string[] {
  const { orderId, type, externalId, amount, consequence } = fact.data;
  const order = state.orders.get(orderId);
  if (!order) return [`money of order ${orderId} went back, which was never received`];
  const name = `${type} ${externalId}`;
  if (order.told.has(name)) return [`order ${orderId}: ${type} ${externalId} is told twice`];
  const accountId = order.terms?.accountId ?? '';
  const stage = !order.created ? 0 : order.traded || state.used.has(accountId) ? 2 : 1;
  const isPart = type === 'refund' && amount < order.data.price;
  const isOver = type === 'chargeback' && order.told.has(`won ${externalId}`);
  order.told.set(name, fact.data);
  const wanted = isPart || isOver ? 'none' : POLICY[type][stage];
  state.expected = {
    cause: causeOf(fact.envelope),
    directives: new Set([`${accountId} ${consequence}`]),
  };
  if (wanted === consequence) return [];
  return [`order ${orderId}: ${type} leads to ${wanted}, not to ${consequence}`];
}
