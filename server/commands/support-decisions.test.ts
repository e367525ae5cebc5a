import { afterEach, describe, expect, it } from 'vitest';
import type { DecideDispute, Received, TicketVerb } from '#core/support/act.ts';
import type { Dispute } from '#core/support/disputes.ts';
import type { Disputed } from '#core/support/support.events.ts';
import { ticketIdOf } from '#core/support/work.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import { auditGovernance, type Finding } from '#core/governance/verify-governance.ts';
import { present } from '#core/kernel/assert.ts';
import { PAYOUT_DUE, ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';
import { verifyInTests } from './testing/signing-desk.ts';

const HOUR_MS = 3_600_000;
const REASON = 'because of the test';
const DISCRETION = { type: 'discretion', reviewOn: '2026-07-01' } as const;

const opened: GovernedFirm[] = [];
function openFirm(): GovernedFirm {
  const firm = openGovernedFirm();
  opened.push(firm);
  return firm;
}
const factsIn = ({ store }: GovernedFirm): Fact[] => [
  ...store.facts(0, 1, Number.MAX_SAFE_INTEGER),
];
/** What the verifier, which decides everything a second time from the log alone, finds wrong. */
function findingsIn(firm: GovernedFirm, facts = factsIn(firm)): readonly Finding[] {
  const { store } = firm;
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: store.content,
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of facts) audit.take(fact);
  audit.end();
  return audit.findings;
}
afterEach(() => {
  const found = opened.splice(0).flatMap((firm) => findingsIn(firm));
  if (found.length > 0) throw new Error(`the verifier disagrees: ${JSON.stringify(found)}`);
});

const MAIL: Omit<Received, 'messageId'> = {
  channel: 'email',
  ticketId: null,
  topic: 'other',
  traderId: 'T1',
  accountId: 'A1',
  sender: 'trader',
  subject: 'A question',
  text: 'Why did my account end?',
  files: [],
  dispute: null,
};
const receive = (firm: GovernedFirm, over: Partial<Received> & { messageId: string }): string =>
  firm.system({ type: 'receiveMessage', message: { ...MAIL, ...over } });
const ticketOf = (firm: GovernedFirm, messageId: string) =>
  present(firm.partition.governance.tickets.ticket(ticketIdOf(messageId)), messageId);
function act(firm: GovernedFirm, personId: string, messageId: string, verb: TicketVerb): string {
  const { ticketId, version } = ticketOf(firm, messageId);
  return firm.ask(personId, { type: 'actOnTicket', ticketId, version, act: verb });
}

/** A firm with a rule's hard verdict on A1. */
function failed(): { firm: GovernedFirm; about: Disputed; programId: string; ruleId: string } {
  const firm = openFirm();
  firm.platform.tell(...ruinousTrade('A1', PAYOUT_DUE + HOUR_MS));
  firm.run();
  const breach = present(
    factsIn(firm).findLast(({ kind }) => kind === 'breachDetected'),
    'a breach',
  ) as Extract<Fact, { kind: 'breachDetected' }>;
  const { ruleId } = breach.data;
  const about = { type: 'verdict', seq: breach.envelope.seq, ruleId } as const;
  const { programId } = firm.partition.ingest.book.terms(0).program;
  return { firm, about, programId, ruleId };
}
function dispute(firm: GovernedFirm, personId: string, about: Disputed, ticketId?: string): string {
  return firm.ask(personId, {
    type: 'openDispute',
    accountId: 'A1',
    about,
    reason: 'priceWrong',
    ticketId: ticketId ?? null,
  });
}
const latest = (firm: GovernedFirm): Dispute =>
  present([...firm.partition.governance.disputes.all()].at(-1), 'a dispute');
function decideIt(firm: GovernedFirm, personId: string, over: Partial<DecideDispute> = {}): string {
  return firm.ask(personId, {
    type: 'decideDispute',
    disputeId: latest(firm).disputeId,
    remedy: 'upheld',
    reason: REASON,
    clause: 'Daily loss',
    proposalId: null,
    amount: 0,
    currency: null,
    ...over,
  });
}
function propose(
  firm: GovernedFirm,
  personId: string,
  action: 'adjustBalance' | 'overrideVerdict',
  params: object,
): string {
  firm.as(personId, { type: 'propose', action, params: params as never, reason: REASON });
  return present([...firm.partition.governance.proposals()].at(-1), 'a proposal').proposalId;
}
function sign(
  firm: GovernedFirm,
  proposalId: string,
  word: 'approve' | 'reject',
  ...people: string[]
) {
  // Two have to refuse at their own discretion.
  const grounds = word === 'reject' ? DISCRETION : null;
  for (const personId of people) {
    firm.as(personId, firm.desk(personId).decide(proposalId, word, { grounds }));
  }
}

