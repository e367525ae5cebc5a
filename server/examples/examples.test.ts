import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleSchema } from './example.ts';
import { runExample } from './run.ts';

const file = join(import.meta.dirname, '..', '..', 'resources', 'examples', 'worked-examples.json');
const examples = exampleSchema.array().parse(JSON.parse(readFileSync(file, 'utf8')));
const results = examples.map((example) => ({ example, outcome: runExample(example) }));
const covered = results.filter(({ outcome }) => outcome.result !== 'not covered');

describe('what firms publish follows from the engine', () => {
  it.each(covered.map(({ example, outcome }) => [example.id, example.firm, outcome] as const))(
    '%s (%s)',
    (_id, _firm, outcome) => {
      expect(outcome).toMatchObject({ result: 'passed' });
    },
  );

  it('and a wrong number is found', () => {
    const floor = covered.find(({ example }) => typeof example.expected.floor === 'number');
    if (!floor) throw new Error('an example with a floor was expected');
    const { example } = floor;
    const bent = {
      ...example,
      expected: { ...example.expected, floor: Number(example.expected.floor) + 0.01 },
    };
    expect(runExample(bent)).toMatchObject({ result: 'failed' });
  });

  it('and what cannot be read is named, not guessed', () => {
    const [example] = covered;
    if (!example) throw new Error('a covered example was expected');
    const strange = { ...example.example, expected: { moon_phase: 'full' } };
    expect(runExample(strange)).toEqual({
      result: 'not understood',
      reason: 'expected: moon_phase is not understood',
    });
  });
});
