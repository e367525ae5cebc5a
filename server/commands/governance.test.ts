import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DECISION_PAYLOAD, ENROLMENT_PAYLOAD, type Decision } from '#core/approvals/decision.ts';
import { DEFAULT_POLICIES, type ApprovalPolicy } from '#core/approvals/policy.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import type { CaseVerb } from '#core/cases/act.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { auditGovernance, type Finding } from '#core/governance/verify-governance.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import {
  EVERYWHERE,
  MATRIX,
  ROLES,
  type Action,
  type Role,
  type Scope,
} from '#core/people/roles.ts';
import { sealEnvelope, type SignedEnvelope } from '#core/signing/dsse.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import {
  EURUSD,
  fundedAccount,
  openScriptedFirm,
  PAYOUT_DUE,
  ruinousTrade,
} from '#server/partition/testing/scripted-firm.ts';
import { openStore, type Store } from '#server/store/store.ts';
import type { ServerIntent } from './server-command.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';
import { createSigningDesk, verifyInTests, type SigningDesk } from './testing/signing-desk.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Of every account in these tests. */
const PROGRAM = 'ftmo-2-step-100k';
type Word = Parameters<SigningDesk['decide']>[1];
type Changes = Parameters<SigningDesk['decide']>[2];

const CLAUSE = (...facts: number[]): Decision['grounds'] => ({
  type: 'clause',
  ruleId: 'news',
  facts,
  trades: [],
  quantity: '4 trades within two minutes of a release',
});
const DISCRETION: Decision['grounds'] = { type: 'discretion', reviewOn: '2026-12-01' };

/** Every firm that a test opened, to be judged when the test ends. */
const opened: GovernedFirm[] = [];
function openFirm(...given: Parameters<typeof openGovernedFirm>): GovernedFirm {
  const firm = openGovernedFirm(...given);
  opened.push(firm);
  return firm;
}

/** What the verifier, which decides everything a second time from the log alone, finds wrong in it. */
function findingsIn({ store }: GovernedFirm): readonly Finding[] {
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: store.content,
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of store.facts(0, 1, tree.size)) audit.take(fact);
  audit.end();
  return audit.findings;
}
afterEach(() => {
  const found = opened.splice(0).flatMap(findingsIn);
  if (found.length > 0) throw new Error(`the verifier disagrees: ${JSON.stringify(found)}`);
});

/** What a decision of a device came to: "counted", why not, or why it was not even taken in. */
function send(
  firm: GovernedFirm,
  desk: SigningDesk,
  wish: Extract<Intent, { type: 'decide' }>,
): string {
  const before = firm.partition.ingest.lastSeq;
  const answer = firm.ask(desk.personId, wish);
  if (answer !== 'accepted') return answer;
  const received = factsOf(firm, 'decisionReceived').at(-1);
  if (!received || received.envelope.seq <= before) return 'nothing new';
  const { verdict } = received.data;
  return verdict.type === 'counted' ? 'counted' : `${verdict.code}: ${verdict.message}`;
}
function say(
  firm: GovernedFirm,
  personId: string,
  proposalId: string,
  word: Word,
  over: Changes = {},
): string {
  const desk = firm.desk(personId);
  return send(firm, desk, desk.decide(proposalId, word, over));
}
const approve = (firm: GovernedFirm, proposalId: string, ...people: string[]): string[] =>
  people.map((personId) => say(firm, personId, proposalId, 'approve'));

function pay(firm: GovernedFirm, payoutId: string): string {
  firm.system({ type: 'runPayments' });
  return firm.partition.governance.paymentState(payoutId);
}
const proposalOf = (firm: GovernedFirm, proposalId: string): Proposal =>
  present(firm.partition.governance.proposal(proposalId), proposalId);
const standingOf = (firm: GovernedFirm, proposalId: string): string =>
  firm.partition.governance.standing(proposalOf(firm, proposalId));
const outcomeOf = (firm: GovernedFirm, proposalId: string): string =>
  proposalOf(firm, proposalId).closed?.outcome ?? 'open';

function factsOf<Kind extends FactKind>(
  { store }: GovernedFirm,
  kind: Kind,
): readonly Extract<Fact, { kind: Kind }>[] {
  const all = [...store.facts(0, 1, Number.MAX_SAFE_INTEGER)];
  return all.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** Proposes as a person; the id of what was opened, or what the server said. */
function propose(
  firm: GovernedFirm,
  personId: string,
  action: Extract<Intent, { type: 'propose' }>['action'],
  params: object,
): string {
  const answer = firm.ask(personId, {
    type: 'propose',
    action,
    params: params as never,
    reason: 'because of the test',
  });
  if (answer !== 'accepted') return answer;
  return present([...firm.partition.governance.proposals()].at(-1), 'a proposal').proposalId;
}

/** People are given and lose roles by two admins, without a wait: for tests of something else. */
const QUICK: readonly Partial<ApprovalPolicy>[] = [
  { action: 'changeRole', approvals: 1, coolOffMs: 0 },
  { action: 'changePolicy', approvals: 1, coolOffMs: 0 },
];
const quickly = (...more: Partial<ApprovalPolicy>[]): { policies: Partial<ApprovalPolicy>[] } => ({
  policies: [...QUICK, ...more],
});
function changeRole(
  firm: GovernedFirm,
  personId: string,
  change: 'grant' | 'revoke',
  role: Role,
  scope: Partial<Scope> = {},
): void {
  const params = { personId, role, change, scope: { ...EVERYWHERE, ...scope } };
  const proposalId = propose(firm, 'ada', 'changeRole', params);
  approve(firm, proposalId, 'bram');
  expect(outcomeOf(firm, proposalId)).toBe('executed');
}
function revokeKey(firm: GovernedFirm, keyId: string): void {
  const proposalId = propose(firm, 'ada', 'revokeKey', { keyId, compromisedSince: null });
  approve(firm, proposalId, 'bram');
  expect(outcomeOf(firm, proposalId)).toBe('executed');
}

/** Another device of a person, signed in with whatever name; its key is granted at once. */
function secondDevice(firm: GovernedFirm, personId: string): SigningDesk {
  const desk = createSigningDesk(personId, `laptop-${personId}`, firm);
  firm.as(personId, desk.enrolment());
  return desk;
}

/** An account that pays out as much as the firm's others, of any trader. */
function addAccount(firm: GovernedFirm, accountId: string, traderId: string): void {
  firm.platform.tell(...fundedAccount(accountId, traderId, 5_000_0000));
  firm.run();
}

function deduct(
  firm: GovernedFirm,
  personId: string,
  payoutId: string,
  amount = 1_000_0000,
): string {
  return firm.ask(personId, {
    type: 'revisePayout',
    payoutId,
    deductions: [{ dealIds: ['A1-out'], amount, ruleId: 'news', reason: 'traded over the news' }],
    reason: 'traded over the news',
  });
}

/** The same firm founded otherwise: on another store, with other accounts, people and policies. */
function openFounded(
  over: {
    readonly store?: Store;
    readonly accounts?: readonly (readonly [accountId: string, traderId: string])[];
    readonly people?: readonly { readonly personId: string; readonly roles: readonly Role[] }[];
    readonly policies?: readonly Partial<ApprovalPolicy>[];
  } = {},
): GovernedFirm {
  const { store, accounts = [['A1', 'T1']], people = [], policies = [] } = over;
  const options = { ...(store ? { store } : {}), now: () => PAYOUT_DUE, verify: verifyInTests };
  const before = { firm: openScriptedFirm(options), clock: PAYOUT_DUE, desks: new Map() };
  const firm = openFirm({}, before);
  firm.platform.tell(EURUSD);
  for (const [accountId, traderId] of accounts) {
    firm.platform.tell(...fundedAccount(accountId, traderId, 5_000_0000));
  }
  firm.platform.tell({ type: 'time', at: PAYOUT_DUE });
  firm.run();
  const founded = DEFAULT_POLICIES.map((policy) => ({
    ...policy,
    ...(policy.action === 'grantKey' ? { approvals: 0, coolOffMs: 0 } : {}),
    ...policies.find(({ action }) => action === policy.action),
  }));
  firm.system({ type: 'found', people, policies: founded });
  firm.system({ type: 'recordCheck', traderId: 'T1', check: 'identity', result: 'passed' });
  return firm;
}

/** Time passes, and something is written: what people look at then is not old. */
function pass(firm: GovernedFirm, ms: number): void {
  firm.clock += ms;
  firm.system({ type: 'recordCheck', traderId: 'T9', check: 'address', result: 'passed' });
}

/** The length of the log: what leaves no trace leaves it as it is. */
const lengthOf = ({ partition }: GovernedFirm): number => partition.ingest.lastSeq;

describe('an approval is a person’s, not a login’s', () => {
  it('counts once, from however many devices it comes', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    expect(approve(firm, payoutId, 'cleo')).toEqual(['counted']);
    const laptop = secondDevice(firm, 'cleo');
    expect(send(firm, laptop, laptop.decide(payoutId, 'approve'))).toMatch(/^duplicatePerson/);
    expect(standingOf(firm, payoutId)).toBe('open');
    expect(pay(firm, payoutId)).toBe('none');
  });

  it('is refused of who revised it, from any device of that person', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    expect(deduct(firm, 'cleo', payoutId)).toBe('accepted');
    expect(say(firm, 'cleo', payoutId, 'approve')).toMatch(/^maker/);
    const laptop = secondDevice(firm, 'cleo');
    expect(send(firm, laptop, laptop.decide(payoutId, 'approve'))).toMatch(/^maker/);
  });

  it('is refused of who proposed it, from any device of that person', () => {
    const firm = openFirm();
    const params = { accountId: 'A1', traderId: 'T1', programId: PROGRAM, amount: 100 };
    const proposalId = propose(firm, 'gia', 'adjustBalance', params);
    expect(say(firm, 'gia', proposalId, 'approve')).toMatch(/^maker/);
    const laptop = secondDevice(firm, 'gia');
    expect(send(firm, laptop, laptop.decide(proposalId, 'approve'))).toMatch(/^maker/);
    expect(outcomeOf(firm, proposalId)).toBe('open');
  });

  it('is nobody else’s than the key’s: a decision that names another person or device does not count', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const { keyId, deviceId } = firm.desk('cleo');
    const others = [
      { person: 'dario', device: deviceId, key: keyId },
      { person: 'cleo', device: 'another', key: keyId },
      { person: 'cleo', device: deviceId, key: firm.desk('dario').keyId },
    ];
    for (const actor of others) {
      expect(say(firm, 'cleo', payoutId, 'approve', { actor })).toMatch(/^notPermitted: it names/);
    }
    expect(proposalOf(firm, payoutId).received.map(({ personId }) => personId)).toEqual([
      'cleo',
      'cleo',
      'cleo',
    ]);
  });
});

