import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Command } from '#core/sync/protocol.ts';
import { OFFICER, openPlayedDesk, SESSION, signIn, type PlayedServer } from './desk.contract.ts';
import type { Desk } from './desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'propdesk-session-'));
afterAll(() => rmSync(folder, { recursive: true }));
const open: Desk[] = [];
afterEach(() => {
  for (const desk of open.splice(0)) desk.close();
});
let files = 0;

const OTHER = { personId: 'other', name: 'Otto Other', roles: ['auditor' as const] };
const NOBODY = { type: 'refused', reason: 'signIn', message: 'sign in' } as const;

function newFile(): string {
  files += 1;
  return join(folder, `desk-${files}.sqlite`);
}

function play(file = ':memory:'): { desk: Desk; server: PlayedServer } {
  const played = openPlayedDesk(file);
  open.push(played.desk);
  return played;
}

async function playSignedIn(file?: string): Promise<{ desk: Desk; server: PlayedServer }> {
  const played = play(file);
  await signIn(played.desk);
  return played;
}

function stop(desk: Desk): void {
  open.splice(open.indexOf(desk), 1);
  desk.close();
}

const personAt = async ({ api }: Desk): Promise<unknown> => (await api['session.get']({})).person;
const commandsAsked = ({ asked }: PlayedServer): Command[] =>
  asked.filter(({ name }) => name === 'command').map(({ input }) => input as Command);
const accepting = (_name: string, input: unknown): unknown => ({
  type: 'accepted',
  commandId: (input as Command).commandId,
  seq: 8,
});

/** A fact of people, as the log has it. */
function added(seq: number, personId: string): object {
  const envelope = {
    partition: 0,
    seq,
    kind: 'personAdded',
    version: 1,
    stream: 'firm',
    streamVersion: seq,
    occurredAt: 5,
    recordedAt: 5,
    actor: { type: 'system', id: 'server' },
    causation: { type: 'none' },
    marksBefore: 0,
  };
  return { envelope, data: { personId, at: 5 } };
}

const NO_ACCOUNTS = { part: 0, parts: 1, accounts: [], recentFacts: [] };

describe('somebody at a desk', () => {
  it('is nobody at first, and the handshake says so', async () => {
    const { desk, server } = play();
    expect([await personAt(desk), server.session()]).toEqual([null, null]);
  });

  it('is who signed in, in what the page and the handshake are told', async () => {
    const { desk, server } = play();
    const told: unknown[] = [];
    const stream = (name: string, item: unknown): void => {
      if (name === 'person') told.push(item);
    };
    desk.listen({ stream, rows: () => {} });
    await signIn(desk);
    expect(await personAt(desk)).toEqual(OFFICER);
    expect(told[0]).toEqual({ person: OFFICER });
    expect(server.session()).toBe(SESSION);
  });

  it('is asked for again by following anew', async () => {
    const { desk, server } = play();
    server.refusal = NOBODY;
    server.listener.connected();
    expect((await desk.api['session.get']({})).connection.state).toBe('refused');
    server.refusal = null;
    await signIn(desk);
    expect((await desk.api['session.get']({})).connection.state).toBe('live');
  });

  it('is not let in with a wrong password, and hears why', async () => {
    const { desk } = openPlayedDesk(':memory:', {
      connect: () => ({
        hello: () => {},
        ask: () => Promise.resolve({ type: 'refused', code: 'wrong', message: 'It is wrong.' }),
        look: () => {},
        close: () => {},
      }),
    });
    open.push(desk);
    await expect(signIn(desk)).rejects.toThrow('It is wrong.');
    expect(await personAt(desk)).toBeNull();
  });

  it('wishes nothing before signing in', async () => {
    const { desk, server } = play();
    server.listener.connected();
    server.listener.accounts({ seq: 1, ...NO_ACCOUNTS });
    const wish = desk.api['alerts.acknowledge']({ alertSeq: 1, note: '' });
    await expect(wish).rejects.toThrow('Sign in first.');
    expect(commandsAsked(server)).toEqual([]);
  });
});

describe('a desk that starts again', () => {
  it('has the same person signed in, without its server', async () => {
    const file = newFile();
    stop((await playSignedIn(file)).desk);
    const { desk, server } = play(file);
    expect([await personAt(desk), server.session()]).toEqual([OFFICER, SESSION]);
  });

  it('shows what it had', async () => {
    const file = newFile();
    const { desk, server } = await playSignedIn(file);
    server.listener.governed({ part: 0, parts: 1, facts: [added(1, 'ada')] });
    server.listener.accounts({ seq: 1, ...NO_ACCOUNTS });
    stop(desk);
    const again = play(file);
    const { connection } = await again.desk.api['session.get']({});
    expect(connection.lastSeq).toBe(1);
    expect(await peopleIn(again)).toEqual(['ada']);
  });

  it('shows the roles that the server said last', async () => {
    const file = newFile();
    const { desk, server } = await playSignedIn(file);
    server.welcome = { ...server.welcome, profile: { ...OFFICER, roles: ['auditor'] } };
    server.listener.connected();
    stop(desk);
    expect(await personAt(play(file).desk)).toMatchObject({ roles: ['auditor'] });
  });

  it('knows nobody when its server ended the session', async () => {
    const file = newFile();
    const { desk, server } = await playSignedIn(file);
    server.listener.signedOut();
    expect([await personAt(desk), server.session()]).toEqual([null, null]);
    stop(desk);
    expect(await personAt(play(file).desk)).toBeNull();
  });

  it('knows nobody when its server does not know the session any more', async () => {
    const file = newFile();
    stop((await playSignedIn(file)).desk);
    const { desk, server } = play(file);
    server.refusal = NOBODY;
    server.listener.connected();
    expect([await personAt(desk), server.session()]).toEqual([null, null]);
  });

  it('stays signed in while its server refuses it for another reason', async () => {
    const { desk, server } = await playSignedIn();
    server.refusal = { type: 'refused', reason: 'cursorAhead', message: 'rolled back' };
    server.listener.connected();
    expect(await personAt(desk)).toEqual(OFFICER);
  });
});

