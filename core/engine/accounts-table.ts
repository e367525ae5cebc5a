import { createColumns, type Columns } from './columns.ts';

/**
 * One row per account, by slot. A slot is where an account lies in memory and may change when the
 * book is packed; its number, by which everybody else knows it, never does.
 */
export const ACCOUNT_COLUMNS = {
  equity: 'float64',
  balance: 'float64',
  /** The band in which marks change nothing: see Band in rules. */
  atOrBelow: 'float64',
  atOrAbove: 'float64',
  /** For accounts whose floors follow equity: the highest since judged, and the distance below. */
  highest: 'float64',
  /** Up to which mark in the log `highest` is right: see band-watch. */
  settledAt: 'float64',
  drop: 'float64',
  following: 'uint8',
  /** Open positions that are valued one by one. */
  singles: 'int32',
  number: 'int32',
  status: 'uint8',
  /** 1 when something other than equity changed since a reader last cleared it. */
  changed: 'uint8',
  openPositions: 'int32',
  /** Heads of chains, as row + 1; 0 ends a chain. */
  firstPosition: 'int32',
  firstLeg: 'int32',
  /** Which rule set judges it, and where its numbers lie in the pool of rule states. */
  ruleSet: 'int32',
  stateOffset: 'float64',
} as const;

export type AccountsTable = Columns<typeof ACCOUNT_COLUMNS>;

export function createAccountsTable(): AccountsTable {
  return createColumns(ACCOUNT_COLUMNS);
}
