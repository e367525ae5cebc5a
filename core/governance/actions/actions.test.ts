import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTION_TYPES, type ActionType } from '#core/approvals/action-types.ts';
import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { caseLetter } from '#core/cases/letter.ts';
import type { CaseOutcome } from '#core/cases/outcomes.ts';
import { aSignal } from '#core/cases/testing/a-signal.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { backTestHash } from '#core/fraud/back-test.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOf, digestOfText } from '#core/kernel/digest.ts';
import type { PayoutSnapshot } from '#core/payouts/snapshot.ts';
import { sampleSnapshot } from '#core/payouts/testing/sample-snapshot.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import { fingerprintOf, fingerprintText } from '#core/signing/public-key.ts';
import { createGovernance, type Governance } from '../governance.ts';
import type { GovernedWorld } from '../world.ts';
import { describeActionKind, proposalFor, type ActionSample } from './action-kind.contract.ts';
import type { FormContent } from './action-kind.ts';
import { actionKinds } from './index.ts';

const NOW = 1_800_000_000_000;
const SALT = '5a17'.repeat(16);
const publicKey = new Uint8Array(32).fill(7);
const keyId = fingerprintOf(publicKey);

const program = {
  programId: 'program',
  name: 'Program',
  currency: 'USD',
  nominalSize: '100000',
  startBalance: '100000',
  phases: [
    {
      phaseId: 'evaluation',
      name: 'Evaluation',
      ruleSet: {
        ruleSetId: 'program-evaluation',
        name: 'Evaluation',
        dayClock: { zone: 'Europe/Prague', rollOver: '00:00' },
        rules: [
          { ruleId: 'target', kind: 'profitTarget', params: { amount: { percentOfInitial: '8' } } },
        ],
      },
    },
  ],
};
const preview = {
  hash: 'ab'.repeat(32),
  draftHash: digestOf(program),
  accounts: 40,
  failedOnlyDraft: 3,
  failedOnlyPublished: 4,
  passedOnlyDraft: 5,
  passedOnlyPublished: 6,
  fromSeq: 1,
  toSeq: 900,
};
const version = {
  programId: 'program',
  version: 1,
  content: program,
  effectiveFrom: null,
  migration: 'newPurchasesOnly',
  preview,
  confirmedHurt: null,
  author: 'finn',
  reason: 'a larger target',
};
const policy = present(DEFAULT_POLICIES[0], 'a policy');
const scope = { programs: ['program'], regions: ['CZ'], upTo: 10_000_0000 };
const granting = { personId: 'bram', role: 'finance', change: 'grant', scope: EVERYWHERE };
const adjustment = { accountId: 'A1', traderId: 'T1', programId: 'program', amount: 1_0001 };

const exposureLimits = [
  {
    limitId: 'gold',
    by: 'symbol',
    key: 'XAUUSD',
    measure: 'net',
    limit: 5_0000,
    warnAt: [700, 905],
  },
  { limitId: 'any', by: 'program', key: null, measure: 'liability', limit: 7_0001, warnAt: [] },
  { limitId: 'whole', by: 'firm', key: 'firm', measure: 'gross', limit: 9_0000, warnAt: [800] },
];

/** A consequence of the case of the world below, with the letter that goes with it. */
function consequence(outcome: CaseOutcome, over: { amount?: number } & object = {}): object {
  const code = 'copiedTrades';
  const { amount = 0 } = over;
  return {
    caseId: 'case-1',
    caseVersion: 31,
    consequence: outcome,
    code,
    accountIds: ['A1'],
    dealIds: [],
    amount,
    departure: null,
    letter: caseLetter({ caseId: 'case-1', outcome, code, amount }),
    ...over,
  };
}

