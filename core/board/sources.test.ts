import { describe, expect, it } from 'vitest';
import type { FactDraft } from '#core/facts/registry.ts';
import { WORK_KINDS } from '#core/work/policy.ts';
import { createBoard } from './board.ts';
import { queueOf } from './item.ts';
import { sources } from './sources/index.ts';
import { ANSWER_WITHIN_MS } from './sources/ticket.ts';
import { MORNING, told } from './testing/told.ts';
import { workSourceContract, type WorkSample } from './work-source.contract.ts';

const at = MORNING;
const by = 'ann';

const review = (about: string): FactDraft => ({
  kind: 'reviewRequested',
  data: { accountId: 'A1', at, reason: 'dealBusted', about, sentence: 'Deal taken back' },
});
const seen = (alertSeq: number): FactDraft => ({
  kind: 'alertAcknowledged',
  data: { accountId: 'A1', alertSeq, operatorId: by, note: 'looked at' },
});
const opened: FactDraft = {
  kind: 'caseOpened',
  data: {
    caseId: 'c-1',
    signals: [{ signalId: 's-1', pattern: 'together' }],
    score: 720,
    earlier: [],
    because: null,
    at,
  },
};
const raised: FactDraft = {
  kind: 'exceptionRaised',
  data: {
    exceptionId: 'x-1',
    type: 'paidTwice',
    payoutId: 'p-1',
    entryId: 'e-1',
    sentence: 'Payout p-1 left the bank twice',
    at,
  },
};
const disputed: FactDraft = {
  kind: 'disputeOpened',
  data: {
    disputeId: 'd-1',
    ticketId: null,
    accountId: 'A1',
    traderId: 'T1',
    about: { type: 'verdict', seq: 12, ruleId: 'daily' },
    reason: 'priceWrong',
    decidedBy: [by],
    personId: null,
    at,
  },
};
const asked: FactDraft = {
  kind: 'ticketOpened',
  data: {
    ticketId: 't-1',
    channel: 'email',
    topic: 'payout',
    traderId: 'T1',
    forAccount: 'A1',
    personId: null,
    at,
  },
};
const change = (what: object): FactDraft =>
  ({ kind: 'ticketChanged', data: { ticketId: 't-1', personId: by, change: what, at } }) as never;
const step = (what: object): FactDraft =>
  ({ kind: 'orderAdvanced', data: { orderId: 'or-1', step: what, at } }) as never;
const failed = (stage: string, retryAt: number | null): FactDraft =>
  step({ type: 'failed', stage, attempt: 1, sentence: 'The platform said no', retryAt });
const feed = (state: 'silent' | 'live'): FactDraft => ({
  kind: 'feedStateObserved',
  data: { symbol: 'EURUSD', source: 'feed', state, lastAt: at, silentMs: 1, at },
});

const SAMPLES: readonly WorkSample[] = [
  { source: sources.get('breachReview'), opens: [review('d-1')], settles: [seen(1)] },
  {
    source: sources.get('fraudCase'),
    opens: [opened],
    settles: [
      {
        kind: 'caseDecided',
        data: {
          caseId: 'c-1',
          outcome: 'dismiss',
          code: 'other',
          personId: by,
          proposalId: null,
          reason: 'an honest swing',
          departure: null,
          accountIds: [],
          dealIds: [],
          amount: 0,
          letter: null,
          at,
        },
      },
    ],
  },
  {
    source: sources.get('payoutException'),
    opens: [raised],
    settles: [
      {
        kind: 'exceptionSettled',
        data: { exceptionId: 'x-1', personId: by, reason: 'called back', at },
      },
    ],
  },
  {
    source: sources.get('dispute'),
    opens: [disputed],
    settles: [
      {
        kind: 'disputeWithdrawn',
        data: { disputeId: 'd-1', personId: null, reason: 'the trader agrees', at },
      },
    ],
  },
  {
    source: sources.get('ticket'),
    opens: [asked],
    settles: [change({ type: 'solved', reason: 'answered' })],
  },
  {
    source: sources.get('provisioningFailure'),
    opens: [failed('create', null)],
    settles: [step({ type: 'created', accountId: 'B1' })],
  },
  { source: sources.get('dataQuality'), opens: [feed('silent')], settles: [feed('live')] },
];

