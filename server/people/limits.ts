import { isIPv6 } from 'node:net';
import type { Connection } from '../store/open.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Wrong attempts until a login is locked, and again until the lock is twice as long. */
export const WRONG_UNTIL_LOCKED = 5;
export const LOCK_FIRST_MS = 15 * MINUTE_MS;
export const LOCK_MAX_MS = 24 * HOUR_MS;
/** Wrong attempts count this long after the last of them, and after its lock. */
export const WRONG_KEPT_MS = 24 * HOUR_MS;
/** Logins whose wrong attempts are kept; those that nobody has leave first. */
export const LOGINS_WATCHED_MAX = 10_000;
export const ATTEMPTS_PER_ADDRESS_MAX = 30;
export const ATTEMPTS_WINDOW_MS = MINUTE_MS;
/** Addresses remembered; the one that was heard longest ago leaves first. */
export const ADDRESSES_WATCHED_MAX = 10_000;

/** Counts wrong attempts by login, whether or not anybody has that login. */
export interface LoginLimits {
  /** When the lock ends, or null while there is none. */
  lockedUntil(loginKey: Uint8Array): number | null;
  /**
   * Reserves one attempt, or returns null when those under way could be wrong enough to lock:
   * guesses made at the same moment are not more guesses.
   */
  begin(loginKey: Uint8Array): { done(): void } | null;
  wrong(loginKey: Uint8Array): void;
  /** Only when everything that a person can prove was proven: else a known half resets the count. */
  clear(loginKey: Uint8Array): void;
  removeOld(): void;
}

interface Wrong {
  readonly wrong: number;
  readonly locked_until: number;
}

export function createLoginLimits(
  connection: Connection,
  now: () => number,
  watchedMax: number = LOGINS_WATCHED_MAX,
): LoginLimits {
  const read = connection.prepare('SELECT * FROM wrong_attempt WHERE login_key = ?');
  const write = connection.prepare('INSERT OR REPLACE INTO wrong_attempt VALUES (?, ?, ?, ?)');
  const clear = connection.prepare('DELETE FROM wrong_attempt WHERE login_key = ?');
  const removeOld = connection.prepare(
    'DELETE FROM wrong_attempt WHERE max(last_at, locked_until) <= ?',
  );
  const underWay = new Map<string, number>();
  const of = (loginKey: Uint8Array): Wrong =>
    (read.get(loginKey) as Wrong | undefined) ?? { wrong: 0, locked_until: 0 };
  const wrong = connection.transaction((loginKey: Uint8Array) => {
    const count = of(loginKey).wrong + 1;
    write.run(loginKey, count, lockEnd(count, now()), now());
    trim(connection, watchedMax);
  });
  return {
    lockedUntil: (loginKey) => {
      const until = of(loginKey).locked_until;
      return until > now() ? until : null;
    },
    begin: (loginKey) =>
      reserve(underWay, Buffer.from(loginKey).toString('base64'), of(loginKey).wrong),
    wrong: (loginKey) => wrong.immediate(loginKey),
    clear: (loginKey) => void clear.run(loginKey),
    removeOld: () => void removeOld.run(now() - WRONG_KEPT_MS),
  };
}

function lockEnd(wrong: number, now: number): number {
  if (wrong % WRONG_UNTIL_LOCKED !== 0) return 0;
  const doublings = wrong / WRONG_UNTIL_LOCKED - 1;
  return now + Math.min(LOCK_FIRST_MS * 2 ** doublings, LOCK_MAX_MS);
}

function reserve(underWay: Map<string, number>, login: string, wrong: number) {
  const others = underWay.get(login) ?? 0;
  if ((wrong % WRONG_UNTIL_LOCKED) + others >= WRONG_UNTIL_LOCKED) return null;
  underWay.set(login, others + 1);
  return {
    done: () => {
      const left = (underWay.get(login) ?? 1) - 1;
      if (left === 0) underWay.delete(login);
      else underWay.set(login, left);
    },
  };
}

/** Logins of real persons stay, or a flood of invented ones would lift their locks. */
function trim(connection: Connection, watchedMax: number): void {
  const count = connection.prepare('SELECT count(*) FROM wrong_attempt').pluck().get() as number;
  if (count <= watchedMax) return;
  connection
    .prepare(
      `DELETE FROM wrong_attempt WHERE login_key IN (
         SELECT login_key FROM wrong_attempt
          WHERE login_key NOT IN (SELECT login_key FROM person WHERE active = 1)
          ORDER BY last_at LIMIT ?)`,
    )
    .run(count - watchedMax);
}

/** Counts attempts by address in memory: after a restart everybody has a full minute again. */
export interface AddressLimits {
  /** Counts one attempt, or says no. */
  admit(address: string): boolean;
}

export function createAddressLimits(
  now: () => number,
  watchedMax: number = ADDRESSES_WATCHED_MAX,
): AddressLimits {
  const attempts = new Map<string, readonly number[]>();
  return {
    admit: (address) => {
      const network = networkOf(address);
      const at = now();
      const recent = (attempts.get(network) ?? []).filter(
        (time) => time <= at && at - time < ATTEMPTS_WINDOW_MS,
      );
      const isAdmitted = recent.length < ATTEMPTS_PER_ADDRESS_MAX;
      // Deleted and set, so that the map stays in the order in which addresses were last heard.
      attempts.delete(network);
      attempts.set(network, isAdmitted ? [...recent, at] : recent);
      const [oldest] = attempts.keys();
      if (attempts.size > watchedMax && oldest !== undefined) attempts.delete(oldest);
      return isAdmitted;
    },
  };
}

/** One household is one address: with IPv6 it has 2^64 of them, which share their first half. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 ending stands for two groups.
  const width = front.length + back.length + (address.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - width }, () => '0');
  const groups = [...front, ...zeros, ...back].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
