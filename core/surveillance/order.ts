import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { EpochMs } from '#core/time/time.ts';

const MINUTE_MS = 60_000;
/** A fact that claims to be further ahead than this is taken at the present: a clock is wrong. */
const AHEAD_MAX_MS = 4 * 86_400_000;
/** A silence longer than this is passed in one step: only its last minutes are told one by one. */
const MINUTES_TOLD_MAX = 4 * 1_440;

/** Kinds that surveillance takes, and whose clock they carry. */
const CLOCKS: { readonly [Kind in FactKind]?: 'platform' | 'server' } = {
  accountOpened: 'platform',
  accountStatusChanged: 'platform',
  dealBooked: 'platform',
  balanceOperationBooked: 'platform',
  dealBusted: 'platform',
  protectionSet: 'platform',
  identityRecorded: 'platform',
  sessionObserved: 'platform',
  orderActivityObserved: 'platform',
  newsScheduled: 'server',
  payoutRequested: 'server',
  scoringChanged: 'server',
};

/**
 * One order of all that is observed, whatever came in which pieces:
 *
 * - time is the latest instant that a price or a platform's fact has named; what comes late, and
 *   what people decided by the server's clock, happens at the present;
 * - prices of an instant come first, as they arrive; all else waits until the instant is over and
 *   then comes sorted: the firm's facts, every account's own in their order, payouts;
 * - a whole minute is told before what happens at it.
 */
export interface Timeline {
  /** Null until a first time is known. */
  readonly now: EpochMs | null;
  /** Ends every instant before this one; gives the time at which what carries it happens. */
  reach(at: EpochMs): EpochMs;
  /** Keeps a fact until its instant is over; passes over those that nothing is made of. */
  hold(fact: Fact): void;
  /** Ends the present instant: there is nothing more to come. */
  end(): void;
  state(): TimelineState;
}

export interface TimelineState {
  readonly now: EpochMs | null;
  readonly waiting: readonly Fact[];
}

export interface TimelinePorts {
  happens(fact: Fact, at: EpochMs): void;
  minute(at: EpochMs): void;
}

export function createTimeline(ports: TimelinePorts, resume?: TimelineState): Timeline {
  let now = resume?.now ?? null;
  let waiting: Fact[] = [...(resume?.waiting ?? [])];
  const end = (): void => {
    if (now === null || waiting.length === 0) return;
    const facts = waiting.sort(inOrder);
    waiting = [];
    for (const fact of facts) ports.happens(fact, now);
  };
  const reach = (at: EpochMs): EpochMs => {
    if (now !== null && at <= now) return now;
    end();
    if (now !== null) tellMinutes(now, at, ports.minute);
    now = at;
    return at;
  };
  return {
    get now() {
      return now;
    },
    reach,
    hold: (fact) => {
      const clock = CLOCKS[fact.kind];
      if (clock === undefined) return;
      const { occurredAt } = fact.envelope;
      const isAhead = now !== null && occurredAt > now + AHEAD_MAX_MS;
      if (clock === 'platform' && occurredAt > 0 && !isAhead) reach(occurredAt);
      waiting.push(fact);
    },
    end,
    state: () => ({ now, waiting: [...waiting] }),
  };
}

function tellMinutes(from: EpochMs, to: EpochMs, minute: (at: EpochMs) => void): void {
  const last = Math.floor(to / MINUTE_MS);
  const first = Math.max(Math.floor(from / MINUTE_MS) + 1, last - MINUTES_TOLD_MAX);
  for (let at = first; at <= last; at += 1) minute(at * MINUTE_MS);
}

function inOrder(one: Fact, other: Fact): number {
  const [first, second] = [one.envelope, other.envelope];
  return (
    rankOf(one) - rankOf(other) ||
    (first.stream < second.stream ? -1 : first.stream > second.stream ? 1 : 0) ||
    first.streamVersion - second.streamVersion
  );
}

function rankOf({ kind }: Fact): number {
  if (kind === 'scoringChanged') return 0;
  if (kind === 'newsScheduled') return 1;
  return kind === 'payoutRequested' ? 3 : 2;
}