describe('signing out', () => {
  it('tells the server, and forgets the session', async () => {
    const { desk, server } = await playSignedIn();
    await desk.api['session.signOut']({ everywhere: true });
    expect(server.asked).toContainEqual({ name: 'signOut', input: { everywhere: true } });
    expect([await personAt(desk), server.session()]).toEqual([null, null]);
  });

  it('leaves no session in the files', async () => {
    const file = newFile();
    const { desk } = await playSignedIn(file);
    await desk.api['session.signOut']({ everywhere: false });
    stop(desk);
    const { desk: again, server } = play(file);
    expect([await personAt(again), server.session()]).toEqual([null, null]);
  });

  it('works without a server, too', async () => {
    const { desk, server } = await playSignedIn();
    server.listener.disconnected('test');
    await desk.api['session.signOut']({ everywhere: false });
    expect(await personAt(desk)).toBeNull();
  });

  it('keeps the file of a desk for its owner alone', async () => {
    const file = newFile();
    await playSignedIn(file);
    expect(readFileSync(`${file}-wal`).length).toBeGreaterThan(0);
    expect([file, `${file}-wal`].map((one) => statSync(one).mode & 0o777)).toEqual([0o600, 0o600]);
  });
});

describe('what waits for the server', () => {
  /** A desk whose first person left something in the outbox, and whose next person signed in. */
  async function passedOn(): Promise<{ desk: Desk; server: PlayedServer }> {
    const { desk, server } = await playSignedIn();
    server.listener.accounts({ seq: 1, ...NO_ACCOUNTS });
    await desk.api['alerts.acknowledge']({ alertSeq: 7, note: 'mine' });
    await desk.api['session.signOut']({ everywhere: false });
    server.welcome = { ...server.welcome, profile: OTHER };
    server.asked.length = 0;
    server.answer = accepting;
    await signIn(desk);
    return { desk, server };
  }

  it('is not sent in the name of who signs in next', async () => {
    const { desk, server } = await passedOn();
    await desk.api['alerts.acknowledge']({ alertSeq: 8, note: 'mine' });
    expect(commandsAsked(server).map(({ operatorId }) => operatorId)).toEqual(['other']);
  });

  it('is sent once its person is back', async () => {
    const { desk, server } = await passedOn();
    await desk.api['session.signOut']({ everywhere: false });
    server.welcome = { ...server.welcome, profile: OFFICER };
    await signIn(desk);
    await expect.poll(() => commandsAsked(server).length).toBe(1);
    expect(commandsAsked(server)[0]).toMatchObject({ operatorId: 'officer' });
  });
});

describe('what is governed, in a snapshot', () => {
  it('takes its place with the accounts, not before', async () => {
    const played = await playSignedIn();
    played.server.listener.governed({ part: 0, parts: 2, facts: [added(1, 'ada')] });
    played.server.listener.governed({ part: 1, parts: 2, facts: [added(2, 'bram')] });
    expect(await peopleIn(played)).toEqual([]);
    played.server.listener.accounts({ seq: 2, ...NO_ACCOUNTS });
    expect(await peopleIn(played)).toEqual(['ada', 'bram']);
  });

  it('is not there after a restart between its parts and the accounts', async () => {
    const file = newFile();
    const { desk, server } = await playSignedIn(file);
    server.listener.governed({ part: 0, parts: 1, facts: [added(1, 'ada')] });
    stop(desk);
    expect(await peopleIn(play(file))).toEqual([]);
  });

  it('replaces what was there', async () => {
    const played = await playSignedIn();
    for (const personId of ['ada', 'bram']) {
      played.server.listener.governed({ part: 0, parts: 1, facts: [added(1, personId)] });
      played.server.listener.accounts({ seq: 1, ...NO_ACCOUNTS });
    }
    expect(await peopleIn(played)).toEqual(['bram']);
  });

  it('begins anew when the wire was made anew within it', async () => {
    const played = await playSignedIn();
    played.server.listener.governed({ part: 0, parts: 2, facts: [added(1, 'ada')] });
    played.server.listener.disconnected('test');
    played.server.listener.connected();
    played.server.listener.governed({ part: 0, parts: 1, facts: [added(1, 'bram')] });
    played.server.listener.accounts({ seq: 1, ...NO_ACCOUNTS });
    expect(await peopleIn(played)).toEqual(['bram']);
  });

  it('is not taken when a fact of it cannot be read', async () => {
    const played = await playSignedIn();
    const unknown = { ...added(2, 'bram'), data: { personId: 7 } };
    played.server.listener.governed({ part: 0, parts: 1, facts: [added(1, 'ada'), unknown] });
    played.server.listener.accounts({ seq: 2, ...NO_ACCOUNTS });
    const { connection } = await played.desk.api['session.get']({});
    expect([connection.state, connection.lastSeq]).toEqual(['refused', 0]);
    expect(await peopleIn(played)).toEqual([]);
  });
});

/** Persons as the desk's own fold knows them. */
async function peopleIn({ desk, server }: { desk: Desk; server: PlayedServer }): Promise<string[]> {
  const before = server.answer;
  const people = ['ada', 'bram'].map((personId) => ({
    personId,
    name: personId,
    roles: [],
    active: true,
  }));
  server.answer = (name, input) => (name === 'people' ? { people } : before(name, input));
  const known = await desk.api['people.list']({});
  server.answer = before;
  return known.people.map(({ personId }) => personId);
}
