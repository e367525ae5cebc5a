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
  type Slot = Record<Field | 'key' | 'touched', number>;
  const names = ['key', 'touched', ...fields] as const;
  const column = (slot: number, field: string): string => `${field}${slot}`;
  const columns = Array.from({ length: count }, (_, slot) =>
    names.map((field) => column(slot, field)),
  ).flat();
  const read = (state: RuleState, slot: number): Slot =>
    Object.fromEntries(names.map((field) => [field, state[column(slot, field)] ?? 0])) as Slot;
  const write = (state: RuleState, slot: number, values: Partial<Slot>): void => {
    for (const [field, value] of Object.entries(values)) {
      state[column(slot, field)] = value as number;
    }
  };
  const slotOf = (state: RuleState, key: number): number => {
    for (let slot = 0; slot < count; slot += 1) if (state[column(slot, 'key')] === key) return slot;
    return -1;
  };
  const oldest = (state: RuleState): number => {
    let found = 0;
    for (let slot = 1; slot < count; slot += 1) {
      if ((state[column(slot, 'touched')] ?? 0) < (state[column(found, 'touched')] ?? 0)) {
        found = slot;
      }
    }
    return found;
  };
  return {
    columns,
    empty: (): RuleState => Object.fromEntries(columns.map((name) => [name, 0])),
    clear: (state: RuleState): void => {
      for (const name of columns) state[name] = 0;
    },
    find: (state: RuleState, key: number): Slot | null => {
      const slot = slotOf(state, key);
      return slot < 0 ? null : read(state, slot);
    },
    /** Changes the slot of `key`, or gives it one; says what had to make room. */
    put: (
      state: RuleState,
      key: number,
      touched: number,
      values: Partial<Record<Field, number>>,
    ): Slot | null => {
      const known = slotOf(state, key);
      if (known >= 0) {
        write(state, known, { ...values, touched } as Partial<Slot>);
        return null;
      }
      const slot = oldest(state);
      const before = read(state, slot);
      for (const field of names) state[column(slot, field)] = 0;
      write(state, slot, { ...values, key, touched } as Partial<Slot>);
      return before.key === 0 ? null : before;
    },
    all: (state: RuleState): Slot[] =>
      Array.from({ length: count }, (_, slot) => read(state, slot)).filter(({ key }) => key !== 0),
  };
}
