import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalPolicy } from '#core/approvals/policy.ts';
import type { CaseVerb, ConsequenceWish } from '#core/cases/act.ts';
import type { CaseFile } from '#core/cases/cases.ts';
import { caseLetter } from '#core/cases/letter.ts';
import { aSignal } from '#core/cases/testing/a-signal.ts';
import { LOCK_MS } from '#core/cases/work.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { backTestHash, type BackTestSummary } from '#core/fraud/back-test.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { auditGovernance, type Finding } from '#core/governance/verify-governance.ts';
import { present } from '#core/kernel/assert.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { readSnapshot } from '#core/payouts/snapshot.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';
import { verifyInTests } from './testing/signing-desk.ts';

/** Of every account in these tests. */
const PROGRAM = 'ftmo-2-step-100k';
const REASON = 'because of the test';

const opened: GovernedFirm[] = [];
function openFirm(policies: readonly Partial<ApprovalPolicy>[] = []): GovernedFirm {
  const firm = openGovernedFirm({ policies });
  opened.push(firm);
  return firm;
}

/** What the verifier, which decides everything a second time from the log alone, finds wrong. */
function findingsIn({ store }: GovernedFirm, facts?: readonly Fact[]): readonly Finding[] {
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: store.content,
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of facts ?? store.facts(0, 1, tree.size)) audit.take(fact);
  audit.end();
  return audit.findings;
}
afterEach(() => {
  const found = opened.splice(0).flatMap((firm) => findingsIn(firm));
  if (found.length > 0) throw new Error(`the verifier disagrees: ${JSON.stringify(found)}`);
});

const factsIn = ({ store }: GovernedFirm): Fact[] => [
  ...store.facts(0, 1, Number.MAX_SAFE_INTEGER),
];
function factsOf<Kind extends FactKind>(firm: GovernedFirm, kind: Kind) {
  return factsIn(firm).filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
}

/** Surveillance tells of a trader; the case that it opened, or that it is part of. */
function raise(firm: GovernedFirm, over: Partial<Signal> = {}): CaseFile {
  const signal = aSignal({ programs: [PROGRAM], ...over });
  expect(firm.system({ type: 'raiseSignals', signals: [signal] })).toBe('accepted');
  return present(firm.partition.governance.cases.of(signal.traders[0] ?? '').at(-1), 'a case');
}
function act(firm: GovernedFirm, personId: string, file: CaseFile, verb: CaseVerb): string {
  const { caseId } = file;
  const { version } = present(firm.partition.governance.cases.file(caseId), caseId);
  return firm.ask(personId, { type: 'actOnCase', caseId, version, act: verb });
}
/** Proposes as a person; the id of what was opened, or what the server said. */
function propose(
  firm: GovernedFirm,
  personId: string,
  file: CaseFile,
  wish: Partial<ConsequenceWish> & Pick<ConsequenceWish, 'consequence'>,
  over: object = {},
): string {
  const { caseId } = file;
  const { amount = 0, consequence: outcome } = wish;
  const params = {
    caseId,
    caseVersion: present(firm.partition.governance.cases.file(caseId), caseId).version,
    code: 'copiedTrades',
    accountIds: ['A1'],
    dealIds: [],
    amount,
    departure: null,
    letter: caseLetter({ caseId, outcome, code: 'copiedTrades', amount }),
    ...wish,
    ...over,
  };
  const said = firm.ask(personId, {
    type: 'propose',
    action: 'applyConsequence',
    params: params as never,
    reason: REASON,
  });
  if (said !== 'accepted') return said;
  return present([...firm.partition.governance.proposals()].at(-1), 'a proposal').proposalId;
}
function approve(firm: GovernedFirm, proposalId: string, ...people: string[]): string[] {
  return people.map((personId) => {
    const said = firm.ask(personId, firm.desk(personId).decide(proposalId, 'approve'));
    return said === 'accepted' ? firm.verdictOn(proposalId) : said;
  });
}
function carryOut(
  firm: GovernedFirm,
  file: CaseFile,
  wish: Partial<ConsequenceWish> & Pick<ConsequenceWish, 'consequence'>,
): string {
  const proposalId = propose(firm, 'finn', file, wish);
  expect(approve(firm, proposalId, 'gia')).toEqual(['counted']);
  expect(outcomeOf(firm, proposalId)).toBe('executed');
  return proposalId;
}
const outcomeOf = (firm: GovernedFirm, proposalId: string): string =>
  firm.partition.governance.proposal(proposalId)?.closed?.outcome ?? 'open';
