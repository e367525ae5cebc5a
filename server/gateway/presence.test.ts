import { afterEach, describe, expect, it } from 'vitest';
import type { Socket } from 'socket.io-client';
import type { Presence } from '#core/sync/protocol.ts';
import { asked, HELLO, OFFICER, serveGateway, type Served } from './testing/served.ts';

const served: Served[] = [];
afterEach(async () => {
  for (const one of served.splice(0)) await one.close();
});
async function serve(): Promise<Served> {
  const one = await serveGateway();
  served.push(one);
  await one.join('gia', 'seniorRiskOfficer');
  await one.join('edda', 'finance');
  return one;
}

/** A desk that follows; what it was told last of who looks at what, in words. */
async function deskOf(firm: Served, personId: string, deskId = `desk-${personId}`) {
  const socket = await firm.deskOf(personId, deskId);
  const heard = { last: 'nothing' };
  socket.on('presence', ({ cases }: Presence) => {
    const lines = cases.map(({ caseId, people }) => {
      const names = people.map(({ name }) => name.replace('The person ', ''));
      return `${caseId}: ${names.sort().join(', ')}`;
    });
    heard.last = lines.sort().join('; ');
  });
  await asked(socket, 'hello', HELLO);
  return { socket, heard };
}
const look = (socket: Socket, caseId: string | null) => asked(socket, 'viewing', { caseId });

describe('who looks at a case', () => {
  it('is told to everybody who may see cases, once per person, and ends with the look', async () => {
    const firm = await serve();
    const officer = await deskOf(firm, OFFICER);
    const gia = await deskOf(firm, 'gia');
    const laptop = await deskOf(firm, 'gia', 'laptop');
    await look(gia.socket, 'c-1');
    await look(laptop.socket, 'c-1');
    await look(officer.socket, 'c-1');
    await expect.poll(() => officer.heard.last).toBe('c-1: gia, officer');
    await expect.poll(() => gia.heard.last).toBe('c-1: gia, officer');
    await look(officer.socket, 'c-2');
    await expect.poll(() => gia.heard.last).toBe('c-1: gia; c-2: officer');
    await look(gia.socket, null);
    laptop.socket.close();
    await expect.poll(() => officer.heard.last).toBe('c-2: officer');
  });

  it('is forgotten when the person signs out or the desk is gone', async () => {
    const firm = await serve();
    const officer = await deskOf(firm, OFFICER);
    const gia = await deskOf(firm, 'gia');
    await look(gia.socket, 'c-1');
    await expect.poll(() => officer.heard.last).toBe('c-1: gia');
    await asked(gia.socket, 'signOut', { everywhere: false });
    await expect.poll(() => officer.heard.last).toBe('');
  });

  it('is neither told by nor to who may not see cases', async () => {
    const firm = await serve();
    const officer = await deskOf(firm, OFFICER);
    const edda = await deskOf(firm, 'edda');
    expect(await look(edda.socket, 'c-1')).toMatchObject({ type: 'rejected' });
    await look(officer.socket, 'c-2');
    await expect.poll(() => officer.heard.last).toBe('c-2: officer');
    expect(edda.heard.last).toBe('nothing');
  });
});
