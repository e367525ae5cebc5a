import type { Fact } from '#core/facts/registry.ts';
import { defineKpi, type Taking } from '../define.ts';

type Verdict = Extract<Fact, { kind: 'breachDetected' | 'objectiveMet' | 'conductFlagged' }>;

function take({ data }: Verdict, doubt: string | null, taking: Taking): void {
  const { matters, at, seq, context } = taking;
  const { accountId, ruleKind } = data;
  const program = context.directory.account(accountId)?.terms.program.programId ?? 'unknown';
  const tags = { accountId, program, rule: ruleKind, doubt: doubt ?? 'none' };
  matters.open(`verdict/${seq}`, { at, seq }, { tags });
}

/** How much of what rules decide still needs a person. */
export const manualReviewRate = defineKpi({
  id: 'manualReviewRate',
  system: 'rules',
  title: 'Manual review rate',
  describes:
    'The share of verdicts of the period (breaches, objectives met, conduct flagged) that ask a ' +
    'person to look: because the price they rest on is in doubt, because an objective was met at the ' +
    'moment of a breach, or because the rule leaves it to a person.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Needs verdicts: a breach, an objective met or conduct flagged.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['doubt', 'rule', 'program'],
  matter: 'verdict',
  cohort: 'began',
  takes: {
    breachDetected: (fact, taking) => take(fact, fact.data.review[0] ?? null, taking),
    objectiveMet: (fact, taking) => take(fact, fact.data.review[0] ?? null, taking),
    conductFlagged: (fact, taking) => {
      const asked = fact.data.effect === 'review' ? 'left to a person' : null;
      take(fact, fact.data.review[0] ?? asked, taking);
    },
  },
  look: ({ at, seq, tags }) => {
    const asks = tags.doubt !== 'none';
    const says = asks ? `asks a person: ${tags.doubt ?? ''}` : 'decided by the rules alone';
    return [{ type: asks ? 'hit' : 'miss', value: 0, at, seq, says }];
  },
});