function pay(firm: GovernedFirm, payoutId: string): string {
  firm.system({ type: 'runPayments' });
  return firm.partition.governance.paymentState(payoutId);
}
function bytesOf(firm: GovernedFirm, payoutId: string) {
  const digest = present(firm.partition.governance.proposal(payoutId), payoutId).snapshot;
  const read = readSnapshot(present(firm.store.content(digest), 'bytes'), digest);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
const statusOf = ({ partition }: GovernedFirm, accountId: string): number =>
  partition.ingest.book.status(present(partition.ingest.book.numberOf(accountId), accountId));
const dismissal = { verb: 'dismiss', code: 'household', reason: REASON, departure: null } as const;

describe('a matter of surveillance', () => {
  it('comes as signals, is held by two officers, keeps a payout back, and lets it go when it was nothing', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    expect(firm.partition.governance.proposal(payoutId)?.approved).not.toBeNull();
    const file = raise(firm);
    expect(firm.ask('finn', { type: 'takeNextCase', pattern: null, programId: null })).toBe(
      'accepted',
    );
    expect(file.lock).toMatchObject({ personId: 'finn', until: firm.clock + LOCK_MS });
    const proposalId = propose(firm, 'finn', file, { consequence: 'payoutHold' });
    expect(approve(firm, proposalId, 'finn')).toEqual([expect.stringMatching(/^maker/)]);
    expect(outcomeOf(firm, proposalId)).toBe('open');
    expect(approve(firm, proposalId, 'gia')).toEqual(['counted']);
    expect(outcomeOf(firm, proposalId)).toBe('executed');
    expect(pay(firm, payoutId)).toBe('none');
    expect(approve(firm, payoutId, 'ezra')).toEqual(['blocked: it is held by case 1']);
    expect(act(firm, 'finn', file, dismissal)).toBe('accepted');
    expect(firm.partition.governance.cases.holdOn('A1')).toBeNull();
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('lets the payout go as well when two release it, and the case stays open', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    const file = raise(firm);
    carryOut(firm, file, { consequence: 'payoutHold' });
    expect(pay(firm, payoutId)).toBe('none');
    carryOut(firm, file, { consequence: 'releaseHold' });
    expect(file.decided).toBeNull();
    expect(pay(firm, payoutId)).toBe('instructed');
  });

  it('restarts with what it knew', () => {
    const firm = openFirm();
    const file = raise(firm);
    carryOut(firm, file, { consequence: 'payoutHold' });
    const again = firm.reopen();
    expect(again.partition.governance.cases.holdOn('A1')?.caseId).toBe(file.caseId);
    expect(again.partition.governance.cases.file(file.caseId)?.version).toBe(file.version);
  });
});

describe('signals', () => {
  it('are taken in from surveillance alone', () => {
    const firm = openFirm();
    const intent = { type: 'raiseSignals', signals: [aSignal({})] } as const;
    expect(firm.ask('gia', intent as never)).toMatch(/^forbidden/);
    const client = { type: 'client', id: 'api' } as const;
    const { result } = firm.partition.command({ commandId: 'by-client', actor: client, intent });
    expect(result).toMatchObject({ type: 'rejected', code: 'forbidden' });
  });

  it('told again change nothing', () => {
    const firm = openFirm();
    raise(firm);
    const { lastSeq } = firm.partition.ingest;
    raise(firm);
    expect(firm.partition.ingest.lastSeq).toBe(lastSeq);
  });
});

describe('an undecided case about a trader', () => {
  const AUTO = { action: 'payPayout', autoUpTo: 100_000_0000 } as const;

  it('stands in the bytes of a payout, which nobody lets through without looking', () => {
    const firm = openFirm([AUTO]);
    raise(firm);
    const payoutId = firm.request('A1');
    const { window } = bytesOf(firm, payoutId);
    expect(window.openReviews).toEqual(['Case 1 about this trader (together) is undecided']);
    expect(pay(firm, payoutId)).toBe('none');
    const other = firm.request('A2');
    expect(pay(firm, other)).toBe('instructed');
  });

  it('keeps one from going through that was assessed before it was opened', () => {
    const firm = openFirm([AUTO]);
    const payoutId = firm.request('A1');
    expect(firm.partition.governance.proposal(payoutId)?.approved).toMatchObject({ by: [] });
    raise(firm);
    firm.system({ type: 'runPayments' });
    expect(firm.partition.governance.paymentState(payoutId)).toBe('none');
    expect(approve(firm, payoutId, 'cleo', 'dario')).toEqual(['counted', 'counted']);
  });
});

describe('a consequence', () => {
  it('restricts and closes accounts through the engine, and says who proposed it', () => {
    const firm = openFirm();
    const file = raise(firm);
    carryOut(firm, file, { consequence: 'restrict' });
    expect(statusOf(firm, 'A1')).toBe(4);
    expect(factsOf(firm, 'accountDirected').at(-1)?.data).toMatchObject({
      accountId: 'A1',
      directive: { type: 'restrict' },
      operatorId: 'finn',
    });
    carryOut(firm, file, { consequence: 'close' });
    expect(statusOf(firm, 'A1')).toBe(5);
    expect(file.decisions.map(({ outcome }) => outcome)).toEqual(['restrict', 'close']);
  });

  it('deducts profit from the next payout, which is not paid with it', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    const file = raise(firm);
    const amount = 1_000_0000;
    carryOut(firm, file, { consequence: 'profitDeduction', amount, dealIds: ['A1-out'] });
    expect(pay(firm, payoutId)).toBe('none');
    firm.as('finn', { type: 'revisePayout', payoutId, deductions: null, reason: 'case 1' });
    expect(bytesOf(firm, payoutId)).toMatchObject({
      deductions: [{ dealIds: ['A1-out'], amount }],
      amounts: { deducted: amount, trader: 3_200_0000 },
    });
    approve(firm, payoutId, 'cleo', 'dario');
    expect(pay(firm, payoutId)).toBe('instructed');
    expect(firm.partition.governance.cases.deductionsOn('A1')).toEqual([]);
  });

  it('is part of a payout that is asked for later, and cannot be left out by hand', () => {
    const firm = openFirm();
    const file = raise(firm);
    const amount = 500_0000;
    carryOut(firm, file, { consequence: 'profitDeduction', amount, dealIds: ['A1-out'] });
    const payoutId = firm.request('A1');
    const deducted = (): number => bytesOf(firm, payoutId).amounts.deducted;
    expect(deducted()).toBe(amount);
    firm.as('finn', { type: 'revisePayout', payoutId, deductions: [], reason: 'be kind' });
    expect(deducted()).toBe(amount);
  });

  it('above the policy’s amount needs a second approver, one of them senior', () => {
    const step = { above: 1_000_0000, approvals: 2, oneOf: ['manager' as const] };
    const firm = openFirm([{ action: 'applyConsequence', steps: [step] }]);
    firm.request('A1');
    const file = raise(firm);
    const proposalId = propose(firm, 'finn', file, { consequence: 'payoutHold' });
    expect(firm.partition.governance.proposal(proposalId)?.amount).toBe(4_000_0000);
    approve(firm, proposalId, 'gia', 'hana');
    expect(outcomeOf(firm, proposalId)).toBe('open');
    approve(firm, proposalId, 'jona');
    expect(outcomeOf(firm, proposalId)).toBe('executed');
  });

  it('may be a hold by one person alone where the policy says so, and nothing else may', () => {
    const firm = openFirm([{ action: 'applyConsequence', autoUpTo: 10_000_0000 }]);
    firm.request('A1');
    const file = raise(firm);
    const hold = propose(firm, 'finn', file, { consequence: 'payoutHold' });
    expect(outcomeOf(firm, hold)).toBe('executed');
    const restriction = propose(firm, 'finn', file, { consequence: 'restrict' });
    expect(outcomeOf(firm, restriction)).toBe('open');
  });

  it('is refused when it says what its form does not allow', () => {
    const firm = openFirm();
    const file = raise(firm);
    const said = (wish: Parameters<typeof propose>[3], over: object = {}): string =>
      propose(firm, 'finn', file, wish, over);
    const restrict = { consequence: 'restrict' } as const;
    const dealIds = ['A1-out'];
    const deduct = { consequence: 'profitDeduction' as const, amount: 1, dealIds };
    expect([
      said({ ...restrict, accountIds: ['A2'] }),
      said({ ...restrict, accountIds: ['A1', 'A1'] }),
      said({ ...restrict, amount: 5 }),
      said(restrict, { letter: 'You are a cheat.' }),
      said({ ...deduct, dealIds: [] }),
      said({ ...deduct, dealIds: ['of-another'] }),
      said({ ...deduct, amount: 0 }),
      said({ consequence: 'releaseHold' }),
    ]).toEqual([
      'invalid: accountIds: A2 is of no trader of this case',
      'invalid: accountIds: one is named twice',
      'invalid: amount: only a deduction names trades and an amount',
      'invalid: letter: it is not what a trader is told about this',
      'invalid: dealIds: name the trades that it rests on',
      'invalid: dealIds: the account has no trade of-another',
      'invalid: amount: nothing would be deducted',
      'invalid: consequence: it does not hold back all of these accounts',
    ]);
  });

  it('rests on what its proposer saw, and on a case that nobody else has in hand', () => {
    const firm = openFirm();
    const file = raise(firm);
    const { version } = file;
    act(firm, 'gia', file, { verb: 'claim' });
    const wish = { consequence: 'payoutHold' } as const;
    expect(propose(firm, 'finn', file, wish)).toBe('conflict: gia has it in hand');
    firm.clock += LOCK_MS;
    act(firm, 'gia', file, { verb: 'note', text: 'he called me', mentions: [] });
    expect(propose(firm, 'finn', file, wish, { caseVersion: version })).toMatch(
      /^conflict: meanwhile gia wrote a note/,
    );
    expect(propose(firm, 'finn', file, wish)).toMatch(/^p-/);
    expect(propose(firm, 'hana', file, wish)).toMatch(/of the same is open$/);
    expect(act(firm, 'finn', file, dismissal)).toMatch(/^conflict: proposal .* is open/);
  });

  it('is carried out no more once its case became part of another', () => {
    const firm = openFirm();
    const file = raise(firm);
    const other = raise(firm, { key: 'other', traders: ['T2'], accounts: ['A2'] });
    const proposalId = propose(firm, 'finn', file, { consequence: 'restrict' });
    const merge = { verb: 'merge', into: other.caseId, reason: REASON } as const;
    expect(act(firm, 'finn', file, merge)).toMatch(/^conflict: proposal/);
    firm.as('finn', { type: 'withdraw', proposalId, reason: REASON });
    expect(act(firm, 'finn', file, merge)).toBe('accepted');
    expect(propose(firm, 'finn', file, { consequence: 'restrict' })).toMatch(/it was merged into/);
  });
});

