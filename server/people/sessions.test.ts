import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../store/open.ts';
import { migrations } from './migrations.ts';
import {
  SEEN_EVERY_MS,
  SESSION_IDLE_MS,
  SESSION_MAX_MS,
  SESSIONS_PER_PERSON_MAX,
  type NewSession,
} from './sessions.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  openWorld,
  PASSWORD,
  SECOND_MS,
  valueOf,
  type World,
} from './testing/people.ts';

let world: World;
let ended: string[];
beforeEach(async () => {
  world = openWorld();
  await world.join('ada');
  ended = [];
  world.store.onEnded((sessionId) => ended.push(sessionId));
});
afterEach(() => world.close());

const signIn = async (deskId = 'desk-1', login = 'ada'): Promise<NewSession> =>
  valueOf(await world.attempt({ deskId, login }));
const isLive = ({ token }: NewSession, deskId = 'desk-1') =>
  world.store.session(token, deskId) !== null;

describe('a session', () => {
  it('belongs to one desk', async () => {
    const session = await signIn('desk-1');
    expect(world.store.session(session.token, 'desk-2')).toBeNull();
    expect(world.store.session(session.token, 'desk-1')).toEqual({
      personId: 'p-ada',
      sessionId: session.sessionId,
      expiresAt: session.expiresAt,
    });
  });

  it('is found by its whole token only', async () => {
    const { token, sessionId } = await signIn();
    for (const other of ['', sessionId, token.slice(1), `${token}A`]) {
      expect(world.store.session(other, 'desk-1')).toBeNull();
    }
  });

  it('ends after 12 hours of silence', async () => {
    const session = await signIn();
    expect(session.expiresAt).toBe(world.now + SESSION_IDLE_MS);
    world.now += SESSION_IDLE_MS - 1;
    expect(isLive(session)).toBe(true);
    world.now += SESSION_IDLE_MS - 1;
    expect(isLive(session)).toBe(true);
    world.now += SESSION_IDLE_MS;
    expect(isLive(session)).toBe(false);
  });

  it('ends after 7 days however busy it is', async () => {
    const session = await signIn();
    const end = world.now + SESSION_MAX_MS;
    for (; world.now < end; world.now += 6 * HOUR_MS) {
      expect(world.store.session(session.token, 'desk-1')?.expiresAt).toBe(
        Math.min(end, world.now + SESSION_IDLE_MS),
      );
    }
    expect(isLive(session)).toBe(false);
  });

  it('that ran out is removed, and listeners hear of it', async () => {
    const old = await signIn();
    world.now += SESSION_IDLE_MS / 2;
    const young = await signIn();
    world.now += SESSION_IDLE_MS / 2;
    expect(world.store.sessions('p-ada').map(({ sessionId }) => sessionId)).toEqual([
      young.sessionId,
    ]);
    expect(ended).toEqual([]);
    world.store.removeExpired();
    expect(ended).toEqual([old.sessionId]);
    expect(rowsOf('session')).toBe(1);
  });

  it('notes that it was seen at most once a minute', async () => {
    const session = await signIn();
    const start = world.now;
    const seen = () => world.store.sessions('p-ada')[0]?.lastSeenAt;
    world.now += SEEN_EVERY_MS - 1;
    isLive(session);
    expect(seen()).toBe(start);
    world.now += 1;
    isLive(session);
    expect(seen()).toBe(start + SEEN_EVERY_MS);
  });

  it('is not kept alive by another desk', async () => {
    const session = await signIn();
    world.now += MINUTE_MS;
    isLive(session, 'desk-2');
    expect(world.store.sessions('p-ada')[0]?.lastSeenAt).toBe(world.now - MINUTE_MS);
  });

  it('is listed with where it came from, and without its token', async () => {
    const { sessionId, token } = await signIn('desk-7');
    const list = world.store.sessions('p-ada');
    expect(list).toEqual([
      {
        sessionId,
        deskId: 'desk-7',
        address: '192.0.2.1',
        createdAt: world.now,
        lastSeenAt: world.now,
      },
    ]);
    expect(JSON.stringify(list)).not.toContain(token);
  });

  it('survives reopening', async () => {
    const session = await signIn();
    world.reopen();
    expect(isLive(session)).toBe(true);
  });

  it('that was silent the longest ends when one more begins than a person may have', async () => {
    const sessions: NewSession[] = [];
    for (let at = 0; at < SESSIONS_PER_PERSON_MAX; at += 1) {
      sessions.push(await signIn());
      world.now += SECOND_MS;
    }
    world.now += MINUTE_MS;
    const [first, second] = sessions as [NewSession, NewSession];
    expect(isLive(first)).toBe(true);
    await signIn();
    expect(ended).toEqual([second.sessionId]);
    expect(isLive(first)).toBe(true);
    expect(world.store.sessions('p-ada')).toHaveLength(SESSIONS_PER_PERSON_MAX);
  });
});

