import type { AccountTerms } from '#core/accounts/account.ts';
import { factDefinitions, type Fact, type FactDraft } from '#core/facts/registry.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';

export const HISTORY_START: number = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;
const DIGEST = 'a'.repeat(64);
const RULE_SET = { ruleSetId: 'rules', version: 1, hash: DIGEST };

/** Facts with the places that a log would give them. */
export function createLog(): { add(draft: FactDraft, at: number): Fact; readonly facts: Fact[] } {
  const facts: Fact[] = [];
  const versions = new Map<string, number>();
  return {
    facts,
    add: (draft, at) => {
      const definition = factDefinitions.get(draft.kind);
      const { accountId } = draft.data as { readonly accountId?: string };
      const isOfAccount = definition.stream === 'account' && accountId !== undefined;
      const stream = isOfAccount ? `account:${accountId}` : 'firm';
      const streamVersion = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, streamVersion);
      const envelope = {
        partition: 0,
        seq: facts.length + 1,
        kind: draft.kind,
        version: definition.version,
        stream,
        streamVersion,
        occurredAt: at,
        recordedAt: at,
        actor: { type: 'system', id: 'test' },
        causation: { type: 'none' },
        marksBefore: 0,
      };
      const fact = { envelope, ...draft } as Fact;
      facts.push(fact);
      return fact;
    },
  };
}

export function termsOf(over: Partial<AccountTerms> = {}): AccountTerms {
  return {
    accountId: 'a-1',
    traderId: 't-1',
    traderName: 'Somebody',
    platform: 'demo',
    currency: 'USD',
    nominalSize: 1_000_000_000,
    startBalance: 1_000_000_000,
    program: { programId: 'two-step', name: 'Two-step' },
    phase: { phaseId: 'phase-1', name: 'Phase 1' },
    ruleSet: RULE_SET,
    positionRounding: 'exact',
    ...over,
  };
}

/** What the tests take as funded. */
export function isFundedThere({ phase }: AccountTerms): boolean {
  return phase.phaseId === 'funded';
}

type Draft<Kind extends FactDraft['kind']> = Extract<FactDraft, { kind: Kind }>['data'];

/** A verdict with evidence that no number looks at. */
export function verdictOf(
  accountId: string,
  ruleId: string,
  at: number,
  review: Draft<'objectiveMet'>['review'] = [],
): Draft<'objectiveMet'> {
  return {
    accountId,
    ruleSet: RULE_SET,
    ruleId,
    ruleKind: `${ruleId}Kind`,
    at,
    cause: { type: 'deal', dealId: 'd-1' },
    dayKey: '',
    balance: 0,
    equity: 0,
    figures: [],
    positionCount: 0,
    positions: [],
    engineVersion: 'test',
    review,
  };
}

export function orderOf(over: Partial<Draft<'orderReceived'>> & { readonly orderId: string }) {
  return {
    kind: 'orderReceived',
    data: {
      source: 'shop',
      externalId: over.orderId,
      kind: 'purchase',
      traderId: 't-1',
      contact: DIGEST,
      programId: 'two-step',
      forAccount: null,
      addOns: [],
      price: 5_000_000,
      currency: 'USD',
      affiliateId: null,
      orderedAt: 0,
      at: 0,
      ...over,
    },
  } as const satisfies FactDraft;
}

export function payoutOf(payoutId: string, accountId: string, at: number): FactDraft {
  return {
    kind: 'payoutRequested',
    data: {
      payoutId,
      accountId,
      traderId: 't-1',
      requested: null,
      currency: 'USD',
      payee: { digest: DIGEST, last4: '1234', method: 'testRail', region: 'CZ' },
      requestKey: `request-${payoutId}`,
      at,
    },
  };
}

export function instructionOf(payoutId: string, amount: number, at: number): FactDraft {
  return {
    kind: 'paymentInstructed',
    data: {
      payoutId,
      version: 1,
      instructionId: `instruction-${payoutId}`.slice(0, 35),
      accountId: 'a-1',
      amount,
      gross: amount,
      currency: 'USD',
      payee: { digest: DIGEST, last4: '1234', method: 'testRail', region: 'CZ' },
      at,
    },
  };
}

export function reportOf(
  payoutId: string,
  state: Draft<'paymentReported'>['state'],
  reportId: string,
  at: number,
): FactDraft {
  return {
    kind: 'paymentReported',
    data: {
      payoutId,
      instructionId: `instruction-${payoutId}`.slice(0, 35),
      state,
      reportId,
      providerReference: '',
      message: '',
      at,
    },
  };
}