describe('the next case', () => {
  const next = { type: 'takeNextCase', pattern: null, programId: null } as const;
  const takenBy = ({ partition }: GovernedFirm, personId: string): string[] =>
    [...partition.governance.cases.live()]
      .filter(({ lock }) => lock?.personId === personId)
      .map(({ traders }) => [...traders].join());

  it('is the one with most at stake, and another one for the next person who asks', () => {
    const firm = openFirm();
    raise(firm, { key: 'a', traders: ['T2'], accounts: ['A2'] });
    raise(firm, { key: 'b' });
    raise(firm, { key: 'c', traders: ['T3'], accounts: ['A3'], strength: 800 });
    firm.request('A1');
    firm.as('finn', next);
    firm.as('gia', next);
    firm.as('hana', next);
    expect(['finn', 'gia', 'hana'].map((person) => takenBy(firm, person))).toEqual([
      ['T1'],
      ['T2'],
      ['T3'],
    ]);
    expect(firm.ask('finn', next)).toBe('notFound: no case is free');
  });

  it('is none that is put off, another’s, waits for approvers, or was escalated above one’s role', () => {
    const firm = openFirm();
    const file = raise(firm);
    const free = (personId: string): boolean => {
      const said = firm.ask(personId, next);
      if (said === 'accepted') act(firm, personId, file, { verb: 'release' });
      return said === 'accepted';
    };
    act(firm, 'gia', file, { verb: 'assign', to: 'hana' });
    expect([free('finn'), free('hana')]).toEqual([false, true]);
    act(firm, 'hana', file, { verb: 'assign', to: null });
    act(firm, 'finn', file, { verb: 'snooze', until: firm.clock + 1_000, reason: REASON });
    expect(free('finn')).toBe(false);
    firm.clock += 1_000;
    expect(free('finn')).toBe(true);
    act(firm, 'finn', file, { verb: 'escalate', reason: REASON });
    expect([free('finn'), free('gia')]).toEqual([false, true]);
    propose(firm, 'gia', file, { consequence: 'restrict' });
    expect(free('gia')).toBe(false);
  });

  it('is one of the wanted pattern and program', () => {
    const firm = openFirm();
    raise(firm);
    expect(firm.ask('finn', { ...next, pattern: 'prices' })).toMatch(/^notFound/);
    expect(firm.ask('finn', { ...next, programId: 'another' })).toMatch(/^notFound/);
    expect(firm.ask('finn', { ...next, pattern: 'together', programId: PROGRAM })).toBe('accepted');
  });
});

