import type { AccountTerms } from '#core/accounts/account.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Gauge } from '#core/rules/rule-kind.ts';
import type { Rule } from '#core/rules/rule-set.ts';
import { openingGauges, sampleTerms, type CompiledProgram } from './compile.ts';

/** One thing that another version says otherwise, in plain language. */
export interface Change {
  readonly phase: string;
  readonly what: string;
  /** Null when it was not there before, or is not there any more. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whom the change favours on a fresh account, as far as its floor or target tells. */
  readonly favours: 'trader' | 'firm' | 'unclear';
}

/** What the second version changes, phase by phase and rule by rule. */
export function diffPrograms(before: CompiledProgram, after: CompiledProgram): readonly Change[] {
  const changes: Change[] = [...headChanges(before, after)];
  const phases = [
    ...new Set([...before.program.phases, ...after.program.phases].map(({ phaseId }) => phaseId)),
  ];
  for (const phaseId of phases) {
    const one = sideOf(before, phaseId);
    const other = sideOf(after, phaseId);
    if (!one || !other) {
      const phase = one ?? other;
      changes.push({
        phase: phase?.name ?? phaseId,
        what: 'phase',
        before: one ? 'there' : null,
        after: other ? 'there' : null,
        favours: 'unclear',
      });
      continue;
    }
    changes.push(...ruleChanges(one, other), ...policyChanges(one, other));
  }
  return changes;
}

interface Side {
  readonly name: string;
  readonly terms: AccountTerms;
  readonly rules: readonly Rule[];
  readonly gauges: readonly Gauge[];
  readonly clock: string;
  readonly policies: Readonly<Record<string, unknown>>;
}

function sideOf(compiled: CompiledProgram, phaseId: string): Side | null {
  const at = compiled.program.phases.findIndex((phase) => phase.phaseId === phaseId);
  const phase = compiled.program.phases[at];
  const input = compiled.input.phases[at];
  const ruleSet = compiled.ruleSets[at];
  if (!phase || !ruleSet) return null;
  const terms = sampleTerms(compiled.program, at);
  const { zone, rollOver } = ruleSet.dayClock;
  return {
    name: phase.name,
    terms,
    rules: ruleSet.rules,
    gauges: openingGauges(ruleSet, terms),
    clock: `the trading day turns at ${rollOver} ${zone}`,
    policies: { payout: input?.payout, scaling: input?.scaling },
  };
}

function headChanges(before: CompiledProgram, after: CompiledProgram): Change[] {
  const head = (compiled: CompiledProgram): Record<string, string> => ({
    name: compiled.input.name,
    currency: compiled.input.currency,
    'nominal size': compiled.input.nominalSize,
    'starting balance': compiled.input.startBalance,
    allocation: canonicalText(compiled.input.allocation ?? null),
    refund: canonicalText(compiled.input.refund ?? null),
    reset: canonicalText(compiled.input.reset ?? null),
  });
  const [one, other] = [head(before), head(after)];
  return Object.keys(one)
    .filter((what) => one[what] !== other[what])
    .map((what) => ({
      phase: '',
      what,
      before: one[what] ?? null,
      after: other[what] ?? null,
      favours: 'unclear' as const,
    }));
}

function ruleChanges(one: Side, other: Side): Change[] {
  const changes: Change[] = [];
  const describe = ({ terms }: Side, { kind, params }: Rule): string =>
    kind.describe(params, terms);
  if (one.clock !== other.clock) {
    changes.push(changeOf(other.name, 'trading day', one.clock, other.clock, 'unclear'));
  }
  for (const [at, rule] of one.rules.entries()) {
    const place = other.rules.findIndex(({ ruleId }) => ruleId === rule.ruleId);
    const next = other.rules[place];
    const what = rule.kind.title;
    if (!next) {
      const favours =
        rule.kind.role === 'conduct' || rule.kind.role === 'limit' ? 'trader' : 'unclear';
      changes.push(changeOf(one.name, what, describe(one, rule), null, favours));
      continue;
    }
    const [before, after] = [describe(one, rule), describe(other, next)];
    const same =
      rule.kind === next.kind && JSON.stringify(rule.params) === JSON.stringify(next.params);
    if (same && before === after) continue;
    const favours = favouring(one.gauges[at], other.gauges[place]);
    changes.push(changeOf(other.name, next.kind.title, before, after, favours));
  }
  for (const rule of other.rules) {
    if (one.rules.some(({ ruleId }) => ruleId === rule.ruleId)) continue;
    changes.push(changeOf(other.name, rule.kind.title, null, describe(other, rule), 'firm'));
  }
  return changes;
}

function policyChanges(one: Side, other: Side): Change[] {
  return Object.keys(one.policies).flatMap((what) => {
    const [before, after] = [one.policies[what], other.policies[what]].map((policy) =>
      policy === undefined ? null : canonicalText(policy),
    );
    if (before === after) return [];
    return [changeOf(other.name, `${what} policy`, before ?? null, after ?? null, 'unclear')];
  });
}

function changeOf(
  phase: string,
  what: string,
  before: string | null,
  after: string | null,
  favours: Change['favours'],
): Change {
  return { phase, what, before, after, favours };
}

/** A lower floor, a nearer target and fewer days are better for the trader. */
function favouring(before: Gauge | undefined, after: Gauge | undefined): Change['favours'] {
  const level = (gauge: Gauge | undefined): number | null => {
    if (gauge?.type === 'floor') return gauge.floor;
    if (gauge?.type === 'target') return gauge.target - gauge.start;
    if (gauge?.type === 'count') return gauge.needed;
    return gauge?.type === 'share' ? -gauge.limit : null;
  };
  const [one, other] = [level(before), level(after)];
  if (one === null || other === null || one === other || before?.type !== after?.type) {
    return 'unclear';
  }
  return other < one ? 'trader' : 'firm';
}
