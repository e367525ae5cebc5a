import type { AccountTerms } from '#core/accounts/account.ts';
import { openJudgedAccount, type JudgedAccount } from '#core/rules/judge.ts';
import type { RuleState } from '#core/rules/rule-kind.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/** Where the rule states of all accounts lie: replaced by a larger array as the book grows. */
export interface StatePool {
  numbers: Float64Array;
}

/**
 * Keeps the rule states of many accounts in one Float64Array: for each account its latches, then
 * the columns of each rule. The judge sees ordinary objects: one scratch account per rule set,
 * whose states are windows on the pool, so that nothing is copied to judge an account.
 */
export interface RuleColumns {
  readonly ruleSet: RuleSet;
  /** Numbers per account. */
  readonly width: number;
  /** Points the scratch account at `offset`; its states stay true until the next call. */
  at(offset: number, terms: AccountTerms, status: number): JudgedAccount;
  /** Writes the latches back after judging. */
  keepLatches(offset: number): void;
  /** Writes the numbers of an account that has just opened. */
  open(terms: AccountTerms, offset: number): void;
}

export function createRuleColumns(ruleSet: RuleSet, pool: StatePool): RuleColumns {
  const names = ruleSet.rules.map((rule) => rule.kind.columns);
  const latchCount = names.length;
  const width = names.reduce((sum, columns) => sum + columns.length, latchCount);
  const cursor = { offset: 0 };
  const scratch: { -readonly [Field in keyof JudgedAccount]: JudgedAccount[Field] } = {
    terms: null as unknown as AccountTerms,
    ruleSet,
    status: 0,
    states: windowsOn(pool, cursor, names),
    latches: names.map(() => 0),
  };
  const at: RuleColumns['at'] = (offset, terms, status) => {
    cursor.offset = offset;
    const { numbers } = pool;
    const { latches } = scratch;
    for (let rule = 0; rule < latchCount; rule += 1) {
      latches[rule] = numbers[offset + rule] as number;
    }
    scratch.terms = terms;
    scratch.status = status;
    return scratch;
  };
  return {
    ruleSet,
    width,
    at,
    keepLatches: (offset) => {
      const { numbers } = pool;
      for (let rule = 0; rule < latchCount; rule += 1) {
        numbers[offset + rule] = scratch.latches[rule] as number;
      }
    },
    open: (terms, offset) => {
      const fresh = openJudgedAccount(terms, ruleSet);
      at(offset, terms, fresh.status);
      pool.numbers.fill(0, offset, offset + latchCount);
      for (const [rule, state] of fresh.states.entries()) {
        Object.assign(scratch.states[rule] as RuleState, state);
      }
    },
  };
}

/** One object per rule whose properties read and write the pool at the cursor. */
function windowsOn(
  pool: StatePool,
  cursor: { readonly offset: number },
  names: readonly (readonly string[])[],
): RuleState[] {
  let base = names.length;
  return names.map((columns) => {
    const state: RuleState = {};
    for (const name of columns) {
      const place = base;
      base += 1;
      Object.defineProperty(state, name, {
        enumerable: true,
        get: () => pool.numbers[cursor.offset + place],
        set: (value: number) => {
          pool.numbers[cursor.offset + place] = value;
        },
      });
    }
    return state;
  });
}
