import type { AccountTerms } from '#core/accounts/account.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { ReversalStage } from './policy.ts';
import type {
  OrderData,
  OrderStep,
  ProvisioningStage,
  ReversalData,
} from './provisioning.events.ts';

/** Steps of one order that are kept to be shown; the oldest leave first. */
export const STEPS_KEPT_MAX = 200;

/** How far an order has come, whether or not it stands still. */
export const PROGRESS = [
  'received',
  'assigned',
  'asked',
  'created',
  'credentialsSent',
  'credentialsOpened',
] as const;
export type Progress = (typeof PROGRESS)[number];

/** What an order is, for people: where it stands, or why it does not go on. */
export type OrderState = Progress | 'firstTraded' | 'failed' | 'cancelled' | 'reversed';

export interface PastStep {
  readonly seq: number;
  readonly step: OrderStep;
  readonly at: EpochMs;
}

export interface PastReversal extends ReversalData {
  readonly seq: number;
}

/** What an order stands still at. */
export interface Failure {
  readonly seq: number;
  readonly stage: ProvisioningStage;
  readonly attempt: number;
  readonly sentence: string;
  /** Null: it waits for a person. */
  readonly retryAt: EpochMs | null;
  readonly at: EpochMs;
}

/** When a step was done for the first time; null before. */
export type Milestones = Readonly<
  Record<Exclude<Progress, 'received'> | 'firstTraded', number | null>
>;

/** An order as the log tells it. */
export interface Order {
  readonly data: OrderData;
  readonly receivedSeq: number;
  readonly progress: Progress;
  /** Under which rules the account opens; null before that was decided. */
  readonly terms: AccountTerms | null;
  /** How often the platform was asked. */
  readonly asked: number;
  readonly askedAt: EpochMs | null;
  /** By stage: how often it failed in a row. */
  readonly failures: Readonly<Partial<Record<ProvisioningStage, number>>>;
  readonly failure: Failure | null;
  /** What a person has to look at while it goes on. */
  readonly review: Failure | null;
  /** A person had a doubtful order go on: it is doubted no more. */
  readonly confirmed: boolean;
  readonly cancelled: boolean;
  readonly reversals: readonly PastReversal[];
  readonly milestones: Milestones;
  readonly steps: readonly PastStep[];
}

/** Orders and how far they have come: a fold of the log. */
export interface Orders {
  receive(data: OrderData, seq: number): void;
  advance(
    data: { readonly orderId: string; readonly step: OrderStep; readonly at: EpochMs },
    seq: number,
  ): void;
  reverse(data: ReversalData, seq: number): void;
  order(orderId: string): Order | undefined;
  /** In the order in which they were received. */
  all(): Iterable<Order>;
  /** Those for which something is left to do or to watch. */
  live(): Iterable<Order>;
  /** The order that an account was made for. */
  ofAccount(accountId: string): Order | undefined;
  /** The order that goes on from an account, and was not given up. */
  after(accountId: string): Order | undefined;
  readonly size: number;
}

/** One name for one order of one shop, whatever comes first of it. */
export function orderIdOf(source: string, externalId: string): string {
  return `or-${digestOfText(`${source}\n${externalId}`).slice(0, 16)}`;
}

/** The account of an order, named before the platform is asked: asked again, it is the same one. */
export function accountIdFor(orderId: string): string {
  return `B${orderId.replace(/^or-/, '').slice(0, 12)}`;
}

const NOTHING_DONE: Milestones = {
  assigned: null,
  asked: null,
  created: null,
  credentialsSent: null,
  credentialsOpened: null,
  firstTraded: null,
};

export function createOrders(): Orders {
  const orders = new Map<string, Order>();
  const live = new Set<string>();
  const byAccount = new Map<string, string>();
  const followers = new Map<string, string[]>();
  const put = (order: Order): void => {
    const { orderId } = order.data;
    orders.set(orderId, order);
    if (isSettled(order)) live.delete(orderId);
    else live.add(orderId);
  };
  const change = (orderId: string, over: (order: Order) => Order): void => {
    const order = orders.get(orderId);
    if (order) put(over(order));
  };
  return {
    receive: (data, receivedSeq) => {
      if (orders.has(data.orderId)) return;
      put(freshOrder(data, receivedSeq));
      if (data.forAccount === null) return;
      const known = followers.get(data.forAccount);
      if (known) known.push(data.orderId);
      else followers.set(data.forAccount, [data.orderId]);
    },
    advance: ({ orderId, step, at }, seq) => {
      if (step.type === 'asked') byAccount.set(step.accountId, orderId);
      change(orderId, (order) => noted(taken(order, step, at, seq), { seq, step, at }));
    },
    reverse: (data, seq) =>
      change(data.orderId, (order) =>
        knowsReversal(order, data)
          ? order
          : { ...order, reversals: [...order.reversals, { ...data, seq }] },
      ),
    order: (orderId) => orders.get(orderId),
    all: () => orders.values(),
    live: function* () {
      for (const orderId of live) {
        const order = orders.get(orderId);
        if (order) yield order;
      }
    },
    ofAccount: (accountId) => orders.get(byAccount.get(accountId) ?? ''),
    after: (accountId) =>
      (followers.get(accountId) ?? [])
        .flatMap((orderId) => orders.get(orderId) ?? [])
        .find((order) => order.terms !== null && !isStopped(order)),
    get size() {
      return orders.size;
    },
  };
}