describe('a role', () => {
  it('that was granted after signing does not count', () => {
    const firm = openFirm(quickly());
    const payoutId = firm.request('A1');
    const desk = firm.desk('finn');
    const signed = desk.decide(payoutId, 'approve');
    changeRole(firm, 'finn', 'grant', 'payoutApprover');
    expect(send(firm, desk, signed)).toBe(
      'notPermitted: the role was granted after this was signed',
    );
    expect(say(firm, 'finn', payoutId, 'approve')).toBe('counted');
  });

  it('that was taken away after signing does not count when the signature arrives', () => {
    const firm = openFirm(quickly());
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const signed = desk.decide(payoutId, 'approve');
    changeRole(firm, 'cleo', 'revoke', 'payoutApprover');
    expect(send(firm, desk, signed)).toMatch(/^notPermitted: no role/);
  });

  it('that is taken away between approval and payment stops the payment, until another approves', () => {
    const firm = openFirm(quickly());
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    changeRole(firm, 'cleo', 'revoke', 'payoutApprover');
    expect(pay(firm, payoutId)).toBe('none');
    approve(firm, payoutId, 'ezra');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('reaches as far as its scope: not another program, not another region, not more money', () => {
    const firm = openFirm(quickly());
    const payoutId = firm.request('A1');
    const { programId } = proposalOf(firm, payoutId).about;
    const scopes: readonly [Partial<Scope>, RegExp][] = [
      [{ programs: ['another'] }, /^notPermitted/],
      [{ regions: ['DE'] }, /^notPermitted/],
      [{ upTo: 3_999_9999 }, /^notPermitted: .*or not this amount$/],
      [{ programs: [programId ?? ''], regions: ['CZ'], upTo: 4_000_0000 }, /^counted$/],
    ];
    for (const [scope, verdict] of scopes) {
      changeRole(firm, 'finn', 'grant', 'payoutApprover', scope);
      expect(say(firm, 'finn', payoutId, 'approve')).toMatch(verdict);
      changeRole(firm, 'finn', 'revoke', 'payoutApprover');
    }
  });

  it('asks for a manager of what is approved: managing another program does not do', () => {
    const step = { above: 0, approvals: 2, oneOf: ['manager' as const] };
    const firm = openFirm(quickly({ action: 'payPayout', steps: [step] }));
    const payoutId = firm.request('A1');
    changeRole(firm, 'cleo', 'grant', 'manager', { programs: ['another'] });
    approve(firm, payoutId, 'cleo', 'dario');
    expect(pay(firm, payoutId)).toBe('none');
    approve(firm, payoutId, 'jona');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('limits who may revise: a reviewer of another program changes no payout', () => {
    const firm = openFirm(quickly());
    const payoutId = firm.request('A1');
    changeRole(firm, 'finn', 'revoke', 'riskOfficer');
    changeRole(firm, 'finn', 'grant', 'riskOfficer', { programs: ['another'] });
    expect(deduct(firm, 'finn', payoutId)).toMatch(/^forbidden/);
    expect(proposalOf(firm, payoutId).version).toBe(1);
  });
});

describe('what was signed', () => {
  it('is stale once the payout has another version', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('dario');
    const signed = desk.decide(payoutId, 'approve');
    expect(deduct(firm, 'cleo', payoutId)).toBe('accepted');
    expect(send(firm, desk, signed)).toBe(
      'stale: it changed: version 1 was signed, version 2 stands',
    );
  });

  it('is stale when it names the new version, and the bytes of the old one', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const { snapshot } = proposalOf(firm, payoutId);
    deduct(firm, 'cleo', payoutId);
    expect(say(firm, 'dario', payoutId, 'approve', { snapshot })).toMatch(/^stale/);
  });

  it('is void after a deduction, which makes who deducted a maker: all others sign again, for less', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(deduct(firm, 'ezra', payoutId)).toBe('accepted');
    expect(proposalOf(firm, payoutId).approved).toBeNull();
    expect(pay(firm, payoutId)).toBe('none');
    expect(approve(firm, payoutId, 'ezra', 'cleo', 'dario')).toEqual([
      'maker: who made or changed it cannot approve it',
      'counted',
      'counted',
    ]);
    expect(pay(firm, payoutId)).toBe('instructed');
    const { payment } = present(firm.partition.governance.payout(payoutId), payoutId);
    expect(payment).toMatchObject({ version: 2, amount: 3_200_0000, gross: 4_000_0000 });
  });

  it.each([
    ['another firm', { org: 'another-firm' }],
    ['a staging system', { env: 'staging' as const }],
    ['another log', { log: 'propdesk/another' }],
  ])('counts for nothing here when it was signed for %s', (_what, other) => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const aud = { org: 'test-firm', env: 'test', log: `propdesk/${firm.store.logId}` } as const;
    const verdict = say(firm, 'cleo', payoutId, 'approve', { aud: { ...aud, ...other } });
    expect(verdict).toMatch(/^forbidden: it was signed for/);
    expect(standingOf(firm, payoutId)).toBe('open');
  });

  it('for another system does nothing to a device whose chain is another there', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const aud = { org: 'test-firm', env: 'staging', log: 'propdesk/staging' } as const;
    const desk = firm.desk('cleo');
    approve(firm, payoutId, 'cleo');
    const { chain: here } = desk;
    const before = lengthOf(firm);
    for (const seq of [1, 7]) {
      const chain = { seq, prev: seq === 1 ? null : '0'.repeat(64) };
      const foreign = desk.decide(payoutId, 'approve', { aud, chain });
      expect(send(firm, desk, foreign)).toMatch(/^forbidden: it was signed for/);
    }
    expect(lengthOf(firm)).toBe(before);
    desk.chain = here;
    expect(say(firm, 'cleo', payoutId, 'hold')).toBe('counted');
  });

  it('is of no use in another firm, where nobody knows its key', () => {
    const payouts = [openFirm(), openFirm()].map((firm) => ({
      firm,
      payoutId: firm.request('A1'),
    }));
    const [here, there] = [present(payouts[0], 'here'), present(payouts[1], 'there')];
    const desk = here.firm.desk('cleo');
    const before = lengthOf(there.firm);
    const signed = desk.decide(here.payoutId, 'approve');
    expect(there.firm.ask('cleo', signed)).toBe('forbidden: this key is not enrolled');
    expect(lengthOf(there.firm)).toBe(before);
  });

  it('counts once, however often it is sent', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const signed = desk.decide(payoutId, 'approve');
    expect([1, 2, 3].map(() => send(firm, desk, signed))).toEqual([
      'counted',
      'nothing new',
      'nothing new',
    ]);
    expect(proposalOf(firm, payoutId).received).toHaveLength(1);
    expect(standingOf(firm, payoutId)).toBe('open');
  });

  it('is a conflict under the name of another decision, and leaves no trace', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const id = 'ab'.repeat(16);
    firm.desk('dario');
    expect(say(firm, 'cleo', payoutId, 'approve', { id })).toBe('counted');
    const before = lengthOf(firm);
    expect(say(firm, 'cleo', payoutId, 'reject', { id })).toBe(
      'conflict: another decision has this id',
    );
    expect(say(firm, 'dario', payoutId, 'approve', { id })).toMatch(/^conflict/);
    expect(lengthOf(firm)).toBe(before);
  });
});

