import { z } from 'zod';
import { defineDetector } from '../detector.ts';
import { HABIT_HELD_MAX } from '../habit.ts';
import { otherHands } from '../other-hands.ts';
import { servedEvaluations } from '../served-evaluations.ts';

const params = z.strictObject({ ...otherHands.shape, ...servedEvaluations.shape });

interface State {
  readonly hands: unknown;
  readonly served: unknown;
}

/** Two questions about one matter: accounts whose later trader is not the one who earned them. */
export const styleChange = defineDetector<z.output<typeof params>>({
  id: 'styleChange',
  version: 1,
  title: 'Handed over or passed for others',
  pattern: 'handover',
  describes:
    'A later account of a trader is used from other devices and countries than the earlier ones, and ' +
    'traded otherwise: other hours, holding times, sizes and symbols. Or one device trades the ' +
    'evaluations of several traders with nothing else in common, who go on from devices of their own.',
  honestReasons:
    'A new telephone or a move changes devices and countries, not the way of trading; a new strategy ' +
    'changes trading, not the devices; funded accounts are traded more carefully. Families, trading ' +
    'rooms and internet cafés share devices, and go on using them once funded.',
  checklist: [
    'Compare the first session of the later account with the last ones of the earlier.',
    'Check documents and the face again before the next payout.',
    'Look at the hours: one person cannot trade many accounts at once by hand.',
    'Check how the accounts were paid for, and through which affiliate.',
    'Ask the trader to explain three trades of the evaluation.',
  ],
  params,
  defaults: { ...otherHands.defaults, ...servedEvaluations.defaults },
  needs: [...new Set([...otherHands.needs, ...servedEvaluations.needs])],
  heldMax: HABIT_HELD_MAX + servedEvaluations.heldMax,
  start: (given, directory, resume) => {
    const saved = resume as State | undefined;
    const hands = otherHands.start(given, directory, saved?.hands);
    const served = servedEvaluations.start(given, directory, saved?.served);
    return {
      observe: (observation, found) => {
        hands.observe(observation, found);
        served.observe(observation, found);
      },
      held: () => hands.held() + served.held(),
      state: (): State => ({ hands: hands.state(), served: served.state() }),
    };
  },
});
