import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact, FactData, FactKind } from '#core/facts/registry.ts';
import type { KpiWindow } from '../kpi.ts';

/*
 * Every number a second time, from its words alone: the facts of a log are sifted again for each
 * question, slowly, and nothing is kept. It shares no code with the folds.
 */

export interface NaiveFigure {
  readonly value: number | null;
  readonly sample: number;
}
interface Told {
  readonly t: number;
  readonly seq: number;
  readonly fact: Fact;
}
type Of<Kind extends FactKind> = Told & { readonly data: FactData<Kind> };

export interface NaiveWorld {
  readonly told: readonly Told[];
  readonly from: number;
  readonly until: number;
  readonly currency: string;
  isFunded(terms: AccountTerms): boolean;
}

/** What was known at the end of a window, each with the log's clock. */
export function worldAt(
  facts: readonly Fact[],
  { from, until }: KpiWindow,
  rest: Pick<NaiveWorld, 'currency' | 'isFunded'>,
): NaiveWorld {
  let clock = 0;
  const told = facts.map((fact) => {
    if (fact.envelope.recordedAt > clock) clock = fact.envelope.recordedAt;
    return { t: clock, seq: fact.envelope.seq, fact };
  });
  return { told: told.filter(({ t }) => t <= until), from, until, ...rest };
}

function all<Kind extends FactKind>({ told }: NaiveWorld, kind: Kind): Of<Kind>[] {
  return told
    .filter(({ fact }) => fact.kind === kind)
    .map((one) => ({ ...one, data: one.fact.data as FactData<Kind> }));
}
const inside = ({ from, until }: NaiveWorld, t: number): boolean => from < t && t <= until;

function share(hits: number, of: number): NaiveFigure {
  return { value: of === 0 ? null : Number((BigInt(hits) * 1_000_000n) / BigInt(of)), sample: of };
}
function onThousand(hits: number, on: number): NaiveFigure {
  return { value: share(hits, on).value, sample: hits };
}

/** Σ over all values at risk at each end: the estimate by its textbook formula. */
function median(ended: readonly number[], open: readonly number[]): NaiveFigure {
  const sample = ended.length + open.length;
  let [part, whole] = [1n, 1n];
  for (const t of [...new Set(ended)].sort((one, other) => one - other)) {
    const atRisk = [...ended, ...open].filter((value) => value >= t).length;
    const died = ended.filter((value) => value === t).length;
    part *= BigInt(atRisk - died);
    whole *= BigInt(atRisk);
    if (part * 2n <= whole) return { value: t, sample };
  }
  return { value: null, sample };
}

function firsts<Kind extends FactKind>(
  list: readonly Of<Kind>[],
  idOf: (data: FactData<Kind>) => string,
) {
  const seen = new Set<string>();
  return list.filter(({ data }) => {
    const id = idOf(data);
    return !seen.has(id) && seen.add(id).has(id);
  });
}

function orders(world: NaiveWorld) {
  return firsts(all(world, 'orderReceived'), ({ orderId }) => orderId);
}
function stepOf(world: NaiveWorld, orderId: string, since: number, types: readonly string[]) {
  return all(world, 'orderAdvanced').find(
    ({ data, seq }) => data.orderId === orderId && seq > since && types.includes(data.step.type),
  );
}
/** A reversal told twice is one. */
function reversals(world: NaiveWorld, orderId: string, since: number) {
  const own = all(world, 'orderReversed').filter(
    ({ data, seq }) => data.orderId === orderId && seq > since,
  );
  return firsts(own, ({ type, externalId }) => `${type} ${externalId}`);
}

const ended = (to: string): boolean => ['failed', 'passed', 'closed'].includes(to);

function accounts(world: NaiveWorld) {
  return firsts(all(world, 'accountOpened'), ({ accountId }) => accountId);
}
function changesOf(world: NaiveWorld, accountId: string, since: number) {
  return all(world, 'accountStatusChanged').filter(
    ({ data, seq }) => data.accountId === accountId && seq > since,
  );
}
/** How it stands ended by an instant: the first end after the last time it ran. */
function endBy(world: NaiveWorld, accountId: string, since: number, until: number) {
  const changes = changesOf(world, accountId, since).filter(({ t }) => t <= until);
  const ran = changes.findLastIndex(({ data }) => !ended(data.to));
  return changes[ran + 1];
}
function activeTraders(world: NaiveWorld): number {
  const traders = new Set<string>();
  for (const { t, seq, data } of accounts(world)) {
    const before = changesOf(world, data.accountId, seq)
      .filter((one) => one.t <= world.from)
      .at(-1);
    const wasLive = t > world.from || before === undefined || !ended(before.data.to);
    const came = changesOf(world, data.accountId, seq).some(
      (one) => one.t > world.from && !ended(one.data.to),
    );
    if (wasLive || came) traders.add(data.traderId);
  }
  return traders.size;
}

