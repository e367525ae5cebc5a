import { afterEach, describe, expect, it } from 'vitest';
import { supportCalls } from '#core/desk-api/support-calls.ts';
import { present } from '#core/kernel/assert.ts';
import type { Received, TicketVerb } from '#core/support/act.ts';
import { ticketIdOf } from '#core/support/work.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { openFirmDesk, type FirmDesk } from './testing/firm-desk.ts';

const worlds: FirmDesk[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.close();
});
async function deskOf(personId: string, firm: GovernedFirm): Promise<FirmDesk> {
  const world = await openFirmDesk(firm);
  worlds.push(world);
  await world.signIn(personId);
  return world;
}
function write(firm: GovernedFirm, messageId: string, over: Partial<Received> = {}): string {
  const said = firm.system({
    type: 'receiveMessage',
    message: {
      messageId,
      channel: 'email',
      ticketId: null,
      topic: 'other',
      traderId: 'T1',
      accountId: 'A1',
      sender: 'trader',
      subject: 'About my payout',
      text: 'When is it paid?',
      files: [],
      dispute: null,
      ...over,
    },
  });
  expect(said).toBe('accepted');
  return ticketIdOf(messageId);
}
const list = async (world: FirmDesk) =>
  supportCalls['support.list'].output.parse(
    await world.desk.api['support.list']({ ended: false, limit: 100 }),
  );
const get = async (world: FirmDesk, ticketId: string) =>
  supportCalls['support.get'].output.parse(await world.desk.api['support.get']({ ticketId }));
async function act(world: FirmDesk, ticketId: string, verb: TicketVerb): Promise<string> {
  const { row } = await get(world, ticketId);
  const sent = await world.desk.api['support.act']({ ticketId, version: row.version, act: verb });
  await world.connect();
  return sent.state;
}
const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );

describe('a ticket on a desk', () => {
  it('opens with all that is known of the trader', async () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    const before = write(firm, 'm-0', { subject: 'Earlier' });
    const ticketId = write(firm, 'm-1');
    const { row, messages, context, people, mayWork } = await get(
      await deskOf('finn', firm),
      ticketId,
    );
    expect(row).toMatchObject({ number: 2, subject: 'About my payout', queue: 'unassigned' });
    expect(messages).toMatchObject([{ direction: 'in', text: 'When is it paid?', other: false }]);
    expect(context.accounts).toMatchObject([{ accountId: 'A1', status: 'active' }]);
    expect(context.payouts).toMatchObject([{ payoutId, state: 'open' }]);
    expect(context.tickets.map((one) => one.ticketId)).toEqual([before]);
    expect(context.cases).toEqual([]);
    expect(people.map(({ personId }) => personId).toSorted()).toEqual(['finn', 'gia', 'hana']);
    expect(mayWork).toBe(true);
  });

  it('is read and answered without a server; the answer leaves when it is back', async () => {
    const firm = openGovernedFirm();
    const ticketId = write(firm, 'm-1');
    const world = await deskOf('finn', firm);
    await get(world, ticketId);
    world.disconnect();
    world.online = false;
    const { messages, row } = await get(world, ticketId);
    expect(messages[0]?.text).toBe('When is it paid?');
    const verb = { verb: 'answer', text: 'On Friday.', after: 'solve' } as const;
    const wish = { ticketId, version: row.version, act: verb };
    expect(await world.desk.api['support.act'](wish)).toMatchObject({ state: 'queued' });
    expect((await get(world, ticketId)).queued).toBe(1);
    // Once to send what waits, and once to hear what came of it.
    await world.connect();
    await world.connect();
    const after = await get(world, ticketId);
    expect(after.row.queue).toBe('solved');
    expect(after.messages.at(-1)).toMatchObject({ direction: 'out', text: 'On Friday.' });
  });

  it('is nobody’s to see without a role', async () => {
    const firm = openGovernedFirm();
    write(firm, 'm-1');
    expect(await said(list(await deskOf('ada', firm)))).toBe('No role of yours sees tickets.');
    const cleo = await deskOf('cleo', firm);
    const { tickets } = await list(cleo);
    expect(
      await said(act(cleo, present(tickets[0], 'a ticket').ticketId, { verb: 'note', text: 'x' })),
    ).toMatch(/no role of yours/i);
  });

  it('keeps what was begun and not sent, for the person alone, over a restart', async () => {
    const firm = openGovernedFirm();
    const ticketId = write(firm, 'm-1');
    const world = await deskOf('finn', firm);
    await world.desk.api['support.saveDraft']({ ticketId, text: 'Dear' });
    await world.restart();
    expect(await world.desk.api['support.draft']({ ticketId })).toEqual({ text: 'Dear' });
    await world.signIn('gia');
    expect(await world.desk.api['support.draft']({ ticketId })).toEqual({ text: '' });
  });

  it('is answered by a template only where every word of it is known', async () => {
    const firm = openGovernedFirm();
    const ticketId = write(firm, 'm-1');
    const nobodys = write(firm, 'm-2', { traderId: null, accountId: null });
    const world = await deskOf('finn', firm);
    const fill = (id: string, templateId: string) =>
      world.desk.api['support.fill']({ ticketId: id, templateId });
    expect((await fill(ticketId, 'payout-state')).problem).toMatch(/id of the last payout/);
    firm.request('A1');
    await world.connect();
    expect((await fill(ticketId, 'payout-state')).text).toMatch(/is open\. You hear from us/);
    expect((await fill(nobodys, 'where-it-stands')).problem).toMatch(/name of the trader/);
    expect((await fill(nobodys, 'which-account')).text).not.toContain('{');
  });
});

describe('a search on a desk', () => {
  const find = async (world: FirmDesk, text: string) => {
    const found = await world.desk.api['search.all']({ text, limit: 20 });
    return supportCalls['search.all'].output
      .parse(found)
      .hits.map(({ kind, link }) => `${kind} ${link}`);
  };

  it('finds what the desk holds without a server, and leads to it', async () => {
    const firm = openGovernedFirm();
    const ticketId = write(firm, 'm-1');
    const world = await deskOf('finn', firm);
    await get(world, ticketId);
    world.disconnect();
    world.online = false;
    expect(await find(world, 'paid')).toEqual([`ticket support/tickets/${ticketId}`]);
    expect((await find(world, 'A1'))[0]).toBe('account risk/A1');
    await world.connect();
    const another = write(firm, 'm-2', { subject: 'Something quite other' });
    await world.connect();
    await get(world, another);
    expect(await find(world, 'quite other')).toEqual([`ticket support/tickets/${another}`]);
  });

  it('finds for nobody what that person may not see', async () => {
    const firm = openGovernedFirm();
    write(firm, 'm-1');
    const world = await deskOf('ada', firm);
    expect(await find(world, 'A1')).toEqual(['account risk/A1']);
  });
});
