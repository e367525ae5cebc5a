import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TicketVerb } from '#core/support/act.ts';
import { openApiRig, OTHER, type ApiRig, type Said } from '#server/api/testing/api-client.ts';
import { openPayingFirm, type PayingFirm } from '#server/payments/testing/paying-firm.ts';
import { disputeReplySchema, ticketReplySchema } from './api-schemas.ts';

let paying: PayingFirm;
let api: ApiRig;
beforeEach(async () => {
  paying = await openPayingFirm();
  paying.rail.tellAt(null);
  api = await openApiRig(paying);
});
afterEach(async () => {
  await api.close();
  await paying.close();
});

const TICKETS = '/v1/tickets';
const DISPUTES = '/v1/disputes';
const asks = {
  traderId: 'T1',
  accountId: 'A1',
  topic: 'payout',
  subject: 'My payout',
  text: 'When is it paid?',
};
const said = ({ status, body }: Said): string => {
  const { error } = body as { error?: { code: string; path?: string } };
  return [status, error?.code, error?.path].filter((part) => part !== undefined).join(' ');
};
const open = async (): Promise<string> => {
  const made = await api.post(TICKETS, asks);
  return String(made.body['ticketId']);
};
/** What the firm's people do with the only ticket. */
function act(verb: TicketVerb): void {
  const [ticket] = paying.governance.tickets.all();
  const { ticketId = '', version = 0 } = ticket ?? {};
  paying.firm.as('finn', { type: 'actOnTicket', ticketId, version, act: verb });
}

describe('a ticket by the API', () => {
  it('is opened once for its key, answered, and opened again by another message', async () => {
    const made = await api.post(TICKETS, asks, { key: 'ticket-0001' });
    expect(made.status).toBe(201);
    const ticket = ticketReplySchema.parse(made.body);
    expect(ticket).toMatchObject({ number: 1, state: 'open', topic: 'payout', accountId: 'A1' });
    expect(ticket.messages).toMatchObject([{ from: 'trader', text: 'When is it paid?' }]);
    expect((await api.post(TICKETS, asks, { key: 'ticket-0001' })).body).toEqual(made.body);
    act({ verb: 'note', text: 'a secret of the firm' });
    act({ verb: 'answer', text: 'On Friday.', after: 'solve' });
    const path = `${TICKETS}/${ticket.ticketId}`;
    const read = ticketReplySchema.parse((await api.get(path)).body);
    expect(read.state).toBe('solved');
    expect(read.messages.map(({ from, text }) => [from, text])).toEqual([
      ['trader', 'When is it paid?'],
      ['firm', 'On Friday.'],
    ]);
    expect(JSON.stringify(read)).not.toContain('secret');
    const more = await api.post(`${path}/messages`, { text: 'Which one?' });
    expect(more.body).toMatchObject({ state: 'open' });
    expect([...paying.governance.tickets.all()]).toHaveLength(1);
  });

  it('belongs to the client that opened it, and its account to the trader', async () => {
    const ticketId = await open();
    expect(said(await api.get(`${TICKETS}/${ticketId}`, OTHER))).toBe('404 notFound ticketId');
    const wrote = await api.post(`${TICKETS}/${ticketId}/messages`, { text: 'x' }, OTHER);
    expect(said(wrote)).toBe('404 notFound ticketId');
    const foreign = await api.post(TICKETS, { ...asks, accountId: 'A2' });
    expect(said(foreign)).toBe('404 notFound accountId');
    expect(said(await api.post(TICKETS, { ...asks, text: '' }))).toBe('400 invalid text');
  });
});

describe('a dispute by the API', () => {
  const reject = (payoutId: string): void => {
    const grounds = { type: 'discretion', reviewOn: '2026-07-01' } as const;
    for (const person of ['cleo', 'jona']) {
      paying.firm.as(person, paying.firm.desk(person).decide(payoutId, 'reject', { grounds }));
    }
  };

  it('is filed with its words, decided by somebody else, and answered with a letter', async () => {
    const payoutId = paying.firm.request('A1');
    const files = {
      accountId: 'A1',
      about: { type: 'payout', payoutId },
      reason: 'amountWrong',
      text: 'It should have been more.',
    };
    expect(said(await api.post(DISPUTES, files))).toBe('422 invalid');
    expect([...paying.governance.tickets.all()]).toHaveLength(0);
    reject(payoutId);
    const filed = disputeReplySchema.parse((await api.post(DISPUTES, files)).body);
    expect(filed).toMatchObject({ state: 'waiting', reason: 'amountWrong', decision: null });
    expect(said(await api.post(DISPUTES, files))).toBe('409 conflict');
    paying.firm.as('gia', {
      type: 'decideDispute',
      disputeId: filed.disputeId,
      remedy: 'upheld',
      reason: 'It is right.',
      clause: null,
      proposalId: null,
      amount: 0,
      currency: null,
    });
    const path = `${DISPUTES}/${filed.disputeId}`;
    const answered = disputeReplySchema.parse((await api.get(path)).body);
    expect(answered).toMatchObject({ state: 'decided', decision: { remedy: 'upheld' } });
    expect(answered.decision?.letter).toContain('It is right.');
    expect(said(await api.get(path, OTHER))).toBe('404 notFound disputeId');
    expect(said(await api.post(`${path}/withdraw`, { reason: 'never mind' }))).toBe('409 conflict');
  });

  it('of nothing that was decided is refused, and leaves no ticket', async () => {
    const files = {
      accountId: 'A1',
      about: { type: 'verdict', entry: 1, ruleId: 'daily' },
      reason: 'priceWrong',
      text: 'x',
    };
    expect(said(await api.post(DISPUTES, files))).toBe('404 notFound');
    expect([...paying.governance.tickets.all()]).toHaveLength(0);
  });
});
