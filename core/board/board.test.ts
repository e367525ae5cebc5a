import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactDraft } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import { createBoard, type Board } from './board.ts';
import { episodeOf, pausedUntil, queueOf } from './item.ts';
import { sources } from './sources/index.ts';
import { MORNING, told } from './testing/told.ts';

const MINUTE = 60_000;
const PEOPLE = ['ann', 'ben', 'cat'] as const;

/** Things that may happen: as many as there are makers. */
const MOVES = 22;
/** One step of a history: numbers that the log's state makes a plausible fact of. */
const moves = fc.array(fc.tuple(fc.nat(MOVES - 1), fc.nat(5), fc.nat(4), fc.nat(90)), {
  minLength: 30,
  maxLength: 120,
  size: 'max',
});

interface History {
  readonly board: Board;
  readonly governance: Governance;
  /** Reviews that nobody has acknowledged, and flags of a feed that is silent: kept by hand. */
  readonly unseen: Map<number, string>;
  readonly silent: Set<string>;
  seq: number;
  at: number;
}

function begun(): History {
  const [board, governance] = [createBoard(), createGovernance()];
  return { board, governance, unseen: new Map(), silent: new Set(), seq: 0, at: MORNING };
}

interface Given {
  readonly history: History;
  readonly which: number;
  readonly other: number;
  readonly personId: string;
  /** The item, case, ticket and so on that the number names. */
  nth<One>(all: Iterable<One>): One | undefined;
  doing(change: WorkChange): FactDraft | null;
  step(what: object): FactDraft | null;
}

const reason = 'a test';

