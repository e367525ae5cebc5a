import { scrypt, timingSafeEqual } from 'node:crypto';
import { assert } from '#core/kernel/assert.ts';
import type { RandomBytes } from './secret-box.ts';

export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;
/** Each run takes 128 MB at the usual cost, and all threads that Node has for such work are four. */
export const HASHES_AT_ONCE_MAX = 4;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What scrypt is asked to spend: N = 2^log2N, r and p as in RFC 7914. */
export interface PasswordCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

export const PASSWORD_COST: PasswordCost = { log2N: 17, r: 8, p: 1 };

/** Long enough for the length rule, and still among the first that anybody would try. */
const TOO_COMMON: ReadonlySet<string> = new Set([
  '000000000000',
  '111111111111',
  '123123123123',
  '123456123456',
  '123456789012',
  '1234567890123',
  '12345678901234',
  '1234567890123456',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'abcdefghijkl',
  'abcdefghijklm',
  'abcd12345678',
  'administrator',
  'administrator1',
  'adminadmin123',
  'asdfghjklasdf',
  'changemechangeme',
  'changemenow123',
  'correcthorsebatterystaple',
  'iloveyou1234',
  'iloveyouiloveyou',
  'letmein123456',
  'letmeinletmein',
  'login1234567',
  'monkeymonkey',
  'mypassword123',
  'newpassword1',
  'passw0rdpassw0rd',
  'password1234',
  'password12345',
  'password123456',
  'password12345678',
  'passwordpassword',
  'propdeskpropdesk',
  'qazwsxedcrfv',
  'qwerty123456',
  'qwertyqwerty',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopasdf',
  'trustno1trustno1',
  'welcome12345',
  'welcome123456',
  'welcomewelcome',
]);

/** Why a password may not be chosen, as a sentence, or null when it may. */
export function passwordProblem(
  password: string,
  person: { readonly name: string; readonly login: string },
): string | null {
  if (password.length > PASSWORD_LENGTH_MAX) {
    return `The password is too long: choose one of at most ${PASSWORD_LENGTH_MAX} characters.`;
  }
  if ([...normal(password)].length < PASSWORD_LENGTH_MIN) {
    return `The password is too short: choose one of at least ${PASSWORD_LENGTH_MIN} characters.`;
  }
  if ([person.name, person.login].map(folded).includes(folded(password))) {
    return 'The password is your name or login: choose one that nobody can look up.';
  }
  return TOO_COMMON.has(folded(password))
    ? 'The password is one of the first that anybody would try: choose another, such as four random words.'
    : null;
}

function folded(text: string): string {
  return normal(text).toLowerCase().replaceAll(/\s/g, '');
}

/** The same letters typed on another keyboard are the same password. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

export interface PasswordCheck {
  readonly isRight: boolean;
  /** The hash to keep from now on, when the cost was raised since the old one was made. */
  readonly renewed: string | null;
}

export interface Passwords {
  /** Both begin at once or return null, so that a flood is refused and nobody waits in a queue. */
  hash(password: string): Promise<string> | null;
  /** Without a stored hash it works as hard, and the password is never right. */
  check(password: string, stored: string | null): Promise<PasswordCheck> | null;
}

export function createPasswords(cost: PasswordCost, random: RandomBytes): Passwords {
  let running = 0;
  const now = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
  const isBusy = () => running >= HASHES_AT_ONCE_MAX;
  return {
    hash: (password) => (isBusy() ? null : now(() => hash(password, cost, random))),
    check: (password, stored) =>
      isBusy() ? null : now(() => check(password, stored, cost, random)),
  };
}

async function hash(password: string, cost: PasswordCost, random: RandomBytes): Promise<string> {
  const salt = Buffer.from(random(SALT_BYTES));
  const key = await stretch(password, salt, cost);
  const { log2N, r, p } = cost;
  return ['scrypt', log2N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

async function check(
  password: string,
  stored: string | null,
  cost: PasswordCost,
  random: RandomBytes,
): Promise<PasswordCheck> {
  if (stored === null) {
    // Nobody has such a login: the same work, so that the time taken does not tell.
    await stretch(password, random(SALT_BYTES), cost);
    return { isRight: false, renewed: null };
  }
  const known = readHash(stored);
  const isRight = timingSafeEqual(await stretch(password, known.salt, known.cost), known.key);
  const isOutdated = isRight && workOf(known.cost) < workOf(cost);
  return { isRight, renewed: isOutdated ? await hash(password, cost, random) : null };
}

function readHash(stored: string): { cost: PasswordCost; salt: Buffer; key: Buffer } {
  const parts = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(stored);
  assert(parts !== null, 'a stored password hash can be read');
  const [, log2N, r, p, salt = '', key = ''] = parts;
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

function workOf({ log2N, r, p }: PasswordCost): number {
  return 2 ** log2N * r * p;
}

function stretch(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Buffer> {
  const { log2N, r, p } = cost;
  const N = 2 ** log2N;
  // Node refuses more memory than this; scrypt needs 128·N·r and a little for each lane.
  const maxmem = 128 * r * (N + p + 4);
  return new Promise((resolve, reject) => {
    scrypt(normal(password), salt, HASH_BYTES, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