export function signalOf(signalId: string, traders: readonly string[], at: number): FactDraft {
  return {
    kind: 'signalRaised',
    data: {
      key: signalId,
      at,
      fromAt: at,
      accounts: ['a-1'],
      strength: 500,
      oneIn: null,
      sentence: 'Something was seen',
      figures: [],
      trades: [],
      picture: { type: 'trades' },
      signalId,
      detector: 'copyTrading',
      detectorVersion: 1,
      policyVersion: 1,
      revision: 1,
      mode: 'live',
      traders: [...traders],
      programs: ['two-step'],
    },
  };
}

export function caseOf(caseId: string, signalId: string, at: number): FactDraft {
  const signals = [{ signalId, pattern: 'together' as const }];
  return {
    kind: 'caseOpened',
    data: { caseId, signals, score: 500, earlier: [], because: null, at },
  };
}

export function decisionOf(
  caseId: string,
  outcome: Draft<'caseDecided'>['outcome'],
  code: string,
  at: number,
): FactDraft {
  return {
    kind: 'caseDecided',
    data: {
      caseId,
      outcome,
      code,
      personId: 'p-1',
      proposalId: null,
      reason: 'because',
      departure: null,
      accountIds: [],
      dealIds: [],
      amount: 0,
      letter: null,
      at,
    },
  };
}

export function disputeOf(
  disputeId: string,
  accountId: string,
  reason: Draft<'disputeOpened'>['reason'],
  at: number,
): FactDraft {
  return {
    kind: 'disputeOpened',
    data: {
      disputeId,
      ticketId: null,
      accountId,
      traderId: 't-1',
      about: { type: 'verdict', seq: 1, ruleId: 'daily' },
      reason,
      decidedBy: [],
      personId: null,
      at,
    },
  };
}

export function remedyOf(
  disputeId: string,
  remedy: Draft<'disputeDecided'>['remedy'],
  over: Partial<Draft<'disputeDecided'>> = {},
): FactDraft {
  return {
    kind: 'disputeDecided',
    data: {
      disputeId,
      personId: 'p-1',
      remedy,
      reason: 'because',
      clause: null,
      proposalId: null,
      amount: 0,
      currency: 'USD',
      letter: null,
      at: 0,
      ...over,
    },
  };
}

const HISTORY_DAYS = 80;

/** A firm of a few weeks in which anything may happen, told twice, late, or undone. */
export function randomHistory(seed: number, events: number): readonly Fact[] {
  const random = createRandom(seed);
  const log = createLog();
  const names = createNames();
  let at = HISTORY_START;
  while (log.facts.length < events) {
    at += random.below((2 * HISTORY_DAYS * 24 * HOUR_MS) / events);
    const draft = happens(random, names, at);
    // Clocks are set back now and then; numbers must not go back with them.
    if (draft) log.add(draft, random.below(25) === 0 ? at - HOUR_MS : at);
    if (draft && random.below(20) === 0) log.add(draft, at);
  }
  return log.facts;
}

interface Names {
  readonly accounts: AccountTerms[];
  readonly orders: string[];
  readonly payouts: string[];
  readonly tickets: string[];
  readonly disputes: string[];
  readonly cases: string[];
  readonly signals: string[];
  readonly items: string[];
  count: number;
}

function createNames(): Names {
  const lists = { accounts: [], orders: [], payouts: [], tickets: [], disputes: [] };
  return { ...lists, cases: [], signals: [], items: [], count: 0 };
}

function happens(random: Random, names: Names, at: number): FactDraft | null {
  names.count += 1;
  const kinds = [anAccount, anOrder, aPayout, aTicket, aDispute, aCase, aVerdict, someWork];
  return random.pick(kinds)(random, names, at);
}

const fresh = (names: Names, list: string[], word: string): string => {
  const id = `${word}-${names.count}`;
  list.push(id);
  return id;
};

function anAccount(random: Random, names: Names, at: number): FactDraft | null {
  const account = names.accounts.length > 0 ? random.pick(names.accounts) : null;
  if (!account || random.below(3) === 0) {
    const phase = random.pick(['phase-1', 'phase-2', 'funded']);
    const terms = termsOf({
      accountId: `a-${names.count}`,
      traderId: `t-${random.below(12)}`,
      program: { programId: random.pick(['one-step', 'two-step']), name: 'Program' },
      phase: { phaseId: phase, name: phase },
      ...(random.below(2) === 0 ? { origin: random.pick(['purchase', 'nextPhase'] as const) } : {}),
    });
    names.accounts.push(terms);
    return { kind: 'accountOpened', data: terms };
  }
  const { accountId } = account;
  if (random.below(2) === 0) {
    const data = { accountId, dealId: `d-${names.count}`, positionId: 'p', symbol: 'EURUSD' };
    const rest = { side: 'buy', entry: 'in', volume: 1, price: 1, profit: 0 } as const;
    const costs = { commission: 0, swap: 0, fee: 0, at };
    return { kind: 'dealBooked', data: { ...data, ...rest, ...costs } };
  }
  const to = random.pick(['active', 'paused', 'failed', 'passed', 'closed'] as const);
  const data = { accountId, at, from: 'active', to, ruleId: null, reason: 'breached' } as const;
  return { kind: 'accountStatusChanged', data };
}

