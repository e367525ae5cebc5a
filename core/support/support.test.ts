import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Result } from '#core/kernel/result.ts';
import type { ActOnTicket, Received, TicketVerb } from './act.ts';
import { createDisputes, decideDecision, decideOpenDispute, type Disputes } from './disputes.ts';
import {
  ANSWER_WITHIN_MS,
  createTickets,
  dueAtOf,
  QUEUES,
  queueOf,
  usedMsOf,
  type Tickets,
} from './tickets.ts';
import {
  decideReceived,
  decideTicketWork,
  LIVE_PER_TRADER_MAX,
  ticketIdOf,
  type SupportDraft,
  type SupportRefusal,
  type SupportWork,
} from './work.ts';
import { readWords, trimmed, TEXT_MAX, writeWords } from './words.ts';

const BEGINS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const RUNS = 300;
const OWNERS: Readonly<Record<string, { traderId: string; programId: string }>> = {
  A1: { traderId: 'T1', programId: 'one' },
  A2: { traderId: 'T2', programId: 'two' },
};

/** A log of tickets and disputes alone: decides, appends, folds. */
function openLog() {
  const state = { tickets: createTickets(), disputes: createDisputes(), at: BEGINS, seq: 0 };
  const drafts: SupportDraft[] = [];
  const contents = new Map<string, string>();
  const by = (personId: string | null) => ({
    personId: personId ?? 'nobody',
    commandId: `command-${drafts.length}`,
    at: state.at,
    salt: () => digestOfText(`salt ${drafts.length}`),
    may: () => true,
    account: (accountId: string) => OWNERS[accountId] ?? null,
  });
  const take = (decided: Result<SupportWork, SupportRefusal>): string => {
    if (!decided.ok) return `${decided.error.code}: ${decided.error.message}`;
    for (const draft of decided.value.drafts) {
      state.seq += 1;
      drafts.push(draft);
      apply(draft, state.seq, state);
    }
    for (const { digest, text } of decided.value.contents) contents.set(digest, text);
    return 'done';
  };
  return {
    state,
    drafts,
    contents,
    by,
    take,
    receive: (over: Partial<Received> & { messageId: string }) =>
      take(decideReceived({ ...MAIL, ...over }, { ...by(null), personId: null }, state.tickets)),
    act: (personId: string, ticketId: string, act: TicketVerb, version?: number) => {
      const wish: ActOnTicket = {
        ticketId,
        version: version ?? state.tickets.ticket(ticketId)?.version ?? 1,
        act,
      };
      return take(decideTicketWork(wish, by(personId), state.tickets));
    },
  };
}
type Log = ReturnType<typeof openLog>;

const MAIL: Omit<Received, 'messageId'> = {
  channel: 'email',
  ticketId: null,
  topic: 'other',
  traderId: 'T1',
  accountId: 'A1',
  sender: 'trader',
  subject: 'A question',
  text: 'Where does my account stand?',
  files: [],
  dispute: null,
};

function apply(
  draft: SupportDraft,
  seq: number,
  { tickets, disputes }: { tickets: Tickets; disputes: Disputes },
): void {
  switch (draft.kind) {
    case 'ticketOpened':
      return tickets.open(draft.data, seq, null);
    case 'ticketMessaged':
      return tickets.message(draft.data, seq);
    case 'ticketChanged':
      return tickets.change(draft.data, seq);
    case 'disputeOpened':
      return disputes.open(draft.data, seq, null);
    case 'disputeDecided':
      return disputes.decide(draft.data, seq);
    case 'disputeWithdrawn':
      return disputes.withdraw(draft.data);
    case 'workDone':
      return tickets.assign(draft.data.itemId, draft.data.change.to, draft.data.at);
  }
}

const only = ({ state }: Log) => present([...state.tickets.all()][0], 'a ticket');

