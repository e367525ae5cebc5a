import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import type { DecisionType } from '#core/approvals/decision.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { auditGovernance } from '#core/governance/verify-governance.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { openGovernedFirm, type GovernedFirm } from '../commands/testing/governed-firm.ts';
import { verifyInTests, type SigningDesk } from '../commands/testing/signing-desk.ts';
import { ruinousTrade } from '../partition/testing/scripted-firm.ts';
import { cachedVerifier } from './log-key.ts';
import { createReplay } from './verify.ts';

/** More by hand: FIRMS=300 npm run unit -- server/verify/random-firms */
const FIRMS = Number(process.env['FIRMS'] ?? 6);
const STEPS = 140;
const ACCOUNTS = 6;
const SEED = 77;
const HOUR_MS = 3_600_000;
const PEOPLE = ['ada', 'bram', 'cleo', 'dario', 'ezra', 'jona', 'finn', 'gia', 'hana', 'edda'];
/** A payment needs two of the few who may; the others make what should not count. */
const DECIDERS = ['cleo', 'cleo', 'dario', 'dario', 'ezra', 'jona', ...PEOPLE] as const;

/** A person's decision; what the server does not take leaves the device's chain as it was. */
function decide(firm: GovernedFirm, random: Random, proposal: Proposal): void {
  const personId = random.pick(DECIDERS);
  const desk = deskOf(firm, personId);
  if (!desk) return;
  const before = desk.chain;
  const word: DecisionType = random.pick([
    'approve',
    'approve',
    'approve',
    'reject',
    'hold',
    'release',
    'release',
  ] as const);
  const grounds =
    word !== 'reject'
      ? null
      : random.pick([
          { type: 'discretion', reviewOn: '2026-03-01' },
          { type: 'clause', ruleId: 'r', facts: [1], trades: [], quantity: '1' },
          { type: 'clause', ruleId: 'r', facts: [999_999], trades: [], quantity: '1' },
        ] as const);
  const { proposalId, action, version } = proposal;
  const stale = random.below(8) === 0 ? { base: { size: 1, root: rootOf(firm, 1) } } : {};
  const older =
    version > 1 && random.below(3) === 0 ? { subject: { id: proposalId, action, ver: 1 } } : {};
  const said = firm.ask(
    personId,
    desk.decide(proposal.proposalId, word, { grounds: grounds as never, ...stale, ...older }),
  );
  if (said !== 'accepted') desk.chain = before;
}

/** Null for a device that could not enrol: nothing was recorded for too long. */
function deskOf(firm: GovernedFirm, personId: string): SigningDesk | null {
  try {
    return firm.desk(personId);
  } catch {
    return null;
  }
}

function rootOf(firm: GovernedFirm, size: number): string {
  return Buffer.from(firm.store.tree(0).root(size)).toString('hex');
}

function propose(firm: GovernedFirm, random: Random): Intent {
  const reason = 'at random';
  const person = random.pick(PEOPLE);
  const grant = random.pick(DEFAULT_POLICIES);
  const keys = [...firm.partition.governance.people.keys.keys()];
  const { programId } = firm.partition.ingest.book.terms(0).program;
  const number = 1 + random.below(ACCOUNTS);
  return random.pick<Intent>([
    {
      type: 'propose',
      action: 'changeRole',
      params: {
        personId: person,
        role: random.pick(['payoutApprover', 'manager', 'riskOfficer'] as const),
        change: random.pick(['grant', 'revoke'] as const),
        scope: { ...EVERYWHERE, upTo: random.pick([null, 3_000_0000, 50_000_0000]) },
      },
      reason,
    },
    {
      type: 'propose',
      action: 'changePolicy',
      params: {
        policy: { ...grant, approvals: 1 + random.below(2), coolOffMs: random.below(2) * HOUR_MS },
      },
      reason,
    },
    {
      type: 'propose',
      action: 'revokeKey',
      params: {
        keyId: random.pick(keys.length > 0 ? keys : ['0'.repeat(64)]),
        compromisedSince: random.pick([null, 90]),
      },
      reason,
    },
    {
      type: 'propose',
      action: 'adjustBalance',
      params: {
        accountId: `A${number}`,
        traderId: `T${number}`,
        programId,
        amount: 100_0000 * (1 + random.below(80)),
      },
      reason,
    },
  ]);
}

