import { defineKpi } from '../define.ts';
import { isIn, lastOf, stepsOf } from '../matters.ts';

/** What traders say when a rule, and not its application, is at fault. */
const RULE_AT_FAULT: ReadonlySet<string> = new Set(['ruleUnclear', 'ruleChanged', 'ruleMisread']);

/** What unclear and missing rules cost. */
export const policyGapLosses = defineKpi({
  id: 'policyGapLosses',
  system: 'risk',
  title: 'Losses from policy gaps',
  describes:
    'What the firm gave back in disputes decided during the period in the trader’s favour that show ' +
    'a gap in its policy: no clause of the program decided them, or the trader said that the rule was ' +
    'unclear, had changed or could be read otherwise. Its sample is the number of such loss events, ' +
    'also those that cost no money.',
  method: 'A sum; no interval, since all there was is summed.',
  empty: 'No dispute of the period shows a gap in the firm’s policy.',
  unit: 'money',
  better: 'lower',
  shape: 'money',
  breakdowns: ['gap', 'program', 'remedy'],
  matter: 'dispute',
  cohort: 'any',
  takes: {
    disputeOpened: ({ data }, { matters, at, seq, context }) => {
      const { disputeId, accountId, traderId, reason } = data;
      const known = context.directory.account(accountId)?.terms.program.programId;
      const tags = { disputeId, accountId, traderId, reason, program: known ?? 'unknown' };
      matters.open(disputeId, { at, seq }, { tags });
    },
    disputeDecided: ({ data }, { matters, at, seq }) => {
      const { disputeId, remedy, amount, clause, currency } = data;
      const about = `${clause === null ? 'none' : 'clause'} ${currency ?? ''}`;
      matters.step(disputeId, { at, seq }, remedy, { amount, about });
    },
  },
  look: (dispute, window, context) => {
    const decided = lastOf(
      stepsOf(dispute, window),
      'upheld',
      'reinstated',
      'refunded',
      'goodwill',
    );
    if (!decided || decided.name === 'upheld' || !isIn(decided.at, window)) return [];
    const { at, seq, amount, name: remedy } = decided;
    const [clause, currency] = decided.about.split(' ');
    const reason = dispute.tags.reason ?? '';
    if (clause !== 'none' && !RULE_AT_FAULT.has(reason)) return [];
    if (amount !== 0 && currency !== context.currencyAt(window.until)) {
      return [{ type: 'leftOut', value: 0, at, seq, says: `in ${currency ?? 'no currency'}` }];
    }
    const gap = clause === 'none' ? 'no clause decides it' : reason;
    const says = `${remedy}: ${gap}`;
    return [{ type: 'over', value: amount, at, seq, says, tags: { gap, remedy } }];
  },
});
