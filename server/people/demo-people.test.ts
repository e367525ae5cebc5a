import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES } from '#core/people/roles.ts';
import { DEMO_PASSWORD, DEMO_PEOPLE, seedDemoPeople } from './demo-people.ts';
import { openWorld, valueOf, type World } from './testing/people.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

describe('the demo people', () => {
  it('fill every role, two-person ones twice', () => {
    const count = (role: string) =>
      DEMO_PEOPLE.filter(({ roles }) => roles.some((one) => one === role)).length;
    const twice = ['admin', 'payoutApprover'];
    expect(ROLES.map((role) => [role, count(role)])).toEqual(
      ROLES.map((role) => [role, twice.includes(role) ? 2 : 1]),
    );
  });

  it('can all sign in', async () => {
    await seedDemoPeople(world.store);
    for (const { login, personId } of DEMO_PEOPLE) {
      const session = valueOf(await world.attempt({ login, password: DEMO_PASSWORD }));
      expect(session.personId).toBe(personId);
    }
  });

  it('are changed by no second seeding', async () => {
    await seedDemoPeople(world.store);
    const { token } = valueOf(await world.attempt({ login: 'ada', password: DEMO_PASSWORD }));
    await world.store.accept(valueOf(world.store.invite('p-bram')), 'a password of his own');
    valueOf(world.store.deactivate('p-cleo'));
    const before = world.store.list();
    await seedDemoPeople(world.store);
    expect(world.store.list()).toEqual(before);
    expect(world.store.session(token, 'desk-1')).not.toBeNull();
    expect(await world.answer({ login: 'bram', password: 'a password of his own' })).toBe('ok');
  });
});
