import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Fact } from '#core/facts/registry.ts';
import { MATRIX, ROLES, type Action, type Role } from '#core/people/roles.ts';
import { ROW_WIDTH } from '#core/sync/row-frame.ts';
import { GOVERNED_FACTS_PER_PART_MAX } from '#core/sync/protocol.ts';
import { PASSWORD, valueOf } from '#server/people/testing/people.ts';
import { createGovernance } from '#core/governance/governance.ts';
import { QUESTION_PERMITS } from '../commands/permit.ts';
import { openStore } from '../store/store.ts';
import type { GatewayPorts } from './gateway.ts';
import { createQuestions } from './questions.ts';
import {
  asked,
  factAt,
  HELLO,
  NO_PAYMENTS,
  OFFICER,
  outcomeOf,
  serveGateway,
  TOKEN,
  type Served,
} from './testing/served.ts';

const SIGN_IN_FIRST = { type: 'rejected', reason: 'Sign in first' };
const NO_ROLE = { type: 'rejected', reason: 'No role of yours allows this' };
const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' };
const command = { commandId: 'c', operatorId: OFFICER, issuedAt: 1, intent };

/** Inputs that the gateway's own questions read; those of others take anything here. */
const INPUTS: Readonly<Record<string, unknown>> = {
  look: { accounts: [] },
  detail: { accountId: 'A1' },
  quarantine: { limit: 1 },
  checkpoint: { size: 0 },
  impactStart: { content: {}, follows: false, accountId: null },
  impactState: { runId: 'r' },
  impactCancel: { runId: 'r' },
  totp: { step: 'confirm', code: '000000' },
  addPerson: { name: 'Nell Newcomer', login: 'nell' },
  exposureWatch: { watches: true },
  exposureSeries: { symbol: null },
  exposureHolders: { place: { by: 'firm', key: 'firm' }, side: 'both' },
  viewing: { caseId: null },
};
const OWN = [...Object.keys(INPUTS), 'programs', 'slice', 'sessions', 'hello'];
const QUESTIONS = Object.entries(QUESTION_PERMITS).filter(([name]) => name !== 'hello');
const answered = { schema: z.unknown(), answer: () => ({ type: 'answered' }) };
const questions = Object.fromEntries(
  QUESTIONS.filter(([name]) => !OWN.includes(name)).map(([name]) => [name, answered]),
);

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

async function serve(over: Partial<GatewayPorts> = {}): Promise<Served> {
  const served = await serveGateway({ questions, ...over });
  open.push(served);
  return served;
}

const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

