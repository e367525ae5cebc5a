import type { Fact } from '#core/facts/registry.ts';
import { assessScaling } from '#core/lifecycle/scaling.ts';
import { scalingStandingOf } from '#core/lifecycle/window.ts';
import { harderRules } from '#core/programs/easing.ts';
import type { CompiledProgram } from '#core/programs/compile.ts';
import type { LifeView } from '#core/sync/protocol.ts';
import { utcText } from '#core/time/time.ts';
import { lifeOf, resetReasons, scaledSize, scalingHistoryOf, type LifePorts } from './life.ts';

const EVENTS_MAX = 200;
const OFFERS_MAX = 50;

/** An account's life for its page: from its own facts and its program's policies. */
export function lifeViewOf(
  facts: readonly Fact[],
  ports: LifePorts & {
    /** Versions of a program after this one. */
    later(programId: string, version: number): readonly CompiledProgram[];
  },
): LifeView {
  const life = lifeOf(facts);
  if (!life) throw new Error('an account begins with its opening');
  const { terms, status } = life;
  const { programId } = terms.program;
  const own = ports.version(programId, terms.ruleSet.version);
  const phase = own?.program.phases.find(({ phaseId }) => phaseId === terms.phase.phaseId);
  const before = own?.ruleSets.find(({ ref }) => ref.hash === terms.ruleSet.hash);
  const scaling = phase?.scaling;
  const standing = scaling
    ? scalingStandingOf(scaling, scalingHistoryOf(facts, ports.accountFacts), ports.at)
    : null;
  return {
    status,
    origin: terms.origin ?? 'purchase',
    events: facts.flatMap(eventOf).slice(-EVENTS_MAX).toReversed(),
    followed: facts.some(({ kind }) => kind === 'successorRequested'),
    reset: [...resetReasons(facts, ports)],
    scaling:
      scaling && standing && own
        ? {
            beganAt: standing.beganAt,
            endsAt: standing.endsAt,
            reasons: [...assessScaling(scaling, standing.window).reasons],
            nextSize: scaledSize(own, scaling, standing.steps + 1),
          }
        : null,
    offers: ports
      .later(programId, terms.ruleSet.version)
      .flatMap(({ program, ruleSets, version, hash }) => {
        const at = program.phases.findIndex(({ phaseId }) => phaseId === terms.phase.phaseId);
        const after = ruleSets[at];
        return before && after ? [{ version, hash, harder: [...harderRules(before, after)] }] : [];
      })
      .slice(-OFFERS_MAX),
  };
}

/** What a fact says of the account's life; nothing for most. */
const DIRECTED = {
  restrict: 'Restricted',
  lift: 'Restriction lifted',
  close: 'Closed',
  reinstate: 'Put back by an override',
} as const;

function eventOf({ envelope, ...fact }: Fact): LifeView['events'] {
  const { seq, actor } = envelope;
  const event = (at: number, says: string): LifeView['events'] => [{ seq, at, by: actor.id, says }];
  switch (fact.kind) {
    case 'accountOpened':
      return event(envelope.occurredAt, `Opened under version ${fact.data.ruleSet.version}`);
    case 'accountStatusChanged': {
      const { at, from, to, ruleId } = fact.data;
      return event(at, `From ${from} to ${to}${ruleId === null ? '' : ` by ${ruleId}`}`);
    }
    case 'accountDirected': {
      const { at, directive, reason } = fact.data;
      const what =
        directive.type === 'except'
          ? `Exception from ${directive.ruleId} until ${utcText(directive.until)} UTC`
          : DIRECTED[directive.type];
      return event(at, `${what}: ${reason}`);
    }
    case 'changeAccepted':
      return event(fact.data.at, `Version ${fact.data.version} accepted: ${fact.data.evidence}`);
    case 'rulesChanged': {
      const { at, from, to, basis } = fact.data;
      const why = basis === 'accepted' ? 'as accepted' : 'nothing gets harder';
      return event(at, `From version ${from.version} to version ${to.version}, ${why}`);
    }
    case 'successorRequested': {
      const { at, successor, reason } = fact.data;
      const what = successor === 'reset' ? 'Begins again' : 'Goes on at a larger size';
      return event(at, `${what}: ${reason}`);
    }
    case 'reviewRequested':
      return event(fact.data.at, fact.data.sentence);
    default:
      return [];
  }
}
