import { assert } from '#core/kernel/assert.ts';
import type { Role } from '#core/people/roles.ts';
import type { PeopleStore } from './people-store.ts';
import { HASHES_AT_ONCE_MAX } from './passwords.ts';

export interface DemoPerson {
  readonly personId: string;
  readonly name: string;
  readonly login: string;
  readonly roles: readonly Role[];
}

/** The password of everybody in the demonstration. Public, so never for a real firm's people. */
export const DEMO_PASSWORD = 'propdesk-demo-desk';

/** An invented firm: as many people as every two-person rule needs. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  { personId: 'p-ada', name: 'Ada Merrow', login: 'ada', roles: ['admin'] },
  { personId: 'p-bram', name: 'Bram Tolley', login: 'bram', roles: ['admin'] },
  { personId: 'p-cleo', name: 'Cleo Hartwin', login: 'cleo', roles: ['payoutApprover'] },
  { personId: 'p-dario', name: 'Dario Venn', login: 'dario', roles: ['payoutApprover'] },
  { personId: 'p-edda', name: 'Edda Loring', login: 'edda', roles: ['finance'] },
  { personId: 'p-finn', name: 'Finn Oakley', login: 'finn', roles: ['riskOfficer'] },
  { personId: 'p-gia', name: 'Gia Marlow', login: 'gia', roles: ['seniorRiskOfficer'] },
  { personId: 'p-hal', name: 'Hal Wintry', login: 'hal', roles: ['compliance'] },
  { personId: 'p-ines', name: 'Ines Corvel', login: 'ines', roles: ['supportAgent'] },
  { personId: 'p-jona', name: 'Jona Redding', login: 'jona', roles: ['manager'] },
  { personId: 'p-kaia', name: 'Kaia Stonell', login: 'kaia', roles: ['auditor'] },
];

/**
 * Adds whoever is missing and sets the password of whoever has none; changes nobody else. Run it
 * before anybody can sign in: it takes all the room there is for making hashes.
 */
export async function seedDemoPeople(store: PeopleStore): Promise<void> {
  const known = new Set(store.list().map(({ personId }) => personId));
  for (const { personId, name, login } of DEMO_PEOPLE) {
    if (known.has(personId)) continue;
    const added = store.add({ personId, name, login });
    assert(added.ok || added.error.code === 'taken', `the demo person ${personId} can be added`);
  }
  const demo = new Set(DEMO_PEOPLE.map(({ personId }) => personId));
  const waiting = store
    .list()
    .filter(({ personId, active, hasPassword }) => demo.has(personId) && active && !hasPassword);
  for (let at = 0; at < waiting.length; at += HASHES_AT_ONCE_MAX) {
    const group = waiting.slice(at, at + HASHES_AT_ONCE_MAX);
    await Promise.all(group.map(({ personId }) => setPassword(store, personId)));
  }
}

async function setPassword(store: PeopleStore, personId: string): Promise<void> {
  const code = store.invite(personId);
  assert(code.ok, `the demo person ${personId} can be invited`);
  const accepted = await store.accept(code.value, DEMO_PASSWORD);
  assert(accepted.ok, `the demo person ${personId} gets a password`);
}
