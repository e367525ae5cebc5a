import { describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { present } from '#core/kernel/assert.ts';
import { ACTION_TYPES, type ActionType } from './action-types.ts';
import {
  approvalPolicySchema,
  DEFAULT_POLICIES,
  requiredFor,
  type ApprovalPolicy,
  type Required,
} from './policy.ts';

const DAY_MS = 86_400_000;
const defaultOf = (action: ActionType): ApprovalPolicy =>
  present(
    DEFAULT_POLICIES.find((one) => one.action === action),
    action,
  );
const policyWith = (over: Partial<ApprovalPolicy>): ApprovalPolicy => ({
  ...defaultOf('payPayout'),
  steps: [],
  ...over,
});
const approvalsFor = (policy: ApprovalPolicy, summed: number, clean = false): number =>
  requiredFor(policy, summed, clean).approvals;

describe('what holds in a firm that has decided nothing', () => {
  it('says something about every kind of high-risk action, once', () => {
    expect(DEFAULT_POLICIES.map(({ action }) => action).sort()).toEqual([...ACTION_TYPES].sort());
  });

  it.each(ACTION_TYPES)('lets nobody do it alone: %s', (action) => {
    const policy = approvalPolicySchema.parse(defaultOf(action));
    expect(policy.approvals).toBeGreaterThanOrEqual(1);
    expect(policy.autoUpTo).toBeNull();
    expect(approvalsFor(policy, 0, true)).toBe(policy.approvals);
  });

  it.each(['changeRole', 'grantKey', 'changePolicy'] as const)(
    'lets a day pass between approving and doing what decides over approving: %s',
    (action) => {
      expect(defaultOf(action)).toMatchObject({ approvals: 2, coolOffMs: DAY_MS });
    },
  );

  it('asks two persons for a payout, and for more than 25,000 in a week a third, one of them manager', () => {
    const policy = defaultOf('payPayout');
    expect(policy.windowDays).toBe(7);
    expect(requiredFor(policy, 25_000_0000, false)).toEqual({ approvals: 2, oneOf: [] });
    expect(requiredFor(policy, 25_000_0001, false)).toEqual({
      approvals: 3,
      oneOf: [['manager']],
    });
  });
});

describe('the steps of a policy', () => {
  const steps = [
    { above: 100, approvals: 3, oneOf: ['manager' as const] },
    { above: 200, approvals: 2, oneOf: ['finance' as const, 'admin' as const] },
    { above: 300, approvals: 5, oneOf: [] },
  ];
  const policy = policyWith({ approvals: 1, steps });

  it.each([
    [0, 1, []],
    [100, 1, []],
    [101, 3, [['manager']]],
    [200, 3, [['manager']]],
    [201, 3, [['manager'], ['finance', 'admin']]],
    [300, 3, [['manager'], ['finance', 'admin']]],
    [301, 5, [['manager'], ['finance', 'admin']]],
  ])('of %i ask for %i approvals, and of %j', (summed, approvals, oneOf) => {
    expect(requiredFor(policy, summed, false)).toEqual({ approvals, oneOf });
  });

  it('only ever add: more money never asks for less, whatever the order of the steps', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ].map((order) => order.map((at) => present(steps[at], 'a step')));
    for (const ordered of orders) {
      for (const approvals of [0, 1, 4, 9]) {
        const some = policyWith({ approvals, steps: ordered, autoUpTo: null });
        let before: Required = { approvals: 0, oneOf: [] };
        for (let summed = 0; summed <= 400; summed += 1) {
          const required = requiredFor(some, summed, true);
          expect(required.approvals).toBeGreaterThanOrEqual(before.approvals);
          expect(required.oneOf).toEqual(expect.arrayContaining([...before.oneOf]));
          before = required;
        }
      }
    }
  });

  it('cannot ask for fewer than the policy does', () => {
    const step = { above: 0, approvals: 1, oneOf: [] };
    expect(approvalsFor(policyWith({ approvals: 4, steps: [step] }), 1)).toBe(4);
  });
});

describe('approval by nobody', () => {
  const policy = policyWith({ approvals: 2, autoUpTo: 500 });

  it.each([
    ['clean, at the limit', 500, true, 0],
    ['clean, above the limit', 501, true, 2],
    ['not clean, below the limit', 1, false, 2],
  ] as const)('%s: %i, %s needs %i', (_what, summed, clean, approvals) => {
    expect(approvalsFor(policy, summed, clean)).toBe(approvals);
  });

  it('is for a firm that wants it: without a limit there is none', () => {
    expect(approvalsFor(policyWith({ autoUpTo: null }), 0, true)).toBe(2);
  });

  it('never reaches into a step, even where its limit is set above it', () => {
    const step = { above: 100, approvals: 3, oneOf: [] };
    const odd = policyWith({ autoUpTo: 500, steps: [step] });
    expect(approvalsFor(odd, 100, true)).toBe(0);
    expect(approvalsFor(odd, 101, true)).toBe(3);
  });
});

describe('a policy', () => {
  it.each([
    ['more approvals than nine', { approvals: 10 }],
    ['a negative number of them', { approvals: -1 }],
    ['half an approval', { approvals: 1.5 }],
    ['a step that nobody has to approve', { steps: [{ above: 1, approvals: 0, oneOf: [] }] }],
    ['a role that there is not', { steps: [{ above: 1, approvals: 1, oneOf: ['boss'] }] }],
    ['a window of more than a year', { windowDays: 367 }],
    ['a signature that is old at once', { receiptAgeMaxMs: 59_999 }],
    ['an expiry at once', { expiresAfterMs: 0 }],
    ['a cool-off that ended before', { coolOffMs: -1 }],
    ['an action that there is not', { action: 'payAnything' }],
    ['something that nobody has heard of', { override: true }],
  ])('is refused with %s', (_what, over) => {
    expect(approvalPolicySchema.safeParse({ ...defaultOf('payPayout'), ...over }).success).toBe(
      false,
    );
  });
});

