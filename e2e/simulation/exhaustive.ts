import { DECISION_PAYLOAD, type Decision, type DecisionType } from '#core/approvals/decision.ts';
import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { actionKinds } from '#core/governance/actions/index.ts';
import { approveIfAgreed, authoriseExecution } from '#core/governance/authorise.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { receiveDecision } from '#core/governance/receive-decision.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { present } from '#core/kernel/assert.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { sampleSnapshot } from '#core/payouts/testing/sample-snapshot.ts';
import { writeSnapshot } from '#core/payouts/snapshot.ts';
import { EVERYWHERE, type Role } from '#core/people/roles.ts';
import { sealedBy } from './desk-host.ts';
import { keyFrom, type SimulatedKey } from './keys.ts';
import { readLog } from './reference.ts';

const STEPS = [
  'edit by rhea',
  'approve by cleo',
  'approve by dario',
  'approve by rhea',
  'reject by ezra',
  'hold by ezra',
  'release by ezra',
  'release by jona',
  'breach',
  'revoke the key of cleo',
  'take the role of dario',
  'run payments',
] as const;
type Step = (typeof STEPS)[number];

const AUDIENCE = { org: 'test-firm', env: 'test', log: 'exhaustive' } as const;
const ROLES: Readonly<Record<string, Role>> = {
  cleo: 'payoutApprover',
  dario: 'payoutApprover',
  rhea: 'payoutApprover',
  ezra: 'payoutApprover',
  jona: 'manager',
};
const KEYS = new Map<string, SimulatedKey>(
  Object.keys(ROLES).map((name) => [name, keyFrom(1, `exhaustive ${name}`)]),
);
const START = Date.UTC(2026, 0, 20);
const PAYOUT = 'po-1';
const ACCOUNT = 'A1';
const CONTENT = new Map<string, string>();

/** A log so far, and in how many ways of going about it one comes to a log that is as good as this one. */
interface Branch {
  readonly facts: readonly Fact[];
  readonly ways: number;
  readonly path: readonly Step[];
}

export interface Scope {
  readonly length: number;
  readonly sequences: number;
  readonly states: number;
  readonly runs: number;
  /** Sequences that end with a payment that was authorised. */
  readonly paid: number;
  readonly offences: readonly string[];
}

/** What a planted mistake may change about the world that the core sees. */
export type Twist = (world: GovernedWorld) => GovernedWorld;

/**
 * Every sequence of so many steps, through the core's own functions. Two that leave the same words on
 * the same version behind go on alike, so they are followed together, and counted each.
 */
export function explore(length: number, twist: Twist = (world) => world): Scope {
  let level = new Map<string, Branch>([['', { facts: founded(), ways: 1, path: [] }]]);
  const offences: string[] = [];
  let [sequences, states, runs, paid] = [0, 0, 0, 0];
  for (let depth = 1; depth <= length; depth += 1) {
    const next = new Map<string, Branch>();
    for (const branch of level.values()) {
      for (const step of STEPS) {
        const facts = [...branch.facts];
        take(step, facts, twist);
        const path = [...branch.path, step];
        sequences += branch.ways;
        if (step === 'run payments') runs += branch.ways;
        const isPaid = facts
          .slice(branch.facts.length)
          .some(({ kind }) => kind === 'paymentInstructed');
        if (isPaid) {
          paid += branch.ways;
          const reference = readLog(facts, AUDIENCE);
          for (const matter of reference.instructed) {
            const said = reference.offences(matter, (digest) => CONTENT.get(digest) ?? null);
            if (said.length > 0) offences.push(`${path.join(', ')}: ${said.join('; ')}`);
          }
        }
        const key = stateOf(facts);
        const known = next.get(key);
        next.set(
          key,
          known ? { ...known, ways: known.ways + branch.ways } : { facts, ways: branch.ways, path },
        );
      }
    }
    states += next.size;
    level = next;
  }
  return { length, sequences, states, runs, paid, offences };
}