describe('a message from outside', () => {
  it('is one message, however often it arrives', () => {
    const log = openLog();
    expect(log.receive({ messageId: 'm-1' })).toBe('done');
    expect(log.receive({ messageId: 'm-1' })).toBe('done');
    expect(log.receive({ messageId: 'm-1', subject: 'Another subject' })).toBe('done');
    expect(log.state.tickets.count).toBe(1);
    expect(only(log).messages).toHaveLength(1);
  });

  it('opens a solved ticket again, and goes on where a ticket was merged into', () => {
    const log = openLog();
    log.receive({ messageId: 'm-1' });
    log.receive({ messageId: 'm-2' });
    const [first, second] = ['m-1', 'm-2'].map(ticketIdOf) as [string, string];
    expect(log.act('ada', first, { verb: 'merge', into: second })).toBe('done');
    log.act('ada', second, { verb: 'solve', reason: 'answered' });
    expect(log.receive({ messageId: 'm-3', ticketId: first })).toBe('done');
    const ticket = present(log.state.tickets.ticket(second), 'it');
    expect(ticket.solved).toBeNull();
    expect(log.state.tickets.conversation(second).map(({ messageId }) => messageId)).toEqual([
      'm-1',
      'm-2',
      'm-3',
    ]);
  });

  it('opens no more tickets than one trader may have waiting', () => {
    const log = openLog();
    for (let made = 0; made < LIVE_PER_TRADER_MAX; made += 1) {
      expect(log.receive({ messageId: `m-${made}` })).toBe('done');
    }
    expect(log.receive({ messageId: 'm-more' })).toMatch(/^conflict: 50 tickets/);
    expect(log.receive({ messageId: 'm-more', ticketId: ticketIdOf('m-3') })).toBe('done');
  });

  it('keeps words beside the log, under a digest that nobody can guess them from', () => {
    const log = openLog();
    log.receive({ messageId: 'm-1' });
    const { content } = present(only(log).messages[0], 'a message');
    const words = readWords(log.contents.get(content) ?? '', content);
    expect(words).toMatchObject({ subject: 'A question', sender: 'trader' });
    expect(JSON.stringify(log.drafts)).not.toContain('Where does');
    const other = writeWords({ ...present(words, 'words'), salt: 'f'.repeat(64) });
    expect(other.digest).not.toBe(content);
  });

  it('is cut where it is too long, and says so', () => {
    const { subject, text } = trimmed('a\r\nBcc: b', 'x'.repeat(TEXT_MAX * 2));
    expect(subject).toBe('a Bcc: b');
    expect(text).toHaveLength(TEXT_MAX);
    expect(text).toMatch(/cut: it was longer\]$/);
  });
});

describe('what a person does to a ticket', () => {
  it('is refused where others wrote meanwhile, and where it is another trader’s', () => {
    const log = openLog();
    log.receive({ messageId: 'm-1' });
    const { ticketId, version } = only(log);
    log.receive({ messageId: 'm-2', ticketId });
    const answer = { verb: 'answer', text: 'All is well.', after: 'keep' } as const;
    expect(log.act('ada', ticketId, answer, version)).toMatch(/^conflict/);
    expect(log.act('ada', ticketId, { verb: 'note', text: 'seen' }, version)).toBe('done');
    log.receive({ messageId: 'm-9', traderId: 'T2', accountId: 'A2' });
    const into = ticketIdOf('m-9');
    expect(log.act('ada', ticketId, { verb: 'merge', into })).toMatch(/of one trader$/);
    const wrong = { verb: 'concerns', traderId: 'T1', accountId: 'A2' } as const;
    expect(log.act('ada', ticketId, wrong)).toMatch(/no account A2 of T1$/);
  });

  it('stops the firm’s clock while the trader is to answer', () => {
    const log = openLog();
    log.receive({ messageId: 'm-1' });
    const { ticketId } = only(log);
    const at = (minutes: number) => (log.state.at = BEGINS + minutes * MINUTE_MS);
    at(60);
    log.act('ada', ticketId, { verb: 'answer', text: 'Which account?', after: 'ask' });
    expect(queueOf(only(log), at(100_000))).toBe('waiting');
    expect(dueAtOf(only(log))).toBeNull();
    log.receive({ messageId: 'm-2', ticketId });
    expect(dueAtOf(only(log))).toBe(at(100_000) + ANSWER_WITHIN_MS - 60 * MINUTE_MS);
  });
});

