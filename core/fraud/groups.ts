import type { EpochMs } from '#core/time/time.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const GROUPS_MAX = 2_000;
const MEMBERS_MAX = 60;
const LINKS_MAX = 120;
export const GROUPS_HELD_MAX = GROUPS_MAX * (MEMBERS_MAX + 1);

/** Traders who belong together, by links between two of them. */
export interface Group {
  /** Of the first link: stays while the group grows, and when groups become one. */
  readonly key: string;
  readonly members: readonly string[];
  readonly links: readonly string[];
  readonly firstAt: EpochMs;
  /** The largest that any link brought. */
  readonly most: number;
}

export interface Joined {
  readonly members: readonly string[];
  readonly link: string;
  readonly firstAt: EpochMs;
  readonly most: number;
  /** The key, should this be the first link. */
  readonly key: string;
}

/** Groups that grow by links; two that a link connects become one, under the older key. */
export interface Groups {
  join(joined: Joined, at: EpochMs): Group;
  /** The group of a trader. */
  of(member: string): Group | undefined;
  expire(at: EpochMs): void;
  size(): number;
  state(): GroupsState;
}
export type GroupsState = ExpiringMapState<Group>;

export function createGroups(keepMs: number, resume?: GroupsState): Groups {
  const keyOf = new Map<string, string>();
  const leave = ({ key, members }: Group): void => {
    for (const one of members) if (keyOf.get(one) === key) keyOf.delete(one);
  };
  const groups = createExpiringMap<Group>({ entriesMax: GROUPS_MAX, keepMs }, resume, (_, group) =>
    leave(group),
  );
  for (const [key, { members }] of groups.entries()) for (const one of members) keyOf.set(one, key);
  const of = (member: string): Group | undefined => groups.get(keyOf.get(member) ?? '');
  return {
    of,
    join: ({ members, link, firstAt, most, key }, at) => {
      const known = [...new Set(members.flatMap((member) => of(member) ?? []))].sort(
        (one, other) => one.firstAt - other.firstAt || (one.key < other.key ? -1 : 1),
      );
      const [first] = known;
      const group: Group = {
        key: first?.key ?? key,
        members: distinct([...known.map((one) => one.members), members], MEMBERS_MAX).sort(),
        links: distinct([...known.map(({ links }) => links), [link]], LINKS_MAX),
        firstAt: first?.firstAt ?? firstAt,
        most: Math.max(most, ...known.map((one) => one.most)),
      };
      for (const one of known) {
        leave(one);
        groups.delete(one.key);
      }
      groups.set(group.key, group, at);
      for (const one of group.members) keyOf.set(one, group.key);
      return group;
    },
    expire: groups.expire,
    size: () => groups.size() + keyOf.size,
    state: groups.state,
  };
}

function distinct(parts: readonly (readonly string[])[], max: number): string[] {
  return [...new Set(parts.flat())].slice(0, max);
}
