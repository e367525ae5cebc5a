import { ACCOUNT_STATUSES, type AccountStatus, type AccountTerms } from '#core/accounts/account.ts';
import { byPositionId } from '#core/accounts/held-position.ts';
import { present } from '#core/kernel/assert.ts';
import { doubtsOf } from '#core/market/mark.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Outcome, StatusOutcome } from './judge.ts';
import type { Figures, Moment } from './rule-kind.ts';
import type { Rule, RuleSet } from './rule-set.ts';
import {
  POSITIONS_IN_EVIDENCE_MAX,
  type BreachData,
  type EvidencePosition,
  type FlagData,
  type ObjectiveData,
  type StatusData,
  type VerdictCause,
  type WarningData,
} from './rules.events.ts';

/** Changes whenever the same facts could give another verdict or another byte of evidence. */
export const ENGINE_VERSION = '3';

export type VerdictDraft =
  | { readonly kind: 'warningRaised'; readonly data: WarningData }
  | { readonly kind: 'breachDetected'; readonly data: BreachData }
  | { readonly kind: 'conductFlagged'; readonly data: FlagData }
  | { readonly kind: 'objectiveMet'; readonly data: ObjectiveData }
  | { readonly kind: 'objectiveLost'; readonly data: ObjectiveData }
  | { readonly kind: 'accountStatusChanged'; readonly data: StatusData };

/** Everything around an outcome that its evidence must keep. */
export interface VerdictContext {
  readonly terms: AccountTerms;
  readonly ruleSet: RuleSet;
  readonly moment: Readonly<Moment>;
  readonly cause: VerdictCause;
  /** All open positions, in any order. */
  readonly positions: readonly EvidencePosition[];
}

/**
 * Turns outcomes into facts with their evidence. Both evaluators and the verifier use this one
 * function, so that equal outcomes give equal bytes.
 */
export function verdictFacts(
  outcomes: readonly Outcome[],
  context: VerdictContext,
): readonly VerdictDraft[] {
  return outcomes.map((outcome) => draftOf(outcome, context));
}

function draftOf(outcome: Outcome, context: VerdictContext): VerdictDraft {
  switch (outcome.type) {
    case 'warned':
      return { kind: 'warningRaised', data: warningOf(outcome, context) };
    case 'breached':
      return {
        kind: 'breachDetected',
        data: {
          ...breachEvidence(outcome, context),
          consequence: outcome.consequence,
          alsoCrossed: outcome.alsoCrossed.map(({ rule, figures }) => ({
            ruleId: rule.ruleId,
            ruleKind: rule.kind.kind,
            figures: [...figures],
          })),
        },
      };
    case 'flagged': {
      const { rule, figures, effect, strike } = outcome;
      return {
        kind: 'conductFlagged',
        data: { ...sharedEvidence(rule, figures, context), effect, strike },
      };
    }
    case 'met':
    case 'lost':
      return {
        kind: outcome.type === 'met' ? 'objectiveMet' : 'objectiveLost',
        data: sharedEvidence(outcome.rule, outcome.figures, context),
      };
    case 'statusChanged':
      return statusFact(outcome, context.terms, context.moment.at);
  }
}

function breachEvidence(
  { rule, figures, tied }: Extract<Outcome, { type: 'breached' }>,
  context: VerdictContext,
): ObjectiveData {
  const shared = sharedEvidence(rule, figures, context);
  return tied ? { ...shared, review: [...shared.review, 'objectiveMetToo'] } : shared;
}

function warningOf(
  outcome: Extract<Outcome, { type: 'warned' }>,
  context: VerdictContext,
): WarningData {
  const { rule, level } = outcome;
  const share = present(rule.kind.warnAt(rule.params)[level - 1], `warning level ${level}`);
  return { ...sharedEvidence(rule, outcome.figures, context), level, share };
}

function sharedEvidence(
  rule: Rule,
  figures: Figures,
  { terms, ruleSet, moment, cause, positions }: VerdictContext,
): ObjectiveData {
  const sorted = [...positions].sort(byPositionId);
  return {
    accountId: terms.accountId,
    ruleSet: ruleSet.ref,
    ruleId: rule.ruleId,
    ruleKind: rule.kind.kind,
    at: moment.at,
    cause,
    dayKey: moment.day?.key ?? '',
    balance: moment.balance,
    equity: moment.equity,
    figures: [...figures],
    positionCount: positions.length,
    positions: sorted.slice(0, POSITIONS_IN_EVIDENCE_MAX),
    engineVersion: ENGINE_VERSION,
    review: cause.type === 'mark' ? doubtsOf(cause.mark.quality) : [],
  };
}

/** A change of status needs no evidence of its own: what brought it has it. */
export function statusFact(
  { from, to, rule, reason }: StatusOutcome,
  { accountId }: AccountTerms,
  at: EpochMs,
): VerdictDraft {
  const ruleId = rule?.ruleId ?? null;
  return {
    kind: 'accountStatusChanged',
    data: { accountId, at, from: statusText(from), to: statusText(to), ruleId, reason },
  };
}

function statusText(code: number): AccountStatus {
  return present(ACCOUNT_STATUSES[code], `status ${code}`);
}
