import type { OrderStep, ProvisioningStage } from '#core/provisioning/provisioning.events.ts';
import type { Priority } from '#core/work/policy.ts';
import { ABOUT_NOTHING, type Described, type WorkSource, type Word } from '../work-source.ts';

type Failure = Extract<OrderStep, { type: 'failed' }>;

/** The steps that say that what had failed has been done, however late. */
const ORDER: readonly OrderStep['type'][] = [
  'assigned',
  'asked',
  'created',
  'credentialsSent',
  'credentialsOpened',
  'firstTraded',
];
/** From which of them on. */
const DONE_FROM: Readonly<Record<ProvisioningStage, OrderStep['type']>> = {
  assign: 'assigned',
  create: 'created',
  deliver: 'credentialsSent',
  review: 'firstTraded',
};

/** What one order has open: it stands still, and has to be looked at; each is an item of its own. */
interface Standing {
  /** Where it stands still; null while it goes on. */
  stage: ProvisioningStage | null;
  /** A person had it tried again, and nothing has come of it yet. */
  retried: boolean;
  review: boolean;
  readonly known: Set<string>;
}

/** Somebody has paid and has nothing yet, or what was bought has to be looked at. */
export const provisioningFailure: WorkSource = {
  kind: 'provisioningFailure',
  name: 'Provisioning failure',
  takes: ['orderAdvanced', 'orderReversed'],
  sees: 'view',
  works: 'workOrders',
  settledBy: 'try the order again, or give it up, on its page',
  open: () => {
    /** Orders that ever failed. */
    const orders = new Map<string, Standing>();
    return (fact) => {
      if (fact.kind === 'orderAdvanced') {
        const { orderId, step } = fact.data;
        const fresh = { stage: null, retried: false, review: false, known: new Set<string>() };
        const order = orders.get(orderId) ?? fresh;
        if (step.type === 'failed') {
          orders.set(orderId, order);
          return failed(orderId, step, order);
        }
        return went(orderId, step, order);
      }
      if (fact.kind !== 'orderReversed') return [];
      const { orderId, consequence } = fact.data;
      const order = orders.get(orderId);
      if (!order || order.stage === null) return [];
      if (consequence !== 'stop' && consequence !== 'close') return [];
      return settled(orderId, order, null, 'its money went back: nothing more is done for it');
    };
  },
};

const reviewOf = (orderId: string): string => `${orderId}.review`;

function failed(orderId: string, step: Failure, order: Standing): readonly Word[] {
  const isReview = step.stage === 'review';
  const id = isReview ? reviewOf(orderId) : orderId;
  if (isReview) order.review = true;
  else Object.assign(order, { stage: step.stage, retried: false });
  const said = { id, by: null };
  const what = describe(orderId, step);
  const first: readonly Word[] = order.known.has(id)
    ? [
        { ...said, says: 'reopened', reason: step.sentence },
        { ...said, says: 'changed', what },
      ]
    : [{ ...said, says: 'opened', what }];
  order.known.add(id);
  // What is tried again by itself is nobody's work until then.
  const { retryAt: until } = step;
  const reason = 'it is tried again by itself';
  const next: Word =
    until === null ? { ...said, says: 'resumed' } : { ...said, says: 'paused', until, reason };
  return [...first, next];
}

function describe(orderId: string, { stage, sentence, attempt, retryAt }: Failure): Described {
  const priority: Priority = retryAt === null && stage !== 'review' ? 'high' : 'normal';
  const tried = attempt > 1 ? `, tried ${attempt} times` : '';
  return {
    title: `Order ${orderId} (${stage}${tried}): ${sentence}`,
    about: ABOUT_NOTHING,
    priority,
    link: { page: 'order', id: orderId },
    notFor: [],
    alertSeqs: [],
  };
}

function went(orderId: string, step: OrderStep, order: Standing): readonly Word[] {
  if (step.type === 'cancelled') {
    const reason = step.reason === '' ? 'given up' : step.reason;
    const looked = reviewed(orderId, order, step.personId, reason);
    return [...settled(orderId, order, step.personId, reason), ...looked];
  }
  if (step.type === 'retried') {
    if (order.stage === null || order.retried) {
      return reviewed(orderId, order, step.personId, 'looked at');
    }
    order.retried = true;
    return [{ id: orderId, by: step.personId, says: 'touched' }];
  }
  if (order.stage === null) return [];
  const isDone = ORDER.indexOf(step.type) >= ORDER.indexOf(DONE_FROM[order.stage]);
  return isDone ? settled(orderId, order, null, 'it has gone on') : [];
}

function settled(id: string, order: Standing, by: string | null, reason: string): readonly Word[] {
  if (order.stage === null) return [];
  Object.assign(order, { stage: null, retried: false });
  return [{ id, by, says: 'settled', reason }];
}

function reviewed(orderId: string, order: Standing, by: string, reason: string): readonly Word[] {
  if (!order.review) return [];
  order.review = false;
  return [{ id: reviewOf(orderId), by, says: 'settled', reason }];
}