function payouts(world: NaiveWorld) {
  return firsts(all(world, 'payoutRequested'), ({ payoutId }) => payoutId);
}
function reportsOf(world: NaiveWorld, payoutId: string, since: number) {
  const own = all(world, 'paymentReported').filter(
    ({ data, seq }) => data.payoutId === payoutId && seq > since,
  );
  return firsts(own, ({ reportId }) => reportId).filter(({ data }) =>
    ['paid', 'declined', 'returned'].includes(data.state),
  );
}

function tickets(world: NaiveWorld) {
  return firsts(all(world, 'ticketOpened'), ({ ticketId }) => ticketId)
    .filter(({ t }) => inside(world, t))
    .map((ticket) => ({
      ...ticket,
      changes: all(world, 'ticketChanged').filter(
        ({ data, seq }) => data.ticketId === ticket.data.ticketId && seq > ticket.seq,
      ),
    }))
    .filter(({ changes }) => !changes.some(({ data }) => data.change.type === 'merged'));
}

/** The last word on every case, where it is a decision of the window. */
function decisions(world: NaiveWorld) {
  const cases = firsts(all(world, 'caseOpened'), ({ caseId }) => caseId);
  return cases
    .flatMap(({ data: { caseId }, seq: since }) => {
      const words = world.told.filter(({ seq, fact }) => {
        if (seq <= since || !('caseId' in fact.data) || fact.data.caseId !== caseId) return false;
        if (fact.kind === 'caseDecided')
          return !['payoutHold', 'releaseHold'].includes(fact.data.outcome);
        return fact.kind === 'caseReopened' || fact.kind === 'caseMerged';
      });
      const last = words.at(-1);
      return last?.fact.kind === 'caseDecided' && inside(world, last.t) ? [last.fact.data] : [];
    })
    .filter(({ code }) => code !== 'duplicate');
}

function tradersAt(world: NaiveWorld, caseId: string, seq: number): Set<string> {
  const before: NaiveWorld = { ...world, told: world.told.filter((one) => one.seq < seq) };
  const traders = new Set<string>();
  const seen = (signalId: string, by: number): void => {
    const signal = all(before, 'signalRaised').findLast(
      (one) => one.data.signalId === signalId && one.seq < by,
    );
    for (const traderId of signal?.data.traders ?? []) traders.add(traderId);
  };
  for (const { fact, seq: by } of before.told) {
    if (fact.kind === 'caseOpened' && fact.data.caseId === caseId) {
      for (const { signalId } of fact.data.signals) seen(signalId, by);
    }
    if (fact.kind === 'caseMerged' && fact.data.into === caseId && fact.data.caseId !== caseId) {
      for (const traderId of tradersAt(world, fact.data.caseId, by)) traders.add(traderId);
    }
  }
  return traders;
}

function money(world: NaiveWorld): { fees: number; paid: number; matters: number } {
  let [fees, paid, matters] = [0, 0, 0];
  for (const { data, t, seq } of orders(world)) {
    if (data.currency !== world.currency) continue;
    const moves = inside(world, t) ? [data.price] : [];
    const backs = reversals(world, data.orderId, seq);
    for (const [place, back] of backs.entries()) {
      if (!inside(world, back.t)) continue;
      const { type, amount } = back.data;
      const refunds = backs.slice(0, place).filter((one) => one.data.type === 'refund');
      const before = Math.max(0, ...refunds.map((one) => one.data.amount));
      if (type === 'refund') moves.push(amount > before ? before - amount : 0);
      else moves.push(type === 'won' ? amount : -amount);
    }
    if (moves.length > 0) matters += 1;
    fees += moves.reduce((sum, one) => sum + one, 0);
  }
  for (const { data, seq } of payouts(world)) {
    if (data.currency !== world.currency) continue;
    const ordered = all(world, 'paymentInstructed').find(
      (one) => one.data.payoutId === data.payoutId && one.seq > seq,
    );
    const words = reportsOf(world, data.payoutId, seq);
    const moves = words.flatMap(({ t, data: { state } }, at) => {
      const was = words[at - 1]?.data.state === 'paid';
      if (was === (state === 'paid') || !inside(world, t)) return [];
      return [(state === 'paid' ? 1 : -1) * (ordered?.data.amount ?? 0)];
    });
    if (moves.length > 0) matters += 1;
    paid += moves.reduce((sum, one) => sum + one, 0);
  }
  return { fees, paid, matters };
}

