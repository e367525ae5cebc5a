import type { DeskApi } from '#core/desk-api/contract.ts';
import type { OrderDetail, OrderRow } from '#core/desk-api/order-calls.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import { moneyText } from '#core/money/money.ts';
import {
  standsAt,
  stateOf,
  type Order,
  type OrderState,
  type PastReversal,
  type PastStep,
} from '#core/provisioning/orders.ts';
import { purchasedAt, spanFigures, spanMs } from '#core/provisioning/timing.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { LocalState } from './local-state.ts';

const DAY_MS = 86_400_000;
const FIGURES_OVER_DAYS = 7;

type OrdersApi = Pick<DeskApi, Extract<keyof DeskApi, `orders.${string}`>>;
type Sent = { commandId: string; state: 'queued' | 'accepted' };

export interface OrdersPorts {
  readonly state: Pick<LocalState, 'governance'>;
  personId(): string | null;
  nameOf(personId: string): string;
  send(intent: Command['intent']): Promise<Sent>;
  /** What was said here and not yet received. */
  queued(): readonly Command[];
  /** The server's clock, as well as this desk knows it. */
  now(): number;
}

/** Orders of the firm's shops, from the facts that this desk holds: they are there without a server. */
export function createOrdersApi(ports: OrdersPorts): OrdersApi {
  const { state, now, send } = ports;
  const known = (orderId: string): Order => {
    const order = state.governance.orders.order(orderId);
    if (order) return order;
    throw new DeskRefusal({ code: 'rejected', message: `This desk knows no order ${orderId}.` });
  };
  return {
    'orders.list': ({ limit }) => {
      const asOf = now();
      const context = contextOf(ports);
      const all = [...state.governance.orders.all()];
      const states = all.map(stateOf);
      const figures = spanFigures(state.governance.orders.all(), {
        now: asOf,
        windowMs: FIGURES_OVER_DAYS * DAY_MS,
      });
      return Promise.resolve({
        asOf,
        orders: all
          .sort(byNeed)
          .slice(0, limit)
          .map((order) => rowOf(order, context)),
        counts: {
          all: all.length,
          failed: states.filter((one) => one === 'failed').length,
          underWay: states.filter((one) => UNDER_WAY.includes(one)).length,
        },
        windowDays: FIGURES_OVER_DAYS,
        figures: [...figures],
      });
    },
    'orders.get': async ({ orderId }) => detailOf(known(orderId), ports),
    'orders.retry': (input) => send({ type: 'retryOrder', ...input }),
    'orders.cancel': (input) => send({ type: 'cancelOrder', ...input }),
  };
}

interface Context {
  readonly mayWork: boolean;
  readonly waiting: ReadonlySet<string>;
}

function contextOf({ state, personId, queued }: OrdersPorts): Context {
  const waiting = queued().flatMap(({ intent }) =>
    intent.type === 'retryOrder' || intent.type === 'cancelOrder' ? [intent.orderId] : [],
  );
  return {
    mayWork: state.governance.people.may(personId() ?? '', 'workOrders'),
    waiting: new Set(waiting),
  };
}

function rowOf(order: Order, { mayWork, waiting }: Context): OrderRow {
  const { data, terms, milestones, steps } = order;
  const { orderId, source, externalId, kind, price, currency, traderId, orderedAt } = data;
  const stands = standsAt(order);
  const isOpen = milestones.created !== null;
  const isBeingOpened = order.progress === 'asked' && order.failure === null;
  return {
    orderId,
    source,
    externalId,
    kind,
    programName: terms?.program.name ?? data.programId,
    price,
    currency,
    traderId,
    accountId: isOpen ? (terms?.accountId ?? null) : null,
    state: stateOf(order),
    stands: stands && {
      stage: stands.stage,
      attempt: stands.attempt,
      sentence: stands.sentence,
      retryAt: stands.retryAt,
      since: stands.at,
    },
    orderedAt,
    receivedAt: data.at,
    changedAt: steps.at(-1)?.at ?? data.at,
    spans: {
      created: spanMs(order, 'created'),
      credentialsSent: spanMs(order, 'credentialsSent'),
      credentialsOpened: spanMs(order, 'credentialsOpened'),
      firstTraded: spanMs(order, 'firstTraded'),
    },
    mayRetry: mayWork && stands !== null && !order.cancelled,
    mayCancel: mayWork && !isOpen && !isBeingOpened && !order.cancelled,
    waits: waiting.has(orderId),
  };
}