/** One thing that may happen; null where the log as it stands leaves no room for it. */
const MAKERS: readonly ((given: Given) => FactDraft | null)[] = [
  ({ history, which, other }) => {
    const { at } = history;
    return {
      kind: 'reviewRequested',
      data: {
        accountId: `A${which}`,
        at,
        reason: 'lateDeal',
        about: `deal-${other}`,
        sentence: 'A late deal',
      },
    };
  },
  ({ history, personId, nth }) => {
    const { unseen } = history;
    const [alertSeq, accountId] = nth(unseen) ?? [];
    if (alertSeq === undefined || accountId === undefined) return null;
    return {
      kind: 'alertAcknowledged',
      data: { accountId, alertSeq, operatorId: personId, note: '' },
    };
  },
  ({ history, other }) => {
    const { at, seq } = history;
    return {
      kind: 'caseOpened',
      data: {
        caseId: `c-${seq}`,
        signals: [{ signalId: 's', pattern: 'together' }],
        score: 200 * other,
        earlier: [],
        because: null,
        at,
      },
    };
  },
  ({ history, other, personId, nth }) => {
    const { governance, at } = history;
    const file = nth(governance.cases.live());
    if (!file) return null;
    const { caseId } = file;
    return {
      kind: 'caseDecided',
      data: {
        caseId,
        outcome: other === 0 ? 'payoutHold' : 'dismiss',
        code: 'other',
        personId,
        proposalId: null,
        reason,
        departure: null,
        accountIds: [],
        dealIds: [],
        amount: 0,
        letter: null,
        at,
      },
    };
  },
  ({ history, personId, nth }) => {
    const { governance, at } = history;
    const [one, two] = [nth(governance.cases.live()), [...governance.cases.live()][0]];
    if (!one || !two || one === two) return null;
    const data = { caseId: one.caseId, into: two.caseId, personId, reason, score: 500, at };
    return { kind: 'caseMerged', data };
  },
  ({ history, personId, nth }) => {
    const { governance, at } = history;
    const file = nth(governance.cases.all());
    if (!file?.decided) return null;
    return { kind: 'caseReopened', data: { caseId: file.caseId, personId, reason, at } };
  },
  ({ history, other, personId, nth }) => {
    const { governance, at } = history;
    const file = nth(governance.cases.live());
    if (!file) return null;
    const changes = [
      { type: 'claimed', until: at + MINUTE },
      { type: 'assigned', to: other > 2 ? null : personId },
      { type: 'snoozed', until: at + 30 * MINUTE, reason },
      { type: 'escalated', level: 1, reason },
      { type: 'released' },
    ] as const;
    const change = changes[other] ?? changes[0];
    return { kind: 'caseWorked', data: { caseId: file.caseId, personId, change, at } };
  },
  ({ history }) => {
    const { at, seq } = history;
    return {
      kind: 'exceptionRaised',
      data: {
        exceptionId: `x-${seq}`,
        type: 'unknownEntry',
        payoutId: null,
        entryId: null,
        sentence: 'An entry that fits nothing',
        at,
      },
    };
  },
  ({ history, personId, nth }) => {
    const { governance, at } = history;
    const known = nth(governance.exceptions());
    if (!known) return null;
    const { exceptionId } = known;
    return { kind: 'exceptionSettled', data: { exceptionId, personId, reason, at } };
  },
  ({ history }) => {
    const { at, seq } = history;
    return {
      kind: 'disputeOpened',
      data: {
        disputeId: `d-${seq}`,
        ticketId: null,
        accountId: 'A1',
        traderId: 'T1',
        about: { type: 'case', caseId: 'c' },
        reason: 'other',
        decidedBy: [],
        personId: null,
        at,
      },
    };
  },
  ({ history, personId, nth }) => {
    const { governance, at } = history;
    const known = nth(governance.disputes.waiting());
    if (!known) return null;
    const { disputeId } = known;
    return { kind: 'disputeWithdrawn', data: { disputeId, personId, reason, at } };
  },
  ({ history }) => {
    const { at, seq } = history;
    return {
      kind: 'ticketOpened',
      data: {
        ticketId: `t-${seq}`,
        channel: 'email',
        topic: 'other',
        traderId: 'T1',
        forAccount: null,
        personId: null,
        at,
      },
    };
  },
  ({ history, other, personId, nth }) => {
    const { governance, at } = history;
    const [one, first] = [nth(governance.tickets.all()), [...governance.tickets.all()][0]];
    if (!one || !first) return null;
    const waits = one.solved === null && one.mergedInto === null;
    const changes = [
      ...(waits ? [{ type: 'asked' }, { type: 'solved', reason }] : []),
      ...(waits && one !== first && first.mergedInto === null
        ? [{ type: 'merged', into: first.ticketId }]
        : []),
      ...(one.solved ? [{ type: 'reopened', reason }] : []),
    ];
    const change = changes[other % Math.max(1, changes.length)];
    if (!change) return null;
    const data = { ticketId: one.ticketId, personId, change, at };
    return { kind: 'ticketChanged', data } as FactDraft;
  },
  ({ history }) => {
    const { at, seq } = history;
    return {
      kind: 'orderReceived',
      data: {
        orderId: `or-${seq}`,
        source: 'shop',
        externalId: `${seq}`,
        kind: 'purchase',
        traderId: 'T1',
        contact: '0'.repeat(64),
        programId: 'p',
        forAccount: null,
        addOns: [],
        price: 1,
        currency: 'USD',
        affiliateId: null,
        orderedAt: at,
        at,
      },
    };
  },
  ({ history, other, nth, step }) => {
    const { governance, at } = history;
    const stage = (['create', 'create', 'review'] as const)[other % 3] ?? 'create';
    const retryAt = other > 2 ? at + 5 * MINUTE : null;
    const order = nth(governance.orders.all());
    if (order?.cancelled === true || order?.progress === 'created') return null;
    return step({ type: 'failed', stage, attempt: 1, sentence: 'No', retryAt });
  },
  ({ history, personId, nth, step }) => {
    const { governance } = history;
    const order = nth(governance.orders.all());
    if (order?.cancelled === true) return null;
    if (order?.progress === 'asked') return step({ type: 'created', accountId: 'B1' });
    return step({ type: 'cancelled', personId, reason });
  },
  ({ history, which, other }) => {
    const { at } = history;
    const symbol = `S${which}`;
    const state = other > 2 ? 'live' : 'silent';
    const data = { symbol, source: 'feed', state, lastAt: at, silentMs: 1, at } as const;
    return { kind: 'feedStateObserved', data };
  },
  ({ other, personId, doing }) => {
    return doing({ type: 'assigned', to: other > 2 ? null : personId });
  },
  ({ history, other, doing }) => {
    const { at } = history;
    return doing({ type: 'paused', until: at + (other + 1) * 10 * MINUTE, reason });
  },
  ({ history, other, personId, doing }) => {
    const { at } = history;
    return other > 2
      ? doing({ type: 'resumed' })
      : { kind: 'personDeactivated', data: { personId, at } };
  },
  ({ personId, doing }) => {
    return doing({ type: 'handedOver', to: personId, note: reason });
  },
  ({ doing }) => {
    return doing({ type: 'prioritised', priority: 'urgent', reason });
  },
];

