import { bytesOfBase64 } from '#core/kernel/base64.ts';
import {
  isPermitted,
  type About,
  type Action,
  type Grant,
  type Role,
  type Scope,
} from './roles.ts';

/** A role, from one entry of the log to another; still held while `toSeq` is null. */
interface HeldRole extends Grant {
  readonly fromSeq: number;
  toSeq: number | null;
}

export interface Person {
  readonly personId: string;
  active: boolean;
  readonly roles: HeldRole[];
}

/** A device's key and its place in the log: time of day plays no part in whether it counts. */
export interface DeviceKey {
  readonly keyId: string;
  readonly personId: string;
  readonly deviceId: string;
  readonly publicKey: Uint8Array;
  readonly enrolledSeq: number;
  grantedSeq: number | null;
  revokedSeq: number | null;
  frozen: boolean;
  /** The last decision of this device's chain. */
  chain: { readonly seq: number; readonly digest: string } | null;
}

/** Who is who, what they may do, and with which keys: a fold of the log. */
export interface People {
  readonly persons: ReadonlyMap<string, Person>;
  readonly keys: ReadonlyMap<string, DeviceKey>;
  add(personId: string): void;
  deactivate(personId: string, seq: number): void;
  grant(personId: string, role: Role, scope: Scope, seq: number): void;
  revoke(personId: string, role: Role, seq: number): void;
  enrol(
    key: Pick<DeviceKey, 'keyId' | 'personId' | 'deviceId'>,
    publicKey: string,
    seq: number,
  ): void;
  key(keyId: string): DeviceKey | undefined;
  /** Whether a person may do it now. */
  may(personId: string, action: Action, about?: About): boolean;
  /** Whether a person might have done it when the log had so many entries. */
  mightAt(personId: string, seq: number, action: Action, about?: About): boolean;
  /** Active persons who may. */
  whoMay(action: Action, about?: About): string[];
}

export function createPeople(): People {
  const persons = new Map<string, Person>();
  const keys = new Map<string, DeviceKey>();
  const held = (personId: string, isHeld: (role: HeldRole) => boolean): Grant[] =>
    persons.get(personId)?.roles.filter(isHeld) ?? [];
  const may: People['may'] = (personId, action, about) =>
    persons.get(personId)?.active === true &&
    isPermitted(
      held(personId, ({ toSeq }) => toSeq === null),
      action,
      about,
    );
  return {
    persons,
    keys,
    add: (personId) => {
      const known = persons.get(personId);
      if (known) known.active = true;
      else persons.set(personId, { personId, active: true, roles: [] });
    },
    deactivate: (personId, seq) => {
      const person = persons.get(personId);
      if (!person) return;
      person.active = false;
      for (const role of person.roles) role.toSeq ??= seq;
    },
    grant: (personId, role, scope, seq) =>
      void persons.get(personId)?.roles.push({ role, scope, fromSeq: seq, toSeq: null }),
    revoke: (personId, role, seq) => {
      for (const one of persons.get(personId)?.roles ?? []) {
        if (one.role === role) one.toSeq ??= seq;
      }
    },
    enrol: (key, publicKey, seq) => {
      const bytes = bytesOfBase64(publicKey);
      if (!bytes.ok) return;
      const fresh = { grantedSeq: null, revokedSeq: null, frozen: false, chain: null };
      keys.set(key.keyId, { ...key, ...fresh, publicKey: bytes.value, enrolledSeq: seq });
    },
    key: (keyId) => keys.get(keyId),
    may,
    mightAt: (personId, seq, action, about) =>
      isPermitted(
        held(personId, ({ fromSeq, toSeq }) => fromSeq <= seq && (toSeq === null || toSeq > seq)),
        action,
        about,
      ),
    whoMay: (action, about) =>
      [...persons.keys()].filter((personId) => may(personId, action, about)),
  };
}