const UNDER_WAY: readonly OrderState[] = ['received', 'assigned', 'asked', 'created'];

/** What waits for a person, what is tried again, what is under way; then the latest first. */
function byNeed(one: Order, other: Order): number {
  return needOf(one) - needOf(other) || other.data.at - one.data.at;
}

function needOf(order: Order): number {
  const stands = order.cancelled ? null : standsAt(order);
  if (stands) return stands.retryAt === null ? 0 : 1;
  return UNDER_WAY.includes(stateOf(order)) ? 2 : 3;
}

function detailOf(order: Order, ports: OrdersPorts): OrderDetail {
  const { data, terms, receivedSeq, reversals } = order;
  const began = purchasedAt(order);
  const since = (at: number): number => Math.max(0, at - began);
  const happened = [
    {
      seq: receivedSeq,
      at: data.at,
      kind: 'received',
      says: `Received from ${data.source} as ${data.externalId}`,
    },
    ...order.steps.map((past) => ({
      seq: past.seq,
      at: past.at,
      kind: past.step.type,
      says: stepText(past, ports),
    })),
    ...reversals.map((reversal) => ({
      seq: reversal.seq,
      at: reversal.at,
      kind: reversal.type,
      says: reversalText(reversal),
    })),
  ].sort((one, other) => one.seq - other.seq);
  return {
    row: rowOf(order, contextOf(ports)),
    addOns: [...data.addOns],
    forAccount: data.forAccount,
    affiliateId: data.affiliateId,
    terms: terms
      ? `${terms.phase.name}, rules version ${terms.ruleSet.version}, ` +
        `${moneyText(terms.nominalSize)} ${terms.currency}`
      : '',
    receivedSeq,
    steps: happened.map((one) => ({ ...one, afterMs: since(one.at) })),
    reversals: reversals.map(({ type, amount, currency, at }) => ({ type, amount, currency, at })),
  };
}

function stepText({ step }: PastStep, { nameOf }: OrdersPorts): string {
  switch (step.type) {
    case 'assigned':
      return `Will open under ${step.terms.program.name}, version ${step.terms.ruleSet.version}`;
    case 'asked':
      return step.attempt === 1
        ? 'The platform was asked for the account'
        : `The platform was asked for it again (${step.attempt})`;
    case 'created':
      return `Account ${step.accountId} is open`;
    case 'credentialsSent':
      return 'The link to the password was sent';
    case 'credentialsOpened':
      return 'The link was opened, and the password wiped here';
    case 'firstTraded':
      return 'First trade';
    case 'failed':
      return step.sentence;
    case 'retried':
      return `${nameOf(step.personId)}: ${step.reason}`;
    case 'cancelled':
      return `Cancelled by ${nameOf(step.personId)}: ${step.reason}`;
  }
}

const REVERSAL_TEXT = {
  refund: 'given back to the buyer',
  chargeback: 'taken back by the buyer’s bank',
  won: 'of a dispute won again',
} as const;
const CONSEQUENCE_TEXT = {
  none: 'nothing follows by itself',
  stop: 'the order goes no further',
  close: 'the account is closed, unused',
  restrict: 'the account is restricted until somebody has looked at it',
  lift: 'the restriction is lifted',
} as const;

function reversalText({ type, amount, currency, consequence }: PastReversal): string {
  return `${moneyText(amount)} ${currency} ${REVERSAL_TEXT[type]}: ${CONSEQUENCE_TEXT[consequence]}`;
}