function draftOf(history: History, move: number, which: number, other: number): FactDraft | null {
  const { board, governance, at } = history;
  const personId = PEOPLE[other % PEOPLE.length] ?? 'ann';
  const nth: Given['nth'] = (all) => [...all][which];
  const doing = (change: WorkChange): FactDraft | null => {
    const item = nth(board.items());
    return item ? { kind: 'workDone', data: { itemId: item.itemId, personId, change, at } } : null;
  };
  const step = (what: object): FactDraft | null => {
    const order = nth(governance.orders.all());
    const { orderId = '' } = order?.data ?? {};
    return order
      ? ({ kind: 'orderAdvanced', data: { orderId, step: what, at } } as FactDraft)
      : null;
  };
  const given = { history, which, other, personId, nth, doing, step };
  return MAKERS[move]?.(given) ?? null;
}

function happen(history: History, [move, which, other, minutes]: readonly number[]): void {
  history.at += (minutes ?? 0) * MINUTE;
  history.seq += 1;
  const draft = draftOf(history, move ?? 0, which ?? 0, other ?? 0);
  if (!draft) return;
  const { unseen, silent, seq, board, governance, at } = history;
  const fact = told(draft, seq, at);
  board.apply(fact);
  governance.apply(fact);
  // What waits, kept by hand: nothing of the code that is judged.
  if (fact.kind === 'reviewRequested') unseen.set(seq, fact.data.accountId);
  if (fact.kind === 'alertAcknowledged') unseen.delete(fact.data.alertSeq);
  if (fact.kind === 'feedStateObserved') {
    if (fact.data.state === 'silent') silent.add(fact.data.symbol);
    else silent.delete(fact.data.symbol);
  }
}

/** What waits by the rooms that the facts belong to. */
function waiting({ governance, silent }: History): readonly string[] {
  const { cases, tickets, disputes } = governance;
  return [
    ...[...cases.live()].map(({ caseId }) => `fraudCase/${caseId}`),
    ...[...governance.exceptions()]
      .filter(({ settled }) => settled === null)
      .map(({ exceptionId }) => `payoutException/${exceptionId}`),
    ...[...disputes.waiting()].map(({ disputeId }) => `dispute/${disputeId}`),
    ...[...tickets.all()]
      .filter(({ solved, mergedInto }) => solved === null && mergedInto === null)
      .map(({ ticketId }) => `ticket/${ticketId}`),
    ...[...governance.orders.all()].flatMap(({ data: { orderId }, failure, review }) => [
      ...(failure ? [`provisioningFailure/${orderId}`] : []),
      ...(review ? [`provisioningFailure/${orderId}.review`] : []),
    ]),
    ...[...silent].map(() => 'dataQuality'),
  ];
}

const byName = (names: Iterable<string>): readonly string[] => [...names].sort();