/** Everything about a log that what comes later can depend on; see the test of it. */
function stateOf(facts: readonly Fact[]): string {
  const governance = folded(facts);
  const { version, makers, received, approved, closed, versionSeq } = present(
    governance.proposal(PAYOUT),
    'the payout',
  );
  const words = received.flatMap((one) =>
    one.version === version && one.verdict.type === 'counted'
      ? [`${one.personId} ${one.decision}`]
      : [],
  );
  const breached = facts.some(
    ({ kind, envelope }) => kind === 'breachDetected' && envelope.seq > versionSeq,
  );
  const keys = [...governance.people.keys.values()].map(({ revokedSeq }) => revokedSeq !== null);
  const roles = [...governance.people.persons.values()].map(({ roles: held }) =>
    held.map(({ toSeq }) => toSeq !== null),
  );
  return JSON.stringify([
    makers,
    words,
    approved?.version === version ? approved.by : null,
    closed?.outcome,
    breached,
    keys,
    roles,
    version > 1,
  ]);
}

function folded(facts: readonly Fact[]): Governance {
  const governance = createGovernance();
  for (const fact of facts) governance.apply(fact);
  return governance;
}

function worldOf(facts: readonly Fact[], governance: Governance): GovernedWorld {
  const at = START + facts.length * 60_000;
  return {
    governance,
    at,
    marketAt: at,
    latestVersion: () => 1,
    audience: AUDIENCE,
    // Signatures are the simulator's matter; the reference checks the ones made here with its own code.
    verify: () => true,
    rootAt: (size) => (size === BASE.size ? BASE.root : null),
    recordedAt: (seq) => facts[seq - 1]?.envelope.recordedAt ?? null,
    moneyOf: () => null,
    content: (digest) => CONTENT.get(digest) ?? null,
    accountStatus: () => 'active',
    accountOf: () => null,
    blockedSince: (_, seq) =>
      facts.some(({ kind, envelope }) => kind === 'breachDetected' && envelope.seq > seq)
        ? 'a breach came after it was assessed'
        : null,
  };
}

function take(step: Step, facts: Fact[], twist: Twist): void {
  const governance = folded(facts);
  const world = twist(worldOf(facts, governance));
  const add = (...drafts: readonly FactDraft[]): void => {
    for (const draft of drafts) governance.apply(append(facts, draft));
  };
  const [verb, , name = ''] = step.split(' ');
  switch (verb) {
    case 'edit':
      if (!governance.proposal(PAYOUT)?.closed) add(edited(governance, world.at));
      break;
    case 'breach':
      append(facts, {
        kind: 'breachDetected',
        data: { accountId: ACCOUNT, ruleId: 'daily-loss', at: world.at },
      } as never);
      break;
    case 'revoke':
      add({
        kind: 'keyRevoked',
        data: { keyId: keyOf('cleo').keyId, compromisedSince: null, reason: 'lost', at: world.at },
      });
      break;
    case 'take':
      add({
        kind: 'roleRevoked',
        data: { personId: 'dario', role: 'payoutApprover', at: world.at },
      });
      break;
    case 'run': {
      const done = authoriseExecution(PAYOUT, world);
      if (done.ok) add(...done.value);
      break;
    }
    default: {
      const received = receiveDecision(
        signedBy(name, verb as DecisionType, governance, facts),
        world,
      );
      if (received.ok) add(...received.value);
    }
  }
  const proposal = governance.proposal(PAYOUT);
  const approved = proposal && approveIfAgreed(proposal, twist(worldOf(facts, governance)));
  if (approved) add(approved);
}

function append(facts: Fact[], { kind, data }: FactDraft): Fact {
  const seq = facts.length + 1;
  const at = START + facts.length * 60_000;
  const envelope = {
    partition: 0,
    seq,
    kind,
    version: 1,
    stream: 'firm',
    streamVersion: seq,
    occurredAt: at,
    recordedAt: at,
    actor: { type: 'system', id: 'exhaustive' },
    causation: { type: 'none' },
    marksBefore: 0,
  };
  const fact = { kind, data, envelope } as unknown as Fact;
  facts.push(fact);
  return fact;
}

function keyOf(name: string): SimulatedKey {
  return present(KEYS.get(name), name);
}

