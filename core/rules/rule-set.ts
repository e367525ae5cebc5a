import { z } from 'zod';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { AccountTerms, RuleSetRef } from '#core/accounts/account.ts';
import { idSchema } from '#core/kernel/ids.ts';
import {
  clockOf,
  dayClockId,
  dayClockSchema,
  type CutOff,
  type DayClock,
} from '#core/time/time.ts';
import { ruleKinds } from './kinds/index.ts';
import type { AnyRuleKind } from './rule-kind.ts';

export const RULES_PER_SET_MAX = 40;

/** A rule set as people write it: in program files, on screen, in the fact that published it. */
export const ruleSetContentSchema = z.strictObject({
  ruleSetId: idSchema,
  name: z.string().min(1).max(120),
  dayClock: dayClockSchema,
  rules: z
    .array(
      z.strictObject({
        ruleId: idSchema,
        kind: z.string().min(1).max(60),
        /** Read by the kind itself. */
        params: z.record(z.string(), z.json()),
      }),
    )
    .min(1)
    .max(RULES_PER_SET_MAX),
});
export type RuleSetContent = z.output<typeof ruleSetContentSchema>;

/** A rule set ready to judge: parameters read, kinds found. */
export interface RuleSet {
  readonly content: RuleSetContent;
  readonly ref: RuleSetRef;
  readonly dayClock: DayClock;
  /** Times of day at which some of its rules look, each once. */
  readonly cutOffs: readonly CutOff[];
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly ruleId: string;
  readonly kind: AnyRuleKind;
  readonly params: unknown;
}

/** What is wrong with a rule set, and where: "rules.2.params.distance". */
export interface RuleSetIssue {
  readonly path: string;
  readonly message: string;
}

/** The content hash that a published version carries for ever. */
export function ruleSetHash(content: RuleSetContent, version: number): string {
  return digestOf({ content, version });
}

/**
 * Reads and checks a rule set. Every issue names its place; one faulty rule does not hide the
 * next. With `terms`, parameters that can never work for such an account are issues too.
 */
export function compileRuleSet(
  input: unknown,
  version: number,
  terms?: AccountTerms,
): Result<RuleSet, readonly RuleSetIssue[]> {
  const parsed = ruleSetContentSchema.safeParse(input);
  if (!parsed.success) return err(issuesOf(parsed.error, ''));
  const issues: RuleSetIssue[] = [];
  const rules: Rule[] = [];
  const seen = new Set<string>();
  for (const [at, entry] of parsed.data.rules.entries()) {
    const path = `rules.${at}`;
    if (seen.has(entry.ruleId)) {
      issues.push({ path: `${path}.ruleId`, message: `"${entry.ruleId}" stands twice` });
    }
    seen.add(entry.ruleId);
    const rule = compileRule(entry, path, issues);
    if (!rule) continue;
    rules.push(rule);
    if (terms) {
      for (const message of rule.kind.contradictions(rule.params, terms)) {
        issues.push({ path: `${path}.params`, message });
      }
    }
  }
  if (issues.length > 0) return err(issues);
  const content = parsed.data;
  return ok({
    content,
    ref: { ruleSetId: content.ruleSetId, version, hash: ruleSetHash(content, version) },
    dayClock: content.dayClock,
    cutOffs: cutOffsOf(rules),
    rules,
  });
}

function cutOffsOf(rules: readonly Rule[]): readonly CutOff[] {
  const found = rules.flatMap(({ kind, params }) => kind.cutOff?.(params) ?? []);
  return [...new Map(found.map((one) => [dayClockId(clockOf(one)), one])).values()];
}

/** The cut-off of a rule set that this clock is; undefined when it is none. */
export function cutOffOn({ cutOffs }: RuleSet, clockId: string): CutOff | undefined {
  return cutOffs.find((one) => dayClockId(clockOf(one)) === clockId);
}

function compileRule(
  entry: RuleSetContent['rules'][number],
  path: string,
  issues: RuleSetIssue[],
): Rule | null {
  const kind = ruleKinds.find(entry.kind);
  if (!kind) {
    const known = ruleKinds.all.map((member) => member.kind).join(', ');
    issues.push({
      path: `${path}.kind`,
      message: `there is no rule kind "${entry.kind}"; known: ${known}`,
    });
    return null;
  }
  const params = kind.params.safeParse(entry.params);
  if (!params.success) {
    issues.push(...issuesOf(params.error, `${path}.params`));
    return null;
  }
  return { ruleId: entry.ruleId, kind, params: params.data };
}

/**
 * Issues with their places. Of a value that may have several shapes, the shape that comes nearest
 * speaks: "expected a percentage" helps, "none of these shapes" does not.
 */
export function issuesOf(error: z.ZodError, prefix: string): RuleSetIssue[] {
  return error.issues.flatMap((issue) => nearest(issue, [prefix]));
}

type ZodIssue = z.core.$ZodIssue;

function nearest(issue: ZodIssue, above: readonly string[]): RuleSetIssue[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [best] = [...issue.errors].sort((one, other) => distance(one) - distance(other));
    return (best ?? []).flatMap((inner) => nearest(inner, path));
  }
  return [{ path: path.filter((part) => part !== '').join('.'), message: issue.message }];
}

/** How far a value is from a shape: a wrong kind of value is farther than a wrong value inside. */
function distance(issues: readonly ZodIssue[]): number {
  const WRONG_SHAPE = 100;
  return issues.reduce(
    (sum, { code, path }) =>
      sum +
      (path.length === 0 || code === 'unrecognized_keys' ? WRONG_SHAPE : 0) +
      (code === 'invalid_type' ? 2 : 1),
    0,
  );
}
