import { canonicalText } from '#core/kernel/canonical.ts';
import type { Rule, RuleSet } from '#core/rules/rule-set.ts';

/**
 * What a change of rules makes harder for an account that is judged already: empty when nothing
 * does, and then it may be given without asking. Careful on purpose: whatever cannot be shown to be
 * easier counts as harder, and needs the trader's word.
 */
export function harderRules(before: RuleSet, after: RuleSet): readonly string[] {
  return after.rules.flatMap((rule) => {
    const earlier = before.rules.find(
      ({ ruleId, kind }) => ruleId === rule.ruleId && kind === rule.kind,
    );
    if (!earlier) return [`${rule.kind.title} (${rule.ruleId}) is new`];
    return isEasier(earlier, rule) ? [] : [`${rule.kind.title} (${rule.ruleId}) is not easier`];
  });
}

/** Warnings cost nothing: they may come sooner or later. */
const COSTS_NOTHING = ['warnAt'];

type Leaf = string | number | boolean | null;

function isEasier(before: Rule, after: Rule): boolean {
  const one = leavesOf(before.params);
  const other = leavesOf(after.params);
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].every((path) => {
    const [was, is] = [one.get(path), other.get(path)];
    if (was === is) return true;
    const [top = ''] = path.split('.');
    if (COSTS_NOTHING.includes(top)) return true;
    if (typeof was !== 'number' || typeof is !== 'number') return false;
    const way = after.kind.easier?.[top];
    return way !== undefined && (way === 'more' ? is > was : is < was);
  });
}

/** Every number and word of the parameters by its path: "amount.percent". */
function leavesOf(params: unknown, path = ''): Map<string, Leaf> {
  if (typeof params !== 'object' || params === null) {
    return new Map([[path, params as Leaf]]);
  }
  // An empty list or object is a value of its own.
  const entries = Object.entries(params);
  if (entries.length === 0) return new Map([[path, canonicalText(params as object)]]);
  return new Map(
    entries.flatMap(([name, value]) => [
      ...leavesOf(value, path === '' ? name : `${path}.${name}`),
    ]),
  );
}