/** Everybody, their keys, and one payout that asks for two approvals. */
function founded(): Fact[] {
  const facts: Fact[] = [];
  for (const [personId, role] of Object.entries(ROLES)) {
    const { keyId, publicKey } = keyOf(personId);
    append(facts, { kind: 'personAdded', data: { personId, at: START } });
    append(facts, { kind: 'roleGranted', data: { personId, role, scope: EVERYWHERE, at: START } });
    const key = {
      keyId,
      personId,
      deviceId: `desk-${personId}`,
      publicKey: Buffer.from(publicKey).toString('base64'),
      envelope: '{}',
      at: START,
    };
    append(facts, { kind: 'keyEnrolled', data: key });
    append(facts, { kind: 'keyGranted', data: { keyId, at: START } });
  }
  for (const policy of DEFAULT_POLICIES)
    append(facts, { kind: 'policyChanged', data: { policy, at: START } });
  const payee = {
    digest: digestOfText('payee'),
    last4: '4410',
    method: 'testRail',
    region: 'CZ',
  } as const;
  const request = {
    payoutId: PAYOUT,
    accountId: ACCOUNT,
    traderId: 'T1',
    requested: null,
    currency: 'USD',
    payee,
    requestKey: 'request-1',
    at: START,
  };
  append(facts, { kind: 'payoutRequested', data: request });
  const about = {
    accountId: ACCOUNT,
    traderId: 'T1',
    programId: null,
    region: null,
    personId: null,
  };
  const times = {
    at: START,
    expiresAt: START + 14 * 86_400_000,
    decideBy: START + 86_400_000,
    coolingUntil: null,
  };
  append(facts, {
    kind: 'proposalOpened',
    data: { ...versionOf(1), action: 'payPayout', about, makers: [], reason: '', ...times },
  });
  return facts;
}

function versionOf(version: number) {
  const payee = {
    digest: digestOfText('payee'),
    last4: '4410',
    method: 'testRail',
    region: 'CZ',
  } as const;
  const sample = sampleSnapshot({ payoutId: PAYOUT, version, payee });
  const state = { ...sample.state, terms: { ...sample.state.terms, accountId: ACCOUNT } };
  const { text, digest } = writeSnapshot({ ...sample, state });
  CONTENT.set(digest, text);
  return {
    proposalId: PAYOUT,
    version,
    params: { payoutId: PAYOUT, clean: false, pattern: '' },
    snapshot: digest,
    amount: sample.amounts.trader,
  };
}

function edited(governance: Governance, at: number): FactDraft {
  const version = 1 + (governance.proposal(PAYOUT)?.version ?? 0);
  return {
    kind: 'proposalRevised',
    data: { ...versionOf(version), maker: 'rhea', reason: 'again', at, coolingUntil: null },
  };
}

/** What an honest desk signs now. */
function signedBy(
  name: string,
  type: DecisionType,
  governance: Governance,
  facts: readonly Fact[],
): unknown {
  const proposal = present(governance.proposal(PAYOUT), 'the payout');
  const key = keyOf(name);
  const display = shownAs(proposal.snapshot, proposal.version);
  const chain = governance.people.key(key.keyId)?.chain ?? null;
  const grounds: Decision['grounds'] = {
    type: 'clause',
    ruleId: 'daily-loss',
    facts: [proposal.openedSeq],
    trades: [],
    quantity: 'one of one',
  };
  const decision: Decision = {
    v: 1,
    type,
    aud: AUDIENCE,
    id: digestOfText(`${name} ${facts.length}`).slice(0, 32),
    subject: { id: PAYOUT, action: 'payPayout', ver: proposal.version },
    snapshot: proposal.snapshot,
    ...display,
    reason: type === 'approve' ? '' : 'as the rules say',
    grounds: type === 'reject' ? grounds : null,
    actor: { person: name, device: `desk-${name}`, key: key.keyId },
    chain: { prev: chain?.digest ?? null, seq: (chain?.seq ?? 0) + 1 },
    base: BASE,
    clock: START,
    auth: 'passphrase',
  };
  return sealedBy(key, DECISION_PAYLOAD, decision);
}

const shownBefore = new Map<string, Pick<Decision, 'display' | 'money' | 'payee'>>();

function shownAs(digest: string, version: number): Pick<Decision, 'display' | 'money' | 'payee'> {
  const known = shownBefore.get(digest);
  if (known) return known;
  const display = actionKinds
    .get('payPayout')
    .display(present(CONTENT.get(digest), 'the bytes'), { proposalId: PAYOUT, version });
  if (!display.ok) throw new Error(display.error);
  const { text, money, payee } = display.value;
  const shown = { display: digestOfText(text), money, payee };
  shownBefore.set(digest, shown);
  return shown;
}

/** The checkpoint that everybody had seen before they began. */
const BASE = ((): { size: number; root: string } => {
  const facts = founded();
  return { size: facts.length, root: readLog(facts, AUDIENCE).root(facts.length) };
})();