describe('an envelope', () => {
  /** Whatever is done to it: the server says so, and the log is as it was. */
  function expectNoTrace(firm: GovernedFirm, envelope: SignedEnvelope, answer: RegExp): void {
    const before = lengthOf(firm);
    expect(firm.ask('cleo', { type: 'decide', envelope })).toMatch(answer);
    expect(lengthOf(firm)).toBe(before);
  }
  const payloadOf = ({ payload }: SignedEnvelope): Decision =>
    JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Decision;

  it('of another type is no decision, though a decision is in it and rightly signed', () => {
    const firm = openFirm();
    const desk = firm.desk('cleo');
    const { envelope } = desk.decide(firm.request('A1'), 'approve');
    const types = [ENROLMENT_PAYLOAD, `${DECISION_PAYLOAD}.v2`, 'application/json'];
    for (const type of types) {
      expectNoTrace(firm, desk.seal(type, payloadOf(envelope)), /^invalid: .*is no decision$/);
    }
  });

  it('of an enrolment is no decision, and of a decision no enrolment', () => {
    const firm = openFirm();
    const desk = firm.desk('cleo');
    expectNoTrace(firm, desk.enrolment().envelope, /^invalid: .*is no decision$/);
    const { envelope } = desk.decide(firm.request('A1'), 'approve');
    const before = lengthOf(firm);
    expect(firm.ask('cleo', { type: 'enrolKey', envelope })).toMatch(
      /^invalid: .*is no enrolment$/,
    );
    expect(lengthOf(firm)).toBe(before);
  });

  it('of a key that is not enrolled leaves no trace', () => {
    const firm = openFirm();
    const stranger = createSigningDesk('cleo', 'desk-cleo', firm);
    const { envelope } = stranger.decide(firm.request('A1'), 'approve');
    expectNoTrace(firm, envelope, /^forbidden: this key is not enrolled$/);
  });

  it('that another key signed leaves no trace, whatever key it names', () => {
    const firm = openFirm();
    const stranger = createSigningDesk('cleo', 'desk-cleo', firm);
    const { keyId } = firm.desk('cleo');
    const { envelope } = stranger.decide(firm.request('A1'), 'approve');
    const [{ sig }] = envelope.signatures;
    const forged: SignedEnvelope = { ...envelope, signatures: [{ keyid: keyId, sig }] };
    expectNoTrace(firm, forged, /^forbidden: the signature is not of this key$/);
  });

  it('that was changed after signing leaves no trace', () => {
    const firm = openFirm();
    const desk = firm.desk('cleo');
    const { envelope } = desk.decide(firm.request('A1'), 'reject');
    const [{ keyid, sig }] = envelope.signatures;
    const changed = new TextEncoder().encode(
      canonicalText({ ...payloadOf(envelope), type: 'approve' }),
    );
    const signature = new Uint8Array(Buffer.from(sig, 'base64'));
    const forged = sealEnvelope(DECISION_PAYLOAD, changed, keyid, signature);
    expectNoTrace(firm, forged, /^forbidden: the signature/);
    const flipped = signature.map((byte, at) => (at === 40 ? byte ^ 1 : byte));
    const payload = new Uint8Array(Buffer.from(envelope.payload, 'base64'));
    const other = sealEnvelope(DECISION_PAYLOAD, payload, keyid, flipped);
    expectNoTrace(firm, other, /^forbidden: the signature/);
  });

  it('with a field that is not known, or without one that has to be there, is refused', () => {
    const firm = openFirm();
    const desk = firm.desk('cleo');
    const payload = payloadOf(desk.decide(firm.request('A1'), 'approve').envelope);
    const { money: _money, ...without } = payload;
    const broken = [{ ...payload, override: true }, without, { ...payload, v: 2 }, [payload], null];
    for (const one of broken) expectNoTrace(firm, desk.seal(DECISION_PAYLOAD, one), /^invalid: /);
    expectNoTrace(firm, { payload: 'x' } as never, /^invalid: not a signed envelope/);
  });
});

describe('enrolling a key', () => {
  /** y = 1, -1, 0 and a point of order 8 with its mirror: keys under which anything verifies. */
  const SMALL_ORDER = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  ];
  type Statement = Readonly<Record<string, unknown>>;
  function statementOf(firm: GovernedFirm, over: Statement = {}): Statement {
    const { envelope } = createSigningDesk('cleo', 'desk-2', firm).enrolment();
    const text = Buffer.from(envelope.payload, 'base64').toString('utf8');
    return { ...(JSON.parse(text) as Statement), ...over };
  }

  it.each(SMALL_ORDER)(
    'refuses the key %s, under which one signature fits every message',
    (hex) => {
      const firm = openFirm();
      const publicKey = base64Of(new Uint8Array(Buffer.from(hex, 'hex')));
      const payload = new TextEncoder().encode(canonicalText(statementOf(firm, { publicKey })));
      const signature = new Uint8Array(64);
      signature[0] = 1;
      const envelope = sealEnvelope(ENROLMENT_PAYLOAD, payload, 'key', signature);
      const before = lengthOf(firm);
      const answer = firm.ask('cleo', { type: 'enrolKey', envelope });
      expect(answer).toMatch(/^invalid: this key proves nothing: .*(small order|canonically)/);
      expect(lengthOf(firm)).toBe(before);
    },
  );

  it('refuses a statement that its own key did not sign', () => {
    const firm = openFirm();
    const other = createSigningDesk('cleo', 'desk-2', firm);
    const envelope = other.seal(ENROLMENT_PAYLOAD, statementOf(firm));
    expect(firm.ask('cleo', { type: 'enrolKey', envelope })).toBe(
      'invalid: the statement is not signed with the key that it names',
    );
  });

  it('refuses a statement about another person, whoever brings it', () => {
    const firm = openFirm();
    const desk = createSigningDesk('dario', 'desk-2', firm);
    expect(firm.ask('cleo', desk.enrolment())).toBe('forbidden: it enrols another person');
  });

  it('refuses one that was made for another log, or long ago', () => {
    const [firm, other] = [openFirm(), openFirm()];
    const foreign = createSigningDesk('cleo', 'desk-2', other);
    expect(firm.ask('cleo', foreign.enrolment())).toMatch(/^invalid: it was made for another/);
    const late = createSigningDesk('cleo', 'desk-2', firm).enrolment();
    firm.clock += 10 * MINUTE_MS + 1;
    expect(firm.ask('cleo', late)).toBe('invalid: it is too old: enrol again');
  });

  it('takes a key once', () => {
    const firm = openFirm();
    const desk = firm.desk('cleo');
    expect(firm.ask('cleo', desk.enrolment())).toBe('invalid: this key is enrolled already');
  });

  it('lets it count for nothing until it is granted', () => {
    const firm = openFirm({ policies: [{ action: 'grantKey', approvals: 2 }] });
    const payoutId = firm.request('A1');
    expect(say(firm, 'cleo', payoutId, 'approve')).toBe(
      'revoked: this key was not granted when it signed',
    );
    expect(standingOf(firm, payoutId)).toBe('open');
  });

  it('lets nothing count that was signed before it was granted', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = createSigningDesk('cleo', 'desk-2', firm);
    const enrolment = desk.enrolment();
    const signed = desk.decide(payoutId, 'approve');
    firm.as('cleo', enrolment);
    expect(send(firm, desk, signed)).toBe('revoked: this key was not granted when it signed');
    expect(send(firm, desk, desk.decide(payoutId, 'approve'))).toBe('counted');
  });

  it('grants it after two others have agreed and a day has passed; its own person cannot', () => {
    const firm = openFirm(quickly());
    changeRole(firm, 'cleo', 'grant', 'admin');
    changeRole(firm, 'gia', 'grant', 'admin');
    for (const personId of ['ada', 'bram', 'gia', 'cleo']) firm.desk(personId);
    const policy = {
      ...present(
        DEFAULT_POLICIES.find(({ action }) => action === 'grantKey'),
        'one',
      ),
    };
    approve(firm, propose(firm, 'ada', 'changePolicy', { policy }), 'bram');
    const laptop = secondDevice(firm, 'cleo');
    const { proposalId } = present([...firm.partition.governance.proposals()].at(-1), 'one');
    expect(approve(firm, proposalId, 'cleo', 'ada', 'gia')).toEqual([
      'maker: who made or changed it cannot approve it',
      'counted',
      'counted',
    ]);
    const granted = (): string[] => factsOf(firm, 'keyGranted').map(({ data }) => data.keyId);
    firm.clock += DAY_MS - 1;
    firm.partition.advance();
    expect(granted()).not.toContain(laptop.keyId);
    firm.clock += 1;
    firm.partition.advance();
    expect(granted()).toContain(laptop.keyId);
  });
});

describe('a key', () => {
  it('that was revoked before its decision arrived does not count', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const signed = desk.decide(payoutId, 'approve');
    revokeKey(firm, desk.keyId);
    expect(send(firm, desk, signed)).toBe('revoked: this key was revoked');
    expect(proposalOf(firm, payoutId).received).toHaveLength(1);
  });

  it('that is revoked between approval and payment stops the payment', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    revokeKey(firm, firm.desk('cleo').keyId);
    expect(pay(firm, payoutId)).toBe('none');
    approve(firm, payoutId, 'ezra');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('that was revoked may be followed by another: its person approves again, and counts once', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    revokeKey(firm, firm.desk('cleo').keyId);
    const laptop = secondDevice(firm, 'cleo');
    expect(send(firm, laptop, laptop.decide(payoutId, 'approve'))).toBe('counted');
    expect(standingOf(firm, payoutId)).toBe('open');
    approve(firm, payoutId, 'dario');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('of the one manager that is asked for stops the payment, though enough others agree', () => {
    const step = { above: 0, approvals: 2, oneOf: ['manager' as const] };
    const firm = openFirm({ policies: [{ action: 'payPayout', steps: [step] }] });
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'jona', 'cleo', 'dario');
    revokeKey(firm, firm.desk('jona').keyId);
    expect(pay(firm, payoutId)).toBe('none');
  });

  it('is revoked by another person than who proposed it', () => {
    const firm = openFirm();
    const { keyId } = firm.desk('cleo');
    const proposalId = propose(firm, 'ada', 'revokeKey', { keyId, compromisedSince: 7 });
    expect(say(firm, 'ada', proposalId, 'approve')).toMatch(/^maker/);
    expect(outcomeOf(firm, proposalId)).toBe('open');
    expect(say(firm, 'bram', proposalId, 'approve')).toBe('counted');
    expect(factsOf(firm, 'keyRevoked').at(-1)?.data).toMatchObject({ keyId, compromisedSince: 7 });
  });

  it('of a device that was cloned freezes: its approvals stand no more, and it decides nothing', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    approve(firm, payoutId, 'cleo', 'dario');
    // The copy goes on from where the device stood before it signed.
    desk.chain = null;
    const copy = desk.decide(payoutId, 'hold');
    expect(firm.ask('cleo', copy)).toBe('accepted');
    expect(factsOf(firm, 'keyFrozen').at(-1)?.data).toMatchObject({ keyId: desk.keyId });
    expect(factsOf(firm, 'decisionReceived')).toHaveLength(2);
    expect(pay(firm, payoutId)).toBe('none');
    expect(say(firm, 'cleo', payoutId, 'approve')).toMatch(/^forbidden: this key is frozen/);
  });

  it('freezes as well when a decision goes on from another than the last', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    const chain = { seq: 2, prev: '0'.repeat(64) };
    firm.ask('cleo', firm.desk('cleo').decide(payoutId, 'hold', { chain }));
    expect(firm.partition.governance.people.key(firm.desk('cleo').keyId)?.frozen).toBe(true);
  });

  it('whose decisions come with a gap waits for the missing one, and goes on in order', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const [first, second, third] = (['hold', 'release', 'approve'] as const).map((word) =>
      desk.decide(payoutId, word),
    );
    const before = lengthOf(firm);
    for (const early of [third, second]) {
      expect(send(firm, desk, present(early, 'signed'))).toMatch(
        /^needSequence: decision 1 of this device/,
      );
    }
    expect(lengthOf(firm)).toBe(before);
    const inOrder = [first, second, third].map((signed) =>
      send(firm, desk, present(signed, 'signed')),
    );
    expect(inOrder).toEqual(['counted', 'counted', 'counted']);
  });
});