function step(firm: GovernedFirm, random: Random): void {
  const { governance } = firm.partition;
  const open = [...governance.open()];
  const number = 1 + random.below(ACCOUNTS);
  const what = random.below(20);
  if (what < 10 && open.length > 0) decide(firm, random, random.pick(open));
  else if (what === 10)
    decide(firm, random, random.pick([...firm.partition.governance.proposals()]));
  else if (what < 13)
    ignoring(() =>
      firm.request(`A${number}`, random.pick([null, 1_000_0000]), {
        last4: random.pick(['4410', '7777']),
      }),
    );
  else if (what < 15)
    firm.ask(random.pick(['ada', 'bram', 'gia', 'hana', 'jona']), propose(firm, random));
  else if (what === 15 && open.length > 0) {
    const { proposalId, action } = random.pick(open);
    const dealIds = [`A${number}-out`];
    const deductions = [{ dealIds, amount: 500_0000, ruleId: null, reason: 'at random' }];
    const revise: Intent = {
      type: 'revisePayout',
      payoutId: proposalId,
      deductions,
      reason: 'at random',
    };
    if (action === 'payPayout')
      firm.ask(
        random.pick(PEOPLE),
        random.below(2) === 0 ? revise : { ...revise, deductions: null },
      );
    else firm.ask(random.pick(PEOPLE), { type: 'withdraw', proposalId, reason: 'at random' });
  } else if (what === 16) firm.clock += random.pick([1_000, HOUR_MS, 9 * HOUR_MS, 26 * HOUR_MS]);
  else if (what === 17 && random.below(6) === 0)
    firm.platform.tell(...ruinousTrade(`A${number}`, firm.clock));
  else firm.system({ type: 'runPayments' });
  firm.run();
}

function ignoring(work: () => unknown): void {
  try {
    work();
  } catch {
    // The server refused, as it may.
  }
}

function playedFirm(seed: number): GovernedFirm {
  const random = createRandom(seed);
  const firm = openGovernedFirm({
    accounts: ACCOUNTS,
    policies: [
      { action: 'changeRole', approvals: 1, coolOffMs: HOUR_MS },
      { action: 'changePolicy', approvals: 1, coolOffMs: 0 },
      {
        action: 'payPayout',
        autoUpTo: random.pick([null, 1_000_0000]),
        approverPerDay: 5_000_0000,
      },
    ],
  });
  for (let number = 4; number <= ACCOUNTS; number += 1) {
    const result = random.pick(['passed', 'passed', 'failed'] as const);
    firm.system({ type: 'recordCheck', traderId: `T${number}`, check: 'identity', result });
  }
  for (const person of PEOPLE) if (random.below(5) > 0) firm.desk(person);
  for (let at = 0; at < STEPS; at += 1) step(firm, random);
  return firm;
}

describe('what the server decided', () => {
  const seeds = Array.from({ length: FIRMS }, (_unused, at) => SEED + at);
  it.each(seeds)('is judged alike from its log alone (seed %i)', (seed) => {
    const { store, partition } = playedFirm(seed);
    const tree = store.tree(0);
    const replay = createReplay(1);
    const audit = auditGovernance({
      origin: `propdesk/${store.logId}`,
      content: store.content,
      verify: seed % 2 === 0 ? verifyInTests : cachedVerifier().verify,
      rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
      account: replay.account,
    });
    for (const fact of store.facts(0, 1, tree.size)) {
      replay.fact(fact);
      audit.take(fact);
    }
    replay.end();
    audit.end();
    expect([...audit.findings, ...replay.differences]).toEqual([]);
    const counted = [...partition.governance.proposals()].flatMap(({ received }) => received);
    expect(counted.length).toBeGreaterThan(20);
    expect(
      new Set(counted.map(({ verdict }) => (verdict.type === 'counted' ? 'counted' : verdict.code)))
        .size,
    ).toBeGreaterThan(4);
  });
});
