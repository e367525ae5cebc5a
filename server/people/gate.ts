import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Governance } from '#core/governance/governance.ts';
import type { Action } from '#core/people/roles.ts';
import type {
  acceptedSchema,
  Doors,
  newPersonReplySchema,
  newPersonSchema,
  PeopleReply,
  Profile,
  SessionsReply,
  SignedIn,
  totpReplySchema,
  totpRequestSchema,
} from '#core/sync/protocol.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import { DEMO_PASSWORD, DEMO_PEOPLE } from './demo-people.ts';
import type { PeopleStore } from './people-store.ts';

interface SignInAttempt {
  readonly login: string;
  readonly password: string;
  readonly totp: string | null;
  readonly deskId: string;
  readonly address: string;
}

/** Who comes in, and what they may: secrets from their store, roles from the log. */
export interface PeopleGate {
  doors(): Doors;
  signIn(attempt: SignInAttempt): Promise<{
    readonly signedIn: SignedIn;
    readonly person: { readonly personId: string; readonly sessionId: string } | null;
  }>;
  signOut(
    person: { readonly personId: string; readonly sessionId: string },
    deskId: string,
    everywhere: boolean,
  ): void;
  session(
    token: string,
    deskId: string,
  ): { readonly personId: string; readonly sessionId: string } | null;
  onEnded(listener: (sessionId: string) => void): () => void;
  may(personId: string, action: Action): boolean;
  profile(personId: string): Profile;
  list(): PeopleReply;
  accept(code: string, password: string): Promise<z.output<typeof acceptedSchema>>;
  sessions(person: Come): SessionsReply;
  totp(
    personId: string,
    wish: z.output<typeof totpRequestSchema>,
  ): Promise<z.output<typeof totpReplySchema>>;
  /** Adds somebody, and gives the code that sets the first password. */
  add(wish: z.output<typeof newPersonSchema>, by: string): z.output<typeof newPersonReplySchema>;
}

/** Somebody who is signed in. */
export interface Come {
  readonly personId: string;
  readonly sessionId: string;
}

export interface GatePorts {
  readonly store: PeopleStore;
  readonly governance: Governance;
  /** A demonstration shows its doors: names, and the password that all of them have. */
  readonly demo: boolean;
  /** Puts into the log who came and went; `by` is the person who did it, null for the server. */
  tell(intent: ServerIntent, by: string | null): void;
}

export function createPeopleGate({ store, governance, demo, tell }: GatePorts): PeopleGate {
  const { people } = governance;
  const profile = (personId: string): Profile => ({
    personId,
    name: store.nameOf(personId) ?? personId,
    roles: (people.persons.get(personId)?.roles ?? []).flatMap(({ role, toSeq }) =>
      toSeq === null ? [role] : [],
    ),
  });
  return {
    doors: () => ({
      demo: demo
        ? {
            password: DEMO_PASSWORD,
            people: DEMO_PEOPLE.map(({ personId, login }) => ({ login, ...profile(personId) })),
          }
        : null,
    }),
    signIn: async ({ totp, ...attempt }) => {
      const answer = await store.signIn({ ...attempt, ...(totp === null ? {} : { totp }) });
      if (!answer.ok) return { signedIn: { type: 'refused', ...answer.error }, person: null };
      const { personId, sessionId, token } = answer.value;
      if (people.persons.get(personId)?.active !== true) {
        store.signOut(sessionId);
        const message = 'You are no longer a person of this firm: ask an administrator.';
        return { signedIn: { type: 'refused', code: 'wrong', message }, person: null };
      }
      tell({ type: 'signedIn', personId, deskId: attempt.deskId }, null);
      const signedIn = { type: 'signedIn', session: token, profile: profile(personId) } as const;
      return { signedIn, person: { personId, sessionId } };
    },
    signOut: ({ personId, sessionId }, deskId, everywhere) => {
      if (everywhere) store.signOutEverywhere(personId);
      else store.signOut(sessionId);
      tell({ type: 'signedOut', personId, deskId, everywhere }, null);
    },
    session: (token, deskId) => {
      const live = store.session(token, deskId);
      const active = live !== null && people.persons.get(live.personId)?.active === true;
      return active ? { personId: live.personId, sessionId: live.sessionId } : null;
    },
    onEnded: store.onEnded,
    accept: async (code, password) => {
      const accepted = await store.accept(code, password);
      return accepted.ok ? { type: 'done' } : { type: 'refused', ...accepted.error };
    },
    sessions: ({ personId, sessionId }) => ({
      hasTotp: store.list().find((one) => one.personId === personId)?.hasTotp ?? false,
      sessions: store
        .sessions(personId)
        .map((one) => ({ ...one, thisOne: one.sessionId === sessionId })),
    }),
    totp: async (personId, wish) => {
      if (wish.step === 'confirm') {
        const confirmed = store.confirmTotp(personId, wish.code);
        return confirmed.ok ? { type: 'done' } : { type: 'refused', ...confirmed.error };
      }
      // Whoever finds an open desk must not be able to replace the second factor.
      const again = await store.authenticateAgain(personId, wish.password);
      if (!again.ok) return { type: 'refused', ...again.error };
      const begun = store.beginTotp(personId);
      return begun.ok ? { type: 'begun', ...begun.value } : { type: 'refused', ...begun.error };
    },
    add: ({ name, login }, by) => {
      const personId = `p-${randomUUID().slice(0, 8)}`;
      const added = store.add({ personId, name, login });
      if (!added.ok) return { type: 'refused', ...added.error };
      const code = store.invite(personId);
      if (!code.ok) return { type: 'refused', ...code.error };
      tell({ type: 'addPerson', personId }, by);
      return { type: 'added', personId, code: code.value };
    },
    may: people.may,
    profile,
    list: () => ({
      people: [...people.persons.values()].map(({ personId, active }) => ({
        ...profile(personId),
        active,
      })),
    }),
  };
}
