import { DEFAULT_POLICIES, type ApprovalPolicy } from '#core/approvals/policy.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import { DEMO_PEOPLE, seedDemoPeople } from './demo-people.ts';
import type { PeopleStore } from './people-store.ts';

const MINUTE_MS = 60_000;

/**
 * A demonstration does not wait: keys count as soon as they are enrolled, and there is no cool-off.
 * All else is as in a firm that has decided nothing.
 */
const DEMO_POLICIES: readonly ApprovalPolicy[] = DEFAULT_POLICIES.map((policy) => ({
  ...policy,
  ...(policy.action === 'grantKey' ? { approvals: 0 } : {}),
  coolOffMs: 0,
  payeeCoolOffMs: Math.min(policy.payeeCoolOffMs, MINUTE_MS),
}));

const FIRST_PERSON = { personId: 'p-first', name: 'First administrator', login: 'admin' } as const;

/** What a new log is told first: who there is. `line` is for the person who starts the server. */
export async function foundPeople(
  kind: 'demo' | 'own',
  store: PeopleStore,
): Promise<{ readonly intent: Extract<ServerIntent, { type: 'found' }>; readonly line: string }> {
  if (kind === 'demo') {
    await seedDemoPeople(store);
    const people = DEMO_PEOPLE.map(({ personId, roles }) => ({ personId, roles }));
    const line =
      'people: a demonstration firm; the sign-in page names everybody and their password';
    return { intent: { type: 'found', people, policies: DEMO_POLICIES }, line };
  }
  store.add(FIRST_PERSON);
  const code = store.invite(FIRST_PERSON.personId);
  const { personId, login } = FIRST_PERSON;
  return {
    intent: { type: 'found', people: [{ personId, roles: ['admin'] }], policies: [] },
    line: code.ok
      ? `people: the first is "${login}"; set the password with the code ${code.value} within 24 hours`
      : `people: "${login}" has a password already`,
  };
}