function anOrder(random: Random, names: Names, at: number): FactDraft | null {
  if (names.orders.length === 0 || random.below(4) === 0) {
    return orderOf({
      orderId: fresh(names, names.orders, 'o'),
      source: random.pick(['shop', 'other']),
      kind: random.pick(['purchase', 'purchase', 'reset'] as const),
      programId: random.pick(['one-step', 'two-step']),
      price: 1_000_000 * (1 + random.below(9)),
      currency: random.pick(['USD', 'USD', 'EUR']),
      orderedAt: at - HOUR_MS + random.below(2 * HOUR_MS),
      at,
    });
  }
  const orderId = random.pick(names.orders);
  const accountId = `of-${orderId}`;
  if (random.below(4) === 0) {
    const type = random.pick(['refund', 'chargeback', 'won'] as const);
    const externalId = `r-${random.below(3)}`;
    const amount = 250_000 * (1 + random.below(4));
    const money = { amount, currency: 'USD', consequence: 'none' } as const;
    return { kind: 'orderReversed', data: { orderId, type, externalId, ...money, at } };
  }
  const person = { personId: 'p-1', reason: 'because' };
  const step = random.pick([
    { type: 'assigned', terms: termsOf() },
    { type: 'asked', accountId, attempt: 1, terms: termsOf() },
    { type: 'created', accountId },
    { type: 'created', accountId },
    { type: 'credentialsSent', accountId },
    { type: 'credentialsOpened', accountId },
    { type: 'firstTraded', accountId },
    { type: 'failed', stage: 'create', attempt: 1, sentence: 'No answer', retryAt: null },
    { type: 'cancelled', ...person },
  ] as const);
  return { kind: 'orderAdvanced', data: { orderId, step, at } };
}

function aPayout(random: Random, names: Names, at: number): FactDraft | null {
  const account = names.accounts.length > 0 ? random.pick(names.accounts) : termsOf();
  if (names.payouts.length === 0 || random.below(4) === 0) {
    return payoutOf(fresh(names, names.payouts, 'payout'), account.accountId, at);
  }
  const payoutId = random.pick(names.payouts);
  const around = { proposalId: payoutId, version: 1 };
  const version = { ...around, params: {}, snapshot: DIGEST, amount: 1, at, coolingUntil: null };
  const person = { personId: 'p-1', at };
  const choices: readonly (() => FactDraft)[] = [
    () => instructionOf(payoutId, 3_000_000, at),
    () => reportOf(payoutId, random.pick(['sent', 'unknown']), `s-${random.below(3)}`, at),
    () =>
      reportOf(payoutId, random.pick(['paid', 'declined', 'returned']), `w-${random.below(4)}`, at),
    () => reportOf(payoutId, 'paid', `paid-${payoutId}`, at),
    () => ({ kind: 'informationAsked', data: { payoutId, question: 'What?', ...person } }),
    () => ({
      kind: 'proposalRevised',
      data: { ...version, maker: random.pick([null, 'p-1']), reason: '' },
    }),
    () => ({
      kind: 'proposalClosed',
      data: { ...around, outcome: random.pick(['executed', 'rejected']), reason: '', at },
    }),
    () => ({
      kind: 'exceptionRaised',
      data: {
        exceptionId: fresh(names, names.items, 'x'),
        type: 'paymentFailed',
        payoutId: random.pick([null, payoutId]),
        entryId: null,
        sentence: 'Something',
        at,
      },
    }),
  ];
  return random.pick(choices)();
}

function aTicket(random: Random, names: Names, at: number): FactDraft | null {
  if (names.tickets.length === 0 || random.below(3) === 0) {
    const ticketId = fresh(names, names.tickets, 'ticket');
    const about = { traderId: null, forAccount: null, personId: null, at };
    const topic = random.pick(['account', 'payout'] as const);
    return { kind: 'ticketOpened', data: { ticketId, channel: 'email', topic, ...about } };
  }
  const change = random.pick([
    { type: 'solved', reason: 'done' },
    { type: 'solved', reason: 'done' },
    { type: 'reopened', reason: 'not done' },
    { type: 'topic', topic: 'rules' },
    { type: 'asked' },
    { type: 'merged', into: 'ticket-0' },
  ] as const);
  const ticketId = random.pick(names.tickets);
  return { kind: 'ticketChanged', data: { ticketId, personId: null, change, at } };
}