/** What was settled last, and whether it was late by then. */
function items(world: NaiveWorld): { readonly t: number; readonly late: boolean }[] {
  const stories = new Map<
    string,
    { kind: 'open' | 'settled' | 'late'; t: number; seq: number }[]
  >();
  for (const { fact, t, seq } of world.told) {
    const [itemId, kind] = storyOf(fact);
    if (itemId === null) continue;
    const story = stories.get(itemId);
    if (story) story.push({ kind, t, seq });
    else if (kind === 'open' && fact.kind !== 'workDone') stories.set(itemId, [{ kind, t, seq }]);
  }
  return [...stories.values()].flatMap((story) => {
    const again = story.findLastIndex(({ kind }) => kind === 'open');
    const settled = story.slice(again).find(({ kind }) => kind === 'settled');
    if (!settled || !inside(world, settled.t)) return [];
    return [{ t: settled.t, late: story.some(({ kind, t }) => kind === 'late' && t <= settled.t) }];
  });
}
function storyOf(fact: Fact): [string | null, 'open' | 'settled' | 'late'] {
  switch (fact.kind) {
    case 'ticketOpened':
      return [`ticket/${fact.data.ticketId}`, 'open'];
    case 'ticketChanged': {
      const {
        ticketId,
        change: { type },
      } = fact.data;
      if (type === 'solved') return [`ticket/${ticketId}`, 'settled'];
      return [type === 'reopened' ? `ticket/${ticketId}` : null, 'open'];
    }
    case 'disputeOpened':
      return [`dispute/${fact.data.disputeId}`, 'open'];
    case 'disputeDecided':
      return [`dispute/${fact.data.disputeId}`, 'settled'];
    case 'caseOpened':
    case 'caseReopened':
      return [`fraudCase/${fact.data.caseId}`, 'open'];
    case 'caseDecided':
      return [
        fact.data.outcome === 'payoutHold' ? null : `fraudCase/${fact.data.caseId}`,
        'settled',
      ];
    case 'exceptionRaised':
      return [`payoutException/${fact.data.exceptionId}`, 'open'];
    case 'exceptionSettled':
      return [`payoutException/${fact.data.exceptionId}`, 'settled'];
    case 'orderAdvanced': {
      const {
        orderId,
        step: { type },
      } = fact.data;
      if (type === 'failed') return [`provisioningFailure/${orderId}`, 'open'];
      const isOver = ['created', 'credentialsSent', 'cancelled'].includes(type);
      return [isOver ? `provisioningFailure/${orderId}` : null, 'settled'];
    }
    case 'workDone': {
      const {
        itemId,
        change: { type },
      } = fact.data;
      if (type === 'settled') return [itemId, 'settled'];
      return [type === 'reopened' ? itemId : null, 'open'];
    }
    case 'workEscalated':
      // The first step of what a firm begins with is told before the time has passed.
      return [fact.data.level > 1 ? fact.data.itemId : null, 'late'];
    default:
      return [null, 'open'];
  }
}

const DAY_MS = 86_400_000;
const verdictKinds = ['breachDetected', 'objectiveMet', 'conductFlagged'] as const;

