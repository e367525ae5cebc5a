import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { verifyInTests } from '../commands/testing/signing-desk.ts';
import { auditedLog, type AuditedLog } from './testing/audited-firm.ts';
import {
  auditGovernance,
  type Finding,
  type GovernanceAudit,
} from '#core/governance/verify-governance.ts';

let log: AuditedLog;
beforeAll(() => {
  log = auditedLog();
});

/** Judges facts without the help of the tree: every root is the one that it was. */
function judged(facts: readonly Fact[], contents = log.contents): GovernanceAudit {
  const tree = log.firm.store.tree(0);
  const audit = auditGovernance({
    origin: log.key.name,
    content: (digest) => contents.get(digest) ?? null,
    verify: verifyInTests,
    rootAt: (size) => Buffer.from(tree.root(size)).toString('hex'),
  });
  for (const fact of facts) audit.take(fact);
  audit.end();
  return audit;
}

function changed(is: (fact: Fact) => boolean, data: object): readonly Finding[] {
  const at = log.facts.findIndex(is);
  const fact = present(log.facts[at], 'the fact');
  const other = { ...fact, data: { ...fact.data, ...data } } as Fact;
  return judged(log.facts.with(at, other)).findings;
}

describe('judging a log', () => {
  it('finds nothing in an honest one, and tells every payout’s story', () => {
    const audit = judged(log.facts);
    expect(audit.findings).toEqual([]);
    for (const payoutId of Object.values(log.payouts)) {
      expect(audit.story(payoutId)?.length).toBeGreaterThan(1);
    }
    expect(audit.story('nobody')).toBeNull();
  });

  it('finds the absence of any one entry that consent rests on', { timeout: 240_000 }, () => {
    const names = new Map(Object.entries(log.payouts).map(([name, id]) => [id, name]));
    const silent: string[] = [];
    for (const gone of log.facts) {
      if (!CONSENT.has(gone.kind)) continue;
      if (judged(log.facts.filter((fact) => fact !== gone)).findings.length > 0) continue;
      const { proposalId } = gone.data as { readonly proposalId?: string };
      silent.push(`${gone.kind} on ${names.get(proposalId ?? '') ?? 'another'}`);
    }
    // Nothing came of these, and no later entry rests on them: that they are there, the tree says.
    expect(silent.sort()).toEqual(SILENT);
  });

  it('goes without bytes that were erased, and still holds the payment against what was signed', () => {
    const { paid } = log.payouts;
    const opened = present(
      log.facts.find((fact) => fact.kind === 'proposalOpened' && fact.data.proposalId === paid),
      'the proposal',
    );
    const contents = new Map(log.contents);
    contents.delete((opened.data as { snapshot: string }).snapshot);
    const erased = judged(log.facts, contents);
    expect(erased.findings).toEqual([]);
    expect(erased.missing).toHaveLength(1);
    const more = log.facts.map((fact) =>
      fact.kind === 'paymentInstructed' && fact.data.payoutId === paid
        ? { ...fact, data: { ...fact.data, amount: fact.data.amount + 1_0000 } }
        : fact,
    ) as Fact[];
    expect(
      judged(more, contents)
        .findings.map(({ sentence }) => sentence)
        .join(),
    ).toMatch(/another amount is paid than cleo signed/);
  });

  it('names an approval of a log, firm or environment that is another', () => {
    const audit = auditGovernance({
      origin: 'propdesk/another',
      content: (digest) => log.contents.get(digest) ?? null,
      verify: verifyInTests,
      rootAt: () => null,
    });
    for (const fact of log.facts) audit.take(fact);
    expect(audit.findings.some(({ rule }) => rule === 'key')).toBe(true);
    expect(
      audit.findings.some(({ sentence }) => /it was signed for test-firm/.test(sentence)),
    ).toBe(true);
  });

  it.each([
    ['proposalApproved', { required: 1 }, 'approval', /it says that 1 approvals were required/],
    ['proposalApproved', { by: [] }, 'approval', /it names nobody as approvers/],
    ['proposalApproved', { executableFrom: 0 }, 'approval', /its cool-off is not the policy’s/],
    ['proposalApproved', { version: 2 }, 'approval', /version 2 is approved, version 1 stands/],
    ['proposalOpened', { expiresAt: 9e12 }, 'proposal', /it expires at another time/],
    ['proposalOpened', { amount: 1 }, 'proposal', /another amount than the log/],
    ['proposalOpened', { params: { clean: true } }, 'proposal', /another payout|another cleanness/],
    ['paymentInstructed', { accountId: 'A9' }, 'payment', /another account is charged/],
    ['paymentInstructed', { currency: 'EUR' }, 'payment', /another currency is paid/],
    [
      'paymentInstructed',
      { instructionId: 'PD123456' },
      'payment',
      /another instruction id is used/,
    ],
    [
      'paymentReported',
      { instructionId: 'PD123456' },
      'payment',
      /reported that was never instructed/,
    ],
    ['entryMatched', { entryId: 'e-2' }, 'bank', /matched with what nobody ordered or booked/],
    ['proposalClosed', { outcome: 'expired' }, 'closing', /expired before its time/],
    ['payoutRequested', { traderId: 'T2' }, 'proposal', /another trader than the log/],
  ] as const)('finds a %s that says %j', (kind, data, rule, says) => {
    const { paid } = log.payouts;
    const is = (fact: Fact): boolean => {
      const { payoutId, proposalId = payoutId } = fact.data as Record<string, unknown>;
      return fact.kind === kind && (proposalId === paid || proposalId === undefined);
    };
    const findings = changed(is, data).filter(
      (one) => one.rule === rule && says.test(one.sentence),
    );
    expect(findings).not.toEqual([]);
    expect(findings[0]?.payoutId).toBe(paid);
  });
});

const CONSENT: ReadonlySet<string> = new Set<Fact['kind']>([
  'personAdded',
  'roleGranted',
  'roleRevoked',
  'keyEnrolled',
  'keyGranted',
  'proposalOpened',
  'proposalRevised',
  'decisionReceived',
  'proposalApproved',
  'proposalClosed',
  'payoutRequested',
  'paymentInstructed',
  'bankEntryBooked',
  'entryMatched',
]);

const SILENT: readonly string[] = [
  'decisionReceived on adjustment',
  'decisionReceived on open',
  'decisionReceived on open',
  'proposalApproved on breached',
  'proposalClosed on refused',
  'proposalClosed on rejected',
];