function freshOrder(data: OrderData, receivedSeq: number): Order {
  return {
    data,
    receivedSeq,
    progress: 'received',
    terms: null,
    asked: 0,
    askedAt: null,
    failures: {},
    failure: null,
    review: null,
    confirmed: false,
    cancelled: false,
    reversals: [],
    milestones: NOTHING_DONE,
    steps: [],
  };
}

/** A step that was taken before, or that nothing led to, changes nothing. */
function taken(order: Order, step: OrderStep, at: EpochMs, seq: number): Order {
  switch (step.type) {
    case 'assigned':
      if (order.progress !== 'received') return order;
      return { ...reached(order, 'assigned', 'assign', at), terms: step.terms };
    case 'asked': {
      if (order.progress !== 'assigned' && order.progress !== 'asked') return order;
      const asked = reached(order, 'asked', null, at);
      return { ...asked, asked: Math.max(order.asked, step.attempt), askedAt: at, failure: null };
    }
    case 'created':
      return order.progress === 'asked' ? reached(order, 'created', 'create', at) : order;
    case 'credentialsSent':
      return order.progress === 'created'
        ? reached(order, 'credentialsSent', 'deliver', at)
        : order;
    case 'credentialsOpened':
      return order.progress === 'credentialsSent'
        ? reached(order, 'credentialsOpened', 'deliver', at)
        : order;
    case 'firstTraded':
      return { ...order, milestones: first(order.milestones, 'firstTraded', at) };
    case 'failed': {
      const { stage, attempt, sentence, retryAt } = step;
      const failures = { ...order.failures, [stage]: attempt };
      const failure = { seq, stage, attempt, sentence, retryAt, at };
      return { ...order, failures, ...(stage === 'review' ? { review: failure } : { failure }) };
    }
    case 'retried':
      return retried(order);
    case 'cancelled':
      return { ...order, cancelled: true, failure: null, review: null };
  }
}

function reached(
  order: Order,
  progress: Exclude<Progress, 'received'>,
  past: ProvisioningStage | null,
  at: EpochMs,
): Order {
  const { failures, milestones } = order;
  return {
    ...order,
    progress,
    failure: null,
    failures: past === null ? failures : { ...failures, [past]: 0 },
    milestones: first(milestones, progress, at),
  };
}

/** A password that ran out unread is gone: the platform has to be given another. */
function retried(order: Order): Order {
  const { failure, progress, failures } = order;
  if (!failure) return { ...order, review: null };
  const expired = failure.stage === 'deliver' && progress === 'credentialsSent';
  return {
    ...order,
    failure: null,
    failures: { ...failures, [failure.stage]: 0 },
    confirmed: order.confirmed || failure.stage === 'assign',
    progress: expired ? 'assigned' : progress,
  };
}

function first(milestones: Milestones, name: keyof Milestones, at: EpochMs): Milestones {
  return milestones[name] === null ? { ...milestones, [name]: at } : milestones;
}

function noted(order: Order, past: PastStep): Order {
  return { ...order, steps: [...order.steps, past].slice(-STEPS_KEPT_MAX) };
}

/** Told twice it is one. */
export function knowsReversal(
  { reversals }: Order,
  { type, externalId }: Pick<ReversalData, 'type' | 'externalId'>,
): boolean {
  return reversals.some((one) => one.type === type && one.externalId === externalId);
}

/**
 * Whether its money is gone: given back in full, or taken back and not won again. Which of them was
 * told first changes nothing.
 */
export function isReversed({ reversals, data }: Order): boolean {
  return reversals.some(({ type, amount, externalId }) => {
    if (type === 'refund') return amount >= data.price;
    return type === 'chargeback' && !isWon(externalId, reversals);
  });
}

export function isWon(externalId: string, reversals: readonly PastReversal[]): boolean {
  return reversals.some((one) => one.type === 'won' && one.externalId === externalId);
}

/** Nothing more is done for it. */
export function isStopped(order: Order): boolean {
  return order.cancelled || isReversed(order);
}

/** Nothing is left to do or to watch. */
function isSettled(order: Order): boolean {
  if (order.milestones.created === null) {
    // An account that the platform was asked for may yet open.
    return order.cancelled && order.asked === 0;
  }
  const handedOver = order.progress === 'credentialsOpened' || isStopped(order);
  return handedOver && order.milestones.firstTraded !== null;
}

/** What a person is told of an order that does not go on, or has to be looked at. */
export function standsAt({ failure, review }: Order): Failure | null {
  return failure ?? review;
}

export function stageOf({ milestones }: Order): ReversalStage {
  if (milestones.created === null) return 'beforeAccount';
  return milestones.firstTraded === null ? 'untraded' : 'traded';
}

export function stateOf(order: Order): OrderState {
  if (order.cancelled) return 'cancelled';
  if (standsAt(order) !== null) return 'failed';
  if (isReversed(order)) return 'reversed';
  return order.milestones.firstTraded === null ? order.progress : 'firstTraded';
}
