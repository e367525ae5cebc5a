import { beganIn, defineKpi } from '../define.ts';
import { stepsOf } from '../matters.ts';

/** How often traders say that a decision is wrong. */
export const disputeRate = defineKpi({
  id: 'disputeRate',
  system: 'support',
  title: 'Disputes on 1,000 traders',
  describes:
    'Disputes opened during the period on every 1,000 active traders: distinct traders who held an ' +
    'account that had not ended at some moment of the period. A dispute counts once, however it ends.',
  method: 'A rate with the score interval of a Poisson mean (Barker 2002).',
  empty: 'Needs active traders: it is zero while nobody disputes anything.',
  unit: 'perThousand',
  better: 'lower',
  shape: 'rate',
  breakdowns: ['reason', 'about', 'program', 'answer'],
  matter: 'dispute',
  cohort: 'began',
  takes: {
    disputeOpened: ({ data }, { matters, at, seq, context }) => {
      const { disputeId, accountId, traderId, reason, about } = data;
      const known = context.directory.account(accountId)?.terms.program.programId;
      const tags = { disputeId, accountId, traderId, reason, about: about.type };
      matters.open(disputeId, { at, seq }, { tags: { ...tags, program: known ?? 'unknown' } });
    },
    disputeDecided: ({ data }, { matters, at, seq }) => {
      matters.step(data.disputeId, { at, seq }, data.remedy);
    },
    disputeWithdrawn: ({ data }, { matters, at, seq }) => {
      matters.step(data.disputeId, { at, seq }, 'withdrawn');
    },
  },
  look: (dispute, window) => {
    const answer = stepsOf(dispute, window).at(-1)?.name ?? 'undecided';
    const says = `${dispute.tags.reason ?? ''}: ${answer}`;
    return beganIn(dispute, window, says).map((seen) => ({ ...seen, tags: { answer } }));
  },
});
