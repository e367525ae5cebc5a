import type { Kernel } from './kernel.ts';
import { HOUR_MS, MINUTE_MS } from './kernel.ts';
import type { Situations } from './situations.ts';
import type { RailFaults } from './swarm.ts';

export interface Order {
  /** The key by which a repetition is known. */
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
  readonly last4: string;
}

export type RailWord = 'sent' | 'unknown' | 'paid' | 'declined' | 'returned' | 'notKnown';

/** What a rail tells, by itself or when asked. */
export interface RailReport {
  readonly key: string;
  readonly state: RailWord;
  /** The rail's own name of this piece of news. */
  readonly eventId: string;
}

/** Money that left, and money that came back: what really happened, whatever anybody was told. */
export interface Movement {
  readonly key: string;
  readonly amount: number;
  readonly last4: string;
  readonly at: number;
}

/** A provider of payments, as unreliable as a seed makes it. Replies arrive late, or never. */
export interface Rail {
  submit(order: Order, answered: (report: RailReport | null) => void): void;
  query(key: string, answered: (report: RailReport | null) => void): void;
  readonly moved: readonly Movement[];
  /** What the firm's bank statement would show of a key. */
  truth(key: string): 'paid' | 'declined' | 'pending' | 'notKnown';
}

interface Known {
  readonly order: Order;
  readonly at: number;
  state: 'pending' | 'paid' | 'declined' | 'returned';
  events: number;
}

/** An order is under way so long at the most: less than any rail forgets its key in. */
const LATE_MS_MAX = 1.5 * HOUR_MS;
export const RAIL_TIMEOUT_MS: number = MINUTE_MS;

export function createRail(
  kernel: Kernel,
  ports: { faults(): RailFaults; webhook(report: RailReport): void; situations: Situations },
): Rail {
  const random = kernel.random('rail');
  const known = new Map<string, Known>();
  const moved: Movement[] = [];
  const chance = (rate: number): boolean => random.fraction() < rate;
  const { situations } = ports;
  const tell = (one: Known): void => {
    const { repeatsWebhook, losesWebhook, answersLateMs } = ports.faults();
    one.events += 1;
    const state = one.state === 'pending' ? 'sent' : one.state;
    const report: RailReport = {
      key: one.order.key,
      state,
      eventId: `${one.order.key}-${one.events}`,
    };
    const copies = chance(repeatsWebhook) ? 2 + random.below(2) : 1;
    if (chance(losesWebhook)) return situations.seen('webhookLost');
    if (copies > 1) situations.seen('webhookRepeated');
    for (let copy = 0; copy < copies; copy += 1) {
      kernel.after(random.fraction() * answersLateMs, `webhook ${report.eventId} ${state}`, () =>
        ports.webhook(report),
      );
    }
  };
  const pay = (one: Known): void => {
    one.state = 'paid';
    moved.push({
      key: one.order.key,
      amount: one.order.amount,
      last4: one.order.last4,
      at: kernel.now,
    });
    kernel.note(`rail pays ${one.order.key} ${one.order.amount}`);
    tell(one);
    if (!chance(ports.faults().paysThenReturns)) return;
    kernel.after((1 + random.below(20)) * HOUR_MS, `rail returns ${one.order.key}`, () => {
      situations.seen('paidThenReturned');
      one.state = 'returned';
      tell(one);
    });
  };
  const process = (one: Known): void => {
    const { declines, declinesThenPays } = ports.faults();
    if (chance(declinesThenPays)) {
      situations.seen('declinedThenPaid');
      one.state = 'declined';
      tell(one);
      return kernel.after(
        random.below(10) * HOUR_MS,
        `rail changes its mind ${one.order.key}`,
        () => pay(one),
      );
    }
    if (!chance(declines)) return pay(one);
    situations.seen('declined');
    one.state = 'declined';
    tell(one);
  };
  const accept = (order: Order): Known => {
    const before = known.get(order.key);
    const isForgotten = before && kernel.now - before.at > ports.faults().forgetsKeyAfterMs;
    if (before && !isForgotten) {
      situations.seen('sameKeySubmittedAgain');
      if (before.state !== 'pending') situations.seen('submittedAfterItsEnd');
      return before;
    }
    const fresh: Known = { order, at: kernel.now, state: 'pending', events: 0 };
    known.set(order.key, fresh);
    kernel.after(
      random.fraction() * ports.faults().answersLateMs,
      `rail works on ${order.key}`,
      () => process(fresh),
    );
    return fresh;
  };
  /** An answer in time, late, or never; the caller hears of it once. */
  const answering = (
    answered: (report: RailReport | null) => void,
    answer: () => RailReport | null,
    lost: boolean,
  ): void => {
    let isHeard = false;
    const hear = (report: RailReport | null): void => {
      if (isHeard) return;
      isHeard = true;
      answered(report);
    };
    kernel.after(RAIL_TIMEOUT_MS, 'rail answer overdue', () => hear(null));
    if (!lost)
      kernel.after(
        random.fraction() * Math.min(ports.faults().answersLateMs, 2 * RAIL_TIMEOUT_MS),
        'rail answers',
        () => hear(answer()),
      );
  };
  return {
    moved,
    submit: (order, answered) => {
      const { worksThenTimesOut, losesOrder, takesLate, saysUnknown } = ports.faults();
      kernel.note(`submit ${order.key}`);
      if (chance(losesOrder)) {
        situations.seen('orderLost');
        return answering(answered, () => null, true);
      }
      if (chance(takesLate)) {
        situations.seen('orderArrivedLate');
        kernel.after(
          random.below(LATE_MS_MAX),
          `rail takes ${order.key}`,
          () => void accept(order),
        );
        return answering(answered, () => null, true);
      }
      const lost = chance(worksThenTimesOut);
      if (lost) situations.seen('workedThenTimedOut');
      accept(order);
      const unsure = chance(saysUnknown);
      if (unsure && !lost) situations.seen('railSaidUnknown');
      const answer = (): RailReport => ({
        key: order.key,
        state: unsure ? 'unknown' : 'sent',
        eventId: `${order.key}-accepted-${kernel.now}`,
      });
      answering(answered, answer, lost);
    },
    query: (key, answered) => {
      kernel.note(`query ${key}`);
      const lost = chance(ports.faults().worksThenTimesOut);
      const answer = (): RailReport => {
        const one = known.get(key);
        if (!one) return { key, state: 'notKnown', eventId: `${key}-none` };
        const state = one.state === 'pending' ? 'sent' : one.state;
        return { key, state, eventId: `${key}-${state}-asked` };
      };
      answering(answered, answer, lost);
    },
    truth: (key) => {
      const one = known.get(key);
      if (!one) return 'notKnown';
      return one.state === 'returned' ? 'paid' : one.state;
    },
  };
}