describe('a command that came too early', () => {
  it('is decided again when it is sent again: its answer was not the last', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const [first, second] = (['hold', 'release'] as const).map((word) => ({
      commandId: `sent-${word}`,
      actor: { type: 'operator', id: 'cleo' } as const,
      intent: desk.decide(payoutId, word),
    }));
    const answers = [second, first, second].map((command) => {
      const { result } = firm.partition.command(present(command, 'a command'));
      return result.type === 'accepted' ? 'accepted' : result.code;
    });
    expect(answers).toEqual(['needSequence', 'accepted', 'accepted']);
    expect(proposalOf(firm, payoutId).received).toHaveLength(2);
  });
});

describe('what the signer had seen', () => {
  it('must be of this log, and of a place in it that there is', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const root = '0'.repeat(64);
    const bases = [
      { size: 3, root },
      { size: 1_000_000, root },
    ];
    for (const base of bases) {
      expect(say(firm, 'cleo', payoutId, 'approve', { base })).toMatch(
        /^otherAudience: the signer had seen another log/,
      );
    }
  });

  it('must not be older than the policy allows: then it has expired', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const desk = firm.desk('cleo');
    const inTime = desk.decide(payoutId, 'hold');
    firm.clock += 8 * HOUR_MS;
    expect(send(firm, desk, inTime)).toBe('counted');
    const late = desk.decide(payoutId, 'release');
    firm.clock += 8 * HOUR_MS + 1;
    expect(send(firm, desk, late)).toMatch(/^expired: what the signer had seen is too old/);
  });

  it('is what counts, and not the desk’s clock, whatever that says', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const tenYears = 3_650 * DAY_MS;
    const clocks = [0, firm.clock + tenYears];
    const verdicts = clocks.map((clock, at) =>
      say(firm, ['cleo', 'dario'][at] ?? '', payoutId, 'approve', { clock }),
    );
    expect(verdicts).toEqual(['counted', 'counted']);
  });

  it('must be what these bytes say: a digest of another text does not count', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const display = digestOfText('Pay nothing to nobody');
    expect(say(firm, 'cleo', payoutId, 'approve', { display })).toMatch(/^displayDiffers/);
  });

  it('must be this amount and this payee, named once more', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const money = { ccy: 'USD', exp: 2, minor: '400000' };
    const payee = { digest: digestOfText('4410'), last4: '4410' };
    const others: readonly Partial<Decision>[] = [
      { money: { ...money, minor: '400001' } },
      { money: { ...money, ccy: 'EUR' } },
      { money: { ...money, exp: 3 } },
      { money: null },
      { payee: { ...payee, last4: '4411' } },
      { payee: { ...payee, digest: digestOfText('4411') } },
      { payee: null },
    ];
    for (const other of others) {
      expect(say(firm, 'cleo', payoutId, 'approve', other)).toMatch(/^amountDiffers/);
    }
    expect(say(firm, 'cleo', payoutId, 'approve', { money, payee })).toBe('counted');
  });
});

describe('limits', () => {
  const STEP = { above: 10_000_0000, approvals: 3, oneOf: ['manager' as const] };

  it('add one trader’s payouts up over the window: split in three, they need the third approval', () => {
    const firm = openFirm({ policies: [{ action: 'payPayout', steps: [STEP] }] });
    for (const accountId of ['B1', 'C1']) addAccount(firm, accountId, 'T1');
    const payouts = ['A1', 'B1', 'C1'].map((accountId) => firm.request(accountId));
    const alone = firm.request('A2');
    for (const payoutId of [...payouts, alone]) {
      expect(approve(firm, payoutId, 'cleo', 'dario')).toEqual(['counted', 'counted']);
    }
    expect([...payouts, alone].map((payoutId) => pay(firm, payoutId))).toEqual([
      'none',
      'none',
      'none',
      'instructed',
    ]);
    expect(approve(firm, present(payouts[0], 'one'), 'ezra')).toEqual(['counted']);
    expect(pay(firm, present(payouts[0], 'one'))).toBe('none');
    for (const payoutId of payouts) approve(firm, payoutId, 'jona');
    expect(payouts.map((payoutId) => pay(firm, payoutId))).toEqual([
      'instructed',
      'instructed',
      'instructed',
    ]);
  });

  it('are asked again when it is paid: what was asked for since counts, too', () => {
    const firm = openFirm({
      policies: [{ action: 'payPayout', steps: [{ ...STEP, above: 5_000_0000 }] }],
    });
    addAccount(firm, 'B1', 'T1');
    const first = firm.request('A1');
    approve(firm, first, 'cleo', 'dario');
    expect(proposalOf(firm, first).approved).not.toBeNull();
    firm.request('B1');
    expect(pay(firm, first)).toBe('none');
  });

  it('keep one person from approving more than a day’s sum, and let it go on a day later', () => {
    const firm = openFirm({
      policies: [{ action: 'payPayout', approverPerDay: 7_999_9999 }],
    });
    const [first, second] = [firm.request('A1'), firm.request('A2')];
    expect(approve(firm, first, 'cleo')).toEqual(['counted']);
    expect(say(firm, 'cleo', second, 'approve')).toMatch(/^limit/);
    expect(say(firm, 'dario', second, 'approve')).toBe('counted');
    pass(firm, DAY_MS);
    expect(say(firm, 'cleo', second, 'approve')).toMatch(/^limit/);
    pass(firm, 1);
    expect(say(firm, 'cleo', second, 'approve')).toBe('counted');
  });

  it('cannot be emptied by holding what one approved and letting it go again', () => {
    const firm = openFirm({
      policies: [{ action: 'payPayout', approverPerDay: 4_000_0000 }],
    });
    const [first, second] = [firm.request('A1'), firm.request('A2')];
    approve(firm, first, 'cleo');
    expect(say(firm, 'cleo', first, 'hold')).toBe('counted');
    expect(say(firm, 'cleo', first, 'release')).toBe('counted');
    expect(say(firm, 'cleo', second, 'approve')).toMatch(/^limit/);
  });

  it('count an approval that was turned into a rejection no more', () => {
    const firm = openFirm({
      policies: [{ action: 'payPayout', approverPerDay: 4_000_0000 }],
    });
    const [first, second] = [firm.request('A1'), firm.request('A2')];
    approve(firm, first, 'cleo');
    say(firm, 'cleo', first, 'reject', { grounds: DISCRETION });
    expect(say(firm, 'cleo', second, 'approve')).toBe('counted');
  });
});

