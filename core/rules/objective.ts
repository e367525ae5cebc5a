import { z } from 'zod';
import { mulDivCeil, mulDivFloor, PPM_UNIT, type Money, type Ppm } from '#core/money/money.ts';
import type { RuleState } from './rule-kind.ts';

/** Parameters that every objective has. */
export const objectiveShape = {
  /** What stands closed until the objective is met: the next phase, or a payout. */
  gate: z.enum(['pass', 'payout']).default('pass'),
};

/** Objectives that count start again after a payout, or never. */
export const resetsSchema = z.enum(['afterPayout', 'never']).default('afterPayout');

/** `part` is at most (or below) `share` of `whole`; money stays exact whatever the share. */
export function withinShare(
  part: Money,
  whole: Money,
  share: Ppm,
  allowed: 'atMost' | 'below',
): boolean {
  return allowed === 'atMost'
    ? part <= mulDivFloor(whole, share, PPM_UNIT)
    : part < mulDivCeil(whole, share, PPM_UNIT);
}

/** The smallest whole of which `part` is within the share. */
export function wholeFor(part: Money, share: Ppm, allowed: 'atMost' | 'below'): Money {
  const exact = mulDivCeil(part, PPM_UNIT, share);
  return withinShare(part, exact, share, allowed) ? exact : exact + 1;
}

/** The largest part of `whole` that is within the share; nothing of a loss is. */
export function mostWithin(whole: Money, share: Ppm, allowed: 'atMost' | 'below'): Money {
  if (whole <= 0) return 0;
  return allowed === 'atMost'
    ? mulDivFloor(whole, share, PPM_UNIT)
    : mulDivCeil(whole, share, PPM_UNIT) - 1;
}

/** A part as a share of the whole, rounded down; all of it when there is no whole. */
export function shareOf(part: Money, whole: Money): Ppm {
  if (part <= 0) return 0;
  return whole <= 0 ? PPM_UNIT : mulDivFloor(part, PPM_UNIT, whole);
}

/**
 * The latest few of many things (days, trade ideas), each some numbers in columns of their own.
 * `key` 0 is free; when none is free the one touched longest ago makes room.
 */
export function createSlots<const Field extends string>(count: number, fields: readonly Field[]) {
  type Name = Field | 'key' | 'touched';
  type Slot = Record<Name, number>;
  const names: readonly Name[] = ['key', 'touched', ...fields];
  /** The column of each number of each slot, worked out once: this runs on every mark. */
  const places = Array.from(
    { length: count },
    (_, slot) =>
      Object.fromEntries(names.map((name) => [name, `${name}${slot}`])) as Record<Name, string>,
  );
  const columns = places.flatMap((place) => names.map((name) => place[name]));
  const read = (state: RuleState, place: Record<Name, string>): Slot => {
    const slot = {} as Slot;
    for (const name of names) slot[name] = state[place[name]] as number;
    return slot;
  };
  const placeOf = (state: RuleState, key: number): Record<Name, string> | undefined =>
    places.find((place) => state[place.key] === key);
  const oldest = (state: RuleState): Record<Name, string> => {
    let found = places[0] as Record<Name, string>;
    for (const place of places) {
      if ((state[place.touched] as number) < (state[found.touched] as number)) found = place;
    }
    return found;
  };
  const write = (
    state: RuleState,
    place: Record<Name, string>,
    values: Partial<Record<Name, number>>,
  ): void => {
    for (const name of names) {
      const value = values[name];
      if (value !== undefined && state[place[name]] !== value) state[place[name]] = value;
    }
  };
  return {
    columns,
    empty: (): RuleState => Object.fromEntries(columns.map((name) => [name, 0])),
    clear: (state: RuleState): void => {
      for (const name of columns) state[name] = 0;
    },
    find: (state: RuleState, key: number): Slot | null => {
      const place = placeOf(state, key);
      return place ? read(state, place) : null;
    },
    /** Changes the slot of `key`, or gives it one; says what had to make room. */
    put: (
      state: RuleState,
      key: number,
      touched: number,
      values: Partial<Record<Field, number>>,
    ): Slot | null => {
      const known = placeOf(state, key);
      if (known) {
        write(state, known, { ...values, touched } as Partial<Record<Name, number>>);
        return null;
      }
      const place = oldest(state);
      const before = read(state, place);
      for (const name of names) state[place[name]] = 0;
      write(state, place, { ...values, key, touched } as Partial<Record<Name, number>>);
      return before.key === 0 ? null : before;
    },
    all: (state: RuleState): Slot[] => {
      const found: Slot[] = [];
      for (const place of places) if (state[place.key] !== 0) found.push(read(state, place));
      return found;
    },
  };
}
