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

/** Whoever proposes cannot approve, and roles and limits need two others: a firm begins with three. */
const FIRST_PEOPLE = ['admin', 'admin-2', 'admin-3'].map((login, at) => ({
  personId: `p-${login}`,
  name: `Administrator ${at + 1}`,
  login,
}));
/** Somebody's key has to be the first that counts. To be raised as soon as three of them do. */
const FIRST_POLICIES: readonly ApprovalPolicy[] = DEFAULT_POLICIES.flatMap((policy) =>
  policy.action === 'grantKey' ? [{ ...policy, approvals: 0, coolOffMs: 0 }] : [],
);

/** What a new log is told first: who there is. `lines` are for the person who starts the server. */
export async function foundPeople(
  kind: 'demo' | 'own',
  store: PeopleStore,
): Promise<{
  readonly intent: Extract<ServerIntent, { type: 'found' }>;
  readonly lines: readonly string[];
}> {
  if (kind === 'demo') {
    await seedDemoPeople(store);
    const people = DEMO_PEOPLE.map(({ personId, roles }) => ({ personId, roles }));
    const line =
      'people: a demonstration firm; the sign-in page names everybody and their password';
    return { intent: { type: 'found', people, policies: DEMO_POLICIES }, lines: [line] };
  }
  const lines = FIRST_PEOPLE.map((person) => {
    store.add(person);
    const code = store.invite(person.personId);
    return code.ok
      ? `people: "${person.login}" sets a password with the code ${code.value} within 24 hours`
      : `people: "${person.login}" could not be invited: ${code.error.message}`;
  });
  const people = FIRST_PEOPLE.map(({ personId }) => ({ personId, roles: ['admin' as const] }));
  return {
    intent: { type: 'found', people, policies: FIRST_POLICIES },
    lines: [
      ...lines,
      'people: until it is raised under People, a signing key counts as soon as it is enrolled',
    ],
  };
}