describe('all work there is', () => {
  it('is what waits in the rooms that its facts belong to: nothing is lost, nothing stays behind', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const history = begun();
        for (const move of steps) {
          happen(history, move);
          const open = [...history.board.open()].filter(({ kind }) => kind !== 'breachReview');
          const names = open.map(({ itemId, kind }) => (kind === 'dataQuality' ? kind : itemId));
          expect(byName(names)).toEqual(byName(waiting(history)));
          const alerts = [...history.board.open()].flatMap(({ alertSeqs }) => alertSeqs);
          expect(byName(alerts.map(String))).toEqual(
            byName([...history.unseen.keys()].map(String)),
          );
        }
      }),
      { numRuns: 150, verbose: true },
    );
  });

  it('stands in one queue at every instant, and comes back from a pause when that ends', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const history = begun();
        for (const move of steps) happen(history, move);
        const { board, at } = history;
        for (const item of board.items()) {
          const standing = queueOf(item, at);
          const until = pausedUntil(item, at);
          const where = [
            item.state === 'settled',
            item.state === 'open' && until !== null,
            item.state === 'open' && until === null && item.owner === null,
            item.state === 'open' && until === null && item.owner !== null,
          ];
          expect(where.filter(Boolean)).toHaveLength(1);
          const names = ['settled', 'paused', 'unassigned', 'mine'];
          expect(standing.queue).toBe(names[where.indexOf(true)]);
          if (standing.queue !== 'paused') continue;
          expect(['unassigned', 'mine']).toContain(queueOf(item, standing.until).queue);
        }
      }),
      { numRuns: 150, verbose: true },
    );
  });

  it('never stays with somebody who is gone, and never has pauses that overlap', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const history = begun();
        const gone = new Set<string>();
        for (const [place, move] of steps.entries()) {
          happen(history, move);
          if (place === steps.length - 1) {
            for (const personId of PEOPLE) {
              history.seq += 1;
              const leaves = {
                kind: 'personDeactivated',
                data: { personId, at: history.at },
              } as const;
              history.board.apply(told(leaves, history.seq, history.at));
              gone.add(personId);
            }
          }
        }
        for (const item of history.board.open()) expect(gone.has(item.owner ?? '')).toBe(false);
        for (const item of history.board.items()) {
          const { pauses, openedAt } = episodeOf(item);
          let last = openedAt;
          for (const { from, until } of pauses) {
            expect(from).toBeGreaterThanOrEqual(last);
            expect(until).toBeGreaterThan(from);
            last = until;
          }
        }
      }),
      { numRuns: 100, verbose: true },
    );
  });

  it('is the same to whoever reads the log from its beginning', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const [one, other] = [begun(), begun()];
        for (const move of steps) happen(one, move);
        for (const move of steps) happen(other, move);
        expect([...one.board.items()]).toEqual([...other.board.items()]);
      }),
      { numRuns: 40, verbose: true },
    );
  });

  it('lets a person settle only what no other room settles, and opens that again', () => {
    const silent: FactDraft = {
      kind: 'feedStateObserved',
      data: { symbol: 'S', source: '', state: 'silent', lastAt: 1, silentMs: 1, at: MORNING },
    };
    const doing = (change: WorkChange): FactDraft => ({
      kind: 'workDone',
      data: { itemId: 'dataQuality/1', personId: 'ann', change, at: MORNING },
    });
    const board = createBoard();
    board.apply(told(silent, 1));
    board.apply(told(doing({ type: 'settled', reason: 'delisted' }), 2));
    expect(board.item('dataQuality/1')).toMatchObject({ state: 'settled', settledHere: true });
    board.apply(told(doing({ type: 'reopened', reason: 'it is not' }), 3));
    const item = board.item('dataQuality/1');
    expect(item).toMatchObject({ state: 'open', settledHere: false, owner: null, escalated: 0 });
    expect(item?.episodes).toHaveLength(2);
    const here = sources.all.filter(({ settledBy }) => settledBy === null);
    expect(here.map(({ kind }) => kind).sort()).toEqual([
      'breachReview',
      'dataQuality',
      'payoutException',
    ]);
  });
});