const scoring = {
  ...DEFAULT_SCORING,
  version: 2,
  openAt: 650,
  detectors: [{ detector: 'aDetector', mode: 'shadow', weight: 905, params: { shareMin: 31 } }],
  sensitivity: [{ programId: 'program', factor: 1_205 }],
  allowances: [
    {
      allowanceId: 'allowance-1',
      detector: null,
      subjects: ['T1', 'network-1'],
      until: NOW + 86_400_000,
      reason: 'they share a house',
    },
  ],
};
function scoringChange(policyOver: object = {}): object {
  const changed = { ...scoring, ...policyOver };
  const numbers = {
    policyDigest: digestOf(changed),
    fromAt: NOW - 30 * 86_400_000,
    toAt: NOW,
    cases: 12,
    casesBefore: 19,
    perDetector: [{ detector: 'aDetector', signals: 205, cases: 11, casesBefore: 17 }],
  };
  return {
    policy: changed,
    backTest: { hash: backTestHash({ hash: '', ...numbers }), ...numbers },
  };
}

/** What may be proposed of each kind in the world below, and what of it means nothing there. */
const PARAMS: Readonly<
  Record<Exclude<ActionType, 'payPayout'>, readonly (readonly [object, Record<string, string>?])[]>
> = {
  publishProgram: [
    [version],
    [{ ...version, migration: 'fromDate', effectiveFrom: NOW + 1, confirmedHurt: 3 }],
    [{ ...version, migration: 'fromNextPhase' }],
    [{ ...version, migration: 'fromNextPayout', confirmedHurt: 0 }],
  ],
  overrideVerdict: [
    [{ accountId: 'A2', programId: 'program', ruleId: 'maximum-loss', verdictSeq: 31 }],
  ],
  adjustBalance: [[adjustment], [{ ...adjustment, amount: -1_0001 }]],
  changeRole: [
    [granting],
    [{ ...granting, scope }],
    [{ ...granting, role: 'auditor' }],
    [
      { ...granting, role: 'admin', change: 'revoke' },
      { 'params.scope': 'a role is taken away whole, whatever its scope' },
    ],
  ],
  grantKey: [
    [{ keyId, personId: 'cleo', deviceId: 'desk-1', fingerprint: fingerprintText(publicKey) }],
  ],
  revokeKey: [[{ keyId, compromisedSince: null }], [{ keyId, compromisedSince: 12 }]],
  changePolicy: [
    [{ policy }],
    [{ policy: { ...policy, action: 'adjustBalance', steps: [], autoUpTo: 1 } }],
    [{ policy: { ...policy, approverPerDay: null } }],
  ],
  changeExposureLimits: [
    [{ limits: { version: 1, limits: [], hysteresis: 50 } }],
    [{ limits: { version: 1, limits: exposureLimits, hysteresis: 0 } }],
    [{ limits: { version: 1, limits: exposureLimits.slice(1), hysteresis: 0 } }],
  ],
  applyConsequence: [
    [consequence('restrict')],
    [consequence('restrict', { departure: 'this one told us himself' } as object)],
    [consequence('close')],
    [consequence('payoutHold', { accountIds: ['A1', 'A2'] } as object)],
    [consequence('releaseHold', { accountIds: ['A2'] } as object)],
    [
      consequence('profitDeduction', { amount: 1_205_0001, dealIds: ['D1', 'D2'] } as object & {
        amount: number;
      }),
    ],
  ],
  changeScoring: [
    [scoringChange()],
    [scoringChange({ detectors: [], sensitivity: [], allowances: [] })],
  ],
};

const PAYOUTS: readonly PayoutSnapshot[] = [
  sampleSnapshot(),
  sampleSnapshot({ requested: null, deductions: [], precedents: [] }),
];

function samplesOf(type: ActionType): ActionSample[] {
  if (type === 'payPayout') return PAYOUTS.map((content) => ({ content }));
  return PARAMS[type].map(([params, immaterial = {}]) => ({
    content: { action: type, params, reason: 'because of a test', salt: SALT },
    immaterial: { salt: 'it keeps the digest from being guessed', ...immaterial },
  }));
}