export const NAIVE: Readonly<Record<string, (world: NaiveWorld) => NaiveFigure>> = {
  purchaseToAccount: (world) => {
    const [took, waiting]: [number[], number[]] = [[], []];
    for (const { data, t, seq } of orders(world)) {
      if (data.kind !== 'purchase' || !inside(world, t)) continue;
      const began = data.orderedAt > t ? t : data.orderedAt;
      const made = stepOf(world, data.orderId, seq, ['created']);
      const back = reversals(world, data.orderId, seq).some((one) => one.data.type !== 'won');
      if (made) took.push(made.t - began);
      else if (!back && !stepOf(world, data.orderId, seq, ['cancelled']))
        waiting.push(world.until - began);
    }
    return median(took, waiting);
  },
  timeToFirstTrade: (world) => {
    const [took, waiting]: [number[], number[]] = [[], []];
    for (const { data, t, seq, fact } of accounts(world)) {
      if (!inside(world, t) || !['purchase', undefined].includes(data.origin)) continue;
      const deal = all(world, 'dealBooked').find(
        (one) => one.data.accountId === data.accountId && one.seq > seq,
      );
      const end = changesOf(world, data.accountId, seq).find((one) => ended(one.data.to));
      if (deal) took.push(Math.max(0, deal.fact.envelope.occurredAt - fact.envelope.occurredAt));
      else if (!end) waiting.push(world.until - t);
    }
    return median(took, waiting);
  },
  onboardingDropOff: (world) => {
    let [lost, of] = [0, 0];
    for (const { data, t, seq } of orders(world)) {
      const due = t + 7 * DAY_MS;
      if (data.kind !== 'purchase' || !inside(world, due)) continue;
      const then: NaiveWorld = { ...world, told: world.told.filter((one) => one.t <= due) };
      const traded = stepOf(then, data.orderId, seq, ['firstTraded']);
      const back = reversals(then, data.orderId, seq).some((one) => one.data.type !== 'won');
      if (!traded && (back || stepOf(then, data.orderId, seq, ['cancelled']))) continue;
      of += 1;
      if (!traded) lost += 1;
    }
    return share(lost, of);
  },
  disputeRate: (world) =>
    onThousand(
      firsts(all(world, 'disputeOpened'), ({ disputeId }) => disputeId).filter(({ t }) =>
        inside(world, t),
      ).length,
      activeTraders(world),
    ),
  refundRate: (world) => {
    const own = orders(world).filter(({ t }) => inside(world, t));
    const back = own.filter(({ data, seq }) =>
      reversals(world, data.orderId, seq).some((one) => one.data.type === 'refund'),
    );
    return share(back.length, own.length);
  },
  chargebackRate: (world) => {
    const back = orders(world).filter(({ data, seq }) => {
      const first = reversals(world, data.orderId, seq).find(
        (one) => one.data.type === 'chargeback',
      );
      return first !== undefined && inside(world, first.t);
    });
    return onThousand(back.length, orders(world).filter(({ t }) => inside(world, t)).length);
  },
  ticketsPerThousand: (world) => onThousand(tickets(world).length, activeTraders(world)),
  timeToResolve: (world) => {
    const [took, waiting]: [number[], number[]] = [[], []];
    for (const { t, changes } of tickets(world)) {
      const words = changes.filter(({ data }) => ['solved', 'reopened'].includes(data.change.type));
      const again = words.findLastIndex(({ data }) => data.change.type === 'reopened');
      const solved = words[again + 1];
      if (solved) took.push(solved.t - t);
      else waiting.push(world.until - t);
    }
    return median(took, waiting);
  },
  manualReviewRate: (world) => {
    const own = verdictKinds
      .flatMap((kind) => all(world, kind))
      .filter(({ t }) => inside(world, t));
    const asks = own.filter(
      ({ data }) => data.review.length > 0 || ('effect' in data && data.effect === 'review'),
    );
    return share(asks.length, own.length);
  },
  breachReasons: (world) => {
    const hard = all(world, 'breachDetected').filter(
      ({ t, data }) => inside(world, t) && data.consequence === 'fail',
    );
    const stand = hard.filter(({ data, seq }) => {
      const isSame = (other: { accountId: string }, ruleId: string): boolean =>
        other.accountId === data.accountId && ruleId === data.ruleId;
      const next = all(world, 'breachDetected').find(
        (one) => one.seq > seq && isSame(one.data, one.data.ruleId),
      );
      return !all(world, 'accountDirected').some(
        (one) =>
          one.seq > seq &&
          one.seq < (next?.seq ?? Infinity) &&
          one.data.directive.type === 'reinstate' &&
          isSame(one.data, one.data.directive.ruleId),
      );
    });
    return { value: stand.length, sample: stand.length };
  },
  passRate: (world) => {
    const ends = accounts(world).flatMap(({ data, seq }) => {
      const end = world.isFunded(data) ? undefined : endBy(world, data.accountId, seq, world.until);
      return end && inside(world, end.t) && end.data.to !== 'closed' ? [end.data.to] : [];
    });
    return share(ends.filter((to) => to === 'passed').length, ends.length);
  },
  fundedSurvival: (world) => {
    const ends = accounts(world).flatMap(({ data, t, seq }) => {
      if (!world.isFunded(data) || !inside(world, t + 30 * DAY_MS)) return [];
      const end = endBy(world, data.accountId, seq, t + 30 * DAY_MS);
      return end?.data.to === 'closed' ? [] : [end?.data.to !== 'failed'];
    });
    return share(ends.filter(Boolean).length, ends.length);
  },
  payoutRatio: (world) => {
    const { fees, paid, matters } = money(world);
    const value = fees <= 0 ? null : Number((BigInt(paid) * 1_000_000n) / BigInt(fees));
    return { value, sample: matters };
  },
  firmResult: (world) => {
    const { fees, paid, matters } = money(world);
    return { value: matters === 0 ? null : fees - paid, sample: matters };
  },
  payoutCycleTime: (world) => {
    const [took, waiting]: [number[], number[]] = [[], []];
    for (const { data, t, seq } of payouts(world)) {
      if (!inside(world, t)) continue;
      const words = reportsOf(world, data.payoutId, seq);
      const closed = all(world, 'proposalClosed').some(
        (one) =>
          one.data.proposalId === data.payoutId && one.seq > seq && one.data.outcome !== 'executed',
      );
      const last = words.at(-1);
      if (last?.data.state === 'paid') {
        const before = words.findLastIndex((one) => one.data.state !== 'paid');
        took.push((words[before + 1]?.t ?? 0) - t);
      } else if (!last && !closed) waiting.push(world.until - t);
    }
    return median(took, waiting);
  },
  payoutFailureRate: (world) => {
    const ends = payouts(world).flatMap(({ data, seq }) => {
      const first = all(world, 'paymentInstructed').find(
        (one) => one.data.payoutId === data.payoutId && one.seq > seq,
      );
      const last = reportsOf(world, data.payoutId, seq).at(-1);
      return first && last && inside(world, first.t) ? [last.data.state] : [];
    });
    return share(ends.filter((state) => state !== 'paid').length, ends.length);
  },
  specialHandlingShare: (world) => {
    const own = payouts(world).filter(({ t }) => inside(world, t));
    const special = own.filter(({ data: { payoutId }, seq: since }) =>
      world.told.some(({ fact, seq }) => {
        if (seq <= since) return false;
        if (fact.kind === 'informationAsked' || fact.kind === 'exceptionRaised')
          return fact.data.payoutId === payoutId;
        return (
          fact.kind === 'proposalRevised' &&
          fact.data.maker !== null &&
          fact.data.proposalId === payoutId
        );
      }),
    );
    return share(special.length, own.length);
  },
  fraudHitRate: (world) => {
    const own = decisions(world);
    return share(own.filter(({ outcome }) => outcome !== 'dismiss').length, own.length);
  },
  falsePositiveRate: (world) => {
    const own = decisions(world);
    return share(own.filter(({ outcome }) => outcome === 'dismiss').length, own.length);
  },
  repeatAbuse: (world) => {
    const found = new Map<string, Map<string, number>>();
    for (const { fact, t, seq } of world.told) {
      if (fact.kind !== 'caseDecided' && fact.kind !== 'caseReopened') continue;
      if (fact.kind === 'caseDecided' && ['payoutHold', 'releaseHold'].includes(fact.data.outcome))
        continue;
      for (const traderId of tradersAt(world, fact.data.caseId, seq)) {
        const own = found.get(traderId) ?? new Map<string, number>();
        found.set(traderId, own);
        if (fact.kind === 'caseReopened' || fact.data.outcome === 'dismiss')
          own.delete(fact.data.caseId);
        else if (!own.has(fact.data.caseId)) own.set(fact.data.caseId, t);
      }
    }
    const own = [...found.values()].filter((cases) =>
      [...cases.values()].some((t) => inside(world, t)),
    );
    return share(own.filter(({ size }) => size > 1).length, own.length);
  },
  policyGapLosses: (world) => {
    const disputes = firsts(all(world, 'disputeOpened'), ({ disputeId }) => disputeId);
    const lost = disputes.flatMap(({ data, seq }) => {
      const last = all(world, 'disputeDecided').findLast(
        (one) => one.data.disputeId === data.disputeId && one.seq > seq,
      );
      if (!last || last.data.remedy === 'upheld' || !inside(world, last.t)) return [];
      const isGap =
        last.data.clause === null ||
        ['ruleUnclear', 'ruleChanged', 'ruleMisread'].includes(data.reason);
      const counts = last.data.amount === 0 || last.data.currency === world.currency;
      return isGap && counts ? [last.data.amount] : [];
    });
    const value = lost.length === 0 ? null : lost.reduce((sum, one) => sum + one, 0);
    return { value, sample: lost.length };
  },
  slaAttainment: (world) => {
    const own = items(world);
    return share(own.filter(({ late }) => !late).length, own.length);
  },
};
