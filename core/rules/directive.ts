import { ACCOUNT_STATUSES, STATUS, type AccountStatus } from '#core/accounts/account.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { EpochMs } from '#core/time/time.ts';
import { LATCH, openJudgedAccount, type JudgedAccount, type StatusOutcome } from './judge.ts';
import type { RuleSet } from './rule-set.ts';

/**
 * What people decide about one account, for the engine to obey:
 *
 * - `restrict`: it may not trade, is judged as before, and cannot pass; `lift` ends that;
 * - `close`: it ends without having failed, and is judged no more;
 * - `except`: one limit or rule of conduct says nothing until an instant (a vacation and the
 *   inactivity rule, an agreed trade over the news). What it remembers goes on being kept;
 * - `reinstate`: an account that failed goes on as if one rule had not spoken, as on a new day. It
 *   is judged at once: a floor that it still lies below ends it anew.
 */
export type Directive =
  | { readonly type: 'restrict' | 'lift' | 'close' }
  | { readonly type: 'except'; readonly ruleId: string; readonly until: EpochMs }
  | { readonly type: 'reinstate'; readonly ruleId: string };

/** From which statuses each may be decided: the engine, deciders and screens keep to this. */
export const DIRECTED_FROM: Readonly<
  Record<Exclude<Directive['type'], 'except'>, readonly AccountStatus[]>
> = {
  restrict: ['active', 'paused'],
  lift: ['restricted'],
  close: ['active', 'paused', 'restricted', 'passed'],
  reinstate: ['failed'],
};

/** Changes `account`; returns what happened. Refuses what its state does not allow. */
export function direct(
  account: JudgedAccount,
  directive: Directive,
): Result<readonly StatusOutcome[], string> {
  if (directive.type === 'except') return except(account, directive.ruleId, directive.until);
  const status = ACCOUNT_STATUSES[account.status] ?? 'closed';
  if (!DIRECTED_FROM[directive.type].includes(status)) return err(`the account is ${status}`);
  switch (directive.type) {
    case 'restrict':
      return ok([moveTo(account, STATUS.restricted, 'restricted')]);
    case 'lift':
      return ok([
        moveTo(account, isPausedToday(account) ? STATUS.paused : STATUS.active, 'lifted'),
      ]);
    case 'close':
      return ok([moveTo(account, STATUS.closed, 'closed')]);
    case 'reinstate':
      return reinstate(account, directive.ruleId);
  }
}

function reinstate(
  account: JudgedAccount,
  ruleId: string,
): Result<readonly StatusOutcome[], string> {
  const at = account.ruleSet.rules.findIndex((rule) => rule.ruleId === ruleId);
  if (at < 0) return err(`the account has no rule "${ruleId}"`);
  account.latches[at] = LATCH.none;
  return ok([moveTo(account, STATUS.active, 'reinstated')]);
}

function except(
  account: JudgedAccount,
  ruleId: string,
  until: EpochMs,
): Result<readonly StatusOutcome[], string> {
  const at = account.ruleSet.rules.findIndex((rule) => rule.ruleId === ruleId);
  const rule = account.ruleSet.rules[at];
  if (!rule) return err(`the account has no rule "${ruleId}"`);
  if (rule.kind.role === 'objective')
    return err(`"${ruleId}" is an objective: it asks nothing away`);
  account.exceptions[at] = until;
  return ok([]);
}

/** A limit that pauses has spoken since the day began. */
function isPausedToday({ ruleSet, latches }: JudgedAccount): boolean {
  return ruleSet.rules.some(
    ({ kind, params }, at) =>
      kind.role === 'limit' &&
      latches[at] === LATCH.breached &&
      kind.consequence(params) === 'pauseForDay',
  );
}

function moveTo(
  account: JudgedAccount,
  to: number,
  reason: StatusOutcome['reason'],
): StatusOutcome {
  const from = account.status;
  account.status = to;
  return { type: 'statusChanged', from, to, reason, rule: null };
}

/**
 * The account under another rule set, from here on: a rule of the same id and kind keeps what it
 * remembers and what it has said; a new one starts afresh. Days must turn at the same instants.
 */
export function underRuleSet(account: JudgedAccount, ruleSet: RuleSet): JudgedAccount {
  const terms = { ...account.terms, ruleSet: ruleSet.ref };
  const fresh = openJudgedAccount(terms, ruleSet);
  const places = ruleSet.rules.map(({ ruleId, kind }) =>
    account.ruleSet.rules.findIndex((rule) => rule.ruleId === ruleId && rule.kind === kind),
  );
  return {
    ...fresh,
    status: account.status,
    states: fresh.states.map((state, at) => ({ ...state, ...account.states[places[at] ?? -1] })),
    latches: places.map((place) => account.latches[place] ?? LATCH.none),
    exceptions: places.map((place) => account.exceptions[place] ?? 0),
  };
}
