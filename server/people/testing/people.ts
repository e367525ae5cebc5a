import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { present } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import type { PasswordCost } from '../passwords.ts';
import { openPeopleStore, type PeopleStore } from '../people-store.ts';
import type { SignInAttempt } from '../sign-in.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const LOW_COST: PasswordCost = { log2N: 4, r: 8, p: 1 };
export const PASSWORD = 'four random words here';

/** A store in a folder of its own, with a clock that a test moves. */
export interface World {
  readonly folder: string;
  readonly file: string;
  now: number;
  store: PeopleStore;
  /** Closes the store and opens it again. */
  reopen(passwordCost?: PasswordCost): PeopleStore;
  /** Somebody with a password. */
  join(login: string, password?: string): Promise<string>;
  /** Somebody's authenticator app, set up. */
  enrol(personId: string): Promise<TOTP>;
  attempt(over?: Partial<SignInAttempt>): ReturnType<PeopleStore['signIn']>;
  /** The code that an answer carries, or `ok`. */
  answer(over?: Partial<SignInAttempt>): Promise<string>;
  close(): void;
}

export function openWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-people-'));
  const file = join(folder, 'people.sqlite');
  const open = (passwordCost: PasswordCost) =>
    openPeopleStore(file, { now: () => world.now, passwordCost });
  const world: World = {
    folder,
    file,
    now: Date.UTC(2026, 0, 5, 9),
    store: undefined as unknown as PeopleStore,
    reopen: (passwordCost = LOW_COST) => {
      world.store.close();
      world.store = open(passwordCost);
      return world.store;
    },
    join: async (login, password = PASSWORD) => {
      const personId = `p-${login}`;
      valueOf(world.store.add({ personId, name: `The person ${login}`, login }));
      valueOf(await world.store.accept(valueOf(world.store.invite(personId)), password));
      return personId;
    },
    enrol: (personId) => Promise.resolve(enrol(world, personId)),
    attempt: (over = {}) => {
      const usual = { login: 'ada', password: PASSWORD, deskId: 'desk-1', address: '192.0.2.1' };
      return world.store.signIn({ ...usual, ...over });
    },
    answer: async (over) => {
      const result = await world.attempt(over);
      return result.ok ? 'ok' : result.error.code;
    },
    close: () => {
      world.store.close();
      rmSync(folder, { recursive: true });
    },
  };
  world.store = open(LOW_COST);
  return world;
}

/** Sets the app up with the code of the step before, so that the present code is not spent. */
function enrol(world: World, personId: string): TOTP {
  const { secret } = valueOf(world.store.beginTotp(personId));
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = app.generate({ timestamp: world.now - 30 * SECOND_MS });
  valueOf(world.store.confirmTotp(personId, code));
  return app;
}

export function valueOf<Value, Failure>(result: Result<Value, Failure>): Value {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** What all files of a folder hold, but the key's. */
export function bytesIn(folder: string): Buffer {
  const files = readdirSync(folder).filter((name) => !name.endsWith('.key'));
  return Buffer.concat(files.map((name) => readFileSync(join(folder, name))));
}

/** Random bytes that remember what they gave out. */
export function recordingRandom(): { given: Uint8Array[]; random: (count: number) => Uint8Array } {
  const given: Uint8Array[] = [];
  return {
    given,
    random: (count) => {
      given.push(randomBytes(count));
      return present(given.at(-1), 'the bytes just made');
    },
  };
}