describe('a change of payee', () => {
  /** The trader was paid to one account, and now wants to be paid to another. */
  function withNewPayee(): { firm: GovernedFirm; payoutId: string } {
    const firm = openFirm();
    addAccount(firm, 'B1', 'T1');
    const first = firm.request('A1');
    approve(firm, first, 'cleo', 'dario');
    expect(pay(firm, first)).toBe('instructed');
    return { firm, payoutId: firm.request('B1', null, { last4: '9999' }) };
  }

  it('lets nobody approve for a day', () => {
    const { firm, payoutId } = withNewPayee();
    expect(say(firm, 'cleo', payoutId, 'approve')).toMatch(/^coolingOff/);
    pass(firm, DAY_MS - 1);
    expect(say(firm, 'cleo', payoutId, 'approve')).toMatch(/^coolingOff/);
    pass(firm, 1);
    expect(approve(firm, payoutId, 'cleo', 'dario')).toEqual(['counted', 'counted']);
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('keeps nobody from holding it', () => {
    const { firm, payoutId } = withNewPayee();
    expect(say(firm, 'cleo', payoutId, 'hold')).toBe('counted');
  });

  it('is not over because the payout was assessed again', () => {
    const { firm, payoutId } = withNewPayee();
    const revise = { type: 'revisePayout', payoutId, deductions: null, reason: 'again' } as const;
    firm.as('finn', revise);
    expect(say(firm, 'cleo', payoutId, 'approve')).toMatch(/^coolingOff/);
  });

  it('is waited for as well where nobody needs to approve', () => {
    const accounts = [
      ['A1', 'T1'],
      ['B1', 'T1'],
    ] as const;
    const policies = [{ action: 'payPayout' as const, autoUpTo: 100_000_0000 }];
    const people = [{ personId: 'cleo', roles: ['payoutApprover' as const] }];
    const firm = openFounded({ accounts, people, policies });
    expect(pay(firm, firm.request('A1'))).toBe('instructed');
    const payoutId = firm.request('B1', null, { last4: '9999' });
    expect(pay(firm, payoutId)).toBe('none');
    pass(firm, DAY_MS);
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('is none where the trader is paid for the first time, or as before', () => {
    const firm = openFirm();
    addAccount(firm, 'B1', 'T1');
    const first = firm.request('A1');
    expect(proposalOf(firm, first).coolingUntil).toBeNull();
    approve(firm, first, 'cleo', 'dario');
    pay(firm, first);
    expect(proposalOf(firm, firm.request('B1')).coolingUntil).toBeNull();
  });
});

describe('a hold', () => {
  function held(): { firm: GovernedFirm; payoutId: string } {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(say(firm, 'finn', payoutId, 'hold')).toBe('counted');
    expect(pay(firm, payoutId)).toBe('none');
    return { firm, payoutId };
  }

  it('stops what was approved until its own person lets go, who need not be an approver', () => {
    const { firm, payoutId } = held();
    expect(say(firm, 'finn', payoutId, 'release')).toBe('counted');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('ends by two others’ word, and not by one’s', () => {
    const { firm, payoutId } = held();
    expect(say(firm, 'ezra', payoutId, 'release')).toBe('counted');
    expect(pay(firm, payoutId)).toBe('none');
    expect(say(firm, 'jona', payoutId, 'release')).toBe('counted');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('of another is not for who may only hold to release', () => {
    const { firm, payoutId } = held();
    expect(say(firm, 'gia', payoutId, 'release')).toMatch(/^notPermitted/);
  });

  it('goes on over a revision: changing a payout takes nobody’s hold away', () => {
    const { firm, payoutId } = held();
    expect(deduct(firm, 'ezra', payoutId)).toBe('accepted');
    expect(approve(firm, payoutId, 'cleo', 'dario')).toEqual(['counted', 'counted']);
    expect(pay(firm, payoutId)).toBe('none');
    expect(standingOf(firm, payoutId)).toBe('held');
    say(firm, 'finn', payoutId, 'release');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('may be taken back by who made the payout another since', () => {
    const { firm, payoutId } = held();
    expect(deduct(firm, 'finn', payoutId)).toBe('accepted');
    expect(say(firm, 'finn', payoutId, 'release')).toBe('counted');
    expect(standingOf(firm, payoutId)).toBe('open');
  });
});

describe('a rejection', () => {
  const reject = (
    firm: GovernedFirm,
    personId: string,
    payoutId: string,
    grounds: Decision['grounds'],
  ): string => say(firm, personId, payoutId, 'reject', { grounds });

  it('by a clause and its facts ends the payout, with its reason', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    expect(reject(firm, 'cleo', payoutId, CLAUSE(3, 4))).toBe('counted');
    expect(proposalOf(firm, payoutId).closed).toMatchObject({
      outcome: 'rejected',
      reason: 'because of the test',
    });
    expect(say(firm, 'dario', payoutId, 'approve')).toMatch(/^moot: it was rejected before/);
  });

  it('by a clause does not count when a fact that it names does not exist', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const beyond = lengthOf(firm) + 100;
    expect(reject(firm, 'cleo', payoutId, CLAUSE(3, beyond))).toBe(
      `grounds: there is no fact ${beyond}`,
    );
    expect(outcomeOf(firm, payoutId)).toBe('open');
  });

  it('does not count without grounds, and not without a reason', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    expect(reject(firm, 'cleo', payoutId, null)).toMatch(/^grounds: a denial needs a clause/);
    for (const reason of ['', '  ']) {
      const verdict = say(firm, 'cleo', payoutId, 'reject', { reason, grounds: CLAUSE(3) });
      expect(verdict).toBe('grounds: a rejection needs a reason');
    }
    expect(outcomeOf(firm, payoutId)).toBe('open');
  });

  it('at discretion takes two persons', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    expect(reject(firm, 'cleo', payoutId, DISCRETION)).toBe('counted');
    expect(reject(firm, 'cleo', payoutId, DISCRETION)).toBe('counted');
    expect(outcomeOf(firm, payoutId)).toBe('open');
    expect(reject(firm, 'dario', payoutId, DISCRETION)).toBe('counted');
    expect(outcomeOf(firm, payoutId)).toBe('rejected');
  });

  it('against an approval is a contest, which two others release', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    reject(firm, 'dario', payoutId, CLAUSE(3));
    expect(standingOf(firm, payoutId)).toBe('contested');
    expect(outcomeOf(firm, payoutId)).toBe('open');
    expect(say(firm, 'cleo', payoutId, 'release')).toBe('counted');
    expect(say(firm, 'ezra', payoutId, 'release')).toBe('counted');
    expect(standingOf(firm, payoutId)).toBe('contested');
    expect(say(firm, 'jona', payoutId, 'release')).toBe('counted');
    expect(standingOf(firm, payoutId)).toBe('open');
    approve(firm, payoutId, 'ezra');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('against an approval is a contest, which one rejection more decides', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    reject(firm, 'dario', payoutId, CLAUSE(3));
    reject(firm, 'ezra', payoutId, DISCRETION);
    expect(outcomeOf(firm, payoutId)).toBe('rejected');
  });

  it('wins over what was approved, until the payment is instructed', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    reject(firm, 'dario', payoutId, DISCRETION);
    expect(pay(firm, payoutId)).toBe('none');
  });

  it('after the payment was instructed comes too late, and says so', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    pay(firm, payoutId);
    expect(reject(firm, 'ezra', payoutId, CLAUSE(3))).toMatch(/^moot: it was executed before/);
  });

  it('may be taken back by a manager, who may not hold', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    expect(reject(firm, 'jona', payoutId, CLAUSE(3))).toBe('counted');
    expect(say(firm, 'jona', payoutId, 'release')).toBe('counted');
    expect(say(firm, 'jona', payoutId, 'approve')).toBe('counted');
    expect(pay(firm, payoutId)).toBe('instructed');
  });
});

describe('time', () => {
  it('ends what nobody decides, and what was approved and not paid', () => {
    const firm = openFirm();
    const [open, approved] = [firm.request('A1'), firm.request('A2')];
    approve(firm, approved, 'cleo', 'dario');
    firm.clock += 14 * DAY_MS - 1;
    firm.partition.advance();
    expect([outcomeOf(firm, open), outcomeOf(firm, approved)]).toEqual(['open', 'open']);
    firm.clock += 1;
    expect(pay(firm, approved)).toBe('none');
    firm.partition.advance();
    expect([outcomeOf(firm, open), outcomeOf(firm, approved)]).toEqual(['expired', 'expired']);
    expect(say(firm, 'cleo', open, 'approve')).toMatch(/^moot: it was expired/);
  });

  it('escalates what is not decided, a level for every time that passed again, to the third', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const levelAfter = (ms: number): number => {
      firm.clock = PAYOUT_DUE + ms;
      firm.partition.advance();
      return proposalOf(firm, payoutId).escalated;
    };
    const days = [DAY_MS - 1, DAY_MS, 2 * DAY_MS - 1, 2 * DAY_MS, 3 * DAY_MS, 9 * DAY_MS];
    expect(days.map(levelAfter)).toEqual([0, 1, 1, 2, 3, 3]);
    expect(factsOf(firm, 'proposalEscalated').map(({ data }) => data.level)).toEqual([1, 2, 3]);
  });

  it('does not escalate what was approved', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    firm.clock += 3 * DAY_MS;
    firm.partition.advance();
    expect(proposalOf(firm, payoutId).escalated).toBe(0);
  });
});

describe('taking back', () => {
  it('is for the client that asked for a payout: approvals come too late then', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(firm.system({ type: 'withdrawPayout', payoutId, reason: 'by its trader' })).toBe(
      'accepted',
    );
    expect(outcomeOf(firm, payoutId)).toBe('withdrawn');
    expect(pay(firm, payoutId)).toBe('none');
    expect(say(firm, 'ezra', payoutId, 'approve')).toMatch(/^moot: it was withdrawn/);
  });

  it('of a payout is for no person: not even for who revised it, because that would deny it', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    deduct(firm, 'finn', payoutId);
    for (const personId of ['finn', 'cleo', 'jona']) {
      const wish = { type: 'withdraw', proposalId: payoutId, reason: 'enough' } as const;
      expect(firm.ask(personId, wish)).toMatch(/^forbidden/);
    }
    expect(outcomeOf(firm, payoutId)).toBe('open');
  });

  it('of a proposal is for who made it: not for whom it is about, and for nobody else', () => {
    const firm = openFirm();
    const params = { personId: 'bram', role: 'admin', change: 'revoke', scope: EVERYWHERE };
    const proposalId = propose(firm, 'ada', 'changeRole', params);
    const withdraw = { type: 'withdraw', proposalId, reason: 'a mistake' } as const;
    expect(firm.ask('bram', withdraw)).toMatch(/^forbidden/);
    expect(firm.ask('jona', withdraw)).toMatch(/^forbidden/);
    expect(firm.ask('ada', withdraw)).toBe('accepted');
    expect(outcomeOf(firm, proposalId)).toBe('withdrawn');
    expect(firm.ask('ada', withdraw)).toBe('invalid: it was withdrawn already');
  });
});

