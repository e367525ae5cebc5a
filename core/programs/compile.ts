import type { AccountTerms } from '#core/accounts/account.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { gaugeAt, gateOf, openJudgedAccount } from '#core/rules/judge.ts';
import { openingMoment } from '#core/rules/moment.ts';
import type { Gauge, Need } from '#core/rules/rule-kind.ts';
import { compileRuleSet, issuesOf, type RuleSet, type RuleSetIssue } from '#core/rules/rule-set.ts';
import { programSchema, type Program, type ProgramInput } from './program.ts';

/** A program ready to judge: every phase's rule set compiled under one version number. */
export interface CompiledProgram {
  readonly program: Program;
  readonly input: ProgramInput;
  readonly version: number;
  /** Of the content and the version: what a published program carries for ever. */
  readonly hash: string;
  readonly ruleSets: readonly RuleSet[];
  /** What can be published but deserves a second look. */
  readonly remarks: readonly RuleSetIssue[];
}

/** The content hash of a draft, whatever version it becomes. */
export function draftHash(input: ProgramInput): string {
  return digestOf(input);
}

/**
 * Reads and checks a program as people write it. Every issue names its place; with
 * `capabilities`, a rule whose data the platform does not deliver is one of them.
 */
export function compileProgram(
  input: unknown,
  version: number,
  capabilities?: readonly Need[],
): Result<CompiledProgram, readonly RuleSetIssue[]> {
  const parsed = programSchema.safeParse(input);
  if (!parsed.success) {
    return err(issuesOf(parsed.error, ''));
  }
  const program = parsed.data;
  const issues: RuleSetIssue[] = [...repeatedPhases(program)];
  const remarks: RuleSetIssue[] = [];
  const ruleSets: RuleSet[] = [];
  for (const [at, phase] of program.phases.entries()) {
    const path = `phases.${at}.ruleSet`;
    const terms = sampleTerms(program, at);
    const compiled = compileRuleSet(phase.ruleSet, version, terms);
    if (!compiled.ok) {
      issues.push(...compiled.error.map((issue) => ({ ...issue, path: `${path}.${issue.path}` })));
      continue;
    }
    ruleSets.push(compiled.value);
    if (capabilities) issues.push(...missingNeeds(compiled.value, capabilities, path));
    remarks.push(...remarksOn(compiled.value, terms, phase.payout !== undefined, path));
  }
  if (issues.length > 0) return err(issues);
  const hash = digestOf({ content: input, version });
  return ok({ program, input: input as ProgramInput, version, hash, ruleSets, remarks });
}

/** Terms of an account of this program and phase, as it would open: what rules are checked against. */
export function sampleTerms(program: Program, phase: number): AccountTerms {
  const { phaseId, name, ruleSet, startBalance } = program.phases[
    phase
  ] as Program['phases'][number];
  return {
    accountId: 'sample',
    traderId: 'sample',
    traderName: 'Sample',
    platform: 'sample',
    currency: program.currency,
    nominalSize: program.nominalSize,
    startBalance: startBalance ?? program.startBalance,
    program: { programId: program.programId, name: program.name },
    phase: { phaseId, name },
    ruleSet: { ruleSetId: ruleSet.ruleSetId, version: 1, hash: '0'.repeat(64) },
    positionRounding: 'exact',
  };
}

/** What every rule of a phase shows on a fresh account. */
export function openingGauges(ruleSet: RuleSet, terms: AccountTerms): readonly Gauge[] {
  const account = openJudgedAccount(terms, ruleSet);
  return ruleSet.rules.map((_rule, at) => gaugeAt(account, openingMoment(terms), at));
}

function repeatedPhases(program: Program): RuleSetIssue[] {
  const seen = new Set<string>();
  return program.phases.flatMap(({ phaseId }, at) => {
    const repeated = seen.has(phaseId);
    seen.add(phaseId);
    return repeated ? [{ path: `phases.${at}.phaseId`, message: `"${phaseId}" stands twice` }] : [];
  });
}

function missingNeeds(
  ruleSet: RuleSet,
  capabilities: readonly Need[],
  path: string,
): RuleSetIssue[] {
  const names: Readonly<Record<Need, string>> = {
    protection: 'stop losses and take profits',
    calendar: 'a news calendar',
  };
  return ruleSet.rules.flatMap(({ kind, params }, at) =>
    (kind.needs?.(params) ?? [])
      .filter((need) => !capabilities.includes(need))
      .map((need) => ({
        path: `${path}.rules.${at}`,
        message: `${kind.title} needs ${names[need]}, which the platform does not deliver`,
      })),
  );
}

/** Rules that can never fire, or never be met, seen from a fresh account. */
function remarksOn(
  ruleSet: RuleSet,
  terms: AccountTerms,
  paysOut: boolean,
  path: string,
): RuleSetIssue[] {
  const gauges = openingGauges(ruleSet, terms);
  const at = (rule: number): string => `${path}.rules.${rule}`;
  const remarks: RuleSetIssue[] = [];
  const overall = gauges.flatMap((gauge, rule) =>
    gauge.type === 'floor' && gauge.role === 'overall' ? [{ rule, floor: gauge.floor }] : [],
  );
  const highest = overall.reduce((most, { floor }) => Math.max(most, floor), -Infinity);
  for (const [rule, gauge] of gauges.entries()) {
    if (gauge.type !== 'floor' || gauge.role !== 'daily' || gauge.floor > highest) continue;
    remarks.push({
      path: at(rule),
      message:
        `its floor ${moneyText(gauge.floor)} does not lie above the overall floor ` +
        `${moneyText(highest)}: on a fresh account it can never be reached first`,
    });
  }
  for (const [rule, one] of ruleSet.rules.entries()) {
    const twin = ruleSet.rules.findIndex(
      (other, place) =>
        place < rule &&
        other.kind === one.kind &&
        JSON.stringify(other.params) === JSON.stringify(one.params),
    );
    if (twin >= 0) remarks.push({ path: at(rule), message: `says the same as rule ${twin + 1}` });
  }
  const objectives = ruleSet.rules.filter(({ kind }) => kind.role === 'objective');
  if (!paysOut && !objectives.some((rule) => gateOf(rule) === 'pass')) {
    remarks.push({ path, message: 'nothing leads out of this phase: no objective, no payout' });
  }
  if (!paysOut && objectives.some((rule) => gateOf(rule) === 'payout')) {
    remarks.push({
      path,
      message: 'an objective gates payouts, but the phase has no payout policy',
    });
  }
  if (overall.length === 0) {
    remarks.push({ path, message: 'no overall loss limit: losses are unlimited' });
  }
  return remarks;
}