describe('a desk where nobody is signed in', () => {
  it.each(QUESTIONS.map(([name]) => name))('is not told %s', async (name) => {
    const { connect } = await serve();
    expect(await asked(connect(), name, INPUTS[name] ?? {})).toEqual(SIGN_IN_FIRST);
  });

  it('is refused to follow, with the reason', async () => {
    const { connect } = await serve();
    expect(await asked(connect(), 'hello', HELLO)).toMatchObject({
      type: 'refused',
      reason: 'signIn',
    });
  });

  it('has none of its commands decided', async () => {
    let decided = 0;
    const { connect } = await serve({
      command: ({ commandId }) => {
        decided += 1;
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
    });
    expect(await asked(connect(), 'command', command)).toEqual({ type: 'busy' });
    expect(decided).toBe(0);
  });

  it('is shown the doors', async () => {
    const { connect } = await serve();
    expect(await asked(connect(), 'doors', {})).toEqual({ demo: null });
  });

  it('may set a password by a code', async () => {
    const { connect, people } = await serve();
    const code = valueOf(people.invite(OFFICER));
    const reply = await asked(connect(), 'accept', { code, password: 'five other random words' });
    expect(reply).toEqual({ type: 'done' });
  });

  it('sets no password by a code of its own', async () => {
    const { connect } = await serve();
    const given = { code: 'made-up', password: 'five other random words' };
    expect(await asked(connect(), 'accept', given)).toMatchObject({ type: 'refused' });
  });

  it('may sign out once more', async () => {
    const { connect } = await serve();
    expect(await asked(connect(), 'signOut', { everywhere: true })).toEqual({});
  });

  it('hears neither facts nor rows nor a pulse', async () => {
    const { connect, gateway } = await serve({ deskFacts: () => [factAt(1)] });
    const socket = connect();
    const heard = listen(socket);
    await asked(socket, 'hello', { ...HELLO, cursor: 0 });
    tellAll(gateway);
    await pause(150);
    expect(heard).toEqual([]);
  });

  it('is answered again once its rate allows it', async () => {
    const { connect } = await serve();
    const socket = connect();
    const replies = await Promise.all(Array.from({ length: 60 }, () => asked(socket, 'doors', {})));
    expect(replies.at(-1)).toEqual({ type: 'busy' });
    await pause(1_100);
    expect(await asked(socket, 'doors', {})).toEqual({ demo: null });
  });
});

describe('signing in', () => {
  const given = { login: OFFICER, password: PASSWORD, totp: null };

  it('opens everything that the roles allow, on the same wire', async () => {
    const { connect } = await serve();
    const socket = connect();
    const profile = { personId: OFFICER, name: 'The person officer', roles: ['riskOfficer'] };
    expect(await asked(socket, 'signIn', given)).toMatchObject({ type: 'signedIn', profile });
    expect(await asked(socket, 'hello', HELLO)).toMatchObject({ type: 'welcome', profile });
  });

  it('with a wrong password opens nothing', async () => {
    const { connect } = await serve();
    const socket = connect();
    const reply = await asked(socket, 'signIn', { ...given, password: 'not the password' });
    expect(reply).toMatchObject({ type: 'refused', code: 'wrong' });
    expect(await asked(socket, 'people', {})).toEqual(SIGN_IN_FIRST);
  });

  it('goes into the log with the desk', async () => {
    const { connect, told } = await serve();
    await asked(connect(), 'signIn', given);
    expect(told).toEqual([{ type: 'signedIn', personId: OFFICER, deskId: 'desk' }]);
  });

  it('as somebody else ends following for who was there', async () => {
    const { deskOf, join, gateway } = await serve({ lastSeq: () => 9 });
    await join('newcomer');
    const socket = await deskOf(OFFICER);
    await asked(socket, 'hello', HELLO);
    await asked(socket, 'signIn', { ...given, login: 'newcomer' });
    const heard = listen(socket);
    tellAll(gateway);
    await pause(150);
    expect(heard).toEqual([]);
  });
});

describe('a question of a person', () => {
  const cells = QUESTIONS.flatMap(([name, action]) =>
    rolesWithout(action).map((role) => ({ name, role })),
  );

  it.each(cells)('$name is refused to a $role', async ({ name, role }) => {
    const { join, deskOf } = await serve();
    await join('somebody', role);
    const socket = await deskOf('somebody');
    expect(await asked(socket, name, INPUTS[name] ?? {})).toEqual(NO_ROLE);
  });

  it.each(QUESTIONS.map(([name]) => name))('%s is refused to who has no role', async (name) => {
    const { join, deskOf } = await serve();
    await join('newcomer');
    const socket = await deskOf('newcomer');
    expect(await asked(socket, name, INPUTS[name] ?? {})).toEqual(NO_ROLE);
  });

  it.each(QUESTIONS)('%s is answered to who may %s', async (name, action) => {
    const { join, deskOf } = await serve();
    await join('somebody', roleWith(action));
    const reply = await (await deskOf('somebody')).emitWithAck(name, INPUTS[name] ?? {});
    expect(reply).not.toEqual(NO_ROLE);
  });

  it('is refused to everybody when it is not in the table', async () => {
    const { join, deskOf } = await serve({ questions: { everything: answered } });
    await join('all', ...ROLES);
    expect(await asked(await deskOf('all'), 'everything', {})).toEqual(NO_ROLE);
  });

  it('is not answered at all when nobody has written an answer', async () => {
    const { deskOf } = await serve();
    const socket = await deskOf(OFFICER);
    await outcomeOf(socket);
    await expect(socket.timeout(200).emitWithAck('constructor', {})).rejects.toThrow(
      'operation has timed out',
    );
  });

  it('that the server answers stands in the table', () => {
    const store = openStore(':memory:');
    const made = createQuestions({
      store,
      governance: createGovernance(),
      people: () => ({ people: [] }),
      checkpoint: () => ({ note: '', publicKey: '' }),
      payments: NO_PAYMENTS,
    });
    const unlisted = Object.keys(made).filter((name) => !Object.hasOwn(QUESTION_PERMITS, name));
    store.close();
    expect(unlisted).toEqual([]);
  });

  it('is refused to who lost the role, with the next message', async () => {
    const { join, deskOf, fold } = await serve();
    await join('somebody', 'auditor');
    const socket = await deskOf('somebody');
    expect(await asked(socket, 'audit', {})).toEqual({ type: 'answered' });
    fold({ kind: 'roleRevoked', data: { personId: 'somebody', role: 'auditor', at: 2 } });
    expect(await asked(socket, 'audit', {})).toEqual(NO_ROLE);
  });
});

describe('a session', () => {
  it('of another desk opens nothing', async () => {
    const { connect, session } = await serve();
    const stolen = await session(OFFICER, 'desk');
    const socket = connect({ auth: { token: TOKEN, deskId: 'another-desk', session: stolen } });
    expect(await asked(socket, 'hello', HELLO)).toMatchObject({ reason: 'signIn' });
  });

  it('that nobody began opens nothing', async () => {
    const { connect } = await serve();
    const socket = connect({ auth: { token: TOKEN, deskId: 'desk', session: 'x'.repeat(43) } });
    expect(await asked(socket, 'people', {})).toEqual(SIGN_IN_FIRST);
  });

  it('of somebody who was deactivated opens nothing', async () => {
    const { connect, session, fold } = await serve();
    const kept = await session(OFFICER);
    fold({ kind: 'personDeactivated', data: { personId: OFFICER, at: 2 } });
    const socket = connect({ auth: { token: TOKEN, deskId: 'desk', session: kept } });
    expect(await asked(socket, 'people', {})).toEqual(SIGN_IN_FIRST);
  });
});

describe('what ends an open connection at once', () => {
  /** A desk that follows a log which goes on, and what it hears from now on. */
  async function following(): Promise<Served & { socket: Socket; grow(): void }> {
    let lastSeq = 1;
    const served = await serve({
      lastSeq: () => lastSeq,
      deskFacts: (fromSeq, toSeq) => (fromSeq > toSeq ? [] : [factAt(fromSeq)]),
    });
    const socket = await served.deskOf(OFFICER);
    await asked(socket, 'hello', HELLO);
    const grow = (): void => {
      lastSeq += 1;
      tellAll(served.gateway, lastSeq);
    };
    return { ...served, socket, grow };
  }

  it('nothing, while its person stays', async () => {
    const { socket, grow, gateway } = await following();
    const heard = listen(socket);
    grow();
    await expect.poll(() => heard).toContain('rows');
    tellPulse(gateway);
    await expect.poll(() => new Set(heard)).toEqual(new Set(['facts', 'rows', 'pulse']));
  });

  it('signing out there', async () => {
    const { socket, grow } = await following();
    await asked(socket, 'signOut', { everywhere: false });
    const heard = listen(socket);
    grow();
    await pause(150);
    expect(heard).toEqual([]);
    expect(await asked(socket, 'people', {})).toEqual(SIGN_IN_FIRST);
  });

  it('signing out everywhere from another desk, which it is told', async () => {
    const { socket, grow, deskOf } = await following();
    const other = await deskOf(OFFICER, 'other-desk');
    const heard = listen(socket);
    await asked(other, 'signOut', { everywhere: true });
    grow();
    await pause(150);
    expect(heard).toEqual(['signedOut']);
    expect(await asked(socket, 'people', {})).toEqual(SIGN_IN_FIRST);
  });

  it('signing out of this desk alone, not of the others', async () => {
    const { socket, grow, deskOf } = await following();
    const other = await deskOf(OFFICER, 'other-desk');
    await asked(other, 'signOut', { everywhere: false });
    const heard = listen(socket);
    grow();
    await expect.poll(() => heard).toContain('facts');
    expect(heard).not.toContain('signedOut');
  });

  it('a session that ran out or was ended by others', async () => {
    const { socket, people } = await following();
    const heard = listen(socket);
    people.signOutEverywhere(OFFICER);
    await expect.poll(() => heard).toEqual(['signedOut']);
  });

  it('another password, set by a code', async () => {
    const { socket, people } = await following();
    const heard = listen(socket);
    await people.accept(valueOf(people.invite(OFFICER)), 'five other random words');
    await expect.poll(() => heard).toEqual(['signedOut']);
  });

  it('losing the last role that sees the log', async () => {
    const { socket, grow, fold } = await following();
    const heard = listen(socket);
    fold({ kind: 'roleRevoked', data: { personId: OFFICER, role: 'riskOfficer', at: 2 } });
    grow();
    await pause(150);
    expect(heard).toEqual(['signedOut']);
  });

  it('signing out, also for facts that wait behind an acknowledgement', async () => {
    const { socket, gateway, full } = await fullWindow();
    const before = full.length;
    await asked(socket, 'signOut', { everywhere: false });
    for (const acknowledge of full.splice(0)) acknowledge();
    gateway.facts(1_000);
    await pause(150);
    expect([before, full.length]).toEqual([8, 0]);
  });

  async function fullWindow(): Promise<Served & { socket: Socket; full: (() => void)[] }> {
    const served = await serve({
      lastSeq: () => 10_000,
      deskFacts: (fromSeq, _toSeq, limit) =>
        Array.from({ length: limit }, (_unused, at) => factAt(fromSeq + at)),
    });
    const socket = await served.deskOf(OFFICER);
    const full: (() => void)[] = [];
    socket.on('facts', (_message, received: () => void) => full.push(received));
    await asked(socket, 'hello', HELLO);
    await expect.poll(() => full.length).toBe(8);
    return { ...served, socket, full };
  }
});

describe('a snapshot', () => {
  it('has what is governed in parts before its accounts, and nothing that came later', async () => {
    const count = GOVERNED_FACTS_PER_PART_MAX * 2 + 7;
    const governed = Array.from({ length: count + 20 }, (_unused, at) => factAt(at + 1));
    const { deskOf } = await serve({ lastSeq: () => count, governedFacts: () => governed });
    const socket = await deskOf(OFFICER);
    const heard: string[] = [];
    const facts: Fact[] = [];
    socket.on('governed', (part: { part: number; parts: number; facts: Fact[] }) => {
      heard.push(`governed ${part.part} of ${part.parts}`);
      facts.push(...part.facts);
    });
    socket.on('accounts', () => heard.push('accounts'));
    await asked(socket, 'hello', { ...HELLO, logId: null, cursor: 0 });
    await expect.poll(() => heard.at(-1)).toBe('accounts');
    expect(heard).toEqual(['governed 0 of 3', 'governed 1 of 3', 'governed 2 of 3', 'accounts']);
    expect(facts.map(({ envelope }) => envelope.seq)).toEqual(
      Array.from({ length: count }, (_unused, at) => at + 1),
    );
  });

  it('is not sent to who signed out before it was ready', async () => {
    let meanwhile = (): void => {};
    // The clock is read while the welcome is made: the snapshot comes after it.
    const { deskOf, people } = await serve({ now: () => (meanwhile(), 1) });
    const socket = await deskOf(OFFICER);
    const heard = listen(socket);
    meanwhile = () => void people.signOutEverywhere(OFFICER);
    await asked(socket, 'hello', { ...HELLO, logId: null, cursor: 0 });
    await pause(100);
    expect(heard).toEqual(['signedOut']);
  });

  it('says whose decisions count here', async () => {
    const { deskOf } = await serve({ audience: { org: 'some-firm', env: 'staging' } });
    const reply = await asked(await deskOf(OFFICER), 'hello', HELLO);
    expect(reply).toMatchObject({ type: 'welcome', org: 'some-firm', env: 'staging' });
  });
});

/** The names of everything that is sent to a desk, acknowledged at once. */
function listen(socket: Socket): string[] {
  const heard: string[] = [];
  for (const name of ['governed', 'accounts', 'facts', 'rows']) {
    socket.on(name, (_message, received: () => void) => {
      heard.push(name);
      received();
    });
  }
  for (const name of ['pulse', 'signedOut']) socket.on(name, () => heard.push(name));
  return heard;
}

/** Facts, rows and a pulse for everyone who follows. */
function tellAll(gateway: Served['gateway'], toSeq = 2): void {
  gateway.facts(toSeq);
  gateway.rows(1, new Float64Array(ROW_WIDTH), Date.now());
  tellPulse(gateway);
}

/** Lets one go where the wire is busy, as the gateway does. */
function tellPulse(gateway: Served['gateway']): void {
  gateway.pulse({} as Parameters<typeof gateway.pulse>[0]);
}

function rolesWithout(action: Action): Role[] {
  return ROLES.filter((role) => !MATRIX[role].includes(action));
}

function roleWith(action: Action): Role {
  return ROLES.find((role) => MATRIX[role].includes(action)) ?? 'admin';
}