function governed(): Governance {
  const governance = createGovernance();
  let seq = 0;
  const tell = (kind: FactKind, data: object): void => {
    seq += 1;
    governance.apply({ kind, envelope: { seq }, data } as unknown as Fact);
  };
  for (const personId of ['ada', 'bram', 'cleo']) tell('personAdded', { personId });
  tell('roleGranted', { personId: 'bram', role: 'admin', scope: EVERYWHERE });
  const key = { keyId, personId: 'cleo', deviceId: 'desk-1', publicKey: base64Of(publicKey) };
  tell('keyEnrolled', key);
  const { payoutId, payee } = present(PAYOUTS[0], 'a payout');
  const asked = { payoutId, payee, accountId: 'ACC-31', traderId: 'TR-9', requestKey: 'request-1' };
  tell('payoutRequested', asked);
  tell('signalRaised', aSignal({ traders: ['T1'], accounts: ['A1', 'A2'], programs: ['program'] }));
  const signals = [{ signalId: aSignal({}).signalId, pattern: 'together' }];
  const opened = { caseId: 'case-1', signals, score: 900, earlier: [], because: null, at: NOW };
  tell('caseOpened', opened);
  const held = { caseId: 'case-1', outcome: 'payoutHold', personId: 'ada', accountIds: ['A2'] };
  tell('caseDecided', held);
  return governance;
}

const contents = new Map(
  PAYOUTS.map((content) => [digestOfText(canonicalText(content)), canonicalText(content)]),
);
const world: GovernedWorld = {
  governance: governed(),
  at: NOW,
  marketAt: NOW,
  latestVersion: () => 0,
  audience: { org: 'firm', env: 'test', log: 'log' },
  verify: () => false,
  rootAt: () => null,
  recordedAt: () => null,
  content: (digest) => contents.get(digest) ?? null,
  accountStatus: (accountId) =>
    accountId === 'A2' ? 'failed' : ['A1', 'ACC-31'].includes(accountId) ? 'active' : null,
  accountOf: (accountId) =>
    ['A1', 'A2'].includes(accountId) ? { traderId: 'T1', programId: 'program' } : null,
  moneyOf: () => null,
  blockedSince: () => null,
};

function payoutProposal(content: PayoutSnapshot, bytes: string): Proposal {
  const form = {
    params: present(PARAMS.adjustBalance[0], 'a sample')[0],
    reason: '',
  } as FormContent;
  return {
    ...proposalFor(actionKinds.get('adjustBalance'), form, world),
    proposalId: content.payoutId,
    version: content.version,
    action: 'payPayout',
    about: {
      accountId: content.state.terms.accountId,
      traderId: content.state.terms.traderId,
      programId: content.state.terms.program.programId,
      region: content.payee.region,
      personId: null,
    },
    snapshot: digestOfText(bytes),
    amount: content.amounts.trader,
  };
}

for (const type of ACTION_TYPES) {
  const kind = actionKinds.get(type);
  describeActionKind({
    kind,
    samples: samplesOf(type),
    world,
    proposalOf: (content, bytes) =>
      type === 'payPayout'
        ? payoutProposal(content as PayoutSnapshot, bytes)
        : proposalFor(kind, content as FormContent, world),
  });
}

describe('the index of high-risk actions', () => {
  it('holds every kind that there is, and no other', () => {
    expect(actionKinds.all.map(({ type }) => type).sort()).toEqual([...ACTION_TYPES].sort());
  });
});

const ROOT = join(import.meta.dirname, '..', '..', '..');
const ACTIONS = 'core/governance/actions/';

interface Source {
  readonly path: string;
  readonly text: string;
}