const step = fc.record({
  what: fc.constantFrom(
    'mail',
    'again',
    'answer',
    'ask',
    'solve',
    'reopen',
    'merge',
    'assign',
    'note',
    'wait',
  ),
  ticket: fc.nat(4),
  other: fc.nat(4),
  minutes: fc.nat(2_000),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function go(log: Log, { what, ticket, other, minutes }: Step, number: number): void {
  const ids = [...log.state.tickets.all()].map(({ ticketId }) => ticketId);
  const id = ids[ticket % Math.max(1, ids.length)] ?? '';
  const into = ids[other % Math.max(1, ids.length)] ?? '';
  const acts: Readonly<Record<string, TicketVerb>> = {
    answer: { verb: 'answer', text: 'an answer', after: 'keep' },
    ask: { verb: 'answer', text: 'a question', after: 'ask' },
    solve: { verb: 'solve', reason: 'done' },
    reopen: { verb: 'reopen', reason: 'not done' },
    merge: { verb: 'merge', into },
    assign: { verb: 'assign', to: number % 2 === 0 ? 'ada' : null },
    note: { verb: 'note', text: 'a note' },
  };
  log.state.at += minutes * MINUTE_MS;
  const act = acts[what];
  if (act) log.act('ada', id, act);
  if (what === 'mail') log.receive({ messageId: `m-${number}`, ticketId: id === '' ? null : id });
  if (what === 'again') log.receive({ messageId: `m-${ticket}` });
}

describe('whatever happens to tickets', () => {
  const histories = fc.array(step, { maxLength: 40 });
  const check = (law: (log: Log, steps: readonly Step[]) => void): void =>
    fc.assert(
      fc.property(histories, (steps) => {
        const log = openLog();
        log.receive({ messageId: 'm-first' });
        for (const [number, one] of steps.entries()) go(log, one, number);
        law(log, steps);
      }),
      { numRuns: RUNS },
    );

  it('every ticket is in exactly one queue, and live exactly while somebody has to look', () => {
    check(({ state }) => {
      const live = new Set([...state.tickets.live()].map(({ ticketId }) => ticketId));
      for (const ticket of state.tickets.all()) {
        // Written a second time, from what each queue means.
        const { mergedInto, solved, askedAt, assignee } = ticket;
        const late = usedMsOf(ticket, state.at) >= ANSWER_WITHIN_MS;
        const open = mergedInto === null && solved === null;
        const firms = open && askedAt === null;
        const holds: Readonly<Record<(typeof QUEUES)[number], boolean>> = {
          merged: mergedInto !== null,
          solved: mergedInto === null && solved !== null,
          waiting: open && askedAt !== null,
          overdue: firms && late,
          assigned: firms && !late && assignee !== null,
          unassigned: firms && !late && assignee === null,
        };
        expect(QUEUES.filter((queue) => holds[queue])).toEqual([queueOf(ticket, state.at)]);
        expect(live.has(ticket.ticketId)).toBe(open);
      }
    });
  });

  it('no message is lost or doubled, through every merge', () => {
    check(({ state, drafts }) => {
      const sent = drafts.flatMap(({ kind, data }) =>
        kind === 'ticketMessaged' ? [data.messageId] : [],
      );
      const held = [...state.tickets.all()]
        .filter(({ mergedInto }) => mergedInto === null)
        .flatMap(({ ticketId }) => state.tickets.conversation(ticketId));
      expect(held.map(({ messageId }) => messageId).toSorted()).toEqual(sent.toSorted());
      expect(new Set(sent).size).toBe(sent.length);
    });
  });

  it('the same facts fold to the same tickets', () => {
    check(({ state, drafts }) => {
      const again = { tickets: createTickets(), disputes: createDisputes() };
      for (const [at, draft] of drafts.entries()) apply(draft, at + 1, again);
      expect([...again.tickets.all()]).toEqual([...state.tickets.all()]);
    });
  });
});

describe('a dispute', () => {
  const about = { type: 'payout', payoutId: 'po-1' } as const;
  const people = ['first', 'second', 'third'];
  const wishes = fc.array(
    fc.record({ deed: fc.constantFrom('open', 'decide', 'redecide'), who: fc.nat(2) }),
    { minLength: 1, maxLength: 25 },
  );

  it('is never decided by who decided first, in whatever order people try', () => {
    fc.assert(
      fc.property(wishes, (steps) => {
        const log = openLog();
        const { disputes, tickets } = log.state;
        // Who decided the payout so far: it may be decided again while a dispute about it waits.
        const deciders = new Set(['first']);
        const by = (personId: string) => ({
          ...log.by(personId),
          matter: () => ({ accountIds: ['A1'], decidedBy: [...deciders] }),
          executed: () => null,
        });
        const answered = new Set<string>();
        for (const { deed, who } of steps) {
          const personId = people[who] ?? '';
          if (deed === 'redecide') deciders.add(personId);
          if (deed === 'open') {
            const wish = { accountId: 'A1', about, reason: 'amountWrong', ticketId: null } as const;
            log.take(decideOpenDispute(wish, by(personId), { disputes, tickets }));
          }
          if (deed !== 'decide') continue;
          const [waiting] = disputes.waiting();
          const disputeId = waiting?.disputeId ?? 'none';
          const wish = {
            disputeId,
            remedy: 'upheld',
            reason: 'it is right',
            clause: null,
            proposalId: null,
            amount: 0,
            currency: null,
          } as const;
          const said = log.take(decideDecision(wish, by(personId), { disputes, tickets }));
          const barred = deciders.has(personId) || answered.has(personId);
          const wanted = barred ? /^forbidden: you decided/ : /^done$/;
          expect(said).toMatch(waiting ? wanted : /^notFound/);
          if (said === 'done') answered.add(personId);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
