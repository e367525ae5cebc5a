import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { assessScaling } from '#core/lifecycle/scaling.ts';
import { scalingStandingOf } from '#core/lifecycle/window.ts';
import { DIRECTED_FROM } from '#core/rules/directive.ts';
import type { Command } from '#core/sync/protocol.ts';
import {
  lifeOf,
  resetReasons,
  scaledSize,
  scalingHistoryOf,
  type LifePorts,
} from '../history/life.ts';
import type { Rejection } from './decide.ts';

type Intent<Type extends Command['intent']['type']> = Extract<Command['intent'], { type: Type }>;

/** Restricting, lifting, closing, and exceptions from one rule until an instant. */
export function decideDirective(
  { accountId, directive, reason }: Intent<'directAccount'>,
  operatorId: string,
  state: LifePorts,
): Result<FactDraft, Rejection> {
  const life = lifeOf(state.accountFacts(accountId));
  if (!life) return err({ code: 'notFound', message: `there is no account ${accountId}` });
  if (directive.type === 'except') {
    const refusal = exceptionRefusal(directive, life.terms, state);
    if (refusal !== null) return err({ code: 'invalid', message: refusal });
  } else if (!DIRECTED_FROM[directive.type].includes(life.status)) {
    return err({ code: 'invalid', message: `the account is ${life.status}` });
  }
  const data = { accountId, at: state.at, directive, operatorId, reason };
  return ok({ kind: 'accountDirected', data });
}

function exceptionRefusal(
  { ruleId, until }: Extract<Intent<'directAccount'>['directive'], { type: 'except' }>,
  terms: AccountTerms,
  { version, at }: LifePorts,
): string | null {
  if (until <= at) return 'an exception must end later than now';
  const program = version(terms.program.programId, terms.ruleSet.version);
  const ruleSet = program?.ruleSets.find(({ ref }) => ref.hash === terms.ruleSet.hash);
  const rule = ruleSet?.rules.find((one) => one.ruleId === ruleId);
  if (!rule) return `the account has no rule "${ruleId}"`;
  return rule.kind.role === 'objective'
    ? 'an objective forbids nothing: it needs no exception'
    : null;
}

/** The trader accepts another version of the program, in a phase that has begun. */
export function decideAcceptance(
  { accountId, version, evidence }: Intent<'acceptChange'>,
  operatorId: string,
  state: LifePorts & {
    /** A version whose day has not come. */
    isComing(programId: string, version: number): boolean;
  },
): Result<FactDraft, Rejection> {
  const life = lifeOf(state.accountFacts(accountId));
  if (!life) return err({ code: 'notFound', message: `there is no account ${accountId}` });
  const { program, ruleSet, phase } = life.terms;
  const invalid = (message: string): Result<FactDraft, Rejection> =>
    err({ code: 'invalid', message });
  if (version <= ruleSet.version)
    return invalid(`it is judged by version ${ruleSet.version} already`);
  const next = state.version(program.programId, version);
  if (!next) return invalid(`${program.name} has no version ${version}`);
  if (state.isComing(program.programId, version)) {
    return invalid(`version ${version} has not taken effect yet`);
  }
  if (!next.program.phases.some(({ phaseId }) => phaseId === phase.phaseId)) {
    return invalid(`version ${version} has no phase "${phase.phaseId}"`);
  }
  const { programId } = program;
  const data = { accountId, at: state.at, programId, version, operatorId, evidence };
  return ok({ kind: 'changeAccepted', data });
}

/** The same phase again, or a larger size, where the program's policy allows it. */
export function decideSuccessor(
  { accountId, successor, reason }: Intent<'requestSuccessor'>,
  operatorId: string,
  state: LifePorts & {
    /** Whether an order leads to an account that follows this one. */
    followedBy?(accountId: string): boolean;
  },
): Result<FactDraft, Rejection> {
  const facts = state.accountFacts(accountId);
  const life = lifeOf(facts);
  if (!life) return err({ code: 'notFound', message: `there is no account ${accountId}` });
  if (facts.some(({ kind }) => kind === 'successorRequested')) {
    return err({ code: 'invalid', message: 'another account follows this one already' });
  }
  if (state.followedBy?.(accountId) === true) {
    return err({ code: 'invalid', message: 'an order goes on from this account already' });
  }
  const sizes =
    successor === 'reset'
      ? resetSizes(life.terms, facts, state)
      : scaledSizes(life.terms, facts, state);
  if (!sizes.ok) return err({ code: 'invalid', message: sizes.error });
  const shared = { accountId, at: state.at, successor, operatorId, reason };
  return ok({ kind: 'successorRequested', data: { ...shared, ...sizes.value } });
}

type Sizes = Pick<AccountTerms, 'nominalSize' | 'startBalance'>;

function resetSizes(
  { nominalSize, startBalance }: AccountTerms,
  facts: readonly Fact[],
  state: LifePorts,
): Result<Sizes, string> {
  const reasons = resetReasons(facts, state);
  return reasons.length === 0 ? ok({ nominalSize, startBalance }) : err(reasons.join('; '));
}

function scaledSizes(
  terms: AccountTerms,
  facts: readonly Fact[],
  { version, accountFacts, at }: LifePorts,
): Result<Sizes, string> {
  const compiled = version(terms.program.programId, terms.ruleSet.version);
  const phase = compiled?.program.phases.find(({ phaseId }) => phaseId === terms.phase.phaseId);
  if (!compiled || !phase?.scaling) return err('the program does not scale this phase');
  const standing = scalingStandingOf(phase.scaling, scalingHistoryOf(facts, accountFacts), at);
  if (standing.endsAt > at) return err('the window of assessment has not ended');
  const { scaled, reasons } = assessScaling(phase.scaling, standing.window);
  if (!scaled) return err(reasons.join('; '));
  const nominalSize = scaledSize(compiled, phase.scaling, standing.steps + 1);
  if (nominalSize <= terms.nominalSize) return err('the account has its largest size');
  const startBalance = terms.startBalance === 0 ? 0 : nominalSize;
  return ok({ nominalSize, startBalance });
}