describe('a change of scoring', () => {
  const policy = { ...DEFAULT_SCORING, version: 2, openAt: 600 };
  const numbers = {
    policyDigest: digestOf(policy),
    fromAt: 1,
    toAt: 2,
    cases: 3,
    casesBefore: 4,
    perDetector: [],
  };
  const backTest: BackTestSummary = { ...numbers, hash: backTestHash({ hash: '', ...numbers }) };
  const wish = (over: object) =>
    ({
      type: 'propose',
      action: 'changeScoring',
      params: { policy, backTest, ...over } as never,
      reason: REASON,
    }) as const;

  it('rests on a back-test that this server has run', () => {
    const firm = openFirm();
    expect(firm.ask('gia', wish({}))).toMatch(/^noPreview/);
    const invented = { ...backTest, cases: 0 };
    expect(firm.ask('gia', wish({ backTest: invented }))).toMatch(/^noPreview/);
  });

  it('takes two others, and from then on signals are scored by it', () => {
    const held = { [backTest.hash]: backTest };
    const firm = openGovernedFirm({ backTest: (hash) => held[hash] ?? null });
    opened.push(firm);
    expect(firm.ask('gia', wish({ policy: { ...policy, version: 3 } }))).toBe(
      'invalid: policy: the next version is 2',
    );
    expect(firm.ask('gia', wish({ policy: { ...policy, openAt: 1 } }))).toBe(
      'invalid: policy: it is not the one that the back-test tried',
    );
    expect(firm.ask('gia', wish({ backTest: { ...backTest, cases: 0 } }))).toMatch(/^noPreview/);
    firm.as('gia', wish({}));
    const [proposalId = ''] = [...firm.partition.governance.open()].map((one) => one.proposalId);
    const weak = aSignal({ programs: [PROGRAM], strength: 650 });
    firm.system({ type: 'raiseSignals', signals: [weak] });
    expect(firm.partition.governance.cases.liveCount).toBe(0);
    expect(approve(firm, proposalId, 'hana', 'jona')).toEqual(['counted', 'counted']);
    expect(firm.partition.governance.cases.policy).toEqual(policy);
    raise(firm, { key: 'another', strength: 650 });
    expect(firm.partition.governance.cases.liveCount).toBe(1);
  });
});