describe('signing out', () => {
  it('ends one session and tells it once', async () => {
    const [one, other] = [await signIn(), await signIn()];
    expect(world.store.signOut(one.sessionId)).toBe(true);
    expect(world.store.signOut(one.sessionId)).toBe(false);
    expect([isLive(one), isLive(other)]).toEqual([false, true]);
    expect(ended).toEqual([one.sessionId]);
  });

  it('everywhere ends all sessions of one person', async () => {
    await world.join('bram');
    const own = [await signIn('desk-1'), await signIn('desk-2')];
    const others = await signIn('desk-1', 'bram');
    const ids = own.map(({ sessionId }) => sessionId).toSorted();
    expect(world.store.signOutEverywhere('p-ada').toSorted()).toEqual(ids);
    expect(ended.toSorted()).toEqual(ids);
    expect(world.store.sessions('p-ada')).toEqual([]);
    expect(isLive(others)).toBe(true);
  });

  it('is heard by nobody who stopped listening', async () => {
    const heard: string[] = [];
    const stop = world.store.onEnded((sessionId) => heard.push(sessionId));
    stop();
    world.store.signOut((await signIn()).sessionId);
    expect(heard).toEqual([]);
    expect(ended).toHaveLength(1);
  });
});

describe('all sessions of a person end', () => {
  it('when they are deactivated, who then cannot come back and keep their name', async () => {
    const session = await signIn();
    const code = valueOf(world.store.invite('p-ada'));
    expect(valueOf(world.store.deactivate('p-ada'))).toEqual([session.sessionId]);
    expect(isLive(session)).toBe(false);
    expect(ended).toEqual([session.sessionId]);
    expect(await world.answer()).toBe('wrong');
    expect(await world.store.accept(code, PASSWORD)).toMatchObject({
      error: { code: 'codeRefused' },
    });
    expect(world.store.invite('p-ada')).toMatchObject({ error: { code: 'unknownPerson' } });
    expect(world.store.beginTotp('p-ada')).toMatchObject({ error: { code: 'unknownPerson' } });
    expect(world.store.nameOf('p-ada')).toBe('The person ada');
    expect(world.store.deactivate('p-ada')).toEqual({ ok: true, value: [] });
  });

  it('when their password is set anew', async () => {
    const session = await signIn();
    await world.store.accept(valueOf(world.store.invite('p-ada')), 'another long password');
    expect(isLive(session)).toBe(false);
    expect(ended).toEqual([session.sessionId]);
  });

  it('when their second factor is removed', async () => {
    const session = await signIn();
    valueOf(world.store.removeTotp('p-ada'));
    expect(isLive(session)).toBe(false);
    expect(ended).toEqual([session.sessionId]);
  });
});

describe('the store at its start', () => {
  it('removes what ran out while it was closed', async () => {
    await signIn();
    valueOf(world.store.invite('p-ada'));
    await world.answer({ login: 'nobody' });
    world.now += 3 * DAY_MS;
    world.reopen();
    expect(['session', 'invite', 'wrong_attempt'].map(rowsOf)).toEqual([0, 0, 0]);
  });
});

function rowsOf(table: string): number {
  const connection = openDatabase(world.file, migrations, 'read');
  const count = connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  connection.close();
  return count;
}
