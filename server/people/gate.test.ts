import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { EVERYWHERE, type Role } from '#core/people/roles.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import { DEMO_PASSWORD, DEMO_PEOPLE } from './demo-people.ts';
import { createPeopleGate, type PeopleGate } from './gate.ts';
import { openWorld, PASSWORD, type World } from './testing/people.ts';

const ADA = 'p-ada';
let world: World;
let governance: Governance;
let told: ServerIntent[];
let gate: PeopleGate;
let seq = 0;

beforeEach(async () => {
  world = openWorld();
  governance = createGovernance();
  told = [];
  gate = gateOf(false);
  await world.join('ada');
  fold({ kind: 'personAdded', data: { personId: ADA, at: 1 } });
});
afterEach(() => world.close());

function gateOf(demo: boolean): PeopleGate {
  const tell = (intent: ServerIntent): void => void told.push(intent);
  return createPeopleGate({ store: world.store, governance, demo, tell });
}

function fold(draft: FactDraft): void {
  seq += 1;
  governance.apply({ envelope: { seq }, ...draft } as unknown as Fact);
}

function grant(role: Role): void {
  fold({ kind: 'roleGranted', data: { personId: ADA, role, scope: EVERYWHERE, at: 1 } });
}

function signIn(over: Partial<Parameters<PeopleGate['signIn']>[0]> = {}) {
  const usual = { login: 'ada', password: PASSWORD, totp: null, deskId: 'desk', address: '::1' };
  return gate.signIn({ ...usual, ...over });
}

async function tokenOf(deskId = 'desk'): Promise<string> {
  const { signedIn } = await signIn({ deskId });
  return signedIn.type === 'signedIn' ? signedIn.session : '';
}

describe('the doors of a firm', () => {
  it('name nobody', () => {
    expect(gate.doors()).toEqual({ demo: null });
  });

  it('name everybody in a demonstration, with the password and no role they do not have', () => {
    const { demo } = gateOf(true).doors();
    expect(demo?.password).toBe(DEMO_PASSWORD);
    expect(demo?.people.map(({ login }) => login)).toEqual(DEMO_PEOPLE.map(({ login }) => login));
    expect(demo?.people[0]).toEqual({
      login: 'ada',
      personId: ADA,
      name: 'The person ada',
      roles: [],
    });
  });
});

describe('the gate', () => {
  it('lets in with the right password, and tells the log who and where', async () => {
    const { signedIn, person } = await signIn();
    expect(signedIn).toMatchObject({ type: 'signedIn', profile: { personId: ADA } });
    expect(person?.personId).toBe(ADA);
    expect(told).toEqual([{ type: 'signedIn', personId: ADA, deskId: 'desk' }]);
  });

  it('lets nobody in with a wrong password, and tells the log nothing', async () => {
    const { signedIn, person } = await signIn({ password: 'not the password' });
    expect([signedIn.type, person, told]).toEqual(['refused', null, []]);
  });

  it('asks who has an authenticator app for its code', async () => {
    await world.enrol(ADA);
    const { signedIn, person } = await signIn();
    expect([signedIn.type, person]).toEqual(['refused', null]);
  });

  it('knows a session at its own desk alone', async () => {
    const token = await tokenOf();
    expect(gate.session(token, 'desk')).toMatchObject({ personId: ADA });
    expect(gate.session(token, 'another-desk')).toBeNull();
  });

  it('knows no session of who was deactivated in the log', async () => {
    const token = await tokenOf();
    fold({ kind: 'personDeactivated', data: { personId: ADA, at: 2 } });
    expect(gate.session(token, 'desk')).toBeNull();
  });

  it('ends one session when told to, and the others not', async () => {
    const [here, there] = [await tokenOf('here'), await tokenOf('there')];
    const session = gate.session(here, 'here');
    if (session) gate.signOut(session, 'here', false);
    expect(gate.session(here, 'here')).toBeNull();
    expect(gate.session(there, 'there')).not.toBeNull();
    expect(told.at(-1)).toEqual({
      type: 'signedOut',
      personId: ADA,
      deskId: 'here',
      everywhere: false,
    });
  });

  it('ends all of a person’s sessions when told to, and says each', async () => {
    const [here, there] = [await tokenOf('here'), await tokenOf('there')];
    const ended: string[] = [];
    gate.onEnded((sessionId) => ended.push(sessionId));
    const session = gate.session(here, 'here');
    if (session) gate.signOut(session, 'here', true);
    expect([gate.session(here, 'here'), gate.session(there, 'there')]).toEqual([null, null]);
    expect(new Set(ended).size).toBe(2);
  });

  it('lists the sessions of a person, and which of them asks', async () => {
    const [here] = [await tokenOf('here'), await tokenOf('there')];
    const asking = present(gate.session(here, 'here'), 'a session');
    const { hasTotp, sessions } = gate.sessions(asking);
    expect(hasTotp).toBe(false);
    expect(new Map(sessions.map(({ deskId, thisOne }) => [deskId, thisOne]))).toEqual(
      new Map([
        ['here', true],
        ['there', false],
      ]),
    );
  });

  it('begins another second factor only with the password', async () => {
    const refused = await gate.totp(ADA, { step: 'begin', password: 'not the password' });
    expect(refused.type).toBe('refused');
    expect(await gate.totp(ADA, { step: 'confirm', code: '000000' })).toMatchObject({
      type: 'refused',
      code: 'notBegun',
    });
    expect((await gate.totp(ADA, { step: 'begin', password: PASSWORD })).type).toBe('begun');
  });

  it('adds a person with a code that sets the first password', async () => {
    const added = gate.add({ name: 'Nell Newcomer', login: 'nell' }, ADA);
    if (added.type !== 'added') throw new Error(added.message);
    expect(told).toEqual([{ type: 'addPerson', personId: added.personId }]);
    governance.people.add(added.personId);
    expect(await gate.accept(added.code, 'five other random words')).toEqual({ type: 'done' });
    expect((await signIn({ login: 'nell', password: 'five other random words' })).person).toEqual({
      personId: added.personId,
      sessionId: expect.any(String) as string,
    });
  });

  it('adds nobody under a login that is taken, and tells the log nothing', () => {
    expect(gate.add({ name: 'Another Ada', login: 'ada' }, ADA).type).toBe('refused');
    expect(told).toEqual([]);
  });

  it('says what a person is, by the log as it is now', () => {
    grant('auditor');
    expect(gate.profile(ADA).roles).toEqual(['auditor']);
    expect(gate.may(ADA, 'viewAudit')).toBe(true);
    fold({ kind: 'roleRevoked', data: { personId: ADA, role: 'auditor', at: 2 } });
    expect(gate.profile(ADA).roles).toEqual([]);
    expect(gate.may(ADA, 'viewAudit')).toBe(false);
  });

  it('lists those who left, too', () => {
    fold({ kind: 'personDeactivated', data: { personId: ADA, at: 2 } });
    expect(gate.list().people).toEqual([
      { personId: ADA, name: 'The person ada', roles: [], active: false },
    ]);
  });

  it('shows who has no name here by the id', () => {
    expect(gate.profile('p-unknown')).toEqual({
      personId: 'p-unknown',
      name: 'p-unknown',
      roles: [],
    });
  });
});