function aDispute(random: Random, names: Names, at: number): FactDraft | null {
  const account = names.accounts.length > 0 ? random.pick(names.accounts) : termsOf();
  if (names.disputes.length === 0 || random.below(3) === 0) {
    const disputeId = fresh(names, names.disputes, 'dispute');
    const reason = random.pick(['priceWrong', 'ruleUnclear', 'other'] as const);
    return disputeOf(disputeId, account.accountId, reason, at);
  }
  const disputeId = random.pick(names.disputes);
  if (random.below(4) === 0) {
    return { kind: 'disputeWithdrawn', data: { disputeId, personId: null, reason: 'settled', at } };
  }
  return remedyOf(disputeId, random.pick(['upheld', 'reinstated', 'refunded', 'goodwill']), {
    clause: random.pick([null, '4.2']),
    amount: 100_000 * random.below(3),
    currency: random.pick(['USD', 'EUR']),
    at,
  });
}

function aCase(random: Random, names: Names, at: number): FactDraft | null {
  const kind = random.below(5);
  if (names.signals.length === 0 || kind === 0) {
    const traders = [`t-${random.below(6)}`, `t-${random.below(6)}`];
    return signalOf(fresh(names, names.signals, 's'), [...new Set(traders)], at);
  }
  if (names.cases.length === 0 || kind === 1) {
    return caseOf(fresh(names, names.cases, 'case'), random.pick(names.signals), at);
  }
  const caseId = random.pick(names.cases);
  const person = { personId: 'p-1', reason: 'because', at };
  if (kind === 2) {
    return random.below(3) > 0
      ? { kind: 'caseReopened', data: { caseId, ...person } }
      : {
          kind: 'caseMerged',
          data: { caseId, into: random.pick(names.cases), score: 1, ...person },
        };
  }
  const outcome = random.pick(['dismiss', 'warn', 'close', 'payoutHold'] as const);
  const code = outcome === 'dismiss' ? random.pick(['coincidence', 'duplicate']) : 'copiedTrades';
  return decisionOf(caseId, outcome, code, at);
}

function aVerdict(random: Random, names: Names, at: number): FactDraft | null {
  if (names.accounts.length === 0) return null;
  const { accountId } = random.pick(names.accounts);
  const ruleId = random.pick(['daily', 'overall']);
  const doubts = random.pick([[], [], ['crossed' as const]]);
  const verdict = verdictOf(accountId, ruleId, at, doubts);
  const kind = random.below(4);
  if (kind === 0) return { kind: 'objectiveMet', data: verdict };
  if (kind === 1) {
    const effect = random.pick(['review', 'warn'] as const);
    return { kind: 'conductFlagged', data: { ...verdict, effect, strike: 1 } };
  }
  if (kind === 2) {
    const directive = { type: 'reinstate', ruleId } as const;
    const by = { operatorId: 'p-1', reason: 'because' };
    return { kind: 'accountDirected', data: { accountId, at, directive, ...by } };
  }
  const consequence = random.pick(['fail', 'fail', 'pauseForDay'] as const);
  return { kind: 'breachDetected', data: { ...verdict, consequence, alsoCrossed: [] } };
}

function someWork(random: Random, names: Names, at: number): FactDraft | null {
  const items = [
    ...names.tickets.map((id) => `ticket/${id}`),
    ...names.disputes.map((id) => `dispute/${id}`),
    ...names.cases.map((id) => `fraudCase/${id}`),
    ...names.items.map((id) => `payoutException/${id}`),
    ...names.orders.map((id) => `provisioningFailure/${id}`),
  ];
  if (items.length === 0) return null;
  const itemId = random.pick(items);
  const kind = random.below(4);
  if (kind === 0 && names.items.length > 0) {
    const exceptionId = random.pick(names.items);
    const data = { exceptionId, personId: 'p-1', reason: 'settled', at };
    return { kind: 'exceptionSettled', data };
  }
  if (kind === 1)
    return {
      kind: 'workEscalated',
      data: { itemId, level: 1 + random.below(3), tell: 'team', personId: null, title: 'Work', at },
    };
  const change = random.pick([
    { type: 'settled', reason: 'done' },
    { type: 'reopened', reason: 'not done' },
    { type: 'resumed' },
  ] as const);
  return { kind: 'workDone', data: { itemId, personId: 'p-1', change, at } };
}
