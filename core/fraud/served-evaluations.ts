import { z } from 'zod';
import type { EpochMs } from '#core/time/time.ts';
import type { Detecting } from './detector.ts';
import { perMilleOf, rising } from './measures.ts';
import type { Directory, Observed } from './observation.ts';
import { ACCOUNTS_PER_SIGNAL_MAX, PER_MILLE, type Finding, type Picture } from './signal.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const KEPT_MS = 120 * 86_400_000;
const DEVICES_MAX = 40_000;
const TRADERS_MAX = 50_000;
/** Traders remembered of one device; a public machine has more, and says nothing. */
const USERS_MAX = 40;
const ACCOUNTS_MAX = 3;
/** Traders on devices, of all devices together. */
const USERS_IN_ALL_MAX = 100_000;
const HELD_MAX = 2 * DEVICES_MAX + USERS_IN_ALL_MAX + TRADERS_MAX;

const shape = {
  /** So many unrelated traders on one device are more than a household. */
  tradersMin: z.int().min(2).max(USERS_MAX),
  /** A trader is served when so much of the evaluation came from there, in thousandths. */
  evaluationShare: z.int().min(100).max(1_000),
};
type Params = z.output<z.ZodObject<typeof shape>>;

/** Sessions of one trader on one device. */
interface User {
  readonly traderId: string;
  evaluation: number;
  funded: number;
  accounts: string[];
}
interface Device {
  users: User[];
  fromAt: EpochMs;
  saidStrength: number;
  saidServed: number;
}
/** Sessions of one trader on any device, and where the trader lives. */
interface Person {
  evaluation: number;
  funded: number;
  addressId: string | null;
  /** Where the evaluation was traded last: looked at again once the trader is funded. */
  evaluatedOn: string | null;
}
interface State {
  readonly devices: ExpiringMapState<Device>;
  readonly people: ExpiringMapState<Person>;
  readonly changed: readonly string[];
}

interface Served extends User {
  /** Has funded accounts, and trades them elsewhere. */
  readonly handedOver: boolean;
}

/**
 * The second question of `styleChange`: one device trades the evaluations of several traders who
 * have nothing else in common, and once they are funded they trade from devices of their own.
 */
export const servedEvaluations = {
  shape,
  defaults: { tradersMin: 3, evaluationShare: 500 },
  needs: ['session', 'identity', 'clock'] as const,
  heldMax: HELD_MAX as number,
  start(params: Params, directory: Directory, resume?: unknown): Detecting {
    const saved = resume as State | undefined;
    let users = 0;
    const devices = createExpiringMap<Device>(
      { entriesMax: DEVICES_MAX, keepMs: KEPT_MS },
      saved?.devices,
      (_, device) => (users -= device.users.length),
    );
    for (const [, device] of devices.entries()) users += device.users.length;
    const people = createExpiringMap<Person>(
      { entriesMax: TRADERS_MAX, keepMs: KEPT_MS },
      saved?.people,
    );
    /** Devices that were used in this minute: all of an instant is heard before they are weighed. */
    let changed = new Set(saved?.changed);
    const personOf = (traderId: string, at: EpochMs): Person => {
      const person = people.get(traderId) ?? newPerson();
      people.set(traderId, person, at);
      return person;
    };
    const change = (deviceId: string): void => {
      if (changed.size < DEVICES_MAX) changed.add(deviceId);
    };
    const session = ({ accountId, deviceId, at }: Observed<'session'>): void => {
      const account = directory.account(accountId);
      if (!account) return;
      const phase = account.funded ? 'funded' : 'evaluation';
      const person = personOf(account.traderId, at);
      person[phase] += 1;
      if (!account.funded) person.evaluatedOn = deviceId;
      else if (person.evaluatedOn !== null) change(person.evaluatedOn);
      const device = devices.get(deviceId) ?? newDevice(at);
      let user = device.users.find(({ traderId }) => traderId === account.traderId);
      if (!user && device.users.length < USERS_MAX && users < USERS_IN_ALL_MAX) {
        user = { traderId: account.traderId, evaluation: 0, funded: 0, accounts: [] };
        device.users.push(user);
        users += 1;
      }
      devices.set(deviceId, device, at);
      if (!user) return;
      user[phase] += 1;
      if (!account.funded && !user.accounts.includes(accountId)) {
        user.accounts = [...user.accounts, accountId].slice(-ACCOUNTS_MAX);
      }
      if (device.users.length >= params.tradersMin) change(deviceId);
    };
    const weigh = (deviceId: string, at: EpochMs, found: (finding: Finding) => void): void => {
      const device = devices.get(deviceId);
      if (!device) return;
      const served = servedBy(device, people.get, params);
      const strength = strengthOf(served, params);
      const isStronger = strength >= device.saidStrength + 100;
      // Whoever joins is part of the matter: there are never more than a few dozen.
      const isMore = strength >= device.saidStrength && served.length > device.saidServed;
      if (strength === 0 || (!isStronger && !isMore)) return;
      device.saidStrength = strength;
      device.saidServed = served.length;
      found(findingOf(deviceId, device, { at, served, strength, params }));
    };
    return {
      observe: (observation, found) => {
        if (observation.type === 'session') session(observation);
        if (observation.type === 'identity') {
          personOf(observation.traderId, observation.at).addressId = observation.addressId;
        }
        if (observation.type !== 'clock' || changed.size === 0) return;
        for (const deviceId of [...changed].sort()) weigh(deviceId, observation.at, found);
        changed = new Set();
        devices.expire(observation.at);
        people.expire(observation.at);
      },
      held: () => devices.size() + users + people.size() + changed.size,
      state: (): State => ({
        devices: devices.state(),
        people: people.state(),
        changed: [...changed],
      }),
    };
  },
};