for (const sample of SAMPLES) workSourceContract(sample);

function boardOf(...drafts: readonly FactDraft[]) {
  const board = createBoard();
  for (const [place, draft] of drafts.entries()) board.apply(told(draft, place + 1, at + place));
  return board;
}

describe('the sources of work', () => {
  it('are one for every kind, each with its sample', () => {
    expect(sources.all.map(({ kind }) => kind).sort()).toEqual([...WORK_KINDS].sort());
    expect(SAMPLES.map(({ source }) => source)).toEqual(sources.all);
  });

  it('name a review of several flags by the first of them, and settle it with the last', () => {
    const flags = [review('d-1'), review('d-1'), review('d-2')];
    const board = boardOf(...flags, seen(1));
    expect([...board.items()].map(({ itemId, state }) => [itemId, state])).toEqual([
      ['breachReview/1', 'open'],
      ['breachReview/3', 'open'],
    ]);
    expect(board.item('breachReview/1')?.alertSeqs).toEqual([2]);
    const after = boardOf(...flags, seen(1), seen(2));
    expect(after.item('breachReview/1')?.state).toBe('settled');
  });

  it('keep a dispute from who decided before what it is about', () => {
    expect(boardOf(disputed).item('dispute/d-1')?.notFor).toEqual([by]);
  });

  it('bring a ticket back when the trader does not answer', () => {
    const ticket = boardOf(asked, change({ type: 'asked' })).item('ticket/t-1');
    const until = at + 1 + ANSWER_WITHIN_MS;
    expect(ticket && queueOf(ticket, until - 1)).toEqual({ queue: 'paused', until });
    expect(ticket && queueOf(ticket, until)).toEqual({ queue: 'unassigned' });
  });

  it('leave an order alone until it is tried again by itself', () => {
    const order = boardOf(failed('create', at + 500)).item('provisioningFailure/or-1');
    expect(order && queueOf(order, at + 499).queue).toBe('paused');
    expect(order && queueOf(order, at + 500).queue).toBe('unassigned');
  });

  it('open an order again that fails after it went on', () => {
    const went = step({ type: 'credentialsSent', accountId: 'B1' });
    const board = boardOf(failed('deliver', null), went, failed('deliver', null));
    const order = board.item('provisioningFailure/or-1');
    expect(order?.state).toBe('open');
    expect(order?.episodes).toHaveLength(2);
  });

  it('do not lose what has to be looked at when the order goes on', () => {
    const board = boardOf(
      failed('review', null),
      failed('create', null),
      step({ type: 'created', accountId: 'B1' }),
    );
    expect([...board.open()].map(({ itemId }) => itemId)).toEqual([
      'provisioningFailure/or-1.review',
    ]);
  });

  it('close a case that becomes part of another one', () => {
    const other = { ...opened, data: { ...opened.data, caseId: 'c-2' } } as FactDraft;
    const merged: FactDraft = {
      kind: 'caseMerged',
      data: { caseId: 'c-1', into: 'c-2', personId: by, reason: 'one ring', score: 950, at },
    };
    const board = boardOf(opened, other, merged);
    expect([...board.open()].map(({ itemId }) => itemId)).toEqual(['fraudCase/c-2']);
    expect(board.item('fraudCase/c-2')?.priority).toBe('urgent');
  });

  it('take a silence that comes again for a new one', () => {
    const board = boardOf(feed('silent'), feed('live'), feed('silent'), feed('silent'));
    expect([...board.items()].map(({ itemId, state }) => [itemId, state])).toEqual([
      ['dataQuality/1', 'settled'],
      ['dataQuality/3', 'open'],
    ]);
  });
});
