import { z } from 'zod';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { idSchema, type AccountTerms, type RuleSetRef } from '#core/accounts/account.ts';
import { dayClockSchema, type DayClock } from '#core/time/time.ts';
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
    rules,
  });
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

function issuesOf(error: z.ZodError, prefix: string): RuleSetIssue[] {
  return error.issues.map((issue) => ({
    path: [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.'),
    message: issue.message,
  }));
}