describe('a ticket in the log of a firm', () => {
  it('is opened by a mail once, answered, and opened again by the next one', () => {
    const firm = openFirm();
    expect(receive(firm, { messageId: 'm-1' })).toBe('accepted');
    expect(receive(firm, { messageId: 'm-1' })).toBe('accepted');
    expect([...firm.partition.governance.tickets.all()]).toHaveLength(1);
    expect(act(firm, 'finn', 'm-1', { verb: 'assign', to: 'gia' })).toBe('accepted');
    expect(ticketOf(firm, 'm-1').assignee).toBe('gia');
    const answer = { verb: 'answer', text: 'It is answered.', after: 'solve' } as const;
    expect(act(firm, 'gia', 'm-1', answer)).toBe('accepted');
    expect(ticketOf(firm, 'm-1').solved).toMatchObject({ personId: 'gia' });
    const { ticketId } = ticketOf(firm, 'm-1');
    expect(receive(firm, { messageId: 'm-2', ticketId })).toBe('accepted');
    expect(ticketOf(firm, 'm-1').solved).toBeNull();
    expect(JSON.stringify(factsIn(firm))).not.toMatch(/Why did my|It is answered/);
  });

  it('is worked on by who may, and by nobody else', () => {
    const firm = openFirm();
    receive(firm, { messageId: 'm-1' });
    expect(act(firm, 'cleo', 'm-1', { verb: 'note', text: 'a note' })).toMatch(/^forbidden/);
    expect(act(firm, 'edda', 'm-1', { verb: 'solve', reason: 'no' })).toMatch(/^forbidden/);
    expect(firm.ask('finn', { type: 'receiveMessage', message: MAIL } as never)).toMatch(
      /^forbidden: no person may do this/,
    );
  });

  it('folds to the same tickets and disputes after a restart', () => {
    const { firm, about } = failed();
    receive(firm, { messageId: 'm-1' });
    act(firm, 'finn', 'm-1', { verb: 'answer', text: 'Which?', after: 'ask' });
    dispute(firm, 'finn', about, ticketOf(firm, 'm-1').ticketId);
    decideIt(firm, 'gia');
    const { tickets, disputes } = firm.partition.governance;
    const again = firm.reopen().partition.governance;
    expect([...again.tickets.all()]).toEqual([...tickets.all()]);
    expect([...again.disputes.all()]).toEqual([...disputes.all()]);
  });
});