function newPerson(): Person {
  return { evaluation: 0, funded: 0, addressId: null, evaluatedOn: null };
}

function newDevice(at: EpochMs): Device {
  return { users: [], fromAt: at, saidStrength: 0, saidServed: 0 };
}

/** Traders most of whose evaluation came from a device; one of each address. */
function servedBy(
  { users }: Device,
  personOf: (traderId: string) => Person | undefined,
  params: Params,
): Served[] {
  // A device that as many people share as are remembered is a public one.
  if (users.length === USERS_MAX) return [];
  const addresses = new Set<string>();
  const served: Served[] = [];
  for (const user of users) {
    const person = personOf(user.traderId);
    if (!person || user.evaluation === 0) continue;
    if (perMilleOf(user.evaluation, person.evaluation) < params.evaluationShare) continue;
    if (person.addressId !== null && addresses.has(person.addressId)) continue;
    if (person.addressId !== null) addresses.add(person.addressId);
    const handedOver = person.funded > 0 && perMilleOf(user.funded, person.funded) <= 200;
    served.push({ ...user, handedOver });
  }
  return served;
}

/** Above what a trading room may be only where somebody went on from a device of their own. */
function strengthOf(served: readonly Served[], { tradersMin }: Params): number {
  const many = rising(served.length, tradersMin, tradersMin + 3, 450);
  const handedOver = served.filter((one) => one.handedOver).length;
  if (many === 0) return 0;
  if (handedOver === 0) return Math.min(many, 600);
  return Math.min(PER_MILLE, 580 + 70 * handedOver + 15 * served.length);
}

interface Matter {
  readonly at: EpochMs;
  readonly served: readonly Served[];
  readonly strength: number;
  readonly params: Params;
}

function findingOf(deviceId: string, device: Device, matter: Matter): Finding {
  const { at, served, strength, params } = matter;
  const handedOver = served.filter((one) => one.handedOver).length;
  const sorted = [...served].sort((one, other) => (one.traderId < other.traderId ? -1 : 1));
  return {
    key: `device ${deviceId}`,
    at,
    fromAt: device.fromAt,
    strength,
    oneIn: null,
    trades: [],
    accounts: sorted.flatMap(({ accounts }) => accounts).slice(0, ACCOUNTS_PER_SIGNAL_MAX),
    sentence:
      `One device traded the evaluations of ${served.length} traders with no address in common; ` +
      `${handedOver} of them trade funded accounts from elsewhere.`,
    figures: [
      { name: 'tradersServed', unit: 'count', value: served.length, limit: params.tradersMin },
      { name: 'fundedElsewhere', unit: 'count', value: handedOver, limit: 2 },
    ],
    picture: pictureOf(deviceId, sorted),
  };
}

function pictureOf(deviceId: string, served: readonly Served[]): Picture {
  const most = Math.max(1, ...served.map(({ evaluation }) => evaluation));
  return {
    type: 'graph',
    nodes: [
      { id: `device ${deviceId}`, kind: 'device', label: 'device' },
      ...served.map(({ traderId }) => ({
        id: `trader ${traderId}`,
        kind: 'trader' as const,
        label: traderId,
      })),
    ],
    edges: served.map(({ traderId, evaluation, handedOver }) => ({
      from: `device ${deviceId}`,
      to: `trader ${traderId}`,
      label: `${evaluation} sessions${handedOver ? ', funded elsewhere' : ''}`,
      weight: perMilleOf(evaluation, most),
    })),
  };
}