describe('approval by nobody', () => {
  const auto = (autoUpTo: number): Parameters<typeof openGovernedFirm>[0] => ({
    policies: [{ action: 'payPayout', autoUpTo }],
  });

  it('pays what is clean and not above the limit', () => {
    const firm = openFirm(auto(4_000_0000));
    const payoutId = firm.request('A1');
    expect(pay(firm, payoutId)).toBe('instructed');
    expect(factsOf(firm, 'proposalApproved').at(-1)?.data).toMatchObject({ by: [], required: 0 });
  });

  it('pays nothing above the limit', () => {
    const firm = openFirm(auto(3_999_9999));
    expect(pay(firm, firm.request('A1'))).toBe('none');
  });

  it('pays nothing that is not clean: an identity check that is pending, or a deduction', () => {
    const firm = openFirm(auto(100_000_0000));
    firm.system({ type: 'recordCheck', traderId: 'T1', check: 'identity', result: 'pending' });
    expect(pay(firm, firm.request('A1'))).toBe('none');
    const held = openFirm({ policies: [{ action: 'payPayout', autoUpTo: 1 }] });
    const payoutId = held.request('A1');
    deduct(held, 'finn', payoutId, 4_999_9999);
    expect(proposalOf(held, payoutId).amount).toBeLessThanOrEqual(1);
    expect(pay(held, payoutId)).toBe('none');
  });

  it('pays nothing that a person holds in time', () => {
    const firm = openFirm({
      policies: [{ action: 'payPayout', autoUpTo: 4_000_0000, coolOffMs: HOUR_MS }],
    });
    const payoutId = firm.request('A1');
    expect(say(firm, 'finn', payoutId, 'hold')).toBe('counted');
    firm.clock += 2 * HOUR_MS;
    expect(pay(firm, payoutId)).toBe('none');
    expect(standingOf(firm, payoutId)).toBe('held');
  });
});

describe('what comes between approval and payment', () => {
  it('a failed identity check stops it', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    firm.system({ type: 'recordCheck', traderId: 'T1', check: 'identity', result: 'failed' });
    expect(pay(firm, payoutId)).toBe('none');
  });

  it('a restriction of the account stops it, and lets nobody approve another', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    firm.as('finn', {
      type: 'directAccount',
      accountId: 'A1',
      directive: { type: 'restrict' },
      reason: 'a question of compliance',
    });
    expect(pay(firm, payoutId)).toBe('none');
    expect(say(firm, 'ezra', payoutId, 'approve')).toBe('blocked: the account is restricted');
    expect(say(firm, 'ezra', payoutId, 'hold')).toBe('counted');
  });

  it('a cool-off is waited for to its last millisecond', () => {
    const firm = openFirm({ policies: [{ action: 'payPayout', coolOffMs: HOUR_MS }] });
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    firm.clock += HOUR_MS - 1;
    expect(pay(firm, payoutId)).toBe('none');
    firm.clock += 1;
    expect(pay(firm, payoutId)).toBe('instructed');
  });
});

describe('changing roles', () => {
  const params = (personId: string): object => ({
    personId,
    role: 'payoutApprover',
    change: 'grant',
    scope: EVERYWHERE,
  });
  /** Four admins, so that two of them are neither makers nor concerned. */
  function withAdmins(): GovernedFirm {
    const firm = openFirm(quickly());
    for (const personId of ['gia', 'hana']) changeRole(firm, personId, 'grant', 'admin');
    const policy = present(
      DEFAULT_POLICIES.find(({ action }) => action === 'changeRole'),
      'one',
    );
    const proposalId = propose(firm, 'ada', 'changePolicy', { policy });
    approve(firm, proposalId, 'bram');
    expect(outcomeOf(firm, proposalId)).toBe('executed');
    return firm;
  }

  it('takes two others and a day: who proposes it and whom it is about are no others', () => {
    const firm = withAdmins();
    const proposalId = propose(firm, 'ada', 'changeRole', params('gia'));
    expect(approve(firm, proposalId, 'ada', 'gia', 'bram', 'hana')).toEqual([
      'maker: who made or changed it cannot approve it',
      'maker: who made or changed it cannot approve it',
      'counted',
      'counted',
    ]);
    const may = (): boolean => firm.partition.governance.people.may('gia', 'approvePayout');
    firm.clock += DAY_MS - 1;
    firm.partition.advance();
    expect(may()).toBe(false);
    firm.clock += 1;
    firm.partition.advance();
    expect(may()).toBe(true);
  });

  it('may not be proposed by who only approves payouts, nor for a person whom nobody added', () => {
    const firm = openFirm();
    expect(propose(firm, 'cleo', 'changeRole', params('cleo'))).toMatch(/^forbidden/);
    expect(propose(firm, 'ada', 'changeRole', params('nobody'))).toBe(
      'invalid: there is no person nobody',
    );
    const revoke = { ...params('cleo'), role: 'admin', change: 'revoke' };
    expect(propose(firm, 'ada', 'changeRole', revoke)).toBe('invalid: cleo is no admin');
  });

  it('is not done when who approved it lost the role in the day between, until another approves', () => {
    const firm = withAdmins();
    const lost = { ...params('hana'), role: 'admin', change: 'revoke' };
    const revoking = propose(firm, 'ada', 'changeRole', lost);
    approve(firm, revoking, 'bram', 'gia');
    pass(firm, HOUR_MS);
    const granting = propose(firm, 'ada', 'changeRole', params('finn'));
    expect(approve(firm, granting, 'bram', 'hana')).toEqual(['counted', 'counted']);
    pass(firm, DAY_MS);
    expect([outcomeOf(firm, revoking), outcomeOf(firm, granting)]).toEqual(['executed', 'open']);
    expect(firm.partition.governance.people.may('finn', 'approvePayout')).toBe(false);
    expect(say(firm, 'gia', granting, 'approve')).toBe('counted');
    expect(outcomeOf(firm, granting)).toBe('executed');
  });
});