describe('the verifier', () => {
  /** Findings in a log from which some entries were taken, or to which some were added. */
  function judged(firm: GovernedFirm, change: (facts: Fact[]) => Fact[]): string[] {
    return findingsIn(firm, change(factsIn(firm))).map(({ sentence }) => sentence);
  }
  function withHold(): { firm: GovernedFirm; payoutId: string } {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    approve(firm, payoutId, 'cleo', 'dario');
    const file = raise(firm);
    carryOut(firm, file, { consequence: 'payoutHold' });
    act(firm, 'finn', file, dismissal);
    expect(pay(firm, payoutId)).toBe('instructed');
    return { firm, payoutId };
  }
  const without = (wanted: (fact: Fact) => boolean) => (facts: Fact[]) =>
    facts.filter((fact) => !wanted(fact));

  it('finds a payment while a case held it', () => {
    const { firm, payoutId } = withHold();
    const found = judged(
      firm,
      without((fact) => fact.kind === 'caseDecided' && fact.data.outcome === 'dismiss'),
    );
    expect(found.join('\n')).toMatch(
      new RegExp(`payout ${payoutId}: it is paid, though case .* held it`),
    );
  });

  it('finds a consequence that not enough persons approved', () => {
    const { firm } = withHold();
    const found = judged(
      firm,
      without((fact) => fact.kind === 'decisionReceived' && fact.data.personId === 'gia'),
    );
    expect(found.join('\n')).toMatch(/0 persons approve it, 1 had to/);
  });

  it('finds a consequence that nobody proposed, and one that says another thing than was agreed', () => {
    const { firm } = withHold();
    const alone = (facts: Fact[], over: object): Fact[] =>
      facts.map((fact) =>
        fact.kind === 'caseDecided' && fact.data.outcome === 'payoutHold'
          ? ({ ...fact, data: { ...fact.data, ...over } } as Fact)
          : fact,
      );
    expect(judged(firm, (facts) => alone(facts, { proposalId: null })).join('\n')).toMatch(
      /payoutHold follows from no proposal/,
    );
    for (const over of [{ accountIds: ['A1', 'A2'] }, { outcome: 'restrict' }, { code: 'other' }]) {
      expect(judged(firm, (facts) => alone(facts, over)).join('\n')).toMatch(
        /caseDecided follows from no proposal that was open/,
      );
    }
  });

  it('finds a dismissal by who had no role, or in another’s name', () => {
    const { firm } = withHold();
    const by = (over: object, actor?: string) => (facts: Fact[]) =>
      facts.map((fact) =>
        fact.kind === 'caseDecided' && fact.data.outcome === 'dismiss'
          ? ({
              ...fact,
              data: { ...fact.data, ...over },
              envelope: actor
                ? { ...fact.envelope, actor: { type: 'operator', id: actor } }
                : fact.envelope,
            } as Fact)
          : fact,
      );
    expect(judged(firm, by({ personId: 'gia' })).join()).toMatch(/is not gia’s own/);
    expect(judged(firm, by({ personId: 'cleo' }, 'cleo')).join()).toMatch(
      /no role of cleo reached case/,
    );
  });

  it('finds an account that was restricted though no case led to it', () => {
    const firm = openFirm();
    const file = raise(firm);
    carryOut(firm, file, { consequence: 'restrict' });
    const found = judged(
      firm,
      without((fact) => fact.kind === 'caseDecided'),
    );
    expect(found.join('\n')).toMatch(/account A1 is directed, and nobody had decided it/);
  });

  it('finds a signal that a person wrote, and a way of scoring that nobody approved', () => {
    const firm = openFirm();
    raise(firm);
    const operator = { type: 'operator', id: 'finn' } as const;
    const found = judged(firm, (facts) =>
      facts.map((fact) =>
        fact.kind === 'signalRaised'
          ? { ...fact, envelope: { ...fact.envelope, actor: operator } }
          : fact,
      ),
    );
    expect(found.join()).toMatch(/a person wrote a signalRaised/);
    const last = present(factsIn(firm).at(-1), 'a fact');
    const forged = {
      kind: 'scoringChanged',
      envelope: { ...last.envelope, seq: last.envelope.seq + 1, kind: 'scoringChanged' },
      data: { policy: { ...DEFAULT_SCORING, version: 2 } },
    } as unknown as Fact;
    expect(judged(firm, (facts) => [...facts, forged]).join()).toMatch(
      /scoringChanged follows from no proposal/,
    );
  });
});
