import { assert } from './assert.ts';

/** A readable list turned into a keyed look-up. Refuses two members of one name. */
export interface Registry<Key extends string, Member> {
  readonly all: readonly Member[];
  find(key: string): Member | undefined;
  get(key: Key): Member;
}

export function createRegistry<Key extends string, Member>(
  members: readonly Member[],
  keyOf: (member: Member) => Key,
): Registry<Key, Member> {
  const byKey = new Map<string, Member>();
  for (const member of members) {
    assert(!byKey.has(keyOf(member)), `two members are called ${keyOf(member)}`);
    byKey.set(keyOf(member), member);
  }
  return {
    all: members,
    find: (key) => byKey.get(key),
    get: (key) => {
      const member = byKey.get(key);
      assert(member !== undefined, `nothing registered is called ${key}`);
      return member;
    },
  };
}
