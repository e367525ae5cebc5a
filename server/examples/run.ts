import type { Answer, Answers, Comparison, Example, Outcome } from './example.ts';
import { readers } from './readers.ts';
import { Unreadable } from './stage.ts';

/** Fields that say how a firm shows or words things, not what follows from a rule. */
const WORDING: ReadonlySet<string> = new Set([
  'displayed_rounded',
  'appealable',
  'grace_days_visible',
  'note',
  'notes',
]);

/** Runs one example through the engine and compares every field that the engine can answer. */
export function runExample(example: Example): Outcome {
  const reader = readers.find(({ family }) => family.test(example.rule_kind));
  if (!reader) {
    return { result: 'not covered', reason: `no rule kind for ${example.rule_kind} yet` };
  }
  let answers: Answers;
  try {
    answers = reader.read(example);
  } catch (error) {
    return { result: 'not understood', reason: sentenceOf(error) };
  }
  const comparisons: Comparison[] = [];
  const unknown: string[] = [];
  for (const [field, published] of Object.entries(example.expected)) {
    const answer = Object.hasOwn(answers, field) ? answers[field] : undefined;
    if (!answer) {
      if (!WORDING.has(field)) unknown.push(field);
      comparisons.push({ field, published, engine: null, equal: null });
      continue;
    }
    try {
      const engine = answer();
      comparisons.push({
        field,
        published,
        engine: shown(engine),
        equal: agrees(engine, published),
      });
    } catch (error) {
      if (error instanceof Unreadable)
        return { result: 'not understood', reason: sentenceOf(error) };
      comparisons.push({ field, published, engine: sentenceOf(error), equal: false });
    }
  }
  if (unknown.length > 0) {
    return {
      result: 'not understood',
      reason: `expected: ${unknown.join(', ')} is not understood`,
    };
  }
  const compared = comparisons.filter(({ equal }) => equal !== null);
  if (compared.length === 0)
    return { result: 'not understood', reason: 'expected: nothing to compare' };
  return { result: compared.every(({ equal }) => equal) ? 'passed' : 'failed', comparisons };
}

function agrees(engine: Answer, published: unknown): boolean {
  if (typeof engine === 'object' && 'exact' in engine) {
    if (typeof published !== 'number') return false;
    const decimals = /\.(\d+)/.exec(String(published))?.[1]?.length ?? 0;
    return Number(engine.exact.toFixed(decimals)) === published;
  }
  return JSON.stringify(engine) === JSON.stringify(published);
}

function shown(engine: Answer): Answer {
  return typeof engine === 'object' && 'exact' in engine ? engine.exact : engine;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
