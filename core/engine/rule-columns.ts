import type { AccountTerms } from '#core/accounts/account.ts';
import { openJudgedAccount, type JudgedAccount } from '#core/rules/judge.ts';
import type { RuleState } from '#core/rules/rule-kind.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/**
 * Keeps the rule states of many accounts in one Float64Array: for each account, per rule its
 * columns and then its latch. The judge sees ordinary objects: one scratch account per rule set
 * is filled, stepped and stored back.
 */
export interface RuleColumns {
  readonly ruleSet: RuleSet;
  /** Numbers per account. */
  readonly width: number;
  /** Fills the scratch account from `numbers[offset…]`. */
  load(numbers: Float64Array, offset: number, terms: AccountTerms, status: number): JudgedAccount;
  /** Stores a judged account of this rule set. */
  store(judged: JudgedAccount, numbers: Float64Array, offset: number): void;
  /** The numbers of an account that has just opened. */
  open(terms: AccountTerms, numbers: Float64Array, offset: number): void;
}

export function createRuleColumns(ruleSet: RuleSet): RuleColumns {
  const names = ruleSet.rules.map((rule) => rule.kind.columns);
  const width = names.reduce((sum, columns) => sum + columns.length + 1, 0);
  const scratch: { -readonly [Field in keyof JudgedAccount]: JudgedAccount[Field] } = {
    terms: null as unknown as AccountTerms,
    ruleSet,
    status: 0,
    states: names.map((columns) => Object.fromEntries(columns.map((name) => [name, 0]))),
    latches: names.map(() => 0),
  };
  const store = (judged: JudgedAccount, numbers: Float64Array, offset: number): void => {
    let at = offset;
    for (let rule = 0; rule < names.length; rule += 1) {
      const state = judged.states[rule] as RuleState;
      for (const name of names[rule] ?? []) numbers[at++] = state[name] as number;
      numbers[at++] = judged.latches[rule] as number;
    }
  };
  return {
    ruleSet,
    width,
    load: (numbers, offset, terms, status) => {
      let at = offset;
      for (let rule = 0; rule < names.length; rule += 1) {
        const state = scratch.states[rule] as RuleState;
        for (const name of names[rule] ?? []) state[name] = numbers[at++] as number;
        scratch.latches[rule] = numbers[at++] as number;
      }
      scratch.terms = terms;
      scratch.status = status;
      return scratch;
    },
    store,
    open: (terms, numbers, offset) => store(openJudgedAccount(terms, ruleSet), numbers, offset),
  };
}
