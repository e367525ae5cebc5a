import { defineKpi } from '../define.ts';
import { firstOf, stepsOf } from '../matters.ts';
import { payoutTakes } from '../payouts.ts';

const WORDS: Readonly<Record<string, string>> = {
  asked: 'the trader was asked something',
  revised: 'a person changed it',
  held: 'it was held back',
  exception: 'the payment was an exception',
};

/** How many payouts do not go straight through. */
export const specialHandlingShare = defineKpi({
  id: 'specialHandlingShare',
  system: 'payouts',
  title: 'Special handling share',
  describes:
    'The share of payouts requested during the period that by its end had needed more than the usual ' +
    'approval: a question to the trader, a change by a person, a hold, or a payment that became an ' +
    'exception. Each counts once, by what happened first.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Needs payouts that were requested during the period.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['handling', 'program'],
  matter: 'payout',
  cohort: 'began',
  takes: payoutTakes,
  look: (payout, window) => {
    const special = firstOf(stepsOf(payout, window), ...Object.keys(WORDS));
    const { at, seq } = special ?? payout;
    const handling = special ? (WORDS[special.name] ?? special.name) : 'went straight through';
    const seen = { value: 0, at, seq, says: handling, tags: { handling } };
    return [{ ...seen, type: special ? 'hit' : 'miss' }];
  },
});
