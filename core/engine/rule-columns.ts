import type { AccountTerms } from '#core/accounts/account.ts';
import type { JudgedAccount } from '#core/rules/judge.ts';
import type { RuleState } from '#core/rules/rule-kind.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/** Where the rule states of all accounts lie: replaced by a larger array as the book grows. */
export interface StatePool {
  numbers: Float64Array;
}

/**
 * Keeps the rule states of many accounts in one Float64Array: for each account its latches, its
 * exceptions, then the columns of each rule. The judge sees ordinary objects: one scratch account per rule set,
 * whose states are windows on the pool, so that nothing is copied to judge an account.
 */
export interface RuleColumns {
  readonly ruleSet: RuleSet;
  /** Numbers per account. */
  readonly width: number;
  /** Points the scratch account at `offset`; its states stay true until the next call. */
  at(offset: number, terms: AccountTerms, status: number): JudgedAccount;
  /** Writes latches and exceptions back after judging. */
  keepSaid(offset: number): void;
  /** Writes all numbers of an account, one that has just opened for example. */
  put(account: JudgedAccount, offset: number): void;
}

export function createRuleColumns(ruleSet: RuleSet, pool: StatePool): RuleColumns {
  const names = ruleSet.rules.map((rule) => rule.kind.columns);
  const ruleCount = names.length;
  const width = names.reduce((sum, columns) => sum + columns.length, ruleCount * 2);
  const cursor = { offset: 0 };
  const scratch: { -readonly [Field in keyof JudgedAccount]: JudgedAccount[Field] } = {
    terms: null as unknown as AccountTerms,
    ruleSet,
    status: 0,
    states: windowsOn(pool, cursor, names),
    latches: names.map(() => 0),
    exceptions: names.map(() => 0),
  };
  const at: RuleColumns['at'] = (offset, terms, status) => {
    cursor.offset = offset;
    const { numbers } = pool;
    const { latches, exceptions } = scratch;
    for (let rule = 0; rule < ruleCount; rule += 1) {
      latches[rule] = numbers[offset + rule] as number;
      exceptions[rule] = numbers[offset + ruleCount + rule] as number;
    }
    scratch.terms = terms;
    scratch.status = status;
    return scratch;
  };
  return {
    ruleSet,
    width,
    at,
    keepSaid: (offset) => {
      const { numbers } = pool;
      const { latches, exceptions } = scratch;
      for (let rule = 0; rule < ruleCount; rule += 1) {
        numbers[offset + rule] = latches[rule] as number;
        numbers[offset + ruleCount + rule] = exceptions[rule] as number;
      }
    },
    put: (account, offset) => {
      // First what the scratch account may itself hold: pointing it anywhere reads it anew.
      pool.numbers.set(account.latches, offset);
      pool.numbers.set(account.exceptions, offset + ruleCount);
      at(offset, account.terms, account.status);
      for (const [rule, state] of account.states.entries()) {
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
  let base = names.length * 2;
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