describe('changing limits', () => {
  it('takes a second person, and holds from then on', () => {
    const firm = openFirm({
      policies: [{ action: 'changePolicy', approvals: 1, coolOffMs: HOUR_MS }],
    });
    const before = firm.partition.governance.policy('payPayout');
    const proposalId = propose(firm, 'jona', 'changePolicy', {
      policy: { ...before, approvals: 1 },
    });
    expect(say(firm, 'jona', proposalId, 'approve')).toMatch(/^maker/);
    expect(say(firm, 'ada', proposalId, 'approve')).toBe('counted');
    expect(firm.partition.governance.policy('payPayout').approvals).toBe(2);
    firm.clock += HOUR_MS;
    firm.partition.advance();
    expect(firm.partition.governance.policy('payPayout').approvals).toBe(1);
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('may not be proposed by who approves payouts, nor approved by who does', () => {
    const firm = openFirm({ policies: [{ action: 'changePolicy', approvals: 1 }] });
    const policy = firm.partition.governance.policy('payPayout');
    expect(propose(firm, 'cleo', 'changePolicy', { policy })).toMatch(/^forbidden/);
    const proposalId = propose(firm, 'jona', 'changePolicy', { policy });
    expect(say(firm, 'cleo', proposalId, 'approve')).toMatch(/^notPermitted/);
  });
});

describe('adjusting a balance', () => {
  const params = { accountId: 'A1', traderId: 'T1', programId: PROGRAM, amount: -1_500_0000 };
  const booked = (firm: GovernedFirm): object[] =>
    factsOf(firm, 'balanceOperationBooked').map(({ data }) => ({
      accountId: data.accountId,
      type: data.type,
      amount: data.amount,
    }));

  it('takes a second person, and comes back from the platform as what it booked', () => {
    const firm = openFirm();
    const proposalId = propose(firm, 'edda', 'adjustBalance', params);
    expect(say(firm, 'edda', proposalId, 'approve')).toMatch(/^maker/);
    expect(say(firm, 'gia', proposalId, 'approve')).toBe('counted');
    expect(outcomeOf(firm, proposalId)).toBe('executed');
    const { book } = firm.partition.ingest;
    expect(booked(firm)).toEqual([]);
    expect(book.balance(0)).toBe(105_000_0000);
    firm.run();
    expect(booked(firm)).toEqual([{ accountId: 'A1', type: 'adjustment', amount: -1_500_0000 }]);
    expect(book.balance(0)).toBe(103_500_0000);
  });

  it('takes two others, one of them manager, above 5,000 of one trader in a week', () => {
    const firm = openFirm();
    const wish = { ...params, amount: 3_000_0000 };
    const [first, second] = [0, 1].map(() => propose(firm, 'edda', 'adjustBalance', wish));
    expect(approve(firm, present(second, 'one'), 'gia', 'hana')).toEqual(['counted', 'counted']);
    expect(outcomeOf(firm, present(second, 'one'))).toBe('open');
    expect(say(firm, 'jona', present(second, 'one'), 'approve')).toBe('counted');
    expect(outcomeOf(firm, present(second, 'one'))).toBe('executed');
    expect(outcomeOf(firm, present(first, 'one'))).toBe('open');
  });

  it('cannot be proposed under another trader’s or program’s name, out of reach of their limits', () => {
    const firm = openFirm();
    for (const other of [{ traderId: 'T2' }, { programId: 'another' }]) {
      expect(propose(firm, 'edda', 'adjustBalance', { ...params, ...other })).toMatch(
        /^invalid: account A1 is not of/,
      );
    }
  });

  it('of an account that there is not cannot be proposed, nor of nothing', () => {
    const firm = openFirm();
    expect(propose(firm, 'edda', 'adjustBalance', { ...params, accountId: 'Z9' })).toBe(
      'invalid: there is no account Z9',
    );
    expect(propose(firm, 'edda', 'adjustBalance', { ...params, amount: 0 })).toMatch(
      /^invalid: amount: nothing would be adjusted/,
    );
  });
});

describe('overriding a verdict', () => {
  const STATUS = { active: 0, failed: 2 };
  interface Failed {
    readonly firm: GovernedFirm;
    readonly params: { readonly accountId: string; readonly programId: string };
  }
  function failed(): Failed {
    const firm = openFirm();
    firm.platform.tell(...ruinousTrade('A1', PAYOUT_DUE + HOUR_MS));
    firm.run();
    const breach = present(factsOf(firm, 'breachDetected').at(-1), 'a breach');
    const { ruleId, accountId } = breach.data;
    const { programId } = firm.partition.ingest.book.terms(0).program;
    return {
      firm,
      params: { accountId, programId, ruleId, verdictSeq: breach.envelope.seq } as never,
    };
  }
  /** The loss is booked back first, as it would be after a bad print. */
  function madeGood(): Failed {
    const { firm, params } = failed();
    const { accountId, programId } = params;
    const back = { accountId, traderId: 'T1', programId, amount: 30_000_0000 };
    approve(firm, propose(firm, 'edda', 'adjustBalance', back), 'gia', 'jona');
    firm.run();
    return { firm, params };
  }
  const statusOf = ({ partition }: GovernedFirm): number => partition.ingest.book.status(0);

  it('takes two others than who proposed it, and puts the account back', () => {
    const { firm, params } = madeGood();
    expect(statusOf(firm)).toBe(STATUS.failed);
    const proposalId = propose(firm, 'gia', 'overrideVerdict', params);
    expect(approve(firm, proposalId, 'gia', 'hana')).toEqual([
      'maker: who made or changed it cannot approve it',
      'counted',
    ]);
    expect(statusOf(firm)).toBe(STATUS.failed);
    expect(say(firm, 'jona', proposalId, 'approve')).toBe('counted');
    expect(statusOf(firm)).toBe(STATUS.active);
    expect(factsOf(firm, 'accountStatusChanged').at(-1)?.data).toMatchObject({
      from: 'failed',
      to: 'active',
      reason: 'reinstated',
    });
  });

  it('does not acquit for the future: the account can fail again', () => {
    const { firm, params } = madeGood();
    approve(firm, propose(firm, 'gia', 'overrideVerdict', params), 'hana', 'jona');
    const again = ruinousTrade('A1', PAYOUT_DUE + 2 * HOUR_MS).map((record) => {
      if (record.type !== 'deal') return record;
      return { ...record, deal: { ...record.deal, dealId: `${record.deal.dealId}-again` } };
    });
    firm.platform.tell(present(again[0], 'a deal'));
    firm.run();
    expect(statusOf(firm)).toBe(STATUS.active);
    firm.platform.tell(present(again[1], 'a deal'));
    firm.run();
    expect(statusOf(firm)).toBe(STATUS.failed);
  });

  it('saves nothing that lies below a floor: it fails anew at once', () => {
    const { firm, params } = failed();
    const proposalId = propose(firm, 'gia', 'overrideVerdict', params);
    approve(firm, proposalId, 'hana', 'jona');
    expect(outcomeOf(firm, proposalId)).toBe('executed');
    expect(factsOf(firm, 'accountStatusChanged').map(({ data }) => data.to)).toEqual([
      'failed',
      'active',
      'failed',
    ]);
    expect(factsOf(firm, 'breachDetected')).toHaveLength(2);
  });

  it('is for an account that failed, and may be proposed by no finance person', () => {
    const { firm, params } = failed();
    expect(propose(firm, 'edda', 'overrideVerdict', params)).toMatch(/^forbidden/);
    expect(propose(firm, 'gia', 'overrideVerdict', { ...params, programId: 'another' })).toMatch(
      /^invalid: there is no account A1 of another/,
    );
    expect(propose(firm, 'gia', 'overrideVerdict', { ...params, accountId: 'A2' })).toMatch(
      /^invalid: the account is active/,
    );
  });
});

describe('below every rule in code, the store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-governed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;

  /** The same firm on a file, which a test may open behind the server's back. */
  function onDisk(): { firm: GovernedFirm; database: Database.Database } {
    files += 1;
    const file = join(folder, `log-${files}.sqlite`);
    const store = openStore(file);
    const people = ['cleo', 'dario'].map((personId) => ({
      personId,
      roles: ['payoutApprover' as const],
    }));
    const firm = openFounded({ store, people });
    return { firm, database: new Database(file) };
  }
  function insertPayment(database: Database.Database, payoutId: string, version: number): void {
    const { seq, streams } = database
      .prepare(
        `SELECT max(seq) AS seq, max(stream_version) AS streams FROM fact
           WHERE partition = 0 AND (stream = 'firm' OR 1)`,
      )
      .get() as { seq: number; streams: number };
    const data = JSON.stringify({ payoutId, version });
    database
      .prepare('INSERT INTO fact VALUES (0, ?, ?, 1, ?, ?, 0, 0, 0, ?, ?, ?)')
      .run(seq + 1, 'paymentInstructed', 'firm', streams + 1_000, '{}', '{}', data);
  }

  it('refuses a payment that nobody approved', () => {
    const { firm, database } = onDisk();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo');
    expect(() => insertPayment(database, payoutId, 1)).toThrow('a payment without approval');
    expect(() => insertPayment(database, 'another', 1)).toThrow('a payment without approval');
    database.close();
  });

  it('refuses a payment of a version that nobody approved', () => {
    const { firm, database } = onDisk();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(() => insertPayment(database, payoutId, 2)).toThrow('a payment without approval');
    database.close();
  });

  it('takes one payment of a payout, and never a second', () => {
    const { firm, database } = onDisk();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(pay(firm, payoutId)).toBe('instructed');
    expect(() => insertPayment(database, payoutId, 1)).toThrow(/a second payment of one payout/);
    database.close();
  });

  it('lets no fact be edited or deleted', () => {
    const { firm, database } = onDisk();
    firm.request('A1');
    expect(() => database.exec("UPDATE fact SET data = '{}' WHERE seq = 3")).toThrow(
      'facts are never edited',
    );
    expect(() => database.exec('DELETE FROM fact WHERE seq = 3')).toThrow(
      'facts are never deleted',
    );
    database.close();
  });
});

type Wish = Intent | Extract<ServerIntent, { type: 'addPerson' | 'bookEntries' }>;
/** What each wish asks of a role, written a second time; null where the decision itself says who may. */
const WISHES: Readonly<Record<Wish['type'], readonly (readonly [Wish, Action | null])[]>> = {
  acknowledgeAlert: [[{ type: 'acknowledgeAlert', alertSeq: 1, note: '' }, 'acknowledgeAlert']],
  acknowledgeAlerts: [
    [{ type: 'acknowledgeAlerts', alertSeqs: [1], note: '' }, 'acknowledgeAlert'],
  ],
  setAlertRules: [
    [
      {
        type: 'setAlertRules',
        rules: { rules: [], people: [] },
        baseVersion: 0,
        reason: 'a test',
      },
      'changeAlertRules',
    ],
  ],
  setKpiGoals: [
    [
      {
        type: 'setKpiGoals',
        goals: { currency: 'USD', targets: {}, baseline: null },
        baseVersion: 0,
        reason: 'a test',
      },
      'setKpiGoals',
    ],
  ],
  scheduleReport: [
    [
      { type: 'scheduleReport', scheduleId: 's', schedule: null, reason: 'a test' },
      'scheduleReports',
    ],
  ],
  publishProgram: [
    [
      {
        type: 'publishProgram',
        content: {},
        effectiveFrom: null,
        migration: 'newPurchasesOnly',
        confirmedHurt: null,
        previewHash: '',
        reason: 'a test',
      },
      'proposePublishing',
    ],
  ],
  directAccount: [
    [
      {
        type: 'directAccount',
        accountId: 'A1',
        directive: { type: 'lift' },
        reason: 'a test',
      },
      'directAccount',
    ],
  ],
  acceptChange: [
    [{ type: 'acceptChange', accountId: 'A1', version: 1, evidence: 'a test' }, 'acceptChange'],
  ],
  requestSuccessor: [
    [
      { type: 'requestSuccessor', accountId: 'A1', successor: 'reset', reason: 'a test' },
      'requestSuccessor',
    ],
  ],
  enrolKey: [[{ type: 'enrolKey', envelope: {} as never }, 'enrolKey']],
  decide: [],
  propose: [
    [proposing('overrideVerdict'), 'proposeOverride'],
    [proposing('adjustBalance'), 'proposeAdjustment'],
    [proposing('changeRole'), 'proposePeople'],
    [proposing('revokeKey'), 'proposePeople'],
    [proposing('changePolicy'), 'proposeLimits'],
    [proposing('changeExposureLimits'), 'proposeExposure'],
    [proposing('applyConsequence'), 'proposeConsequence'],
    [proposing('changeScoring'), 'proposeScoring'],
  ],
  withdraw: [[{ type: 'withdraw', proposalId: 'nothing', reason: 'a test' }, null]],
  revisePayout: [
    [
      { type: 'revisePayout', payoutId: 'nothing', deductions: null, reason: 'a test' },
      'reviewPayout',
    ],
  ],
  askInformation: [
    [{ type: 'askInformation', payoutId: 'nothing', question: 'why?' }, 'reviewPayout'],
  ],
  settlePayment: [
    [
      { type: 'settlePayment', payoutId: 'nothing', state: 'paid', reason: 'a test' },
      'settlePayment',
    ],
  ],
  settleException: [
    [{ type: 'settleException', exceptionId: 'nothing', reason: 'a test' }, 'reconcile'],
  ],
  retryOrder: [[{ type: 'retryOrder', orderId: 'nothing', reason: 'a test' }, 'workOrders']],
  cancelOrder: [[{ type: 'cancelOrder', orderId: 'nothing', reason: 'a test' }, 'workOrders']],
  actOnCase: [
    [acting({ verb: 'claim' }), 'workCases'],
    [acting({ verb: 'renew' }), 'workCases'],
    [acting({ verb: 'snooze', until: 1, reason: 'a test' }), 'workCases'],
    [acting({ verb: 'check', item: 'a test', done: true }), 'workCases'],
    [acting({ verb: 'merge', into: 'nothing', reason: 'a test' }), 'workCases'],
    [acting({ verb: 'split', signalIds: ['nothing'], reason: 'a test' }), 'workCases'],
    [acting({ verb: 'escalate', reason: 'a test' }), 'workCases'],
    [acting({ verb: 'dismiss', code: 'other', reason: 'a test', departure: null }), 'workCases'],
    [acting({ verb: 'warn', code: 'other', reason: 'a test', departure: null }), 'workCases'],
    [acting({ verb: 'reopen', reason: 'a test' }), 'workCases'],
    [
      acting({
        verb: 'attach',
        name: 'a',
        mediaType: '',
        size: 1,
        digest: '0'.repeat(64),
        bytes: null,
      }),
      'workCases',
    ],
    [acting({ verb: 'review', outcome: 'warn', reason: 'a test' }), 'reviewCases'],
    // Who works on cases, and who gives them out.
    [acting({ verb: 'release' }), null],
    [acting({ verb: 'assign', to: null }), null],
    [acting({ verb: 'note', text: 'a test', mentions: [] }), null],
  ],
  takeNextCase: [[{ type: 'takeNextCase', pattern: null, programId: null }, 'workCases']],
  actOnWork: [
    [
      {
        type: 'actOnWork',
        itemId: 'dataQuality/1',
        version: 1,
        act: { verb: 'note', text: 'a test' },
      },
      'workItems',
    ],
  ],
  takeNextWork: [[{ type: 'takeNextWork', kinds: [] }, 'workItems']],
  handOverWork: [
    [
      {
        type: 'handOverWork',
        to: null,
        items: [{ itemId: 'dataQuality/1', note: 'a test' }],
      },
      'workItems',
    ],
  ],
  changeWorkPolicy: [
    [
      {
        type: 'changeWorkPolicy',
        policy: { calendars: DEFAULT_WORK_POLICY.calendars, levels: [] },
        baseVersion: 1,
        reason: 'a test',
      },
      'changeWorkPolicy',
    ],
  ],
  openTicket: [
    [
      {
        type: 'openTicket',
        topic: 'other',
        traderId: null,
        accountId: null,
        subject: 'a test',
        text: 'a test',
      },
      'workTickets',
    ],
  ],
  actOnTicket: [
    [
      {
        type: 'actOnTicket',
        ticketId: 'nothing',
        version: 1,
        act: { verb: 'note', text: 'a test' },
      },
      'workTickets',
    ],
  ],
  openDispute: [
    [
      {
        type: 'openDispute',
        accountId: 'A1',
        about: { type: 'case', caseId: 'nothing' },
        reason: 'other',
        ticketId: null,
      },
      'workTickets',
    ],
  ],
  decideDispute: [
    [
      {
        type: 'decideDispute',
        disputeId: 'nothing',
        remedy: 'upheld',
        reason: 'a test',
        clause: null,
        proposalId: null,
        amount: 0,
        currency: null,
      },
      'decideDisputes',
    ],
  ],
  withdrawDispute: [
    [{ type: 'withdrawDispute', disputeId: 'nothing', reason: 'a test' }, 'workTickets'],
  ],
  shareStanding: [[{ type: 'shareStanding', accountId: 'A1', days: 7 }, 'shareStanding']],
  revokeStanding: [
    [{ type: 'revokeStanding', linkId: 'nothing', reason: 'a test' }, 'shareStanding'],
  ],
  // The server's own parts wish these in the name of a person who signed in.
  addPerson: [[{ type: 'addPerson', personId: 'somebody' }, 'proposePeople']],
  bookEntries: [[{ type: 'bookEntries', entries: [] }, 'reconcile']],
};
function proposing(action: Extract<Intent, { type: 'propose' }>['action']): Intent {
  return { type: 'propose', action, params: {}, reason: 'a test' };
}

function acting(act: CaseVerb): Intent {
  return { type: 'actOnCase', caseId: 'nothing', version: 1, act };
}

/** A firm with one person of each role, who is called as the role is, and one without any. */
function openFirmOfRoles(): GovernedFirm {
  const people = ROLES.map((role) => ({ personId: role as string, roles: [role] as Role[] }));
  const accounts = [
    ['A1', 'T1'],
    ['A2', 'T2'],
  ] as const;
  return openFounded({ accounts, people: [...people, { personId: 'nobody', roles: [] }] });
}

describe('what a person may wish', () => {
  const firm = openFirmOfRoles();
  const all = Object.values(WISHES).flat();
  const cells = ROLES.flatMap((role) =>
    all.map(([intent, action]) => ({
      role,
      intent,
      what: intent.type === 'propose' ? `propose ${intent.action}` : intent.type,
      may: action === null || MATRIX[role].includes(action),
    })),
  );

  it.each(cells)('$role, $what: $may', ({ role, intent, may }) => {
    const answer = firm.ask(role, intent as Intent);
    expect([role, answer, answer.startsWith('forbidden')]).toEqual([role, answer, !may]);
  });

  it('is nothing without a role', () => {
    for (const [intent, action] of all) {
      if (action === null) continue;
      expect([intent.type, firm.ask('nobody', intent as Intent)]).toEqual([
        intent.type,
        'forbidden: no role of yours allows this',
      ]);
    }
  });

  it('is nothing for who is no person of the firm', () => {
    for (const [intent] of all) {
      for (const stranger of ['stranger', 'system', '__proto__', '']) {
        expect(firm.ask(stranger, intent as Intent)).toBe('forbidden: sign in first');
      }
    }
  });

  it('is never what only the server’s own parts do', () => {
    const own = [
      { type: 'found', people: [{ personId: 'x', roles: ['admin'] }], policies: [] },
      { type: 'openPayout', request: {}, payeeName: '' },
      { type: 'recordCheck', traderId: 'T1', check: 'identity', result: 'passed' },
      { type: 'withdrawPayout', payoutId: 'x', reason: 'x' },
      { type: 'signedIn', personId: 'x', deskId: 'x' },
      { type: 'signedOut', personId: 'x', deskId: 'x', everywhere: true },
      { type: 'runPayments' },
      { type: 'raiseSignals', signals: [] },
      { type: 'reportPayment', report: {} },
      { type: 'issueLetter', payoutId: 'x', letter: 'x', text: 'x' },
    ];
    for (const role of ROLES) {
      for (const intent of own) {
        const answer = firm.ask(role, intent as unknown as Intent);
        expect([role, intent.type, answer]).toEqual([
          role,
          intent.type,
          expect.stringMatching(/^forbidden/),
        ]);
      }
    }
  });

  it('founds a firm once', () => {
    const again = {
      type: 'found',
      people: [{ personId: 'x', roles: ['admin'] }],
      policies: [],
    } as const;
    expect(firm.system(again)).toBe('invalid: the firm has people already');
  });

  it('is about an account of a program that the role reaches', () => {
    const limited = openFirm(quickly());
    const restrict = {
      type: 'directAccount',
      accountId: 'A1',
      directive: { type: 'restrict' },
      reason: 'a test',
    } as const;
    changeRole(limited, 'finn', 'revoke', 'riskOfficer');
    changeRole(limited, 'finn', 'grant', 'riskOfficer', { programs: ['another'] });
    expect(limited.ask('finn', restrict)).toMatch(/^forbidden/);
    const { programId } = limited.partition.ingest.book.terms(0).program;
    changeRole(limited, 'finn', 'grant', 'riskOfficer', { programs: [programId] });
    expect(limited.ask('finn', restrict)).toBe('accepted');
  });
});

describe('whose signature decides about a payout', () => {
  const words: readonly [Word, (role: Role) => boolean][] = [
    ['approve', (role) => MATRIX[role].includes('approvePayout')],
    ['reject', (role) => MATRIX[role].includes('approvePayout')],
    ['release', (role) => MATRIX[role].includes('approvePayout')],
    ['hold', (role) => MATRIX[role].includes('holdPayout')],
  ];
  const signing = ROLES.filter((role) => MATRIX[role].includes('enrolKey'));

  it('is nobody’s who may have no key', () => {
    const firm = openFirmOfRoles();
    for (const role of ROLES) {
      if (signing.includes(role)) continue;
      const desk = createSigningDesk(role, `desk-${role}`, firm);
      expect(firm.ask(role, desk.enrolment())).toMatch(/^forbidden/);
    }
  });

  it.each(words)('to %s it, the matrix says', (word, may) => {
    const firm = openFirmOfRoles();
    for (const role of signing) {
      const payoutId = firm.request('A1');
      const verdict = say(firm, role, payoutId, word, {
        grounds: word === 'reject' ? CLAUSE(3) : null,
      });
      const [code] = verdict.split(':');
      expect([role, code]).toEqual([role, may(role) ? 'counted' : 'notPermitted']);
      firm.system({ type: 'withdrawPayout', payoutId, reason: 'the next one' });
    }
  });
});