interface Opened {
  readonly id: string;
  readonly amount: number;
  readonly at: number;
  readonly traderId?: string | null;
  readonly action?: 'payPayout' | 'adjustBalance';
}

/** What was asked for, and what became of it, as the log tells it. */
class Log {
  readonly governance: Governance = createGovernance();
  private seq = 0;

  open({ id, amount, at, traderId = 'T1', action = 'payPayout' }: Opened): void {
    if (action === 'payPayout') {
      this.tell('payoutRequested', {
        payoutId: id,
        accountId: `of-${id}`,
        traderId,
        requestKey: id,
      });
    }
    const about = { accountId: null, traderId, programId: null, region: null, personId: null };
    const version = { version: 1, params: { payoutId: id, clean: true }, snapshot: '', amount };
    const times = { at, expiresAt: at + 90 * DAY_MS, decideBy: at + DAY_MS, coolingUntil: null };
    const opened = { proposalId: id, action, about, makers: [], reason: '', ...version, ...times };
    this.tell('proposalOpened', opened);
  }

  close(proposalId: string, outcome: string, at: number): void {
    this.tell('proposalClosed', { proposalId, version: 1, outcome, reason: '', at });
  }

  change(policy: ApprovalPolicy): void {
    this.tell('policyChanged', { policy, at: 0 });
  }

  approvals(id: string): number {
    return this.governance.required(present(this.governance.proposal(id), id)).approvals;
  }

  summed(id: string): number {
    const proposal = present(this.governance.proposal(id), id);
    return this.governance.summed(proposal, proposal.openedAt);
  }

  private tell(kind: Fact['kind'], data: object): void {
    this.seq += 1;
    this.governance.apply({ kind, envelope: { seq: this.seq }, data } as unknown as Fact);
  }
}

describe('the window in which amounts count together', () => {
  const NOW = 100 * DAY_MS;

  it('is of one trader: three payouts under the step are one above it', () => {
    const log = new Log();
    for (const id of ['a', 'b', 'c']) log.open({ id, amount: 10_000_0000, at: NOW });
    log.open({ id: 'other', amount: 10_000_0000, at: NOW, traderId: 'T2' });
    expect(['a', 'b', 'c', 'other'].map((id) => log.summed(id))).toEqual([
      30_000_0000, 30_000_0000, 30_000_0000, 10_000_0000,
    ]);
    expect(['a', 'other'].map((id) => log.approvals(id))).toEqual([3, 2]);
  });

  it.each([
    ['on its first millisecond', 7 * DAY_MS, 30],
    ['a millisecond before it', 7 * DAY_MS + 1, 20],
    ['at the same time', 0, 30],
  ])('reaches back so many days: what was done %s', (_when, ago, sum) => {
    const log = new Log();
    log.open({ id: 'before', amount: 10, at: NOW - 30 * DAY_MS });
    log.close('before', 'executed', NOW - ago);
    log.open({ id: 'now', amount: 20, at: NOW });
    expect(log.summed('now')).toBe(sum);
  });

  it('counts what is still open, however old: it may be done beside what is summed up', () => {
    const log = new Log();
    log.open({ id: 'before', amount: 10, at: NOW - 30 * DAY_MS });
    log.open({ id: 'now', amount: 20, at: NOW });
    expect(log.summed('now')).toBe(30);
  });

  it.each(['rejected', 'withdrawn', 'expired'])('passes over what was %s', (outcome) => {
    const log = new Log();
    log.open({ id: 'before', amount: 10, at: NOW });
    log.open({ id: 'now', amount: 20, at: NOW });
    log.close('before', outcome, NOW);
    expect(log.summed('now')).toBe(20);
  });

  it('counts what was asked for later, too: whoever waits wins nothing', () => {
    const log = new Log();
    log.open({ id: 'first', amount: 20_000_0000, at: NOW });
    expect(log.approvals('first')).toBe(2);
    log.open({ id: 'second', amount: 20_000_0000, at: NOW + DAY_MS });
    expect(log.approvals('first')).toBe(3);
  });

  it('keeps kinds of actions apart, and adjustments of one trader together', () => {
    const log = new Log();
    log.open({ id: 'payout', amount: 10, at: NOW });
    log.open({ id: 'adjustment', amount: 7, at: NOW, action: 'adjustBalance' });
    log.open({ id: 'another', amount: 5, at: NOW, action: 'adjustBalance' });
    expect(log.summed('payout')).toBe(10);
    expect(log.summed('another')).toBe(12);
  });

  it('is none for a policy without days, nor for what concerns no trader', () => {
    const log = new Log();
    log.open({ id: 'a', amount: 10, at: NOW, traderId: null, action: 'adjustBalance' });
    log.open({ id: 'b', amount: 10, at: NOW, traderId: null, action: 'adjustBalance' });
    expect(log.summed('b')).toBe(10);
    log.open({ id: 'c', amount: 10, at: NOW });
    log.open({ id: 'd', amount: 10, at: NOW });
    log.change({ ...defaultOf('payPayout'), windowDays: 0 });
    expect(log.summed('d')).toBe(10);
  });

  it('keeps small parts of a large amount from being approved by nobody', () => {
    const log = new Log();
    log.change({ ...defaultOf('payPayout'), autoUpTo: 100 });
    log.open({ id: 'a', amount: 60, at: NOW });
    expect(log.approvals('a')).toBe(0);
    log.open({ id: 'b', amount: 60, at: NOW });
    expect([log.approvals('a'), log.approvals('b')]).toEqual([2, 2]);
  });
});