/** Everything that is shipped: tests and what only they use are left out. */
function shippedSources(): Source[] {
  return ['core', 'server', 'electron', 'preload', 'renderer'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .filter((path) => !/\.(test|contract)\.tsx?$|\/testing\//.test(path))
      .map((path) => ({ path, text: codeOf(readFileSync(join(ROOT, path), 'utf8')) })),
  );
}

/** Without comments: what a sentence says is no call. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** A fact of a kind as it is made: not where only its type is named. */
function making(kind: string): RegExp {
  return new RegExp(`kind: '${kind}'(?!;?\\s*[}>;])`);
}

/** Files in which a pattern occurs. */
function filesWith(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

describe('the way to a deed', () => {
  const sources = shippedSources();
  const reachesActions =
    /from '(?:#core\/governance\/actions\/|\.{1,2}\/(?:actions\/)?)[a-z-]+\.ts'/;
  const users = sources.filter(
    ({ path, text }) =>
      /#core\/governance\/actions\//.test(text) ||
      (path.startsWith('core/governance/') && reachesActions.test(text)),
  );

  it('is looked for in all of the product', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(users.map(({ path }) => path)).toContain('core/governance/authorise.ts');
  });

  it('is one: of all that know the kinds of actions, authorise.ts alone has a deed done', () => {
    const outside = users.filter(({ path }) => !path.startsWith(ACTIONS));
    expect(outside.length).toBeGreaterThan(3);
    expect(filesWith(outside, /\bexecute\b/)).toEqual(['core/governance/authorise.ts']);
  });

  it('is handed on by nobody: the kinds are exported from their own room alone', () => {
    const handingOn = /export\s+(?:\*|\{[^}]*\})\s+from\s+'[^']*governance\/actions/;
    expect(filesWith(sources, handingOn)).toEqual([]);
    const exported = /export (?:const|function|let) [^\n]*actionKinds/;
    expect(filesWith(sources, exported)).toEqual([`${ACTIONS}index.ts`]);
  });

  it('goes through asking who approved: authorise.ts does a deed in one place', () => {
    const { text } = present(
      sources.find(({ path }) => path === 'core/governance/authorise.ts'),
      'authorise.ts',
    );
    expect(text.match(/\bexecute\b/g)).toHaveLength(1);
    const [before = ''] = text.split(/\bexecute\b/);
    const body = before.slice(before.indexOf('export function authoriseExecution'));
    for (const asked of ['blockAgainst', 'approved?.version', 'executableFrom', 'standing']) {
      expect([asked, body.includes(asked)]).toEqual([asked, true]);
    }
  });

  /** Where a fact of each deed may be made. A firm's first people and policies are founded. */
  const FOUNDED = 'server/commands/governance-decisions.ts';
  it.each([
    ['paymentInstructed', [`${ACTIONS}pay-payout.ts`]],
    ['programPublished', [`${ACTIONS}publish-program.ts`]],
    ['adjustmentOrdered', [`${ACTIONS}adjust-balance.ts`]],
    ['keyGranted', [`${ACTIONS}grant-key.ts`]],
    ['keyRevoked', [`${ACTIONS}revoke-key.ts`]],
    ['roleRevoked', [`${ACTIONS}change-role.ts`]],
    ['roleGranted', [`${ACTIONS}change-role.ts`, FOUNDED]],
    ['policyChanged', [`${ACTIONS}change-policy.ts`, FOUNDED]],
    ['exposureLimitsChanged', [`${ACTIONS}change-exposure-limits.ts`, FOUNDED]],
    ['scoringChanged', [`${ACTIONS}change-scoring.ts`]],
    // What one person alone decides, a dismissal and a warning, is decided where people work on cases.
    ['caseDecided', [`${ACTIONS}apply-consequence.ts`, 'core/cases/work.ts']],
  ] as const)('is the only one to %s: made in %j', (kind, places) => {
    const made = making(kind);
    const files = filesWith(sources, made).filter((path) => !path.endsWith('.events.ts'));
    expect(files.sort()).toEqual([...places].sort());
  });

  it('is the only one to put an account back', () => {
    const files = filesWith(sources, /type: 'reinstate'/);
    expect(files.filter((path) => path.startsWith('server/') || path.startsWith(ACTIONS))).toEqual([
      `${ACTIONS}override-verdict.ts`,
    ]);
  });

  it('writes a payment, an approval and a decision nowhere but where they are decided', () => {
    const kinds = ['proposalApproved', 'decisionReceived', 'proposalRevised'];
    const places = kinds.map((kind) =>
      filesWith(sources, making(kind)).filter((one) => !one.endsWith('.events.ts')),
    );
    expect(places).toEqual([
      ['core/governance/authorise.ts'],
      ['core/governance/receive-decision.ts'],
      ['core/governance/payouts.ts'],
    ]);
  });
});
