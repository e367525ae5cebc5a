import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import { present } from '#core/kernel/assert.ts';
import { roles } from './behaviours/index.ts';
import type { Role, Variant } from './role.ts';

/** Which traders a world has: how many abuse the firm, and how well they hide it. */
export interface Mixture {
  /** Accounts among a thousand that belong to abusers. */
  readonly abusersPerMille: number;
  /** Of a hundred groups of abusers so many behave in a way that is hard to tell. */
  readonly hardPercent: number;
  /** Only these roles abuse; all of them when left out. */
  readonly only?: readonly string[];
}

export const MIXTURES = {
  /** What a firm might see: one account in ten is not what it seems. */
  demo: { abusersPerMille: 100, hardPercent: 35 },
  honest: { abusersPerMille: 0, hardPercent: 0 },
  /** Every abuser hides: half of the trades are ordinary, or delays and sizes vary. */
  'mixed-hard': { abusersPerMille: 100, hardPercent: 100 },
  /** Half of the accounts abuse the firm: for small worlds that have to show every behaviour. */
  dense: { abusersPerMille: 500, hardPercent: 35 },
} as const satisfies Record<string, Mixture>;
export type MixtureName = keyof typeof MIXTURES;

/** Accounts that act together, or one that acts alone. */
export interface Group {
  readonly number: number;
  readonly role: Role;
  readonly way: Variant;
  /** By seat: the places in the cast. */
  readonly slots: number[];
}

/** What the account at one place of the cast plays. */
export interface Part {
  readonly slot: number;
  readonly seat: number;
  readonly group: Group;
}

export interface CastOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly mixture?: MixtureName | Mixture | undefined;
  /** Whether a second vendor's prices exist. */
  readonly hasReference: boolean;
}

/** By place: who plays what. Follows from the options alone. */
export function castOf(options: CastOptions): readonly Part[] {
  const random = createRandom(seedFor(options.seed, 'cast'));
  const { abusersPerMille, hardPercent, only } = mixtureOf(options.mixture);
  const abusers = Math.floor((options.accounts * abusersPerMille) / 1_000);
  const abusive = roles.filter(
    ({ id, patterns }) => patterns.length > 0 && (only?.includes(id) ?? true),
  );
  const honest = roles.filter(({ patterns }) => patterns.length === 0);
  const groups: Group[] = [];
  const seats: { group: Group; seat: number }[] = [];
  const ways = createWays(random);
  const fill = (from: readonly Role[], accounts: number): void => {
    deal(from, accounts, random, (role, size) => {
      const hard = random.below(100) < hardPercent;
      const group = { number: groups.length, role, way: ways(role, hard), slots: [] };
      groups.push(group);
      for (let seat = 0; seat < size; seat += 1) seats.push({ group, seat });
    });
  };
  fill(abusive, abusers);
  fill(honest, options.accounts - seats.length);
  shuffle(seats, random);
  const parts = seats.map(({ group, seat }, slot) => {
    group.slots[seat] = slot;
    return { slot, seat, group };
  });
  return options.hasReference ? parts : parts.map(withoutReference);
}

/** The person at a place: the one who was there first, or one who came after. */
export function personAt({ slot, group }: Part, generation: number, accounts: number): number {
  const owner = group.way.onePerson ? present(group.slots[0], 'seat') : slot;
  return owner + generation * accounts;
}

/** Who sits at the desk: below zero for a hand that belongs to no trader's name. */
export function handOf({ slot, group }: Part, person: number, lastPhase: boolean): number {
  const { way, role } = group;
  if (way.evaluatedBy !== undefined && !lastPhase) {
    return way.evaluatedBy === 'service' ? -1 - group.number : -1_000_000_000 - slot;
  }
  if (way.oneHand) return -1 - group.number;
  return role.underAnotherName ? slot : person;
}

function mixtureOf(mixture: CastOptions['mixture']): Mixture {
  return typeof mixture === 'object' ? mixture : MIXTURES[mixture ?? 'demo'];
}

/** Gives accounts to roles by their shares: the role that is furthest behind is next. */
function deal(
  from: readonly Role[],
  accounts: number,
  random: Random,
  add: (role: Role, size: number) => void,
): void {
  const total = from.reduce((sum, { share }) => sum + share, 0);
  // A head start by luck, so that a small world shows other roles with another seed.
  const given = from.map(() => -random.fraction());
  let left = accounts;
  let dealt = 0;
  while (left > 0) {
    let next = -1;
    let furthest = -Infinity;
    for (const [at, role] of from.entries()) {
      if (role.seats[0] > left) continue;
      const behind = (role.share * (dealt + 1)) / total - (given[at] as number);
      if (behind > furthest) [next, furthest] = [at, behind];
    }
    const role = from[next];
    if (!role) return;
    const [least, most] = role.seats;
    const size = Math.min(left, least + random.below(most - least + 1));
    given[next] = (given[next] as number) + size;
    dealt += size;
    left -= size;
    add(role, size);
  }
}

/** Ways of a role take turns, beginning anywhere, so that a small world shows many of them. */
function createWays(random: Random): (role: Role, hard: boolean) => Variant {
  const turns = new Map<string, number>();
  return ({ id, ways }, hard) => {
    const fitting = ways.filter((way) => (way.hard ?? false) === hard);
    const open = fitting.length > 0 ? fitting : ways;
    const key = `${id}/${hard}`;
    const turn = turns.get(key) ?? random.below(open.length);
    turns.set(key, turn + 1);
    return present(open[turn % open.length], 'way');
  };
}

function shuffle<Value>(values: Value[], random: Random): void {
  for (let at = values.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [values[at], values[other]] = [values[other] as Value, values[at] as Value];
  }
}

/** Where nothing can be seen before the platform shows it, those who would trade as scalpers do. */
function withoutReference(part: Part): Part {
  const { group } = part;
  if (!group.role.needsReference) return part;
  const role = present(
    roles.find(({ id }) => id === 'fastScalper'),
    'the honest scalper',
  );
  return { ...part, group: { ...group, role, way: present(role.ways[0], 'way') } };
}
