import { expect, it } from 'vitest';
import { detectors } from '#core/fraud/detectors/index.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import { detectorsReplySchema } from '#core/sync/surveillance-questions.ts';
import { QUESTION_PERMITS } from '../commands/permit.ts';
import { surveillanceQuestions } from './questions.ts';

const questions = surveillanceQuestions({
  surveillance: { toxicity: () => Promise.resolve([]), standing: () => null },
  backTests: {
    start: () => 'run',
    state: () => ({ type: 'failed', message: 'gone' }),
    cancel: () => {},
    close: () => Promise.resolve(),
  },
  policy: () => ({
    ...DEFAULT_SCORING,
    detectors: [{ detector: 'copyTrading', mode: 'shadow', weight: 500, params: {} }],
  }),
});

it('are answered to nobody without a permission that they name', () => {
  const named = Object.keys(questions).filter((name) => name in QUESTION_PERMITS);
  expect(named).toEqual(Object.keys(questions));
});

it('tell every detector with what a form of its parameters needs, and how it is used', async () => {
  const reply = detectorsReplySchema.parse(await questions['detectors']?.answer({} as never, 'p'));
  expect(reply.detectors.map(({ detector }) => detector)).toEqual(
    detectors.all.map(({ id }) => id),
  );
  const copying = reply.detectors.find(({ detector }) => detector === 'copyTrading');
  expect(copying?.use).toMatchObject({ mode: 'shadow', weight: 500 });
  const schema = copying?.params as { readonly properties: object } | undefined;
  const defaults = copying?.defaults as object | undefined;
  expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(defaults ?? { none: 0 }));
});