describe('a dispute in the log of a firm', () => {
  it('comes with the message that says it, or neither does', () => {
    const { firm, about } = failed();
    const wrong = { ...about, seq: 1 };
    const message = { messageId: 'm-1', dispute: { about: wrong, reason: 'priceWrong' } } as const;
    expect(receive(firm, message)).toMatch(/^notFound/);
    expect([...firm.partition.governance.tickets.all()]).toHaveLength(0);
    expect(receive(firm, { ...message, dispute: { about, reason: 'priceWrong' } })).toBe(
      'accepted',
    );
    expect(latest(firm)).toMatchObject({ ticketId: ticketIdOf('m-1'), decidedBy: [] });
  });

  it('of a verdict is upheld on a clause, told to the trader, and never decided twice', () => {
    const { firm, about } = failed();
    receive(firm, { messageId: 'm-1' });
    const { ticketId } = ticketOf(firm, 'm-1');
    expect(dispute(firm, 'finn', about, ticketId)).toBe('accepted');
    expect(dispute(firm, 'gia', about, ticketId)).toMatch(/^conflict/);
    expect(decideIt(firm, 'cleo')).toMatch(/^forbidden/);
    expect(decideIt(firm, 'gia', { clause: null })).toMatch(/name the clause/);
    expect(decideIt(firm, 'gia')).toBe('accepted');
    expect(decideIt(firm, 'hana')).toMatch(/^conflict/);
    const { letter } = present(latest(firm).decision, 'a decision');
    expect(firm.store.content(letter ?? '')).toMatch(/decided by a person who had no part/);
    expect(ticketOf(firm, 'm-1').messages.at(-1)).toMatchObject({ direction: 'out' });
    expect(ticketOf(firm, 'm-1').solved).not.toBeNull();
  });

  it('is not decided a second time by who answered it before', () => {
    const { firm, about } = failed();
    dispute(firm, 'finn', about);
    decideIt(firm, 'gia');
    dispute(firm, 'finn', about);
    expect(latest(firm).decidedBy).toEqual(['gia']);
    expect(decideIt(firm, 'gia')).toMatch(/^forbidden: you decided/);
    expect(decideIt(firm, 'finn')).toBe('accepted');
  });

  it('of a verdict is taken back only by an override that was agreed on and carried out', () => {
    const { firm, about, programId, ruleId } = failed();
    dispute(firm, 'finn', about);
    const reinstated = { remedy: 'reinstated', clause: null } as const;
    expect(decideIt(firm, 'finn', reinstated)).toMatch(/name the proposal/);
    const verdictSeq = about.type === 'verdict' ? about.seq : 0;
    const params = { accountId: 'A1', programId, ruleId, verdictSeq };
    const back = { accountId: 'A1', traderId: 'T1', programId, amount: 30_000_0000 };
    const credit = propose(firm, 'edda', 'adjustBalance', back);
    sign(firm, credit, 'approve', 'gia', 'jona');
    firm.run();
    const proposalId = propose(firm, 'gia', 'overrideVerdict', params);
    expect(decideIt(firm, 'finn', { ...reinstated, proposalId })).toMatch(/not carried out/);
    sign(firm, proposalId, 'approve', 'hana', 'jona');
    expect(decideIt(firm, 'finn', { ...reinstated, proposalId: credit })).toMatch(/something else/);
    expect(decideIt(firm, 'finn', { ...reinstated, proposalId })).toBe('accepted');
    // One remedy answers one dispute.
    dispute(firm, 'gia', about);
    expect(decideIt(firm, 'hana', { ...reinstated, proposalId })).toMatch(/was the remedy/);
    const gift = { remedy: 'goodwill', currency: 'USD', clause: null } as const;
    const amount = 30_000_0000;
    expect(decideIt(firm, 'hana', { ...gift, proposalId: credit, amount: 1 })).toMatch(/else$/);
    expect(decideIt(firm, 'hana', { ...gift, proposalId: credit, amount })).toBe('accepted');
  });

  it('of a payout is for others than those whose word refused it', () => {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    const about = { type: 'payout', payoutId } as const;
    expect(dispute(firm, 'finn', about)).toMatch(/has no answer yet/);
    sign(firm, payoutId, 'reject', 'jona', 'cleo');
    expect(dispute(firm, 'finn', about)).toBe('accepted');
    expect(latest(firm).decidedBy.toSorted()).toEqual(['cleo', 'jona']);
    expect(decideIt(firm, 'jona', { clause: null })).toMatch(/^forbidden: you decided/);
    expect(decideIt(firm, 'gia', { clause: null })).toBe('accepted');
  });
});

describe('the verifier', () => {
  type Data<Kind extends FactKind> = Extract<Fact, { kind: Kind }>['data'];
  const edited = <Kind extends FactKind>(
    firm: GovernedFirm,
    kind: Kind,
    over: Partial<Data<Kind>>,
    actorId?: string,
  ): readonly string[] => {
    const facts = factsIn(firm).map((fact) => {
      if (fact.kind !== kind) return fact;
      const { envelope } = fact;
      const actor =
        actorId === undefined ? envelope.actor : { type: 'operator' as const, id: actorId };
      return { ...fact, envelope: { ...envelope, actor }, data: { ...fact.data, ...over } } as Fact;
    });
    return findingsIn(firm, facts)
      .filter(({ rule }) => rule === 'support')
      .map(({ sentence }) => sentence);
  };
  function decided(): GovernedFirm {
    const firm = openFirm();
    const payoutId = firm.request('A1');
    sign(firm, payoutId, 'reject', 'jona', 'cleo');
    receive(firm, { messageId: 'm-1' });
    dispute(firm, 'finn', { type: 'payout', payoutId }, ticketOf(firm, 'm-1').ticketId);
    decideIt(firm, 'gia', { clause: null });
    return firm;
  }

  it('finds a dispute that its first decider decided, whatever the dispute says of it', () => {
    const firm = decided();
    const found = edited(firm, 'disputeDecided', { personId: 'jona' }, 'jona');
    expect(found.join()).toMatch(/jona decided dispute d-\w+, and what it is about/);
    expect(edited(firm, 'disputeOpened', { decidedBy: [] }).join()).toMatch(/does not say that/);
  });

  it('finds who had no role, a remedy that nobody agreed on, and words in another’s name', () => {
    const firm = decided();
    const found = edited(firm, 'disputeDecided', { personId: 'edda' }, 'edda');
    expect(found.join()).toMatch(/no role of edda decided/);
    const gift = edited(firm, 'disputeDecided', { remedy: 'goodwill', amount: 1, currency: 'USD' });
    expect(gift.join()).toMatch(/goodwill follows from no proposal/);
    expect(edited(firm, 'ticketMessaged', { personId: 'hana' }).join()).toMatch(/hana’s own/);
  });
});
